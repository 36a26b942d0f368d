"""An independent reading of saved pages with the standard library only: what the parser must agree with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass
class RawPost:
    """A post as its machine attributes say."""

    number: int
    data: dict[str, Any] = field(default_factory=dict)
    edited: str | None = None
    quotes: list[dict[str, str]] = field(default_factory=list)


class RawPage(HTMLParser):
    """Posts of a page, by walking its tags."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.posts: list[RawPost] = []
        self.in_mark = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "article" and values.get("id", "").startswith("elComment_"):
            self.posts.append(RawPost(int(values["id"].removeprefix("elComment_"))))
        if not self.posts:
            return
        post = self.posts[-1]
        if "data-quotedata" in values:
            post.data = json.loads(values["data-quotedata"])
        if tag == "blockquote" and "ipsStyle_spoiler" not in values.get("class", ""):
            post.quotes.append({k.removeprefix("data-ipsquote-"): v for k, v in values.items() if "ipsquote-" in k})
        if self.in_mark and tag == "time" and not post.edited:
            post.edited = values.get("datetime")
        if self.in_mark and tag not in VOID:
            self.in_mark += 1
        elif "data-excludequote" in values:
            self.in_mark = 1

    def handle_endtag(self, tag: str) -> None:
        if self.in_mark and tag not in VOID:
            self.in_mark -= 1


def declared(text: str) -> int | None:
    """Replies that the JSON-LD counts."""
    found = re.search(r'schema\.org\\?/CommentAction",\s*"userInteractionCount":\s*(\d+)', text)
    return int(found[1]) if found else None


def listed(text: str) -> list[int]:
    """Threads of a listing, in order."""
    rows = re.findall(r"""<li[^>]*\bdata-rowid=["']?(\d+)""", text, re.IGNORECASE)
    return list(dict.fromkeys(int(row) for row in rows))


def subforums(text: str) -> list[int]:
    """Forums below a forum, in order."""
    found = re.findall(r'<li[^>]*class="cForumRow[^>]*data-forumid="(\d+)"', text, re.IGNORECASE)
    return list(dict.fromkeys(int(number) for number in found))


class OwnWords(HTMLParser):
    """Words outside quotes and citation lines, and the words of each quote, without markup."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.own: list[str] = []
        self.quoted: list[list[str]] = []
        self.parents: list[int | None] = []
        self.attributes: list[dict[str, str]] = []
        self.open: list[int] = []
        self.silent: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        label = any(name in values.get("class", "") for name in ("ipsQuote_citation", "ipsSpoiler_header"))
        if self.silent:
            if tag not in VOID:
                self.silent.append(tag)
        elif label or "data-excludequote" in values or tag in {"iframe", "script", "video"}:
            self.silent.append(tag)
        elif tag == "blockquote":
            self.parents.append(self.open[-1] if self.open else None)
            self.open.append(len(self.quoted))
            self.quoted.append([])
            self.attributes.append(values)
        elif tag == "img" and ("ipsEmoji" in values.get("class", "") or "data-emoticon" in values):
            self.handle_data(values.get("alt", ""))

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
        elif tag == "blockquote" and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            (self.quoted[self.open[-1]] if self.open else self.own).append(data)


def letters(text: str | None) -> str:
    """Text without white space and hyphens (an item's mark), to compare words whatever the lines."""
    return re.sub(r"[\s-]+", "", text or "")
