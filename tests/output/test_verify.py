from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.items import TABLES
from output.manifest import MANIFEST
from output.publish import Publisher
from output.verify import Problem, verify


def said(directory):
    return "\n".join(map(str, verify(directory)))


def refresh(directory):
    """Let the manifest say what the files are, so that only deeper checks can find what was done to them."""
    document = json.loads((directory / MANIFEST).read_bytes())
    for entry in document["files"]:
        path = directory / entry["path"]
        content = path.read_bytes()
        rows = pq.read_metadata(path).num_rows if entry["format"] == "parquet" else content.count(b"\n")
        entry.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), rows=rows)
        document["tables"][entry["table"]] = rows
    (directory / MANIFEST).write_text(json.dumps(document))
    return directory


def edit_lines(path, change):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))


def edit_objects(path, change):
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize(
    "options",
    [{}, {"canonical": True}, {"formats": ("jsonl",)}, {"formats": ("parquet",)}, {"formats": ("csv", "parquet")}],
    ids=repr,
)
def test_a_good_dataset(tmp_path, make, publish, options):
    assert said(publish(tmp_path, **options)) == ""


def test_an_empty_dataset(tmp_path, publish):
    assert said(publish(tmp_path, {}, formats=("parquet", "jsonl", "csv"))) == ""


def test_any_text_is_good_text(tmp_path, make, publish):
    text = 'NUL \x00, \x1b, \u2028, \u202e, \ufeff, \r\n"q", \ufffd'
    rows = make.dataset()
    for row in [*rows["posts"], *rows["versions"]]:
        row.text = text
    rows["posts"][0].author_name = "\n,\x00"
    assert said(publish(tmp_path, rows, formats=("parquet", "jsonl", "csv"))) == ""


FILE_FAULTS = {
    "no manifest": (lambda d: (d / MANIFEST).unlink(), "manifest.json: .* is not there"),
    "broken manifest": (lambda d: (d / MANIFEST).write_text("{"), "no JSON"),
    "missing file": (lambda d: (d / "parquet/links.parquet").unlink(), r"parquet/links\.parquet: the manifest lists"),
    "flipped byte": (
        lambda d: (d / "jsonl/posts.jsonl").write_bytes(
            (d / "jsonl/posts.jsonl").read_bytes().replace(b"12", b"13", 1)
        ),
        r"jsonl/posts\.jsonl: its SHA-256 is",
    ),
    "flipped byte in Parquet": (
        lambda d: (d / "parquet/posts.parquet").write_bytes(b"X" + (d / "parquet/posts.parquet").read_bytes()[1:]),
        r"parquet/posts\.parquet: its SHA-256 is",
    ),
    "dropped line": (
        lambda d: edit_lines(d / "jsonl/links.jsonl", lambda lines: lines[1:]),
        r"jsonl/links\.jsonl: 1 rows, the manifest says 2",
    ),
    "cut Parquet": (
        lambda d: (d / "parquet/posts.parquet").write_bytes((d / "parquet/posts.parquet").read_bytes()[:-9]),
        r"parquet/posts\.parquet: it cannot be read",
    ),
    "size": (lambda d: (d / "jsonl/runs.jsonl").write_bytes(b"\n"), r"runs\.jsonl: 1 bytes, the manifest says"),
    "stray file": (
        lambda d: (d / "parquet/posts-2.parquet").write_text(""),
        r"posts-2\.parquet: it is not in the mani",
    ),
    "stray folder": (
        lambda d: [(d / "csv").mkdir(), (d / "csv/posts.csv").write_text("")],
        r"csv/posts\.csv: it is not in the manifest",
    ),
    "left over": (lambda d: (d / ".publish").mkdir(), r"\.publish: a publication was interrupted"),
}


@pytest.mark.parametrize(("fault", "line"), FILE_FAULTS.values(), ids=FILE_FAULTS)
def test_faults_of_files(published, fault, line):
    fault(published)
    problems = verify(published)
    assert any(re.search(line, str(problem)) for problem in problems), said(published)
    assert all(problem.fix for problem in problems)


def rewrite(directory, change):
    path = directory / "parquet/posts.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def first(column, value):
    def change(rows):
        rows[0][column] = value

    return change


