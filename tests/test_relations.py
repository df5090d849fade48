"""Related posts of a site: what authors pinned and excluded is looked up, and only articles get a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sites
from digest import relations
from digest.build import build, cache_file
from digest.cache import Cache, Reread
from digest.features import Features, extract
from digest.ledger import Ledger
from digest.models import Article
from digest.publish import Warm
from digest.request import Request
from digest.settings import Related
from digest.site import Site
from digest.stamps import digest_of
from values import Read, article, assembled, day, edition, site, summary


def features(made: Site) -> dict[str, Features]:
    """Features of a site whose entries' titles are all their text."""
    return {
        one.id: extract(
            one.title, one.title, "", topics=one.topics, tags=one.tags, authors=one.authors, links=(), source="",
            lang=one.lang or "en",
        )
        for one in made.entries
    }  # fmt: skip


def related(*read: Read, **more: Any) -> dict[str, list[str]]:
    made = site(*read, **more)
    return {key: [other for other, _ in found] for key, found in relations.related(made, features(made)).items()}


NEWS = tuple(
    article(name, title=title, date=day(number))
    for number, (name, title) in enumerate(
        [
            ("bridge", "Council votes for the harbour bridge"),
            ("harbour", "Harbour bridge opens after council vote"),
            ("goal", "Striker scores in the cup final"),
            ("cup", "Cup final ends without a goal"),
            ("rain", "Rain floods the valley"),
        ],
        1,
    )
)


def with_fields(name: str, **more: Any) -> tuple[Read, ...]:
    return tuple(msgspec.structs.replace(one, **more) if one.slug == name else one for one in NEWS)


def test_related_entries_share_what_they_are_about() -> None:
    found = related(*NEWS)
    assert found["/bridge/"][0] == "/harbour/"
    assert found["/cup/"][0] == "/goal/"
    assert all(key not in others for key, others in found.items())


def test_a_pinned_entry_comes_first_whether_it_is_named_by_slug_or_address() -> None:
    for name in ("rain", "/rain/"):
        assert related(*with_fields("bridge", related=(name,)))["/bridge/"][0] == "/rain/"


def test_an_excluded_entry_does_not_come() -> None:
    assert "/harbour/" not in related(*with_fields("bridge", unrelated=("harbour",)))["/bridge/"]


def test_an_entry_pinned_twice_or_to_itself_counts_once_or_not_at_all() -> None:
    found = related(*with_fields("bridge", related=("rain", "/rain/", "bridge")))["/bridge/"]
    assert found.count("/rain/") == 1
    assert "/bridge/" not in found


def test_a_pin_to_what_is_not_published_is_passed_over() -> None:
    read = (*with_fields("bridge", related=("plan",)), article("plan", draft=True))
    assert "/plan/" not in related(*read)["/bridge/"]


def test_of_two_entries_with_the_pinned_slug_the_newest_is_meant() -> None:
    old, new = (article("rain", id=f"r{year}", address=f"/{year}/rain/", date=day(year)) for year in (1, 9))
    read = (
        *(one for one in with_fields("bridge", related=("rain",)) if one.path != "content/articles/rain.md"),
        old,
        new,
    )
    assert related(*read)["/bridge/"][0] == "/9/rain/"


def test_summaries_are_listed_but_get_no_list() -> None:
    story = summary("story", title="Harbour bridge: council votes again")
    found = related(*NEWS, edition("12", story))
    assert "/editions/12/#story" in found["/bridge/"]
    assert not any("#" in key for key in found)


def test_a_site_that_wants_none_gets_none() -> None:
    made = site(*NEWS, related=Related(count=0))
    assert relations.related(made, features(made)) == {}


def test_an_entry_without_features_takes_no_part() -> None:
    made = site(*NEWS)
    known = {id_: one for id_, one in features(made).items() if id_ != "id-rain"}
    found = relations.related(made, known)
    assert "/rain/" not in found
    assert all("/rain/" not in [other for other, _ in others] for others in found.values())


@pytest.mark.parametrize("reasons", [True, False])
def test_reasons_come_in_words_where_the_site_shows_them(reasons: bool) -> None:
    made = site(*NEWS, related=Related(reasons=reasons))
    found = relations.related(made, features(made))
    assert found["/bridge/"]
    assert all(bool(why) is reasons for others in found.values() for _, why in others)


# --- From one build to the next ----------------------------------------------------------------------------

TEXTS = {
    "bridge": "Council votes for the harbour bridge",
    "harbour": "Harbour bridge opens after council vote",
    "goal": "Striker scores in the cup final",
    "cup": "Cup final ends without a goal",
    "rain": "Rain floods the valley",
}


def newspaper(folder: Path, *, reasons: bool = True, **changed: str) -> Path:
    """A site of these headlines, a day apart each."""
    files: dict[str, str | bytes | None] = {
        "content/site.yaml": f"{sites.SITE_YAML}related: {{count: 3, reasons: {reasons}}}\n"
    }
    for number, (name, title) in enumerate({**TEXTS, **changed}.items(), 1):
        files[f"content/articles/2025-05-{number:02}-{name}.md"] = sites.article(title, f"2025-05-{number:02}")
    return sites.write(folder, files)


