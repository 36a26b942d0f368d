"""Bytes of a page as UTF-8."""

from __future__ import annotations

from codecs import utf_8_decode

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
_KNOWN = _WIDE | frozenset(
    "utf-8 cp866 cp874 cp932 cp949 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 "
    "iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-13 iso8859-14 "
    "iso8859-15 iso8859-16 koi8-r koi8-u mac-cyrillic mac-roman gbk gb18030 big5 big5hkscs euc_jp shift_jis "
    "iso2022_jp euc_kr".split()
)
"""What browsers know, as Python names it. The rest (UTF-7, ``hex``, ``unicode_escape`` …) is refused as they do."""

_PIECE = 4096

_SAME = {"tis-620": "cp874", "iso8859-11": "cp874", "gb2312": "gbk"}
"""Encodings that browsers read as a larger one."""


def to_utf8(body: bytes, content_type: str | None) -> tuple[bytes, dict[str, int]]:
    """The page as UTF-8, and how much of it had to be mended: ``encoding`` (bytes that are no text) and ``nul``.

    The encoding is that of the byte order mark, else of the header, else of the page's own declaration, else UTF-8.
    """
    repairs: dict[str, int] = {}
    encoding, mark = read_bom(body)
    raw = body[len(mark) :] if mark else body
    encoding = encoding if encoding in _KNOWN else _declared(raw, content_type)
    is_text = _is(raw, encoding)
    if not is_text and encoding != "utf-8" and _is(raw, "utf-8"):
        encoding, is_text = "utf-8", True
    if encoding != "utf-8" or not is_text:
        text = raw.decode(encoding, "replace")
        if not is_text:
            repairs["encoding"] = text.count("\ufffd")
        raw = text.encode()
    if b"\x00" in raw:
        repairs["nul"] = raw.count(b"\x00")
        raw = raw.replace(b"\x00", "\ufffd".encode())
    return raw, repairs


def _declared(raw: bytes, content_type: str | None) -> str:
    label = http_content_type_encoding(content_type) or html_body_declared_encoding(raw[:4096])
    name = (resolve_encoding(label) if label else None) or "utf-8"
    name = _SAME.get(name, name)
    is_wide = name in _WIDE and b"\x00" in raw[:1024]
    return name if name in _KNOWN and (is_wide or name not in _WIDE) else "utf-8"


def _is(raw: bytes, encoding: str) -> bool:
    try:
        if encoding == "utf-8":
            _check_utf8(raw)
        else:
            raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_utf8(raw: bytes) -> None:
    """In pieces, of which most are plain ASCII: one emoji makes Python hold a whole page at four bytes a character."""
    place = 0
    while place < len(raw):
        piece = raw[place : place + _PIECE]
        is_last = place + _PIECE >= len(raw)
        place += len(piece) if piece.isascii() else utf_8_decode(piece, "strict", is_last)[1]
