"""How a definition is named: `[NAME=][PLATFORM:]PATH[?key=value&…]`, wherever a definition is asked for.

- NAME is what stands before the first `=`, where that comes before any `:`, `/` or `?`.
- PLATFORM is the name of one; anything else before a `:` belongs to PATH.
- PATH is a file, a folder or `-`. It ends at the last `?` that a known key follows.
- `%26`, `%3F` and `%25` stand for `&`, `?` and `%` in PATH and in values.
- A leading `./` makes all of it a path, as it stands.
"""

from collections.abc import Iterable

import msgspec

from isomorph.model.errors import UsageError
from isomorph.platforms.table import BY_NAME, PLATFORMS

_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_ESCAPES = {"%26": "&", "%3F": "?", "%3f": "?", "%25": "%"}


class NamedDefinition(msgspec.Struct, frozen=True, omit_defaults=True):
    """A definition as it was named; `name` and `platform` None where they were not said."""

    path: str
    name: str | None = None
    platform: str | None = None
    options: dict[str, tuple[str, ...]] = {}


def parse_definition(text: str) -> NamedDefinition:
    """Read the name of a definition; raises UsageError for an empty path or an option that means nothing."""
    if "\0" in text:
        raise UsageError(f"{text!r} holds a null character, which no path can")
    if text.startswith("./"):
        return NamedDefinition(text)
    name, rest = _split_name(text)
    platform, rest = _split_platform(rest)
    path, written = _split_options(rest, known_options(platform))
    if not path:
        raise UsageError(
            f"{text!r} names no file or folder; a definition is written [NAME=][PLATFORM:]PATH[?key=value&…]"
        )
    options = _parse_options(written, platform, text)
    return NamedDefinition(unescape(path), name, platform, options)


def known_options(platform: str | None) -> frozenset[str]:
    """Give the option keys of a platform, or of all of them where it is not known yet."""
    if platform is not None:
        return frozenset(BY_NAME[platform].options)
    return frozenset(key for each in PLATFORMS for key in each.options)


def check_options(keys: Iterable[str], platform: str, text: str) -> None:
    """Raise UsageError for an option that a platform's definitions do not take."""
    known = BY_NAME[platform].options
    for key in keys:
        if key not in known:
            there = f"there are {', '.join(known)}" if known else "it takes none"
            raise UsageError(f"{text!r}: {BY_NAME[platform].title} definitions have no option {key!r}; {there}")


def print_definition(definition: NamedDefinition) -> str:
    """Write the name of a definition as `parse_definition` reads it."""
    name = f"{definition.name}=" if definition.name is not None else ""
    platform = f"{definition.platform}:" if definition.platform is not None else ""
    options = "&".join(f"{key}={escape(value)}" for key, values in definition.options.items() for value in values)
    return f"{name}{platform}{escape(definition.path)}" + (f"?{options}" if options else "")


def escape(text: str) -> str:
    """Write the characters that end a path or a value as their escapes."""
    return text.replace("%", "%25").replace("&", "%26").replace("?", "%3F")


def unescape(text: str) -> str:
    """Read `%26`, `%3F` and `%25`; any other `%` stands for itself."""
    if "%" not in text:
        return text
    parts: list[str] = []
    position = 0
    while position < len(text):
        character = _ESCAPES.get(text[position : position + 3])
        parts.append(character or text[position])
        position += 3 if character else 1
    return "".join(parts)


def _split_name(text: str) -> tuple[str | None, str]:
    name, equals, rest = text.partition("=")
    if equals and name and _NAME_CHARACTERS.issuperset(name):
        return name, rest
    return None, text


def _split_platform(text: str) -> tuple[str | None, str]:
    platform, colon, rest = text.partition(":")
    if colon and platform in BY_NAME:
        return platform, rest
    return None, text


def _split_options(text: str, known: frozenset[str]) -> tuple[str, str]:
    """Split at the last `?` that a known key and `=` follow."""
    end = len(text)
    while (mark := text.rfind("?", 0, end)) >= 0:
        key, equals, _ = text[mark + 1 :].partition("=")
        if equals and key in known:
            return text[:mark], text[mark + 1 :]
        end = mark
    return text, ""


def _parse_options(written: str, platform: str | None, text: str) -> dict[str, tuple[str, ...]]:
    options: dict[str, tuple[str, ...]] = {}
    for part in written.split("&") if written else []:
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"{text!r}: {part!r} is no option; options are written key=value (an & in a value is %26)")
        options[key] = (*options.get(key, ()), unescape(value))
    if platform is not None:
        check_options(options, platform, text)
    else:
        unknown = [key for key in options if key not in known_options(None)]
        if unknown:
            raise UsageError(f"{text!r}: no platform's definitions have an option {unknown[0]!r}")
    return options
