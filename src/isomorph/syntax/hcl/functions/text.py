"""Functions of strings. Lengths count code points; cty counts grapheme clusters, which differ for emoji and the like."""

import re
from typing import Any

from isomorph.syntax.hcl.functions.formatting import format_text
from isomorph.syntax.hcl.values import LONGEST_TEXT, HclFault, to_string


def _limited(length: int) -> None:
    if length > LONGEST_TEXT:
        raise HclFault("the result is longer than any definition needs")


def _join(separator: str, *lists: list[Any]) -> str:
    items = [to_string(item) for each in lists for item in each]
    _limited(sum(map(len, items)) + len(separator) * len(items))
    return separator.join(items)


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def replace_text(text: str, old: str, new: str) -> str:
    _limited(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _title(text: str) -> str:
    return re.sub(r"(?:^|(?<=\W))[^\W\d_]", lambda match: match[0].upper(), text)


def _substr(text: str, offset: int, length: int) -> str:
    if offset < 0:
        offset += len(text)
        if offset < 0:
            raise HclFault("the offset is before the beginning of the text")
    if length < -1:
        raise HclFault("the length is negative", "write -1 for all that follows")
    return text[offset:] if length == -1 else text[offset : offset + length]


def _indent(spaces: int, text: str) -> str:
    _limited(len(text) + text.count("\n") * max(spaces, 0))
    return text.replace("\n", "\n" + " " * spaces)


def _format_list(pattern: str, *arguments: Any) -> list[str]:
    lengths = {len(each) for each in arguments if isinstance(each, list)}
    if len(lengths) > 1:
        raise HclFault("the lists are of different lengths")
    count = lengths.pop() if lengths else 1
    rows = ([each[at] if isinstance(each, list) else each for each in arguments] for at in range(count))
    result = [format_text(pattern, *row) for row in rows]
    _limited(sum(map(len, result)))
    return result


def _reverse_text(text: str) -> str:
    return text[::-1]


def _checked(value: Any) -> Any:
    return value


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


FUNCTIONS = {
    "chomp": _chomp,
    "endswith": str.endswith,
    "format": format_text,
    "formatlist": _format_list,
    "indent": _indent,
    "join": _join,
    "lower": str.lower,
    "nonsensitive": _checked,
    "replace": replace_text,
    "reverse_string": _reverse_text,
    "sensitive": _checked,
    "split": _split,
    "startswith": str.startswith,
    "strcontains": lambda text, part: part in text,
    "strlen": len,
    "strrev": _reverse_text,
    "substr": _substr,
    "title": _title,
    "trim": lambda text, characters: text.strip(characters) if characters else text,
    "trimprefix": str.removeprefix,
    "trimspace": str.strip,
    "trimsuffix": str.removesuffix,
    "upper": str.upper,
}
