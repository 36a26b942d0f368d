"""A crawl folder of any size, made up: tables as a crawl publishes them, without a crawl.

Words are drawn as they are in speech (Zipf), so that they compress as text does. Of 50 posts a thread has, one is the
first, and three in ten quote another; of a hundred, three were edited, three name a member in their words, one behind
an ``@``, one gives an address of the site. The same number of posts gives the same bytes.
"""

from __future__ import annotations

import array
import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.manifest import MANIFEST, Completeness, FileEntry, Manifest
from output.parquet import parquet_options
from output.swap import sha256_of

SITE = "forum.example"
PER_THREAD = 50
_CHUNK = 20_000
_WORDS = 60  # of a post: about 400 characters
_START = datetime(2015, 1, 1, tzinfo=UTC)
_FIRST = (
    "Annika Bram Carlos Dorthe Emil Farida Goran Hanne Ilse Jovan Katya Leif Mehmet Nadia Oskar Petra Quentin Rosa "
    "Sven Tomas Ulrike Vera Wanda Xenia Yusuf Zoltan Mark Will Rose Björn Zoë Наталья Сергей Michaela Christopher"
).split()
_LAST = (
    "Vale Lindqvist Marsh Okafor Petersen Quist Rahn Sommer Tveit Ulvang Weiss Young King Brook Hill Hunter Falconer "
    "Wolf Baker Steen"
).split()
_COMMON = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they "
    "which one you were her all she there would their we him been has when who will more no if out so said what up "
    "its about than into them can only other new some could time these two may then do first any my now such like "
    "our over man me even most made after also did many before must through back years where much your way well "
    "down should because each just those people how too little state good very make world still own see men work "
    "long get here between both life being under never day same another know while last might us great old year off "
    "come since against go came right used take three looking talking market posted text author thread member page"
).split()


