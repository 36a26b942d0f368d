"""Errors and walls by name, and what is none of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_markup import FOOTER, HOST, SIGN_IN, URL, linked, post, shell, topic
from page_reading import error, texts, topic_page, wall

from crawler import demo
from crawler.demo import render
from crawler.items import ErrorPage, ForumPage, Wall
from crawler.pages import parse
from crawler.pages.document import Document
from crawler.pages.obstacles import retry_after

FORUM = demo.build()
JSD = (
    "<script>(function(){a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';window.__CF$cv$params={}})()</script>"
)
LOCKED = (
    '<form method="post"><input type="password" name="password">'
    '<input type="hidden" name="password_submitted" value="1"></form>'
)
CLOUDFLARE = '<html><head><title>{0}</title></head><body><div id="cf-error-details"><h1>{0}</h1></div></body></html>'


def forum_error(code: str) -> bytes:
    return render.error_page(FORUM, HOST, code)


WALLS = {
    "login form": ("login", render.login_wall(FORUM, HOST), 200, {}),
    "login form, 403": ("login", render.login_wall(FORUM, HOST), 403, {}),
    "login by status": ("login", b"<html></html>", 401, {}),
    "age gate": ("age_gate", render.age_gate(FORUM, HOST), 200, {}),
    "offline": ("offline", render.offline(FORUM, HOST), 503, {}),
    "offline, 200": ("offline", render.offline(FORUM, HOST), 200, {}),
    "ban": ("ban", render.ban(FORUM, HOST), 403, {}),
    "nameless 403": ("ban", b"<html><body>Forbidden</body></html>", 403, {}),
    "cloudflare block": ("ban", CLOUDFLARE.format("Sorry, you have been blocked").encode(), 403, {}),
    "cloudflare block, 200": ("ban", CLOUDFLARE.format("Sorry, you have been blocked").encode(), 200, {}),
    "challenge": ("challenge", render.challenge("f"), 403, {"CF-Mitigated": "challenge"}),
    "challenge, 503": ("challenge", render.challenge("f"), 503, {}),
    "challenge, 200": ("challenge", render.challenge("f"), 200, {}),
    "challenge by header": ("challenge", b"", 403, {"cf-mitigated": "challenge"}),
    "challenge by title": ("challenge", b"<html><title>Just a moment...</title></html>", 403, {}),
    "challenge form": ("challenge", b"<html><body><form id='challenge-form'></form></body></html>", 503, {}),
    "rate limit": ("rate_limit", b"<html></html>", 429, {"Retry-After": "7"}),
    "locked forum": ("password", shell(LOCKED, controller="forums", number=5), 200, {}),
    "locked forum, 403": ("password", shell(LOCKED, controller="forums", number=5), 403, {}),
}

ERRORS = {
    "gone thread": ("not_found", "2F173/1", forum_error("2F173/1"), 404),
    "gone for good": ("gone", "2F173/1", forum_error("2F173/1"), 410),
    "hidden": ("hidden", "2F173/O", forum_error("2F173/O"), 404),
    "forbidden": ("forbidden", "2F173/H", forum_error("2F173/H"), 403),
    "forbidden otherwise": ("forbidden", "2F173/2", forum_error("2F173/2"), 403),
    "post that is not there": ("not_found", "2F173/F", forum_error("2F173/F"), 404),
    "post that nobody may see": ("forbidden", "2F173/7", forum_error("2F173/7"), 403),
    "code of another part": ("server_error", "2S100/Z", forum_error("2S100/Z"), 500),
    "soft 404": ("not_found", "2F173/1", forum_error("2F173/1"), 200),
    "soft 403": ("forbidden", "2F173/H", forum_error("2F173/H"), 200),
    "404 of another program": ("not_found", None, b"<html><body>Not Found</body></html>", 404),
    "bare 404": ("not_found", "2F173/1", b"<title>Page not found</title>2F173/1", 404),
    "empty 404": ("not_found", None, b"", 404),
    "server error": ("server_error", None, b"<html><body>Oops</body></html>", 500),
    "cloudflare 522": ("server_error", None, CLOUDFLARE.format("522: Connection timed out").encode(), 522),
    "another program": ("not_ips", None, render.not_ips(HOST), 200),
    "another page of the forum": ("not_thread", None, shell("<p>Hello</p>", controller="index", number=None), 200),
    "empty thread": ("no_posts", None, render.empty_thread(FORUM, FORUM.threads[0], HOST), 200),
    "teapot": ("refused", None, b"<html></html>", 418),
    "cut off": ("truncated", None, b"<html><body>", 200),
}


@pytest.mark.parametrize("name", WALLS)
def test_walls_by_name(name: str) -> None:
    kind, page, status, headers = WALLS[name]
    assert wall(page, status=status, headers=headers).kind == kind


@pytest.mark.parametrize("name", ERRORS)
def test_errors_by_name(name: str) -> None:
    kind, code, page, status = ERRORS[name]
    found = error(page, status=status)
    assert (found.kind, found.code, found.status) == (kind, code, status)


@pytest.mark.parametrize("name", ERRORS)
def test_the_script_that_a_delivery_network_adds_to_every_page_is_no_challenge(name: str) -> None:
    kind, _code, page, status = ERRORS[name]
    assert error(page.replace(b"</body>", JSD.encode() + b"</body>"), status=status).kind == kind


@pytest.mark.parametrize("status", [404, 403, 410])
def test_an_error_of_the_forum_settles_the_thread_whatever_form_it_shows(status: int) -> None:
    form = SIGN_IN.replace("elUserSignIn_menu", "x").replace("ipsLayout_header", "y")
    page = forum_error("2F173/H").replace(b"<section", form.encode() + b"<section", 1)
    assert isinstance(parse(page, URL, status=status), ErrorPage)


QUOTED = [
    "Just a moment...",
    "hasAcceptedAge ips4_hasAcceptedAge",
    "2F173/1",
    "Error code: 2F173/O",
    "window._cf_chl_opt={cvId: '3'}",
    "/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1",
    "Sorry, you have been blocked",
    "name=_processLogin id=elOffline id=elBanned cf-error-details",
    "&lt;form id=&quot;challenge-form&quot;&gt;&lt;input name=&quot;_processLogin&quot;&gt;",
    "<h1>Just a moment...</h1><h2>Sorry, you have been blocked</h2>",
    "<div id='challenge-form'>x</div><div id='elBanned' data-role='banned'>x</div><div id='elOffline'>x</div>",
    "<form id='challenge-form'><input name='_processLogin'><input type='password' name='password'>x</form>",
    "<input name='password_submitted'><div data-role='ageGate' id='elAgeGate'>x</div>",
    "&lt;/html&gt;",
]


@pytest.mark.parametrize("words", QUOTED)
def test_a_post_about_walls_is_a_post(words: str) -> None:
    page = topic(post(1), post(2, f"<p>Look: {words}</p>"), post(3), ld=linked(text=words))
    assert list(texts(topic_page(page))) == [1, 2, 3]


@pytest.mark.parametrize("words", QUOTED)
def test_a_page_about_walls_that_is_cut_off_is_truncated(words: str) -> None:
    page = topic(post(1), post(2, f"<p>Look: {words}</p>"), post(3), ld=linked(text=words))
    assert error(page[: page.rindex(b"</article>")]).kind == "truncated"
    assert error(page[:-8]).kind == "truncated"


@pytest.mark.parametrize("words", QUOTED)
def test_a_page_about_walls_that_lost_posts_says_so(words: str) -> None:
    page = topic(post(1, words), post(2, "<div>" * 3000), post(3))
    assert error(page).kind == "lost_posts"


def test_a_listing_of_titles_about_walls_is_a_listing() -> None:
    rows = "".join(
        f'<li data-rowID="{n}"><h4 class="ipsDataItem_title"><a href="/topic/{n}-x/">{words}</a></h4></li>'
        for n, words in enumerate(["2F173/1", "Just a moment...", "you have been blocked", "hasAcceptedAge"], 1)
    )
    page = shell(f'<ol data-role="tableRows">{rows}</ol>', controller="forums", number=5)
    found = parse(page, f"{HOST}/forum/5-x/")
    assert isinstance(found, ForumPage)
    assert [row.thread_id for row in found.rows] == [1, 2, 3, 4]


def test_a_title_with_a_code_in_a_list_of_links_is_no_error_of_the_page() -> None:
    page = shell('<ul><li><a href="/topic/1-x/">2F173/1</a></li></ul>', controller="index", number=None)
    assert error(page).kind == "not_thread"


def test_an_empty_forum_is_no_wall() -> None:
    page = shell('<ol data-role="tableRows"></ol>', controller="forums", number=5)
    assert isinstance(parse(page, f"{HOST}/forum/5-x/"), ForumPage)


def test_a_listing_page_with_a_sign_in_form_for_content_is_a_wall() -> None:
    form = '<form action="/login/"><button name="_processLogin">Sign in</button></form>'
    assert wall(shell(form, controller="forums", number=5), f"{HOST}/forum/5-x/").kind == "login"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 0 ", None, 0.0),
        ("-5", None, None),
        ("1e9", None, None),
        ("9" * 20, None, None),
        ("٣", None, None),
        ("", None, None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "Wed, 21 Oct 2026 07:28:00 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:30 GMT", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", None, None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", "yesterday", None),
        ("Wed, 21 Oct 2026 07:28:30 -0000", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("soon", None, None),
    ],
)
def test_retry_after(value: str, date: str | None, seconds: float | None) -> None:
    headers = {"retry-after": value} | ({"date": date} if date else {})
    assert retry_after(headers) == seconds


def test_retry_after_by_a_given_clock() -> None:
    document = Document(b"", URL, {"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"})
    assert retry_after(document.headers, datetime(2026, 10, 21, 7, 28, tzinfo=UTC)) == 30.0


def test_a_wall_carries_what_it_asks() -> None:
    found = wall(b"", status=429, headers={"retry-after": "30"})
    assert (found.retry_after, found.status) == (30.0, 429)
    assert error(b"<html></html>", status=503, headers={"retry-after": "9"}).retry_after == 9.0


@given(st.text(), st.text())
def test_any_header_is_read(value: str, date: str) -> None:
    parse(b"<html></html>", URL, status=503, headers={"retry-after": value, "date": date, "content-type": value})


def test_the_footer_alone_makes_a_page_of_the_forum() -> None:
    page = f"<html><body>{FOOTER}</body></html>".encode()
    assert error(page).kind == "not_thread"
    assert isinstance(parse(page, URL, status=403), Wall)
