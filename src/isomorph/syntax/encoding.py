"""Bytes to text: what encoding a definition is in, and where it is broken."""

import codecs

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin

# YAML 1.2, section 5.2: a byte order mark or the zero bytes around a first ASCII character tell the encoding.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(text: str | bytes, file: str) -> str:
    """Give the text of a definition without its byte order mark; raises InvalidInput at the first byte that is none."""
    if isinstance(text, str):
        return text[1:] if text[:1] == "\ufeff" else text
    encoding, start = _detect(text)
    try:
        return text[start:].decode(encoding) if start else text.decode(encoding)
    except UnicodeDecodeError as error:
        before = text[start : start + error.start].decode(encoding, "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        named = f"byte 0x{text[start + error.start]:02x}"
        raise InvalidInput(
            f"{named} is not valid {encoding.upper()}", Origin(file, line, column), "save the file as UTF-8"
        ) from None


def _detect(text: bytes) -> tuple[str, int]:
    """Give the encoding and the number of bytes of its mark."""
    for mark, encoding in _MARKS:
        if text.startswith(mark):
            return encoding, len(mark)
    first = text[:4]
    if len(first) == 4 and first[:3] == b"\0\0\0":
        return "utf-32-be", 0
    if len(first) == 4 and first[1:] == b"\0\0\0":
        return "utf-32-le", 0
    if len(first) >= 2 and first[0] == 0 and first[1] != 0:
        return "utf-16-be", 0
    if len(first) >= 2 and first[0] != 0 and first[1] == 0:
        return "utf-16-le", 0
    return "utf-8", 0
