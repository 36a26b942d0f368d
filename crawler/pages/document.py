"""A response as a page object sees it: bytes decoded once, parsed once, its machine data at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import orjson
from lxml import etree
from parsel import Selector
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from crawler.pages.text import scrub

_CONTAINER = re.compile(rb"""<article\b[^<>]*?\bid\s*=\s*["']?elComment_\d""", re.IGNORECASE)
_END = re.compile(rb"</html\s*>", re.IGNORECASE)
_TAIL = 65_536  # servers append comments and scripts behind the page, not more than this


@dataclass(slots=True)
class Answers:
    """Which selector answered for each field: ``field -> source -> count``; source ``none`` when none did."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, name: str, source: str) -> None:
        """One more value of a field from that source."""
        sources = self.counts.setdefault(name, {})
        sources[source] = sources.get(source, 0) + 1

    def others(self, first: Mapping[str, str]) -> dict[str, int]:
        """As ``field:source``, what fields got from another source than their first choice."""
        return {
            f"{name}:{source}": count
            for name, sources in self.counts.items()
            for source, count in sources.items()
            if source != first.get(name, source)
        }


class Document:
    """An HTML page. ``body`` is the decoded (not compressed) body, ``url`` its final address."""

    def __init__(self, body: bytes, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.repairs: dict[str, int] = {}
        self.answers = Answers()
        self.body = self._as_utf8(body)

    @cached_property
    def root(self) -> etree._Element:
        """The tree. Comments and processing instructions are left out; ids are not indexed, which is faster."""
        parser = etree.HTMLParser(
            encoding="utf-8", huge_tree=True, collect_ids=False, remove_comments=True, remove_pis=True
        )
        root = etree.fromstring(self.body or b"<html></html>", parser)
        return root if root is not None else etree.Element("html")

    @cached_property
    def selector(self) -> Selector:
        """The tree for XPath and CSS."""
        return Selector(root=self.root, type="html")

    @cached_property
    def page_data(self) -> Mapping[str, str]:
        """The ``data-page…`` attributes of the body, without that prefix."""
        body = self.root.find("body")
        if body is None:
            return {}
        return {str(n)[9:]: str(v) for n, v in body.attrib.items() if str(n).startswith("data-page")}

    @cached_property
    def linked_data(self) -> list[dict[str, Any]]:
        """All JSON-LD objects of the page, those in lists and ``@graph`` included. Broken ones are counted."""
        found: list[dict[str, Any]] = []
        for script in self.root.iter("script"):
            if script.get("type") == "application/ld+json" and script.text:
                value = self.json(script.text)
                if value is None:
                    self.repair("json_ld")
                found.extend(_objects(value))
        return found

    def linked(self, *types: str) -> dict[str, Any]:
        """The first JSON-LD object of one of these types; empty where there is none."""
        for entry in self.linked_data:
            kind = entry.get("@type")
            if kind in types or (isinstance(kind, list) and any(name in kind for name in types)):
                return entry
        return {}

    @cached_property
    def has_end(self) -> bool:
        """True when the closing tag of the page is there: a page cut off on its way has none."""
        return _END.search(self.body[-_TAIL:]) is not None

    def containers(self, parsed: int) -> int:
        """How many post containers stand in the raw bytes.

        ``parsed`` is how many the tree has. The quick count may be misled by text in scripts and attributes, so that
        where the two differ the bytes are read again, slowly, as HTML.
        """
        quick = len(_CONTAINER.findall(self.body))
        return quick if quick == parsed else _Containers(self.body).count

    def json(self, text: str) -> Any:
        """JSON read leniently: lone surrogates are allowed (and mended later), broken JSON is ``None``."""
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return None

    def clean(self, text: str | None) -> str | None:
        """Text out of JSON as every format can hold it."""
        if not text:
            return None
        mended, count = scrub(text)
        self.repair("surrogates", count)
        return mended

    def repair(self, what: str, count: int = 1) -> None:
        """Count something that had to be mended."""
        if count:
            self.repairs[what] = self.repairs.get(what, 0) + count

    def _as_utf8(self, body: bytes) -> bytes:
        bom, rest = read_bom(body)
        declared = (
            bom
            or http_content_type_encoding(self.headers.get("content-type"))
            or html_body_declared_encoding(body[:4096])
            or "utf-8"
        )
        encoding = resolve_encoding(declared) or "utf-8"
        raw = rest if bom and rest is not None else body
        try:
            text = raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            text = self._decode_broken(raw, encoding)
        if "\x00" in text:
            self.repair("nul", text.count("\x00"))
            text = text.replace("\x00", "\ufffd")
        return text.encode("utf-8", "replace")

    def _decode_broken(self, raw: bytes, encoding: str) -> str:
        """Bytes that are not what they claim: UTF-8 if they are that, else with each bad byte as U+FFFD, counted."""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode(encoding if encoding != "utf-7" else "utf-8", "replace")
            self.repair("encoding", text.count("\ufffd"))
            return text


class _Containers(HTMLParser):
    """Counts the start tags of post containers as HTML has them: not in scripts, comments or attributes."""

    def __init__(self, body: bytes) -> None:
        super().__init__(convert_charrefs=False)
        self.count = 0
        self.feed(body.decode("utf-8", "replace"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article" and any(n == "id" and (v or "").startswith("elComment_") for n, v in attrs):
            self.count += 1


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for entry in value:
            yield from _objects(entry)
    elif isinstance(value, dict):
        yield value
        if "@graph" in value:
            yield from _objects(value["@graph"])
