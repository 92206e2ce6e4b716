"""Functions that write and read JSON, YAML, CSV, base64 and digests, byte for byte as cty and Terraform write them."""

import re
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.hcl.values import HclFault, print_number
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_ESCAPED = re.compile(r'["\\\x00-\x1f\u2028\u2029]')
_ESCAPED_HTML = re.compile(r'["\\\x00-\x1f\u2028\u2029<>&]')
_BINARY = re.compile(r"[-+]?0[bB].*")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def _quote(text: str, escape_html: bool) -> str:
    escaped = (_ESCAPED_HTML if escape_html else _ESCAPED).sub(
        lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text
    )
    return f'"{escaped}"'


def encode_json(value: Any, *, escape_html: bool = True) -> str:
    """Write a value as JSON, keys sorted; as Go does, `<`, `>` and `&` are escaped."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return _quote(value, escape_html)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{','.join(encode_json(item, escape_html=escape_html) for item in value)}]"
    if isinstance(value, dict):
        entries = (
            f"{_quote(key, escape_html)}:{encode_json(value[key], escape_html=escape_html)}" for key in sorted(value)
        )
        return f"{{{','.join(entries)}}}"
    return print_number(value)


def from_tree(data: Any) -> Any:
    """Give data of another language as values: numbers with a point as decimals."""
    if isinstance(data, float):
        from decimal import Decimal

        from isomorph.syntax.hcl.values import normal_number

        return normal_number(Decimal(repr(data)))
    if isinstance(data, list):
        return [from_tree(item) for item in data]
    if isinstance(data, dict):
        return {key: from_tree(value) for key, value in data.items()}
    return data


def parse_decoded(function: str, text: str | bytes, file: str) -> Node:
    """Give the tree of a text that `jsondecode` or `yamldecode` reads; raises InvalidInput."""
    if function == "jsondecode":
        from isomorph.syntax.encoding import decode
        from isomorph.syntax.jsontext import parse_json

        roots = parse_json(decode(text, file), file)
        if len(roots) != 1:
            raise InvalidInput("the text is not one value of JSON", Origin(file), "keep one")
        return roots[0]
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.read import parse_one

    root = parse_one(text, file, Dialect.KUBERNETES).root
    return root if root is not None else Scalar(Origin(file), None, "")


def _decode(function: str, text: str) -> Any:
    try:
        return from_node(parse_decoded(function, text, function))
    except InvalidInput as error:
        what = "JSON" if function == "jsondecode" else "YAML"
        raise HclFault(f"the text is no {what}: {error.message}") from None


def from_node(node: Node | None) -> Any:
    """Give what go-cty-yaml makes of YAML: as go-yaml v2 has it, but that numbers are decimal or hexadecimal only."""
    if isinstance(node, Mapping):
        return {key: from_node(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [from_node(item) for item in node]
    if not isinstance(node, Scalar):
        return None
    text = node.text
    if node.plain and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        if "_" in text or _BINARY.fullmatch(text):
            return text
        if _LEADING_ZERO.fullmatch(text):
            return int(text)
    if node.plain and node.value == text and _DATE.fullmatch(text):
        return f"{text}T00:00:00Z"
    return from_tree(node.value)


def _encode_yaml(value: Any) -> str:
    lines = list(_yaml_lines(value))
    return "\n".join(lines) + "\n"


def _yaml_lines(value: Any) -> Any:
    """Write YAML as Terraform does: strings and keys in double quotes, sequences below their key at its column."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            inner = value[key]
            name = _quote(key, False)
            if isinstance(inner, dict | list) and inner:
                yield f"{name}:"
                pad = "  " if isinstance(inner, dict) else ""
                yield from (pad + line for line in _yaml_lines(inner))
            else:
                first, *block = _yaml_lines(inner)
                yield f"{name}: {first}"
                yield from block
    elif isinstance(value, list) and value:
        for item in value:
            first, *rest = _yaml_lines(item)
            yield f"- {first}"
            yield from rest if isinstance(item, str) else (line and "  " + line for line in rest)
    elif isinstance(value, str) and "\n" in value:
        lines = value.split("\n")
        yield "|" if value.endswith("\n") else "|-"
        yield from (line and "  " + line for line in (lines[:-1] if value.endswith("\n") else lines))
    else:
        yield encode_json(value, escape_html=False)


def _encode_base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()


def _decode_base64(text: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        raise HclFault("the text is no base64 of a text in UTF-8") from None


def _encode_text(text: str, encoding: str) -> str:
    from base64 import b64encode

    try:
        return b64encode(text.encode(encoding)).decode()
    except (LookupError, UnicodeEncodeError):
        raise HclFault("the text cannot be written in this encoding") from None


def _decode_text(text: str, encoding: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True).decode(encoding)
    except (LookupError, ValueError):
        raise HclFault("the text is no base64 of a text in this encoding") from None


def _to_uuid(space: str, name: str) -> str:
    """Give the UUID of a name in a space: dns, url, oid, x500, or a UUID."""
    import uuid

    known = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    try:
        return str(uuid.uuid5(known.get(space) or uuid.UUID(space), name))
    except ValueError:
        raise HclFault("the namespace is no UUID", "write one, or dns, url, oid, x500") from None


def _encode_url(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text, safe="-_.~")


def _decode_csv(text: str) -> list[dict[str, str]]:
    import csv

    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), strict=True) if row]
    except csv.Error:
        raise HclFault("the text is no CSV") from None
    if not rows:
        raise HclFault("the text has no line with names")
    names = rows[0]
    if any(len(row) != len(names) for row in rows):
        raise HclFault("the lines of the text have different numbers of fields")
    if len(set(names)) != len(names):
        raise HclFault("two columns have one name")
    return [dict(zip(names, row, strict=True)) for row in rows[1:]]


def digest(algorithm: str, content: bytes) -> str:
    """Give a digest in hexadecimal."""
    import hashlib

    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def digest_in_base64(algorithm: str, content: bytes) -> str:
    """Give a digest in base64."""
    from base64 import b64encode

    return b64encode(bytes.fromhex(digest(algorithm, content))).decode()


FUNCTIONS = {
    "base64decode": _decode_base64,
    "base64encode": _encode_base64,
    "base64sha256": lambda text: digest_in_base64("sha256", text.encode()),
    "base64sha512": lambda text: digest_in_base64("sha512", text.encode()),
    "csvdecode": _decode_csv,
    "jsondecode": lambda text: _decode("jsondecode", text),
    "jsonencode": encode_json,
    "md5": lambda text: digest("md5", text.encode()),
    "sha1": lambda text: digest("sha1", text.encode()),
    "sha256": lambda text: digest("sha256", text.encode()),
    "sha512": lambda text: digest("sha512", text.encode()),
    "textdecodebase64": _decode_text,
    "textencodebase64": _encode_text,
    "urlencode": _encode_url,
    "uuidv5": _to_uuid,
    "yamldecode": lambda text: _decode("yamldecode", text),
    "yamlencode": _encode_yaml,
}
