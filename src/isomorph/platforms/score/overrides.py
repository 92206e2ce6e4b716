"""What a caller lays over a Score file before it is read: files of overrides, and single properties.

As the reference implementations do: mappings merge key by key, null removes, anything else replaces; a property's path is
dotted (`\\.` is a dot in a key, a number an item of a list, `-1` one more item), its value YAML, and an empty value removes.

A file of overrides may hold several documents. One that says a workload's `metadata.name` is laid over that workload only,
one that says none over each. What an environment of the project lays over its workloads comes before what the command line
names; there, a name that is no workload's is a new name for the only one.
"""

from collections.abc import Set
from functools import lru_cache

import msgspec

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

ENVIRONMENT, FILE, PROPERTY = "environment-overrides", "overrides-file", "override-property"


class Overrides(msgspec.Struct, frozen=True):
    """The documents of a file of overrides with their places in it: those for each workload, and by name those for one.

    `names` is where each name is first said.
    """

    common: tuple[tuple[int, Mapping], ...]
    named: dict[str, tuple[tuple[int, Mapping], ...]]
    names: dict[str, Origin]

    def of(self, name: str) -> list[Mapping]:
        """Give the documents for a workload, in the order of the file."""
        if name not in self.named:
            return [document for _, document in self.common]
        both = [*self.common, *self.named[name]]
        return [document for _, document in sorted(both, key=lambda placed: placed[0])]


def read_overrides(path: str, context: Context) -> Overrides:
    """Read a file of overrides; raises InvalidInput for a document that is no mapping."""
    return _parse_overrides(context.read_input(path, what="overrides file"), path)


@lru_cache(maxsize=8)
def _parse_overrides(content: bytes, path: str) -> Overrides:
    """Parse a file of overrides once: it is laid over every Score file of a project."""
    common: list[tuple[int, Mapping]] = []
    named: dict[str, list[tuple[int, Mapping]]] = {}
    names: dict[str, Origin] = {}
    for index, document in enumerate(parse_yaml(content, path, Dialect.COMPOSE)):
        root = document.root
        if root is None:
            continue
        if not isinstance(root, Mapping):
            raise InvalidInput("overrides are a mapping, as the Score file is", root.origin)
        said = find_name(root)
        if said is None:
            common.append((index, root))
            continue
        named.setdefault(said.text, []).append((index, root))
        names.setdefault(said.text, said.origin)
    return Overrides(tuple(common), {name: tuple(documents) for name, documents in named.items()}, names)


def list_names(path: str, context: Context) -> dict[str, Origin]:
    """Give the workloads that a file of overrides names, each with the place where it first does."""
    return read_overrides(path, context).names


def find_name(root: Node) -> Scalar | None:
    """Give the node of a Score file's `metadata.name`, None where it says none that is a text."""
    metadata = root.get("metadata") if isinstance(root, Mapping) else None
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, Scalar) and isinstance(name.value, str) else None


def apply_overrides(root: Node, source: Source, context: Context, others: Set[str] = frozenset()) -> Node:
    """Give the tree of a Score file with the overrides that the source's options name; the given tree stays as it is.

    `others` are the names of all workloads of the source. Raises InvalidInput for a name that may be none of theirs.
    """
    said = find_name(root)
    name = said.text if said is not None else ""
    for path in source.options.get(ENVIRONMENT, ()):
        for document in read_overrides(path, context).of(name):
            root = merge(root, document)
    for path in source.options.get(FILE, ()):
        overrides = read_overrides(path, context)
        for document in overrides.of(_find_named(overrides, name, others)):
            root = merge(root, document)
    for text in source.options.get(PROPERTY, ()):
        root = _set_property(root, text)
    return root


def _find_named(overrides: Overrides, name: str, others: Set[str]) -> str:
    """Give the name under which a file of the command line speaks of a workload: its own, or the one it is to have.

    Other workloads' names are passed over where its own is there: the file may be that of a whole environment.
    """
    unknown = [each for each in overrides.names if each != name and each not in others]
    if not unknown or (name in overrides.names and len(others) < 2):
        return name
    if len(unknown) == 1 and len(others) < 2:
        return unknown[0]
    known = ", ".join(sorted(others | {name}))
    raise InvalidInput(
        f"the overrides are for a workload {unknown[0]!r}, which is none of those they are laid over",
        overrides.names[unknown[0]],
        f"there are {known}",
    )


def merge(old: Node | None, new: Node) -> Node:
    """Lay one tree over another (JSON merge patch, RFC 7386); what says the same keeps the place where it was said first."""
    if not isinstance(new, Mapping):
        return old if old is not None and _is_same(old, new) else new
    entries: dict[str, Node] = dict(old.entries) if isinstance(old, Mapping) else {}
    keys: dict[str, Scalar] = dict(old.keys) if isinstance(old, Mapping) else {}
    for key, value in new.items():
        if isinstance(value, Scalar) and value.value is None:
            entries.pop(key, None)
            continue
        entries[key] = merge(entries.get(key), value)
        keys.setdefault(key, new.keys[key])
    return Mapping(old.origin if isinstance(old, Mapping) else new.origin, entries, keys)


def _is_same(old: Node | None, new: Node) -> bool:
    if not isinstance(old, Scalar) or not isinstance(new, Scalar):
        return False
    return old.text == new.text and type(old.value) is type(new.value) and old.value == new.value


def _set_property(root: Node, text: str) -> Node:
    path, equals, written = text.partition("=")
    steps = split_path(path)
    if not equals or not all(steps):
        raise UsageError(f"--override-property {text!r} is not PATH=VALUE, such as containers.web.image=nginx:1.29")
    value: Node | None = None
    if written:
        value = parse_yaml(written, f"--override-property {path}", Dialect.COMPOSE)[0].root
    return _replace(root, steps, value, text)


def split_path(path: str) -> list[str]:
    """Split a dotted path at its dots that no backslash escapes."""
    steps = [""]
    escaped = False
    for character in path:
        if escaped:
            steps[-1] += character if character == "." else f"\\{character}"
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ".":
            steps.append("")
        else:
            steps[-1] += character
    return steps


def _replace(node: Node, steps: list[str], value: Node | None, text: str) -> Node:
    """Give a tree in which the value at a path is replaced, added, or (None) removed."""
    step, rest = steps[0], steps[1:]
    if isinstance(node, Sequence):
        return _replace_item(node, step, rest, value, text)
    if not isinstance(node, Mapping):
        raise UsageError(f"--override-property {text!r}: there is nothing below {node.origin} that {step!r} could name")
    entries, keys = dict(node.entries), dict(node.keys)
    origin = value.origin if value is not None else node.origin
    if rest:
        below = entries.get(step)
        if below is None and value is None:
            return node
        entries[step] = _replace(below if below is not None else Mapping(origin, {}, {}), rest, value, text)
    elif value is None:
        entries.pop(step, None)
    else:
        entries[step] = value
    keys.setdefault(step, Scalar(origin, step, step))
    return Mapping(node.origin, entries, {key: keys[key] for key in entries})


def _replace_item(node: Sequence, step: str, rest: list[str], value: Node | None, text: str) -> Node:
    items = list(node.items)
    if step == "-1" and value is not None and not rest:
        return Sequence(node.origin, [*items, value])
    if not (step.isascii() and step.isdigit() and len(step) < 10) or int(step) >= len(items):
        raise UsageError(f"--override-property {text!r}: the list at {node.origin} has no item {step!r}")
    if rest:
        items[int(step)] = _replace(items[int(step)], rest, value, text)
    elif value is None:
        del items[int(step)]
    else:
        items[int(step)] = value
    return Sequence(node.origin, items)
