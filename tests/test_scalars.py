"""What single texts mean."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from digest import scalars
from digest.scalars import BadTextError

LONDON = ZoneInfo("Europe/London")
SUMMER = timezone(timedelta(hours=1))

DATES = [
    ("2025-05-11", datetime(2025, 5, 11, tzinfo=SUMMER)),
    ("2025-01-11", datetime(2025, 1, 11, tzinfo=UTC)),
    ("2025-05-11 09:30", datetime(2025, 5, 11, 9, 30, tzinfo=SUMMER)),
    ("2025-05-11T09:30:15", datetime(2025, 5, 11, 9, 30, 15, tzinfo=SUMMER)),
    ("2025-05-11t09:30:15.999z", datetime(2025, 5, 11, 9, 30, 15, tzinfo=UTC)),
    ("2025-05-11T09:30-00:00", datetime(2025, 5, 11, 9, 30, tzinfo=UTC)),
    ("2025-05-11 09:30-0530", datetime(2025, 5, 11, 9, 30, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
    ("2025-05-11 09:30 +14", datetime(2025, 5, 11, 9, 30, tzinfo=timezone(timedelta(hours=14)))),
    ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
    ("2025-10-26 01:30+00:00", datetime(2025, 10, 26, 1, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), DATES)
def test_a_date(text: str, moment: datetime) -> None:
    read = scalars.instant(text, LONDON)
    assert (read, read.utcoffset()) == (moment, moment.utcoffset())


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("2025-02-29", "bad-date", "its days go from 01 to 28"),
        ("2025-13-05", "bad-date", "did you mean 2025-05-13?"),
        ("2025-5-1", "bad-date", "did you mean 2025-05-01?"),
        ("2025/05/01", "bad-date", "did you mean 2025-05-01?"),
        ("1899-12-31", "bad-date", "correct the year"),
        ("2201-01-01", "bad-date", "correct the year"),
        ("11 May 2025", "bad-date", "did you mean 2025-05-11?"),
        ("Sunday, May 11th, 2025", "bad-date", "did you mean 2025-05-11?"),
        ("11.5.2025", "bad-date", "did you mean 2025-05-11?"),
        ("5/12/25", "bad-date", "did you mean 2025-05-12 or 2025-12-05?"),
        ("13/5/2025", "bad-date", "did you mean 2025-05-13?"),
        ("31 June 2025", "bad-date", "write a date as 2025-05-11, or with a time: 2025-05-11 09:30"),
        ("11 Foo 2025", "bad-date", "write a date as 2025-05-11, or with a time: 2025-05-11 09:30"),
        ("2025-05-11 9:30 pm", "bad-time", "did you mean 2025-05-11 21:30?"),
        ("2025-05-11 12.05 am", "bad-time", "did you mean 2025-05-11 00:05?"),
        ("2025-05-11 24:00", "bad-time", "write hours 00 to 23 and minutes 00 to 59"),
        ("2025-05-11 23:59:60", "bad-time", "write hours 00 to 23 and minutes 00 to 59"),
        ("2025-05-11 09:30+14:01", "bad-time", "write it as +02:00, -05:30 or Z"),
        ("2025-05-11 at noon", "bad-time", "write it as 09:30, 09:30:15, 09:30Z or 09:30+02:00"),
        ("2025-03-30 01:30", "bad-time", "did you mean 00:30 or 02:30?"),
        ("2025-10-26 01:30", "bad-time", "say which: 2025-10-26 01:30+01:00 or 2025-10-26 01:30+00:00"),
    ],
)
def test_a_bad_date_says_how_to_mend_it(text: str, code: str, hint: str) -> None:
    with pytest.raises(BadTextError) as bad:
        scalars.instant(text, LONDON)
    assert (bad.value.code, bad.value.hint) == (code, hint)


def test_a_day_whose_midnight_is_skipped_is_a_day() -> None:
    beirut = scalars.instant("2025-03-30", ZoneInfo("Asia/Beirut"))
    assert (beirut.day, beirut.hour) == (30, 0)


@pytest.mark.parametrize("name", ["Europe/Amsterdam", "Asia/Kolkata", "Africa/Monrovia", "America/New_York"])
def test_an_old_date_of_a_zone_with_odd_seconds_is_the_same_day_after_the_cache(name: str) -> None:
    moment = scalars.instant("1900-06-01", ZoneInfo(name))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(moment), type=datetime)
    assert again.astimezone(ZoneInfo(name)).isoformat() == moment.isoformat()
    assert (moment.day, moment.hour, moment.second) == (1, 0, 0)


@given(some.text(max_size=30) | some.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}", fullmatch=True))
def test_any_text_is_a_date_or_a_fault(text: str) -> None:
    try:
        moment = scalars.instant(text, LONDON)
    except BadTextError as bad:
        said = bad
    else:
        assert moment.utcoffset() is not None
        return
    assert said.code in {"bad-date", "bad-time"}
    assert said.hint


ZONES = sorted(available_timezones())[::40]
FIRST, LAST = (
    datetime(1970, 1, 2, tzinfo=UTC).replace(tzinfo=None),
    datetime(2037, 12, 30, tzinfo=UTC).replace(tzinfo=None),
)


@given(some.datetimes(FIRST, LAST), some.sampled_from(ZONES))
def test_an_iso_date_with_offset_is_read_as_python_reads_it(moment: datetime, name: str) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(name))
    text = aware.isoformat()
    assert scalars.instant(text, LONDON) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://a.example", "https://a.example"),
        (" https://a.example/b?c=d#e ", "https://a.example/b?c=d#e"),
        ("HTTP://A.example/B", "http://A.example/B"),
        ("https://münchen.example/é", "https://münchen.example/é"),
        ("https://[2001:db8::1]:8080/", "https://[2001:db8::1]:8080/"),
        ("https://a.example/it's_(b)", "https://a.example/it's_(b)"),
    ],
)
def test_a_url(text: str, read: str) -> None:
    assert scalars.url(text) == read


NO_URLS = [
    *"""javascript:alert(1) JaVaScRiPt:alert(1) java\tscript:alert(1) data:text/html,x vbscript:x file:///etc/passwd
    //a.example /a a.example a.example/b https:// https:///a https://a@b.example https://a.example\\@b.example
    ftp://a https://a.example/<b> https://a.example/" https://[a https://a]b https://a:b https:a ?a #a mailto:a@b
    http\u200e://a""".split(),
    "https://a b",
    "https://a.example/\x00",
    "https://a.example/\u202e",
    "https://a.example/a\nb",
    "",
    " ",
]


