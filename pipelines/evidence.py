"""Thread stage: what a quote proves of an older state of a post that no page showed.

A page shows a post as it is now. A quote holds words as they were when it was made; where the post was edited since,
and was read only after that, the quote is all that is left of them. But people also change what they quote. So a quote
counts as evidence only where all of this holds:

- its markup names the post by number, and the check of the author found that he wrote it;
- the quoting post (where it was edited, its edit) is older than the edit mark of the oldest state of the post that was
  read: whatever the post said then was never read;
- its words are in no version, and it has at least three in a row that none has, or two members quote the same words: a
  word put in place of another may well be the quoter's;
- it has no mark of the quoter's own hand (an ellipsis or a bracket) that no version has.

Such words are a version of their own, with source ``quote``: no state of the post as a whole, and never mixed into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from rapidfuzz.distance import Indel

from crawler.items import Quote, Version
from crawler.items.history import ThreadKey
from pipelines.linking.compare import author_agrees_with
from pipelines.linking.text import Tokens, is_unspaced, tokens
from pipelines.linking.thread import author_key
from pipelines.normalise import normalise
from pipelines.versions import PostHistory, known_names

SOURCE = "quote"
HASH_BYTES = 16

_LETTERS = 20
_ROW, _ROW_UNSPACED = 3, 10  # words that no version has
_ALIGNED = 5000  # words that are compared
_MARKS = ("…", "...", "[", "]")  # of somebody who cut or commented what he quotes


@dataclass(frozen=True, slots=True)
class _Witness:
    """A quote that proves something, and the post that it stands in."""

    row: Quote
    words: str
    within: PostHistory


def quoted_versions(posts: Sequence[PostHistory], quotes: Sequence[Quote], key: ThreadKey) -> list[Version]:
    """Versions that only quotes know, numbered behind those read from pages.

    The quotes' ``target_version`` is set to them, in place. Of quotes of one another's words the longest makes the
    version, of equals that of the oldest post.
    """
    if not quotes:
        return []
    by_number = {post.post_id: post for post in posts}
    names = known_names(posts)
    found: dict[int, list[_Witness]] = {}
    for row in quotes:
        target = by_number.get(row.target_post_id) if row.target_post_id is not None else None
        if target is not None and _proves(row, by_number[row.post_id], target, names):
            words = normalise(row.quoted_text)
            found.setdefault(target.post_id, []).append(_Witness(row, words, by_number[row.post_id]))
    return [version for number in sorted(found) for version in _versions(by_number[number], found[number], key)]


def _proves(row: Quote, quoting: PostHistory, target: PostHistory, names: Mapping[int, set[str]]) -> bool:
    if row.method != "explicit_id" or row.target_version is not None or row.is_altered is not True:
        return False
    text, written = row.quoted_text or "", quoting.current.edited_at or quoting.current.created_at
    edited = _first_edit(target)
    if written is None or edited is None or written >= edited or _before(written, target.current.created_at):
        return False
    if len(normalise(text)) < _LETTERS:
        return False
    own = [sighting.post.body.text or "" for sighting in target.sightings]
    if any(mark in text and not any(mark in said for said in own) for mark in _MARKS):
        return False
    return author_agrees_with(row, target, names) is True


def _differs(words: Tokens, target: PostHistory) -> bool:
    """Whether more than a word or two is in no version. A word that stands alone between others is no hold."""
    row = _ROW_UNSPACED if is_unspaced(words) else _ROW
    return all(_longest_new(words, tokens(sighting.post.body.text)) >= row for sighting in target.sightings)


def _longest_new(words: Tokens, own: Tokens) -> int:
    """How many words in a row the text lacks."""
    longest = run = 0
    steps = [code for code in Indel.opcodes(own[:_ALIGNED], words[:_ALIGNED]) if code.dest_end > code.dest_start]
    for code in steps:
        size = code.dest_end - code.dest_start
        run = run + size if code.tag == "insert" or (run and size == 1) else 0
        longest = max(longest, run)
    return longest


def _first_edit(post: PostHistory) -> datetime | None:
    """The edit mark of the oldest state that was read; null where that may be the post as it was written."""
    return post.sightings[0].post.edited_at


def _before(written: datetime, created: datetime | None) -> bool:
    return created is not None and written < created


def _versions(post: PostHistory, witnesses: Sequence[_Witness], key: ThreadKey) -> Iterator[Version]:
    told = Counter(witness.words for witness in {(w.words, author_key(w.within)): w for w in witnesses}.values())
    witnesses = [w for w in witnesses if told[w.words] > 1 or _differs(tokens(w.row.quoted_text), post)]
    kept: list[_Witness] = []
    first = len({sighting.post.body.text_hash for sighting in post.sightings}) + 1
    for witness in sorted(witnesses, key=_by_length):
        place = next((place for place, other in enumerate(kept) if witness.words in other.words), len(kept))
        if place == len(kept):
            kept.append(witness)
            yield _version(post.post_id, first + place, witness, key)
        witness.row.target_version = first + place


def _by_length(witness: _Witness) -> tuple[int, int, int]:
    return -len(witness.words), witness.row.post_id, witness.row.quote_index


def _version(post_id: int, number: int, witness: _Witness, key: ThreadKey) -> Version:
    text = witness.row.quoted_text
    seen = witness.within.sightings
    return Version(
        site=key.site,
        content_class=key.content_class,
        post_id=post_id,
        version=number,
        is_current=False,
        source=SOURCE,
        text=text,
        full_text=text,
        html=None,
        text_hash=blake2b(f"{SOURCE}\0{witness.words}".encode("utf-8", "replace"), digest_size=HASH_BYTES).hexdigest(),
        edited_at=None,
        edited_by=None,
        edit_reason=None,
        parser_version=witness.within.current.body.parser_version,
        observed_from=min(seen[0].fetched_at, seen[-1].fetched_at),
        observed_to=seen[-1].fetched_at,
    )
