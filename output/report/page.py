"""Pages: templates, and a policy that lets nothing run or load but what is in the page and ours."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"^[ \t]+|^\s*//.*$", re.MULTILINE)
_EMPTY = re.compile(r"\n{2,}")

STYLES = ("base.css", "reader.css", "overview.css")
SCRIPTS = ("reader.js", "overview.js")


class Pages:
    """Makes pages out of templates. With ``media``, pages may show images that lie elsewhere."""

    def __init__(self, *, media: bool = False) -> None:
        self.media = media
        loader = FileSystemLoader(_HERE / "templates")
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.filters |= {
            "day": day,
            "joined": joined,
            "machine": machine,
            "moment": moment,
            "number": number,
            "when": time_of,
            "written": written,
        }

    def render(self, template: str, **values: Any) -> str:
        """The page. It has the style sheets and scripts in it, and their hashes in its policy."""
        styles, scripts = _assets(STYLES), _assets(SCRIPTS)
        policy = _policy(styles, scripts, media=self.media)
        page = self._templates.get_template(template)
        return page.render(styles=styles, scripts=scripts, policy=policy, media=self.media, **values)


def day(value: datetime | None) -> str:
    """``13 Mar 2024``."""
    return f"{value.day} {value:%b %Y}" if value is not None else ""


def moment(value: datetime | None) -> str:
    """``13 Mar 2024, 07:50``."""
    return f"{day(value)}, {value:%H:%M}" if value is not None else ""


def machine(value: datetime | None) -> str:
    """For the attribute ``datetime``."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value is not None else ""


def time_of(value: object) -> datetime | None:
    """A time that is written as in JSON; None for anything else."""
    return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None


def written(value: str) -> str:
    """A date such as ``2024-03-12`` as :func:`day` writes it."""
    try:
        return day(datetime.fromisoformat(value))
    except ValueError:
        return value


def joined(names: Sequence[str]) -> str:
    """``A, B and C``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def number(value: int) -> str:
    """With a comma between thousands."""
    return f"{value:,}"


@cache
def _assets(names: tuple[str, ...]) -> tuple[Markup, ...]:
    texts = (_lean((_HERE / "assets" / name).read_text("utf-8")) for name in names)
    return tuple(Markup(text) for text in texts if text)  # noqa: S704  they are ours


def _lean(text: str) -> str:
    """Without comments and indents: every page of a large report carries them."""
    return _EMPTY.sub("\n", _INDENT.sub("", _COMMENT.sub("", text))).strip()


@cache
def _policy(styles: tuple[str, ...], scripts: tuple[str, ...], *, media: bool) -> str:
    parts = {
        "default-src": "'none'",
        "style-src": " ".join(map(_hash, styles)),
        "script-src": " ".join(map(_hash, scripts)) or "'none'",
        "img-src": "https:" if media else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
