"""Pure text: slugs that last, cuts that never break a letter, dates as a language writes them."""

from __future__ import annotations

import pickle
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from importlib.resources import files
from xml.etree import ElementTree
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import text

# --- Slugs --------------------------------------------------------------------------------------------------


@given(st.text())
def test_a_slug_is_its_own_slug_composed_and_fit_for_an_address(words: str) -> None:
    made = text.slug(words)
    assert text.slug(made) == made
    assert unicodedata.is_normalized("NFC", made)
    assert not set(made) & set("/\\.?#% _")
    assert made == made.strip("-")


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Été à Paris", "été-à-paris"),
        ("e\u0301te\u0301", "été"),
        ("日本語 ニュース", "日本語-ニュース"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("ไทยนี้", "ไทยนี้"),
        ("a_b", "a-b"),
        ("a_\u0301b", "a-b"),
        ("\u0301", ""),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_slug_keeps_the_letters_of_every_script(words: str, slug: str) -> None:
    assert text.slug(words) == slug


# --- Plain text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<p>One <em>two</em></p><p>three</p>", "One two three"),
        ("a<br>b", "a b"),
        ("a &lt; b &amp;amp; c&nbsp;d", "a < b &amp; c d"),
        ("  a\n\tb  ", "a b"),
        ("1 < 2", "1 < 2"),
        ("", ""),
    ],
)
def test_plain_text_has_no_markup_left(markup: str, plain: str) -> None:
    assert text.plain(markup) == plain


@given(st.text())
def test_folded_space_is_one_line_of_single_spaces(words: str) -> None:
    made = text.fold_space(words)
    assert made.split() == words.split()
    assert made == " ".join(made.split())


@given(st.text())
def test_xml_text_holds_nothing_that_xml_forbids(words: str) -> None:
    made = text.xml_text(words)
    escaped = made.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;").replace("]]>", "]]&gt;")
    assert (ElementTree.fromstring(f"<a>{escaped}</a>").text or "") == made
    assert all(letter in words for letter in made)


def test_xml_text_drops_controls_and_noncharacters_and_keeps_the_rest() -> None:
    assert text.xml_text("a\0b\x0bc\ud800d\ufffe\t\n\r🙂\uffff") == "abcd\t\n\r🙂"


GRAPHEMES = [
    "a", "é", "e\u0301", "o\u0302\u0323", "🇩🇪", "🇫🇷", "👩\u200d👩\u200d👧\u200d👦", "👍🏽", "☝🏿", "❤\ufe0f",
    "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "हि", "न्दी", "ที่", "한",
    "\u1112\u1161\u11ab", "日", "خ\u200c", "ｶ\uff9e",
]  # fmt: skip
"""What a reader sees as one letter each; any two of them side by side stay two."""


@given(st.lists(st.sampled_from([*GRAPHEMES, " ", "-"]), max_size=60), st.integers(-1, 80))
def test_a_cut_never_goes_through_a_letter_and_never_is_too_long(parts: list[str], limit: int) -> None:
    words = "".join(parts)
    made = text.cut(words, limit)
    if len(words) <= limit:
        assert made == words
        return
    assert len(made) <= max(limit, 0)
    starts = {"".join(parts[:count]) for count in range(len(parts) + 1)}
    assert made.removesuffix("…") in starts
    assert made.endswith("…") == (limit > 0)


@given(st.text(), st.integers(0, 30))
def test_a_cut_keeps_the_beginning(words: str, limit: int) -> None:
    made = text.cut(words, limit)
    assert words.startswith(made.removesuffix("…") if made != words else made)


