"""Link quotes without numbers: cost by length of thread, against parsing the pages that they come from.

How right the links are is measured by ``python -m benchmarks.linked`` (`benchmarks.linked`).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.crawl import PAGES, THREADS, served
from crawler.demo import build_many, render
from crawler.items import Body, PostSeen, QuoteSeen
from crawler.items.history import Moment, ThreadKey
from crawler.pages import parse
from crawler.store import STATE_FILE, Reader, Store
from output.collection import no_collection
from pipelines.calibration import calibrate
from pipelines.quotes import link_history
from pipelines.versions import PostHistory, Sighting, gather

KEY = ThreadKey("forum.example", "forums_Topic", 1)
_START = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = 80  # of a post; a quote takes 20 of them
_AUTHORS = 500
_VOCABULARY = 20_000


def run() -> Iterator[str]:
    """Threads of 10,000 and of 100,000 posts, half of which quote one without a number."""
    small, large = (_link_seconds(thread(n_posts)) for n_posts in (10_000, 100_000))
    parsing = _parse_seconds()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield _row("link a post in a thread of 10,000, half of them quotes without a number", small, parsing)
    yield _row(f"the same in a thread of 100,000 ({megabytes:,} MB at most, the thread included)", large, parsing)
    yield f"| growth: a post of 100,000 against a post of 10,000 | {large / small:.2f} | | |"
    yield _row("the same where quotes have a number (10,000)", _link_seconds(thread(10_000, explicit=True)), parsing)

    yield from _share_of_a_crawl()


def _share_of_a_crawl() -> Iterator[str]:
    """Linking and calibration against all that the command `grab` does, both in CPU seconds."""
    with served(THREADS, PAGES) as (urls, _size), tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", "from crawler.commands import main; main()", "grab", urls[0], "--delay", "0"]
        subprocess.run([*command, "--out", folder, "-q", "--user-agent", "benchmark"], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        crawl = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        with Store(Path(folder) / STATE_FILE) as store, no_collection():
            reader = Reader(store.db)
            calibrating = _cpu(lambda: calibrate(reader.threads(), reader.history))
            gathered = [(key, gather(reader.history(key))) for key in reader.threads()]
            linking = _cpu(lambda: [link_history(key, posts, {}) for key, posts in gathered])
    n_posts = sum(len(posts) for _key, posts in gathered)
    for what, seconds in (("calibrate", calibrating), ("link", linking)):
        yield (
            f"| {what}, of a whole grab of {n_posts:,} posts | {seconds / crawl:.3f} | {seconds * 1e3:.0f} ms "
            f"| CPU of `grab`, {crawl * 1e3:.0f} ms |"
        )


def thread(n_posts: int, *, explicit: bool = False) -> list[PostHistory]:
    """Posts of made-up words, drawn as words of a language are; every second one quotes an older one in part."""
    rng = Random(1)
    words = [f"w{number}" for number in range(_VOCABULARY)]
    weights = [1 / (rank + 10) for rank in range(_VOCABULARY)]
    drawn = rng.choices(words, weights, k=n_posts * _WORDS)
    posts: list[PostHistory] = []
    for number in range(n_posts):
        quotes = []
        if number % 2:
            source = posts[rng.randrange(max(0, number - 2000), number)]
            start = rng.randrange(_WORDS - 20)
            quotes.append(_quote(source.current, start, explicit=explicit))
        posts.append(
            _post(number, " ".join(drawn[number * _WORDS : (number + 1) * _WORDS]), rng.randrange(_AUTHORS), quotes)
        )
    return posts


def _quote(source: PostSeen, start: int, *, explicit: bool) -> QuoteSeen:
    text = " ".join((source.body.text or "").split()[start : start + 20])
    quote = QuoteSeen(quote_index=0, parent_quote_index=None, depth=0, quoted_text=text)
    quote.cited_author_name = source.author_name
    if explicit:
        quote.cited_post_id, quote.cited_author_id, quote.cited_at = source.post_id, source.author_id, source.created_at
    return quote


def _post(number: int, text: str, author: int, quotes: list[QuoteSeen]) -> PostHistory:
    at = _START + timedelta(minutes=number)
    body = Body(
        html=None, text=text, full_text=text, text_hash=number.to_bytes(16, "big"), parser_version=1, quotes=quotes
    )
    seen = PostSeen(
        post_id=number + 1,
        is_first_post=number == 0,
        author_id=author + 1,
        author_name=f"member {author}",
        author_group=None,
        created_at=at,
        body=body,
    )
    return PostHistory(number + 1, [Sighting(Moment(1, at, number), 1, 1, number // 25 + 1, number % 25, seen)])


def _link_seconds(posts: list[PostHistory]) -> float:
    with no_collection():  # as when publishing
        return _cpu(lambda: link_history(KEY, posts, {})) / len(posts)


def _parse_seconds() -> float:
    """Seconds of parsing a post of a page of 25."""
    forum = build_many(1, 25, posts_per_page=25)
    made = forum.threads[0]
    body, url = render.topic_page(forum, made, 1, "https://forum.example"), "https://forum.example" + made.path
    parse(body, url)
    return _cpu(lambda: [parse(body, url) for _ in range(40)]) / 1000


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(what: str, seconds: float, base: float) -> str:
    return f"| {what} | {seconds / base:.3f} | {seconds * 1e6:.0f} us | parsing a post, {base * 1e6:.0f} us |"
