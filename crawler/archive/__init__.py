"""The archive: every fetched page as it came, in WARC files."""

from crawler.archive.archive import Archive
from crawler.archive.files import FOLDER, Position, archive_files
from crawler.archive.record import Original
from crawler.archive.writer import ArchiveWriter, Place

__all__ = ["FOLDER", "Archive", "ArchiveWriter", "Original", "Place", "Position", "archive_files"]
