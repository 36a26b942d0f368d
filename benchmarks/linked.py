"""How right the linker is: precision and recall a rule, where the truth is known.

``python -m benchmarks.linked demo`` takes numbers and times out of the markup of the demo forum.
``python -m benchmarks.linked gold FOLDER`` reads posts of a forum that recorded what each quote quotes: ``gold.json``
maps ``post_id:quote_index`` to the quoted post, ``posts.jsonl.gz`` has the posts with the numbers hidden,
``posts_gone.jsonl.gz`` the same without the quoted posts: whatever is linked there is a false link.
``python -m benchmarks.linked evidence`` compares versions that only quotes know with what the demo's posts once said.
``python -m benchmarks.linked real POSTS.jsonl`` reads bodies as served, and hides the numbers of their quotes.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from crawler.demo import Forum, build, build_whole, render
from crawler.demo.model import Post, QuoteTruth, Thread, own_text
from crawler.items import Quote, TopicPage
from crawler.items.history import PageReading, ThreadHistory, ThreadKey
from crawler.pages import parse, read_body
from pipelines.derive import derive
from pipelines.given import take
from pipelines.normalise import normalise

_ID = rb"ipsquote-(?:contentcommentid|contentid|contentclass|contentapp|contenttype|userid|timestamp)|cid|time"
_NUMBERS = re.compile(rb"\sdata-(?:" + _ID + rb")=(?:\"[^\"]*\"|'[^']*')")
_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Score:
    """Quotes by what became of them. ``claimed`` sums the confidence of the links of each method."""

    asked: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    hinted: int = 0
    claimed: Counter[str] = field(default_factory=Counter)

    def add(self, row: Quote, target: int | None) -> None:
        """Count a quote; ``target`` is the post that it is of, null where there is none to be found."""
        self.asked += 1
        if row.target_post_id is not None:
            method = row.method or ""
            (self.right if row.target_post_id == target else self.wrong)[method] += 1
            self.claimed[method] += row.confidence or 0.0
        elif target is not None and row.candidate_post_id == target:
            self.hinted += 1

    @property
    def linked(self) -> int:
        return self.right.total() + self.wrong.total()

    @property
    def precision(self) -> float:
        return self.right.total() / max(1, self.linked)

    @property
    def recall(self) -> float:
        return self.right.total() / max(1, self.asked)

    def rows(self) -> Iterator[str]:
        """Lines of a table."""
        for method in sorted(self.right.keys() | self.wrong.keys()):
            yield self._row(method, self.right[method], self.wrong[method], self.claimed[method])
        yield self._row("all", self.right.total(), self.wrong.total(), self.claimed.total())

    def _row(self, method: str, right: int, wrong: int, claimed: float) -> str:
        linked = max(1, right + wrong)
        return (
            f"| {method} | {right + wrong} | {100 * right / linked:.2f} % | {100 * claimed / linked:.2f} % "
            f"| {100 * right / max(1, self.asked):.2f} % |"
        )


def gold(folder: Path, name: str = "posts") -> Score:
    """The score of ``<name>.jsonl.gz``."""
    truth = json.loads((folder / "gold.json").read_bytes())
    with gzip.open(folder / f"{name}.jsonl.gz", "rb") as file:
        given = take(map(json.loads, file), "gold", _AT)
    present = {key.post_id for key in given.places}
    score = Score()
    for history in given.histories.values():
        for row in derive(history).tables["quotes"]:
            target = truth.get(f"{row.post_id}:{row.quote_index}")
            if target is not None:
                score.add(row, target if target in present else None)
    return score


def real(path: Path) -> Score:
    """The score of bodies as served; quotes of posts that are not in the file are left out."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    truth: dict[tuple[int, int], int] = {}
    for line in lines:
        root = etree.fromstring(f"<div>{line['html']}</div>", etree.HTMLParser(huge_tree=True))
        body = read_body(root.find(".//div"), "https://forum.example/")
        truth |= {(line["post_id"], q.quote_index): q.cited_post_id for q in body.quotes if q.cited_post_id}
        names = "quote_index parent_quote_index quoted_text cited_author_name".split()
        quotes = [{name: getattr(quote, name) for name in names} for quote in body.quotes]
        line |= {"text": body.text, "full_text": body.full_text, "quotes": quotes}
    given = take(lines, "", _AT)
    score = Score()
    for history in given.histories.values():
        for row in derive(history).tables["quotes"]:
            target = truth.get((row.post_id, row.quote_index))
            if target is not None:
                score.add(row, target)
    return score