FORM_FAULTS = {
    "other type": (
        lambda d: rewrite(d, lambda t: t.set_column(4, "position", t["position"].cast("int32"))),
        "the column position is int32, declared is int64",
    ),
    "large string": (
        lambda d: rewrite(
            d,
            lambda t: t.set_column(0, pa.field("site", "large_string", nullable=False), t["site"].cast("large_string")),
        ),
        "the column site is large_string",
    ),
    "nullability": (
        lambda d: rewrite(d, lambda t: t.set_column(0, pa.field("site", pa.string()), t["site"])),
        "the column site may be null, declared is the opposite",
    ),
    "missing column": (lambda d: rewrite(d, lambda t: t.drop_columns(["text"])), "the column text is missing"),
    "extra column": (lambda d: rewrite(d, lambda t: t.append_column("x", t["text"])), "the column x is not declared"),
    "order of columns": (
        lambda d: rewrite(d, lambda t: t.select([*t.column_names[1:], "site"])),
        "not in the declared order",
    ),
    "no JSON": (lambda d: edit_lines(d / "jsonl/links.jsonl", lambda x: [x[0], b"{\n"]), "line 2: no JSON"),
    "lone surrogate": (
        lambda d: edit_lines(d / "jsonl/links.jsonl", lambda x: [x[0].replace(b"a.example", b"\\ud800"), *x[1:]]),
        "line 1: no JSON",
    ),
    "no UTF-8": (
        lambda d: edit_lines(d / "jsonl/links.jsonl", lambda x: [x[0].replace(b"a.example", b"\xff"), *x[1:]]),
        "line 1: no JSON",
    ),
    "JSONL misses a column": (
        lambda d: edit_objects(d / "jsonl/links.jsonl", lambda rows: rows[1].pop("kind")),
        "row 1: its names are not the declared columns: missing kind",
    ),
    "JSONL has another type": (
        lambda d: edit_objects(d / "jsonl/links.jsonl", first("in_quote", "no")),
        r"links\.jsonl, in the lines from 1",
    ),
    "posts without quotes": (
        lambda d: edit_objects(d / "jsonl/posts.jsonl", lambda rows: rows[2].pop("quotes")),
        "row 2: its names are not the declared columns: missing quotes",
    ),
    "formats differ": (
        lambda d: edit_objects(d / "jsonl/posts.jsonl", lambda rows: rows[3].update(author_name="Zoe")),
        r"posts\.jsonl, row 3: author_name is not what parquet/posts\.parquet says",
    ),
    "formats differ in length": (
        lambda d: edit_lines(d / "jsonl/links.jsonl", lambda lines: lines[:1]),
        r"links\.jsonl: it has fewer rows than",
    ),
    "JSONL is longer": (
        lambda d: edit_lines(d / "jsonl/runs.jsonl", lambda lines: lines * 2),
        r"runs\.jsonl: it has more rows than",
    ),
    "nested quotes differ": (
        lambda d: edit_objects(d / "jsonl/posts.jsonl", lambda rows: rows[1]["quotes"][0].update(quoted_text="!")),
        "the quotes nested in it are not those of",
    ),
    "nested quotes out of order": (
        lambda d: edit_objects(d / "jsonl/posts.jsonl", lambda rows: rows[2]["quotes"].reverse()),
        "row 2: its quotes are not in order",
    ),
    "nested quotes are no list": (
        lambda d: edit_objects(d / "jsonl/posts.jsonl", first("quotes", {})),
        "row 0: quotes is no list",
    ),
}


@pytest.mark.parametrize(("fault", "line"), FORM_FAULTS.values(), ids=FORM_FAULTS)
def test_faults_of_form(published, fault, line):
    fault(published)
    assert re.search(line, said(refresh(published))), said(published)


def test_parquet_text_that_is_no_utf8(tmp_path, publish):
    path = publish(tmp_path, formats=("parquet",)) / "parquet/reposts.parquet"
    table = pq.read_table(path)
    bad = pa.array([b"\xed\xa0\x80"]).cast(pa.binary()).view(pa.string())
    field = table.schema.field("method")
    pq.write_table(table.set_column(table.column_names.index("method"), field, bad), path)
    assert "no valid UTF-8" in said(refresh(tmp_path))


MANIFEST_FAULTS = {
    "rows": (lambda m: m["tables"].update(posts=4), "posts has 5 rows as jsonl, listed are 4"),
    "no such table": (lambda m: m["tables"].update(poems=0), "poems is no table of a dataset"),
    "not all tables": (
        lambda m: [m["tables"].pop("links"), m.update(files=[f for f in m["files"] if f["table"] != "links"])],
        "the table links is not listed",
    ),
    "twice": (lambda m: m["files"].append(m["files"][0]), "is listed 2 times"),
    "runs in a canonical dataset": (lambda m: m.update(canonical=True), "runs is no table of a canonical dataset"),
}


@pytest.mark.parametrize(("fault", "line"), MANIFEST_FAULTS.values(), ids=MANIFEST_FAULTS)
def test_faults_of_the_manifest(published, fault, line):
    document = json.loads((published / MANIFEST).read_bytes())
    fault(document)
    (published / MANIFEST).write_text(json.dumps(document))
    assert line in said(published)


def update(table, rank, **values):
    def change(rows, make):
        for name, value in values.items():
            setattr(rows[table][rank], name, value)

    return change


