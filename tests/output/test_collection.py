from __future__ import annotations

import gc

import pytest

from output import Publisher
from output.collection import no_collection


def test_collection_goes_on_afterwards(tmp_path, make):
    with Publisher(tmp_path) as publisher:
        assert not gc.isenabled()
        publisher.add({"posts": [make.post(1)]})
        publisher.finish({})
    assert gc.isenabled()


def test_collection_goes_on_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), Publisher(tmp_path):
        raise ZeroDivisionError
    assert gc.isenabled()


def test_what_was_off_stays_off():
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_rows_leave_no_cycles_behind(tmp_path, make):
    """Else a long publish without collection would fill the memory."""
    left = [garbage_of(tmp_path, make, number) for number in (10, 10, 500)]
    assert left[2] <= left[1] + 20


def garbage_of(folder, make, number):
    with Publisher(folder, max_rows=100) as publisher:
        gc.collect()
        for post_id in range(1, number + 1):
            publisher.add({"posts": [make.post(post_id)], "quotes": []})
        publisher.finish({})
        return gc.collect()