@dataclass(slots=True)
class DemoScore:
    """The demo forum: quotes that can be found (their author is named by a name that he bears in the thread, and their
    words are in an earlier post there), all others, and quotes without a row."""

    findable: Score = field(default_factory=Score)
    others: Score = field(default_factory=Score)
    without_author: Score = field(default_factory=Score)
    lost: int = 0


def demo(forum: Forum, layout: Any = "4.7") -> DemoScore:
    """The score of a demo forum in a layout."""
    score = DemoScore()
    for thread in forum.threads:
        rows = {(row.post_id, row.quote_index): row for row in derive(_read(forum, thread, layout)).tables["quotes"]}
        posts = {post.post_id: post for post in thread.posts}
        for post in thread.posts:
            for truth in post.quotes:
                row = rows.get((post.post_id, truth.quote_index))
                if row is None:
                    score.lost += 1
                    continue
                assert row.cited_post_id is None, "the numbers must be hidden"
                target = truth.target_post_id
                score_of = score.findable if _findable(truth, posts) else score.others
                (score_of if truth.cited_author_name else score.without_author).add(row, target)
    return score


@dataclass(slots=True)
class EvidenceScore:
    """Pieces of older states: those that a post once had word for word, and those that it had not. ``left`` are quotes
    of older states by number, with words that the post has not any more, of which nothing was made."""

    true: int = 0
    false: int = 0
    left: int = 0


def evidence(forum: Forum) -> EvidenceScore:
    """The score of a demo forum, read once."""
    score = EvidenceScore()
    for thread in forum.threads:
        tables = derive(_read(forum, thread, "4.7", hide=False)).tables
        posts = {post.post_id: post for post in thread.posts}
        for version in tables["versions"]:
            if version.source == "quote":
                older = [own_text(state.body) for state in posts[version.post_id].earlier]
                if any(normalise(version.text) in normalise(text) for text in older):
                    score.true += 1
                else:
                    score.false += 1
        for row in tables["quotes"]:
            target = posts.get(row.target_post_id or 0)
            if row.target_version is None and row.quoted_text and target is not None:
                older = [normalise(own_text(state.body)) for state in target.earlier]
                score.left += any(normalise(row.quoted_text) in text for text in older)
    return score


def _findable(truth: QuoteTruth, posts: Mapping[int, Post]) -> bool:
    target = posts.get(truth.target_post_id or 0)
    if target is None or not truth.quoted_text or normalise(truth.quoted_text) not in normalise(target.text):
        return False
    return normalise(truth.cited_author_name) == normalise(target.author.name)


def _read(forum: Forum, thread: Thread, layout: Any, *, hide: bool = True) -> ThreadHistory:
    base = "https://forum.example"
    pages = []
    for number in range(1, forum.n_pages(thread) + 1):
        body = render.topic_page(forum, thread, number, base, layout=layout)
        body = _NUMBERS.sub(b"", body) if hide else body
        page = parse(body, base + thread.path + (f"page/{number}/" if number > 1 else ""))
        assert isinstance(page, TopicPage)
        at = _AT + timedelta(seconds=number)
        pages.append(PageReading(fetch_id=number, run_id=1, fetched_at=at, thread=page.thread, posts=page.posts))
    return ThreadHistory(key=ThreadKey("forum.example", "forums_Topic", thread.thread_id), pages=pages, outcome="ok")


def main(arguments: list[str]) -> None:
    print("| quotes | rule | links | precision | confidence | recall |")
    print("|---|---|---|---|---|---|")
    match arguments:
        case ["gold", folder]:
            _print("all", gold(Path(folder)).rows())
            gone = gold(Path(folder), "posts_gone")
            share = 100 * gone.linked / gone.asked
            print(f"\nfalse links, the quoted posts removed: {gone.linked} of {gone.asked}, {share:.2f} %")
        case ["evidence"]:
            for seed in (1, 2, 3):
                print(f"| evidence, seed {seed} | {evidence(build_whole(seed))} |")
        case ["real", path]:
            _print("all", real(Path(path)).rows())
        case ["demo"]:
            for name, forum in (("demo", build()), ("whole forum", build_whole())):
                for layout in render.LAYOUTS:
                    score = demo(forum, layout)
                    _print(f"{name}, {layout}, author and words are there", score.findable.rows())
                    _print("all others that name an author", score.others.rows())
                    bare = score.without_author
                    print(f"| without an author: {bare.asked}, {bare.hinted} with the right candidate | | | | | |")
        case _:
            sys.exit("give demo, evidence, gold FOLDER or real POSTS.jsonl")


def _print(what: str, rows: Iterable[str]) -> None:
    for row in rows:
        print(f"| {what} {row}")


if __name__ == "__main__":
    main(sys.argv[1:])
