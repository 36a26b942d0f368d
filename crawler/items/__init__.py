"""The schema: the one definition of every table and of what a page says. Imports nothing else of the project."""

from crawler.items._schema import STORE_TABLES, TABLES, Column, Table
from crawler.items.article import Article, ArticleSpan
from crawler.items.author import Author
from crawler.items.event import Event
from crawler.items.fetch import Fetch, fetch_row
from crawler.items.forum import Forum
from crawler.items.link import Link
from crawler.items.pages import (
    FORUM_POST,
    TEXT_DUMP,
    Body,
    ErrorPage,
    ForumPage,
    ForumSeen,
    LinkSeen,
    ListingRow,
    PageItem,
    PollSeen,
    PostSeen,
    QuoteSeen,
    Redirect,
    SubforumSeen,
    ThreadSeen,
    TopicPage,
    Wall,
)
from crawler.items.poll import Poll
from crawler.items.post import Post
from crawler.items.quote import Quote
from crawler.items.reaction import Reaction
from crawler.items.refs import FetchFacts, PageKind, PageRef, Received
from crawler.items.repost import Repost
from crawler.items.run import Run
from crawler.items.state import (
    Alias,
    Content,
    FrontierPage,
    Hold,
    ListingSeen,
    Meta,
    PageSeen,
    PostState,
    RobotsSeen,
    Sighting,
    Validator,
)
from crawler.items.thread import Thread
from crawler.items.version import Version
from crawler.items.versioning import SCHEMA_VERSION, TOOL, tool_version

_ORDER = (
    "forums threads posts versions quotes events articles article_spans links authors reactions polls reposts "
    "fetches runs"
).split()
for _name in _ORDER:  # importing modules in alphabetical order must not decide the order of the tables
    TABLES[_name] = TABLES.pop(_name)

__all__ = [
    "FORUM_POST",
    "SCHEMA_VERSION",
    "STORE_TABLES",
    "TABLES",
    "TEXT_DUMP",
    "TOOL",
    "Alias",
    "Article",
    "ArticleSpan",
    "Author",
    "Body",
    "Column",
    "Content",
    "ErrorPage",
    "Event",
    "Fetch",
    "FetchFacts",
    "Forum",
    "ForumPage",
    "ForumSeen",
    "FrontierPage",
    "Hold",
    "Link",
    "LinkSeen",
    "ListingRow",
    "ListingSeen",
    "Meta",
    "PageItem",
    "PageKind",
    "PageRef",
    "PageSeen",
    "Poll",
    "PollSeen",
    "Post",
    "PostSeen",
    "PostState",
    "Quote",
    "QuoteSeen",
    "Reaction",
    "Received",
    "Redirect",
    "Repost",
    "RobotsSeen",
    "Run",
    "Sighting",
    "SubforumSeen",
    "Table",
    "Thread",
    "ThreadSeen",
    "TopicPage",
    "Validator",
    "Version",
    "Wall",
    "fetch_row",
    "tool_version",
]