def make(folder: Path, posts: int) -> None:
    """Write a crawl folder with so many posts, in whole threads."""
    threads = max(1, posts // PER_THREAD)
    crowd = _Crowd(max(20, posts // 40))
    (folder / "parquet").mkdir(parents=True)
    sinks = _Sinks(folder)
    for first in range(0, threads, _CHUNK // PER_THREAD):
        many = min(_CHUNK // PER_THREAD, threads - first)
        _chunk(sinks, crowd, first, many)
    _few(sinks, crowd, threads)
    files = sinks.close()
    manifest = Manifest(
        created_at="2026-01-02T00:00:00Z",
        files=files,
        tables={entry.table: entry.rows for entry in files},
        sites=[SITE],
        completeness=Completeness(complete=True),
    )
    (folder / MANIFEST).write_bytes(manifest.to_json())


class _Crowd:
    """Members and the words that they use."""

    def __init__(self, members: int) -> None:
        self.random = random.Random(7)
        self.names = pa.array([_name(self.random, number) for number in range(members)])
        self._words = _vocabulary(self.random)

    def draw(self, count: int, below: int) -> pa.Array:
        """Numbers from 0 to ``below``."""
        drawn = pa.Array.from_buffers(pa.uint32(), count, [None, pa.py_buffer(self.random.randbytes(4 * count))])
        share = pc.divide(drawn.cast(pa.float64()), 2.0**32)
        return pc.floor(pc.multiply(share, float(below))).cast(pa.int64())

    def texts(self, count: int, words: int = _WORDS) -> pa.Array:
        """So many texts of half to one and a half times so many words."""
        lengths = pc.add(self.draw(count, words + 1), words // 2)
        offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])
        total = offsets[-1].as_py()
        ranks = pa.Array.from_buffers(pa.uint16(), total, [None, pa.py_buffer(self.random.randbytes(2 * total))])
        return pc.binary_join(pa.ListArray.from_arrays(offsets.cast(pa.int32()), self._words.take(ranks)), " ")

    def rarely(self, count: int, percent: int) -> pa.Array:
        """True for so many of a hundred."""
        return pc.less(self.draw(count, 100), percent)


def _name(drawn: random.Random, number: int) -> str:
    first, last = drawn.choice(_FIRST), drawn.choice(_LAST)
    forms = (f"{first} {last} {number}", f"{first}{number}", f"{first}_{last}{number % 100}", f"{first}{last}".lower())
    return drawn.choice(forms) if number % 200 else drawn.choice((first, last, last.lower()))


def _vocabulary(drawn: random.Random) -> pa.Array:
    """65,536 places for 20,000 words, the more the more common a word is."""
    onsets, vowels, ends = (
        "b c d f g h l m n p r s t v w st tr pl".split(),
        "a e i o u ea ou".split(),
        "n r s t l d".split(),
    )

    def syllable() -> str:
        return drawn.choice(onsets) + drawn.choice(vowels) + (drawn.choice(ends) if drawn.random() < 0.5 else "")

    words = list(
        dict.fromkeys(
            [*_COMMON, *("".join(syllable() for _ in range(drawn.choice((2, 2, 3, 3, 4)))) for _ in range(30_000))]
        )
    )
    words = words[:20_000]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    places, rank = [], 0
    for place in range(65_536):
        while weights[rank] < weights[-1] * place / 65_536:
            rank += 1
        places.append(words[rank])
    return pa.array(places)


class _Sinks:
    """A Parquet file a table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers = {
            name: pq.ParquetWriter(self._path(name), arrow_schema(table), **parquet_options(table.columns))
            for name, table in TABLES.items()
        }
        self._rows = dict.fromkeys(TABLES, 0)

    def _path(self, name: str) -> Path:
        return self._folder / "parquet" / f"{name}.parquet"

    def write(self, name: str, count: int, /, **columns: Any) -> None:
        """Rows of a table; a column that is not given has null, or a plain value."""
        schema = arrow_schema(TABLES[name])
        arrays = [_column(field, count, columns.get(field.name)) for field in schema]
        rows = pa.Table.from_arrays(arrays, schema=schema)
        rows = rows.sort_by([(column, "ascending") for column in TABLES[name].sort])
        self._writers[name].write_table(rows, row_group_size=50_000)
        self._rows[name] += count

    def close(self) -> list[FileEntry]:
        for writer in self._writers.values():
            writer.close()
        return [
            FileEntry(
                path=f"parquet/{name}.parquet",
                table=name,
                format="parquet",
                rows=rows,
                bytes=self._path(name).stat().st_size,
                sha256=sha256_of(self._path(name)),
            )
            for name, rows in self._rows.items()
        ]


_PLAIN: dict[str, Any] = {
    "site": SITE, "content_class": "forums_Topic", "status": "active", "source": "page", "id_check": "verified",
    "method": "explicit_id", "event": "edited", "evidence": "stamp", "kind": "link", "reaction": "Like",
    "page_kind": "thread", "outcome": "ok", "tool_version": "0.1.0", "config": '{"delay":1.0}', "user_agent": "bench",
    "field": "headline", "author_group": "Members",
}  # fmt: skip


def _column(field: pa.Field, count: int, given: Any) -> Any:
    if isinstance(given, pa.ChunkedArray):
        given = given.combine_chunks()
    if isinstance(given, pa.Array):
        return given.cast(field.type)
    if given is None and field.nullable and field.name not in _PLAIN:
        return pa.nulls(count, field.type)
    if pa.types.is_list(field.type):
        return pa.array([given or []] * count, field.type)
    if given is None:
        given = _PLAIN.get(field.name, "x" if pa.types.is_string(field.type) else 0)
        given = _START + timedelta(days=4000) if pa.types.is_timestamp(field.type) else given
    return pa.repeat(pa.scalar(given).cast(field.type), count)


def _chunk(sinks: _Sinks, crowd: _Crowd, first: int, threads: int) -> None:
    """Some threads with all that belongs to them."""
    count = threads * PER_THREAD
    rank = _range(count)
    thread = pc.add(pc.divide(rank, PER_THREAD), first + 1)
    place = pc.subtract(rank, pc.multiply(pc.divide(rank, PER_THREAD), PER_THREAD))
    # Threads run side by side, so the numbers of a thread's posts lie apart.
    number = pc.add(
        pc.multiply(pc.add(pc.multiply(place, threads), pc.divide(rank, PER_THREAD)), 1), first * PER_THREAD + 1
    )
    author = crowd.draw(count, len(crowd.names))
    name = crowd.names.take(author)
    created = _times(pc.multiply(number, 90))
    text = _spoken(crowd, count)
    quoting = pc.and_(crowd.rarely(count, 31), pc.greater(place, 0))
    answered = pc.subtract(rank, pc.add(crowd.draw(count, 4), 1))
    answered = pc.max_element_wise(answered, pc.subtract(rank, place))
    quoted = pc.utf8_slice_codeunits(text.take(answered), 0, 200)
    full = pc.if_else(quoting, _joined(["> ", quoted, "\n", text]), text)
    html = _joined(["<p>", full, "</p>"])
    url = _joined([f"https://{SITE}/topic/", thread.cast(pa.string()), "-x/#comment-", number.cast(pa.string())])
    target = number.take(answered)
    edited = crowd.rarely(count, 3)
    member = pc.add(author, 1)
    sinks.write(
        "posts", count, post_id=number, thread_id=thread, position=pc.add(place, 1),
        page=pc.add(pc.divide(place, 25), 1),
        is_first_post=pc.equal(place, 0), author_id=member, author_name=name, created_at=created,
        edited_at=pc.if_else(edited, created, pa.scalar(None, created.type)),
        edited_by=pc.if_else(edited, name, pa.scalar(None, pa.string())),
        n_versions=pc.add(edited.cast(pa.int64()), 1), text=text, full_text=full, html=html, url=url,
        reply_to_post_id=pc.if_else(quoting, target, pa.scalar(None, pa.int64())),
        reply_method=pc.if_else(quoting, "explicit_id", pa.scalar(None, pa.string())),
        n_quotes=quoting.cast(pa.int64()), n_reactions=pa.repeat(1, count),
    )  # fmt: skip
    body = {"text": text, "full_text": full, "html": html, "post_id": number}
    _versions(sinks, count, body, edited)
    some = {"post_id": number, "thread_id": thread, "author": member, "name": name, "target": target, "quoted": quoted}
    _around(
        sinks, crowd, pa.table({**some, "answered": answered, "quoting": quoting, "edited": edited, "place": place})
    )
    starts = pc.equal(place, 0)
    ids = thread.filter(starts)
    sinks.write(
        "threads", threads, thread_id=ids, forum_id=pc.add(pc.bit_wise_and(ids, 7), 1), forum_path=["Home", "News"],
        title=crowd.texts(threads, 6), url=_joined([f"https://{SITE}/topic/", ids.cast(pa.string()), "-x/"]),
        author_id=member.filter(starts), author_name=name.filter(starts), created_at=created.filter(starts),
        last_post_at=created.filter(starts), n_posts_declared=PER_THREAD, n_posts_seen=PER_THREAD, n_pages=2,
        tags=["news"], complete=True,
    )  # fmt: skip


def _versions(sinks: _Sinks, count: int, body: dict[str, Any], edited: pa.Array) -> None:
    digest = _joined(["00112233445566778899", body["post_id"].cast(pa.string())])
    now = pa.table({**body, "text_hash": digest, "version": pc.add(edited.cast(pa.int64()), 1)})
    then = now.filter(edited)
    then = then.set_column(then.num_columns - 1, "version", pa.repeat(1, then.num_rows))
    current = pc.greater_equal(_range(count + then.num_rows), count)
    rows = pa.concat_tables([now, then]).append_column("is_current", pc.invert(current))
    sinks.write("versions", rows.num_rows, **{name: rows[name] for name in rows.column_names})


def _around(sinks: _Sinks, crowd: _Crowd, posts: pa.Table) -> None:
    """Quotes, events, links, reactions and articles of some posts."""
    quotes = posts.filter(posts["quoting"])
    cited = posts.take(quotes["answered"])
    sinks.write(
        "quotes", quotes.num_rows, post_id=quotes["post_id"], quoted_text=quotes["quoted"],
        cited_author_name=cited["name"], cited_author_id=cited["author"], cited_post_id=quotes["target"],
        cited_thread_id=quotes["thread_id"], target_post_id=quotes["target"], target_thread_id=quotes["thread_id"],
        target_version=1, target_state="seen", confidence=1.0,
    )  # fmt: skip
    edits = posts.filter(posts["edited"])
    sinks.write(
        "events", edits.num_rows, thread_id=edits["thread_id"], post_id=edits["post_id"], actor_name=edits["name"],
        from_version=1, to_version=2,
    )  # fmt: skip
    linking = posts.filter(crowd.rarely(posts.num_rows, 10))
    sinks.write(
        "links", linking.num_rows, post_id=linking["post_id"], url="https://news.example/story/1",
        text=crowd.texts(linking.num_rows, 4), domain="news.example",
    )  # fmt: skip
    liked = posts.filter(crowd.rarely(posts.num_rows, 20))
    sinks.write("reactions", liked.num_rows, post_id=liked["post_id"], count=3)
    news = posts.filter(pc.and_(pc.equal(posts["place"], 0), crowd.rarely(posts.num_rows, 10)))
    sinks.write(
        "articles", news.num_rows, post_id=news["post_id"], thread_id=news["thread_id"],
        headline=crowd.texts(news.num_rows, 8), byline=["A. Writer"], body_text=crowd.texts(news.num_rows, 300),
    )  # fmt: skip


def _spoken(crowd: _Crowd, count: int) -> pa.Array:
    """What is said, with names and addresses among the words, and paragraphs."""
    text, more = crowd.texts(count, _WORDS // 2), crowd.texts(count, _WORDS // 2)
    named = crowd.names.take(crowd.draw(count, len(crowd.names)))
    chance = crowd.draw(count, 100)
    none = pa.scalar("\n")
    between = pc.case_when(
        pc.make_struct(*(pc.equal(chance, value) for value in range(5)), pc.less(chance, 40)),
        _joined([", as ", named, " would say, "]), _joined([". ", named, " was right: "]),
        _joined([" for ", named, "'s sake \""]), _joined([" @", named, ", "]),
        f" https://{SITE}/topic/12-x/#comment-7 ", none, " ",
    )  # fmt: skip
    return _joined([text, between, more])


def _few(sinks: _Sinks, crowd: _Crowd, threads: int) -> None:
    """Tables that are small beside the posts, and the log."""
    members = len(crowd.names)
    ids = pc.add(_range(members), 1)
    known = pa.ListArray.from_arrays(pa.array(range(members + 1), pa.int32()), crowd.names)
    sinks.write("authors", members, author_id=ids, author_name=crowd.names, known_names=known, n_posts_seen=40)
    forums = pa.array(range(1, 9), pa.int64())
    sinks.write("forums", 8, forum_id=forums, name="News", url=f"https://{SITE}/forum/2-x/", complete=True)
    fetch = pc.add(_range(2 * threads), 1)
    sinks.write("fetches", 2 * threads, fetch_id=fetch, run_id=1, status=200, url=f"https://{SITE}/topic/1-x/")
    sinks.write("runs", 1, run_id=1, sites=[SITE], n_pages=2 * threads, n_posts=threads * PER_THREAD)


def _range(count: int) -> pa.Array:
    return pa.array(array.array("q", range(count)), pa.int64())


def _times(seconds: pa.Array) -> pa.Array:
    start = int(_START.timestamp())
    return pc.multiply(pc.add(seconds, start), 1_000_000).cast(pa.timestamp("us", tz="UTC"))


def _joined(parts: list[Any]) -> pa.Array:
    found: Iterator[Any] = (pa.scalar(part) if isinstance(part, str) else part for part in parts)
    return pc.binary_join_element_wise(*found, "")
