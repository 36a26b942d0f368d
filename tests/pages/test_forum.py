"""Listing pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from page_markup import HOST, linked, pager, shell
from page_reading import error, forum_page

from crawler.items import ForumPage, ListingRow

URL = f"{HOST}/forum/5-harbour/"


def row(number: int, *, href: str | None = None, icons: str = "", replies: str = "12", more: str = "") -> str:
    href = f"{HOST}/topic/{number}-boats/" if href is None else href
    return (
        f'<li class="ipsDataItem" data-rowID="{number}" data-controller="forums.front.forum.topicRow">'
        f'<h4 class="ipsDataItem_title">{icons}<a href="{href}?do=getNewComment"><i class="fa fa-star"></i></a>'
        f'<span class="ipsContained"><a href="{href}"><span>Boats &amp; more</span></a></span></h4>'
        f'<div class="ipsDataItem_meta">By <a href="{HOST}/profile/3-ann/">Ann</a>, '
        '<time datetime="2024-01-02T03:04:05Z">then</time></div>'
        f'<ul><li data-statType="forums_comments"><span class="ipsDataItem_stats_number">{replies}</span></li></ul>'
        f'<ul><li><a href="{HOST}/profile/4-bob/">Bob</a></li><li><time datetime="2024-02-02T00:00:00Z">now'
        f"</time></li></ul>{more}</li>"
    )


def listing(
    *rows: str, before: str = "", heading: str = "", ld: str = "", canonical: str = URL, **more: object
) -> bytes:
    content = (
        f'<h1 class="ipsType_pageTitle">Harbour</h1>{before}<h2 class="ipsType_sectionTitle">{heading}</h2>'
        f'<ol data-role="tableRows">{"".join(rows)}</ol>'
    )
    head = f'<link rel="canonical" href="{canonical}">'
    return shell(content, head=head, tail=ld, controller="forums", number=5)


def read(page: bytes) -> ForumPage:
    return forum_page(page, URL)


def test_a_row() -> None:
    (found,) = read(listing(row(7))).rows
    assert found == ListingRow(
        thread_id=7,
        url=f"{HOST}/topic/7-boats/",
        title="Boats & more",
        author_id=3,
        author_name="Ann",
        created_at=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        last_post_at=datetime(2024, 2, 2, tzinfo=UTC),
        n_replies=12,
    )


@pytest.mark.parametrize(
    ("shown", "count"), [("0", 0), ("8.8k", None), ("1,204", None), ("", None), ("9" * 5000, None)]
)
def test_an_abbreviated_count_is_none(shown: str, count: int | None) -> None:
    assert read(listing(row(7, replies=shown))).rows[0].n_replies == count


def test_icons() -> None:
    found = read(
        listing(
            row(7, icons='<i class="fa fa-thumb-tack"></i><i class="fa fa-lock"></i>'),
            row(8, icons='<i class="fa fa-arrow-left"></i>'),
            row(9, href=f"{HOST}/topic/2-elsewhere/"),
        )
    ).rows
    assert [(r.is_pinned, r.is_locked, r.is_moved) for r in found] == [
        (True, True, False),
        (False, False, True),
        (False, False, True),
    ]


def test_a_pinned_thread_twice_is_one_row() -> None:
    assert [r.thread_id for r in read(listing(row(7), row(8), row(7))).rows] == [7, 8]


@pytest.mark.parametrize("href", [f"{HOST}/forum/9-x/", f"{HOST}/profile/9-x/", "//[", ""])
def test_a_row_that_leads_to_no_thread_is_none(href: str) -> None:
    assert read(listing(row(7, href=href), row(8))).rows[-1].thread_id == 8


def test_rows_are_asked_on_the_host_that_answered() -> None:
    found = read(listing(row(7, href="https://evil.example/topic/7-boats/")))
    assert found.rows[0].url == f"{HOST}/topic/7-boats/"


def test_the_forum_itself() -> None:
    trail = linked(
        **{"@type": "BreadcrumbList", "itemListElement": [{"item": {"@id": f"{HOST}/forum/{n}-x/"}} for n in (1, 5)]}
    )
    found = read(listing(row(7), before=pager(2), heading="34 topics in this forum", ld=trail))
    assert (found.forum.forum_id, found.forum.parent_forum_id, found.forum.name) == (5, 1, "Harbour")
    assert (found.forum.page, found.forum.n_pages, found.forum.url) == (1, 2, URL)
    assert found.forum.n_threads_declared == 34
    assert found.pages_url == f"{HOST}/forum/5-harbour/page/{{page}}/"


@pytest.mark.parametrize("heading", ["", "Topics", "99 topics", "9" * 50, "2 new since 14:05"])
def test_a_number_of_threads_that_does_not_fit_the_pages_is_none(heading: str) -> None:
    assert read(listing(row(7), before=pager(2), heading=heading)).forum.n_threads_declared is None


def test_a_hostile_pager_is_bounded_and_told() -> None:
    found = read(listing(row(7), before=pager(999_999_999)))
    assert found.forum.n_pages == 100_000
    assert found.repairs == {"implausible_pager": 1}


@pytest.mark.parametrize(
    "canonical", [f"{HOST}/forum/6-x/", "https://evil.example/forum/5-x/", f"{HOST}/topic/5-x/", "//["]
)
def test_a_hostile_canonical_leads_nowhere(canonical: str) -> None:
    found = read(listing(row(7), canonical=canonical))
    assert (found.forum.forum_id, found.forum.url) == (5, URL)


def test_subforums() -> None:
    forums = "".join(
        f'<li class="cForumRow ipsDataItem" data-forumID="{n}"><h4><a href="{href}">F{n}</a></h4></li>'
        for n, href in [
            (6, "/forum/6-a/"),
            (5, URL),
            (7, "https://evil.example/forum/7-b/"),
            (8, "/forum/9-c/"),
            (6, "/forum/6-a/"),
        ]
    )
    found = read(listing(row(7), before=f"<ol>{forums}</ol>"))
    assert [(f.forum_id, f.url, f.name) for f in found.subforums] == [
        (6, f"{HOST}/forum/6-a/", "F6"),
        (7, f"{HOST}/forum/7-b/", "F7"),
    ]


def test_a_listing_deeper_than_the_parser_goes_is_an_error() -> None:
    assert error(listing(row(7), "<div>" * 3000, row(8)), URL).kind == "unreadable"


def test_rows_elsewhere_on_the_page_are_no_threads_of_the_forum() -> None:
    widget = '<ul><li data-rowID="99"><a href="/topic/99-x/">Popular</a></li></ul>'
    assert [r.thread_id for r in read(listing(row(7), before=widget)).rows] == [7]
