"""A run in the text format of Prometheus, as its node exporter takes it from a file."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.jobs.report import Report

METRICS = "metrics.prom"

Sample = tuple[dict[str, str], float | None]
"""Labels beside ``job``, and a value; null where it is not known."""


def metrics_text(report: Report) -> str:
    """The content of `metrics.prom`; what is not known is left out."""
    facts, last, hook = report.facts, report.facts.last_success_at, report.hook
    single: list[tuple[str, str, float | None]] = [
        ("exit_code", "Exit code of the last run.", report.exit_code),
        ("run_timestamp_seconds", "End of the last run.", report.ended_at.timestamp()),
        (
            "last_success_timestamp_seconds",
            "End of the last run that read what there was to read.",
            last.timestamp() if last else None,
        ),
        ("run_duration_seconds", "Duration of the last run.", report.seconds),
        ("run_requests", "Requests sent by the last run.", facts.n_requests),
        ("run_pages", "Pages read by the last run.", facts.n_pages),
        ("run_posts", "Posts read by the last run.", facts.n_posts),
        ("run_new_posts", "Posts that the last run saw first.", facts.n_new),
        ("run_changed_posts", "Posts whose words the last run found changed.", facts.n_changed),
        ("run_missing_posts", "Posts that the last run was the first to miss.", report.n_missing),
        ("run_problems", "Things that are missing, as in the manifest.", len(report.problems)),
        ("run_implausible", "Signs that the last run was not read rightly.", len(report.implausible)),
        ("run_bytes", "Bytes of the pages of the last run.", facts.n_bytes),
        ("bytes_a_year", "Bytes of pages in a year, at this rate.", facts.n_bytes_a_year),
        ("requests_per_new_post", "Requests of the last run for each new post.", facts.requests_per_new_post),
        ("hook_failed", "1 where the command at the end of the run failed.", bool(hook.problem) if hook else None),
    ]
    several: list[tuple[str, str, Iterable[Sample]]] = [
        ("frontier_pages", "Pages known, by state.", [({"state": k}, v) for k, v in sorted(facts.frontier.items())]),
        (
            "site_requests",
            "Requests sent by the last run to a site.",
            [({"site": name}, site.n_requests) for name, site in facts.sites.items()],
        ),
        ("stored_bytes", "Bytes in the folder.", [({"what": k}, v) for k, v in sorted(report.stored_bytes.items())]),
    ]
    gauges = [*((name, text, [({}, value)]) for name, text, value in single), *several]
    lines = [line for name, text, samples in gauges for line in _gauge(name, text, report.job, samples)]
    return "\n".join(lines) + "\n"


def _gauge(name: str, text: str, job: str, samples: Iterable[Sample]) -> list[str]:
    known = [(labels, value) for labels, value in samples if value is not None]
    if not known:
        return []
    head = [f"# HELP threadset_{name} {text}", f"# TYPE threadset_{name} gauge"]
    return head + [f"threadset_{name}{{{_labels({'job': job, **labels})}}} {float(value)!r}" for labels, value in known]


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
