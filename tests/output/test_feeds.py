from __future__ import annotations

import asyncio
import gzip
import io
import json
import types

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exporters import BaseItemExporter
from scrapy.settings import Settings
from scrapy.utils.misc import build_from_crawler

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.errors import OutputError
from output.feeds import JsonLinesItemExporter, ParquetItemExporter

EXPORTERS = {"parquet": ParquetItemExporter, "jsonl": JsonLinesItemExporter}


def rows_of(page, table):
    """What stands behind FEED_ROWS in these tests: a page is a dict of rows."""
    return page.get(table, [])


def crawler(**settings):
    counts = {}

    def inc_value(name, count=1):
        counts[name] = counts.get(name, 0) + count

    stats = types.SimpleNamespace(inc_value=inc_value, counts=counts)
    return types.SimpleNamespace(settings=Settings(settings), stats=stats)


def read(stream, kind):
    content = stream.getvalue()
    if kind == "parquet":
        return pq.read_table(pa.BufferReader(content)).to_pylist()
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.parametrize("kind", EXPORTERS)
class TestExporters:
    def export(self, kind, items, *, context=None, **options):
        stream = io.BytesIO()
        exporter = build_from_crawler(EXPORTERS[kind], context or crawler(), stream, **options)
        assert isinstance(exporter, BaseItemExporter)
        exporter.start_exporting()
        for item in items:
            exporter.export_item(item)
        exporter.finish_exporting()
        return read(stream, kind)

    def test_items_that_are_rows(self, kind, make):
        rows = self.export(kind, [make.post(2), make.post(1)])
        assert [row["post_id"] for row in rows] == [2, 1]

    def test_another_table(self, kind, make):
        rows = self.export(kind, make.dataset()["links"], context=crawler(FEED_TABLE="links"))
        assert [row["link_index"] for row in rows] == [0, 1]

    def test_pages(self, kind, make, monkeypatch):
        context = crawler(FEED_ROWS=rows_of, FEED_TABLE="quotes")
        rows = self.export(kind, [make.dataset(), {}, make.dataset()], context=context)
        assert [row["quote_index"] for row in rows] == [0, 0, 1] * 2

    def test_nothing(self, kind):
        assert self.export(kind, []) == []

    def test_some_columns(self, kind, make):
        rows = self.export(kind, [make.post(1)], fields_to_export=["text", "post_id"])
        assert rows == [{"text": "words 1", "post_id": 1}]
        assert self.export(kind, [make.post(1)], fields_to_export=["text"]) == [{"text": "words 1"}]

    @pytest.mark.parametrize(("fields", "why"), [(["poem"], "no column poem"), ({"text": "words"}, "renamed")])
    def test_columns_that_are_not(self, kind, fields, why):
        with pytest.raises(OutputError, match=why):
            self.export(kind, [], fields_to_export=fields)

    def test_a_table_that_is_not(self, kind):
        with pytest.raises(OutputError, match=r"no table 'poems'; set FEED_TABLE"):
            self.export(kind, [], context=crawler(FEED_TABLE="poems"))

    def test_a_bad_row_costs_only_itself(self, kind, make, caplog):
        context = crawler(FEED_ROWS=rows_of)
        posts = [make.post(1), make.post(2, text=5), make.post(3, n_quotes=1)]
        rows = self.export(kind, [{"posts": posts, "quotes": [make.quote(3)]}], context=context)
        assert [row["post_id"] for row in rows] == [1, 3]
        assert context.stats.counts == {"output/feed/rows_refused": 1}
        assert "posts.text of (site=" in caplog.text

    def test_items_that_are_no_rows(self, kind, caplog):
        assert self.export(kind, [{"a": 1}]) == []
        assert "a row is dict, not Post" in caplog.text

    def test_surrogates_are_counted(self, kind, make):
        context = crawler()
        (row,) = self.export(kind, [make.post(1, text="\ud800")], context=context)
        assert row["text"] == "\ufffd"
        assert context.stats.counts == {"output/feed/surrogates_replaced": 1}

    def test_finishing_unstarted_or_twice(self, kind):
        exporter = EXPORTERS[kind](io.BytesIO())
        exporter.finish_exporting()
        exporter.start_exporting()
        exporter.finish_exporting()
        exporter.finish_exporting()


def test_posts_nest_their_quotes(make):
    stream = io.BytesIO()
    exporter = JsonLinesItemExporter(stream, rows=rows_of)
    exporter.start_exporting()
    exporter.export_item(make.dataset())
    exporter.finish_exporting()
    assert [len(row["quotes"]) for row in read(stream, "jsonl")] == [0, 1, 2, 0, 0]


def test_parquet_is_not_appended_to(tmp_path, make):
    path = tmp_path / "posts.parquet"
    path.write_bytes(b"the first run")
    context = crawler()
    exporter = ParquetItemExporter.from_crawler(context, path.open("ab"))
    for _ in range(2):
        with pytest.raises(OutputError, match=r"posts\.parquet is not empty.*-O instead of -o"):
            exporter.start_exporting()
    assert exporter.file.closed
    assert context.stats.counts == {"output/feed/files_refused": 1}
    assert path.read_bytes() == b"the first run"


def test_parquet_into_a_pipe(make):
    class Pipe(io.BytesIO):
        def tell(self):
            raise io.UnsupportedOperation("tell")

    pipe = Pipe()
    exporter = ParquetItemExporter(pipe)
    exporter.start_exporting()
    exporter.export_item(make.post(1))
    exporter.finish_exporting()
    assert len(read(pipe, "parquet")) == 1


class PagesSpider(Spider):
    name = "pages"
    pages = ()

    async def start(self):
        for page in self.pages:
            yield page


def crawl(pages, feeds):
    settings = {
        "TWISTED_REACTOR_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "FEED_EXPORTERS": {kind: f"{cls.__module__}.{cls.__name__}" for kind, cls in EXPORTERS.items()},
        "FEED_ROWS": rows_of,
        "FEEDS": feeds,
    }

    async def run():
        await AsyncCrawlerRunner(Settings(settings)).crawl(PagesSpider)

    PagesSpider.pages = pages
    asyncio.run(run())


def test_in_a_crawl(tmp_path, make):
    feeds = {
        str(tmp_path / "posts.parquet"): {"format": "parquet"},
        str(tmp_path / "posts.jsonl"): {"format": "jsonl"},
        str(tmp_path / "posts.jsonl.gz"): {
            "format": "jsonl",
            "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
        },
    }
    crawl([make.dataset()], feeds)
    assert pq.read_schema(tmp_path / "posts.parquet").equals(arrow_schema(TABLES["posts"]))
    assert pq.read_metadata(tmp_path / "posts.parquet").num_rows == 5
    lines = (tmp_path / "posts.jsonl").read_bytes()
    assert len(lines.splitlines()) == 5
    assert gzip.decompress((tmp_path / "posts.jsonl.gz").read_bytes()) == lines


def test_in_a_crawl_without_items(tmp_path):
    crawl([], {str(tmp_path / "posts.parquet"): {"format": "parquet", "store_empty": True}})
    assert pq.read_table(tmp_path / "posts.parquet").num_rows == 0


def test_a_second_crawl_does_not_hide_the_first(tmp_path, make, caplog):
    path = tmp_path / "posts.parquet"
    crawl([make.dataset()], {str(path): {"format": "parquet"}})
    before = path.read_bytes()
    crawl([make.dataset()], {str(path): {"format": "parquet", "overwrite": False}})
    assert path.read_bytes() == before
    assert "Parquet cannot be appended to" in caplog.text
