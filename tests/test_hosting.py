"""What the preview sends is what a static host would send, whatever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.hosting import (
    Answer,
    Asked,
    Dressing,
    Hosted,
    answer,
    decoded,
    host_allowed,
    mark,
    media_type,
    origin_allowed,
)

PAGES = {
    "index.html": b"<body>front</body>",
    "404.html": b"<body>missing</body>",
    "2025/05/caf\u00e9/index.html": b"<body>caf\xc3\xa9</body>",
    "feed.xml": b"<rss/>",
    "assets/style.css": b"p{}",
    "clip.bin": bytes(range(100)),
}
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})


@pytest.fixture
def hosted(tmp_path: Path) -> Hosted:
    folder = tmp_path / "output"
    for name, data in {**PAGES, "secret.txt": b"not in the manifest"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (tmp_path / "outside.txt").write_text("outside")
    return Hosted(folder, frozenset(PAGES))


BARE = Dressing()


def get(hosted: Hosted, path: str | bytes, method: str = "GET", dressing: Dressing = BARE, **headers: str) -> Answer:
    raw = path.encode() if isinstance(path, str) else path
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return answer(hosted, Asked(method, raw.partition(b"?")[0], raw.partition(b"?")[2], named), dressing)


def test_index_files_stand_for_folders(hosted: Hosted) -> None:
    assert get(hosted, "/").body == PAGES["index.html"]
    assert get(hosted, "/2025/05/caf%C3%A9/").body == PAGES["2025/05/caf\u00e9/index.html"]


def test_a_folder_without_its_slash_is_redirected_with_its_query(hosted: Hosted) -> None:
    sent = get(hosted, "/2025/05/caf%C3%A9?a=b%20c")
    assert (sent.status, sent.headers["Location"]) == (301, "/2025/05/caf%C3%A9/?a=b%20c")


def test_a_page_that_a_build_has_just_removed_is_the_sites_own_page_for_what_is_missing(hosted: Hosted) -> None:
    (hosted.folder / "index.html").unlink()
    sent = get(hosted, "/", dressing=Dressing("<i>{hash}</i>"))
    assert (sent.status, sent.body) == (404, b"<body>missing<i>" + mark(hosted, "/").encode() + b"</i></body>")
    assert mark(hosted, "/") == mark(hosted, "/404.html") != ""
    (hosted.folder / "404.html").unlink()
    assert get(hosted, "/").body == b"There is no page at this address.\n"


def test_an_unknown_address_gets_the_sites_own_page_and_404(hosted: Hosted) -> None:
    sent = get(hosted, "/nothing/here")
    assert (sent.status, sent.body, sent.headers["Content-Type"]) == (
        404,
        PAGES["404.html"],
        "text/html; charset=utf-8",
    )


def test_the_page_for_unknown_addresses_answers_no_condition(hosted: Hosted) -> None:
    etag = get(hosted, "/404.html").headers["ETag"]
    assert get(hosted, "/nothing", if_none_match=etag).status == 404
    assert get(hosted, "/nothing", range="bytes=0-3").status == 404


def test_under_a_base_path_nothing_else_is_the_site(hosted: Hosted) -> None:
    based = hosted._replace(base="/news/daily")
    assert get(based, "/news/daily/feed.xml").status == 200
    assert get(based, "/news/daily").headers["Location"] == "/news/daily/"
    assert get(based, "/").headers["Location"] == "/news/daily/"
    assert [get(based, path).status for path in ("/feed.xml", "/news/feed.xml", "/news/dailyfeed.xml")] == [404] * 3


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("feed.xml", "application/xml"),
        ("feed.json", "application/json; charset=utf-8"),
        ("style.CSS", "text/css; charset=utf-8"),
        ("x.svg", "image/svg+xml"),
        ("x.webp", "image/webp"),
        ("x.js", "text/javascript; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("CNAME", "application/octet-stream"),
        ("x.unheard-of", "application/octet-stream"),
    ],
)
def test_a_file_has_the_type_of_its_name(name: str, told: str) -> None:
    assert media_type(name) == told


def test_validators_save_the_second_transfer(hosted: Hosted) -> None:
    whole = get(hosted, "/feed.xml")
    etag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert get(hosted, "/feed.xml", if_none_match=f'"other", W/{etag}').status == 304
    assert get(hosted, "/feed.xml", if_none_match="*").status == 304
    assert get(hosted, "/feed.xml", if_modified_since=modified).status == 304
    assert get(hosted, "/feed.xml", if_none_match='"other"', if_modified_since=modified).status == 200
    assert get(hosted, "/feed.xml", if_modified_since="yesterday").status == 200


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-0", 206, slice(0, 1), "bytes 0-0/100"),
        ("bytes=90-", 206, slice(90, 100), "bytes 90-99/100"),
        ("bytes=-7", 206, slice(93, 100), "bytes 93-99/100"),
        ("bytes=-1000", 206, slice(0, 100), "bytes 0-99/100"),
        ("bytes=50-1000", 206, slice(50, 100), "bytes 50-99/100"),
        ("bytes=100-", 416, None, "bytes */100"),
        ("bytes=-0", 416, None, "bytes */100"),
        ("bytes=5-4", 200, slice(None), None),
        ("bytes=0-1,5-6", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
        (f"bytes={'9' * 500}-", 200, slice(None), None),
    ],
)
def test_ranges(hosted: Hosted, asked: str, status: int, part: slice | None, told: str | None) -> None:
    sent = get(hosted, "/clip.bin", range=asked)
    assert (sent.status, sent.headers.get("Content-Range")) == (status, told)
    if part is not None:
        assert sent.body == PAGES["clip.bin"][part]


def test_a_range_of_another_version_gets_the_whole_file(hosted: Hosted) -> None:
    whole = get(hosted, "/clip.bin")
    assert get(hosted, "/clip.bin", range="bytes=0-4", if_range='"old"').status == 200
    assert get(hosted, "/clip.bin", range="bytes=0-4", if_range=whole.headers["ETag"]).status == 206
    assert get(hosted, "/clip.bin", range="bytes=0-4", if_range=whole.headers["Last-Modified"]).status == 206


def test_only_get_and_head(hosted: Hosted) -> None:
    assert get(hosted, "/", "HEAD").headers == get(hosted, "/").headers
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"):
        sent = get(hosted, "/", method)
        assert (sent.status, sent.headers["Allow"]) == (405, "GET, HEAD")


CLIMBERS = """/../outside.txt /%2e%2e/outside.txt /%2e%2e%2foutside.txt /..%2foutside.txt /2025/../../outside.txt
    /..%5coutside.txt /..\\outside.txt /%5c..%5coutside.txt /./index.html /%2e/index.html /a%00b /index.html%00.txt
    /%ff /%c0%ae%c0%ae/outside.txt /%ed%a0%80 /%zz /% /%2 /%0d%0aSet-Cookie:x /%7f outside.txt http://evil/ *""".split()


