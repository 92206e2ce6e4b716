"""What a later file does to an earlier one: the merge rules of the Compose Specification.

Source: https://docs.docker.com/reference/compose-file/merge/ and docker compose itself. In short: mappings merge, lists
grow, scalars are replaced; commands and health check tests are replaced whole; lists that are mappings in disguise
(`environment: [A=1]`) merge by key; `!reset` removes and `!override` replaces.
"""

from collections.abc import Callable
from collections.abc import Mapping as Lookup
from typing import Any, TypeAlias

from isomorph.model.errors import InvalidInput
from isomorph.model.text import make_text, parts_of
from isomorph.platforms.compose.interpolation import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

RESET, OVERRIDE = "!reset", "!override"

Rule: TypeAlias = "Lookup[str, Any] | Callable[[Node, Node], Node] | None"


def merge(base: Node, over: Node, rule: Rule = None) -> Node:
    """Merge a later node into an earlier one; raises InvalidInput where the two are of kinds that do not merge."""
    if over.tag == OVERRIDE:
        return over
    if type(over) is Scalar and over.value is None and rule is not _replace:
        return base
    if callable(rule):
        return rule(base, over)
    if isinstance(base, Mapping):
        if not isinstance(over, Mapping):
            raise _refuse(base, over)
        return _merge_mappings(base, over, rule)
    if isinstance(base, Sequence):
        if not isinstance(over, Sequence):
            raise _refuse(base, over)
        return _append(base, over)
    return over


def merge_documents(base: Mapping, over: Mapping) -> Mapping:
    """Merge one whole Compose file into those before it."""
    return _merge_mappings(base, over, _RULES)


def merge_services(base: Node, over: Node) -> Node:
    """Merge a service into the one that it extends."""
    return merge(base, over, _SERVICE)


def name_kind(node: Node) -> str:
    """Say what a node is, for messages."""
    if isinstance(node, Mapping):
        return "a mapping"
    return "a list" if isinstance(node, Sequence) else "a single value"


def _refuse(base: Node, over: Node) -> InvalidInput:
    return InvalidInput(
        f"{name_kind(over)} cannot be merged into {name_kind(base)}, which is at {base.origin}",
        over.origin,
        "write both in the same form, or mark this one `!override`",
    )


def _merge_mappings(base: Mapping, over: Mapping, rule: Rule = None) -> Mapping:
    entries, keys = dict(base.entries), dict(base.keys)
    rules = rule if isinstance(rule, dict) else {}
    for key, value in over.entries.items():
        if value.tag == RESET:
            entries.pop(key, None)
            continue
        earlier = entries.get(key)
        if earlier is None:
            entries[key], keys[key] = value, over.keys[key]
            continue
        merged = merge(earlier, value, rules.get(key) or rules.get("*"))
        if merged is not earlier:
            entries[key] = merged
            keys[key] = over.keys[key]
    return Mapping(over.origin, entries, keys)


def _append(base: Sequence, over: Sequence) -> Sequence:
    items = list(base.items)
    known = {item.text for item in items if isinstance(item, Scalar)}
    items += [item for item in over.items if not (isinstance(item, Scalar) and item.text in known)]
    return Sequence(over.origin, items)


def prune_resets(node: Node) -> None:
    """Leave out what is marked `!reset` in a tree whose file was not merged into another."""
    if isinstance(node, Mapping):
        for key, value in list(node.entries.items()):
            if value.tag == RESET:
                del node.entries[key]
            else:
                prune_resets(value)
    elif isinstance(node, Sequence):
        node.items[:] = [item for item in node.items if item.tag != RESET]
        for item in node.items:
            prune_resets(item)


def _replace(_base: Node, over: Node) -> Node:
    return over


def split_pair(item: Scalar, separators: str = "=") -> tuple[str, Scalar | None]:
    """Split `KEY=VALUE`; without a separator the value is None. The value keeps the item's origin."""
    parts = parts_of(item.parts) if type(item) is Interpolated else (item.text,)
    first = parts[0] if parts else ""
    if not isinstance(first, str):
        return item.text, None
    position = min((at for at in (first.find(each) for each in separators) if at >= 0), default=-1)
    if position < 0:
        return item.text, None
    key, rest = first[:position], first[position + 1 :]
    if len(parts) == 1 and type(item) is not Interpolated:
        return key, Scalar(item.origin, rest, rest, False)
    value = make_text([rest, *parts[1:]])
    text = item.text[position + 1 :]
    return key, Interpolated(item.origin, text, text, False, parts=value)


