"""News articles are told from ordinary first posts, and taken apart."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from article_samples import COLUMNS, LISTS, WRITTEN, Sample, samples, wrong
from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import read_article

FIRST, LAST, ORDINARY = samples("first"), samples("sixth"), samples("ordinary")
LATER = [samples(name) for name in ("second", "third", "fourth", "fifth")]
ALL = FIRST + [sample for file in LATER for sample in file]
WORDS = "word and more words of no meaning that a report may hold, said the harbour office on the first of the month. "
HOSTILE = (
    "By A and ", "(Reporting by A; ", "(", "REUTERS/", "a, ", "© ", "/", "A B\n", "5 May ", "https://", "1-", "and ",
)  # fmt: skip


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_samples(sample: Sample) -> None:
    assert wrong(sample, sample.read()) == []


def test_what_was_written_after_the_rules() -> None:
    """Nothing has been mended for these."""
    missed = [(sample.name, name) for sample in LAST for name in wrong(sample, sample.read())]
    assert len(missed) <= 0.05 * len(LAST) * len(COLUMNS), missed


@pytest.mark.parametrize("sample", ORDINARY, ids=lambda sample: sample.name)
def test_ordinary_posts_are_no_articles(sample: Sample) -> None:
    assert sample.read(WRITTEN) is None


def test_there_are_as_many_as_there_should_be() -> None:
    assert [len(kind) for kind in (FIRST, *LATER, LAST, ORDINARY)] == [20, 20, 20, 20, 20, 20, 40]


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_spans_hold_what_was_read(sample: Sample) -> None:
    found = sample.read(WRITTEN)
    assert found is not None
    body = []
    for column, index, start, end, confidence in sorted(found.spans):
        words = sample.text[start:end]
        assert 0 < confidence <= 1
        if column == "body_text":
            assert index == len(body)
            body.append(words)
        elif column in LISTS:
            assert found.lists[column][index] == (" ".join(words.split()) if column == "captions" else words)
        elif column != "published_on":  # a day, however it is written
            assert found.values[column] == words
    assert "\n".join(body) == found.values["body_text"]
    placed = {(column, index) for column, index, *_rest in found.spans}
    assert len(placed) == len(found.spans)
    for column, values in found.lists.items():
        assert {(column, index) for index in range(len(values))} <= placed


def test_a_day_without_a_year_takes_that_of_the_post() -> None:
    sample = next(sample for sample in FIRST if sample.name == "bernama-1")
    for written, day in (("2019-10-04", "2019-10-03"), ("2020-01-02", "2019-10-03"), (None, None)):
        at = datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None
        found = sample.read(at)
        assert found is not None
        assert found.values.get("published_on") == day


def test_the_title_stands_in_for_a_headline_that_is_not_there() -> None:
    sample = next(sample for sample in FIRST if sample.name == "tass-1")
    found = read_article(sample.text.split("\n", 1)[1], "Another title")
    assert found is not None
    assert found.values["headline"] == "Another title"
    assert "headline" not in {column for column, *_rest in found.spans}


@given(st.text(max_size=600), st.sampled_from(ALL), st.integers(0, 2000))
def test_anything_may_stand_in_between(noise: str, sample: Sample, place: int) -> None:
    text = sample.text[:place] + noise + sample.text[place:]
    found = read_article(text, sample.title, written=WRITTEN)
    for _column, _index, start, end, _confidence in found.spans if found else ():
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_time_grows_with_length_only(piece: str) -> None:
    def cost(n: int) -> float:
        text = FIRST[0].text + "\n" + piece * (n // len(piece)) + "\n" + (WORDS + "\n") * 3
        best = 9e9
        for _ in range(3):
            begin = time.process_time()
            read_article(text, FIRST[0].title, written=WRITTEN)
            best = min(best, time.process_time() - begin)
        return best

    assert cost(160_000) < 8 * 4 * (cost(20_000) + 0.002)  # eight times the length; four for a busy machine


def test_columns_are_those_of_the_table() -> None:
    from crawler.items import TABLES

    names = set(TABLES["articles"].names) - {"site", "content_class", "post_id", "thread_id"}
    assert {*COLUMNS[:-1], "body_text"} == names


def test_the_demo_forum_opens_with_an_article() -> None:
    from demo_pages import forum, pages
    from histories import history, reading

    from crawler.demo.model.article import truth
    from crawler.items import TopicPage
    from pipelines.derive import derive

    wanted = asdict(truth())
    first = forum().thread(101)
    for page in pages():
        if isinstance(page, TopicPage) and page.thread.page == 1:
            page.thread.thread_id, read = 1, page.thread.thread_id
            tables = derive(history(reading(page.posts, title=page.thread.title))).tables
            found = tables["articles"]
            assert (len(found) == 1) == (read == first.thread_id), read
            if found:
                assert {name: getattr(found[0], name) for name in wanted} == wanted
                assert {span.field for span in tables["article_spans"]} == {n for n, value in wanted.items() if value}