@pytest.mark.parametrize("path", CLIMBERS)
def test_what_is_no_address_is_told_so(hosted: Hosted, path: str) -> None:
    assert decoded(path.encode()) is None
    assert get(hosted, path).status == 400


@pytest.mark.parametrize(
    "path",
    """/secret.txt /output/index.html //index.html /2025//05/caf%C3%A9/ //evil.example/%2f.. //evil.example
    ///evil.example/ /%2f%2fevil.example /etc/passwd /index.html/ /.digest-manifest /INDEX.HTML /index.html%20
    /2025/05/cafe%CC%81/ /%252e%252e/outside.txt /C:/Windows /index.html;a /index.html::$DATA""".split(),
)
def test_what_the_manifest_does_not_name_is_missing(hosted: Hosted, path: str) -> None:
    sent = get(hosted, path)
    assert sent.status in (400, 404)
    assert b"outside" not in sent.body
    assert "Location" not in sent.headers


def test_a_link_in_the_output_folder_is_not_followed(hosted: Hosted) -> None:
    (hosted.folder / "feed.xml").unlink()
    (hosted.folder / "feed.xml").symlink_to(hosted.folder.parent / "outside.txt")
    assert get(hosted, "/feed.xml").status == 404


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_any_path_gets_a_status_and_never_leads_away(raw: bytes) -> None:
    hosted = Hosted(Path("/nowhere"), frozenset({"a/index.html"}), "/base")
    sent = answer(hosted, Asked("GET", raw), Dressing())
    assert sent.status in (301, 302, 400, 404)
    assert sent.headers.get("Location", "/base/").startswith("/base/")


def test_pages_that_we_built_are_dressed_and_others_are_not(hosted: Hosted, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "404.html").write_bytes(PAGES["404.html"])
    (tmp_path / "index.html").write_bytes(b"a template of the name of a page")
    copied = hosted._replace(copied={"": tmp_path / "static", "assets/": tmp_path})
    dressing = Dressing("<i>{hash}</i>")
    assert get(copied, "/", dressing=dressing).body == b"<body>front<i>" + mark(hosted, "/").encode() + b"</i></body>"
    assert get(copied, "/nothing", dressing=dressing).body == PAGES["404.html"]
    assert get(copied, "/feed.xml", dressing=dressing).body == PAGES["feed.xml"]
    assert (hosted.folder / "index.html").read_bytes() == PAGES["index.html"]


def test_the_mark_is_that_of_what_is_answered_also_outside_the_base_path(hosted: Hosted) -> None:
    based = hosted._replace(base="/news")
    sent = get(based, "/2025/", dressing=Dressing("<i>{hash}</i>"))
    assert (sent.status, sent.body) == (404, b"<body>missing<i>" + mark(based, "/2025/").encode() + b"</i></body>")
    assert mark(based, "/%zz") == ""


def test_fresh_bytes_come_before_those_on_the_disk(hosted: Hosted) -> None:
    fresh = hosted._replace(fresh={"feed.xml": b"<new/>"})
    sent = get(fresh, "/feed.xml")
    assert sent.body == b"<new/>"
    assert "Last-Modified" not in sent.headers
    assert mark(fresh, "/feed.xml") != mark(hosted, "/feed.xml")


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8000", True), ("localhost:8000", True), ("LOCALHOST:8000", True), ("[::1]:8000", True),
        ("localhost", False), ("localhost:80", False), ("evil.example:8000", False),
        ("localhost.evil.example:8000", False),
        ("127.0.0.1.nip.io:8000", False), ("", False), (None, False), ("localhost:8000@evil", False),
        ("evil@localhost:8000", False), ("localhost:08000x", False), ("localhost:8000\r\n", False), ("[::1", False),
        ("127.1:8000", False), ("2130706433:8000", False), ("localhost.:8000", False), ("localhost:\u0668000", False),
    ],
)  # fmt: skip
def test_hosts(host: str | None, allowed: bool) -> None:
    assert host_allowed(host, LOCAL, 8000) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8000", True), (None, False), ("null", False), ("", False), ("https://localhost:8000", False),
        ("http://localhost", False), ("http://localhost:8001", False), ("http://127.0.0.1:8000", False),
        ("http://evil.example", False), ("http://localhost:8000.evil.example", False), ("file://", False),
    ],
)  # fmt: skip
def test_origins(origin: str | None, allowed: bool) -> None:
    assert origin_allowed(origin, "localhost:8000") is allowed
