"""The handoff: what a research group can publish, out of one or several crawls."""

from output.pack.check import is_pack, verify_pack
from output.pack.differences import KINDS
from output.pack.errors import CallError, KeyFileError, LeakError, PackError, TakedownError
from output.pack.pack import FORMATS, Options, Packed, pack
from output.pack.profile import PROFILES, Rules
from output.pack.select import Where
from output.pack.statement import Statement, read_about

__all__ = [
    "FORMATS",
    "KINDS",
    "PROFILES",
    "CallError",
    "KeyFileError",
    "LeakError",
    "Options",
    "PackError",
    "Packed",
    "Rules",
    "Statement",
    "TakedownError",
    "Where",
    "is_pack",
    "pack",
    "read_about",
    "verify_pack",
]