@pytest.mark.parametrize(
    ("words", "limit", "made"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one two – three", 11, "one two…"),
        ("onetwothree four", 8, "onetwot…"),
        ("日本語のニュース", 5, "日本語の…"),
        ("ab🇩🇪🇫🇷", 5, "ab🇩🇪…"),
        ("ab🇩🇪🇫🇷", 4, "ab…"),
        ("abcde\u0301fgh", 6, "abcd…"),
        ("news 👩\u200d👩\u200d👧 fit", 9, "news…"),
        ("word", 1, "…"),
        ("word", 0, ""),
    ],
)
def test_a_cut_is_made_at_a_word_where_there_is_one(words: str, limit: int, made: str) -> None:
    assert text.cut(words, limit) == made


# --- Languages and dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("FA", "rtl"), ("ur_PK", "rtl"), ("iw", "rtl"),
        ("az-Arab", "rtl"), ("ku-Arab-IQ", "rtl"), ("ff-Adlm", "rtl"), ("ar-Latn", "ltr"), ("ks-Deva", "ltr"),
        ("sd-Deva-IN", "ltr"), ("de-1996", "ltr"), ("", "ltr"),
    ],
)  # fmt: skip
def test_the_direction_of_a_language_is_that_of_its_script(language: str, direction: str) -> None:
    assert text.direction(language) == direction


MORNING = datetime(2025, 5, 11, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "May 11, 2025", "May 2025"),
        ("en-GB", "11 May 2025", "May 2025"),
        ("de", "11. Mai 2025", "Mai 2025"),
        ("fr-CA", "11 mai 2025", "mai 2025"),
        ("ru", "11 мая 2025\u202fг.", "май 2025\u202fг."),
        ("ja", "2025年5月11日", "2025年5月"),
        ("de-XX", "11. Mai 2025", "Mai 2025"),
        ("tlh", "May 11, 2025", "May 2025"),
        ("", "May 11, 2025", "May 2025"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language: str, day: str, month: str) -> None:
    def spaced(words: str) -> str:
        return words.replace("\u202f", " ").replace("\xa0", " ")

    assert spaced(text.long_date(MORNING, language)) == spaced(day)
    assert spaced(text.month_name(2025, 5, language)) == spaced(month)


def test_dates_do_not_depend_on_the_locale_of_the_machine() -> None:
    code = (
        "import locale\nlocale.setlocale(locale.LC_ALL, '')\nfrom datetime import datetime, UTC\n"
        "from digest import text\n"
        "day = datetime(2025, 5, 11, tzinfo=UTC)\n"
        "print(ascii([text.long_date(day, 'fr'), text.month_name(2025, 5, 'fr'), text.feed_date(day)]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={"LC_ALL": name, "LANGUAGE": name, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout
        for name in ("C", "C.UTF-8")
    }  # fmt: skip
    assert said == {"['11 mai 2025', 'mai 2025', 'Sun, 11 May 2025 00:00:00 +0000']\n"}


def test_one_moment_in_two_zones_shows_two_days() -> None:
    late = datetime(2025, 5, 11, 23, 30, tzinfo=UTC)
    assert text.long_date(late, "en") == "May 11, 2025"
    assert text.long_date(late.astimezone(timezone(timedelta(hours=2))), "en") == "May 12, 2025"


def test_the_time_of_day_is_not_shown_at_midnight() -> None:
    assert text.clock_time(MORNING) == "09:30"
    assert text.clock_time(MORNING.replace(hour=0, minute=0)) == ""
    assert text.clock_time(MORNING.replace(hour=0)) == "00:30"


def test_dates_for_machines() -> None:
    assert text.feed_date(MORNING) == "Sun, 11 May 2025 09:30:15 +0200"
    assert text.iso_date(MORNING) == "2025-05-11T09:30:15+02:00"
    assert text.iso_day(MORNING) == "2025-05-11"
    assert text.iso_date(MORNING.astimezone(UTC)) == "2025-05-11T07:30:15+00:00"


