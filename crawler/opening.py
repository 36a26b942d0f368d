"""What a session is opened with, out of the settings."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import cast, get_args

import orjson
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from crawler.archive import Archive
from crawler.clock import now
from crawler.forget import Redactor, load_forgotten
from crawler.forget.config import scrub_config
from crawler.items import SCHEMA_VERSION, Run, tool_version
from crawler.recheck import Policy
from crawler.store import STATE_FILE, Store


def store_of(settings: BaseSettings) -> tuple[Store, Path | None]:
    """The store in ``STATE_DIR``, a folder that is made where it is not; else a fresh one, and its folder."""
    folder = settings.get("STATE_DIR")
    scratch = None if folder else Path(tempfile.mkdtemp(prefix="threadset-"))
    home = scratch or Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    store = Store(home / STATE_FILE, create=True)
    store.max_attempts = settings.getint("MAX_ATTEMPTS")
    store.backoff = settings.getfloat("BACKOFF")
    store.group.limit = settings.getint("GROUP_PAGES")
    return store, scratch


def policy_of(settings: BaseSettings) -> Policy:
    """The setting ``RECHECK``; a refresh reads everything."""
    named = settings.get("RECHECK", "all")
    if named not in get_args(Policy):
        raise NotConfigured(f"the setting RECHECK is {named!r}; it must be one of {', '.join(get_args(Policy))}")
    return "all" if settings.getbool("REFRESH") else cast("Policy", named)


def redactor_of(store: Store) -> Redactor:
    """What keeps out of the store that which its folder has forgotten."""
    return Redactor(load_forgotten(store.path.parent))


def sites_of(settings: BaseSettings, redactor: Redactor) -> dict[str, object]:
    """The setting ``SITES`` without those that are forgotten."""
    sites = settings.getdict("SITES").items()
    return {str(name): facts for name, facts in sites if not redactor.forgotten.site(str(name))}


def run_of(settings: BaseSettings, redactor: Redactor) -> Run:
    """A run that begins now; the store gives it its number."""
    config = orjson.dumps(settings.getdict("RUN_CONFIG"), option=orjson.OPT_SORT_KEYS).decode()
    return Run(
        run_id=0,
        sites=[],
        started_at=now(),
        tool_version=tool_version(),
        schema_version=SCHEMA_VERSION,
        config=scrub_config(redactor.forgotten, config),
        user_agent=settings.get("USER_AGENT", ""),
        authenticated=bool(settings.get("COOKIES_FILE")),
    )


def archive_of(settings: BaseSettings, store: Store) -> Archive | None:
    """An archive beside the store; none where the store is a temporary one."""
    if not settings.get("STATE_DIR") or not settings.getbool("ARCHIVE"):
        return None
    return Archive(store.path.parent, store.db, size=settings.getint("ARCHIVE_SIZE"))