@pytest.mark.parametrize("text", NO_URLS)
def test_what_is_no_url(text: str) -> None:
    with pytest.raises(BadTextError, match=r".") as bad:
        scalars.url(text)
    assert bad.value.code == "bad-url"


def test_a_mail_address_is_a_url_only_where_it_may_be() -> None:
    assert scalars.url("mailto:a@b.example", mail=True) == "mailto:a@b.example"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/", "/"),
        ("/a", "/a/"),
        ("/a/", "/a/"),
        ("/a/b.html", "/a/b.html"),
        ("/v1.2", "/v1.2/"),
        ("/caf%C3%A9", "/café/"),
    ],
)
def test_an_address_of_a_page(text: str, read: str) -> None:
    assert scalars.page_address(text) == read


@pytest.mark.parametrize(
    "text", [*"a //a /../a /a/./b /a//b /a\\b /%2e%2e/a /a%00 /a?b /a#b https://a.example/ /%ff".split(), ""]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadTextError, match=r"."):
        scalars.page_address(text)


@pytest.mark.parametrize("text", ["a", "a-b", "été", "日本語", "a.b", "2025", "Ab"])
def test_a_slug(text: str) -> None:
    assert scalars.slug(text) == text


NO_SLUGS = [
    *". .. a/b a\\b a%2fb %2e%2e con NUL aux.md com1 a. a? a#b a{slug} a\u202eb a\0".split(),
    "",
    " ",
    "a b",
    "x" * 201,
    "é" * 101,
]


@pytest.mark.parametrize("text", NO_SLUGS)
def test_what_is_no_slug(text: str) -> None:
    with pytest.raises(BadTextError, match=r".") as bad:
        scalars.slug(text)
    assert bad.value.code == "bad-slug"


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("2025-05-11-a-b", "a-b"),
        ("2025-05-11", "2025-05-11"),
        ("A B", "a-b"),
        ("2025-05-11_é", "é"),
        ("2025-05-11---", "2025-05-11"),
    ],
)
def test_the_slug_of_a_file_name(stem: str, slug: str) -> None:
    assert scalars.slug_of_file(stem) == slug


@given(some.text(max_size=300))
def test_the_slug_of_any_file_name_is_a_slug_or_a_fault(stem: str) -> None:
    try:
        word = scalars.slug_of_file(stem)
    except BadTextError as bad:
        said = bad
    else:
        assert scalars.slug(word) == word
        return
    assert said.code == "bad-slug"


@pytest.mark.parametrize(
    ("text", "tag"), [("en", "en"), ("EN_gb", "en-GB"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
)
def test_a_language(text: str, tag: str) -> None:
    assert scalars.language(text) == tag


@pytest.mark.parametrize("text", ["english", "e", "en-", "en GB", "../en", ""])
def test_what_is_no_language(text: str) -> None:
    with pytest.raises(BadTextError, match="language tag"):
        scalars.language(text)


def test_flags_and_numbers() -> None:
    assert [scalars.flag(word) for word in ("true", "Yes", "ON", "false", "no", "Off")] == [True] * 3 + [False] * 3
    assert scalars.whole(" 20 ", 1, 100) == 20
    for bad in ("0", "101", "2.5", "ten", "", "9" * 5000, "٣"):
        with pytest.raises(BadTextError, match=r"."):
            scalars.whole(bad, 1, 100)
