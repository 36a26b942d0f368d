"""Installed from the tree into an environment of its own, as a container does it; and scheduled by scrapyd."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from crawl_fixtures import data, nothing_outside, tool  # noqa: F401
from crawl_help import Tool, rows
from mock_forum import MockForum

from crawler.demo import build_many

ROOT = Path(__file__).parents[1]
CONTAINER = ROOT / "Containerfile"
INSIDE = "/opt/threadset"
SCRAPYD = ("scrapyd", "scrapyd-client", "setuptools>=77,<81")
"""As in docs/jobs.md."""

_CONF = """
[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
poll_interval = 0.5
items_dir =
eggs_dir = {home}/eggs
logs_dir = {home}/logs
dbs_dir = {home}/dbs
"""


def instructions() -> list[tuple[str, str]]:
    lines = CONTAINER.read_text("utf-8").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")]


def test_the_container_file_names_what_is_there() -> None:
    steps = instructions()
    assert next(word for word, _rest in steps) == "FROM"
    assert ("COPY", f". {INSIDE}") in steps
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    [install] = [shlex.split(rest) for word, rest in steps if word == "RUN" and "pip install" in rest]
    for path in (word for word in install if word.startswith(INSIDE)):
        plain, _, named = path.removeprefix(INSIDE).lstrip("/").rstrip("]").partition("[")
        assert (ROOT / plain).exists()
        assert set(named.split(",")) - {""} <= extras.keys()
    ignored = (ROOT / ".containerignore").read_text("utf-8").split()
    assert not {"crawler", "pipelines", "output", "constraints.txt", "pyproject.toml", "README.md"} & set(ignored)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a container's build copies."""
    home = tmp_path_factory.mktemp("tree") / "threadset"
    ignored = (ROOT / ".containerignore").read_text("utf-8").split()
    names = [*(name.removeprefix("**/") for name in ignored), "*.egg-info"]
    shutil.copytree(ROOT, home, ignore=shutil.ignore_patterns(*names))
    return home


@pytest.fixture(scope="module")
def environment(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which the container file's own line has installed it; its folder of programs."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    [line] = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    pip(home / "bin", *shlex.split(line.replace(INSIDE, str(tree)))[1:])
    return home / "bin"


def pip(programs: Path, *args: str) -> None:
    done = subprocess.run([str(programs / "pip"), *args, "-q"], capture_output=True, text=True, check=False)
    if re.search(r"No matching distribution|connection|Could not find a version", done.stderr, re.IGNORECASE):
        pytest.skip(f"there is no index to install from: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


def plain() -> dict[str, str]:
    """The environment without what would lead to this tree."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_a_container_installs_runs(environment: Path, tmp_path: Path) -> None:
    [start] = [json.loads(rest) for word, rest in instructions() if word == "ENTRYPOINT"]
    command = [str(environment / start[0]), *start[1:]]
    for args in (["--help"], ["demo", "--out", "demo"], ["verify", "demo"], ["report", "demo"]):
        done = subprocess.run([*command, *args], cwd=tmp_path, env=plain(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (args, done.stderr)
    assert (tmp_path / "demo" / "report.html").stat().st_size > 10_000


@contextmanager
def scrapyd(programs: Path, home: Path) -> Iterator[str]:
    """A server of scrapyd's; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home.mkdir()
    (home / "scrapyd.conf").write_text(_CONF.format(port=port, home=home))
    env = plain() | {"PATH": f"{programs}:{os.environ['PATH']}"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([str(programs / "scrapyd")], cwd=home, env=env, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def ask(address: str, /, **values: Any) -> dict[str, Any]:
    """A call of scrapyd's, tried until it answers."""
    body = urllib.parse.urlencode(values, doseq=True).encode() if values else None
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, body, timeout=60) as answer:
                return dict(json.load(answer))
        except OSError:
            time.sleep(0.5)
    raise AssertionError("scrapyd does not answer")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_job_that_scrapyd_runs(environment: Path, tree: Path, tool: Tool, tmp_path: Path) -> None:  # noqa: F811
    """Deployed as docs/jobs.md says, scheduled, fetched, exported: what a crawl of ours gives."""
    pip(environment, "install", *SCRAPYD)
    forum = build_many(6, 12)
    with MockForum(forum) as site, scrapyd(environment, tmp_path / "server") as server:
        ask(f"{server}/daemonstatus.json")
        cfg = tree / "scrapy.cfg"
        cfg.write_text(re.sub(r"(?m)^url = .*$", f"url = {server}/", cfg.read_text("utf-8")))
        env = plain() | {"PATH": f"{environment}:{os.environ['PATH']}"}
        deploy = [str(environment / "scrapyd-deploy")]
        done = subprocess.run(deploy, cwd=tree, env=env, capture_output=True, text=True, check=False)
        assert '"status": "ok"' in done.stdout, done.stdout + done.stderr
        url = site.url + max(forum.boards, key=lambda board: len(forum.listed(board))).path
        settings = [f"STATE_DIR={tool.folder}", "USER_AGENT=threadset (+mailto:me@example.org)", "DOWNLOAD_DELAY=0"]
        made = ask(f"{server}/schedule.json", project="threadset", spider="site", url=url, setting=settings)
        assert made["status"] == "ok", made
        for _ in range(600):
            if [job["id"] for job in ask(f"{server}/listjobs.json?project=threadset")["finished"]] == [made["jobid"]]:
                break
            time.sleep(0.5)
        assert {entry.user_agent for entry in site.log} == {"threadset (+mailto:me@example.org)"}
    assert tool("export", tool.folder).code == 0
    assert tool("verify", tool.folder).code == 0
    assert len(rows(tool.folder, "posts")) == len(list(forum.posts))
