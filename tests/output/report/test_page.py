"""The frame of every page of a report."""

from __future__ import annotations

import base64
import hashlib
import re

from output.report.page import Pages


def page(*, media: bool = False) -> str:
    return Pages(media=media).render(
        "threads.html", title="a <b> & c", number=1, n_threads=0, entries=[], lists=[""], front="../report.html"
    )


def policy(text: str) -> dict[str, str]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert found is not None
    parts = found[1].replace("&#39;", "'").split("; ")
    return dict(part.split(" ", maxsplit=1) for part in parts)


def test_the_policy_lets_nothing_in_but_what_is_on_the_page() -> None:
    text = page()
    allowed = policy(text)
    for name in ("style", "script"):
        inside = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(x.encode()).digest()).decode()}'" for x in inside]
        assert allowed.pop(f"{name}-src") == (" ".join(hashes) or "'none'")
    assert allowed == dict.fromkeys(["default-src", "img-src", "base-uri", "form-action"], "'none'")


def test_the_policy_stands_before_anything_that_it_is_about() -> None:
    text = page()
    assert text.index("Content-Security-Policy") < min(text.index("<style"), text.index("<title"))


def test_images_are_allowed_on_request_alone() -> None:
    assert policy(page(media=True))["img-src"] == "https:"


def test_names_are_escaped() -> None:
    text = page()
    assert "a &lt;b&gt; &amp; c" in text
    assert "a <b>" not in text
