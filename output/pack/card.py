"""The card of a pack: `README.md`, a datasheet filled in from what the crawls recorded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crawler.items import TOOL, tool_version
from output.pack.dictionary import dictionary
from output.pack.figures import Figures
from output.pack.loading import loading
from output.pack.markdown import Own, counts, many, plain, quoted, table
from output.pack.metadata import NOT_STATED, creators, describe, languages_of
from output.pack.takedown import sentence

if TYPE_CHECKING:
    from output.pack.documents import Facts

MOST_GAPS = 50
"""Kinds of gaps that are listed."""

_MOST_LANGUAGES = 20
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LIMITS = """\
What no crawl of a forum sees, and so is not here: posts that were gone before the first reading, and the words of a
post before an edit that came earlier than that; who reacted to what; what only members may read, unless a login was
used. A post that is hidden cannot be told from one that was deleted: it is `missing`, then `removed`. Counts of
reactions, votes and views are those of the last reading. Names of guests identify nobody. Attachments and images were
not fetched."""
_BLANK = """\
Not stated by its makers: why it was made and for what, who paid, which ethics review it passed, on which legal basis
the posts are processed, and whether the people in it were told. Ask before you use it."""


def card(facts: Facts, found: Figures) -> str:
    """Markdown behind a YAML head that Hugging Face reads. Nothing in it comes from a page but sites and counts."""
    parts = [
        _head(facts),
        f"# {plain(facts.statement.title)}",
        describe(facts),
        _version(facts),
        f"## Why it was made\n\n{facts.statement.about or _BLANK}",
        _composition(facts, found),
        _complete(facts, found),
        _linking(facts, found),
        _edits(found),
        _collection(facts),
        _privacy(facts),
        _stated(facts),
        loading(facts.pack["formats"]),
        dictionary(facts.rules),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(facts: Facts) -> str:
    lines = ["---", f"pretty_name: {quoted(facts.statement.title)}"]
    if " " in facts.statement.license or facts.statement.license.startswith("LicenseRef-"):
        lines += ["license: other", f"license_name: {quoted(facts.statement.license)}"]
    else:
        lines.append(f"license: {quoted(facts.statement.license.lower())}")
    if languages := languages_of(facts):
        lines += ["language:", *(f"  - {quoted(name)}" for name in languages)]
    posts = facts.rows("posts")
    lines += [
        "size_categories:",
        f"  - {next((name for most, name in _SIZES if posts < most), '1M<n<10M')}",
        "configs:",
    ]
    # `datasets` cannot load a table without rows.
    for one in (one for one in facts.tables if facts.rows(one.name)):
        lines += [f"  - config_name: {one.name}", f'    data_files: "parquet/{one.name}-*.parquet"']
        lines += ["    default: true"] if one.name == "posts" else []
    return "\n".join([*lines, "---"])


def _version(facts: Facts) -> str:
    release, dated = facts.release, f" of {facts.date}" if facts.date else ""
    if release.since is None:
        return f"Version {release.version}{dated}, the first release."
    written = ", row by row in `changes/`" if release.files else ""
    return f"""Version {release.version}{dated}. What it has against {release.since.version} stands by counts in
`CHANGELOG.md`{written}."""


def _composition(facts: Facts, found: Figures) -> str:
    sites = [
        (name, site.threads, site.posts, site.members, _time(site.first), _time(site.last))
        for name, site in sorted(found.sites.items())
    ]
    rows = [(Own(f"`{one.name}`"), facts.rows(one.name), Own(one.description)) for one in facts.tables]
    years = ", ".join(f"{count} in {year}" for year, count in sorted(found.years.items())) or "none with a time"
    longest = max(found.lengths, default=0)
    return f"""## What is in it

{table(("site", "threads", "posts", "members", "first post", "last post"), sites)}

Posts: {years}. By status: {counts(found.posts)}. Without words (withheld ones among them): {found.without_words}; by
guests: {found.by_guests}. The median thread has {many(found.median_length, "post")}, the longest {longest}.

{_languages(found.languages)}

{table(("table", "rows", "what"), rows)}"""


def _languages(told: dict[str, Any]) -> str:
    """Shares of the posts whose language was told."""
    total = sum(told["posts"].values())
    names = list(told["posts"].items())
    shares = [f"{name} {100 * count / total:.1f} %" for name, count in names[:_MOST_LANGUAGES]]
    if rest := sum(count for _, count in names[_MOST_LANGUAGES:]):
        shares.append(f"others {100 * rest / total:.1f} %")
    step = "" if told["one_in"] == 1 else f", every {told['one_in']}th"
    looked = f"{many(told['looked_at'], 'post')} with words{step}"
    short = f"{told['too_short']} were too short to tell"
    if told["by"] == "script":
        kind, by = "Scripts (the language was not determined)", "by the letters"
    else:
        kind, by = "Languages", f"by {told['by']}, an estimate"
    found = ", ".join(shares) or "none could be told"
    return f"{kind}: {found}. Told {by}, of {looked}; {short}, {told['unknown']} are unknown."


def _complete(facts: Facts, found: Figures) -> str:
    whole = "Nothing that was asked for is missing." if facts.record.complete else "**It is not complete.**"
    gaps = Counter((gap["what"], gap["reason"]) for gap in facts.record.gaps)
    rows = [(what, reason, count) for (what, reason), count in sorted(gaps.items(), key=str)]
    listed = table(("what is missing", "why", "how many"), rows[:MOST_GAPS]) if rows else "No gaps were recorded."
    if len(rows) > MOST_GAPS:
        listed += f"\n\nAnd {len(rows) - MOST_GAPS} more kinds."
    listed = "\n\n".join(filter(None, (listed, sentence(facts.pack))))
    selection = facts.pack.get("selection")
    part = f"\n\nThis is a selection: `{quoted(selection)}`." if selection else ""
    share = f" ({100 * found.seen / found.declared:.2f} %)" if found.declared else ""
    return f"""## Completeness and known gaps

