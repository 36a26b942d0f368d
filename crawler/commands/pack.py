"""`threadset pack`: what a research group can publish, out of one or several crawls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout

from crawler.commands._errors import CommandError
from crawler.commands._folder import existing
from crawler.commands._forgotten import check_elsewhere
from crawler.commands._options import F, FormatList, json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.outcome import COMPLETE, ERROR, LOCKED, USAGE
from output.errors import ManifestError, OutputError
from output.pack import (
    FORMATS,
    KINDS,
    PROFILES,
    CallError,
    LeakError,
    Options,
    Packed,
    Rules,
    Statement,
    Where,
    read_about,
)
from output.pack import pack as make_pack

_HELP = """Make of crawl folders what can be handed to researchers: Parquet and JSONL under pseudonyms, with a card.

The licence is yours to state. Members, numbers and addresses are replaced under a key, which is made in a file beside
the pack where there is none; keep it, and keep it secret. A test then looks for what must not be in the pack, and stops
the publication when it finds something. What was in the folder before stays until all is well.
"""


_PATH = click.Path(path_type=Path)


def _path(*names: str, metavar: str = "FILE", **more: Any) -> Callable[[F], F]:
    return click.option(*names, metavar=metavar, type=_PATH, **more)


def _choice(name: str, choices: Sequence[str], default: str, told: str) -> Callable[[F], F]:
    return click.option(name, type=click.Choice(choices), default=default, show_default=True, help=told)


@click.command(help=_HELP, short_help="Make a dataset to hand over: pseudonyms, card, checks.")
@click.argument("folders", metavar="DIR…", nargs=-1, required=True, type=_PATH)
@_path("--to", "target", metavar="DIR2", required=True, help="Folder of the pack.")
@click.option(
    "--license", "license_name", metavar="SPDX", required=True, help="Licence of the compilation, as you state it."
)
@_choice("--profile", PROFILES, "pseudonymised", "full keeps names, HTML and addresses: under an agreement only.")
@_path("--key", help="Key of the pseudonyms; made when it is not there.  [default: DIR2.key, or OLD.key]")
@click.option(
    "--format",
    "formats",
    type=FormatList(FORMATS),
    default="parquet,jsonl",
    show_default=True,
    metavar="NAME,…",
    help="Formats beside Parquet: jsonl, csv, convokit.",
)
@click.option("--compress", is_flag=True, help="Write JSONL as .jsonl.zst.")
@click.option(
    "--where",
    "wheres",
    multiple=True,
    metavar="NAME=VALUE",
    help="Threads to take: site=HOST, forum=ID, thread=ID, from=DATE, to=DATE (begun before it).",
)
@_path(
    "--since",
    metavar="OLD",
    help="An earlier pack: tell what was added, changed and removed, and go on from its version.",
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="N threads, by length and year.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Which sample.")
@click.option("--article-bodies", is_flag=True, help="With the words of news articles, which are their publishers'.")
@click.option("--recovered-text", is_flag=True, help="With text known only from quotes of a post.")
@_choice(
    "--names-in-prose",
    ["keep", "replace"],
    "replace",
    "Names of members in what people wrote: replace them, or only count them.",
)
@_path(
    "--takedown",
    help="Leave out what it lists: `post SITE ID`, `author SITE NAME`, `thread SITE ID` or `site NAME` a line.",
)
@_choice("--takedown-unmatched", ["error", "ok"], "error", "What an entry that matches nothing is.")
@click.option("--allow-authenticated", is_flag=True, help="Also what was crawled with a login.")
@click.option("--title", metavar="TEXT", help="Title.  [default: the folder's name]")
@click.option("--creator", "creators", multiple=True, metavar="NAME", help="Who made it; may be repeated.")
@click.option("--url", metavar="URL", help="Where it will be found.")
@click.option("--contact", metavar="TEXT", help="Where to ask for a takedown.")
@_path("--about", help="Markdown for the card: why it was made, ethics review, legal basis.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that make the tables; the more, the more memory.  [default: as many as cores, 3 at the most]",
)
@click.option("--date", metavar="YYYY-MM-DD", help="Its date.  [default: that of the newest crawl]")
@json_option
@quiet_option
def pack(folders: tuple[Path, ...], target: Path, *, as_json: bool, quiet: bool, **given: Any) -> int:  # fmt: skip
    """Make the pack."""
    try:
        options = _options(target, given)
    except OutputError as error:
        raise CommandError("pack", error.reason, error.fix, USAGE) from None
    for folder in (*folders, *([options.since] if options.since else [])):
        existing(folder)
    check_elsewhere(folders)
    lock = target.parent / f".{target.name}.lock"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=0):
            made = make_pack(folders, target, options)
    except Timeout:
        reason = "another packing is at work on this folder"
        raise CommandError(str(target), reason, "wait until it ends, or give another folder", LOCKED) from None
    except LeakError as error:
        raise CommandError(str(target), f"not published: {error.reason}", error.fix, ERROR) from None
    except OutputError as error:
        code = USAGE if isinstance(error, CallError | ManifestError) else ERROR
        raise CommandError("pack", error.reason, error.fix, code) from None
    except OSError as error:
        raise CommandError(
            str(target), f"it cannot be written ({error.strerror})", "give another folder", USAGE
        ) from None
    if as_json:
        print_json(_facts(made) | {"exit_code": COMPLETE})
    else:
        say(_lines(made), quiet=quiet)
    return COMPLETE


def _options(target: Path, given: dict[str, Any]) -> Options:
    shielded = given["profile"] == "pseudonymised"
    return Options(
        rules=Rules(
            profile=given["profile"],
            article_bodies=given["article_bodies"],
            recovered_text=given["recovered_text"],
            names_in_prose=given["names_in_prose"],
        ),
        statement=Statement(
            license=given["license_name"],
            title=given["title"] or target.resolve().name,
            creators=given["creators"],
            url=given["url"],
            contact=given["contact"],
            date=given["date"],
            about=read_about(given["about"]) if given["about"] is not None else None,
        ),
        key=(given["key"] or _key_of(given["since"] or target)) if shielded else None,
        since=given["since"],
        formats=given["formats"],
        compress=given["compress"],
        where=Where.parse(given["wheres"]),
        sample=given["sample"],
        seed=given["seed"],
        allow_authenticated=given["allow_authenticated"],
        takedown=given["takedown"],
        unmatched_ok=given["takedown_unmatched"] == "ok",
        workers=given["workers"],
    )


def _key_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.key")


def _lines(made: Packed) -> list[str]:
    said: Any = made.manifest.sections["pack"]
    tables = made.manifest.tables
    lines = [f"{made.folder}:", f"  {tables['threads']} threads, {tables['posts']} posts, {tables['quotes']} quotes"]
    if said["key_id"] is not None:
        prose = said["names_in_prose"]
        lines.append(f"  pseudonyms under the key {said['key_id']}; the leak test found nothing")
        lines.append(
            f"  names left in prose: {sum(prose['by_column'].values())} ({prose['different_names']} different)"
        )
    if "takedown" in said:
        gone = said["takedown"]
        lines.append(f"  taken down: {gone['posts']} posts, {gone['authors']} authors, {gone['quotes']} quotes of them")
    release = said["release"]
    if release["since"] is not None:
        total = {kind: sum(counts[kind] for counts in release["changes"].values()) for kind in KINDS}
        told = ", ".join(f"{count} {kind}" for kind, count in total.items())
        lines.append(f"  version {release['version']}, against {release['since']['version']}: rows {told}")
    if made.key_made is not None:
        lines.append(f"  a key was made: {made.key_made}; keep it, and keep it secret")
    return [*lines, f"  read     {made.folder}/README.md"]


def _facts(made: Packed) -> dict[str, Any]:
    said: Any = made.manifest.sections["pack"]
    return {
        "folder": str(made.folder),
        "tables": made.manifest.tables,
        "profile": said["profile"],
        "key_id": said["key_id"],
        "release": said["release"],
        "key_made": str(made.key_made) if made.key_made else None,
        "names_in_prose": said.get("names_in_prose"),
        "takedown": said.get("takedown"),
    }
