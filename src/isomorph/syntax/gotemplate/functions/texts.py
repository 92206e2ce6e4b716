"""Functions on text whose results keep where each stretch came from."""

import re
from typing import Any

from isomorph.syntax.gotemplate.bounds import guard, limit_characters
from isomorph.syntax.gotemplate.cutting import (
    change_text,
    cut_many,
    join_between,
    replace_text,
    split_text,
    strip_text,
)
from isomorph.syntax.gotemplate.data import Items, Table, origins_of, to_key, to_plain
from isomorph.syntax.gotemplate.functions.lifting import Function, lift
from isomorph.syntax.gotemplate.printing import print_go, quote_go
from isomorph.syntax.gotemplate.text import cut_text, join_texts, mark_text, runs_of

_VERB = re.compile(r"%([-+# 0]*)(\d*)(?:\.(\d*))?([a-zA-Z%])")
_UNUSUAL = re.compile(r"%[-+# 0]*(?:\d*\.?\d*\[|\*|\d*\.\*)")
_WORD_START = re.compile(r"(?<![\w])\w", re.UNICODE)


def _quote(*values: Any) -> str:
    limit_characters(sum(len(value) for value in values if isinstance(value, str)))
    return join_between([quote_go(print_go(value)) for value in values if value is not None], " ")


def _squote(*values: Any) -> str:
    return join_between([join_texts(["'", print_go(value), "'"]) for value in values if value is not None], " ")


def _indent(spaces: int, text: str) -> str:
    limit_characters(len(text) + _count(spaces) * (text.count("\n") + 1))
    pad = " " * spaces
    return join_texts([pad, replace_text(text, "\n", "\n" + pad)])


def _nindent(spaces: int, text: str) -> str:
    return join_texts(["\n", _indent(spaces, text)])


def _count(number: int) -> int:
    if number < 0:
        raise ValueError("a negative count")
    return number


def _replace(old: str, new: str, text: str) -> str:
    limit_characters(len(text) + (text.count(old)) * len(new))
    return replace_text(text, old, new)


def _trim(text: str) -> str:
    return strip_text(text)


def _trim_all(characters: str, text: str) -> str:
    return strip_text(text, characters) if characters else text


def _trim_prefix(prefix: str, text: str) -> str:
    return cut_text(text, len(prefix), len(text)) if prefix and text.startswith(prefix) else text


def _trim_suffix(suffix: str, text: str) -> str:
    return cut_text(text, 0, len(text) - len(suffix)) if suffix and text.endswith(suffix) else text


def _trunc(length: int, text: str) -> str:
    """Cut a text to so many bytes, or to its last ones."""
    if not text.isascii():
        encoded = text.encode()
        cut = encoded[length:] if length < 0 and len(encoded) + length > 0 else encoded
        cut = encoded[:length] if 0 <= length < len(encoded) else cut
        return mark_text(cut.decode(errors="replace"), origins_of(text))
    if length < 0 and len(text) + length > 0:
        return cut_text(text, len(text) + length, len(text))
    return cut_text(text, 0, length) if 0 <= length < len(text) else text


def _substr(start: int, end: int, text: str) -> str:
    size = len(text)
    if start < 0:
        start = 0
    elif end < 0 or end > size:
        end = size
    if not 0 <= start <= end <= size:
        raise ValueError(f"slice bounds out of range [{start}:{end}]")
    return cut_text(text, start, end)


def _upper(text: str) -> str:
    return change_text(text, text.upper())


def _lower(text: str) -> str:
    return change_text(text, text.lower())


def _title(text: str) -> str:
    return change_text(text, _WORD_START.sub(lambda found: found.group().upper(), text))


def _nospace(text: str) -> str:
    return join_texts(cut_many(text, [found.span() for found in re.finditer(r"\S+", text)]))


def _repeat(count: int, text: str) -> str:
    limit_characters(_count(count) * len(text))
    return join_texts([text] * count) if runs_of(text) else text * count


def _cat(*values: Any) -> str:
    return strip_text(join_between([print_go(value) for value in values if value is not None], " "), " ", left=False)


def to_texts(value: Any) -> list[str]:
    """Give what a function that takes a list of strings makes of a value."""
    if isinstance(value, list | tuple):
        return [print_go(item) for item in value if item is not None]
    return [] if value is None else [print_go(value)]


def _join(separator: str, value: Any) -> str:
    parts = to_texts(value)
    limit_characters(sum(map(len, parts)) + len(separator) * len(parts))
    return join_between(parts, separator)