@given(
    st.integers(-36500 * 24, 47500 * 24).map(lambda hours: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.sampled_from(["UTC", "Asia/Kolkata", "Africa/Monrovia"]),
)
def test_dates_for_machines_read_back_within_the_minute_that_old_offsets_lose(day: datetime, name: str) -> None:
    day = day.replace(tzinfo=None)
    moment = day.replace(tzinfo=text.zone(name))
    for read in (parsedate_to_datetime(text.feed_date(moment)), datetime.fromisoformat(text.iso_date(moment))):
        assert abs(read - moment) < timedelta(minutes=1)
        assert read.replace(tzinfo=None) == day.replace(microsecond=0)


def test_an_old_offset_with_seconds_is_written_without_them() -> None:
    old = datetime(1930, 5, 11, tzinfo=timezone(-timedelta(minutes=44, seconds=30)))
    assert text.iso_date(old) == "1930-05-11T00:00:00-00:44"
    assert text.feed_date(old) == "Sun, 11 May 1930 00:00:00 -0044"


# --- File names and zones -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.md", "été.md", "console.md", "com10", ".hidden", "a b"])
def test_windows_holds_a_plain_name(name: str) -> None:
    assert text.windows_name_fault(name) == ""


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a:b.md", "the name holds ':'"),
        ("what?.md", "the name holds '?'"),
        ("a\tb", "the name holds '\\t'"),
        ("a.md ", "the name ends with a space or a dot"),
        ("a.", "the name ends with a space or a dot"),
        ("con", "'con' is a device on Windows"),
        ("COM1.tar.gz", "'COM1.tar.gz' is a device on Windows"),
        ("lpt².md", "'lpt².md' is a device on Windows"),
        ("nul .md", "'nul .md' is a device on Windows"),
    ],
)
def test_windows_holds_no_strange_name(name: str, fault: str) -> None:
    assert text.windows_name_fault(name) == fault


def test_a_zone_knows_its_summer_time() -> None:
    berlin = text.zone("Europe/Berlin")
    assert berlin.key == "Europe/Berlin"
    assert datetime(2025, 5, 11, tzinfo=berlin).utcoffset() == timedelta(hours=2)
    assert datetime(2025, 1, 11, tzinfo=berlin).utcoffset() == timedelta(hours=1)


def test_zones_come_from_the_package_and_not_from_the_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    machine = tmp_path_factory.mktemp("zoneinfo")
    (machine / "Europe").mkdir()
    (machine / "Europe" / "Berlin").write_bytes((files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes())
    code = (
        "import sys; from zoneinfo import ZoneInfo; from datetime import datetime; d = datetime(2025, 5, 11)\n"
        "if 'digest' in sys.argv:\n    from digest.text import zone as ZoneInfo\n"
        "print(ZoneInfo('Europe/Berlin').utcoffset(d))"
    )

    def said(*words: str) -> str:
        environment = {"PYTHONTZPATH": str(machine), "PYTHONPATH": ":".join(sys.path)}
        command = [sys.executable, "-c", code, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout

    assert said() == "9:00:00\n"
    assert said("digest") == "2:00:00\n"


@pytest.mark.parametrize(
    "name", ["Europe/Nowhere", "Europe", "", "../../etc/passwd", "/etc/localtime", "a\0b", "zone.tab"]
)
def test_an_unknown_zone_is_said_to_be_one(name: str) -> None:
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        text.zone(name)


def test_a_date_in_a_zone_can_go_to_another_process() -> None:
    moment = datetime(2025, 5, 11, tzinfo=text.zone("Europe/Berlin"))
    back = pickle.loads(pickle.dumps(moment))
    assert back == moment
    assert isinstance(back.tzinfo, ZoneInfo)


def test_the_calendar_is_known_in_the_words_of_a_language() -> None:
    assert {"april", "sunday"} <= text.calendar_words("en")
    assert {"avril", "dimanche"} <= text.calendar_words("fr-CA")
    assert "апреля" in text.calendar_words("ru")
    assert text.calendar_words("xx") == text.calendar_words("en")
    assert all(map(str.isalpha, text.calendar_words("ja")))
