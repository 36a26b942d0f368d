"""The reader as somebody uses it: follow quotes, search, look at edits, use keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser_help import DESK, EDITED, PHONE

ARTICLE, QUOTING, DEEPEST = "#post-4104", "#post-4114", "#post-4129"
THREAD = "#thread-101"


def test_the_front_leads_to_a_thread_and_back(show: Any, demo: Path) -> None:
    page = show(demo).page
    assert page.locator("#threads").is_visible()
    assert not page.locator(THREAD).is_visible()
    page.locator(f'#threads a[href="{THREAD}"]').click()
    assert page.locator(f"{THREAD} h1").is_visible()
    assert not page.locator("#overview").is_visible()
    page.go_back()
    assert page.locator("#overview").is_visible()
    assert not page.locator(THREAD).is_visible()


def test_an_article_is_set_as_one(show: Any, demo: Path) -> None:
    page = show(demo, THREAD).page
    assert page.locator(f"{ARTICLE} .byline").inner_text() == "By Mira Halloran and Josef Tandy · 12 Mar 2024"
    assert page.locator(f"{ARTICLE} .dateline").inner_text() == "PORT ASTER (Northwind News)"
    assert page.locator(f"{ARTICLE} .caption").count() == 1
    assert page.locator(f"{ARTICLE} .story h3").inner_text() == "TIDES AND TOLLS"
    assert not page.locator(f"{ARTICLE} .raw .body").is_visible()
    page.locator(f"{ARTICLE} .raw summary").click()
    assert page.locator(f"{ARTICLE} .raw .body").is_visible()


def test_a_quote_leads_to_its_post_and_back(show: Any, demo: Path) -> None:
    shown = show(demo, QUOTING)
    shown.page.locator(f"{QUOTING} .cite a").first.click()
    assert shown.hash == ARTICLE
    assert shown.focused == ARTICLE.lstrip("#")
    assert shown.in_sight(ARTICLE)
    shown.page.locator(f'{ARTICLE} .quoted-by a[href="{QUOTING}"]').click()
    assert shown.hash == QUOTING
    assert shown.in_sight(QUOTING)


def test_nested_quotes_are_nested_each_with_its_link(show: Any, demo: Path) -> None:
    page = show(demo, DEEPEST).page
    nested = page.locator(f"{DEEPEST} blockquote blockquote blockquote > .cite a")
    assert nested.get_attribute("href") == ARTICLE
    assert page.locator(f"{DEEPEST} .cite a").count() == 3


def test_a_quote_of_another_thread_leads_there(show: Any, demo: Path) -> None:
    shown = show(demo, "#post-4130")
    shown.page.locator("#post-4130 .cite a").click()
    assert shown.hash == "#post-4065"
    assert shown.page.locator("#thread-88").is_visible()
    assert not shown.page.locator(THREAD).is_visible()


def test_a_quote_of_an_unread_post_says_so(show: Any, demo: Path) -> None:
    cite = show(demo, "#post-4143").page.locator("#post-4143 .cite")
    assert cite.locator("a").count() == 0
    assert re.search("Bilgewater.*that post was not read", cite.inner_text())


def test_search_finds_words_and_authors(show: Any, demo: Path) -> None:
    page = show(demo, THREAD).page
    field, posts = page.locator(f"{THREAD} .find"), page.locator(f"{THREAD} .post:not([hidden])")
    everything = posts.count()
    field.fill("rowing TANKER")
    assert 0 < posts.count() < everything
    assert "of 63 posts" in page.locator(f"{THREAD} output.found").inner_text()
    assert all("tanker" in text for text in posts.all_text_contents())
    field.press("Enter")
    assert page.locator(f"{THREAD} output.found").inner_text().startswith("1 of ")
    assert page.locator(f"{THREAD} .match").count() == 1
    field.press("Escape")
    assert posts.count() == everything
    page.locator(f"{THREAD} .who").select_option("Боцман")
    assert set(page.locator(f"{THREAD} .post:not([hidden]) .by").all_text_contents()) == {"Боцман"}
    field.fill("no such word anywhere")
    assert posts.count() == 0
    assert page.locator(f"{THREAD} output.found").inner_text() == "0 of 63 posts"


def test_a_link_ends_a_search_that_hides_its_post(show: Any, demo: Path) -> None:
    shown = show(demo, THREAD)
    shown.page.locator(f"{THREAD} .find").fill("Three deep")
    shown.page.locator("#post-4129 .cite a").first.click()
    assert shown.in_sight("#post-4124")


def test_an_edit_shows_what_changed(show: Any, demo: Path) -> None:
    page = show(demo, f"#post-{EDITED}").page
    edits = page.locator(f"#post-{EDITED} details.edits")
    assert not edits.locator(".diff").is_visible()
    edits.locator("summary").click()
    assert "what the gates are worth" in edits.locator("ins").first.inner_text()
    assert "although the plans looked fine" in " ".join(edits.locator("del").all_inner_texts())
    assert edits.locator(".diff").inner_text().startswith("We shall see next year")
    assert edits.locator("summary").inner_text().startswith("Edited ")


def test_the_tree_of_replies_leads_to_posts(show: Any, demo: Path) -> None:
    shown = show(demo, THREAD)
    outline = shown.page.locator(f"{THREAD} .outline")
    outline.locator("summary").click()
    assert outline.locator("li").count() == 63
    line = outline.locator("li.d3").first
    assert "answers" not in line.inner_text()
    line.locator("a").click()
    assert shown.in_sight(shown.hash)


def test_keys(show: Any, demo: Path) -> None:
    shown = show(demo, THREAD)
    press = shown.page.keyboard.press
    press("j")
    first = shown.focused
    press("j")
    second = shown.focused
    assert first.startswith("post-")
    assert second.startswith("post-")
    assert first != second
    press("k")
    assert shown.focused == first
    press("/")
    assert shown.focused == "find"
    shown.page.keyboard.type("jk?")
    assert shown.page.locator(f"{THREAD} .find").input_value() == "jk?"
    press("Escape")
    press("?")
    assert shown.page.locator("dialog.keys").is_visible()
    press("Escape")
    assert not shown.page.locator("dialog.keys").is_visible()


def test_the_skip_link_comes_first_and_focus_is_seen(show: Any, demo: Path) -> None:
    shown = show(demo)
    shown.page.keyboard.press("Tab")
    assert shown.focused == "skip"
    assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    shown.page.keyboard.press("Enter")
    assert shown.focused == "main"


def test_colours_can_be_chosen(show: Any, demo: Path) -> None:
    shown = show(demo)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = shown.evaluate(paper)
    shown.page.locator("button.theme").click()
    assert shown.evaluate(paper) != light
    shown.page.reload()
    assert shown.evaluate(paper) != light
    shown.page.locator("button.theme").click()
    assert shown.evaluate(paper) == light


def test_without_scripts_all_of_it_is_there(show: Any, demo: Path) -> None:
    page = show(demo, scripts=False).page
    assert page.locator("#overview").is_visible()
    assert page.locator(f"{THREAD} .post").count() == 63
    assert page.locator(ARTICLE).is_visible()
    page.locator(f"{QUOTING} .cite a").first.click()
    assert page.url.endswith(ARTICLE)


def test_in_print_a_thread_stands_alone(show: Any, demo: Path) -> None:
    page = show(demo, THREAD, dark=True).page
    page.emulate_media(media="print")
    muted = "getComputedStyle(document.documentElement).getPropertyValue('--muted')"
    assert page.evaluate(muted) == "#59616c", "paper is white, whatever the screen was"
    assert page.locator(f"{ARTICLE} .story").is_visible()
    assert not page.locator("header.top").is_visible()
    assert not page.locator(f"{THREAD} .tools").is_visible()


@pytest.mark.parametrize("mark", ["", THREAD])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_window(show: Any, demo: Path, size: dict[str, int], mark: str) -> None:
    shown = show(demo, mark, size=size)
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_threads_in_files_of_their_own_lead_to_each_other(show: Any, large: Path) -> None:
    shown = show(large)
    page = shown.page
    page.locator("#threads a", has_text="Port Aster").click()
    assert re.search(r"/report/thread-[0-9a-f]{8}-101\.html#thread-101$", page.url)
    assert page.locator(ARTICLE).is_visible()
    page.locator("#post-4130 .cite a").click()
    page.wait_for_url(re.compile(r"-88\.html#post-4065$"))
    assert shown.in_sight("#post-4065")
    page.locator("#post-4065 .quoted-by a").last.click()
    page.wait_for_url(re.compile("#post-4130$"))
    page.locator(".back a").click()
    assert page.url == f"{large.as_uri()}#threads"
    assert shown.in_sight("#threads")


class TestSaved:
    """A real forum."""

    def test_quotes_lead_both_ways(self, show: Any, saved: Path) -> None:
        shown = show(saved, "#post-10")
        shown.page.locator("#post-10 .cite a").click()
        assert shown.hash == "#post-9"
        shown.page.locator('#post-9 .quoted-by a[href="#post-10"]').click()
        assert shown.in_sight("#post-10")

    def test_what_is_missing_is_told(self, show: Any, saved: Path) -> None:
        page = show(saved).page
        assert page.locator('#threads li:has-text("incomplete"), #threads li:has-text("missing")').count() > 0
        assert "150" in (page.locator("#overview").text_content() or "")

    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
    def test_every_thread_fits_the_window(self, show: Any, saved: Path, size: dict[str, int]) -> None:
        shown = show(saved, size=size)
        threads = shown.evaluate("Array.from(document.querySelectorAll('.thread'), thread => thread.id)")
        assert len(threads) == 25
        for thread in threads:
            shown.evaluate("id => { location.hash = id; }", thread)
            assert shown.page.locator(f"#{thread}").is_visible()
            assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), thread
