"""Takes the pictures of the report that the documentation shows: `make screenshots`. It needs Chromium.

They are of the made-up forum, read twice, with an edit between the two. Of every picture there is a light one; those in
`LOOKS` say which window, colours and place in the report they show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from crawler.demo import DemoServer
from crawler.demo.model import Edit, Paragraph, ops

IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EDITED = 4163
"""The post that is edited."""


class Look(NamedTuple):
    """A picture: its name, the window in pixels, the colours, the place, and what is opened there."""

    name: str
    width: int
    height: int
    colours: str
    mark: str
    opened: str | None = None


LOOKS = (
    Look("report-desktop", 1100, 780, "light", "#thread-101"),
    Look("report-phone", 390, 780, "dark", f"#post-{EDITED}", f"#post-{EDITED} details.edits"),
    Look("report-overview", 1100, 780, "light", ""),
)


def grabbed(folder: Path) -> Path:
    """The report of the made-up forum in a folder."""
    program = str(Path(sys.executable).with_name("threadset"))
    with DemoServer(port=0) as site:
        forums = [site.url + board.path for board in site.forum.boards if site.forum.listed(board)]
        command = [program, "grab", *forums, "--subforums", "--out", str(folder), "--delay", "0", "-q"]
        subprocess.run(command, check=True)  # noqa: S603
        post = next(post for post in site.forum.posts if post.post_id == EDITED)
        words = (post.text or "").replace("new tide gates", "old ones").replace("it rained", "it snowed")
        lines = tuple(Paragraph.of(line) for line in words.split("\n"))
        ops.edit(post, lines, site.forum.now, Edit(site.forum.now, post.author.name, "typo"))
        site.refresh()
        subprocess.run(command, check=True)  # noqa: S603
    return folder / "report.html"


def take(browser: Browser, report: Path, look: Look) -> Path:
    """Take a picture, and say where it is."""
    size = {"width": look.width, "height": look.height}
    page = browser.new_page(viewport=size, color_scheme=look.colours)  # type: ignore[arg-type]
    page.goto(report.as_uri() + look.mark)
    if look.opened is not None:
        page.locator(look.opened).evaluate(
            "details => { details.open = true; details.scrollIntoView({block: 'end'}); }"
        )
        page.mouse.wheel(0, 60)
        page.wait_for_timeout(200)
    path = IMAGES / f"{look.name}.png"
    page.screenshot(path=path)
    page.close()
    return path


def main() -> None:
    """Take them all."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(f"there is no browser here: none of {', '.join(BROWSERS)}; on Debian: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = grabbed(Path(folder) / "demo")
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        for look in LOOKS:
            path = take(browser, report, look)
            print(f"{path}: {path.stat().st_size:,} bytes")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main()
