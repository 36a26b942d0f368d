"""Bodies of posts, case by case. What holds for any body is in `test_body_properties.py`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from page_reading import body, content

from crawler.items import QuoteSeen
from crawler.pages import PARSER_VERSION, read_body

QUOTE = (
    '<blockquote class="ipsQuote" data-ipsquote="" data-ipsquote-contentapp="forums" '
    'data-ipsquote-contentclass="forums_Topic" data-ipsquote-contentid="9" data-ipsquote-contentcommentid="{0}" '
    'data-ipsquote-username="13." data-ipsquote-userid="5" data-ipsquote-timestamp="1700000000">'
    '<div class="ipsQuote_citation">9 minutes ago, 13. said:</div><div class="ipsQuote_contents">{1}</div></blockquote>'
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", None),
        ("<p>\xa0</p><p> </p>", None),
        ("one", "one"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one</p>\n\n\n<p>&nbsp;</p><p>two</p>", "one\ntwo"),
        ("<p>one<br>two<br/><br>three</p>", "one\ntwo\nthree"),
        ("<p> one  \t two\n three&nbsp; four </p>", "one two three four"),
        ("<p>wo<abbr title='x'>rk</abbr>s</p>", "works"),
        ("<p>a<b>b</b><i>c<u>d</u></i> e</p>", "abcd e"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li><p>one</p><p>more</p></li><li>two</li></ol>", "- one\nmore\n- two"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c"),
        ("<ul><li></li><li>b</li></ul>after", "- b\nafter"),
        ("<h2>Head</h2>tail", "Head\ntail"),
        ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th><td></td><td>d</td></tr></table>", "a\tb\nc\t\td"),
        ("<table><caption>Cap</caption><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "Cap\na\nb"),
        ("<fieldset><legend>Leg</legend>end</fieldset>", "Leg\nend"),
        ("<dl><dt>t</dt><dd>d</dd></dl>", "t\nd"),
        ("one<hr>two", "one\ntwo"),
        ("<pre class='ipsCode'>a\n\n  b\tc  d\n</pre>", "a\n\n  b\tc  d"),
        ("<pre>a<span class='kwd'>  b</span>\r\nc<br>d</pre>", "a  b\nc\nd"),
        ("one<pre>  code</pre>two", "one\n  code\ntwo"),
        ("<ul><li><pre>code</pre></li></ul>", "code"),
        ("<p>hi <img class='ipsEmoji' alt='🤷‍♂️'></p>", "hi 🤷‍♂️"),
        ("<p>hi <span class='ipsEmoji'>😄</span>!</p>", "hi 😄!"),
        ("<p>hi <img data-emoticon='' alt=':)'></p>", "hi :)"),
        ("<p>a <img src='x.png' alt='no words'> b</p>", "a b"),
        ("a<script>x()</script><style>y</style><template>z</template>b", "ab"),
        ("a<iframe src='x'>old</iframe><select><option>o</select><button>p</button>b", "ab"),
        ("a<!-- no -->b<!-- no -->c", "abc"),
        ("<div class='ipsSpoiler'><div class='ipsSpoiler_header'>Spoiler</div><div><p>end</p></div></div>", "end"),
        ("<details><summary class='ipsRichTextBox__title'>Spoiler</summary><i-x><p>end</p></i-x></details>", "end"),
        ("<blockquote class='ipsStyle_spoiler' data-ipsspoiler=''><p>end</p></blockquote>", "end"),
        ("<p>said</p><p data-excludequote data-el='edited'>Edited by Bob</p><p>more</p>", "said\nmore"),
        ("one<span data-excludequote>Edited</span> two", "one two"),
        ("<span>a</span><span>b</span>", "ab"),
        ("<p>a\u200b\u202eb\u2028c\x1fd</p>", "a\u200b\u202eb\u2028c\x1fd"),
    ],
)  # fmt: skip
def test_own_words(markup: str, text: str | None) -> None:
    read = body(markup)
    assert read.text == text
    assert read.full_text == text
    assert read.quotes == []
    assert read.parser_version == PARSER_VERSION


def test_a_quote_is_read_as_its_attributes_say() -> None:
    read = body(QUOTE.format(42, "<p>old</p>") + "<p>new</p>")
    assert read.text == "new"
    assert read.full_text == "> old\nnew"
    assert read.quotes == [
        QuoteSeen(
            quote_index=0,
            parent_quote_index=None,
            depth=0,
            quoted_text="old",
            cited_author_name="13.",
            cited_author_id=5,
            cited_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
            cited_post_id=42,
            cited_thread_id=9,
            cited_class="forums_Topic",
        )
    ]


def test_nested_quotes_are_numbered_in_pre_order() -> None:
    inner = QUOTE.format(1, "<p>a</p>")
    read = body(QUOTE.format(2, f"{inner}<p>b</p>{QUOTE.format(3, 'c')}") + QUOTE.format(4, "d") + "own")
    assert [(q.cited_post_id, q.parent_quote_index, q.depth, q.quoted_text) for q in read.quotes] == [
        (2, None, 0, "b"),
        (1, 0, 1, "a"),
        (3, 0, 1, "c"),
        (4, None, 0, "d"),
    ]
    assert read.full_text == "> > a\n> b\n> > c\n> d\nown"
    assert read.text == "own"


@pytest.mark.parametrize(
    "markup",
    [
        '<blockquote data-ipsquote="" class="ipsQuote"><div>old</div></blockquote>',
        "<blockquote class='ipsBlockquote'><p>old</p></blockquote>",
        "<blockquote><p class='citation'>X said:</p>old</blockquote>",
        "<blockquote class='ipsQuote'><div class='ipsQuote_citation'>Quote</div>old</blockquote>",
    ],
)
def test_a_quote_without_a_source_is_kept(markup: str) -> None:
    read = body(f"{markup}new")
    (quote,) = read.quotes
    assert (quote.quoted_text, quote.cited_post_id, quote.cited_author_name) == ("old", None, None)
    assert read.text == "new"


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1e3", "99999999999999999999", "٥"])
def test_numbers_that_are_none(value: str) -> None:
    (quote,) = body(QUOTE.format(value, "x")).quotes
    assert quote.cited_post_id is None


def test_code_in_a_quote_keeps_its_lines() -> None:
    read = body(QUOTE.format(1, "<pre>a\n  b</pre>"))
    assert read.quotes[0].quoted_text == "a\n  b"
    assert read.full_text == "> a\n>   b"


def test_a_quote_in_a_list_takes_no_bullet() -> None:
    read = body(f"<ul><li>{QUOTE.format(1, 'old')}new</li></ul>")
    assert read.quotes[0].quoted_text == "old"
    assert read.text == "- new"


def test_the_mark_of_an_edit_in_a_quote_is_left_out() -> None:
    read = body(QUOTE.format(1, "old<p data-excludequote>Edited by Bob</p>"))
    assert read.quotes[0].quoted_text == "old"


def test_links_of_all_kinds() -> None:
    read = body(
        '<a href="/topic/9-x/">see</a> <a href="#top">up</a> <a href="javascript:x()">no</a>'
        '<a data-mentionid="4" data-ipshover-target="x" href="/profile/4-bob/">@Bob</a>'
        '<a class="ipsAttachLink" data-fileid="71" href="//cdn.example/f.pdf">f.pdf</a>'
        '<a class="ipsAttachLink ipsAttachLink_image" data-fileid="72" href="/big.png"><span><img alt="pic" '
        'src="/small.png"></span></a><img src="/core/spacer.png" data-src="https://www.cdn.example/lazy.png" alt="">'
        '<a href="https://b.example/"><img src="/thumb.png" alt="t"></a>'
        '<iframe src="/interface/index.html" data-embed-src="https://v.example/1" title="A film"></iframe>'
        '<video><source src="/film.mp4"></video><a href="/applications/core/interface/file/attachment.php?id=73">z</a>'
        f"{QUOTE.format(1, '<a href=https://q.example/>quoted</a>')}<pre><a href='/code'>c</a></pre>"
    )
    rows = [(link.kind, link.url, link.text, link.attachment_id or link.mentioned_author_id) for link in read.links]
    assert rows == [
        ("link", "https://forum.example/topic/9-x/", "see", None),
        ("link", None, "no", None),
        ("mention", "https://forum.example/profile/4-bob/", "@Bob", 4),
        ("attachment", "https://cdn.example/f.pdf", "f.pdf", 71),
        ("attachment", "https://forum.example/big.png", "pic", 72),
        ("image", "https://www.cdn.example/lazy.png", None, None),
        ("link", "https://b.example/", "t", None),
        ("image", "https://forum.example/thumb.png", "t", None),
        ("embed", "https://v.example/1", "A film", None),
        ("embed", "https://forum.example/film.mp4", None, None),
        ("attachment", "https://forum.example/applications/core/interface/file/attachment.php?id=73", "z", 73),
        ("link", "https://q.example/", "quoted", None),
        ("link", "https://forum.example/code", "c", None),
    ]
    assert [link.link_index for link in read.links] == list(range(len(rows)))
    assert [link.text for link in read.links if link.in_quote] == ["quoted"]
    assert [link.domain for link in read.links][:2] == ["forum.example", None]
    assert read.links[5].domain == "cdn.example"


def test_html_is_what_stands_between_the_tags_without_the_edit_mark() -> None:
    read = body("<p>a &amp; b</p><span data-excludequote>Edited</span>")
    assert read.html == "<p>a &amp; b</p>"
    assert body(" \n ").html is None


def test_reading_twice_gives_the_same() -> None:
    element = content(f"{QUOTE.format(1, 'x')}<pre>a<br>b</pre><ul><li>c</ul>")
    assert read_body(element, "https://f.example/") == read_body(element, "https://f.example/")


def test_the_hash_is_of_words_quotes_and_targets() -> None:
    one = body(f"<p>a <b>b</b></p>{QUOTE.format(1, 'x')}<a href='https://b.example/'>l</a>").text_hash
    same = body(f"<div>a b</div>\n{QUOTE.format(1, '<p>x</p>')}<a rel=n href='https://b.example/'>l</a>").text_hash
    assert one == same
    assert body(f"<p>a b</p>{QUOTE.format(2, 'x')}<a href='https://b.example/'>l</a>").text_hash != one
    assert body(f"<p>a b</p>{QUOTE.format(1, 'x')}<a href='https://c.example/'>l</a>").text_hash != one
    assert body(f"<p>a c</p>{QUOTE.format(1, 'x')}<a href='https://b.example/'>l</a>").text_hash != one


def test_the_hash_leaves_out_lazy_images_and_own_addresses() -> None:
    lazy = body("<p>a<img src='/spacer.png' data-src='/b.png'> <a href='https://forum.example/topic/1-old/'>x</a></p>")
    plain = body("<p>a<img src='/b.png'> <a href='https://forum.example/topic/1-new/'>x</a></p>")
    assert lazy.text_hash == plain.text_hash


def test_very_many_quotes_are_bounded_and_their_words_never_become_own_words() -> None:
    read = body("<blockquote>q</blockquote>" * 10_050 + "own")
    assert len(read.quotes) == 10_000
    assert read.text == "own"
    assert (read.full_text or "").count("> q") == 10_050


def test_deep_quotes_do_not_make_a_small_post_a_huge_text() -> None:
    read = body("<blockquote>" * 1900 + "<p>x</p>" * 2000)
    assert len(read.quotes) == 1900
    assert len(read.full_text or "") < 2_000_000
    assert read.quotes[-1].depth == 1899
    assert read.quotes[-1].quoted_text == "\n".join("x" * 2000)


def test_many_images_deep_inside_are_quick() -> None:
    assert len(body("<span>" * 1900 + "<img src='/a.png'>" * 20_000).links) == 20_000


@pytest.mark.parametrize("odd", ["\x01", "\x0b", "\x1f", "\x7f", "\ufffe", "\u2028"])
def test_characters_that_no_tree_takes_back_stay_beside_an_edit_mark(odd: str) -> None:
    mark = "<span data-excludequote>Edited</span>"
    assert body(f"a{odd}{mark}{odd}b{mark}{mark}c<!-- x -->{odd}").text == f"a{odd}{odd}bc{odd}"


def test_attributes_of_the_bodys_own_element_are_no_part_of_its_html() -> None:
    element = content("<p>a</p>")
    element.set("title", "a > b \"c\" 'd'")
    assert read_body(element, "https://f.example/").html == "<p>a</p>"
    assert element.get("title") == "a > b \"c\" 'd'"
