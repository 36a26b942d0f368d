"""What the docs hand out for unattended use: the example job, units, the container file, the deploy target."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from crawl_fixtures import data, nothing_outside, tool  # noqa: F401
from crawl_help import Tool
from pydantic import BaseModel

import crawler.settings
from crawler.commands import cli
from crawler.jobs import Job, load_job
from crawler.jobs.model import JobSite

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"
JOB = EXAMPLES / "news.toml"


def keys_of(model: type[BaseModel], place: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        kind = JobSite if name == "site" else field.annotation
        inner = isinstance(kind, type) and issubclass(kind, BaseModel)
        found |= keys_of(kind, f"{place}{name}.") if inner else {place + name}
    return found


class TestExampleJob:
    def test_it_is_right(self) -> None:
        job = load_job(JOB)
        assert job.sites[0].excludes == ("/forum/9-*", "/topic/77-*")

    def test_it_shows_every_key_and_no_other(self) -> None:
        text = re.sub(r"^# (?=(?:cookies|metrics|private_hosts) = )", "", JOB.read_text("utf-8"), flags=re.MULTILINE)
        shown = set()
        for name, value in tomllib.loads(text).items():
            part = value[0] if name == "site" else value
            shown |= {f"{name}.{key}" for key in part} if isinstance(part, dict) else {name}
        assert shown == keys_of(Job)

    def test_each_line_is_explained(self) -> None:
        lines = [line for line in JOB.read_text("utf-8").splitlines() if " = " in line or line.startswith("[[")]
        assert [line for line in lines if "  # " not in line] == []

    def test_what_is_shown_as_default_is_the_default(self) -> None:
        text = JOB.read_text("utf-8")
        told = tomllib.loads(text)
        for line in text.splitlines():
            name = line.split(" = ")[0]
            default = Job.model_fields[name].default if name in Job.model_fields and name in told else None
            if isinstance(default, bool | int | float | str):
                assert told[name] == default, name

    def test_it_can_be_checked(self, tool: Tool, tmp_path: Path) -> None:  # noqa: F811
        text = re.sub(r'"/usr/(?:local/)?bin/[a-z-]+"', f"'{sys.executable}'", JOB.read_text("utf-8"))
        job = tmp_path / "news.toml"
        job.write_text(text, "utf-8")
        assert tool("crawl", "--check", job).code == 0
        assert not (tmp_path / "data").exists()


class TestUnits:
    UNITS = ("threadset@.service", "threadset@.timer")

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there")
    def test_systemd_takes_them(self, tmp_path: Path) -> None:
        for name in self.UNITS:
            text = (EXAMPLES / name).read_text("utf-8")
            (tmp_path / name).write_text(text.replace("/usr/local/bin/threadset", "/bin/true"))
        args = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in self.UNITS)]
        done = subprocess.run(args, capture_output=True, text=True, check=False)
        told = [line for line in (done.stdout + done.stderr).splitlines() if "threadset" in line]
        assert (done.returncode, told) == (0, [])

    @pytest.mark.parametrize("name", UNITS)
    def test_they_can_be_parsed(self, name: str) -> None:
        parser = configparser.ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string((EXAMPLES / name).read_text("utf-8"))
        assert parser["Unit"]["Description"]

    def test_the_command_exists(self) -> None:
        line = next(x for x in (EXAMPLES / self.UNITS[0]).read_text("utf-8").splitlines() if x.startswith("ExecStart="))
        program, command, *options, job = line.removeprefix("ExecStart=").split()
        known = {name for param in cli.commands[command].params for name in param.opts}
        assert program.endswith("/threadset")
        assert set(options) <= known
        assert job.endswith("%i.toml")


def test_the_container_file_installs_what_is_here() -> None:
    text = (ROOT / "Containerfile").read_text("utf-8")
    assert 'ENTRYPOINT ["threadset"]' in text
    assert (ROOT / "constraints.txt").is_file()
    assert re.search(r"^FROM \S+python:3\.(1[1-9])-slim$", text, re.MULTILINE)
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)


def test_scrapy_finds_the_project_and_where_to_deploy() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "scrapy.cfg")
    assert parser["settings"]["default"] == "crawler.settings"
    assert parser["deploy"]["project"] == "threadset"
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "settings", "--get", "BOT_NAME"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "threadset"


def test_every_setting_of_ours_is_documented() -> None:
    from scrapy.settings import default_settings

    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    own = {name for name in vars(crawler.settings) if name.isupper() and not hasattr(default_settings, name)}
    assert {name for name in own if f"`{name}`" not in text} == set()
