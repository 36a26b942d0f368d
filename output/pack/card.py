"""The card of a pack: `README.md`, a datasheet filled in from what the crawls recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import orjson

from crawler.items import TOOL, tool_version
from output.pack.figures import Figures
from output.pack.metadata import NOT_STATED, creators, describe
from output.pack.takedown import sentence

if TYPE_CHECKING:
    from output.pack.documents import Facts

_MOST_GAPS = 50

_LOADING = """\
```python
# pandas
import pandas as pd

posts = pd.read_parquet("parquet/posts-00000.parquet")
```

```python
# Polars
import polars as pl

posts = pl.scan_parquet("parquet/posts-*.parquet").collect()
```

```python
# DuckDB
import duckdb

posts = duckdb.sql("SELECT * FROM 'parquet/posts-*.parquet'")
```

```python
# Hugging Face datasets
from datasets import load_dataset

posts = load_dataset("parquet", data_files="parquet/posts-*.parquet", split="train")
```

```r
# R
posts <- arrow::open_dataset(Sys.glob("parquet/posts-*.parquet"))
```

```scala
// Spark
val posts = spark.read.parquet("parquet/posts-*.parquet")
```
"""
_CONVOKIT = """
```text
# ConvoKit
from convokit import Corpus; corpus = Corpus("convokit")
```
"""


def card(facts: Facts, found: Figures) -> str:
    """Markdown behind a YAML head that Hugging Face reads. Nothing in it comes from a page but sites and counts."""
    parts = [
        _head(facts),
        f"# {_plain(facts.statement.title)}",
        describe(facts),
        _version(facts),
        _composition(facts, found),
        _complete(facts, found),
        _linking(facts, found),
        _edits(found),
        _collection(facts),
        _privacy(facts),
        _stated(facts),
        "## How to load it\n\n" + _LOADING + (_CONVOKIT if "convokit" in facts.pack["formats"] else ""),
        _dictionary(facts),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(facts: Facts) -> str:
    lines = ["---", f"pretty_name: {_quoted(facts.statement.title)}"]
    if " " in facts.statement.license or facts.statement.license.startswith("LicenseRef-"):
        lines += ["license: other", f"license_name: {_quoted(facts.statement.license)}"]
    else:
        lines.append(f"license: {_quoted(facts.statement.license.lower())}")
    lines.append("configs:")
    for table in facts.tables:
        lines += [f"  - config_name: {table.name}", f'    data_files: "parquet/{table.name}-*.parquet"']
        lines += ["    default: true"] if table.name == "posts" else []
    return "\n".join([*lines, "---"])


def _version(facts: Facts) -> str:
    release, dated = facts.release, f" of {facts.date}" if facts.date else ""
    if release.since is None:
        return f"Version {release.version}{dated}, the first release."
    written = ", row by row in `changes/`" if release.files else ""
    return f"""Version {release.version}{dated}. What it has against {release.since.version} stands by counts in
`CHANGELOG.md`{written}."""


def _composition(facts: Facts, found: Figures) -> str:
    rows = [(f"`{table.name}`", facts.rows(table.name), table.description) for table in facts.tables]
    return f"""## What is in it

Posts from {found.first_post_at or "unknown"} to {found.last_post_at or "unknown"}. Their language was not determined.

{_table(("table", "rows", "what"), rows)}

Posts by status: {_counts(found.posts)}. Posts without words (withheld ones among them): {found.without_words}."""


def _complete(facts: Facts, found: Figures) -> str:
    whole = "Nothing that was asked for is missing." if facts.record.complete else "**It is not complete.**"
    gaps = Counter((gap["what"], gap["reason"]) for gap in facts.record.gaps)
    rows = [(what, reason, count) for (what, reason), count in sorted(gaps.items(), key=str)]
    listed = _table(("what is missing", "why", "how many"), rows[:_MOST_GAPS]) if rows else "No gaps were recorded."
    listed = "\n\n".join(filter(None, (listed, sentence(facts.pack))))
    selection = facts.pack.get("selection")
    part = f"\n\nThis is a selection: `{_quoted(selection)}`." if selection else ""
    return f"""## Completeness and known gaps

{whole} {found.threads_complete} of {sum(found.threads.values())} threads are complete ({_counts(found.threads)}). The
threads that declare a number declare {found.declared} posts; {found.seen} of these were seen. `manifest.json` lists
each gap.{part}

{listed}"""


def _linking(facts: Facts, found: Figures) -> str:
    rows = []
    for site, made in sorted(facts.record.linking.items()):
        for method, row in sorted(made.get("methods", {}).items()):
            rows.append((site, method, row.get("precision"), row.get("recall"), row.get("answered")))
    heads = ("site", "method", "precision", "recall", "answered")
    measured = _table(heads, rows) if rows else "No site had explicit quotes to measure it on."
    return f"""## How quotes were linked

