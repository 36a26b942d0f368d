"""The user's own login: cookies from a file of theirs, sent to the hosts they belong to. None is ever taken."""

from __future__ import annotations

import urllib.request
import warnings
from http.cookiejar import LoadError, MozillaCookieJar
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured


class CookieFileError(Exception):
    """The cookie file cannot be used. ``reason`` says why, ``fix`` what to do."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(f"{reason}; {fix}")
        self.reason = reason
        self.fix = fix


class UserCookies:
    """Adds the Cookie header."""

    def __init__(self, jar: MozillaCookieJar) -> None:
        self._jar = jar

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the file that the settings name."""
        path = crawler.settings.get("COOKIES_FILE")
        if not path:
            raise NotConfigured
        return cls(load_cookies(Path(path)))

    def process_request(self, request: Request) -> None:
        """Send each cookie where its domain, path and scheme allow it."""
        probe = urllib.request.Request(request.url)  # noqa: S310  nothing is opened: the jar wants this type
        self._jar.add_cookie_header(probe)
        header = probe.get_header("Cookie")
        if header:
            request.headers["Cookie"] = header


def load_cookies(path: Path) -> MozillaCookieJar:
    """Read a Netscape cookie file. Raises `CookieFileError`."""
    jar = MozillaCookieJar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the jar warns of its own bug where a line has too few fields
            jar.load(str(path), ignore_discard=True, ignore_expires=True)
    except LoadError:
        raise CookieFileError(f"{path} is no Netscape cookie file", "export your cookies as cookies.txt") from None
    except UnicodeDecodeError:
        raise CookieFileError(f"{path} is no text file", "export your cookies as cookies.txt") from None
    except OSError as error:
        raise CookieFileError(f"{path} cannot be read ({error.strerror})", "check the path") from None
    for cookie in jar:
        if cookie.expires == 0:  # so browsers' exports write the cookies of a session, which the jar holds for expired
            cookie.expires = None
    return jar
