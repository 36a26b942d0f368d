"""Page objects: bytes and an address in, typed facts out. No requests, no settings, no clock."""

from crawler.items import ErrorPage, ForumPage, Redirect, TopicPage, Wall
from crawler.pages.body import PARSER_VERSION, body_tree, read_body
from crawler.pages.dispatch import Page, parse, parse_with_document
from crawler.pages.dump import is_dump, read_dump
from crawler.pages.urls import AddressError, item_of, page_url, parse_ref, site_of

__all__ = [
    "PARSER_VERSION",
    "AddressError",
    "ErrorPage",
    "ForumPage",
    "Page",
    "Redirect",
    "TopicPage",
    "Wall",
    "body_tree",
    "is_dump",
    "item_of",
    "page_url",
    "parse",
    "parse_ref",
    "parse_with_document",
    "read_body",
    "read_dump",
    "site_of",
]
