"""A small crawl with a trap for every rule of the pseudonymised profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SECRETS = ("Annika Vale", "Bobolink", "OldBobby", "Typed Guest", "Editorix", "Citedonly", "Mentionee")
ADDRESSES = (
    "https://forum.example/profile/7-annika/",
    "https://forum.example/topic/1-x/page/2/#comment-11",
    "forum.example/topic/1-x",
    "https://old.example/index.php?showtopic=17&findpost=10",
)


def crawl(make: Any, publish: Any, folder: Path, **changes: Any) -> Path:
    """A dataset whose every known place holds a name, a number or an address of the live site."""
    rows = make.dataset()
    bob = {"author_id": 8, "author_name": "Bobolink"}
    url = "https://forum.example/topic/1-x/#comment-"
    plain = {"author_name": "Annika Vale", "html": "<p>Annika Vale</p>", "full_text": None}
    for post in rows["posts"]:
        post.author_name = {7: "Annika Vale", 8: "Bobolink", None: "Typed Guest"}[post.author_id]
        post.html, post.url = plain["html"], f"{url}{post.post_id}"
    first, second, third = rows["posts"][:3]
    first.text = "The article's own body."
    second.text = f"See {ADDRESSES[0]} and {ADDRESSES[1]} or {ADDRESSES[2]}, also {ADDRESSES[3]} @Bobolink, thanks"
    second.full_text, second.edited_by = "> Annika Vale wrote:\n> The article's own body.\nyes", "Editorix"
    third.text = "On Monday, annika vale said:\nwell\nEdited 3 March by Bobolink"
    third.full_text = third.text
    versions = {(v.post_id, v.is_current): v for v in rows["versions"]}
    for post in rows["posts"]:
        versions[post.post_id, True].text = post.text
        versions[post.post_id, True].html = post.html
    versions[11, False].source, versions[11, False].text = "quote", "recovered words"
    versions[11, True].edited_by = "Editorix"
    second.n_versions = 1
    cited = {"cited_author_id": 7, "cited_author_name": "Annika Vale", "cited_post_id": 10, "cited_thread_id": 1}
    for quote in rows["quotes"]:
        for name, value in cited.items():
            setattr(quote, name, value)
    rows["quotes"][1].cited_post_id, rows["quotes"][1].cited_author_id = 11, None
    rows["quotes"][1].cited_author_name, rows["quotes"][1].quoted_text = "Citedonly", "new words"
    rows["events"].append(
        make.row("events", thread_id=1, post_id=12, event="renamed_author", from_value="OldBobby", to_value="Bobolink",
                 actor_name="Editorix")
    )  # fmt: skip
    rows["links"] = [
        make.row("links", post_id=11, link_index=0, kind="mention", url=ADDRESSES[0], text="@Mentionee",
                 mentioned_author_id=9),
        make.row("links", post_id=11, link_index=1, kind="link", url=ADDRESSES[0], text="Annika Vale",
                 attachment_id=33),
        make.row("links", post_id=11, link_index=2, kind="link", url=ADDRESSES[1], text=ADDRESSES[1]),
    ]  # fmt: skip
    rows["authors"] = [
        make.row("authors", author_id=7, author_name="Annika Vale", n_posts_seen=2, known_names=["Annika Vale"]),
        make.row("authors", n_posts_seen=1, known_names=["Bobolink", "OldBobby"], **bob),
    ]
    rows["threads"][0].url = ADDRESSES[1]
    rows["threads"][0].author_id, rows["threads"][0].author_name = 7, "Annika Vale"
    rows["threads"][0].title, rows["threads"][1].title = "Rain", "Sun"
    rows["articles"][0].body_text = "The article's own body."
    rows["articles"][0].captions = ["A caption of theirs"]
    rows["forums"][0].url = "https://forum.example/forum/2-news/"
    for thread in rows["threads"]:
        thread.forum_id, thread.created_at, thread.last_seen_at = 2, make.t0, make.t0
    rows["fetches"][0].url = ADDRESSES[1]
    rows["runs"][0].config = '{"delay":1.0,"urls":["https://forum.example/topic/1-x/"]}'
    rows["runs"][0].user_agent = "me@example.org"
    rows["runs"][0].authenticated = changes.pop("authenticated", False)
    for site in [changes.pop("site", None)]:
        for found in (row for table in rows.values() for row in table if site and hasattr(row, "site")):
            found.site = site
    return publish(folder, rows, **changes)
