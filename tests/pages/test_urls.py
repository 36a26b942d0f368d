"""Address forms, an example beside each."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import AddressError, item_of, page_url, parse_ref, site_of
from crawler.pages.urls import absolute, canonical, number_in, on_host_of, pages_url, positive

FORMS = [
    ("https://forum.example/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/topic/123-slug", ("topic", 123, 1)),
    ("https://forum.example/topic/123", ("topic", 123, 1)),
    ("https://forum.example/topic/123-/", ("topic", 123, 1)),
    ("https://forum.example/forum/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/forums/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/community/talk/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/index.php?/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/index.php?/forums/topic/123-slug/page/4/", ("topic", 123, 4)),
    ("https://forum.example/index.php?/topic/123-slug/&page=4", ("topic", 123, 4)),
    ("https://forum.example/talk/index.php?/topic/123-slug/", ("topic", 123, 1)),
    ("https://forum.example/topic/123-slug/page/2/", ("topic", 123, 2)),
    ("https://forum.example/topic/123-slug/page/2/#comments", ("topic", 123, 2)),
    ("https://forum.example/topic/123-slug/?page=2", ("topic", 123, 2)),
    ("https://forum.example/topic/123-slug/page/54/#findComment-7063911", ("topic", 123, 54)),
    ("https://forum.example/topic/123-slug/page/2/?&_rid=3118#findComment-103796", ("topic", 123, 2)),
    ("https://forum.example/topic/123-slug/?do=findComment&comment=9", ("topic", 123, 1)),
    ("https://forum.example/topic/123-slug/?do=getNewComment", ("topic", 123, 1)),
    ("https://forum.example/topic/123-slug/?do=getLastComment", ("topic", 123, 1)),
    ("https://forum.example/topic/123-slug/?tab=comments#comment-9", ("topic", 123, 1)),
    ("https://forum.example/topic/123-%D0%BB%D0%BE%D0%B4%D0%BA%D0%B0/", ("topic", 123, 1)),
    ("https://forum.example/topic/123-лодка/", ("topic", 123, 1)),
    ("https://forum.example/forum/12-name/", ("forum", 12, 1)),
    ("https://forum.example/forums/forum/12-name/page/3/", ("forum", 12, 3)),
    ("https://forum.example/forum/12-name/?page=3", ("forum", 12, 3)),
    ("https://forum.example/index.php?/forum/12-name/page/3/", ("forum", 12, 3)),
    ("http://forum.example:8080/topic/123-slug/", ("topic", 123, 1)),
]

NOT_OURS = [
    "https://forum.example/",
    "https://forum.example/profile/123-name/",
    "https://forum.example/discover/",
    "https://forum.example/discover/all.xml/",
    "https://forum.example/tags/boats/",
    "https://forum.example/search/?q=topic/123-slug",
    "https://forum.example/leaderboard/",
    "https://forum.example/sitemap.php",
    "https://forum.example/topic/slug/",
    "https://forum.example/topic/0-slug/",
    "https://forum.example/topic/12345678901234567890-slug/",
    "https://forum.example/topic/9999999999999999999-slug/",
    "https://forum.example/oembed/?url=https://forum.example/topic/1-x/",
    "https://[broken/topic/1-x/",
    "",
    None,
]


@pytest.mark.parametrize(("url", "item"), FORMS)
def test_item_of(url: str, item: tuple[str, int, int]) -> None:
    assert item_of(url) == item


@pytest.mark.parametrize("url", NOT_OURS)
def test_what_names_no_thread_and_no_forum(url: str | None) -> None:
    assert item_of(url) is None


@pytest.mark.parametrize(("url", "item"), FORMS)
def test_a_users_address_is_page_one_of_what_it_names(url: str, item: tuple[str, int, int]) -> None:
    ref = parse_ref(f" {url}\n", is_seed=True)
    assert ref.key == ("forum.example", item[0], item[1], 1)
    assert ref.is_seed
    assert item_of(ref.url) == (item[0], item[1], 1)
    assert "do=" not in ref.url
    assert "#" not in ref.url
    assert "page" not in ref.url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://forum.example/", "names no thread"),
        ("forum.example/topic/1-x/", "no http or https"),
        ("ftp://forum.example/topic/1-x/", "no http or https"),
        ("file:///topic/1-x/", "no http or https"),
        ("https:///topic/1-x/", "no http or https"),
        ("https://ann:secret@forum.example/topic/1-x/", "user name or password"),
        ("https://forum.example/topic/1-x/ more", "spaces or control"),
        ("https://forum.example/topic/1-x\x1b/", "spaces or control"),
        ("https://forum.example:99999/topic/1-x/", "no address"),
        ("https://[::1/topic/1-x/", "no address"),
        ("https://for%00um.example/topic/1-x/", "host is not valid"),
    ],
)
def test_a_wrong_address_is_refused_with_reason_and_fix(url: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason) as caught:
        parse_ref(url)
    assert caught.value.fix
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://WWW.Forum.Example:8080/x", "forum.example"),
        ("https://forum.example./x", "forum.example"),
        ("https://www.www.example/", "www.example"),
        ("http://127.0.0.1:9999/", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("no host", None),
        ("https://a b/", None),
        ("https://../x", None),
        ("https://[x/", None),
        ("https://" + "ü" * 300 + "/", None),
    ],
)
def test_site_of(url: str, site: str | None) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("url", "style", "second"),
    [
        ("https://f.example/topic/1-x/", "path", "https://f.example/topic/1-x/page/2/"),
        ("https://f.example/topic/1-x/page/9/?tab=comments#comment-3", "path", "https://f.example/topic/1-x/page/2/"),
        ("https://f.example/topic/1-x/?page=9", "query", "https://f.example/topic/1-x/?page=2"),
        ("https://f.example/index.php?/topic/1-x/page/9/", "path", "https://f.example/index.php?/topic/1-x/page/2/"),
        ("https://f.example/index.php?/topic/1-x/&page=9", "query", "https://f.example/index.php?/topic/1-x/&page=2"),
        ("https://f.example/topic/1-a{page}b/", "path", "https://f.example/topic/1-a%7Bpage%7Db/page/2/"),
    ],
)
def test_pages_url(url: str, style: str, second: str) -> None:
    template = pages_url(url, style)  # type: ignore[arg-type]
    assert page_url(template, 2) == second
    assert item_of(page_url(template, 2)) == ("topic", 1, 2)
    first = page_url(template, 1)
    assert item_of(first) == ("topic", 1, 1)
    assert "page=" not in first
    assert "/page/" not in first


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/topic/1-x/", "https://f.example/topic/1-x/"),
        ("//cdn.example/a.png", "https://cdn.example/a.png"),
        (" HTTPS://Cdn.example/a ", "https://Cdn.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://[broken", "http://[broken"),
        ("//[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_absolute(url: str | None, expected: str | None) -> None:
    assert absolute("https://f.example/topic/1-x/", url) == expected


def test_on_host_of() -> None:
    assert (
        on_host_of("http://127.0.0.1:81/topic/1-x/", "https://f.example/t/?page=2#c")
        == "http://127.0.0.1:81/t/?page=2#c"
    )
    assert on_host_of("page.html", "https://f.example/t/") == "https://f.example/t/"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://www.f.example/topic/2-y/page/3/", "https://www.f.example/topic/2-y/page/3/"),
        ("https://evil.example/topic/2-y/", None),
        ("https://f.example/forum/2-y/", None),
        ("/topic/2-y/", None),
        (None, None),
    ],
)
def test_canonical(href: str | None, expected: str | None) -> None:
    assert canonical("https://f.example/topic/1-x/", href, "topic") == expected


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://f.example/profile/38-ann/", 38),
        ("https://f.example/index.php?/profile/38-ann/", 38),
        ("https://f.example/?url=%2Fprofile%2F38-ann", 38),
        ("https://f.example/profile/38ann/", None),
        ("https://f.example/profile/0-x/", None),
        (None, None),
    ],
)
def test_number_in(url: str | None, number: int | None) -> None:
    assert number_in(url, "profile") == number


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("5", 5), ("0", None), (0, None), (-1, None), (True, None), (5.0, None), ("٥", None), ("²", None),
     (2**63 - 1, 2**63 - 1), (2**63, None), ("9" * 5000, None), (10**30, None), ([5], None), (None, None)],
)  # fmt: skip
def test_positive(value: object, number: int | None) -> None:
    assert positive(value) == number


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    item_of(text)
    site_of(text)
    absolute("https://f.example/", text)
    number_in(text, "profile")
    with suppress(AddressError):
        parse_ref(text)


@given(st.text(alphabet=st.characters(exclude_characters="/?#"), max_size=30), st.integers(1, 2**63 - 1))
def test_the_slug_is_decoration(slug: str, number: int) -> None:
    found = item_of(f"https://f.example/topic/{number}-{slug}/page/3/")
    assert found in {("topic", number, 3), None}
    if slug.isprintable():
        assert found == ("topic", number, 3)