Targets: {_counts(found.quotes)}. Methods: {_counts(found.methods)}. Measured on each site's own explicit quotes, with
their numbers hidden:

{measured}"""


def _edits(found: Figures) -> str:
    return f"""## Edits and removals seen

{found.edited} posts have more than one version. Versions by source: {_counts(found.versions)}. Events:
{_counts(found.events)}. What changed between two readings is known only within their bounds."""


def _collection(facts: Facts) -> str:
    heads = ("sites", "from", "to", "outcome", "requests", "delay (s)", "robots.txt (SHA-256)", "version", "login")
    rows = [
        (
            ", ".join(run["sites"]),
            _time(run["started_at"]),
            _time(run["finished_at"]),
            run["outcome"],
            run["n_requests"],
            run["delay"],
            (run["robots_sha256"] or "")[:16],
            run["tool_version"],
            "yes" if run["authenticated"] else "no",
        )
        for run in facts.record.runs
    ]
    login = (
        "\n\n**A run carried a login: the data may hold what guests of the site do not see.**"
        if facts.pack["authenticated"]
        else ""
    )
    return f"""## How it was collected

With {TOOL} {tool_version()}, which obeys robots.txt and sends one request at a time to a host.{login}

{_table(heads, rows)}"""


def _privacy(facts: Facts) -> str:
    rules = facts.rules
    without = "are left out, and so is what quotes them; their metadata is here"
    bodies = "are included" if rules.article_bodies else without
    recovered = "is included" if rules.recovered_text else "is left out"
    common = f"Bodies of news articles {bodies}. Text known only from quotes of a post {recovered}."
    if rules.profile == "full":
        return f"""## Privacy

**Profile `full`: names, numbers and addresses are those of the live site.** Hand it over under an agreement only.
{common}"""
    return f"""## Privacy

Profile `pseudonymised`: members and numbers are keyed pseudonyms (key id `{facts.pack["key_id"]}`; the key is not
here). HTML, names and addresses of the site are taken out, of quotes, mentions, citing lines, edit marks and links too.
{common}

**It is personal data all the same.** Times are exact and words are as they were written, so a search engine may lead
from a sentence to the live post. {_prose(facts)} Do not try to find out who wrote what."""


def _prose(facts: Facts) -> str:
    told = facts.pack["names_in_prose"]
    counted, different = sum(told["by_column"].values()), told["different_names"]
    if facts.rules.names_in_prose == "keep":
        return (
            f"Names of members (four characters or more) stand {counted} times in prose, where nothing tells a name"
            f" from a word: {different} different ones."
        )
    return (
        f"Names of four characters or more are replaced in prose, too: {told['replaced']} times. {counted} words are"
        f" left that are such a name ({different} different ones) but for capital letters, and shorter names were not"
        " looked for in prose."
    )


def _stated(facts: Facts) -> str:
    statement = facts.statement
    contact = statement.contact or statement.url or NOT_STATED
    return f"""## Licence, citation, takedown

Licence of the compilation, as its makers state it: {statement.license}. The words of the posts are their authors', and
articles are their publishers': this licence cannot speak for them.

Made by: {_plain("; ".join(creators(facts)))}. How to cite: see `CITATION.cff`. To have something taken out, write to:
{_plain(contact)}.

Motivation, ethics review and legal basis: {NOT_STATED}; whoever hands it over fills this in."""


def _dictionary(facts: Facts) -> str:
    parts = ["## Data dictionary"]
    for table in facts.tables:
        rows = [
            (f"`{column.name}`", column.kind, "yes" if column.nullable else "no", column.description)
            for column in facts.rules.columns(table)
        ]
        key = ", ".join(f"`{name}`" for name in table.key)
        parts.append(f"### `{table.name}`\n\n{table.description} Key: {key}.")
        parts.append(_table(("column", "type", "null", "description"), rows))
    return "\n\n".join(parts)


def _table(heads: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> str:
    lines = [heads, *rows]
    text = [f"| {' | '.join(_plain('' if cell is None else cell) for cell in line)} |" for line in lines]
    text.insert(1, "|" + "---|" * len(heads))
    return "\n".join(text)


def _plain(value: object) -> str:
    """On one line, without what Markdown or HTML would obey."""
    text = str(value)
    return "".join(_ESCAPES.get(char, char) for char in text if char.isprintable())


_ESCAPES = {"|": "\\|", "<": "&lt;", ">": "&gt;", "&": "&amp;", "[": "\\[", "]": "\\]"}


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items())) or "none"


def _time(value: Any) -> str:
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M")


def _quoted(value: Any) -> str:
    return orjson.dumps(value).decode()
