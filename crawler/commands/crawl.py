"""`threadset crawl`: one run of a scheduled job."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from crawler.clock import now
from crawler.commands._errors import CommandError
from crawler.commands._expected import expected, expected_lines
from crawler.commands._folder import opened_folder
from crawler.commands._job import check_places, hook_for, loaded, prepare, settings_of, write_report
from crawler.commands._options import accept_option, json_option, log_level, quiet_option, verbose_option
from crawler.commands._output import fail, log_event, print_json, say
from crawler.commands._run import Finished, ImplausibleError, Plan, mend_before, report, run
from crawler.jobs import Job
from crawler.jobs.report import Report
from crawler.outcome import COMPLETE, ERROR
from crawler.visible import printable
from output import PARTS, SINGLE

logger = logging.getLogger(__name__)

_HELP = """Run a scheduled job once: finish what a killed run left, then fetch what may have changed.

JOB.toml says who is crawling, what, how often at most, and where to. Put the command in a timer.

\b
Example:
  threadset crawl --check news.toml     what it would do, and how long; nothing is sent
  threadset crawl news.toml

\b
Exit codes:
  0 complete  3 incomplete: what is missing is listed  4 blocked  5 not understood, or the yield is implausible
  2 wrong usage  1 another error  6 another run is at work in the folder
"""


@click.command(help=_HELP, short_help="Run a scheduled job once.")
@click.argument("job_file", metavar="JOB.toml", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Say what the job would do and how long it would take; send nothing.")
@click.option("--log-json", is_flag=True, help="Log to standard error as JSON, one object a line.")
@accept_option
@json_option
@verbose_option
@quiet_option
def crawl(job_file: Path, *, check: bool, **options: Any) -> int:
    """Check the job; run it, tell of it."""
    job = loaded(job_file)
    if check:
        check_places(job, job_file)
        return _check(job, options)
    plan = Plan(
        folder=job.out,
        urls=[url for part in job.site for url in part.urls],
        settings=settings_of(job),
        formats=tuple(job.output.formats),
        delay=job.delay,
        layout=PARTS if job.output.partition else SINGLE,
        report=job.output.report,
        accept=options["accept_yield"],
        as_json=options["as_json"],
        quiet=options["quiet"] or options["as_json"],
        log_json=options["log_json"] or job.log_json,
    )
    plan.settings["LOG_LEVEL"] = log_level(max(options["verbose"], int(plan.log_json)), quiet=plan.quiet)
    plan.settings["LOG_JSON"] = plan.log_json
    return _Turn(job, job_file.resolve().parent, plan).take()


def _check(job: Job, options: dict[str, Any]) -> int:
    facts = expected(job)
    if options["as_json"]:
        print_json({"job": job.name, "folder": str(job.out), **facts.as_json(), "exit_code": COMPLETE})
    else:
        say(expected_lines(job, facts), quiet=options["quiet"])
    return COMPLETE


class _Turn:
    """One run of a job and what is told of it: on the terminal, in files, to the job's own commands."""

    def __init__(self, job: Job, home: Path, plan: Plan) -> None:
        self.job, self.home, self.plan = job, home, plan
        self.report = Report(job=job.name, folder=str(job.out), exit_code=ERROR, begun_at=now())
        self.finished: Finished | None = None
        self.error: CommandError | None = None
        self.written = False

    def take(self) -> int:
        """Run, report; the exit code."""
        try:
            with opened_folder(self.job.out, create=True):
                self._run()
                self._write()
        except CommandError as error:  # the folder cannot be used: what lies in it is not ours to touch
            self.error = self.error or error
        code = self._tell()
        self._hook(code)
        return code

    def _run(self) -> None:
        try:
            mend_before(self.plan)
            prepare(self.job)
            facts = expected(self.job)
            if self.plan.log_json:
                log_event("run_started", job=self.job.name, **facts.as_json())
            else:
                say(expected_lines(self.job, facts), quiet=self.plan.quiet)
            whole = self.job.recheck == "all" or not any(load.threads for load in facts.loads)
            self.finished = run(replace(self.plan, whole=whole))
        except CommandError as error:
            self.error = error
        except Exception as error:
            logger.exception("The run failed")
            what = f"it failed ({type(error).__name__})"
            self.error = CommandError(str(self.job.out), what, "report what stands above; the next run goes on")

    def _write(self) -> None:
        """`run.json` and `metrics.prom`, however the run ended."""
        told, finished, error = self.report, self.finished, self.error
        told.ended_at = now()
        if finished is not None:
            told.exit_code, told.stopped = finished.code, finished.end.stopped
            told.problems = [p.as_json() for p in finished.published.outcome.problems if not p.known]
            told.gone = dict(finished.published.tally.gone)
        elif error is not None:
            told.exit_code, told.error = error.exit_code, printable(error)
            told.implausible = error.signs if isinstance(error, ImplausibleError) else []
        self.written = write_report(self.job, told, as_event=self.plan.log_json)

    def _tell(self) -> int:
        code = self.report.exit_code
        if self.finished is not None and self.error is None:
            code = report(self.finished, self.plan)
        elif self.error is not None:
            code = self.error.exit_code
            if self.plan.as_json:
                signs = self.error.signs if isinstance(self.error, ImplausibleError) else []
                told = {"folder": str(self.job.out), "error": self.error.as_json(), "implausible": signs}
                print_json(told | {"exit_code": code})
            fail(self.error, as_event=self.plan.log_json)
        if self.plan.log_json:
            facts = self.report.as_json() if self.written else {"job": self.job.name}
            log_event("run_finished", **facts | {"exit_code": code})
        return code

    def _hook(self, code: int) -> None:
        """The job's own command. That it fails is told, and changes nothing: the exit code is about the data."""
        sys.stdout.flush()
        result = hook_for(self.job, code, self.home, written=self.written)
        if result is None:
            return
        if result.problem is not None:
            fix = "mend it in the job file; the dataset is not concerned"
            fail(CommandError(f"hook {result.command}", result.problem, fix), as_event=self.plan.log_json)
        self.report.hook = result
        if self.written:
            write_report(self.job, self.report, as_event=self.plan.log_json)
