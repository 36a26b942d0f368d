"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

from collections.abc import Iterable


def meant(word: str, known: Iterable[str]) -> str:
    """The fix for an unknown name: the one that looks like it, or all there are.

    >>> meant("dely", ["delay", "format"])
    'did you mean `delay`?'
    >>> meant("x", ["delay", "format"])
    'choose of delay, format'
    """
    from difflib import get_close_matches  # noqa: PLC0415  only where something was mistyped

    known = list(known)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"choose of {', '.join(known)}"
