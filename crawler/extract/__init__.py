"""Extraction: what was saved (WARC files, HTML pages) read as a crawl would have read it, with no network."""