CHANGES: list[dict[str, Any]] = [
    {"rain": "Rain falls on the cup final"},
    {"bridge": "Striker crosses the harbour bridge"},
    {"snow": "Snow falls on the harbour bridge"},
    {"goal": "Council votes for a goal", "reasons": False},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_after_an_edit_the_lists_are_those_of_a_clean_build(tmp_path: Path, change: dict[str, Any]) -> None:
    sites.built(newspaper(tmp_path / "warm"))
    warm = sites.built(newspaper(tmp_path / "warm", **change))
    assert warm == sites.built(newspaper(tmp_path / "clean", **change))


@pytest.mark.parametrize("name", ["related basis", "related lists", "state basis", "state lists", "state"])
def test_a_damaged_memory_of_them_changes_nothing(tmp_path: Path, name: str) -> None:
    warm = Warm.begin()
    request = Request(newspaper(tmp_path), tmp_path / "output", sites.AS_OF)
    assert build(request, warm=warm).published is not None
    cache = Cache(cache_file(request), warm.engine)
    cache.begin()
    cache.put(name, b"\xc1 no such thing")
    cache.commit()
    cache.close()
    newspaper(tmp_path, rain="Rain falls on the cup final")
    assert build(request, warm=warm).published is not None
    clean = sites.built(newspaper(tmp_path / "clean", rain="Rain falls on the cup final"))
    assert sites.tree(tmp_path / "output") == clean


def remember(cache: Cache, made: Site) -> dict[str, bytes]:
    """What reading this site's files would have left in the cache; by path, what stands for what each is about."""
    known = features(made)
    cache.forget([path for path, _ in cache.entries()])
    encoded = {one.path: msgspec.msgpack.encode([(one.id, known[one.id])]) for one in made.entries}
    cache.remember([Reread(path, b"", data, ()) for path, data in encoded.items()])
    return {path: digest_of(data) for path, data in encoded.items()}


articles = st.builds(
    lambda name, title, number, **more: article(name, title=title, date=day(number), **more),
    st.sampled_from("abcdefghij"),
    st.sampled_from([*TEXTS.values()]),
    st.integers(1, 6),
    related=st.sampled_from([(), ("a",), ("zebra", "/b/")]),
    unrelated=st.sampled_from([(), ("c",)]),
    story=st.sampled_from(["", "flood"]),
    lang=st.sampled_from(["", "de"]),
    draft=st.sampled_from([False, False, True]),
)
reads = st.lists(articles, min_size=1, max_size=10, unique_by=lambda one: one.slug)


steps = st.tuples(reads, st.integers(0, 10), st.booleans(), st.integers(0, 6), st.booleans())


@given(st.lists(steps, min_size=2, max_size=4))
@settings(max_examples=40)
def test_any_history_ends_where_a_clean_run_does(history: list[tuple[list[Article], int, bool, int, bool]]) -> None:
    with TemporaryDirectory() as folder:
        cache, before, held = Cache(Path(folder) / "cache.sqlite", b"1"), list[Article](), relations.Held()
        for read, kept, reasons, count, again in history:
            held = relations.Held() if again else held
            oldest = sorted(before, key=lambda one: one.date)[:kept]
            before = list({one.slug: one for one in (*read, *oldest)}.values())
            made, _ = assembled(*before, related=Related(count, reasons))
            about = remember(cache, made)
            clean = relations.related(made, features(made))
            assert relations.renewed(made, relations.basis_of(made, about), cache, held) == clean
            assert relations.renewed(made, relations.basis_of(made, about), cache, relations.Held()) == clean
        cache.close()


def test_only_the_features_of_what_is_new_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, asked = Cache(tmp_path / "cache.sqlite", b"1"), list[Collection[str] | None]()
    features_of = Cache.features

    def spied(self: Cache, paths: Collection[str] | None = None) -> Iterator[bytes]:
        asked.append(paths)
        return features_of(self, paths)

    monkeypatch.setattr(Cache, "features", spied)
    for read in (NEWS, NEWS, (*NEWS, article("flood", title="Rain floods the harbour", date=day(9)))):
        made = site(*read)
        relations.renewed(made, relations.basis_of(made, remember(cache, made)), cache, relations.Held())
    assert asked == [{one.path for one in NEWS}, {"content/articles/flood.md"}]
    cache.close()


def test_an_edit_that_changes_nothing_of_the_subject_weighs_nothing_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites.built(newspaper(tmp_path))
    oldest = min((tmp_path / "content/articles").iterdir())
    text = oldest.read_text(encoding="utf-8")
    monkeypatch.delattr(Ledger, "_choose")  # nobody may be weighed
    sites.write(tmp_path, {f"content/articles/{oldest.name}": text.rstrip("\n") + " And *this*!\n"})
    assert b"And <em>this</em>!" in b"".join(sites.built(tmp_path).values())


def test_two_entries_at_one_address_do_no_harm() -> None:
    made, problems = assembled(*NEWS, article("again", address="/rain/", date=day(7), title="Rain on the bridge"))
    assert [one.code for one in problems] == ["same-address"]
    assert "/rain/" in relations.related(made, features(made))
