"""The key of the pseudonyms: 32 random bytes in a file of the user's own."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from pathlib import Path

from output.pack.errors import KeyFileError

KEY_BYTES = 32
_FIX_LOST = "put back the file that was made, or name a new one: then all pseudonyms are others"


def read_or_make_key(path: Path, *, outside: Path) -> tuple[bytes, bool]:
    """The key in a file, and whether it was made just now (mode 0600).

    ``outside`` is the pack's folder: a key in there would be handed over with the data. Raises
    :class:`KeyFileError` for that, for a file that others can read, and for one that holds no key.
    """
    if path.resolve().is_relative_to(outside.resolve()):
        raise KeyFileError(f"{path} lies in the pack's folder, and would be handed over with it", "keep it elsewhere")
    try:
        return _made(path), True
    except FileExistsError:
        return _read(path), False
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}", "name a file that you may write") from None


def key_id(key: bytes) -> str:
    """A name for the key that tells nothing of it: two packs with the same one have the same pseudonyms."""
    return hashlib.blake2b(b"", key=key, digest_size=8, person=b"threadset key id").hexdigest()


def _made(path: Path) -> bytes:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key.hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(4 * KEY_BYTES)
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}", "name the file of your key") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(
            f"others can read {path} (mode {stat.S_IMODE(mode):04o}): whoever has the key undoes the pseudonyms",
            f"chmod 600 {path.name}, and take a new key if anybody may have read it",
        )
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"{path} holds no key of {KEY_BYTES} bytes in hexadecimal", _FIX_LOST)
    return key
