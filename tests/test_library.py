"""The project as a library: what others import is typed, documented, and does what its documentation says."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("crawler", "pipelines", "output")
    for path in (ROOT / package).rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
FACE = {"crawler.pages": "parse", "pipelines.quotes": "link_thread", "output": "read_dataset"}
"""What is stable."""


def test_the_face_has_examples() -> None:
    for module, name in FACE.items():
        assert ">>> " in getattr(importlib.import_module(module), name).__doc__, f"{module}.{name}"


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_code(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert result.attempted
    assert result.failed == 0


def test_what_a_user_writes_passes_a_strict_type_checker(tmp_path: Path) -> None:
    """The examples of the documentation, as one program in another folder."""
    page = (ROOT / "docs" / "library.md").read_text("utf-8")
    script = tmp_path / "consumer.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), "utf-8")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        'from crawler.pages import parse\nfrom pipelines.quotes import link_thread\n\nparse("text", 7)\n'
        "link_thread([1])[0].no_such_field\n",
        "utf-8",
    )
    args = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--ignore-missing-imports"]
    args += ["--cache-dir", str(ROOT / ".mypy_cache" / "library"), str(script), str(wrong)]
    config = tmp_path / "mypy.ini"
    config.write_text(f"[mypy]\nmypy_path = {ROOT}\nfollow_imports = silent\n", "utf-8")
    done = subprocess.run([*args, "--config-file", str(config)], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if "error:" in line]
    assert [line for line in lines if "wrong.py" not in line] == [], done.stdout + done.stderr
    codes = {found for line in lines for found in re.findall(r"\[([a-z-]+)\]$", line)}
    assert codes == {"arg-type", "list-item", "attr-defined"}, done.stdout + done.stderr
