"""The list of what a folder has forgotten: keyed hashes, which tell nothing to whoever lacks the key.

Entries are keyed BLAKE2b hashes of what the code meets again later: numbers of posts, threads and members, names, the
times at which somebody posted, and runs of words. Whether something is on the list can be asked only with the key,
which lies beside it in a file of mode 0600.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from crawler.archive.files import sync_folder
from crawler.forget.words import said_by, spelled
from crawler.store.forgotten import KEY_FILE, LIST_FILE
from pipelines.normalise import normalise

KINDS = ("site", "thread", "post", "author", "name", "spelled", "moment", "said", "words")
"""What an entry may be. ``moment`` is a name with the time of a post, ``said`` a name with a few words of a post,
``words`` a longer run of them, ``spelled`` a name as it stands in prose."""

COUNTED = ("posts", "authors", "threads", "sites")
"""What is counted of all that was ever forgotten in a folder; nothing else of it is told anywhere."""

_BYTES = 12
_KEY_BYTES = 32
_VERSION = 1


class ForgottenError(Exception):
    """The list or its key cannot be used. ``what`` names the file, ``reason`` and ``fix`` say the rest."""

    def __init__(self, what: Path, reason: str, fix: str) -> None:
        super().__init__(f"{what}: {reason}; {fix}")
        self.what, self.reason, self.fix = str(what), reason, fix


class Forgotten:
    """What is forgotten. ``lengths`` are the numbers of words that entries of a kind have, ``counts`` by `COUNTED`."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.counts = dict.fromkeys(COUNTED, 0)
        self.entries: dict[str, set[bytes]] = {kind: set() for kind in KINDS}
        self.lengths: dict[str, set[int]] = {"spelled": set(), "words": set()}
        self._hasher = hashlib.blake2b(key=key, digest_size=_BYTES)

    # Asking ----------------------------------------------------------------------------------------------------------

    def site(self, site: str) -> bool:
        """Whether a whole site is forgotten."""
        return self._has("site", site)

    def thread(self, site: str, number: int | None) -> bool:
        """Whether a thread is, or its site."""
        return number is not None and (self._has("thread", site, number) or self.site(site))

    def post(self, site: str, number: int | None) -> bool:
        """Whether a post is named itself."""
        return number is not None and self._has("post", site, number)

    def author(self, site: str, number: int | None, name: str | None = None) -> bool:
        """Whether a member is; a guest, or whoever is cited without a number, by name."""
        if number is not None:
            return self._has("author", site, number)
        return name is not None and self.name(site, name)

    def name(self, site: str, name: str | None) -> bool:
        """Whether somebody forgotten has or had that name, however it is written."""
        return bool(name) and self._has("name", site, normalise(name))

    def moment(self, site: str, name: str | None, at: datetime | None) -> bool:
        """Whether a post that somebody of that name wrote at that time is forgotten."""
        if not name or at is None or not self.entries["moment"]:
            return False
        return self._has("moment", site, normalise(name), int(at.timestamp()))

    def said(self, site: str, name: str | None, text: str | None) -> bool:
        """Whether words that are cited as those of somebody are those of a forgotten post of theirs, mostly."""
        if not name or not text or not self.entries["said"]:
            return False
        found = [self._has("said", site, normalise(name), gram) for gram in said_by(text)]
        return 2 * sum(found) > len(found)

    def words(self, site: str, gram: str) -> bool:
        """Whether a run of words is one of a forgotten post."""
        return self._has("words", site, gram)

    def spelled(self, site: str, run: str) -> bool:
        """Whether words are a name, as it is spelled."""
        return self._has("spelled", site, run)

    def token(self, site: str, post_id: int) -> str:
        """A name for a forgotten post that tells nothing of it, but that it is the same one."""
        return self._hash("token", site, post_id).hex()[:16]

    @property
    def empty(self) -> bool:
        """Whether nothing was ever forgotten."""
        return not any(self.entries.values())

    # Adding ----------------------------------------------------------------------------------------------------------

    def add(self, kind: str, *values: object) -> None:
        """Enter something; for its lengths see `add_name` and `add_words`."""
        self.entries[kind].add(self._hash(kind, *values))

    def add_name(self, site: str, name: str) -> None:
        """Enter a name of somebody forgotten; as a word in prose, where it is long enough to be told from others."""
        self.add("name", site, normalise(name))
        run = spelled(name)
        if run is not None:
            self.add("spelled", site, "\n".join(run))
            self.lengths["spelled"].add(len(run))

    def add_words(self, site: str, grams: Iterable[tuple[int, str]]) -> None:
        """Enter runs of words, each with its length."""
        for length, gram in grams:
            self.lengths["words"].add(length)
            self.add("words", site, gram)

    # Keeping ---------------------------------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Write key and list, the list last; each appears as a whole or not at all. Raises ``OSError``."""
        if not (folder / KEY_FILE).exists():
            _write(folder / KEY_FILE, self.key.hex().encode() + b"\n")
        facts = {
            "version": _VERSION,
            "key_id": _key_id(self.key),
            "counts": self.counts,
            "lengths": {kind: sorted(lengths) for kind, lengths in self.lengths.items()},
            "entries": {kind: b64encode(b"".join(sorted(found))).decode() for kind, found in self.entries.items()},
        }
        _write(folder / LIST_FILE, orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    def copy(self) -> Forgotten:
        """A list of its own with the same entries."""
        other = Forgotten(self.key)
        other.counts = dict(self.counts)
        other.entries = {kind: set(found) for kind, found in self.entries.items()}
        other.lengths = {kind: set(found) for kind, found in self.lengths.items()}
        return other

    def _has(self, kind: str, *values: object) -> bool:
        known = self.entries[kind]
        return bool(known) and self._hash(kind, *values) in known

    def _hash(self, *values: object) -> bytes:
        hasher = self._hasher.copy()
        hasher.update("\0".join(map(str, values)).encode("utf-8", "surrogatepass"))
        return hasher.digest()


def load_forgotten(folder: Path) -> Forgotten:
    """The list of a folder; an empty one with a new key where it has none. Raises `ForgottenError`."""
    path, key_path = folder / LIST_FILE, folder / KEY_FILE
    try:
        key = _key(key_path) if key_path.exists() else None
        if not path.exists():
            return Forgotten(key or secrets.token_bytes(_KEY_BYTES))
        if key is None:
            reason = "it is gone, and without it nobody can tell what was forgotten"
            raise ForgottenError(key_path, reason, "put it back; grab into a new folder where it is lost for good")
        return _read(path, key)
    except OSError as error:
        raise ForgottenError(folder, f"{path.name} cannot be read ({error.strerror})", "check the folder") from None


def _read(path: Path, key: bytes) -> Forgotten:
    found = Forgotten(key)
    try:
        facts: Any = orjson.loads(path.read_bytes())
        if facts["version"] != _VERSION:
            raise ForgottenError(path, f"its version {facts['version']!r} is not known", "use a newer program")
        if facts["key_id"] != _key_id(key):
            raise ForgottenError(path.with_name(KEY_FILE), f"it is no key of {path.name}", "put back the right one")
        found.counts = {name: int(facts["counts"][name]) for name in COUNTED}
        found.lengths = {kind: {int(n) for n in facts["lengths"][kind]} for kind in found.lengths}
        found.entries = {kind: _split(facts["entries"][kind]) for kind in KINDS}
    except (LookupError, TypeError, ValueError) as error:
        raise ForgottenError(path, f"it is damaged ({type(error).__name__})", "put back a copy") from None
    return found


def _split(text: str) -> set[bytes]:
    joined = b64decode(text, validate=True)
    if len(joined) % _BYTES:
        raise ValueError(text)
    return {joined[at : at + _BYTES] for at in range(0, len(joined), _BYTES)}


def _key(path: Path) -> bytes:
    if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ForgottenError(path, "others can read it", f"chmod 600 {path.name}")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ForgottenError(path, "it holds no key", "put back a copy")
    return key


def _key_id(key: bytes) -> str:
    return hashlib.blake2b(b"key id", key=key, digest_size=8).hexdigest()


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def counted(folder: Path) -> Mapping[str, int] | None:
    """What a folder has forgotten, in numbers; ``None`` where nothing was. Raises `ForgottenError`."""
    return load_forgotten(folder).counts if (folder / LIST_FILE).exists() else None
