"""What a chart makes up anew each time it is installed: passwords, certificates, the hour.

Such a chart is rendered twice, and what differs is made up. A secret's value of that kind is nobody's but the cluster's, so
it is not known here; anywhere else a fixed word stands in its place, so that the same chart reads the same twice.
"""

import re
from collections.abc import Sequence as SequenceType

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import Chart
from isomorph.platforms.helm.hooks import kind_of, name_of
from isomorph.platforms.helm.rendering import RenderedDocument
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

MADE_UP = "!made-up"
"""The tag of a scalar that is made up."""

WORD = "made-up"
"""What stands for it; a word that is also a name in a cluster."""

_CHANCE = re.compile(
    rb"\b(?:rand[A-Z]\w*|uuidv4|gen[A-Z]\w*|htpasswd|bcrypt|encryptAES|shuffle|now|ago|date\w*|unixEpoch)\b"
)


def depends_on_chance(chart: Chart) -> bool:
    """Tell whether a template of a chart, or of one in it, calls what gives something else each time."""
    return any(_CHANCE.search(file.data) for file in chart.templates) or any(map(depends_on_chance, chart.charts))


def mark(documents: list[RenderedDocument], again: list[RenderedDocument]) -> list[RenderedDocument]:
    """Give the documents of a rendering with what another one has otherwise marked as made up."""
    if len(documents) != len(again):
        return documents
    return [
        RenderedDocument(one.template, _mark(one.root, other.root)) if one.template == other.template else one
        for one, other in zip(documents, again, strict=True)
    ]


def _mark(node: Node, other: Node) -> Node:
    if isinstance(node, Mapping) and isinstance(other, Mapping):
        entries = {key: _mark(value, other.entries.get(key, value)) for key, value in node.entries.items()}
        return Mapping(node.origin, entries, node.keys, node.tag)
    if isinstance(node, Sequence) and isinstance(other, Sequence) and len(node) == len(other):
        return Sequence(node.origin, [_mark(*pair) for pair in zip(node.items, other.items, strict=True)], node.tag)
    if isinstance(node, Scalar) and isinstance(other, Scalar) and node.text != other.text:
        text = _blank(node.text, other.text)
        if isinstance(node.value, str):
            return Scalar(node.origin, text, text, node.plain, MADE_UP)
        return Scalar(node.origin, node.value, node.text, node.plain, MADE_UP)
    return node


def _blank(one: str, other: str) -> str:
    """Give what two texts have alike at both ends, with the word between."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    # What is made up may begin alike by chance: whole words are kept only.
    head = re.sub(r"[A-Za-z0-9+/=]+\Z", "", one[:start])
    tail = re.sub(r"\A[A-Za-z0-9+/=]+", "", one[len(one) - end :] if end else "")
    return f"{head}{WORD}{tail}"


def place_secrets(documents: SequenceType[RenderedDocument]) -> list[RenderedDocument]:
    """Give the documents with made-up values of Secrets as text that a Secret can hold."""
    return [
        RenderedDocument(each.template, _empty_values(each.root)) if kind_of(each.root) == "Secret" else each
        for each in documents
    ]


def _empty_values(root: Node) -> Node:
    if not isinstance(root, Mapping):
        return root
    entries = dict(root.entries)
    for field in ("data", "stringData"):
        below = entries.get(field)
        if isinstance(below, Mapping):
            values = {
                key: Scalar(node.origin, "", "", False, MADE_UP) if _is_made_up(node) else node
                for key, node in below.entries.items()
            }
            entries[field] = Mapping(below.origin, values, below.keys)
    return Mapping(root.origin, entries, root.keys)


def _is_made_up(node: Node) -> bool:
    return isinstance(node, Scalar) and node.tag == MADE_UP


def forget_secrets(definition: Definition, documents: SequenceType[RenderedDocument]) -> Definition:
    """Give a definition whose made-up secrets are not known, and another environment's own."""
    places: set[Origin] = set()
    for document in documents:
        if kind_of(document.root) == "Secret" and name_of(document.root) and isinstance(document.root, Mapping):
            for field in ("data", "stringData"):
                below = document.root.get(field)
                if isinstance(below, Mapping):
                    places.update(node.origin for node in below.entries.values() if _is_made_up(node))
    if not places:
        return definition
    secrets = dict(definition.application.secrets)
    for path, origin in definition.origins.table.items():
        if path[:1] == ("secrets",) and path[2:3] == ("values",) and origin in places:
            secret = secrets[path[1]]
            secrets[path[1]] = replace(secret, values={**secret.values, path[3]: None}, provisioned=True)
    return replace(definition, application=replace(definition.application, secrets=secrets))


def list_made_up(documents: SequenceType[RenderedDocument]) -> list[Origin]:
    """Give the places of what is made up elsewhere than in Secrets."""
    found: list[Origin] = []
    for document in documents:
        if kind_of(document.root) != "Secret":
            _collect(document.root, found)
    return found


def _collect(node: Node, found: list[Origin]) -> None:
    if isinstance(node, Mapping):
        for value in node.entries.values():
            _collect(value, found)
    elif isinstance(node, Sequence):
        for item in node.items:
            _collect(item, found)
    elif _is_made_up(node):
        found.append(node.origin)
