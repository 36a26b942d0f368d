"""What a run was asked to do, without what is forgotten."""

from __future__ import annotations

from typing import Any

import orjson

from crawler.forget.forgotten import Forgotten
from crawler.forget.marks import names_number
from crawler.pages import site_of


def scrub_config(forgotten: Forgotten, config: str) -> str:
    """The column ``runs.config`` without addresses and patterns of threads, and names of sites, that are forgotten.

    A site of a job that then names nothing is left out as a whole.
    """
    if forgotten.empty:
        return config
    facts = orjson.loads(config)
    fresh = _scrubbed(forgotten, facts, None)
    sites = fresh.get("sites") if isinstance(fresh, dict) else None
    if isinstance(sites, dict):
        before = facts["sites"]
        fresh["sites"] = {name: part for name, part in sites.items() if _is_left(before.get(name), part)}
    return config if fresh == facts else orjson.dumps(fresh, option=orjson.OPT_SORT_KEYS).decode()


def _is_left(before: Any, part: Any) -> bool:
    """False for a site of which all that it named is gone."""
    if not isinstance(before, dict) or not isinstance(part, dict):
        return True
    return bool(part.get("forums") or part.get("threads")) or not (before.get("forums") or before.get("threads"))


def _scrubbed(forgotten: Forgotten, value: Any, site: str | None) -> Any:
    if isinstance(value, dict):
        kept = {key: entry for key, entry in value.items() if not forgotten.site(key)}
        return {key: _scrubbed(forgotten, entry, key if "." in key else site) for key, entry in kept.items()}
    if isinstance(value, list):
        return [_scrubbed(forgotten, entry, site) for entry in value if not _is_told(forgotten, entry, site)]
    return None if _is_told(forgotten, value, site) else value


def _is_told(forgotten: Forgotten, value: Any, site: str | None) -> bool:
    if not isinstance(value, str):
        return False
    host = site_of(value if "://" in value else f"https://{value}")
    sites = [name for name in (site, host) if name is not None]
    return any(forgotten.site(name) or names_number(forgotten, name, value) for name in sites)
