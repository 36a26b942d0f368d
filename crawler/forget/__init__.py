"""Erasing: what is to be forgotten, and keeping it from coming back."""

from crawler.forget.forgotten import Forgotten, ForgottenError, load_forgotten
from crawler.forget.redact import Redactor

__all__ = ["Forgotten", "ForgottenError", "Redactor", "load_forgotten"]
