from __future__ import annotations

import json
import random

import pytest

from crawler.items import SCHEMA_VERSION
from output.errors import ManifestError
from output.manifest import MANIFEST, Completeness, FileEntry, Gap, Manifest, Tool, read_manifest, with_sections

ENTRY = FileEntry(path="parquet/posts.parquet", table="posts", format="parquet", rows=3, bytes=9, sha256="a" * 64)
FULL = Manifest(
    tool=Tool(version="1"),
    created_at="2026-03-01T12:00:00Z",
    files=[ENTRY],
    tables={"posts": 3},
    sites=["forum.example"],
    runs=[{"run_id": 1}],
    completeness=Completeness(complete=False, problems=[Gap(kind="page", id=4, page=2, reason="timeout")]),
    linking={"explicit_id": 4},
    repairs={"x": 1},
    sections={"backlog": 7},
)


def write(folder, document):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    (folder / MANIFEST).write_bytes(content)
    return folder


def test_round_trip(tmp_path):
    assert read_manifest(write(tmp_path, FULL.to_json())) == FULL


def test_equal_manifests_are_equal_bytes():
    gaps = [Gap(kind="page", id=n, page=page) for n in (3, 1) for page in (None, 2)]
    entries = [FileEntry(**{**{n: getattr(ENTRY, n) for n in ENTRY.__slots__}, "path": f"parquet/{n}"}) for n in "cab"]
    seen = set()
    for seed in range(5):
        random.Random(seed).shuffle(gaps)
        random.Random(seed).shuffle(entries)
        seen.add(
            Manifest(files=list(entries), completeness=Completeness(complete=False, problems=list(gaps))).to_json()
        )
    assert len(seen) == 1


def test_canonical_tells_nothing_of_time_run_or_version():
    import dataclasses

    document = json.loads(dataclasses.replace(FULL, canonical=True).to_json())
    assert {"created_at", "runs", "repairs"}.isdisjoint(document)
    assert document["tool"] == {"name": "threadset"}


def test_canonical_round_trip(tmp_path):
    manifest = Manifest(canonical=True, files=[ENTRY])
    assert read_manifest(write(tmp_path, manifest.to_json())) == manifest


def test_lone_surrogates_do_not_stop_it():
    given = {"completeness": {"complete": False, "problems": [{"kind": "x", "reason": "\ud800"}]}, "\udc00": ["\udc00"]}
    document = json.loads(with_sections(Manifest(), given).to_json())
    assert document["completeness"]["problems"][0]["reason"] == "\ufffd"
    assert document["\ufffd"] == ["\ufffd"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"files": []}, "cannot be given"),
        ({"canonical": True}, "cannot be given"),
        ({"completeness": {"problems": []}}, "completeness.complete"),
        ({"completeness": {"complete": True, "problems": [{"typ": 1}]}}, "problems"),
        ({"sites": "forum.example"}, "sites is str"),
        ({"linking": []}, "linking is list"),
    ],
)
def test_parts_of_the_wrong_form_are_refused(given, why):
    with pytest.raises(Exception, match=why) as caught:
        with_sections(Manifest(), given)
    assert caught.value.fix


def test_there_is_none(tmp_path):
    with pytest.raises(Exception, match="is not there") as caught:
        read_manifest(tmp_path)
    assert "threadset export" in caught.value.fix


def test_of_a_newer_version(tmp_path):
    write(tmp_path, json.loads(FULL.to_json()) | {"schema_version": SCHEMA_VERSION + 1})
    with pytest.raises(Exception, match="update threadset"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[]", "no object"),
        (b"{}", "tool is missing"),
        ({"files": {}}, "files is dict"),
        ({"files": [{"path": "x"}]}, "files"),
        ({"tables": {"posts": -1}}, "no count"),
        ({"tool": "x"}, "tool is str"),
        ({"canonical": "no"}, "canonical is str"),
        ({"created_at": 5}, "created_at is int"),
        ({"schema_version": "1"}, "no count"),
    ],
)
def test_unusable(tmp_path, change, why):
    write(tmp_path, change if isinstance(change, bytes) else json.loads(FULL.to_json()) | change)
    with pytest.raises(Exception, match=why) as caught:
        read_manifest(tmp_path)
    assert MANIFEST in caught.value.reason
    assert caught.value.fix


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../parquet/x"},
        {"path": "/etc/passwd"},
        {"path": "parquet/../../x"},
        {"path": "state.sqlite"},
        {"path": "parquet"},
        {"path": ""},
        {"path": "jsonl/x.jsonl"},
        {"format": "xml", "path": "xml/x"},
        {"sha256": "no"},
        {"rows": True},
        {"bytes": -1},
        {"path": 3},
    ],
)
def test_file_entries_stay_in_the_folder(tmp_path, change):
    document = json.loads(FULL.to_json())
    document["files"][0] |= change
    with pytest.raises(Exception, match="cannot be used"):
        read_manifest(write(tmp_path, document))


def test_a_newer_program_may_tell_more_of_what_is_missing(tmp_path):
    document = json.loads(FULL.to_json())
    document["completeness"] |= {"since": "2026-03-01"}
    document["completeness"]["problems"][0] |= {"severity": 3}
    assert read_manifest(write(tmp_path, document)) == FULL
    document["files"][0] |= {"codec": "zstd"}
    with pytest.raises(ManifestError, match="codec"):
        read_manifest(write(tmp_path, document))