{whole} Threads that are complete: {found.threads_complete} of {sum(found.threads.values())} ({counts(found.threads)}).
Those that declare a number declare {many(found.declared, "post")}; {found.seen} of these were seen{share}.
`manifest.json` lists each gap (`completeness.problems`).{part}

{listed}

{_LIMITS}"""


def _linking(facts: Facts, found: Figures) -> str:
    rows: list[tuple[Any, ...]] = []
    for site, made in sorted(facts.record.linking.items()):
        for method, row in sorted(made.get("methods", {}).items()):
            if row.get("answered"):
                told = (_part(row.get("precision")), _part(row.get("recall")), row["answered"])
                rows.append((site, Own(f"`{method}`"), *told, made.get("explicit_quotes")))
    heads = ("site", "method", "precision", "recall", "answered", "of explicit quotes")
    measured = table(heads, rows) if rows else "No site had explicit quotes to measure it on."
    return f"""## How quotes were linked

By the post's number where the markup names it (`explicit_id`), else by author and time, else by author and words; never
by the order of posts. Targets: {counts(found.quotes)}. Methods: {counts(found.methods)}. `confidence` is a column of
`quotes`; `author_text` stands below for the rules by author and words, one after the other.

Measured on each site's own explicit quotes, with their numbers and times hidden:

{measured}"""


def _edits(found: Figures) -> str:
    return f"""## Edits and removals seen

{many(found.marked, "post")} with an edit mark; {found.edited} with more than one version that was read. Versions by
source: {counts(found.versions)} (`quote`: words that only a quote of the post still has).
Events: {counts(found.events)}.
When something changed between two readings is known only within their bounds (`changed_after`, `changed_before`)."""


def _collection(facts: Facts) -> str:
    heads = (
        "sites",
        "from",
        "to",
        "outcome",
        "requests",
        "pages",
        "delay (s)",
        "robots.txt (SHA-256)",
        "version",
        "login",
    )
    rows = [
        (
            ", ".join(run["sites"]),
            _time(run["started_at"]),
            _time(run["finished_at"]),
            run["outcome"],
            run["n_requests"],
            run["n_pages"],
            run["delay"],
            (run["robots_sha256"] or "none")[:16],
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

With {TOOL}, which obeys robots.txt and sends one request at a time to a host; packed with version {tool_version()}.
Times are UTC; of the hash of robots.txt as it was read, the first 16 digits (`manifest.json` has all).{login}

{table(heads, rows)}"""


def _privacy(facts: Facts) -> str:
    rules = facts.rules
    without = "are left out, and so is what quotes them; their metadata is here"
    bodies = "are included" if rules.article_bodies else without
    recovered = "is included" if rules.recovered_text else "is left out"
    common_rules = f"Bodies of news articles {bodies}. Text known only from quotes of a post {recovered}."
    if rules.profile == "full":
        return f"""## Privacy and ethics

**Profile `full`: names, numbers and addresses are those of the live site.** Hand it over under an agreement only.
{common_rules}"""
    return f"""## Privacy and ethics

Profile `pseudonymised`: members and numbers are keyed pseudonyms (key id `{facts.pack["key_id"]}`; the key is not
here). Numbers are unique within site and kind, and say nothing of order: sort by time. HTML, names and addresses of the
site are taken out, of quotes, mentions, citing lines, edit marks and links too: in their places stand labels
(`user-000-000-000-000-000`) and `[link]`.
{common_rules}

**It is personal data all the same.** Times are exact and words are as they were written, so a search engine may lead
from a sentence to the live post. {_prose(facts)} Do not try to find out who wrote what, do not quote posts word for
word without need, and delete your copy of what a later release takes out."""


def _prose(facts: Facts) -> str:
    told = facts.pack["names_in_prose"]
    counted, different = sum(told["by_column"].values()), told["different_names"]
    if facts.rules.names_in_prose == "keep":
        return (
            f"Names of members (four characters or more) stand {many(counted, 'time')} in prose, where nothing tells a"
            f" name from a word (different ones: {different})."
        )
    return (
        f"Names of four characters or more are replaced in prose, too: {many(told['replaced'], 'time')}. Left are words"
        f" that are such a name but for capital letters ({counted}, of {many(different, 'name')}); shorter names were"
        " not looked for in prose."
    )


def _stated(facts: Facts) -> str:
    statement = facts.statement
    contact = statement.contact or statement.url or NOT_STATED
    return f"""## Licence, citation, takedown

Licence of the compilation, as its makers state it: {plain(statement.license)}. The words of the posts are their
authors', and articles are their publishers': this licence cannot speak for them.

Made by: {plain("; ".join(creators(facts)))}. How to cite: see `CITATION.cff`. To have something taken out, write to:
{plain(contact)}."""


def _time(value: Any) -> str:
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M")


def _part(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