def _to_string(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return print_go(value)


def _to_strings(value: Any) -> Items:
    return Items(to_texts(value))


def _split_list(separator: str, text: str) -> Items:
    return Items(split_text(text, separator))


def _split(separator: str, text: str) -> Table:
    return _to_numbered(split_text(text, separator))


def _splitn(separator: str, most: int, text: str) -> Table:
    return _to_numbered(split_text(text, separator, most))


def _to_numbered(parts: list[str]) -> Table:
    return Table({to_key(f"_{index}"): part for index, part in enumerate(parts)})


def _print(*values: Any) -> str:
    """Put values together, a space between two that are no strings."""
    parts: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            parts.append(" ")
        parts.append(print_go(value))
    return join_texts(parts)


def _println(*values: Any) -> str:
    return join_texts([join_between([print_go(value) for value in values], " "), "\n"])


def _printf(form: str, *values: Any) -> str:
    """Format values, each verb's text from where its value came."""
    if _UNUSUAL.search(form):
        return _format_plainly(form, *values)
    parts: list[str] = []
    end = used = 0
    for found in _VERB.finditer(form):
        parts.append(cut_text(form, end, found.start()))
        end = found.end()
        if found.group(4) == "%":
            parts.append("%")
            continue
        if used >= len(values):
            return _format_plainly(form, *values)
        parts.append(_format_one(found, values[used]))
        used += 1
    if used < len(values) or "%" in form[end:]:
        return _format_plainly(form, *values)
    return join_texts([*parts, cut_text(form, end, len(form))])


def _format_one(found: re.Match[str], value: Any) -> str:
    flags, width, precision, verb = found.groups()
    if value is None and verb not in "vT":
        return f"%!{verb}(<nil>)"
    if isinstance(value, list | tuple) and verb not in "vTp":
        return join_texts(["[", join_between([_format_one(found, item) for item in value], " "), "]"])
    if isinstance(value, dict) and verb not in "vTp":
        pairs = [join_texts([_format_one(found, key), ":", _format_one(found, value[key])]) for key in sorted(value)]
        return join_texts(["map[", join_between(pairs, " "), "]"])
    if not flags and not width and precision is None:
        if verb == "s" and isinstance(value, str):
            return value
        if verb == "v":
            return print_go(value)
        if verb == "q" and isinstance(value, str):
            return quote_go(value)
    return _format_plainly(found.group(), value)


def _format_plainly(form: str, *values: Any) -> str:
    from gotpl.runtime.gofmt import sprintf

    origins = tuple(dict.fromkeys(origin for value in values for origin in origins_of(value)))
    return mark_text(str(guard("printf", sprintf)(form[:], *[to_plain(value) for value in values])), origins)


def _base64(text: str) -> str:
    import base64

    limit_characters(len(text))
    # Bytes of a file that are no UTF-8 are halves of characters here, and bytes again there.
    return base64.b64encode(text.encode(errors="surrogateescape")).decode()


def _digest(name: str) -> Function:
    def digest(text: str) -> str:
        import hashlib

        return hashlib.new(name, text.encode()).hexdigest()

    return lift(digest)


def _contains(part: str, text: str) -> bool:
    return part in text


def _has_prefix(part: str, text: str) -> bool:
    return text.startswith(part)


def _has_suffix(part: str, text: str) -> bool:
    return text.endswith(part)


FUNCTIONS: dict[str, Function] = {
    "quote": _quote,
    "squote": _squote,
    "indent": _indent,
    "nindent": _nindent,
    "replace": _replace,
    "trim": _trim,
    "trimAll": _trim_all,
    "trimall": _trim_all,
    "trimPrefix": _trim_prefix,
    "trimSuffix": _trim_suffix,
    "trunc": _trunc,
    "substr": _substr,
    "upper": _upper,
    "lower": _lower,
    "title": _title,
    "nospace": _nospace,
    "repeat": _repeat,
    "cat": _cat,
    "join": _join,
    "toString": _to_string,
    "toStrings": _to_strings,
    "splitList": _split_list,
    "split": _split,
    "splitn": _splitn,
    "print": _print,
    "println": _println,
    "printf": _printf,
    "b64enc": lift(_base64),
    "sha1sum": _digest("sha1"),
    "sha256sum": _digest("sha256"),
    "sha512sum": _digest("sha512"),
    "contains": lift(_contains),
    "hasPrefix": lift(_has_prefix),
    "hasSuffix": lift(_has_suffix),
}
