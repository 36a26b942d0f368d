"""What holds for any body: no word is lost, joined to another or invented; quotes are kept apart from own words."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from page_reading import body

SPACE = " \t\n\r\f\xa0"
_ODD = (
    "\x0b\x1c\x1f\x7f\x85\u061c\u200b\u200d\u200e\u202e\u2028\u2029\u2066\ufeff\ufffe\ufffd"
    "\U000e0001กำ้ี👩🏽‍🚀🤷‍♂️é́߷𝒳\U0010ffff"
)
words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=SPACE + "\x00\r") | st.sampled_from(_ODD),
    min_size=1,
    max_size=8,
)
"""Any characters but the white space of HTML."""


@dataclass
class Made:
    """Markup with what is to be read of it. Lines are (quote path, line)."""

    markup: str
    lines: list[tuple[tuple[int, ...], str]]


@st.composite
def inline(draw: st.DrawFn) -> tuple[str, str]:
    """A line's markup and its text: words between which elements begin and end without making a gap."""
    parts = draw(
        st.lists(st.tuples(words, st.sampled_from(["", " ", "\n\t", "&nbsp;", " \xa0 "])), min_size=1, max_size=4)
    )
    markup, text = "", ""
    for word, gap in parts:
        tag = draw(st.sampled_from(["", "b", "em", "span", "abbr", "u", "code"]))
        escaped = html.escape(word)
        markup += f"<{tag}>{escaped}</{tag}>" if tag else escaped
        markup += gap
        text += word + (" " if gap else "")
    return markup, text.strip(" ")


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[tuple[str, object]]:
    kinds = ["p", "div", "ul", "br", "pre", "spoiler"] + (["quote"] * 3 if depth < 4 else [])
    found: list[tuple[str, object]] = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        if kind in {"quote", "spoiler"}:
            found.append((kind, draw(blocks(depth + 1))))
        elif kind == "pre":
            code = draw(st.text(st.characters(codec="ascii", exclude_characters="\x00\r"), max_size=12))
            found.append((kind, "x" + code.strip() + "x"))
        else:
            found.append((kind, draw(st.lists(inline(), min_size=1, max_size=3))))
    return found


def build(tree: list[tuple[str, object]], path: tuple[int, ...], made: Made, counter: list[int]) -> str:
    out = ""
    for kind, inner in tree:
        if kind == "quote":
            index, counter[0] = counter[0], counter[0] + 1
            attributes = f'data-ipsquote="" data-ipsquote-contentcommentid="{index + 1}"' if index % 3 else ""
            out += f'<blockquote class="ipsQuote" {attributes}><div class="ipsQuote_citation">Someone said:</div><div>'
            out += build(inner, (*path, index), made, counter) + "</div></blockquote>"  # type: ignore[arg-type]
        elif kind == "spoiler":
            out += (
                '<div class="ipsSpoiler"><div class="ipsSpoiler_header">Reveal</div><div class="ipsSpoiler_contents">'
            )
            out += build(inner, path, made, counter) + "</div></div>"  # type: ignore[arg-type]
        elif kind == "pre":
            made.lines.append((path, str(inner)))
            out += f"<pre>{html.escape(str(inner))}</pre>"
        else:
            out += lines(kind, inner, path, made)  # type: ignore[arg-type]
    return out


def lines(kind: str, inner: list[tuple[str, str]], path: tuple[int, ...], made: Made) -> str:
    bullet = "- " if kind == "ul" else ""
    made.lines += [(path, bullet + text) for _markup, text in inner]
    if kind == "br":
        return "<div>" + "<br>".join(markup for markup, _text in inner) + "</div>"
    tag = "li" if kind == "ul" else kind
    rows = "".join(f"<{tag}>{markup}</{tag}>" for markup, _text in inner)
    return f"<ul>{rows}</ul>" if kind == "ul" else rows


@given(blocks())
@settings(max_examples=300, deadline=None)
def test_words_and_quotes_are_those_that_were_written(tree: list[tuple[str, object]]) -> None:
    made = Made("", [])
    counter = [0]
    markup = build(tree, (), made, counter)
    read = body(markup)
    assert len(read.quotes) == counter[0]
    assert (read.text or "") == "\n".join(line for path, line in made.lines if not path)
    shown = [mark + piece for path, line in made.lines for mark in ["> " * len(path)] for piece in line.split("\n")]
    assert (read.full_text or "") == "\n".join(shown)
    for quote in read.quotes:
        own = [(path, line) for path, line in made.lines if path and path[-1] == quote.quote_index]
        assert (quote.quoted_text or "") == "\n".join(line for _path, line in own)
        assert quote.cited_post_id == (quote.quote_index + 1 if quote.quote_index % 3 else None)
        if own:
            path = own[0][0]
            assert quote.depth == len(path) - 1
            assert quote.parent_quote_index == (path[-2] if len(path) > 1 else None)


@given(st.lists(words, min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back_equal(found: list[str]) -> None:
    assert body(f"<p>{html.escape('  '.join(found))}</p>").text == " ".join(found)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
@settings(deadline=None)
def test_code_comes_back_verbatim(code: str) -> None:
    expected = code.strip("\n").rstrip()
    assert body(f"<pre>x{html.escape(code)}</pre>").text == f"x{code}".rstrip() or not expected


@given(st.text(st.sampled_from("<>/!-=\"' abpblockquotelidvs&;#x0")))
@settings(max_examples=300, deadline=None)
def test_any_markup_is_read(markup: str) -> None:
    read = body(markup)
    for text in [read.text, read.full_text, *(quote.quoted_text for quote in read.quotes)]:
        assert text is None or text.strip("\n") == text != ""
        assert not re.search(r"\n\n|  |\n ", text or "") or "<pre" in markup