def drop(table, rank):
    return lambda rows, make: rows[table].pop(rank)


def add(table, **values):
    return lambda rows, make: rows[table].append(make.row(table, **values))


ROW_FAULTS = {
    "empty string": (update("posts", 0, edited_by=""), "posts.parquet, row 0: edited_by holds an empty string"),
    "empty element": (update("threads", 1, tags=["a", ""]), "threads.parquet, row 1: tags holds an empty string"),
    "thread": (
        update("posts", 4, thread_id=6),
        "site, content_class, thread_id (forum.example, forums_Topic, 6) is not in",
    ),
    "author": (update("posts", 0, author_id=9), "site, author_id (forum.example, 9) is not in authors"),
    "reply in another thread": (
        update("posts", 2, reply_to_post_id=50),
        "reply_to_post_id (forum.example, forums_Topic, 1, 50)",
    ),
    "quote's target": (
        update("quotes", 0, target_post_id=99),
        "quotes.parquet, row 0: site, target_post_id, target_thr",
    ),
    "quote's target is null": (update("quotes", 2, target_post_id=None), "quotes.parquet, row 2: site, target_post_id"),
    "target in another thread": (update("quotes", 1, target_thread_id=5), "(forum.example, 11, 5) is not in posts"),
    "missing target": (update("quotes", 1, target_state="missing", target_post_id=98), "(forum.example, 98, 1)"),
    "link": (add("links", post_id=77), "links.parquet, row 2: site, content_class, post_id"),
    "version": (add("versions", post_id=77, version=1), "versions.parquet, row 6: site, content_class, post_id"),
    "event": (add("events", thread_id=1, post_id=77), "events.parquet, row 2: site, content_class, post_id"),
    "event's thread": (add("events", thread_id=3, post_id=None), "(forum.example, forums_Topic, 3) is not in threads"),
    "reaction": (add("reactions", post_id=77), "reactions.parquet, row 1: site, content_class, post_id"),
    "article": (update("articles", 0, thread_id=5), "articles.parquet, row 0"),
    "span": (drop("articles", 0), "article_spans.parquet, row 0: site, content_class, post_id"),
    "poll": (update("polls", 0, thread_id=9), "polls.parquet, row 1: site, thread_id (forum.example, 9)"),
    "fetch": (update("fetches", 0, run_id=2), "fetches.parquet, row 0: run_id (2) is not in runs"),
    "n_posts_seen": (update("threads", 0, n_posts_seen=4), "n_posts_seen is 4, but there are 3 active posts"),
    "author's n_posts_seen": (
        update("authors", 1, n_posts_seen=0),
        "authors.parquet, row 1: n_posts_seen is 0, but there are 1",
    ),
    "n_quotes": (update("posts", 0, n_quotes=1), "posts.parquet, row 0: n_quotes is 1, but there are 0 quotes"),
    "quote left out": (drop("quotes", 2), "n_quotes is 2, but there are 1 quotes"),
    "n_versions": (update("posts", 1, n_versions=1), "n_versions is 1, but there are 2 versions"),
    "recovered version": (update("versions", 1, source="quote"), "n_versions is 2, but there are 1 versions"),
    "text": (update("posts", 1, text="old words"), "posts.parquet, row 1: its text is not that of its current version"),
    "text is null": (update("posts", 1, text=None), "row 1: its text is not that of its current version"),
    "no current version": (update("versions", 2, is_current=False), "row 1: 0 of its versions are current"),
    "two current versions": (update("versions", 1, is_current=True), "row 1: 2 of its versions are current"),
    "quote_index": (update("quotes", 0, quote_index=1), "quote_index does not count from 0 without a gap"),
    "link_index": (update("links", 1, link_index=2), "links.parquet, row 0: link_index does not count from 0"),
    "version numbers": (update("versions", 2, version=3), "version does not count from 1"),
    "option_index": (update("polls", 1, option_index=2), "option_index does not count from 0"),
    "question_index": (update("polls", 1, question_index=2), "question_index does not count from 0"),
    "position": (update("posts", 2, position=4), "position does not count from 1"),
    "position twice": (update("posts", 2, position=2), "position does not count from 1"),
    "depth at the top": (update("quotes", 1, depth=1), "a quote without parent has depth 1, not 0"),
    "depth": (update("quotes", 2, depth=2), "quotes.parquet, row 2: depth is 2, its parent's is 0"),
    "parent": (update("quotes", 2, parent_quote_index=1), "the quote 1 has the parent 1, no earlier quote"),
    "no such parent": (update("quotes", 2, parent_quote_index=7), "the quote 1 has the parent 7, no earlier quote"),
}


