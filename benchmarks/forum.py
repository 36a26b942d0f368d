"""A made-up forum as the rows of a dataset: any number of posts, as uneven as forums are, and always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.items import TABLES

SITE = "forum.example"
_START = datetime(2019, 2, 1, tzinfo=UTC)
_WORDS = "the harbour office said on tuesday that three ferries will stay in port until the storm has passed".split()
_DEFAULTS = {"int64": 0, "bool": False, "double": 1.0, "timestamp": _START, "list<string>": []}
_METHODS = (
    ("explicit_id", 1.0),
    ("explicit_id", 1.0),
    ("explicit_id", 0.9),
    ("author_exact", 0.99),
    ("author_shingle", 0.98),
)
_EVENTS = ("edited", "edited", "edited", "silently_edited", "missing", "removed", "restored", "retitled")

CALIBRATION = {
    SITE: {
        "explicit_quotes": 500,
        "methods": {
            "author_exact": {"answered": 450, "right": 448, "precision": 0.9956, "recall": 0.9, "false_links": 0.002},
        },
    }
}

Rows = Mapping[str, Sequence[Any]]


def threads(n_posts: int, seed: int = 7) -> Iterator[Rows]:
    """The rows of each thread: posts, quotes, events and the thread itself. A few have most of the posts."""
    chance = random.Random(seed)
    done = number = 0
    while done < n_posts:
        number += 1
        size = min(n_posts - done, 1 + int(chance.paretovariate(0.9) * 3))
        size = min(size, max(4, n_posts // 20))
        yield _thread(chance, number, done, size, done / n_posts)
        done += size


def shared(n_members: int, n_runs: int, seed: int = 7) -> Rows:
    """The rows of members, runs and fetches."""
    chance = random.Random(seed)
    authors = [_row("authors", author_id=number, author_name=_name(number)) for number in range(1, n_members + 1)]
    runs, fetches = [], []
    for run in range(1, n_runs + 1):
        at = _START + timedelta(days=1500 + run)
        for _ in range(chance.randint(20, 60)):
            outcome = chance.choices(("ok", "not_modified", "server_error", "login"), (50, 40, 4, 1))[0]
            fetches.append(_row("fetches", fetch_id=len(fetches) + 1, run_id=run, url="https://forum.example/",
                                fetched_at=at, bytes=60_000, outcome=outcome, page_kind="topic"))  # fmt: skip
        runs.append(_row("runs", run_id=run, started_at=at, finished_at=at + timedelta(minutes=9), n_requests=40,
                         outcome="complete" if run % 9 else "incomplete", n_pages=38, n_posts=800, n_new=run % 50,
                         sites=[SITE], tool_version="0", config="{}", user_agent="benchmark"))  # fmt: skip
    return {"authors": authors, "runs": runs, "fetches": fetches}


def _thread(chance: random.Random, number: int, before: int, size: int, age: float) -> Rows:
    at = _START + timedelta(days=1600 * age**0.7, hours=chance.gauss(18, 4))
    posts: list[Any] = []
    quotes: list[Any] = []
    events: list[Any] = []
    for rank in range(size):
        post_id = before + rank + 1
        at += timedelta(minutes=chance.expovariate(1 / 90))
        n_quotes = chance.choices((0, 1, 2, 3), (60, 30, 8, 2))[0] if rank else 0
        targets = [posts[min(int(chance.paretovariate(0.8)) - 1, rank - 1)] for _ in range(n_quotes)]
        quotes += [_quote(chance, post_id, index, target) for index, target in enumerate(targets)]
        posts.append(_post(chance, post_id, number, rank, n_quotes=n_quotes, at=at))
        if chance.random() < 0.05:
            events.append(_row("events", thread_id=number, post_id=post_id, event=chance.choice(_EVENTS), run_id=1,
                               changed_before=at + timedelta(hours=5), evidence="stamp"))  # fmt: skip
    thread = _row("threads", thread_id=number, title=f"Thread {number}", status="active", complete=True,
                  n_posts_declared=size, n_posts_seen=size, n_pages=-(-size // 25))  # fmt: skip
    return {"threads": [thread], "posts": posts, "quotes": quotes, "events": events}


def _post(chance: random.Random, post_id: int, thread_id: int, rank: int, *, n_quotes: int, at: datetime) -> Any:
    author = min(int(chance.paretovariate(0.7)), 3000)
    text = " ".join(chance.choices(_WORDS, k=60))
    return _row("posts", post_id=post_id, thread_id=thread_id, position=rank + 1, page=rank // 25 + 1, author_id=author,
                author_name=_name(author), is_first_post=rank == 0, status="active", created_at=at, n_versions=1,
                text=text, full_text=text, html=f"<p>{text}</p>", n_quotes=n_quotes,
                url=f"https://forum.example/topic/{thread_id}-x/#comment-{post_id}")  # fmt: skip


def _quote(chance: random.Random, post_id: int, index: int, target: Any) -> Any:
    cited = {
        "cited_author_id": target.author_id,
        "cited_author_name": target.author_name,
        "quoted_text": target.text[:80],
    }
    if chance.random() < 0.05:
        return _row(
            "quotes", post_id=post_id, quote_index=index, target_state="unresolved", id_check="unchecked", **cited
        )
    method, confidence = chance.choice(_METHODS)
    found = {"target_post_id": target.post_id, "target_thread_id": target.thread_id, "target_state": "seen"}
    found |= {"method": method, "confidence": confidence, "id_check": "verified"}
    return _row("quotes", post_id=post_id, quote_index=index, **found, **cited)


def _name(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]} {number}"


def _row(table: str, **given: Any) -> Any:
    definition = TABLES[table]
    values = {"site": SITE, "content_class": "forums_Topic"} | given
    for column in definition.columns:
        if column.name not in values:
            values[column.name] = None if column.nullable else _DEFAULTS.get(column.kind, "x")
    return definition.row(**{column.name: values[column.name] for column in definition.columns})
