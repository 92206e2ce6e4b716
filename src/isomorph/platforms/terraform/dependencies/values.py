"""What stands at a path of a resource, and versions and truth values as providers spell them, in the model's words.

What the given input does not settle is its expression, `${…}`, as it is in the params of a Score file.
"""

import re
from collections.abc import Iterator
from typing import Any

from isomorph.model.text import SecretValue, Text, parts_of, print_text
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_TRUE = frozenset(
    (
        "true", "on", "1", "enabled", "enable", "required", "require", "tls", "tls_only", "server_authentication",
        "encrypted", "encrypted_only", "trusted_client_certificate_required",
    )
)  # fmt: skip
_FALSE = frozenset(
    (
        "false", "off", "0", "disabled", "disable", "plaintext", "none", "tls_plaintext", "allow_unencrypted_and_encrypted",
    )
)  # fmt: skip
"""How arguments say that plain connections are refused (`ssl_mode = "ENCRYPTED_ONLY"`), and that they are not."""

_PREFIXED = re.compile(r"(?:[A-Z][A-Z0-9]*|OpenSearch|Elasticsearch)_(?P<version>[0-9].*)")
_AURORA = re.compile(r"(?P<version>[0-9]+(?:\.[0-9]+)*)\.mysql_aurora\..*")
_VERSION = re.compile(r"v?(?P<version>[0-9]+(?:\.[0-9]+)*)(?:\.x)?(?![0-9])")
# Engine versions of SQL Server by the year in its name: https://learn.microsoft.com/sql/sql-server/end-of-support
_MSSQL = {"11": "2012", "12": "2014", "13": "2016", "14": "2017", "15": "2019", "16": "2022", "17": "2025"}


def find_nodes(body: Node, path: str) -> list[Node]:
    """Give what stands at a path, of several alternatives at the first that says anything."""
    for each in path.split("|"):
        found = [node for node in _walk(body, each.split("."), None) if not _is_null(node)]
        if found:
            return found
    return []


def find_node(body: Node, path: str) -> Node | None:
    """Give the first of what stands at a path."""
    found = find_nodes(body, path) if path else []
    return found[0] if found else None


def _walk(node: Node, steps: list[str], key: Node | None) -> Iterator[Node]:
    if not steps:
        yield node
    elif steps[0] == "*":
        if isinstance(node, Mapping):
            for name, each in node.items():
                yield from _walk(each, steps[1:], node.keys.get(name) or Scalar(each.origin, name, name))
        elif isinstance(node, Sequence):
            for each in node:
                yield from _walk(each, steps[1:], None)
    elif isinstance(node, Sequence) and len(node):
        yield from _walk(node[0], steps, None)
    elif isinstance(node, Mapping) and steps[0] in node and not _is_null(node[steps[0]]):
        yield from _walk(node[steps[0]], steps[1:], None)
    elif steps == ["name"] and key is not None and isinstance(node, Mapping):
        yield key  # Modules call what has no name of its own by its key.


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not isinstance(node, Interpolated) and (node.value is None or node.value == "")


def find_pairs(body: Node, paths: str) -> dict[str, Node]:
    """Give values by names, both at paths apart by `=`."""
    names, _, values = paths.partition("=")
    pairs = list(zip(find_nodes(body, names), find_nodes(body, values), strict=False))
    return {str(plain(name)): value for name, value in pairs if isinstance(name, Scalar)}


def plain(node: Node) -> Any:
    """Give a value as plain data."""
    if isinstance(node, Interpolated):
        return print_text(node.parts)
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: plain(each) for key, each in node.items()}
    if isinstance(node, Sequence):
        return [plain(each) for each in node]
    return None


def is_open(value: object) -> bool:
    """Tell whether a plain value is an expression that the given input does not settle."""
    return isinstance(value, str) and "${" in value


def holds_secret(text: Text) -> bool:
    """Tell whether a text holds a sensitive value."""
    return any(isinstance(part, SecretValue) for part in parts_of(text))


def to_truth(value: Any) -> Any:
    """Give whether plain connections are refused, as it is said; what says neither stays as it is."""
    word = str(value).lower()
    return True if word in _TRUE else False if word in _FALSE else value


def to_version(kind: str, text: str) -> str:
    """Give a version as its server has it: `POSTGRES_15` is 15, `8.0.mysql_aurora.3.04.0` is 8.0, `6.x` is 6."""
    if is_open(text):
        return text
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is not None:
        text = prefixed["version"].replace("_", ".")
    aurora = _AURORA.fullmatch(text)
    if aurora is not None:
        return aurora["version"]
    found = _VERSION.match(text)
    if found is None:
        return text
    version = found["version"]
    if kind == "mssql":
        return _MSSQL.get(version.split(".")[0], version)
    return version
