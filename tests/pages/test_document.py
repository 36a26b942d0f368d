"""Bytes to text, and the document's machine data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_markup import URL, post, topic
from page_reading import error, texts, topic_page

from crawler.pages.document import Document
from crawler.pages.encoding import to_utf8

THAI = "เก็บค่าผ่านทางเรือ"


def page(words: str = THAI, meta: str = "utf-8") -> str:
    return topic(post(1, f"<p>{words}</p>")).decode().replace('charset="utf-8"', f'charset="{meta}"')


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("header", [None, "text/html; charset=iso-8859-1"])
def test_a_byte_order_mark_wins(encoding: str, header: str | None) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    found = topic_page(mark + page().encode(encoding), headers={"Content-Type": header} if header else None)
    assert texts(found) == {1: THAI}
    assert found.repairs == {}


@pytest.mark.parametrize("label", ["cp874", "windows-874", "tis-620", "TIS-620", "iso-8859-11"])
@pytest.mark.parametrize("place", ["header", "meta"])
def test_thai_of_old_in_header_or_page(label: str, place: str) -> None:
    raw = page(meta=label if place == "meta" else "utf-8").encode("cp874")
    headers = {"content-type": f"text/html; charset={label}"} if place == "header" else None
    assert texts(topic_page(raw, headers=headers)) == {1: THAI}


def test_the_header_wins_over_the_page() -> None:
    raw = page(meta="windows-1251").encode()
    assert texts(topic_page(raw, headers={"content-type": 'text/html;charset="UTF-8"'})) == {1: THAI}


@pytest.mark.parametrize(
    "label",
    ["hex", "base64", "rot13", "zlib", "undefined", "idna", "punycode", "unicode_escape", "utf-7", "utf-16", "utf-32",
     "utf-16-le", "mbcs", "bogus", "", "utf-8;x", "\u0130"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["header", "meta"])
def test_an_encoding_that_no_browser_takes_is_not_taken(label: str, place: str) -> None:
    raw = page("+AGE- \\u0061 " + THAI, label if place == "meta" else "utf-8").encode()
    headers = {"content-type": f"text/html; charset={label}"} if place == "header" else None
    assert texts(topic_page(raw, headers=headers)) == {1: "+AGE- \\u0061 " + THAI}


def test_utf_8_that_claims_to_be_something_else_is_utf_8() -> None:
    found = topic_page(page("день ā\u0081").encode(), headers={"content-type": "text/html; charset=shift_jis"})
    assert texts(found) == {1: "день ā\u0081"}


def test_bad_bytes_are_marked_and_counted() -> None:
    found = topic_page(page("a@b@c").encode().replace(b"@", b"\xff"))
    assert texts(found) == {1: "a\ufffdb\ufffdc"}
    assert found.repairs == {"encoding": 2}


def test_nul_is_marked_and_counted() -> None:
    found = topic_page(page("a\x00b").encode())
    assert texts(found) == {1: "a\ufffdb"}
    assert found.repairs == {"nul": 1}


@pytest.mark.parametrize("reference", ["&#0;", "&#xD800;", "&#x110000;", "&#99999999999;"])
def test_references_to_no_character_lose_no_words(reference: str) -> None:
    (text,) = texts(topic_page(page(f"a{reference}b").encode())).values()
    assert text is not None
    assert (text[0], text[-1]) == ("a", "b")
    assert "\x00" not in text
    text.encode()


@given(st.binary(), st.text())
def test_any_bytes_become_utf_8(raw: bytes, label: str) -> None:
    made, _repairs = to_utf8(raw, f"text/html; charset={label}")
    assert b"\x00" not in made
    made.decode()


@given(st.text())
def test_valid_utf_8_is_left_as_it_is(text: str) -> None:
    raw = text.replace("\x00", "").encode("utf-8", "replace")
    if not raw.startswith(b"\xef\xbb\xbf"):
        assert to_utf8(raw, "text/html; charset=utf-8") == (raw, {})


@pytest.mark.parametrize(
    ("end", "is_there"),
    [
        (b"</html>", True),
        (b"</HTML >\n<!-- cached -->" + b" " * 60_000, True),
        (b"</html><script>x()</script>", True),
        (b"</html", False),
        (b"</body>", False),
        (b"&lt;/html&gt;", False),
    ],
)
def test_the_end_of_a_page(end: bytes, is_there: bool) -> None:
    assert Document(b"<html><body>x" + end, URL).has_end is is_there


def test_a_page_that_is_cut_off_is_never_a_thread() -> None:
    whole = topic(post(1, f"<p>{THAI}</p>"), post(2), post(3))
    end = whole.rindex(b"</html>") + len(b"</html>")
    for cut in [*range(0, end, 37), *range(end - 30, end)]:
        assert error(whole[:cut]).kind == "truncated", cut
    assert list(texts(topic_page(whole))) == [1, 2, 3]


def test_fields_tell_which_source_answered() -> None:
    document = Document(b"<html></html>", URL)
    document.answers.note("a", "first")
    document.answers.note("a", "second")
    document.answers.note("b", "none")
    assert document.answers.others({"a": "first", "b": "first"}) == {"a:second": 1, "b:none": 1}


@pytest.mark.parametrize("size", [1_000_000, 11_000_000])
def test_huge_attributes_and_words(size: int) -> None:
    found = topic_page(topic(post(1, f"<p title='{'x' * size}'>Hi</p>"), post(2, "y" * size), post(3)))
    assert [len(p.body.text or "") for p in found.posts] == [2, size, 5]
