"""What a caller lays over a Score file before it is read: a file of overrides, and single properties.

As the reference implementations do: mappings merge key by key, null removes, anything else replaces; a property's path is
dotted (`\\.` is a dot in a key, a number an item of a list, `-1` one more item), its value YAML, and an empty value removes.
"""

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context, Source
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

FILE, PROPERTY = "overrides-file", "override-property"


def apply_overrides(root: Node, source: Source, context: Context) -> Node:
    """Give the tree of a Score file with the overrides that the source's options name; the given tree stays as it is."""
    for path in source.options.get(FILE, ()):
        for document in parse_yaml(context.read_input(path, what="overrides file"), path, Dialect.COMPOSE):
            if document.root is not None:
                if not isinstance(document.root, Mapping):
                    raise InvalidInput("overrides are a mapping, as the Score file is", document.root.origin)
                root = merge(root, document.root)
    for text in source.options.get(PROPERTY, ()):
        root = _set_property(root, text)
    return root


def merge(old: Node | None, new: Node) -> Node:
    """Lay one tree over another (JSON merge patch, RFC 7386)."""
    if not isinstance(new, Mapping):
        return new
    entries: dict[str, Node] = dict(old.entries) if isinstance(old, Mapping) else {}
    keys: dict[str, Scalar] = dict(old.keys) if isinstance(old, Mapping) else {}
    for key, value in new.items():
        if isinstance(value, Scalar) and value.value is None:
            entries.pop(key, None)
            continue
        entries[key] = merge(entries.get(key), value)
        keys.setdefault(key, new.keys[key])
    return Mapping(old.origin if isinstance(old, Mapping) else new.origin, entries, keys)


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
