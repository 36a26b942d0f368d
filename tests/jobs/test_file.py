"""Job files: what is right, and what each error says: file, line, reason, fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.jobs import Job, JobError, load_job
from crawler.jobs.file import line_of

SMALL = """\
name = "news"
out = "data/news"
user_agent = "threadset (+mailto:me@example.org)"
delay = 1.0
recheck = "age"

[[site]]
name = "forum.example"
aliases = ["old.example"]
forums = [
  "https://forum.example/forum/2-news/",
]
threads = ["https://forum.example/topic/123-x/"]

[hooks]
on_success = ["true"]
"""


def load(folder: Path, text: str) -> Job:
    path = folder / "job.toml"
    path.write_text(text, "utf-8")
    return load_job(path)


def refused(folder: Path, text: str) -> tuple[int, str, str]:
    """Line, reason and fix of the error."""
    with pytest.raises(JobError) as caught:
        load(folder, text)
    where, _, line = caught.value.where.rpartition(":")
    assert where == str(folder / "job.toml")
    return int(line), caught.value.reason, caught.value.fix


class TestWhatIsRight:
    def test_the_smallest(self, tmp_path: Path) -> None:
        job = load(tmp_path, SMALL)
        assert job.out == tmp_path / "data" / "news"
        assert (job.delay, job.recheck, job.output.partition, job.archive.enabled) == (1.0, "age", True, True)
        [seed, thread] = job.seeds
        assert (seed.site, seed.kind, seed.item_id, seed.is_seed) == ("forum.example", "forum", 2, True)
        assert (thread.kind, thread.item_id) == ("topic", 123)

    def test_paths_are_relative_to_the_file(self, tmp_path: Path) -> None:
        job = load(tmp_path, SMALL.replace("delay = 1.0", 'cookies = "c.txt"\nmetrics = "/var/lib/node/news.prom"'))
        assert job.cookies == tmp_path / "c.txt"
        assert job.metrics == Path("/var/lib/node/news.prom")

    def test_a_site_is_called_by_its_host(self, tmp_path: Path) -> None:
        job = load(tmp_path, SMALL.replace('name = "forum.example"\n', ""))
        [site] = job.sites
        assert site.name == "forum.example"
        assert set(site.places) == {"forum.example", "old.example"}

    def test_an_address_of_an_alias_belongs_to_the_site(self, tmp_path: Path) -> None:
        text = SMALL.replace("https://forum.example/topic", "https://www.old.example/topic")
        assert {seed.site for seed in load(tmp_path, text).seeds} == {"forum.example"}
        unnamed = text.replace('name = "forum.example"\n', "")
        assert {seed.site for seed in load(tmp_path, unnamed).seeds} == {"forum.example"}

    def test_an_address_among_the_excludes_means_its_number(self, tmp_path: Path) -> None:
        text = SMALL.replace(
            "threads =", 'excludes = ["https://forum.example/topic/9-x/page/2/", "/forum/4"]\nthreads ='
        )
        assert load(tmp_path, text).site[0].excludes == ["/topic/9-*", "/forum/4-*"]

    def test_each_site_has_its_delay(self, tmp_path: Path) -> None:
        job = load(tmp_path, SMALL + '[[site]]\nforums = ["https://b.example/forum/1-x/"]\ndelay = 5\n')
        assert [job.delay_of(site.name) for site in job.sites] == [1.0, 5.0]

    def test_what_is_recorded_has_no_secrets(self, tmp_path: Path) -> None:
        text = SMALL.replace('["true"]', '["curl", "https://ping.example/TOKEN"]').replace(
            "delay = 1.0", 'cookies = "SECRET.txt"'
        )
        config = load(tmp_path, text).as_config()
        assert "TOKEN" not in str(config)
        assert "SECRET" not in str(config)
        assert config["cookies"] is True
        assert config["sites"]["forum.example"]["aliases"] == ["old.example"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason", "fix"),
    [
        ("delay = 1.0", "delay = -1", 4, "-1", "greater than or equal to 0"),
        ("delay = 1.0", "delay = nan", 4, "nan", "finite"),
        ("delay = 1.0", 'delay = "1"', 4, "no number", "without quotes"),
        ("delay = 1.0", "dely = 1.0", 4, "no such key", "`delay`"),
        ("delay = 1.0", "delay = ", 4, "no TOML", "mend"),
        ("delay = 1.0", "delay = 1.0\ndelay = 2", 5, "no TOML", "mend"),
        ('"age"', '"never"', 5, "'never'", "'off', 'age' or 'all'"),
        ("(+mailto:me@example.org)", "", 3, "no contact", "mailto:"),
        ("user_agent =", "#", 1, "missing", "user_agent = "),
        ("threadset (", r"a\r\nb (", 3, "control characters", "one line"),
        ('name = "news"', 'name = "../news"', 1, "no plain name", "letters"),
        ('"data/news"', "3", 2, "no path", "quotes"),
        ("aliases", "alias", 9, "no such key", "`aliases`"),
        ('"old.example"', '"https://old.example/"', 9, "no host", "alone"),
        ("https://forum.example/forum/2-news/", "https://forum.example/", 11, "names no thread", "/topic/"),
        ("https://forum.example/forum/2-news/", "https://forum.example/topic/2-x/", 11, "a thread", "`threads`"),
        ("https://forum.example/topic/123-x/", "ftp://forum.example/topic/1-x/", 13, "no http", "https://"),
        ("https://forum.example/topic/123-x/", "https://me:pw@forum.example/topic/1/", 13, "password", "--cookies"),
        ("https://forum.example/topic/123-x/", "https://other.example/topic/1/", None, None, None),
        ("threads =", 'excludes = ["/topic/123"]\nthreads =', 7, "named and excluded", "take one"),
        ("threads =", 'includes = ["news"]\nthreads =', 13, "no pattern", "address"),
        ("[[site]]", "[site]", 7, "no list of tables", "[[site]]"),
        ("[[site]]", "[[sites]]", 7, "no such key", "`site`"),
        ("user_agent =", "useragent =", 3, "no such key", "`user_agent`"),
        ("[hooks]", "[hook]", 15, "no such key", "`hooks`"),
        ('["true"]', '"true"', 16, "no list", "brackets"),
        ('["true"]', "[]", 16, "empty", "leave it out"),
        ('["true"]', '["a\\u0000b"]', 16, "no command", "program"),
        ('["true"]', '["true"]\ntimeout = 0', 17, "0", "greater than 0"),
        ('["true"]', '["true"]\n[budget]\npages = 1.5', 18, "no whole number", "quotes"),
        ('["true"]', '["true"]\n[output]\nformats = ["xml"]', 18, "'xml'", "'parquet'"),
        ('["true"]', '["true"]\n[archive]\nkeep_days = 0', 18, "0", "greater than or equal to 1"),
    ],
)
def test_what_is_wrong(
    tmp_path: Path, *, old: str, new: str, line: int | None, reason: str | None, fix: str | None
) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if line is None or reason is None or fix is None:  # a site with a name may have several hosts
        assert load(tmp_path, text).sites[0].places == ("forum.example", "old.example", "other.example")
        return
    found = refused(tmp_path, text)
    assert found[0] == line
    assert reason in found[1]
    assert fix in found[2]


def test_the_first_error_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("delay = 1.0", "delay = -1").replace("[hooks]", "[hook]")
    assert refused(tmp_path, text)[0] == 4


def test_sites_of_one_place_or_name(tmp_path: Path) -> None:
    same = SMALL + '[[site]]\nname = "b.example"\nforums = ["https://old.example/forum/1-x/"]\n'
    assert "belongs to the sites" in refused(tmp_path, same)[1]
    twice = SMALL + '[[site]]\nname = "forum.example"\nforums = ["https://forum.example/forum/1-x/"]\n'
    assert "same name" in refused(tmp_path, twice)[1]


def test_a_site_without_a_name_has_one_host(tmp_path: Path) -> None:
    text = SMALL.replace('name = "forum.example"\n', "").replace(
        '["https://forum.example/topic', '["https://b.example/topic'
    )
    assert "several hosts" in refused(tmp_path, text)[1]


def test_an_empty_site(tmp_path: Path) -> None:
    assert "nothing to fetch" in refused(tmp_path, SMALL + '[[site]]\nname = "b.example"\n')[1]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name = \xe9"])
def test_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "job.toml"
    path.write_bytes(content)
    with pytest.raises(JobError, match="UTF-8"):
        load_job(path)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.toml", tmp_path):
        with pytest.raises(JobError, match="cannot be read"):
            load_job(path)


def test_windows_line_ends_and_a_mark_of_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("delay = 1.0", "dely = 1").replace("\n", "\r\n").encode())
    with pytest.raises(JobError, match=r"job\.toml:4: dely"):
        load_job(path)


_KEYS = st.sampled_from(["a", "b", "c"])
_VALUES = st.one_of(
    st.integers().map(str), st.just('"x # [y]"'), st.just('"""\na = 1\n[b]\n"""'), st.just("[\n1,\n2\n]")
)


@given(st.dictionaries(_KEYS, _VALUES, min_size=1), st.lists(st.sampled_from(["", "# a = 1", "  "]), max_size=3))
def test_lines_of_keys(facts: dict[str, str], between: list[str]) -> None:
    """Whatever stands in strings, lists and comments, the line of a key is where it begins."""
    lines: list[str] = []
    begin = {}
    for key, value in facts.items():
        lines += between
        begin[key] = len(lines) + 1
        lines += f"{key} = {value}".split("\n")
    text = "\n".join(lines)
    for key, line in begin.items():
        assert line_of(text, (key,)) == line
