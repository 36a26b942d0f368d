"""What the demo forum's robots.txt forbids, as each version has it by default."""

from __future__ import annotations

import re

from crawler.demo.render import Layout

_RULES: dict[Layout, str] = {
    "4.0": (
        "/startTopic/ /discover/unread/ /markallread/ /staff/ /online/ /discover/ /leaderboard/ /search/ "
        "/*?advancedSearchForm= /register/ /lostpassword/ /login/ /*?sortby= /*?filter= /*?tab=comments /*?do=add "
        "/*?do=submit /*?do=email /*?do=findComment /*?do=getLastComment /*?do=getNewComment /profile/"
    ),
    "4.7": (
        "/startTopic/ /discover/unread/ /markallread/ /staff/ /cookies/ /online/ /discover/ /leaderboard/ /search/ "
        "/tags/ /*?advancedSearchForm= /register/ /lostpassword/ /login/ /*?sortby= /*?filter= /*?tab= /*?do= /*ref= "
        "/*?forumId* /profile/"
    ),
    "5.0": (
        "/startTopic/ /discover/unread/ /markallread/ /staff/ /cookies/ /online/ /discover/ /leaderboard/ /search/ "
        "/*?advancedSearchForm= /register/ /lostpassword/ /login/ /*?sortby= /*?filter= /*?tab= /*?do= /*ref= "
        "/*?forumId* /*currency= /*?&controller=embed /cdn-cgi/"
    ),
}
FORBIDDEN = re.compile(
    r"^/(startTopic|markallread|staff|cookies|online|discover|leaderboard|search|tags|register|lostpassword|login|profile)/"
    r"|[?&](do|tab|sortby|filter|advancedSearchForm|forumId|csrfKey)\b|ref="
)
"""What the rules of 4.7 forbid."""


def robots_txt(base: str, layout: Layout = "4.7") -> bytes:
    """The default rules of a version."""
    rules = "".join(f"Disallow: {rule}\n" for rule in _RULES[layout].split())
    return f"# Rules for Invision Community\nUser-Agent: *\n{rules}Sitemap: {base}/sitemap.php\n".encode()
