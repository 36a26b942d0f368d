"""Posts that come as rows are entered as posts are."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

from pages_made import DAY, SITE, T0, body, dump, lease, opened, post, quote, ref, topic

from crawler.items import TopicPage
from crawler.store import Committed, Store
from crawler.store.rows import PostRows, rows_of


def pages() -> list[TopicPage]:
    """Two readings of a page: the second has a post that was changed, one more, and one that is as it was."""
    first = [post(11, "one", [quote(7, "told")]), post(12, None), post(13, reactions=[("Like", 2)], n_reactions=2)]
    later = [post(11, "other"), first[2], post(14, body=body("four", parser_version=2))]
    return [topic(1, first), topic(1, later, at=T0 + DAY)]


def entered(folder: Path, *, as_rows: bool) -> tuple[list[Committed], dict[str, list[object]]]:
    folder.mkdir()
    with opened(folder, seeds=[ref(1)]) as store:
        lease(store)
        return [commit(store, page, as_rows=as_rows) for page in pages()], dump(store)


def commit(store: Store, page: TopicPage, *, as_rows: bool) -> Committed:
    if not as_rows:
        return store.commit(page)
    rows: PostRows = pickle.loads(pickle.dumps(rows_of(SITE, page.posts)))
    return store.commit(replace(page, posts=[]), rows)


def test_rows_and_posts_leave_the_same(tmp_path: Path) -> None:
    posts, rows = (entered(tmp_path / str(as_rows), as_rows=as_rows) for as_rows in (False, True))
    assert rows == posts
    assert [(one.n_posts, one.n_new, one.n_changed) for one in rows[0]] == [(3, 3, 0), (3, 1, 1)]
