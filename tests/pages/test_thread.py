"""What a page says of its thread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from page_markup import HOST, linked, pager, post, replies, topic
from page_reading import topic_page

from crawler.items import PollSeen, ThreadSeen

KEYS = "interactionStatistic author name comment pageEnd dateCreated mainEntity @graph".split()


def thread(**parts: Any) -> ThreadSeen:
    return topic_page(topic(post(1), **parts)).thread


def crumbs(value: object) -> str:
    return linked(**{"@type": "BreadcrumbList", "itemListElement": value})


def test_all_that_json_ld_says() -> None:
    found = thread(
        ld=linked(
            author={"@type": "Person", "name": "Ann", "url": f"{HOST}/profile/3-ann/"},
            dateCreated="2023-11-14T22:13:20+0000",
            dateModified="2024-01-02T03:04:05+0100",
            interactionStatistic=[
                {"interactionType": "http://schema.org/ViewAction", "userInteractionCount": 500},
                *replies(8800),
            ],
        )
        + crumbs([{"item": {"@id": f"{HOST}/forum/1-all/", "name": "All"}},
                  {"item": {"@id": f"{HOST}/forum/2-news/", "name": "News"}}])
    )  # fmt: skip
    assert (found.content_class, found.thread_id, found.title) == ("forums_Topic", 7, "Boats")
    assert (found.author_id, found.author_name) == (3, "Ann")
    assert found.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert found.last_post_at == datetime(2024, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert (found.n_posts_declared, found.n_views) == (8801, 500)
    assert (found.forum_id, found.forum_ids, found.forum_path) == (2, [1, 2], ["All", "News"])


@pytest.mark.parametrize("count", [None, -1, "8", True, 10**30, 1.5, [1], {}])
def test_a_count_that_is_none(count: object) -> None:
    statistic = [{"interactionType": "http://schema.org/CommentAction", "userInteractionCount": count}]
    assert thread(ld=linked(interactionStatistic=statistic)).n_posts_declared == (9 if count == "8" else None)


def test_no_reply_is_one_post() -> None:
    assert thread(ld=linked(interactionStatistic=replies(0))).n_posts_declared == 1


@pytest.mark.parametrize(
    "value", [None, 5, "x", [], [5], ["x"], {}, {"a": 1}, [[]], [{"item": 5}], [{"item": {"@id": 5}}]]
)
@pytest.mark.parametrize("key", KEYS)
def test_json_ld_of_any_shape(key: str, value: object) -> None:
    assert thread(ld=linked(**{key: value}) + crumbs(value)).thread_id == 7


@pytest.mark.parametrize(
    "text", ["", "{", "null", "5", "[" * 900 + "]" * 900, "[" * 100_000, '{"@graph":' * 900 + "0" + "}" * 900]
)
def test_broken_json_ld(text: str) -> None:
    assert thread(ld=f'<script type="application/ld+json">{text}</script>').thread_id == 7


def test_json_ld_in_a_post_is_text_of_a_member() -> None:
    found = topic_page(
        topic(post(1, linked(interactionStatistic=replies(50))), ld=linked(interactionStatistic=replies(2)))
    )
    assert found.thread.n_posts_declared == 3


def test_the_title_from_meta_or_json_ld() -> None:
    page = topic(post(1), head='<meta property="og:title" content="From meta">', ld=linked(name="From \\ud83d LD"))
    page = page.replace(b"ipsType_pageTitle", b"other")
    found = topic_page(page)
    assert found.thread.title == "From meta"
    assert found.fallbacks["thread.title:meta[property=og:title]"] == 1


def test_surrogates_in_json_ld_are_mended() -> None:
    page = topic(
        post(1),
        ld='<script type="application/ld+json">{"@type": "DiscussionForumPosting", "name": "B\\ud83d"}</script>',
    )
    found = topic_page(page.replace(b"ipsType_pageTitle", b"other"))
    assert found.thread.title == "B\ufffd"
    assert found.repairs == {"surrogates": 1}


def test_badges_tags_and_prefix() -> None:
    heading = (
        '<h1 class="ipsType_pageTitle"><span class="ipsBadge ipsBadge_icon" title="Gepinnt">'
        '<i class="fa fa-thumb-tack"></i></span>'
        '<span><span class="ipsBadge" title="Locked"><i class="fa fa-lock"></i></span></span>'
        '<a class="ipsTag_prefix" rel="tag" data-tag-label="river" href="/tags/river/"><span>River</span></a>'
        '<span class="ipsType_break"><span>Boats</span></span></h1><ul class="ipsTags"><li><a href="/tags/toll/">toll'
        "</a></li></ul>"
    )
    page = topic(post(1)).decode()
    start, end = page.index("<h1"), page.index("</h1>") + 5
    found = topic_page((page[:start] + heading + page[end:]).encode()).thread
    assert (found.is_pinned, found.is_locked, found.is_solved) == (True, True, False)
    assert found.tags == ["river", "toll"]
    assert found.title == "Boats"


def test_a_lock_in_a_post_locks_nothing() -> None:
    icon = '<div class="ipsPageHeader"><h1><span class="ipsBadge"><i class="fa fa-lock"></i></span></h1></div>'
    assert not topic_page(topic(post(1, icon))).thread.is_locked


@pytest.mark.parametrize(
    ("pages", "declared", "expected"),
    [
        (3, 70, 3),
        (999_999_999, 70, 4),
        ("99999999999999999999999", 70, 1),
        ("x", 70, 1),
        (-3, 70, 1),
        (999_999_999, None, 10_000),
        (9_000, None, 9_000),
    ],
)
def test_pages_are_those_that_posts_can_fill(pages: object, declared: int | None, expected: int) -> None:
    ld = linked(interactionStatistic=replies(declared - 1)) if declared else ""
    found = topic_page(topic(post(1), before=pager(pages), ld=ld))
    assert found.thread.n_pages == expected
    assert found.repairs == ({"implausible_pager": 1} if pages == 999_999_999 else {})


@pytest.mark.parametrize("end", [10**30, True, "3", -1, 2.5])
def test_a_page_end_that_is_none(end: object) -> None:
    assert thread(ld=linked(pageEnd=end)).n_pages == (3 if end == "3" else 1)


def test_two_pagers_that_disagree() -> None:
    assert thread(before=pager(2) + pager(3)).n_pages == 3


def test_a_pager_in_a_post_is_text() -> None:
    assert topic_page(topic(post(1, pager(50, 9)))).thread.n_pages == 1


POLL = (
    '<section data-controller="core.front.core.poll"><ol class="ipsList_reset cPollList"><li><h3>1. A toll?</h3><ul>'
    '<li><div class="ipsGrid_span4">Yes</div><div class="ipsGrid_span1">{0}</div></li>'
    '<li><div class="ipsGrid_span4">No</div><div class="ipsGrid_span1">0</div></li></ul></li></ol></section>'
)


@pytest.mark.parametrize(("shown", "votes"), [("12", 12), ("1.2k", None), ("9" * 5000, None), ("", None)])
def test_a_poll(shown: str, votes: int | None) -> None:
    found = thread(before=POLL.format(shown))
    assert found.has_poll
    assert found.polls == [
        PollSeen(question_index=0, option_index=0, question="A toll?", option="Yes", votes=votes),
        PollSeen(question_index=0, option_index=1, question="A toll?", option="No", votes=0),
    ]


def test_a_poll_in_a_post_is_text() -> None:
    assert not topic_page(topic(post(1, POLL.format(3)))).thread.has_poll


def test_the_content_class_of_the_posts() -> None:
    assert topic_page(topic(post(1, data=""), post(2))).thread.content_class == "forums_Topic"
