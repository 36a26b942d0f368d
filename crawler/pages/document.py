"""A response as a page object sees it: bytes decoded once, parsed once, its machine data at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from lxml import etree

from crawler.pages.depth import shallow
from crawler.pages.encoding import to_utf8
from crawler.pages.excerpt import END, Excerpt, excerpt, post_starts
from crawler.pages.shell import RANK
from crawler.pages.tail import MARK, is_outside
from crawler.pages.text import scrub
from crawler.pages.tree import NUMBERED, POST_ID, has_class, in_post, with_attribute, with_class

LINKED_DATA = "application/ld+json"

_END = re.compile(rb"</html\s*>", re.IGNORECASE)
_LANDMARKS = ("article", "section", "main", "h1", "ul", "ol", "nav", "link", "meta", "script")
_TAIL = 65_536  # servers append comments and scripts behind the page, not more than this


@dataclass(slots=True)
class Answers:
    """Which selector answered for each field: ``field -> source -> count``; source ``none`` when none did."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, name: str, source: str) -> None:
        """One more value of a field from that source."""
        try:
            self.counts[name][source] += 1
        except KeyError:
            self.counts.setdefault(name, {})[source] = 1

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
        self.answers = Answers()
        self.body, self.repairs = to_utf8(body, self.headers.get("content-type"))
        self._excerpt: Excerpt | None = None

    def cut(self) -> Document | None:
        """The same page with a tree of its excerpt, unread; ``None`` where it has none."""
        found = excerpt(self.body)
        if found is None:
            return None
        other = copy(self)
        vars(other).update(answers=Answers(), repairs=dict(self.repairs), _excerpt=found)
        return other

    def shallow(self) -> Document | None:
        """The same page, unread, without levels that are too deep for the parser; ``None`` where that is no help."""
        found = shallow(self.body, [start for start, _opened in post_starts(self.body)])
        if found is None:
            return None
        other = Document(found[0], self.url, self.headers | {"content-type": "text/html;charset=utf-8"})
        other.repairs = self.repairs | {"too_deep": found[1]}
        return other

    @property
    def is_excerpt(self) -> bool:
        """True when the tree is that of an excerpt."""
        return self._excerpt is not None

    @property
    def is_cut_well(self) -> bool:
        """True when all that was counted in the excerpt is in its tree, and the posts are where posts are."""
        cut, posts, ends = self._excerpt, self.containers, list(self.root.iter(END))
        if cut is None or len(posts) != cut.n_posts or len(ends) != 1 or len(self._scripts) != cut.n_data:
            return False
        marks = list(self.root.iter(MARK))
        if len(marks) != cut.n_cut or not all(map(is_outside, marks)):
            return False
        if sum((script.text or "").startswith(RANK) for script in self._scripts) != len(cut.data):
            return False  # a script of the page's own looks as if it were replaced
        return len({each.getparent() for each in posts + ends}) == 1

    @cached_property
    def root(self) -> etree._Element:
        """The tree. Comments and processing instructions are left out; ids are not indexed, which is faster."""
        return self._parsed[0]

    @property
    def is_cut(self) -> bool:
        """True when the parser gave up on the page: what lies behind a nesting of 2,048 levels is not in the tree."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[etree._Element, bool]:
        parser = etree.HTMLParser(
            encoding="utf-8", huge_tree=True, collect_ids=False, remove_comments=True, remove_pis=True
        )
        body = self._excerpt.body if self._excerpt is not None else self.body
        root = etree.fromstring(body or b"<html></html>", parser)
        is_cut = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
        return root if root is not None else etree.Element("html"), is_cut

    def tagged(self, *tags: str) -> list[etree._Element]:
        """Elements of the tags by which a page's landmarks are known: in order, tag by tag, out of one pass for all."""
        found = self._tagged
        return found[tags[0]] if len(tags) == 1 else [element for tag in tags for element in found[tag]]

    @cached_property
    def _tagged(self) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {tag: [] for tag in _LANDMARKS}
        for element in self.root.iter(*_LANDMARKS):
            found[element.tag].append(element)
        return found

    def changed(self) -> None:
        """Something was taken out of the tree: landmarks are to be looked for again."""
        self.__dict__.pop("_tagged", None)

    @cached_property
    def page_data(self) -> Mapping[str, str]:
        """The ``data-page…`` attributes of the body, without that prefix."""
        body = self.root.find("body")
        if body is None:
            return {}
        return {str(n)[9:]: str(v) for n, v in body.attrib.items() if str(n).startswith("data-page")}

    @cached_property
    def linked_data(self) -> list[dict[str, Any]]:
        """All JSON-LD objects of the page, those in lists and ``@graph`` included. Broken ones are counted.

        Scripts inside a post count only where there are no others: then an unclosed post has drawn the page into it.
        """
        scripts = self._scripts
        found: list[dict[str, Any]] = []
        for script in [script for script in scripts if not in_post(script)] or scripts:
            text = self._data_of(script.text)
            value = self.json(text) if text else []
            if value is None:
                self.repair("json_ld")
            found.extend(_objects(value))
        return found

    def _data_of(self, text: str | None) -> str | bytes | None:
        """What stands in a script of the page: in an excerpt its rank may stand there in its place."""
        if self._excerpt is None or text is None or not text.startswith(RANK):
            return text
        rank, data = text.removeprefix(RANK), self._excerpt.data
        return data[int(rank)] if rank in map(str, range(len(data))) else text

    @property
    def _scripts(self) -> list[etree._Element]:
        return [script for script in self.tagged("script") if script.get("type") == LINKED_DATA]

    def linked(self, *types: str) -> dict[str, Any]:
        """The first JSON-LD object of one of these types; empty where there is none."""
        for entry in self.linked_data:
            kind = entry.get("@type")
            if kind in types or (isinstance(kind, list) and any(name in kind for name in types)):
                return entry
        return {}

    @cached_property
    def breadcrumb(self) -> list[dict[str, Any]]:
        """The entries of the JSON-LD breadcrumb, outermost first: ``@id`` and ``name`` each."""
        entries = self.linked("BreadcrumbList").get("itemListElement")
        items = [entry.get("item") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        return [item for item in items if isinstance(item, dict)]

    @cached_property
    def trail(self) -> list[etree._Element]:
        """The links of the breadcrumb as shown."""
        shown = next(with_attribute(self.root, "data-role", "breadcrumbList", "ul", "ol", "nav"), None)
        if shown is None:
            lists = (e for e in self.tagged("ol") if (e.get("itemtype") or "").endswith("BreadcrumbList"))
            shown = next((e for e in lists if not in_post(e)), None)
        return [] if shown is None else [a for a in shown.iter("a") if a.get("href")]

    @cached_property
    def pagers(self) -> list[etree._Element]:
        """The page's pagers: most pages have two. Where none has the usual class, by their machine value."""
        found = [
            e for e in self.tagged("ul") if "ipsPagination" in (e.get("class") or "") and has_class(e, "ipsPagination")
        ]
        if not found and b"data-pages" in self.body:
            found = list(with_attribute(self.root, "data-pages", None))
        return [pager for pager in found if not in_post(pager)]

    @cached_property
    def heading(self) -> etree._Element | None:
        """The title of the page: the first that a layout marks as such."""
        first = None
        for title in self.tagged("h1"):
            if in_post(title):
                continue
            if heading_mark(title):
                return title
            first = title if first is None else first
        return first

    @cached_property
    def heads(self) -> list[etree._Element]:
        """Where the thread's title, badges and tags stand."""
        if self.heading is not None:
            around = [e for e in self.heading.iterancestors() if "ipsPageHeader" in (e.get("class") or "").split()]
            if around:
                return around
        found = with_class(self.root, "ipsPageHeader", "div", "header", "section")
        return [head for head in found if not in_post(head)]

    @cached_property
    def containers(self) -> list[etree._Element]:
        """The containers of posts, wherever they stand. Where no ``article`` is one, elements of another tag are."""
        found = [e for e in self.tagged("article") if (e.get("id") or "").startswith(POST_ID)]
        if found or POST_ID.encode() not in self.body:
            return found
        numbered = (e for e in self.root.iter() if NUMBERED.fullmatch(e.get("id") or "") and not in_post(e))
        first = next(numbered, None)
        if first is None:
            return []
        return [e for e in self.root.iter(first.tag) if NUMBERED.fullmatch(e.get("id") or "")]

    @cached_property
    def canonical(self) -> str | None:
        """What the page calls its own address, unchecked."""
        found = (link for link in self.tagged("link") if link.get("rel") == "canonical" and not in_post(link))
        return next((link.get("href") for link in found), None)

    @cached_property
    def has_end(self) -> bool:
        """True when the closing tag of the page is there: a page cut off on its way has none."""
        return self.body.rfind(b"</html>", -_TAIL) >= 0 or _END.search(self.body[-_TAIL:]) is not None

    def json(self, text: str | bytes) -> Any:
        """JSON read leniently: lone surrogates are allowed (and mended later), broken JSON is ``None``."""
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        try:
            return json.loads(text.decode() if isinstance(text, bytes) else text, strict=False)
        except (ValueError, RecursionError):
            return None

    def clean(self, text: str | None) -> str | None:
        """Text out of JSON as every format can hold it."""
        if not text:
            return None
        mended, count = scrub(text)
        self.repair("surrogates", count)
        self.repair("nul", mended.count("\x00"))
        return mended.replace("\x00", "\ufffd")

    def repair(self, what: str, count: int = 1) -> None:
        """Count something that had to be mended."""
        if count:
            self.repairs[what] = self.repairs.get(what, 0) + count


def heading_mark(title: etree._Element) -> str:
    """By what a layout marks a title: class (4.x) or hook (5.0); empty where no known one does."""
    if "ipsType_pageTitle" in (title.get("class") or ""):
        return "ipsType_pageTitle"
    return "title" if title.get("data-ips-hook") == "title" else ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD value in order. Not recursive: hostile JSON nests deeper than Python's stack."""
    waiting = [value]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, list):
            waiting.extend(reversed(entry))
        elif isinstance(entry, dict):
            yield entry
            waiting.append(entry.get("@graph"))
