"""How a pack is loaded: the snippets of the card, which the tests run."""

from __future__ import annotations

from collections.abc import Sequence

_TABLES = """\
From the folder of the pack; `posts` stands for any table.

```python
# pandas
from glob import glob

import pandas as pd

# Arrow's types keep whole numbers whole where some are missing.
posts = pd.concat(pd.read_parquet(path, dtype_backend="pyarrow") for path in sorted(glob("parquet/posts-*.parquet")))
```

```python
# Polars
import polars as pl

posts = pl.scan_parquet("parquet/posts-*.parquet").collect()
```

```python
# DuckDB
import duckdb

posts = duckdb.sql("SELECT * FROM 'parquet/posts-*.parquet'")
```

```python
# Hugging Face datasets
from datasets import load_dataset

posts = load_dataset("parquet", data_files="parquet/posts-*.parquet", split="train")
```

```r
# R
library(arrow)

posts <- open_dataset(Sys.glob("parquet/posts-*.parquet"))
```

```python
# Spark
from pyspark.sql import SparkSession

posts = SparkSession.builder.getOrCreate().read.parquet("parquet/posts-*.parquet")
```
"""
_CONVOKIT = """
```python
# ConvoKit
from convokit import Corpus

corpus = Corpus(filename="convokit")
```

An utterance is a post. One that quotes nobody answers the first post of its thread, marked `reply_is_implicit`; a post
that was quoted and never seen is an utterance without words, marked `phantom`; a time that is not known is that of the
post before, marked `time_is_guess`.
"""


def loading(formats: Sequence[str]) -> str:
    """The section of the card."""
    return "## How to load it\n\n" + _TABLES + (_CONVOKIT if "convokit" in formats else "")
