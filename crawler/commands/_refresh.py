"""Bodies that an older parser read are read again."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.pages import PARSER_VERSION, body_tree, read_body
from crawler.store import Store


def refresh_contents(store: Store) -> int:
    """Read the bodies again that an older parser read; what a page said is kept, how it is read may improve."""
    stale = store.db.execute(
        "SELECT content_hash, html FROM contents WHERE parser_version <> ?", (PARSER_VERSION,)
    ).fetchall()
    for content_hash, html in stale:
        content = body_tree(html)
        if content is not None:
            store.update_content(content_hash, read_body(content, _base(store, content_hash)))
    return len(stale)


def _base(store: Store, content_hash: bytes) -> str:
    """An address of the site that a body is from, for its relative links."""
    found = store.db.execute(
        "SELECT f.final_url FROM sightings s JOIN fetches f USING (fetch_id) WHERE s.content_hash = ? LIMIT 1",
        (content_hash,),
    ).fetchone()
    parts = urlsplit(found[0] if found and found[0] else "")
    return f"{parts.scheme}://{parts.netloc}/"
