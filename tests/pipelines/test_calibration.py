"""What hiding the numbers of explicit quotes tells of the rules without numbers."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from histories import KEY, history, reading
from pages_made import SITE, T0, post, quote

from crawler.items.history import ThreadHistory, ThreadKey
from pipelines.calibration import ENOUGH, SAMPLE, Calibration, calibrate, confidence_of
from pipelines.derive import derive


def words_of(number: int) -> str:
    rng = random.Random(number)
    return " ".join(f"word{rng.randrange(5000)}" for _ in range(30))


def talk(n_posts: int, first: int = 1, **cited: Any) -> list[Any]:
    """Posts each of which quotes the one before by number, name and time."""
    made = [post(first, words_of(first))]
    for number in range(first + 1, first + n_posts):
        named = {"cited_author_name": "Ann", "cited_at": T0 + timedelta(minutes=number - 1)} | cited
        made.append(post(number, words_of(number), [quote(number - 1, words_of(number - 1)[:80], **named)]))
    return made


def measured(posts: list[Any]) -> Calibration:
    return calibrate([KEY], lambda _key: history(reading(posts)))[SITE]


def test_right_answers() -> None:
    made = measured(talk(5))
    assert (made.n_quotes, made.right, made.wrong) == (4, {"author_exact": 4, "author_time": 4}, {})
    assert made.as_json()["methods"]["author_text"] == {
        "answered": 4, "right": 4, "precision": 1.0, "recall": 1.0, "false_links": 0.0,
    }  # fmt: skip


def test_wrong_answers_and_false_links() -> None:
    said = words_of(1)
    forged = quote(2, said, cited_author_name="Ann")
    made = measured([post(1, said), post(2, "other words"), post(3, "x", [forged])])
    assert (made.right, made.wrong["author_exact"], made.false["author_exact"]) == ({}, 1, 1)
    twice = measured(
        [post(1, said), post(2, said + " and more"), post(3, "x", [quote(1, said, cited_author_name="Ann")])]
    )
    assert (twice.right["author_exact"], twice.false["author_exact"]) == (1, 1)


def test_what_is_not_asked() -> None:
    asked = [
        quote(1, words_of(1), 0, cited_author_name="Bob"),  # by somebody else: no truth
        quote(1, None, 1, cited_author_name="Ann"),
        quote(1, words_of(1), 2),
        quote(99, words_of(1), 3, cited_author_name="Ann"),
        quote(1, words_of(1), 4, cited_author_name="Ann", cited_class="cms_Records1"),
        quote(None, words_of(1), 5, cited_author_name="Ann"),
    ]
    assert measured([post(1, words_of(1)), post(2, "x", asked)]).n_quotes == 0


def test_a_name_of_today_that_quotes_do_not_use_lowers_recall() -> None:
    made = measured(talk(5, cited_author_name="Annie", cited_author_id=7))
    assert (made.n_quotes, made.right.total(), made.wrong.total()) == (4, 0, 0)


def test_confidence_takes_enough_answers() -> None:
    few, many = measured(talk(ENOUGH)), measured(talk(ENOUGH + 1))
    assert few.confidence() == {}
    assert many.confidence() == {"author_exact": 0.99, "author_time": 0.99}
    assert confidence_of({SITE: many}, "elsewhere.example") == {}


def test_links_take_the_measured_confidence() -> None:
    posts = [post(1, words_of(1)), post(2, "x", [quote(None, words_of(1), cited_author_name="Ann")])]
    rows = [derive(history(reading(posts)), None, given).tables for given in ({}, {"author_exact": 0.91})]
    assert [row["quotes"][0].confidence for row in rows] == [0.995, 0.91]
    assert [row["posts"][1].reply_confidence for row in rows] == [0.995, 0.91]


def test_the_sample_is_the_same_in_whatever_order_and_is_not_larger_than_needed() -> None:
    keys = [ThreadKey(SITE, KEY.content_class, number) for number in range(1, 40)]
    read: list[ThreadKey] = []

    def thread(key: ThreadKey) -> ThreadHistory:
        read.append(key)
        posts = talk(26, key.thread_id * 100)
        return ThreadHistory(key=key, pages=[reading(posts)], outcome="ok")

    first = calibrate(keys, thread)[SITE]
    assert first.n_quotes == SAMPLE
    assert len(read) == SAMPLE // 25
    again = calibrate(random.Random(1).sample(keys, len(keys)), thread)[SITE]
    assert again == first
    assert read[: len(read) // 2] == read[len(read) // 2 :]


def test_sites_are_measured_apart() -> None:
    keys = [ThreadKey(site, KEY.content_class, 1) for site in ("a.example", "b.example")]
    made = calibrate(keys, lambda key: ThreadHistory(key=key, pages=[reading(talk(3 + (key.site < "b")))]))
    assert {site: one.n_quotes for site, one in made.items()} == {"a.example": 3, "b.example": 2}
