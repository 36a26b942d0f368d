"""Errors of reports."""

from __future__ import annotations

from output.errors import OutputError


class ReportError(OutputError):
    """A report cannot be made; what was there before stays."""