def to_pairs(node: Node, separators: str = "=") -> Mapping:
    """Give a mapping for a list of `KEY=VALUE`; a mapping is given back as it is."""
    if isinstance(node, Mapping):
        return node
    entries: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    items = node.items if isinstance(node, Sequence) else [node]
    for item in items:
        if isinstance(item, Scalar):
            key, value = split_pair(item, separators)
            entries[key] = value if value is not None else Scalar(item.origin, None, "", False)
            keys[key] = item
    return Mapping(node.origin, entries, keys)


def to_sequence(node: Node) -> Sequence:
    """Give a list of one for a single value."""
    return node if isinstance(node, Sequence) else Sequence(node.origin, [node])


def to_names(node: Node) -> Mapping:
    """Give a mapping of names to nothing for a list of names."""
    if isinstance(node, Mapping):
        return node
    keys = {item.text: item for item in to_sequence(node).items if isinstance(item, Scalar)}
    return Mapping(node.origin, {key: Scalar(item.origin, None, "", False) for key, item in keys.items()}, keys)


def _merge_pairs(base: Node, over: Node) -> Node:
    return _merge_mappings(to_pairs(base), to_pairs(over), _EACH_REPLACED)


def _merge_lists(base: Node, over: Node) -> Node:
    return _append(to_sequence(base), to_sequence(over))


def _merge_names(base: Node, over: Node) -> Node:
    return _merge_mappings(to_names(base), to_names(over))


def _merge_dependencies(base: Node, over: Node) -> Node:
    """Merge dependencies; a plain name says that to be started is enough, whatever an earlier file asked for."""
    later = to_names(over)
    if later is not over:
        entries: dict[str, Node] = {}
        for name, key in later.keys.items():
            condition = Scalar(key.origin, "service_started", "service_started")
            entries[name] = Mapping(key.origin, {"condition": condition}, {"condition": key})
        later = Mapping(over.origin, entries, later.keys)
    return _merge_mappings(to_names(base), later)


def _merge_build(base: Node, over: Node) -> Node:
    return merge(_to_build(base), _to_build(over), _BUILD)


def _to_build(node: Node) -> Node:
    if not isinstance(node, Scalar):
        return node
    key = Scalar(node.origin, "context", "context")
    return Mapping(node.origin, {"context": node}, {"context": key})


def _merge_logging(base: Node, over: Node) -> Node:
    """Merge logging options of one driver; another driver starts afresh."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        old, new = base.get("driver"), over.get("driver")
        if not isinstance(old, Scalar) or not isinstance(new, Scalar) or old.text == new.text:
            return _merge_mappings(base, over)
    return over


_EACH_REPLACED: dict[str, Any] = {"*": _replace}

_BUILD: dict[str, Any] = dict.fromkeys(("args", "additional_contexts", "labels", "extra_hosts"), _merge_pairs)

_SERVICE: dict[str, Any] = {
    **dict.fromkeys(("command", "entrypoint"), _replace),
    **dict.fromkeys(("annotations", "environment", "extra_hosts", "labels", "sysctls"), _merge_pairs),
    **dict.fromkeys(("dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs"), _merge_lists),
    "build": _merge_build,
    "depends_on": _merge_dependencies,
    "deploy": {"labels": _merge_pairs},
    "healthcheck": {"test": _replace},
    "logging": _merge_logging,
    "models": _merge_names,
    "networks": _merge_names,
    "ulimits": {"*": _replace},
}

_LABELLED: dict[str, Any] = {"*": {"labels": _merge_pairs}}

_RULES: dict[str, Any] = {
    "services": {"*": _SERVICE},
    "networks": _LABELLED,
    "volumes": _LABELLED,
    "configs": _LABELLED,
    "secrets": _LABELLED,
}
