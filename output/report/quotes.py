"""Citation lines: whom a quote cites, where that post is, and what is known against it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from output.report.page import day, time_of
from output.report.places import Places, ThreadKey, post_mark
from output.report.shelf import Known, Row, Shelf

_TEXT_RULES = {"author_time": "found by author and time", "author_exact": "found by author and words"}


@dataclass(frozen=True, slots=True)
class Link:
    """A post to go to: where it is from here, and what to call it."""

    href: str
    author: str
    label: str
    elsewhere: str | None
    status: str


class Linker:
    """Speaks of posts, for a page in the file ``at``."""

    def __init__(self, shelf: Shelf, places: Places, at: str, thread: ThreadKey) -> None:
        self._shelf, self._places, self._at, self.thread = shelf, places, at, thread

    def link(self, known: Known) -> Link:
        """A post as others speak of it."""
        facts = known.facts
        position = facts["position"]
        elsewhere = None
        if known.thread != self.thread:
            rows = self._shelf.of("threads", known.thread, known.thread.thread_id)
            elsewhere = (rows[0]["title"] if rows else None) or f"thread {known.thread.thread_id}"
        file = self._places.file(known.thread, known.rank)
        return Link(
            href=self._places.link(self._at, file, post_mark(known.post_id)),
            author=facts["author_name"] or "Guest",
            label=f"#{position}" if position is not None else day(time_of(facts["created_at"])),
            elsewhere=elsewhere,
            status=facts["status"],
        )

    def quoting(self, post_id: int) -> list[Link]:
        """The posts that quote a post."""
        return [self.link(known) for known in self._shelf.quoting(self.thread, post_id) if known.post_id != post_id]

    def post(self, post_id: int | None) -> Link | None:
        """A post of this thread's site, by its number."""
        if post_id is None:
            return None
        known = self._shelf.post(self.thread.site, self.thread.content_class, post_id)
        return self.link(known) if known is not None else None

    def cite(self, quote: Row) -> Markup:
        """The line above a quote."""
        target = self.post(quote["target_post_id"])
        notes = [Markup('<span class="why">{}</span>').format(note) for note in _notes(quote, target)]
        return Markup('<div class="cite">{}</div>').format(Markup(" ").join([self._source(quote, target), *notes]))

    def _source(self, quote: Row, target: Link | None) -> Markup:
        if target is not None:
            inside = Markup(" in <bdi>{}</bdi>").format(target.elsewhere) if target.elsewhere else ""
            return Markup('<a href="{}"><bdi>{}</bdi> <span class="nr">{}</span></a>{}').format(
                target.href, target.author, target.label, inside
            )
        name = quote["cited_author_name"]
        when = day(time_of(quote["cited_at"]))
        who = Markup("<bdi>{}</bdi>").format(name) if name else Markup("Source unknown")
        return who + (f", {when}" if when else "")


def _notes(quote: Row, target: Link | None) -> list[str]:
    """What a reader ought to know of the link."""
    notes = []
    if quote["target_state"] == "unseen":
        notes.append("that post was not read")
    elif quote["target_state"] == "missing" or (target is not None and target.status != "active"):
        notes.append("no longer on the forum")
    if quote["method"] is not None and quote["method"].startswith("author_"):
        notes.append(_TEXT_RULES.get(quote["method"], "found by author and similar words"))
    if quote["id_check"] == "author_conflict":
        notes.append("names another author")
    elif quote["id_check"] == "text_conflict":
        notes.append("words that post does not have")
    elif quote["is_altered"]:
        notes.append("altered")
    return notes
