"""axe-core finds nothing serious, whatever the colours and the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_help import DESK, PHONE


def grave(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"][:3]
    ]


LOOKS = [(PHONE, False), (PHONE, True), (DESK, False), (DESK, True)]
VIEWS = [("#thread-88", *look) for look in LOOKS] + [("", PHONE, False), ("", DESK, True), ("#thread-101", DESK, False)]


@pytest.mark.parametrize(("mark", "size", "dark"), VIEWS)
def test_the_demo_forum(show: Any, demo: Path, mark: str, size: dict[str, int], dark: bool) -> None:
    shown = show(demo, mark, size=size, dark=dark)
    shown.evaluate(
        "for (const each of document.querySelectorAll('[data-view]:not([hidden]) details')) each.open = true"
    )
    assert grave(shown.page) == []


@pytest.mark.parametrize(("mark", "size", "dark"), [("", DESK, False), ("#post-525", PHONE, True)])
def test_the_saved_forum(show: Any, saved: Path, mark: str, size: dict[str, int], dark: bool) -> None:
    assert grave(show(saved, mark, size=size, dark=dark).page) == []


def test_hostile_posts(show: Any, hostile: Path) -> None:
    assert grave(show(hostile, "#thread-1").page) == []


def test_it_can_fail(show: Any, demo: Path) -> None:
    shown = show(demo)
    shown.evaluate("document.querySelector('h1').innerHTML = '<button></button>'")
    assert any(line.startswith("button-name") for line in grave(shown.page))
