"""Killed while it writes a report, a program leaves the old one or the new one, and the next one is as ever."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dataset_made import Make
from lxml import html

from output.report import build as building
from output.report import files as filing
from output.report import write_report
from output.report.files import clear_leftovers
from pipelines.diff import word_diff

Publish = Callable[..., Path]


class Killed(BaseException):
    """No ``except`` that is meant for errors sees it."""


@contextmanager
def killed_at(step: int) -> Iterator[list[str]]:
    """Dies before that step of what is done to the disk, and tidies up nothing; the steps that were taken."""
    taken: list[str] = []

    def before(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any, **kwargs: Any) -> Any:
            if len(taken) == step:
                raise Killed
            taken.append(name)
            return real(*args, **kwargs)

        return do

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", before("replace", os.replace))
        patch.setattr(os, "fsync", before("fsync", os.fsync))
        patch.setattr(Path, "write_bytes", before("write", Path.write_bytes))
        patch.setattr(Path, "unlink", before("unlink", Path.unlink))
        patch.setattr(filing.shutil, "rmtree", lambda *_args, **_kwargs: None)
        yield taken


def pages(folder: Path) -> dict[str, bytes]:
    """The files of the report, by path."""
    found = [folder / "report.html", *(folder / "report").glob("*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_killed_at_each_step(tmp_path: Path, make: Make, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "ONE_FILE_POSTS", 0)  # a file a thread
    rows, more = make.dataset(), make.dataset()
    more["threads"] = [thread for thread in more["threads"] if thread.thread_id != 5] + [
        make.thread(20, 1, title="New")
    ]
    more["posts"] = [post for post in more["posts"] if post.thread_id != 5]
    more["posts"].append(make.post(900, thread_id=20, position=1, page=1, html="<p>New words.</p>"))
    more["quotes"] = more["versions"] = more["events"] = []
    old = publish(tmp_path / "old" / "out", rows)
    before = pages(write_report(old, diff=word_diff).parent)
    due = publish(shutil.copytree(old, tmp_path / "due" / "out"), more)  # the report is older than the tables
    new = shutil.copytree(due, tmp_path / "new" / "out")
    after = pages(write_report(new, diff=word_diff).parent)
    assert before["report.html"] != after["report.html"]
    assert len(before) > 2
    data, step = tmp_path / "data" / "out", 0
    while True:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(due, data)
        try:
            with killed_at(step) as taken:
                write_report(data, diff=word_diff)
            break
        except Killed:
            found = pages(data)
            assert found["report.html"] in {before["report.html"], after["report.html"]}, taken
            assert all(content in {before.get(name), after.get(name)} for name, content in found.items()), taken
            for href in html.fromstring(found["report.html"]).xpath("//a/@href"):
                name = href.partition("#")[0]
                assert not name or name.startswith("https:") or name in found, taken
        clear_leftovers(data)  # as the command does, once it holds the folder
        assert pages(write_report(data, diff=word_diff).parent) == after, taken
        assert not list(data.glob(".report-*")), taken
        step += 1
    assert step == len(taken) > 10
    assert set(taken) == {"write", "fsync", "replace", "unlink"}
