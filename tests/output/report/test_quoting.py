"""Who quotes whom, against counting by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from report_made import Made, post, quote

from output.report.quoting import Quoting, quoting

SITES = ("a.example", "b.example")
people = st.sampled_from([(1, "Ann", False), (2, "Ben", False), (None, "Ann", False), (None, "Guest", True)])


@st.composite
def datasets(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    posts = []
    for post_id in range(draw(st.integers(1, 9))):
        number, name, guest = draw(people)
        site = draw(st.sampled_from(SITES))
        posts.append(post(post_id, number, author_name=name, author_is_guest=guest, site=site))
    quotes = []
    for index in range(draw(st.integers(0, 15))):
        site, post_id = draw(st.sampled_from([(row["site"], row["post_id"]) for row in posts]))
        target = draw(st.none() | st.integers(0, 12))
        cited_id, cited, _ = draw(people)
        depth = draw(st.sampled_from([0, 0, 0, 1]))
        quotes.append(quote(post_id, target, site=site, depth=depth, quote_index=index,
                            cited_author_id=cited_id, cited_author_name=cited))  # fmt: skip
    return posts, quotes


def person(row: dict[str, Any]) -> tuple[str, Any]:
    if row["author_is_guest"]:
        return row["site"], None
    return row["site"], row["author_name"] if row["author_id"] is None else row["author_id"]


def bearers(posts: list[dict[str, Any]], quotes: list[dict[str, Any]], site: str, name: str) -> set[Any]:
    """Who bears a name at a site: members who posted or are cited by number, and names without a number."""
    rows = [row for row in posts if not row["author_is_guest"]]
    found = {person(row) for row in rows if (row["site"], row["author_name"]) == (site, name)}
    cited = [row for row in quotes if row["cited_author_id"] is not None and row["depth"] == 0]
    return found | {
        (site, row["cited_author_id"]) for row in cited
        if (row["site"], row["cited_author_name"]) == (site, name) and row["target_post_id"] is not None
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(datasets())
def test_edges(rows: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    posts, quotes = rows
    found = quoting(Made(posts=posts, quotes=quotes))
    by_place = {(row["site"], row["post_id"]): row for row in posts}
    top = [row for row in quotes if row["depth"] == 0]
    linked = [row for row in top if row["target_post_id"] is not None]
    assert (found.nested, found.unlinked) == (len(quotes) - len(top), len(top) - len(linked))
    edges = shown(found)
    assert sum(edges.values()) == len(linked)  # everybody here has a name
    read = [row for row in linked if (row["site"], row["target_post_id"]) in by_place]
    unread = [row for row in linked if (row["site"], row["target_post_id"]) not in by_place]
    for pair, number in Counter(
        (person(by_place[row["site"], row["post_id"]]), person(by_place[row["site"], row["target_post_id"]]))
        for row in read
    ).items():
        assert edges[pair] >= number
    for row in unread:
        author = person(by_place[row["site"], row["post_id"]])
        known = bearers(posts, quotes, row["site"], row["cited_author_name"]) | {
            (row["site"], row["cited_author_name"])
        }
        cited = {(row["site"], row["cited_author_id"])} if row["cited_author_id"] is not None else known
        assert any(edges[author, one] for one in cited)


@settings(max_examples=60, deadline=None)
@given(datasets())
def test_members_and_posts(rows: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    posts, quotes = rows
    found = quoting(Made(posts=posts, quotes=quotes), most=99)
    written = {one.who: one.posts for one in found.members if one.posts}
    assert written == Counter(map(person, posts))
    for rank, one in enumerate(found.members):
        others = {pair: number for pair, number in found.edges.items() if pair[0] != pair[1]}
        assert one.quoted == sum(number for (_, other), number in others.items() if other == rank)
        assert one.quotes == sum(number for (quoter, _), number in others.items() if quoter == rank)
        assert one.own == found.edges[rank, rank]
    quoters: dict[tuple[str, int], set[int]] = {}
    for row in quotes:
        if row["depth"] == 0 and row["target_post_id"] is not None:
            quoters.setdefault((row["site"], row["target_post_id"]), set()).add(row["post_id"])
    told = {(one.place[0], one.place[2]): one.posts for one in found.most_quoted}
    assert told == {place: len(by) for place, by in quoters.items()}
    assert [one.posts for one in found.most_quoted] == sorted(told.values(), reverse=True)
    read = {(row["site"], row["post_id"]) for row in posts}
    assert all((one.status is not None) == ((one.place[0], one.place[2]) in read) for one in found.most_quoted)


def shown(found: Quoting) -> Counter[tuple[Any, Any]]:
    return Counter({(found.members[one].who, found.members[other].who): n for (one, other), n in found.edges.items()})


def test_a_member_is_one_whatever_the_name() -> None:
    posts = [post(1, 7, author_name="Old"), post(2, 8, author_name="Ben"), post(3, 7, author_name="New")]
    quotes = [
        quote(2, 1),
        quote(3, 99, target_state="unseen", cited_author_name="Ben"),  # by a name that one member bears
        quote(2, 98, target_state="unseen", cited_author_name="Who?"),
        quote(2, 97, target_state="unseen"),  # cites nobody
    ]
    authors = [{"author_id": 7, "author_name": "Newest"}, {"author_id": 9, "author_name": "Silent"}]
    found = quoting(Made(posts=posts, quotes=quotes, authors=authors))
    site = "forum.example"
    assert shown(found) == Counter(
        {((site, 8), (site, 7)): 1, ((site, 7), (site, 8)): 1, ((site, 8), (site, "Who?")): 1}
    )
    assert found.nobody == 1
    assert [(one.who[1], one.name, one.posts) for one in found.members] == [
        (7, "Newest", 2), (8, "Ben", 1), ("Who?", "Who?", 0),
    ]  # fmt: skip


def test_a_quote_of_another_kind_of_content() -> None:
    """Numbers of posts are unique within a kind of content only; the markup names the kind, beside the number."""
    posts = [post(1, 1), post(1, 2, content_class="blog", thread_id=9), post(2, 3)]
    quotes = [
        quote(2, 1, cited_post_id=1, cited_class="blog", quote_index=0),
        quote(2, 1, cited_post_id=None, cited_class="blog", quote_index=1),  # found by its words, in this thread
    ]
    found = quoting(Made(posts=posts, quotes=quotes))
    site = "forum.example"
    assert shown(found) == Counter({((site, 3), (site, 2)): 1, ((site, 3), (site, 1)): 1})
    assert [(one.place, one.thread_id) for one in found.most_quoted] == [
        ((site, "forums_Topic", 1), 1), ((site, "blog", 1), 9),
    ]  # fmt: skip


def test_names_with_separators_are_kept_apart() -> None:
    posts = [post(n, None, author_name=name) for n, name in enumerate(["a\x1f", "a", "=a", "", "a\x1f="], 1)]
    found = quoting(Made(posts=posts, quotes=[]))
    assert [one.name for one in found.members] == ["a\x1f", "a", "=a", "", "a\x1f="]


def test_nothing() -> None:
    assert quoting(Made()) == Quoting()
