"""Citation lines that old imports left in the text: "On 5/17/2024 at 9:35 AM, X said:", "X a dit :", "Quote".

They are display text, in any language and written for the moment of quoting: a hint to the author, never a time. So no
phrase is parsed: the line is searched for the names of those who wrote in the thread.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.linking.text import Tokens, tokens
from pipelines.normalise import normalise

_LABELS = frozenset(
    "quote quoted citation cite zitat cita citar citazione citação citat citaat cytat cytuj alıntı idézet lainaus "
    "sitat цитата цитат คำอ้างอิง อ้างอิง อ้างถึง 引用 引言 인용 اقتباس ציטוט".split()
)
_LEADS = tuple(map(tokens, ("originally posted by", "quote from", "quoting", "posted by", "zitat von", "citation de")))
_LONGEST = 200  # characters of such a line


def split_citation(text: str | None) -> tuple[str | None, str]:
    r"""The citation line that a quote begins with, and the words below it; null where it begins with none.

    >>> split_citation("Ann a dit :\nLes portes sont en retard.")
    ('Ann a dit :', 'Les portes sont en retard.')
    """
    line, _, rest = (text or "").partition("\n")
    return (line, rest) if rest.strip() and is_citation(line) else (None, text or "")


def is_citation(line: str) -> bool:
    """True for what looks like a citation line: a label, or something short that ends in a colon or begins like one."""
    line = line.strip()
    if not line or len(line) > _LONGEST:
        return False
    if line[-1] in ":：" or normalise(line) in _LABELS:
        return True
    words = tokens(line)
    return any(words[: len(lead)] == lead for lead in _LEADS)


def named_in(line: str, names: Mapping[Tokens, str], longest: int) -> str | None:
    """The value of the name that stands in the line: the longest, of equals the last, as a date comes first.

    ``names`` are the words of each name, ``longest`` the number of words of the longest.
    """
    words = tuple(tokens(line))
    found: tuple[int, int, str] | None = None
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            value = names.get(words[start:end])
            if value is not None and (found is None or (end - start, start) > found[:2]):
                found = (end - start, start, value)
    return found[2] if found else None


def lines_above(full_text: str | None, n_quotes: int) -> list[str]:
    """The line above each top-level quote of a post, as `full_text` shows them.

    Empty where the quotes cannot be told apart: two that touch look like one there.
    """
    above: list[str] = []
    before, inside = "", False
    for line in (full_text or "").split("\n"):
        quoted = line.startswith("> ")
        if quoted and not inside:
            above.append(before)
        before, inside = line, quoted
    return above if len(above) == n_quotes else []
