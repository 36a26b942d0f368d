"""Which of a server's validators are kept."""

from __future__ import annotations

import pytest

from crawler.conditional import validators_of

DATE = "Sun, 22 Nov 2026 20:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, (None, None)),
        ({"etag": '"a1"'}, ('"a1"', None)),
        ({"etag": 'W/"a1"'}, ('W/"a1"', None)),
        ({"etag": " "}, (None, None)),
        ({"etag": '"' + "a" * 1000 + '"'}, (None, None)),
        ({"etag": '"\u00e9"'}, (None, None)),
        ({"etag": '"a\x1b"'}, (None, None)),
        ({"last-modified": "Sun, 22 Nov 2026 19:59:00 GMT", "date": DATE}, (None, "Sun, 22 Nov 2026 19:59:00 GMT")),
        ({"last-modified": "Sun, 22 Nov 2026 19:59:01 GMT", "date": DATE}, (None, None)),
        ({"last-modified": DATE, "date": DATE}, (None, None)),
        ({"last-modified": "Sun, 22 Nov 2026 19:00:00 GMT"}, (None, None)),
        ({"last-modified": "yesterday", "date": DATE}, (None, None)),
        ({"last-modified": "Sun, 22 Nov 2026 19:00:00 -0000", "date": DATE}, (None, None)),  # one has a zone, one none
    ],
)
def test_validators_of(headers: dict[str, str], kept: tuple[str | None, str | None]) -> None:
    assert validators_of(headers) == kept
