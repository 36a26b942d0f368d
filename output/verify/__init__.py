"""Checks a published dataset: files, schema, keys, order, references, counts, text."""

from __future__ import annotations

from pathlib import Path

from output.errors import ManifestError
from output.manifest import MANIFEST, read_manifest
from output.read import Dataset
from output.verify.counts import check_counts
from output.verify.files import check_files
from output.verify.formats import check_formats
from output.verify.frames import Frames
from output.verify.parts import check_parts
from output.verify.problem import Problem, Report
from output.verify.ranks import check_ranks
from output.verify.references import check_references
from output.verify.rows import check_rows

__all__ = ["Problem", "verify"]


def verify(directory: Path) -> list[Problem]:
    """Everything that is wrong with the dataset in a folder; an empty list when nothing is.

    Of each kind of problem in a file, the first ten are listed and the others counted. Only key and count columns
    are held in memory, and texts batch by batch.
    """
    try:
        manifest = read_manifest(directory)
    except ManifestError as error:
        return [Problem(MANIFEST, None, error.reason, error.fix)]
    report = Report()
    dataset = Dataset(directory, manifest)
    frames = Frames(dataset, report)
    check_formats(frames, check_files(dataset, report))
    for check in (check_parts, check_rows, check_references, check_counts, check_ranks):
        check(frames)
    return report.problems()
