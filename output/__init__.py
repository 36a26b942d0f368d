"""Exporters and publishers. It is code: datasets land in `data/` by default."""

from output.errors import DatasetError, ManifestError, OutputError, PublishError, RowError
from output.layout import PARTS, SINGLE, Layout
from output.publish import Publisher
from output.read import Dataset, read_dataset

__all__ = [
    "PARTS",
    "SINGLE",
    "Dataset",
    "DatasetError",
    "Layout",
    "ManifestError",
    "OutputError",
    "PublishError",
    "Publisher",
    "RowError",
    "read_dataset",
]
