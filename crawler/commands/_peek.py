"""A look at single pages through the crawl's own machinery: robots.txt and delays hold, and nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy.http import Response

from crawler.commands._crawl import crawl
from crawler.commands._errors import CommandError
from crawler.items import PageItem, PageRef
from crawler.outcome import Problem, judge_pages
from crawler.spiders.site import SiteSpider
from crawler.store import STATE_FILE, Committed, Store


class FirstPages(SiteSpider):
    """Fetches the first page of what each address names, and none that it leads to."""

    name = "first_pages"

    def follow(self, page: PageItem, ref: PageRef) -> Iterator[PageRef]:
        """Nothing."""
        del page, ref
        return iter(())


@dataclass(slots=True)
class Seen:
    """The pages that came, each with its site's delay in seconds, and what could not be had."""

    pages: list[tuple[PageItem, float]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def peek(
    urls: Sequence[str],
    settings: dict[str, Any],
    *,
    spider: type[FirstPages] = FirstPages,
    on_response: Callable[[Response], None] | None = None,
) -> Seen:
    """Fetch what the spider names. Raises `CommandError` where it did not start or a signal ended it."""
    seen = Seen()

    def note(page: PageItem, committed: Committed, store: Store, delay: float) -> None:
        del committed, store
        seen.pages.append((page, delay))

    with tempfile.TemporaryDirectory(prefix="threadset-") as folder:
        chosen = settings | {"STATE_DIR": folder, "ARCHIVE": False}
        end = crawl(urls, chosen, spider=spider, on_response=on_response, on_page=note)
        if end.signal_code is not None:
            raise CommandError(urls[0], "stopped", "run it again", end.signal_code)
        if end.failed:
            raise CommandError(urls[0], "the crawl did not start", "run it again with -v and report what it says")
        with Store(Path(folder) / STATE_FILE) as store:
            frontier, (run_id,) = store.frontier, store.db.execute("SELECT max(run_id) FROM runs").fetchone()
            seen.problems = judge_pages(frontier.entries("is_seed"), sweep=frontier.sweep, run_id=run_id)
    return seen
