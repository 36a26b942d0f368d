"""A ConvoKit corpus: the five files that ConvoKit 5 loads from a local folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from output.manifest import FileEntry
from output.pack.profile import Rules
from output.pack.tables import read_batches

FOLDER = "convokit"
_POSTS = (
    "site content_class post_id thread_id position status author_id author_name created_at edited_at text "
    "reply_to_post_id reply_method n_quotes n_reactions"
).split()
_UTTERANCE_META = {
    "site": "str", "thread_id": "int", "position": "int", "status": "str", "edited_at": "str", "reply_method": "str",
    "n_quotes": "int", "n_reactions": "int", "quotes": "list", "reply_is_implicit": "bool", "time_is_guess": "bool",
    "phantom": "bool",
}  # fmt: skip
_THREAD = ("site", "content_class", "thread_id")


def write_convokit(folder: Path, files: Sequence[FileEntry], *, title: str, rules: Rules) -> list[str]:
    """Write the corpus of a pack's Parquet tables; returns the paths of its files.

    An utterance is a post. One without a linked reply answers the first of its thread, marked ``reply_is_implicit``; a
    post that was quoted and never seen is an utterance without words, marked ``phantom``. Times are seconds since
    1970; where a post has none, that of the one before it, marked ``time_is_guess``.
    """
    (folder / FOLDER).mkdir()
    quotes = _quotes(folder, files)
    with ExitStack() as stack:
        lines = stack.enter_context((folder / FOLDER / "utterances.jsonl").open("xb"))
        speakers = _Objects(stack.enter_context((folder / FOLDER / "speakers.json").open("xb")))
        conversations = _Objects(stack.enter_context((folder / FOLDER / "conversations.json").open("xb")))
        seen: set[str] = set()
        for thread in _threads(folder, files):
            utterances = _utterances(thread, _of_thread(quotes, thread))
            root = utterances[0]
            conversations.add(root["id"], {"site": root["meta"]["site"], "thread_id": root["meta"]["thread_id"]})
            for utterance in utterances:
                lines.write(orjson.dumps(utterance, option=orjson.OPT_APPEND_NEWLINE))
                if utterance["speaker"] not in seen:
                    seen.add(utterance["speaker"])
                    speakers.add(utterance["speaker"], {})
        speakers.end()
        conversations.end()
    _small(folder / FOLDER, title, rules)
    return [f"{FOLDER}/{name}" for name in (
        "utterances.jsonl", "speakers.json", "conversations.json", "corpus.json", "index.json"
    )]  # fmt: skip


class _Objects:
    """A JSON object of id and metadata, written piece by piece."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._before = b"{"

    def add(self, key: str, meta: dict[str, Any]) -> None:
        entry = orjson.dumps(key) + b":" + orjson.dumps({"meta": meta, "vectors": []})
        self._file.write(self._before + b"\n" + entry)
        self._before = b","

    def end(self) -> None:
        self._file.write((b"{" if self._before == b"{" else b"\n") + b"}\n")


def _small(folder: Path, title: str, rules: Rules) -> None:
    corpus = {"name": title, "profile": rules.profile}
    index = {
        "utterances-index": {name: [f"<class '{kind}'>"] for name, kind in _UTTERANCE_META.items()},
        "speakers-index": {},
        "conversations-index": {"site": ["<class 'str'>"], "thread_id": ["<class 'int'>"]},
        "overall-index": {name: ["<class 'str'>"] for name in corpus},
        "version": 1,
        "vectors": [],
    }
    (folder / "corpus.json").write_bytes(orjson.dumps(corpus))
    (folder / "index.json").write_bytes(orjson.dumps(index))


def _threads(folder: Path, files: Sequence[FileEntry]) -> Iterator[list[dict[str, Any]]]:
    """The posts of one thread after the other: their order in the table."""
    rows = (row for batch in read_batches(folder, files, "posts", _POSTS) for row in batch.to_pylist())
    for _, thread in groupby(rows, key=lambda row: tuple(row[name] for name in _THREAD)):
        yield list(thread)


def _quotes(folder: Path, files: Sequence[FileEntry]) -> pa.Table:
    """Top-level quotes that name a post: some forty bytes a quote are held."""
    columns = ["site", "post_id", "depth", "target_post_id", "cited_post_id", "target_state"]
    parts = []
    for batch in read_batches(folder, files, "quotes", columns):
        named = pc.coalesce(batch.column("target_post_id"), batch.column("cited_post_id"))
        top = pc.and_(pc.equal(batch.column("depth"), 0), named.is_valid())
        unseen = pc.equal(batch.column("target_state"), "unseen")
        kept = pa.record_batch([batch.column("post_id"), named, unseen], names=["post", "target", "unseen"])
        parts.append(kept.filter(top))
    schema = pa.schema([("post", pa.int64()), ("target", pa.int64()), ("unseen", pa.bool_())])
    return pa.Table.from_batches(parts, schema).combine_chunks()


def _of_thread(quotes: pa.Table, posts: list[dict[str, Any]]) -> dict[int, list[tuple[int, bool]]]:
    wanted = pa.array([post["post_id"] for post in posts if post["n_quotes"]], pa.int64())
    if not len(wanted) or not quotes.num_rows:
        return {}
    found: dict[int, list[tuple[int, bool]]] = {}
    for row in quotes.filter(pc.is_in(quotes["post"], value_set=wanted)).to_pylist():
        found.setdefault(row["post"], []).append((row["target"], row["unseen"]))
    return found


def _utterances(posts: list[dict[str, Any]], quotes: dict[int, list[tuple[int, bool]]]) -> list[dict[str, Any]]:
    site, thread = posts[0]["site"], posts[0]["thread_id"]
    here = {post["post_id"] for post in posts}
    first = posts[0]
    root = _id(site, first["post_id"])
    time = next((post["created_at"] for post in posts if post["created_at"] is not None), None)
    made: list[dict[str, Any]] = []
    phantoms: set[int] = set()
    for post in posts:
        guess = post["created_at"] is None
        time = time if guess else post["created_at"]
        targets = quotes.get(post["post_id"], [])
        parent = post["reply_to_post_id"] if post["reply_to_post_id"] in here else None
        unseen = targets[0][0] if parent is None and targets and targets[0][1] and targets[0][0] not in here else None
        if unseen is not None and post is not first and unseen not in phantoms:
            phantoms.add(unseen)
            made.append(_phantom(site, thread, unseen, root, _seconds(time)))
        implicit = parent is None and unseen is None and post is not first
        named = _id(site, parent) if parent is not None else _absent(site, unseen or 0, thread)
        answer = None if post is first else root if implicit else named
        if parent == post["post_id"]:
            answer, implicit = (None, False) if post is first else (root, True)
        meta = {name: post[name] for name in _UTTERANCE_META if name in post}
        meta["edited_at"] = None if post["edited_at"] is None else post["edited_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        meta |= {"quotes": [_id(site, target) for target, _ in targets], "reply_is_implicit": implicit}
        meta |= {"time_is_guess": guess, "phantom": False}
        made.append(_utterance(_id(site, post["post_id"]), root, post["text"], _speaker(post), answer, time, meta))
    if made[0]["meta"]["phantom"]:
        made.sort(key=lambda one: one["id"] != root)  # stable: the root in front
    return made


def _phantom(site: str, thread: int, post: int, root: str, seconds: float) -> dict[str, Any]:
    meta: dict[str, Any] = dict.fromkeys(_UTTERANCE_META)
    meta |= {"site": site, "thread_id": thread, "status": "unseen", "n_quotes": 0, "quotes": []}
    meta |= {"reply_is_implicit": True, "time_is_guess": True, "phantom": True}
    return _base(_absent(site, post, thread), root, "", f"{site}:unknown", root, seconds, meta)


def _utterance(  # noqa: PLR0917
    own: str, root: str, text: str | None, speaker: str, answer: str | None, time: datetime | None, meta: dict[str, Any]
) -> dict[str, Any]:
    return _base(own, root, text or "", speaker, answer, _seconds(time), meta)


def _base(  # noqa: PLR0917
    own: str, root: str, text: str, speaker: str, answer: str | None, seconds: float, meta: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": own, "conversation_id": root, "text": text, "speaker": speaker, "meta": meta, "reply-to": answer,
        "timestamp": seconds, "vectors": [],
    }  # fmt: skip


def _id(site: str, post: int) -> str:
    return f"{site}:{post}"


def _absent(site: str, post: int, thread: int) -> str:
    """A post that was never seen, as one thread knows it."""
    return f"{_id(site, post)}-in-{thread}"


def _speaker(post: dict[str, Any]) -> str:
    if post["author_id"] is not None:
        return f"{post['site']}:{post['author_id']}"
    return f"{post['site']}:guest-{hashlib.sha256((post['author_name'] or '').encode()).hexdigest()[:16]}"


def _seconds(time: datetime | None) -> float:
    return 0.0 if time is None else time.timestamp()
