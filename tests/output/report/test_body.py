"""What becomes of the HTML of a post: nothing that runs, loads, names or styles anything is left of it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markupsafe import Markup

from output.report.body import Bodies, Cited, plain, web_address
from output.report.clean import ALLOWED, ROLES

BASE = "https://forum.example/topic/1-x/page/2/#comment-9"
CITE = Markup('<div class="cite">cite {}</div>')


def body(source: str, quotes: Sequence[Cited] = (), *, media: bool = False) -> str | None:
    return Bodies(media=media).body(source, BASE, quotes, CITE.format)


def words(source: str) -> str:
    made = body(source)
    assert made is not None
    return " ".join(Markup(made).striptags().split())


HOSTILE = {
    "script": "<p>a<script>alert(1)</script>b</p>",
    "style": "<style>*{display:none}</style><p style='position:fixed;inset:0'>ab</p>",
    "handlers": '<p onclick="alert(1)"><img src=x onerror=alert(1) alt="pic">ab</p>',
    "javascript": '<a href="javascript:alert(1)">a</a><a href=" java\nscript:alert(1)">b</a>',
    "data": '<a href="data:text/html,<script>alert(1)</script>">a</a><a href="vbscript:x">b</a>',
    "forms": '<form action="https://evil.example"><input name=q><button>go</button><textarea>t</textarea>ab</form>',
    "frames": '<iframe src="https://evil.example"></iframe><object data="x.swf"></object><embed src=x>ab',
    "svg": '<svg onload=alert(1)><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>ab',
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>ab",
    "base": '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">ab',
    "link": '<link rel=stylesheet href="https://evil.example/x.css">ab',
    "clobbering": '<a id="main" name="body">a</a><img name="getElementById">b',
    "overlay": '<div style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:99" class="skip">ab</div>',
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>ab',
    "comment": "<!--><img src=x onerror=alert(1)>-->ab",
    "template": "<template><script>alert(1)</script></template>ab",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_gone(name: str) -> None:
    made = body(HOSTILE[name])
    assert made is not None
    assert_harmless(made)
    assert "alert" not in re.sub(r"&lt;.*", "", made)


def assert_harmless(made: str) -> None:
    """Every tag and attribute is one of ours to allow, every address a web address."""
    tree = lxml_html.fragment_fromstring(made, create_parent="section")
    for element in tree.iterdescendants():
        if element.get("class") == "cite":
            continue
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"dir", "rel", "tabindex", *ROLES.get(str(element.tag), ())}
        for name in ("href", "src"):
            if name in element.attrib:
                assert re.match(r"(?:https?|mailto):", element.attrib[name])


PIECES = st.sampled_from(
    [
        *HOSTILE.values(),
        "<p>",
        "</p>",
        "<table><td>",
        "<blockquote data-ipsquote>",
        "</blockquote>",
        "'",
        '"',
        "<",
        "<!--",
        "&#8;",
        "\x0c",
        "&#xd800;",
        "<img>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=8), st.booleans())
def test_no_mixture_gets_through(pieces: list[str], media: bool) -> None:
    made = body("".join(pieces), media=media)
    if made is not None:
        assert_harmless(made)


def test_words_stay() -> None:
    assert words("<p>One <b>two</b></p><custom-tag> three</custom-tag>") == "One two three"


def test_links_say_that_they_are_not_ours() -> None:
    made = body('<a href="/topic/2-y/">here</a> <a href="https://a.example/?a=1&amp;b=2">there</a>')
    assert made is not None
    assert 'href="https://forum.example/topic/2-y/"' in made
    assert 'href="https://a.example/?a=1&amp;b=2"' in made
    assert made.count('rel="noopener noreferrer nofollow"') == 2


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("/x?do=embed", "https://forum.example/x"),
        ("/x?a=1&do=find", "https://forum.example/x?a=1"),
        ("mailto:me@a.example", "mailto:me@a.example"),
        ("javascript:alert(1)", None),
        ("JaVa\tScript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses(address: str | None, wanted: str | None) -> None:
    assert web_address(address, BASE) == wanted


def test_images_are_told_of_and_not_loaded() -> None:
    made = body('<p><img src="https://a.example/x.png" alt="A lock"></p>')
    assert made is not None
    assert "<img" not in made
    assert 'href="https://a.example/x.png"' in made
    assert "Image: A lock" in made


def test_images_are_loaded_on_request_over_https_alone() -> None:
    made = body(
        '<img src="s.gif" data-src="https://a.example/x.png" alt="A"><img src="http://a.example/y.png">', media=True
    )
    assert made is not None
    assert made.count("<img") == 1
    assert 'src="https://a.example/x.png"' in made


def test_emoji_are_characters() -> None:
    assert (
        words('<p>so <img class="ipsEmoji" alt="😄" src="x"> it <img data-emoticon alt=":)" src="y"> is</p>')
        == "so 😄 it :) is"
    )


def test_frames_are_told_of() -> None:
    made = body('<iframe src="about:blank" data-embed-src="https://video.example/embed/1"></iframe>')
    assert made is not None
    assert "Embedded: video.example" in made


def quote(number: int, inner: str) -> str:
    label = '<div class="ipsQuote_citation">8 hours ago, X said:</div>'
    names = f'class="ipsQuote" data-ipsquote data-ipsquote-contentcommentid="{number}"'
    return f"<blockquote {names}>{label}{inner}</blockquote>"


def test_each_quote_has_its_own_line() -> None:
    made = body(quote(1, quote(2, "<p>in</p>") + "<p>out</p>") + "<p>mine</p>", [Cited(0, 1), Cited(1, 2)])
    assert made is not None
    assert "8 hours ago" not in made
    assert re.findall(r"cite \d|in|out|mine", made) == ["cite 0", "cite 1", "in", "out", "mine"]


def test_quotes_are_known_by_their_posts_where_their_number_differs() -> None:
    made = body(quote(5, "<p>a</p>") + quote(2, "<p>b</p>"), [Cited(3, 2)])
    assert made is not None
    assert "cite 3" in made.split("<p>a</p>")[1]
    assert made.count("cite") == made.count("cite 3") * 2


def test_a_mark_cannot_be_forged() -> None:
    bodies = Bodies()
    token = "0" * 24
    made = bodies.body(f"<p>{token}-0; and 1-0;</p>", BASE, [], lambda index: Markup("<forged>"))
    assert made is not None
    assert "forged" not in made


def test_spoilers_fold() -> None:
    inner = '<div class="ipsSpoiler_contents"><p>x</p></div>'
    made = body(
        f'<div class="ipsSpoiler"><div class="ipsSpoiler_header"><span>The <b>end</b></span></div>{inner}</div>'
    )
    assert made is not None
    assert "<details>" in made
    assert "<summary>The end</summary>" in made


@pytest.mark.parametrize("source", ["", None, "<div>" * 5_000 + "x", "x" * 2_000_001])
def test_what_cannot_be_shown_as_html_is_shown_as_text(source: str | None) -> None:
    assert Bodies().body(source, BASE, [], CITE.format) is None


def test_plain_text_keeps_levels() -> None:
    made = plain("> > deep\n> less\nmine <b>")
    assert made == ("<blockquote><blockquote><p>deep</p></blockquote><p>less</p></blockquote><p>mine &lt;b&gt;</p>")
    assert html.escape("<") in plain("<")


def test_plain_text_has_an_end() -> None:
    made = plain("x" * 300_000)
    assert len(made) < 201_000
    assert "100,000 more characters" in made


def test_the_images_of_a_post_stand_alone() -> None:
    source = '<p><a href="/x"><img src="https://a.example/1.png" alt="One"></a> <img class="ipsEmoji" alt="x"></p><img>'
    plainly, loaded = (Bodies(media=media).images(source, BASE) for media in (False, True))
    assert len(plainly) == 2
    assert "Image: One" in plainly[0]
    assert loaded[0].startswith('<img src="https://a.example/1.png"')
    assert Bodies().images("<p>none</p>", BASE) == []
