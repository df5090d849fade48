"""Bytes as text."""

from __future__ import annotations

from digest.decoding import decode


def test_decoding_gives_plain_line_ends() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n", "a") == ("a\nb\nc\n", ())


def test_the_byte_that_is_no_utf8_is_named_with_what_it_meant() -> None:
    text, (one,) = decode(b"---\r\ntitle: caf\xe9\r\n---\r\n", "a.md")
    assert text is None
    assert one.text == "byte 15 of the file (0xE9) is no UTF-8"
    assert one.hint == "save the file as UTF-8; in Windows-1252 this byte is é"
    assert (one.line, one.column, one.excerpt) == (2, 11, "title: caf\ufffd")


def test_two_versions_that_git_left_are_told() -> None:
    text, (one,) = decode(b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> theirs\n", "a.md")
    assert (text, one.code, one.line) == (None, "merge-conflict", 2)
