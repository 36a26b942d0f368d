"""What the documentation says of files, commands and options exists."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from crawler.commands import cli
from crawler.outcome import PRECEDENCE, REASONS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
COMMAND = re.compile(r"(?:^\$ |^|&& |`)(threadset [a-z][^`\n|]*)", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9]*(\.\w+)?")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [target for target, _ in links_of(page) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_links_lead_to_headings_that_are_there(page: Path) -> None:
    places = [(page.parent / target if target else page, place) for target, place in links_of(page) if place]
    assert [f"{path.name}#{place}" for path, place in places if place not in headings_of(path)] == []


def links_of(page: Path) -> list[tuple[str, str]]:
    """The relative links of a page: file (empty: the page itself) and heading."""
    text = CODE.sub("", page.read_text("utf-8"))
    return [link.partition("#")[::2] for link in LINK.findall(text)]


def headings_of(page: Path) -> set[str]:
    """What the headings of a page are called in links, as GitHub calls them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_page_is_in_the_index() -> None:
    linked = {target for target, _ in links_of(ROOT / "docs" / "index.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == {"index.md"}


def commands_in(page: Path) -> list[str]:
    pieces = ["".join(found) for found in CODE.findall(page.read_text("utf-8"))]
    return [command for piece in pieces for command in COMMAND.findall(piece)]


def check(line: str) -> None:
    words = shlex.split(line.split("#", maxsplit=1)[0].replace("…", ""))
    command = cli.commands.get(words[1])
    assert command is not None, f"no command {words[1]!r} in {line!r}"
    known = {name for param in command.params if isinstance(param, click.Option) for name in param.opts}
    options = {word.split("=")[0] for word in words[2:] if re.fullmatch(r"--?[a-z].*", word)}
    assert options <= known | {"--help", "-h"}, f"{line!r} has options that do not exist"
    if len(words) > 2 and not any(PLACEHOLDER.fullmatch(word) for word in words):
        try:
            command.make_context(words[1], words[2:])
        except click.exceptions.Exit:  # --help
            pass
        except click.UsageError as error:
            if isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
                return  # the line names what it speaks of, not a whole command
            raise AssertionError(f"{line!r} is refused: {error.format_message()}") from None


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_commands_and_options_exist(page: Path) -> None:
    for line in commands_in(page):
        check(line)


def test_the_check_of_commands_can_fail() -> None:
    with pytest.raises(AssertionError, match="no command"):
        check("threadset nothing DIR")
    with pytest.raises(AssertionError, match="do not exist"):
        check("threadset grab --nothing URL")
    with pytest.raises(AssertionError, match="is refused"):
        check("threadset grab --delay soon https://forum.example/topic/1-x/")
    with pytest.raises(AssertionError, match="is refused"):
        check("threadset pack data/news --to release")


def python_in(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `data/demo` is a dataset."""
    folder = tmp_path_factory.mktemp("examples")
    done = subprocess.run(
        [Path(sys.executable).with_name("threadset"), "demo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "missing  nothing" in done.stdout
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if python_in(page) and page.name != "recipes.md"], ids=names)
def test_examples_run(page: Path, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_folder)
    names_so_far: dict[str, object] = {"__name__": "example"}  # a block goes on where the one above it ended
    for example in python_in(page):
        exec(compile(example, str(page), "exec"), names_so_far)


def test_the_picture_names_packages_that_are_there() -> None:
    text = (ROOT / "docs" / "architecture.svg").read_text("utf-8")
    named = set(re.findall(r"crawler/\w+", text))
    assert len(named) > 4
    assert [name for name in named if not (ROOT / name).is_dir()] == []
    assert "<script" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_no_placeholder_is_left() -> None:
    assert [names(page) for page in PAGES if "@@" in page.read_text("utf-8")] == []


def test_every_command_and_exit_code_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for name, command in cli.commands.items():
        assert f"threadset {name}" in text
        assert command.help
    for code in PRECEDENCE:
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), f"exit code {code}"


def test_every_option_of_grab_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for param in cli.commands["grab"].params:
        if isinstance(param, click.Option):
            assert any(name in text for name in param.opts), param.opts


def test_every_outcome_that_layouts_name_has_a_reason() -> None:
    text = (ROOT / "docs" / "layouts.md").read_text("utf-8")
    table = text[text.index("## Errors and walls") :]
    named = {
        name for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert named
    assert named <= set(REASONS)


def test_every_scenario_of_reliability_has_a_promise_and_tests_that_exist() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    numbered = [row for row in rows if row[0].isdigit()]
    assert [int(row[0]) for row in numbered] == list(range(1, 39))
    for row in (row for row in rows if "`tests/" in row[-1]):
        named = re.findall(r"`(tests/[^`]+)`", row[-1])
        assert [name for name in named if not (ROOT / name).is_file()] == []
    assert all(len(row) == 4 and row[2] and "`tests/" in row[3] for row in numbered)
    slow = re.compile(r"mark(s=pytest\.mark)?\.slow")
    for name in re.findall(r"`(tests/[^`]+)` \([^)]*\bslow\)", text):
        assert slow.search((ROOT / name).read_text("utf-8")), f"{name} has no slow test"