@pytest.mark.parametrize(("fault", "line"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_faults_of_rows(tmp_path, make, publish, fault, line):
    rows = make.dataset()
    fault(rows, make)
    publish(tmp_path, rows, formats=("parquet",))
    assert line in said(tmp_path), said(tmp_path)


@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_keys_and_order(tmp_path, publish, file_format):
    publish(tmp_path, formats=(file_format,))
    path = tmp_path / file_format / f"posts.{file_format}"
    if file_format == "parquet":
        pq.write_table(pq.read_table(path).take([0, 1, 2, 2, 4, 3]), path)
    else:
        edit_lines(path, lambda lines: [lines[rank] for rank in (0, 1, 2, 2, 4, 3)])
    text = said(refresh(tmp_path))
    assert f"posts.{file_format}, row 3: the key (forum.example, forums_Topic, 12) occurs 2 times" in text
    assert f"posts.{file_format}, row 5: it stands behind a row that should follow it" in text
    assert text.count("stands behind") == 1


def test_null_sorts_first(tmp_path, make, publish):
    rows = {"threads": [make.thread(1, 3)], "posts": [], "versions": []}
    for number, moment in enumerate([None, None, make.t0]):
        rows["posts"].append(make.post(number, created_at=moment, author_id=None))
        rows["versions"].append(make.version(number))
    assert said(publish(tmp_path, rows)) == ""
    path = tmp_path / "parquet/posts.parquet"
    pq.write_table(pq.read_table(path).take([2, 0, 1]), path)
    assert "row 1: it stands behind" in said(refresh(tmp_path))


def test_of_each_kind_ten_are_listed(tmp_path, make, publish):
    rows = {"reactions": [make.row("reactions", post_id=number) for number in range(25)]}
    problems = verify(publish(tmp_path, rows, formats=("parquet",)))
    assert len(problems) == 11
    assert [problem.row for problem in problems] == [*range(10), None]
    assert problems[-1].message.startswith("and 15 more")


def test_a_line_shows_control_characters():
    problem = Problem("parquet/x", 3, "a\n\x1b[2J\u202e", "do")
    assert str(problem) == "parquet/x, row 3: a\\n\\x1b[2J\\u202e; do"


def test_more_rows_than_a_batch(tmp_path, make, publish, monkeypatch):
    monkeypatch.setattr("output.read.READ_ROWS", 7)
    rows = {"threads": [make.thread(1, 100)], "posts": [], "versions": []}
    for number in range(100):
        created = make.t0 - timedelta(hours=number)
        rows["posts"].append(make.post(number, created_at=created, position=100 - number, author_id=None))
        rows["versions"].append(make.version(number))
    publish(tmp_path, rows)
    assert said(tmp_path) == ""
    edit_objects(tmp_path / "jsonl/posts.jsonl", lambda objects: objects[60].update(text="!"))
    assert "posts.jsonl, row 60: text is not what" in said(refresh(tmp_path))


def test_parts_of_a_table(tmp_path, make):
    rows = make.dataset()
    with Publisher(tmp_path, formats=("jsonl",)) as publisher:
        publisher.add(rows)
        publisher.finish({})
    document = json.loads((tmp_path / MANIFEST).read_bytes())
    (entry,) = [entry for entry in document["files"] if entry["table"] == "posts"]
    document["files"].remove(entry)
    (tmp_path / "jsonl/posts").mkdir()
    lines = (tmp_path / entry["path"]).read_bytes().splitlines(keepends=True)
    (tmp_path / entry["path"]).unlink()
    for number, part in enumerate((lines[:4], lines[4:])):
        path = f"jsonl/posts/part-{number:05}.jsonl"
        (tmp_path / path).write_bytes(b"".join(part))
        document["files"].append(entry | {"path": path})
    (tmp_path / MANIFEST).write_text(json.dumps(document))
    refresh(tmp_path)
    document = json.loads((tmp_path / MANIFEST).read_bytes())
    document["tables"]["posts"] = 5
    (tmp_path / MANIFEST).write_text(json.dumps(document))
    assert said(tmp_path) == ""
    edit_objects(tmp_path / "jsonl/posts/part-00001.jsonl", lambda objects: objects[0].update(author_id=4))
    assert "part-00001.jsonl, row 0: site, author_id" in said(tmp_path)


def test_tables_are_all_checked():
    from output.verify.counts import COUNTS
    from output.verify.ranks import RANKS
    from output.verify.references import REFERENCES

    for reference in REFERENCES:
        assert set(reference.columns) <= set(TABLES[reference.table].names)
        assert set(reference.target_columns) <= set(TABLES[reference.target].names)
    for count in COUNTS:
        assert {*count.key, count.column} <= set(TABLES[count.table].names)
        assert set(count.key) <= set(TABLES[count.of].names)
    for rank in RANKS:
        assert {*rank.key, rank.column} <= set(TABLES[rank.table].names)
