"""The env file beside a Compose file: a marked block with the values of secrets, between lines that are the user's own.

Compose reads `.env` for the variables of the Compose file, so that is where the values stand that no Compose file should
hold (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/).
"""

import re
from collections.abc import Mapping
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.compose.dotenv import BEGIN, END, parse_env_file

_EDGE = rf"(?:{re.escape(BEGIN)}|{re.escape(END)})\r?$"
_BLOCK = re.compile(
    rf"^{re.escape(BEGIN)}\r?\n(?:(?!{_EDGE}).*\n)*{re.escape(END)}\r?(?:\n|\Z)",
    re.MULTILINE,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\r": "\\r", "\n": "\\n"}
_TO_ESCAPE = re.compile(r'[\\"$\r\n]')
_NEEDS_ESCAPES = re.compile(r"['\\\r\n]")
_VARIABLE = re.compile(r"\$(?:\$|(?P<named>[_a-zA-Z][_a-zA-Z0-9]*)|\{(?P<braced>[_a-zA-Z][_a-zA-Z0-9]*)(?=\}|:?\?))")


def print_env_file(values: Mapping[str, str]) -> str:
    """Write the marked block: one variable a line, sorted by name."""
    lines = [f"{name}={quote(value)}\n" for name, value in sorted(values.items())]
    return f"{BEGIN}\n{''.join(lines)}{END}\n"


def quote(value: str) -> str:
    """Quote a value so that docker compose reads just this: in single quotes nothing but the quote has a meaning.

    A backslash before a quote has one, too, so a value that holds either, or several lines, stands in double quotes, where
    every character can be escaped.
    """
    if _NEEDS_ESCAPES.search(value):
        return '"' + _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], value) + '"'
    return f"'{value}'"


def merge_env_file(existing: bytes | None, ours: bytes | str, file: str = ".env") -> bytes:
    """Put our block into an env file that may be there already: all that stands outside the block stays as it is.

    Whoever sets one of our names in a line of their own means it, and that line wins: ours is left out, and the block says
    so. An empty `ours` takes the block out. Raises InvalidInput where docker compose could not read what is there.
    """
    block = (ours if isinstance(ours, str) else ours.decode()).strip("\n")
    if existing is None:
        return f"{block}\n".encode() if block else b""
    try:
        text = existing.decode()
    except UnicodeDecodeError:
        raise InvalidInput(f"env file {file} is not UTF-8", Origin(file), "save it as UTF-8") from None
    outside = _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
    own = parse_env_file(outside.encode(), file, _find_anything).entries
    if block:
        block = _leave_out(block, own) + "\n"
    found = _BLOCK.search(text)
    if found is None:
        gap = "" if not text or not block or text.endswith("\n") else "\n"
        return f"{text}{gap}{block}".encode()
    rest = _BLOCK.sub("", text[found.end() :])
    return f"{text[: found.start()]}{block}{rest}".encode()


def _find_anything(_name: str) -> tuple[str, None]:
    """Give some value for every variable: only the names that a file sets are asked for."""
    return "set", None


def _leave_out(block: str, own: Mapping[str, object]) -> str:
    """Leave out of the block what the user sets."""
    ours = parse_env_file(block.encode(), "", _find_anything).entries
    if own.keys().isdisjoint(ours):
        return block
    kept = {name: entry.secret or "" for name, entry in ours.items() if name not in own}
    noted = "".join(f"# {name} is set outside of this block\n" for name in sorted(own.keys() & ours.keys()))
    return print_env_file(kept).replace(f"{END}\n", f"{noted}{END}")


def find_open_variables(root: Mapping[str, Any], settled: Mapping[str, str]) -> tuple[str, ...]:
    """Find the variables that a Compose file uses without a default and that the env file does not set, sorted."""
    found: set[str] = set()
    for section in ("configs", "secrets"):
        entries = root.get(section)
        for definition in entries.values() if isinstance(entries, dict) else ():
            if isinstance(definition, dict) and isinstance(definition.get("environment"), str):
                found.add(definition["environment"])
    nodes: list[Any] = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, str):
            if "$" in node:
                found.update(match["named"] or match["braced"] or "" for match in _VARIABLE.finditer(node))
        elif isinstance(node, dict):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
    return tuple(sorted(found - settled.keys() - {""}))
