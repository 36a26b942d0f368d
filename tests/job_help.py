"""Job files for tests."""

from __future__ import annotations

from pathlib import Path

from mock_forum import MockForum

HEAD = """
name = "nightly"
out = "out"
user_agent = "tests (+mailto:me@example.org)"
delay = 0.0
recheck = "all"
output = { partition = false }
"""


def forum_url(mock: MockForum, index: int = 0) -> str:
    """Address of a forum with threads; the first has the most of them."""
    boards = sorted(mock.forum.boards, key=lambda board: -len(mock.forum.listed(board)))
    return mock.url + boards[index].path


def site(
    name: str | None = None, *, forums: list[str] | None = None, threads: list[str] | None = None, **more: object
) -> str:
    """A [[site]]."""
    lines = ["[[site]]"]
    facts: dict[str, object] = {"name": name, "forums": forums, "threads": threads, **more}
    lines += [f"{key} = {_toml(value)}" for key, value in facts.items() if value is not None]
    return "\n".join(lines) + "\n"


def write_job(folder: Path, *parts: str, head: str = HEAD) -> Path:
    """A job file; its dataset is ``out`` beside it."""
    path = folder / "job.toml"
    path.write_text("\n".join([head, *parts]), "utf-8")
    return path


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
