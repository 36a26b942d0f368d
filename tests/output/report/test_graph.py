"""The section of the quote graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import html
from report_made import HOSTILE, Made, circle, post, publish, quote

from output.layout import Layout
from output.read import read_dataset
from output.report.graph import RING, graph_html


def shown(made: Made, **given: Any) -> Any:
    return html.fragment_fromstring(str(graph_html(made, **given)))


def said(element: Any) -> str:
    return " ".join(element.text_content().replace("\u2068", "").replace("\u2069", "").split())


def table(root: Any, caption: str) -> list[list[str]]:
    (found,) = root.xpath(".//table[caption=$caption]", caption=caption)
    return [[said(cell) for cell in row] for row in found.xpath("./tbody/tr")]


def test_nothing_quoted_is_nothing_shown() -> None:
    assert graph_html(Made(posts=[post(1)], quotes=[quote(1, None)])) == ""


def test_a_single_quote_is_told_in_words() -> None:
    root = shown(Made(posts=[post(1), post(2, 2)], quotes=[quote(2, 1)]))
    assert said(root) == (
        "Who quotes whom 1 quote is of somebody else's post. "
        "Most quoted posts No post is quoted in more than one other."
    )


def test_a_small_graph_is_a_ring() -> None:
    root = shown(circle(4))
    assert not root.xpath(".//table[@class='matrix']")
    wide, narrow = root.xpath(".//svg[@class='ring']")
    for drawing in (wide, narrow):
        assert [said(node.find("text")) for node in drawing.xpath("./a")] == ["name 1", "name 3", "name 2", "name 4"]
        assert len(drawing.xpath("./g")) == 5
        assert not drawing.xpath(".//@style | .//@id")
    for node in wide.xpath("./a"):
        assert len(root.xpath(f".//th[@id='{node.get('href')[1:]}']")) == 1
    assert "name 2 quotes name 1 1 time" in {said(title) for title in wide.xpath("./g/title")}
    assert table(root, "The most quoted people")[0] == ["name 11 post", "3", "0"]


def test_the_legend_tells_of_what_is_there() -> None:
    one_way, both_ways = shown(circle(4)), [post(1), post(2, 2)]
    quotes = [quote(1, 2), quote(2, 1), quote(2, 9, target_state="unseen", quote_index=1, cited_author_name="Gone")]
    mutual = shown(Made(posts=both_ways, quotes=quotes))
    assert [said(key) for key in one_way.xpath("./ul/li")] == [
        "quotes", "The wider a line, the more quotes; the larger a dot, the more often quoted.",
    ]  # fmt: skip
    assert [said(key)[-31:] for key in mutual.xpath("./ul/li")] == [
        "quotes", "both quote each other", "a hollow dot has no posts here.",
    ]  # fmt: skip
    assert "Of 5 pairs of people in which one quotes the other, none quote each other." in said(one_way)


def test_a_large_graph_is_a_matrix() -> None:
    people = 30
    root = shown(circle(people))
    assert not root.xpath(".//svg[@class='ring']")
    for matrix, most in zip(root.xpath(".//table[@class='matrix']"), (20, 8), strict=True):
        rows = [[said(cell) for cell in row] for row in matrix.xpath("./tbody/tr")]
        assert len(rows) == most + 1
        assert all(len(row) == most + 2 for row in rows)
        assert sum(int(cell or 0) for row in rows for cell in row[1:]) == 2 * people - 3
        assert f"all {people - most} others" in said(matrix.find("caption"))
    assert len(table(root, "The most quoted people")) == RING


def test_most_quoted_posts_lead_to_the_reader() -> None:
    asked: list[tuple[str, str, int]] = []

    def href(*place: Any) -> str:
        asked.append(place)
        return "#post-1"

    posts = [post(1, text="First words\nsecond"), post(2, 2), post(3, 3)]
    quotes = [quote(2, 1), quote(3, 1), quote(2, 50, quote_index=1, target_state="unseen", cited_author_name="Gone")]
    quotes.append(quote(3, 50, quote_index=1, target_state="unseen", cited_author_name="Gone"))
    root = shown(Made(posts=posts, quotes=quotes, threads=[{"thread_id": 1, "title": "Title"}]), href=href)
    rows = table(root, "Posts by how many posts quote them")
    assert rows == [
        ["First words secondby name 1, on 1 March 2024, in Title", "2", "2"],
        ["A post that was never readby Gone", "2", "2"],
    ]
    assert asked == [("forum.example", "forums_Topic", 1)]
    assert root.xpath(".//td//a/@href | .//th//a/@href") == ["#post-1"]


def test_excerpts_of_a_dataset_in_parts(tmp_path: Path) -> None:
    posts = [post(n, n, thread_id=n // 4) for n in range(20)]
    quotes = [quote(n + k, n, quote_index=n, target_thread_id=77) for n in range(2, 17, 4) for k in (1, 2)]
    threads = [{"thread_id": n, "title": f"Title {n}", "n_posts_seen": 4} for n in range(5)]
    made = Made(posts=posts, quotes=quotes, threads=threads)
    for name, size in (("single", None), ("parts", 2)):
        publish(made, tmp_path / name, Layout(size))
    parts, single = (graph_html(read_dataset(tmp_path / name)) for name in ("parts", "single"))
    assert parts == single
    assert "words 14" in parts
    assert "Title 3" in parts


def test_posts_that_are_gone_say_so() -> None:
    posts = [post(1, status="removed", text=None), post(2, 2), post(3, 3)]
    root = shown(Made(posts=posts, quotes=[quote(2, 1), quote(3, 1)]))
    assert table(root, "Posts by how many posts quote them")[0][0] == (
        "A post without words of its ownby name 1, on 1 March 2024, removed since"
    )


def test_guests_are_one() -> None:
    guests = [post(number, None, author_is_guest=True, author_name=f"guest {number}") for number in (3, 4, 5)]
    quotes = [quote(number, 1) for number in (3, 4, 5)]
    root = shown(Made(posts=[post(1), *guests], quotes=quotes))
    assert table(root, "Pairs") == [["guests", "name 1", "3", "0"]]


def test_people_of_several_sites_are_told_apart() -> None:
    posts = [post(n, n, site=site) for site in ("a.example", "b.example") for n in (1, 2, 3)]
    quotes = [quote(n, 1, site=site) for site in ("a.example", "b.example") for n in (2, 3)]
    names = [row[0] for row in table(shown(Made(posts=posts, quotes=quotes)), "The most quoted people")]
    assert names[:2] == ["name 11 post, a.example", "name 11 post, b.example"]


def hostile(people: int) -> Made:
    made = circle(people, HOSTILE)
    for row in made.rows["posts"]:
        row["text"] = HOSTILE
    made.rows["threads"][0]["title"] = HOSTILE
    return made


def test_names_are_text_and_nothing_else() -> None:
    for people in (5, 30):
        root = shown(hostile(people), href=lambda *_: "#post-1")
        assert not root.xpath(".//script | .//*[@style] | .//*[starts-with(name(@*), 'on')]")
        assert all("\u202e" not in text for text in root.xpath(".//svg//text()"))
        assert all(len(label) <= 26 for label in root.xpath(".//svg/a/text/text()"))
        assert HOSTILE in table(root, "The most quoted people")[0][0]


def test_equal_datasets_give_equal_bytes() -> None:
    assert graph_html(circle(9)) == graph_html(circle(9))
    assert graph_html(circle(40)) == graph_html(circle(40))
