"""A job file and the commands that use it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from crawler.commands._errors import CommandError
from crawler.commands._output import fail
from crawler.jobs import Job, JobError, load_job
from crawler.jobs.hooks import HookResult, run_hook
from crawler.jobs.metrics import METRICS, metrics_text
from crawler.jobs.report import RUN_JSON, Report, replace_file, run_facts, run_json, stored_bytes
from crawler.jobs.scope import Scope, narrow, renamed
from crawler.middlewares.cookies import CookieFileError, load_cookies
from crawler.outcome import INTERRUPTED, INTERRUPTED_TWICE, USAGE
from crawler.store import STATE_FILE, Store, StoreError
from crawler.store.look import looked_into
from output.report import has_extra


def loaded(path: Path) -> Job:
    """The job of a file. Raises `CommandError`."""
    try:
        job = load_job(path)
    except JobError as error:
        raise CommandError(error.where, error.reason, error.fix, USAGE) from None
    if job.cookies is not None:
        try:
            load_cookies(job.cookies)
        except CookieFileError as error:
            raise CommandError(f"{path}: cookies", error.reason, error.fix, USAGE) from None
    return job


def check_places(job: Job, path: Path) -> None:
    """See that what the job names on this machine is there. Raises `CommandError`."""
    if job.out.exists() and not job.out.is_dir():
        raise CommandError(f"{path}: out", f"{job.out} is a file", "give a folder", USAGE)
    if job.metrics is not None and not job.metrics.parent.is_dir():
        raise CommandError(f"{path}: metrics", f"there is no folder {job.metrics.parent}", "make it", USAGE)
    if job.output.report and not has_extra():
        fix = "pip install 'threadset[report]', or take it out"
        raise CommandError(f"{path}: output.report", "what makes reports is not installed", fix, USAGE)
    for name in ("on_success", "on_failure"):
        command = getattr(job.hooks, name)
        if command is not None and not _program(command[0], path.resolve().parent):
            fix = "give the path of a program that may be run"
            raise CommandError(f"{path}: hooks.{name}", f"there is no program {command[0]}", fix, USAGE)


def _program(name: str, home: Path) -> bool:
    """True for a name that a hook, run in the folder of the job file, would find."""
    return shutil.which(str(home / name) if "/" in name else name) is not None


def settings_of(job: Job) -> dict[str, Any]:
    """Scrapy's settings and ours, for a job."""
    delays = {site.name: job.delay_of(site.name) for site in job.sites}
    return {
        "STATE_DIR": str(job.out),
        "USER_AGENT": job.user_agent,
        "DOWNLOAD_DELAY": min(delays.values()),
        "SITE_DELAYS": delays,
        "SITES": {
            site.name: {
                "places": list(site.places),
                "subforums": site.subforums,
                "includes": list(site.includes),
                "excludes": list(site.excludes),
            }
            for site in job.sites
        },
        "PRIVATE_HOSTS": list(job.private_hosts),
        "COOKIES_FILE": str(job.cookies) if job.cookies is not None else None,
        "RECHECK": job.recheck,
        "ARCHIVE": job.archive.enabled,
        "ARCHIVE_KEEP_DAYS": job.archive.keep_days,
        "PAGE_BUDGET": job.budget.pages or 0,
        "TIME_BUDGET": (job.budget.minutes or 0) * 60,
        "RUN_CONFIG": job.as_config(),
    }


def prepare(job: Job) -> None:
    """Bring the frontier in line with the job as it is now. Raises `CommandError`."""
    sites = {part.site.name: part for part in job.site}
    with Store(job.out / STATE_FILE, create=True) as store:
        other = renamed(store.db, {name: part.site for name, part in sites.items()})
        if other is not None:
            place, name = other
            raise CommandError(
                str(job.out),
                f"it holds the forum under the name {place}, and the job calls it {name}",
                f'give the [[site]] the name = "{place}" and the new host as one of its aliases',
                USAGE,
            )
        narrow(store, Scope(store.db, sites))


def write_report(job: Job, report: Report, *, as_event: bool) -> bool:
    """Write `run.json` and `metrics.prom`; false, and a word of it, where that cannot be."""
    path, metrics = job.out / RUN_JSON, job.metrics or job.out / METRICS
    try:
        with looked_into(job.out / STATE_FILE) as db:
            report.facts = run_facts(db)
        report.stored_bytes = stored_bytes(job.out)
        replace_file(path, run_json(report))
        path = metrics
        replace_file(path, metrics_text(report).encode())
    except (OSError, StoreError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        fix = "make its folder, or change `metrics` in the job" if path == job.metrics else "check the disk"
        fail(CommandError(str(path), f"the report cannot be written ({cause})", fix), as_event=as_event)
        return False
    return True


def hook_for(job: Job, code: int, home: Path, *, written: bool) -> HookResult | None:
    """Run the command that belongs to an exit code, in the folder of the job file.

    None runs where somebody pressed Ctrl-C.
    """
    good = code in job.hooks.success_codes
    command = job.hooks.on_success if good else job.hooks.on_failure
    if command is None or code in {INTERRUPTED, INTERRUPTED_TWICE}:
        return None
    facts = {
        "THREADSET_JOB": job.name,
        "THREADSET_DIR": str(job.out),
        "THREADSET_EXIT": str(code),
        "THREADSET_RESULT": "success" if good else "failure",
    }
    if written:
        facts["THREADSET_RUN_JSON"] = str(job.out / RUN_JSON)
    return run_hook(command, facts, folder=home, timeout=job.hooks.timeout)
