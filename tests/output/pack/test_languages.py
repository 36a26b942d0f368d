"""Which languages a pack says its posts are in."""

from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from output.pack import languages
from output.pack.languages import Languages, common

WORDS = {
    "en": "I think that the last update has broken the search, does anybody know what to do?",
    "de": "Ich glaube, seit dem letzten Update geht die Suche nicht mehr, weiß jemand Rat?",
    "ru": "Кажется, после обновления перестал работать поиск, кто-нибудь знает, что делать?",
    "th": "หลังจากอัปเดตแล้วการค้นหาใช้งานไม่ได้ มีใครรู้วิธีแก้ไหมครับ",
    "fr": "Je crois que depuis la mise à jour la recherche ne marche plus, quelqu'un a une idée ?",
}


@pytest.fixture
def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)


def test_each_language_is_told() -> None:
    pytest.importorskip("py3langid", reason="py3langid is not installed (the extra [pack])")
    found = Languages(10)
    others = [WORDS["en"], None, "ok", "@somebody https://a.example/long/address/of/a/page", "12 " * 30]
    found.add(pa.array([*WORDS.values(), *others]))
    told = found.as_json()
    assert told["posts"] == {"en": 2, "de": 1, "fr": 1, "ru": 1, "th": 1}
    assert (told["looked_at"], told["too_short"], told["unknown"], told["one_in"]) == (9, 3, 0, 1)
    assert told["by"].startswith("py3langid ")
    assert common(told) == ["en", "de", "fr", "ru", "th"]


def test_without_the_model_scripts_are_told(without_model: None) -> None:
    found = Languages(5)
    found.add(pa.array(WORDS.values()))
    told = found.as_json()
    assert (told["by"], told["posts"]) == ("script", {"Latin": 3, "Cyrillic": 1, "Thai": 1})
    assert common(told) == []


def test_of_many_posts_every_nth_is_looked_at(monkeypatch: pytest.MonkeyPatch, without_model: None) -> None:
    monkeypatch.setattr(languages, "LOOKED_AT", 10)
    found = Languages(101)
    found.add(pa.array([WORDS["en"]] * 50))
    found.add(pa.array([WORDS["ru"]] * 51))
    told = found.as_json()
    assert (told["one_in"], told["looked_at"], told["posts"]) == (11, 10, {"Cyrillic": 5, "Latin": 5})


def test_rare_ones_are_not_common() -> None:
    told = {"by": "x", "posts": {"en": 199, "de": 1}}
    assert common(told) == ["en"]
