"""Posts: machine values, fallbacks, edit marks, reactions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from page_markup import machine, post, topic
from page_reading import topic_page

from crawler.items import PostSeen
from crawler.pages.edit import _editor


def read(markup: str) -> PostSeen:
    (found,) = topic_page(topic(markup)).posts
    return found


EDITED = (
    '<span class="ipsType_reset ipsType_medium ipsType_light" data-excludequote><strong>{label} '
    '<time datetime="2024-01-02T03:04:05Z">yesterday</time> {by}</strong>{reason}</span>'
)


def test_a_post_is_its_machine_data() -> None:
    found = read(post(11))
    assert (found.post_id, found.author_id, found.author_name, found.author_group) == (11, 3, "Ann", "Members")
    assert found.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert (found.edited_at, found.edited_by, found.edit_reason) == (None, None, None)
    assert (found.reactions, found.n_reactions) == ([], 0)
    assert found.is_first_post


def test_machine_data_win_over_what_is_shown() -> None:
    page = topic_page(topic(post(11, heading='<a href="/profile/99-x/">Other</a>', when="2020-01-01T00:00:00Z")))
    (found,) = page.posts
    assert (found.author_id, found.author_name) == (3, "Ann")
    assert found.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert page.repairs == {"created_at_conflict": 1}


def test_without_machine_data_the_panes_answer_and_it_is_told() -> None:
    page = topic_page(topic(post(11, data="")))
    (found,) = page.posts
    assert (found.author_id, found.author_name) == (3, "Ann")
    assert found.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert page.fallbacks["post.author_id:h3 a[href*=/profile/]"] == 1
    assert page.fallbacks["post.created_at:time[datetime]"] == 1


@pytest.mark.parametrize("broken", ["{", "[]", "null", '"x"', "{}", '{"userid": {}}', "[" * 100_000])
def test_broken_machine_data_are_as_none(broken: str) -> None:
    found = read(post(11, data=broken))
    assert (found.post_id, found.author_name) == (11, "Ann")


@pytest.mark.parametrize("number", [None, 0, "0", -1, True, 2**70, 1.5, [1]])
def test_a_guest_has_no_number(number: object) -> None:
    found = read(post(11, data=machine(11, userid=number, username="Passer-by")))
    assert (found.author_id, found.author_name) == (None, "Passer-by")


def test_a_guest_without_link() -> None:
    found = read(post(11, data=machine(11, userid=None, username=None), heading="Passer-by"))
    assert (found.author_id, found.author_name) == (None, "Passer-by")


@pytest.mark.parametrize("stamp", ["1700000000", 1_700_000_000])
def test_a_stamp_is_a_number_or_digits(stamp: object) -> None:
    assert read(post(11, data=machine(11, timestamp=stamp), when="")).created_at is not None


@pytest.mark.parametrize("stamp", [0, -5, 10**12, True, "soon", None, 1.5])
def test_a_stamp_out_of_range_is_none(stamp: object) -> None:
    assert read(post(11, data=machine(11, timestamp=stamp), when="")).created_at is None


def test_lone_surrogates_and_nul_in_names_are_mended_and_counted() -> None:
    data = '{"userid": 3, "username": "A\\ud83dn\\u0000n", "contentcommentid": 11, "contentid": 7}'
    page = topic_page(topic(post(11, data=data)))
    assert page.posts[0].author_name == "A\ufffdn\ufffdn"
    assert page.repairs == {"surrogates": 1, "nul": 1}


def test_a_pair_of_surrogates_is_a_character() -> None:
    data = '{"userid": 3, "username": "A\\ud83d\\ude04", "contentcommentid": 11, "contentid": 7}'
    assert read(post(11, data=data)).author_name == "A😄"


def test_an_edit_mark() -> None:
    mark = EDITED.format(label="Edited", by="by Ann", reason="<br>A typo &amp; more")
    found = read(post(11, f"<p>Hello</p>{mark}"))
    assert found.edited_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (found.edited_by, found.edit_reason) == ("Ann", "A typo & more")
    assert found.body.text == "Hello"
    assert "Edited" not in (found.body.html or "")


def test_an_edit_mark_inside_a_quote_is_of_another_post() -> None:
    mark = EDITED.format(label="Edited", by="by Bob", reason="")
    found = read(post(11, f"<blockquote class='ipsQuote'><p>old</p>{mark}</blockquote>new"))
    assert (found.edited_at, found.body.text) == (None, "new")
    assert found.body.quotes[0].quoted_text == "old"


@pytest.mark.parametrize(
    ("tail", "author", "name"),
    [
        (" by Ann ", "Ann", "Ann"),
        (" by Jim Moder", "Ann", "Jim Moder"),
        (" по решению Ann", "Ann", "Ann"),
        (" by Susann", "ann", "Susann"),
        (" by 13.", "13.", "13."),
        (" by said, 1", "said, 1", "said, 1"),
        ("", "Ann", None),
        (None, None, None),
        (" Ann", None, "Ann"),
    ],
)
def test_who_edited(tail: str | None, author: str | None, name: str | None) -> None:
    assert _editor(tail, author) == name


@pytest.mark.parametrize(("more", "total"), [([], 15), ([("Sad", "1.2k")], None), ([("Odd", "9" * 5000)], None)])
def test_reactions_by_kind(more: list[tuple[str, str]], total: int | None) -> None:
    place = '<div data-controller="core.front.core.reaction"></div>'
    counts = "".join(
        f'<span class="ipsReact_reactCount"><a><span><img alt="{name}"></span><span>{n}</span></a></span>'
        for name, n in [("Like", "12"), ("Haha", "3"), *more]
    )
    found = read(post(11, after=place + counts))
    assert found.reactions == [("Haha", 3), ("Like", 12)]
    assert found.n_reactions == total


@pytest.mark.parametrize(("shown", "total"), [("7", 7), ("1.2k", None), ("", 0)])
def test_reactions_without_kinds(shown: str, total: int) -> None:
    found = read(post(11, after=f'<span data-role="reactCountText">{shown}</span>'))
    assert (found.reactions, found.n_reactions) == ([], total)


def test_signature_and_controls_are_no_words_of_the_post() -> None:
    sign = '<div data-role="memberSignature"><p>My boat is my castle</p></div>'
    assert read(post(11, after=sign)).body.text == "Hello"


def test_the_body_without_its_role_is_read_from_the_wrap() -> None:
    markup = post(11, after='<div data-role="memberSignature">Ahoy</div>').replace('data-role="commentContent"', "")
    page = topic_page(topic(markup))
    assert page.posts[0].body.text == "Hello"
    assert page.fallbacks["post.body:.cPost_contentWrap"] == 1


def test_names_with_markup_in_them() -> None:
    name = '<b>O\'Neil</b> & "Co", said:'
    assert read(post(11, data=machine(11, username=name))).author_name == name


def test_attributes_in_camel_case_are_the_same() -> None:
    lower = post(11).replace("data-quoteData", "data-quotedata").replace("data-commentID", "data-commentid")
    assert read(post(11)) == read(lower)
