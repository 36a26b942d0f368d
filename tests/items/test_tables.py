"""The published tables as promised: each column with its type and null, written down apart from the code."""

from __future__ import annotations

import pytest

from crawler.items import TABLES, Column

PROMISED = {
    "forums": """
        site:str forum_id:int |
        parent_forum_id:int? name:str? url:str n_threads_declared:int? n_threads_seen:int complete:bool
        last_seen_at:time°
    """,
    "threads": """
        site:str content_class:str thread_id:int |
        forum_id:int? forum_path:list? title:str? url:str? author_id:int? author_name:str? created_at:time?
        last_post_at:time? n_posts_declared:int? n_posts_seen:int n_pages:int? n_views:int?° tags:list
        is_pinned:bool? is_locked:bool? is_solved:bool? has_poll:bool? status:str moved_to_thread_id:int?
        complete:bool first_seen_at:time?° last_seen_at:time?°
    """,
    "posts": """
        site:str content_class:str post_id:int |
        thread_id:int position:int? page:int? is_first_post:bool status:str author_id:int? author_name:str?
        author_group:str? author_is_guest:bool created_at:time? edited_at:time? edited_by:str? edit_reason:str?
        n_versions:int text:str? full_text:str? html:str? reply_to_post_id:int? reply_method:str?
        reply_confidence:real? n_quotes:int n_reactions:int? is_quote_only:bool url:str first_seen_at:time°
        last_seen_at:time°
    """,
    "versions": """
        site:str content_class:str post_id:int version:int |
        is_current:bool source:str text:str? full_text:str? html:str? text_hash:str edited_at:time? edited_by:str?
        edit_reason:str? parser_version:int° observed_from:time° observed_to:time°
    """,
    "quotes": """
        site:str content_class:str post_id:int quote_index:int |
        parent_quote_index:int? depth:int quoted_text:str? cited_author_name:str? cited_author_id:int?
        cited_at:time? cited_post_id:int? cited_thread_id:int? cited_class:str? target_post_id:int?
        target_thread_id:int? target_version:int? target_state:str method:str? confidence:real?
        candidate_post_id:int? n_candidates:int? id_check:str is_truncated:bool? is_altered:bool?
        linker_version:int°
    """,
    "events": """
        site:str content_class:str thread_id:int post_id:int? event:str changed_before:time |
        changed_after:time? actor_name:str? reason:str? from_version:int? to_version:int? from_value:str?
        to_value:str? other_thread_id:int? evidence:str run_id:int?°
    """,
    "articles": """
        site:str content_class:str post_id:int |
        thread_id:int headline:str? byline:list dateline_place:str? agency:str? published_on:str? captions:list
        section_headings:list reporting:list editing:list copyright_line:str? source_url:str? body_text:str?
    """,
    "article_spans": """
        site:str content_class:str post_id:int field:str index:int |
        start:int end:int confidence:real
    """,
    "links": """
        site:str content_class:str post_id:int link_index:int |
        kind:str url:str? text:str? domain:str? in_quote:bool attachment_id:int? mentioned_author_id:int?
    """,
    "authors": """
        site:str author_id:int |
        author_name:str? known_names:list author_group:str? n_posts_seen:int first_post_at:time? last_post_at:time?
    """,
    "reactions": """
        site:str content_class:str post_id:int reaction:str |
        count:int
    """,
    "polls": """
        site:str thread_id:int question_index:int option_index:int |
        question:str? option:str? votes:int?
    """,
    "reposts": """
        site:str content_class:str post_id:int |
        cluster_id:int similarity:real method:str
    """,
    "fetches": """
        fetch_id:int |
        run_id:int site:str url:str final_url:str? fetched_at:time status:int? bytes:int? elapsed_ms:int?
        page_kind:str layout:str? thread_id:int? page:int? n_posts:int? outcome:str error:str? body_sha256:str?
        warc_file:str? warc_offset:int?
    """,
    "runs": """
        run_id:int |
        sites:list started_at:time finished_at:time? outcome:str? tool_version:str schema_version:int config:str
        robots_sha256:str? user_agent:str authenticated:bool n_requests:int n_pages:int n_posts:int n_new:int
        n_changed:int n_missing:int
    """,
}
"""Key columns, a bar, the others in order; ``?`` may be null, ``°`` is an observation."""

KINDS = {
    "str": "string",
    "int": "int64",
    "bool": "bool",
    "real": "double",
    "time": "timestamp",
    "list": "list<string>",
}


def written(column: Column) -> tuple[str, str, bool, bool]:
    return column.name, column.kind, column.nullable, column.observation


def promised(word: str) -> tuple[str, str, bool, bool]:
    name, _, rest = word.partition(":")
    return name, KINDS[rest.rstrip("?°")], "?" in rest, "°" in rest


def test_the_tables_are_those_promised_in_their_order() -> None:
    assert list(TABLES) == list(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_columns(name: str) -> None:
    key, _, rest = PROMISED[name].partition("|")
    table = TABLES[name]
    assert table.key == tuple(word.partition(":")[0] for word in key.split())
    assert [written(column) for column in table.columns] == [promised(word) for word in [*key.split(), *rest.split()]]


@pytest.mark.parametrize("name", PROMISED)
def test_every_table_and_column_is_described(name: str) -> None:
    table = TABLES[name]
    assert table.description.endswith((".", ")"))
    assert all(column.description.endswith(".") for column in table.columns)


def test_sort_order() -> None:
    assert TABLES["posts"].sort == ("site", "content_class", "thread_id", "created_at", "post_id")
    assert all(table.sort == table.key for name, table in TABLES.items() if name != "posts")


def test_only_fetches_and_runs_are_observations_as_a_whole() -> None:
    assert [name for name, table in TABLES.items() if table.observation] == ["fetches", "runs"]


@pytest.mark.parametrize("name", PROMISED)
def test_keys_are_never_null(name: str) -> None:
    nullable = {column.name for column in TABLES[name].columns if column.key and column.nullable}
    assert nullable == ({"post_id"} if name == "events" else set())


def test_an_unknown_column_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="posts has no column 'nonsense'"):
        TABLES["posts"].column("nonsense")
