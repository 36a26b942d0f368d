"""What the crawls tell of themselves, put together and free of addresses: the collection record of a pack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from output.pack.pseudonyms import Pseudonyms
from output.pack.sources import Source

_KIND = {"thread": "thread_id", "page": "thread_id", "listing_page": "forum_id", "forum": "forum_id", "post": "post_id"}


@dataclass(slots=True)
class Record:
    """Of all folders together. Gaps have the numbers that the pack has for them, and no addresses."""

    sites: list[str] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True
    gaps: list[dict[str, Any]] = field(default_factory=list)
    linking: dict[str, Any] = field(default_factory=dict)
    last_published: str | None = None


Skip = Callable[[str | None, str | None, int | None], bool]
"""Whether a gap is not to be told: what is missing, its site, its number."""


def collected(sources: Sequence[Source], key: bytes | None, skip: Skip = lambda *_: False) -> Record:
    """The record of these folders; with a key, numbers are pseudonyms."""
    keys = Pseudonyms(key) if key is not None else None
    record = Record(
        sites=sorted({site for source in sources for site in source.manifest.sites if isinstance(site, str)})
    )
    for source in sources:
        manifest = source.manifest
        record.runs += [_run(run, shielded=keys is not None) for run in source.runs]
        record.last_published = max(filter(None, (record.last_published, manifest.created_at)), default=None)
        done = manifest.completeness
        record.complete &= done is not None and done.complete
        for gap in done.problems if done is not None else ():
            number = gap.id
            if skip(gap.what, gap.site, number):
                continue
            kind = _KIND.get(gap.what or "", "thread_id")
            if keys is not None and number is not None:
                number = keys.number(gap.site or "", kind, number)
            record.gaps.append(
                {
                    "site": gap.site,
                    "what": gap.what,
                    "kind": gap.kind,
                    "id": number,
                    "page": gap.page,
                    "reason": gap.reason,
                }
            )
        for site, made in manifest.linking.get("calibration", {}).items():
            known = record.linking.setdefault(site, made)
            if made.get("explicit_quotes", 0) > known.get("explicit_quotes", 0):
                record.linking[site] = made  # of two folders with one site, what was measured on more
    record.runs.sort(key=lambda run: (run["started_at"], run["sites"]))
    record.gaps.sort(key=lambda gap: orjson.dumps(gap, option=orjson.OPT_SORT_KEYS))
    return record


def _run(run: Any, *, shielded: bool) -> dict[str, Any]:
    names = (
        "started_at finished_at outcome tool_version robots_sha256 user_agent authenticated n_requests n_pages n_posts"
    )
    found = {name: getattr(run, name) for name in names.split()} | {"sites": sorted(run.sites)}
    if shielded:
        del found["user_agent"]  # it names the collector, and how to reach them
    try:
        config = orjson.loads(run.config)
    except orjson.JSONDecodeError:
        config = {}
    return found | {"delay": config.get("delay") if isinstance(config, dict) else None}
