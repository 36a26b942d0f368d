"""Versions that are part of the data: of the schema, and of the name and version of the tool."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

SCHEMA_VERSION = 4
"""Raised when a table or the store changes so that older code would misread it."""

TOOL = "threadset"


def tool_version() -> str:
    """Version of the installed distribution; ``0`` in a tree that is not installed."""
    try:
        return version(TOOL)
    except PackageNotFoundError:
        return "0"
