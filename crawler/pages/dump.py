"""A thread page that survives as flattened text only: the same facts as of a page, as far as the text still holds them.

What cannot be known is null: times, numbers, most authors. Pure: text in, a page item out.
"""

from __future__ import annotations

from hashlib import blake2b

from lxml import etree

from crawler.items import TEXT_DUMP, Body, PostSeen, ThreadSeen, TopicPage
from crawler.pages.body import read_body
from crawler.pages.dump_body import edit_mark, html_of
from crawler.pages.dump_lines import DumpedPage, Piece, is_posted, read_lines
from crawler.pages.encoding import to_utf8
from crawler.pages.text import scrub

_BITS = 53  # a JSON number holds as many


def read_dump(raw: bytes | str) -> TopicPage | None:
    """The page that a text is; ``None`` where no share menu separates posts in it.

    The thread's number is a hash of the text; a post's number is another, plus the post's place, so that numbers tell
    the order where no times do. The same text gives the same numbers, whatever its file is called. Line ends and white
    space around the text make no difference.
    """
    text, repairs = _decoded(raw)
    found = read_lines(text)
    if found is None:
        return None
    thread_id = _number("thread", "\n".join(line.rstrip() for line in text.strip().split("\n")))
    url = f"text:{thread_id}"
    posts = [_post(piece, rank, thread_id, found) for rank, piece in enumerate(found.pieces)]
    first = posts[0]
    return TopicPage(
        url=url,
        pages_url=f"{url}#{{page}}",
        layout="text",
        repairs=repairs,
        thread=ThreadSeen(
            content_class=TEXT_DUMP,
            thread_id=thread_id,
            page=found.page,
            n_pages=found.n_pages,
            title=found.title,
            author_name=first.author_name if first.is_first_post else None,
        ),
        posts=posts,
    )


def is_dump(raw: bytes) -> bool:
    """True for the flattened text of a thread's page."""
    return b"\x00" not in raw[:8192] and read_lines(_decoded(raw)[0]) is not None


def _decoded(raw: bytes | str) -> tuple[str, dict[str, int]]:
    if isinstance(raw, bytes):
        body, repairs = to_utf8(raw, None)
        text = body.decode("utf-8", "replace")
    else:
        text, n_surrogates = scrub(raw.replace("\x00", "\ufffd"))
        repairs = {"surrogates": n_surrogates} if n_surrogates else {}
    return text.replace("\r\n", "\n").replace("\r", "\n"), repairs


def _number(*parts: object) -> int:
    digest = blake2b("\x00".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _BITS) or 1


def _post(piece: Piece, rank: int, thread_id: int, page: DumpedPage) -> PostSeen:
    mark = edit_mark(piece.body)
    is_first = rank == 0 and page.page == 1
    return PostSeen(
        post_id=_number("posts", thread_id) // 2 + rank + 1,
        is_first_post=is_first,
        author_id=None,
        author_name=_name(piece) or (page.author if is_first else None),
        author_group=None,
        created_at=None,
        edited_by=mark.by if mark is not None else None,
        edit_reason=mark.reason if mark is not None else None,
        body=_body(html_of(piece)),
    )


def _name(piece: Piece) -> str | None:
    """The name in the head of a post: the first line that is neither an item nor says how much later it is."""
    for line in piece.head:
        if not line.bullet and not line.text.endswith("...") and not is_posted(line):
            return line.text
    return None


def _body(html: str | None) -> Body:
    root = etree.fromstring(f"<div>{html or ''}</div>", etree.HTMLParser(huge_tree=True))
    content = root.find(".//div")
    assert content is not None
    return read_body(content, "")
