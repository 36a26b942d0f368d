"""How much of the invented articles is read as meant, file by file. Not a ratio of times, but of fields."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "tests" / "pipelines"


def run() -> Iterator[str]:
    sys.path.insert(0, str(SAMPLES))
    from article_samples import COLUMNS, FOLDER, WRITTEN, samples, wrong

    for path in sorted(FOLDER.glob("*.txt")):
        posts = samples(path.stem)
        if path.stem == "ordinary":
            n_taken = sum(post.read(WRITTEN) is not None for post in posts)
            yield f"| ordinary posts taken for articles | {n_taken / len(posts):.3f} | {n_taken} | {len(posts)} |"
            continue
        n_right = sum(len(COLUMNS) - len(wrong(post, post.read())) for post in posts)
        n = len(COLUMNS) * len(posts)
        yield f"| articles/{path.name}: fields as meant | {n_right / n:.3f} | {n_right} | {n} |"
