"""Reading a job file: TOML, checked; every error with its line and its fix."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crawler.jobs.model import Job
from crawler.spelling import meant

Place = tuple[str | int, ...]
"""Where a value stands: keys of tables and 0-based ranks in arrays."""

_PLAIN = {
    "missing": ("it is missing", "add it"),
    "string_type": ("it is no text", "put it in quotes"),
    "bool_type": ("it is neither true nor false", "write true or false, without quotes"),
    "int_type": ("it is no whole number", "write a number without quotes"),
    "float_type": ("it is no number", "write a number without quotes"),
    "list_type": ("it is no list", 'put it in brackets: ["…"]'),
    "too_short": ("it is empty", "give it at least one, or leave it out"),
    "path_type": ("it is no path", "put it in quotes"),
    "model_type": ("it is no table", "write it as a table of its own"),
    "model_attributes_type": ("it is no table", "write it as a table of its own"),
}
_SPECIAL: dict[tuple[str, Place], tuple[str, str]] = {
    ("missing", ("user_agent",)): (
        "it is missing",
        'say who is crawling: user_agent = "mybot (+mailto:me@example.org)"',
    ),
    ("missing", ("site",)): ("it is missing", "add a [[site]] with `forums` or `threads`"),
    ("list_type", ("site",)): ("it is no list of tables", "write it as [[site]], with two brackets"),
}


class JobError(Exception):
    """A job file cannot be used: ``where`` is the file and line, ``reason`` what is wrong, ``fix`` what to do."""

    def __init__(self, where: str, reason: str, fix: str) -> None:
        super().__init__(f"{where}: {reason}; {fix}")
        self.where = where
        self.reason = reason
        self.fix = fix


def load_job(path: Path) -> Job:
    """Read a job file; its paths are made absolute. Raises `JobError` for the first thing that is wrong."""
    text = _text(path)
    try:
        job = Job.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line, reason = _syntax(text, str(error))
        raise JobError(f"{path}:{line}", f"it is no TOML ({reason})", "mend the line") from None
    except ValidationError as error:
        raise _error(path, text, error.errors(include_url=False)) from None
    home = path.resolve().parent
    changed = {
        name: home / value for name in ("out", "cookies", "metrics") if (value := getattr(job, name)) is not None
    }
    return job.model_copy(update=changed)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise JobError(str(path), "it is no UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise JobError(str(path), f"it cannot be read ({error.strerror})", "give the path of a job file") from None


def _syntax(text: str, message: str) -> tuple[int, str]:
    """Line and reason out of the message of `tomllib`."""
    reason, _, where = message.partition(" (at ")
    found = re.match(r"line (\d+)", where)
    return (int(found[1]) if found else max(1, len(text.splitlines()))), reason[:1].lower() + reason[1:]


def _error(path: Path, text: str, errors: list[ErrorDetails]) -> JobError:
    """The first error, in the order of the lines; one of a whole table counts after those of its keys.

    A key that is missing because it is mistyped is told of where it stands.
    """
    errors = [error for error in errors if not _is_mistyped(error, errors)]
    found = sorted((line_of(text, error["loc"]), -len(error["loc"]), index) for index, error in enumerate(errors))
    line, _, index = found[0]
    what, reason, fix = _explained(errors[index])
    return JobError(f"{path}:{line}", f"{what}: {reason}" if what else reason, fix)


def _is_mistyped(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """True for a missing key where the same table has an unknown one that is nearly the same."""
    if error["type"] != "missing":
        return False
    *table, name = error["loc"]
    unknown = [str(e["loc"][-1]) for e in errors if e["type"] == "extra_forbidden" and [*e["loc"][:-1]] == table]
    return bool(get_close_matches(str(name), unknown, n=1, cutoff=0.6))


def _explained(error: ErrorDetails) -> tuple[str, str, str]:
    """The thing, what is wrong with it, what to do."""
    place = error["loc"]
    what = ".".join(str(part) for part in place if isinstance(part, str))
    if error["type"] == "extra_forbidden":
        known = _keys_at(place[:-1])
        return what, "there is no such key", meant(str(place[-1]), known)
    if error["type"] == "value_error":
        reason, _, fix = str(error["ctx"]["error"]).rpartition("; ")
        return what, reason, fix
    plain = _SPECIAL.get((error["type"], place)) or _PLAIN.get(error["type"])
    if plain is not None:
        return what, *plain
    wanted = error["msg"].removeprefix("Input should be ").replace("greater than", "a number greater than")
    given = repr(error["input"]) if isinstance(error["input"], str | int | float) else "it"
    return what, f"{given} does not do", f"give {wanted.replace('less than', 'a number less than')}"


def _keys_at(place: Place) -> list[str]:
    """The keys that a table may have."""
    model: Any = Job
    for part in place:
        if isinstance(part, str):
            model = _table_in(model.model_fields[part].annotation)
    return sorted(model.model_fields)


def _table_in(annotation: Any) -> Any:
    """The model in an annotation such as ``list[JobSite]``."""
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inner = [_table_in(part) for part in get_args(annotation) if not isinstance(annotation, UnionType) or part]
    return next((part for part in inner if part is not None), None)


def line_of(text: str, place: Place) -> int:
    """The line, from 1, where a value stands, or the table that should have it.

    It is found with the TOML reader itself: the value is on the lines by which a beginning of the file first holds it.
    """
    while place:
        line = _first_line(text, place)
        if line is not None:
            return line
        place = place[:-1]
    return 1


def _first_line(text: str, place: Place) -> int | None:
    lines = text.split("\n")
    whole = 0  # lines of the longest beginning so far that is TOML
    for number in range(1, len(lines) + 1):
        beginning = "\n".join(lines[:number])
        for closing in ("", "]"):  # within an array of several lines too
            try:
                found = _holds(tomllib.loads(beginning + closing), place)
            except tomllib.TOMLDecodeError:
                continue
            if found:
                return number if closing or isinstance(place[-1], int) else whole + 1
            if not closing:
                whole = number
            break
    return None


def _holds(value: Any, place: Place) -> bool:
    for part in place:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
