"""What `threadset explain` says: in each layout a whole page has its first choices, and a broken selector shows."""

from __future__ import annotations

import re

import pytest

from crawler import demo
from crawler.demo import render
from crawler.demo.render import LAYOUTS, Layout
from crawler.items import ForumPage, TopicPage
from crawler.pages import parse_with_document
from crawler.pages.explain import FALLBACK, FIRST, FIRST_CHOICE, NONE, SOURCES, choices
from crawler.pages.layout import LAYOUTS as KNOWN

BASE = "https://forum.example"
FORUM = demo.build(threads_per_page=5)
THREAD = max(FORUM.threads, key=lambda thread: thread.n_posts)
BOARD = max(FORUM.boards, key=FORUM.n_listing_pages)
MAY_LACK = {
    *("post.edited_at", "post.edited_by", "row.author_id", "row.n_replies", "row.created_at"),
    *("forum.parent_forum_id", "thread.last_post_at", "thread.tags"),
    *("thread.is_locked", "thread.is_solved", "row.is_pinned", "row.is_locked"),
}


def topic(layout: Layout, old: str = "", new: str = "") -> tuple[TopicPage, dict[str, dict[str, int]]]:
    made = render.topic_page(FORUM, THREAD, 1, BASE, layout=layout, lang="ru").decode()
    changed = re.sub(old, new, made, flags=re.DOTALL | re.IGNORECASE) if old else made
    assert changed != made or not old
    page, document = parse_with_document(changed.encode(), BASE + THREAD.path)
    assert isinstance(page, TopicPage), page
    return page, document.answers.counts


def listing(layout: Layout, old: str = "", new: str = "") -> tuple[ForumPage, dict[str, dict[str, int]]]:
    made = render.forum_page(FORUM, BOARD, 1, BASE, layout=layout, lang="ru").decode()
    changed = re.sub(old, new, made, flags=re.DOTALL | re.IGNORECASE) if old else made
    page, document = parse_with_document(changed.encode(), BASE + BOARD.path)
    assert isinstance(page, ForumPage), page
    return page, document.answers.counts


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_of_a_whole_page_has_its_first_choice(layout: Layout) -> None:
    counts = topic(layout)[1] | listing(layout)[1]
    for field in SOURCES:
        found = {choice for _source, choice in choices(field, counts)}
        assert found == {FIRST_CHOICE} or (field in MAY_LACK and FALLBACK not in found), field


BROKEN = [
    ("data-quotedata", "data-x", "post.author_id", FALLBACK),
    ("data-quotedata", "data-x", "post.author_name", FALLBACK),
    ("data-quotedata", "data-x", "post.created_at", FALLBACK),
    (r"data-quotedata|<time[^>]*datetime=", "data-x", "post.created_at", NONE),
    ("data-role=.commentContent.", "", "post.body", FALLBACK),
    (r"<h1.*?</h1>", "", "thread.title", FALLBACK),
    ("application/ld.json", "x", "thread.forum_path", FALLBACK),
    ("application/ld.json", "x", "thread.author_id", FALLBACK),
    ("application/ld.json", "x", "thread.created_at", FALLBACK),
    ("application/ld.json", "x", "thread.n_posts_declared", NONE),
    ("rel=.canonical.", "", "thread.thread_id", FALLBACK),
    ("ipsReact_reactCount(?!Only)", "x", "post.n_reactions", FALLBACK),
    ("data-role=.group.|ipsEntry__group", "x", "post.author_group", NONE),
    ("data-pages", "data-x", "thread.n_pages", FALLBACK),
    ("data-(ipspagination-)?pages", "data-x", "thread.n_pages", FALLBACK),
    ("ipsPagination_+active", "x", "thread.page", FALLBACK),
    ("ipsBadge(_|--)icon", "x", "thread.is_pinned", "changed"),
    ("fa-thumb-?tack", "x", "thread.is_pinned", NONE),
    ("PollList", "x", "thread.polls", "unread"),
    ("front.core.poll", "x", "thread.has_poll", NONE),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("old", "new", "field", "choice"), BROKEN, ids=[f"{b[2]}-{b[3]}" for b in BROKEN])
def test_a_broken_selector_of_a_thread_shows(layout: Layout, old: str, new: str, field: str, choice: str) -> None:
    page, counts = topic(layout, old, new)
    found = {choice for _source, choice in choices(field, counts)}
    assert counts[field].keys() <= {*SOURCES[field], "none"}
    if choice == "changed":  # a heading is marked by its own class in one layout, and marks badges in another
        assert found & {FALLBACK, NONE}
    elif choice == "unread":  # a poll whose options are not found is told apart from a thread without one
        assert found == {NONE}
        assert page.fallbacks[f"{field}:none"] == 1
    else:
        assert choice in found
    if choice == FALLBACK:
        assert any(key.startswith(f"{field}:") for key in page.fallbacks)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("old", "new", "field", "choice"),
    [
        (r"<h1.*?</h1>", "", "forum.name", NONE),
        ("ipsType_pageTitle|data-ips-hook", "x", "forum.name", FALLBACK),
        ("application/ld.json", "x", "forum.parent_forum_id", FALLBACK),
        ("ipsData(Item)?_+meta", "x", "row.author_id", NONE),
        ("data-stattype", "x", "row.n_replies", NONE),
        ("data-pages", "data-x", "forum.n_pages", FALLBACK),
        ("ipsPagination_+active", "x", "forum.page", FALLBACK),
        ("fa-thumb-?tack", "x", "row.is_pinned", NONE),
    ],
)
def test_a_broken_selector_of_a_listing_shows(layout: Layout, old: str, new: str, field: str, choice: str) -> None:
    page, counts = listing(layout, old, new)
    assert choice in {choice for _source, choice in choices(field, counts)}
    if choice == FALLBACK:
        assert any(key.startswith(f"{field}:") for key in page.fallbacks)


def test_first_choices_are_sources_of_their_fields() -> None:
    assert all(layout.first[name] in SOURCES[name] for layout in KNOWN for name in layout.first)
    assert all(FIRST[name] <= set(SOURCES[name]) for name in SOURCES)


def test_a_field_without_selectors_and_a_count() -> None:
    assert list(choices("thread.content_class", {})) == [("", "")]
    assert list(choices("thread.forum_id", {"thread.forum_path": {"x": 1}})) == [("x", FALLBACK)]
    assert list(choices("post.body.text", {"post.body": {"x": 2, "none": 1}})) == [
        ("x ×2", FALLBACK),
        ("none ×1", NONE),
    ]
