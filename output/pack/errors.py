"""Errors of packing; each is one line: what is wrong, and how to put it right."""

from __future__ import annotations

from output.errors import OutputError


class PackError(OutputError):
    """A pack could not be made; what lay in its folder before is untouched."""


class CallError(PackError):
    """What was named cannot be what it was named for: another folder, pack or file has to be given."""


class KeyFileError(PackError):
    """The key of the pseudonyms cannot be used."""


class LeakError(PackError):
    """The finished pack held what it must not hold, so it was not published."""


class TakedownError(CallError):
    """A takedown list cannot be read, or names what is not there."""
