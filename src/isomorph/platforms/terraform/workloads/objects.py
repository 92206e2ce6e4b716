"""kubernetes_* resources, and manifests in resources, as the objects of the API, every value where it is written."""

import re

from isomorph.model.text import print_text
from isomorph.platforms.terraform.encoded import decode_argument
from isomorph.platforms.terraform.module import BlockList, Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.object_fields import (
    AMOUNTS,
    BOOLEANS,
    INTEGERS,
    MAPS,
    MODES,
    NEEDED,
    NOT_OF_THE_API,
    PORTS,
    QUANTITIES,
    READ_ONLY,
    TEXTS,
    api_name,
    kind_of,
    list_name,
)
from isomorph.platforms.terraform.workloads.open_values import OpenValues, to_placeholder
from isomorph.syntax.hcl.body import Interpolated, text_of
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_OCTAL = re.compile(r"0?o?[0-7]{1,4}")
_MANIFESTS = {"kubernetes_manifest": ("manifest", "json"), "kubectl_manifest": ("yaml_body", "yaml")}
_ZERO_IS_NONE = frozenset(
    ("active_deadline_seconds", "host_port", "node_port", "health_check_node_port", "min_domains")
)
_RUN_TO_THE_END = ("Job", "CronJob")


class Objects:
    """Turns resources into objects; what is not settled where the API wants a number is told, and left out."""

    def __init__(self, reading: Reading, open_values: OpenValues) -> None:
        self.reading = reading
        self.open = open_values

    def of(self, resource: Resource) -> Mapping | None:
        """Give the object of a resource, None where it is none or nothing of it is settled."""
        manifest = _MANIFESTS.get(resource.type)
        if manifest is not None:
            return self._manifest(resource, *manifest)
        kind = kind_of(resource.type)
        if kind is None:
            return None
        body = Mapping(
            resource.origin,
            {name: node for name, node in resource.body.items() if name not in NOT_OF_THE_API},
            resource.body.keys,
        )
        found = self._mapping(body, "")
        if found is None:
            return None
        entries, keys = dict(found.entries), dict(found.keys)
        _rename_data(kind[1], entries, keys)
        if kind[1] in _RUN_TO_THE_END:
            _say_restart(kind[1], entries)
        for name, value in (("apiVersion", kind[0]), ("kind", kind[1])):
            entries[name] = Scalar(resource.origin, value, value, False)
            keys[name] = Scalar(resource.origin, name, name)
        return Mapping(resource.origin, entries, keys)

    def _manifest(self, resource: Resource, argument: str, language: str) -> Mapping | None:
        node = resource.body.get(argument)
        tree = decode_argument(node, language) if isinstance(node, Scalar) else node
        if not isinstance(tree, Mapping):
            self.reading.say(
                "known-after-apply",
                f"what {resource.address} deploys only an apply tells",
                node.origin if node is not None else resource.origin,
            )
            return None
        found = self._as_it_is(tree, "")
        if not isinstance(found, Mapping):
            return None
        return _spell_open_data(found, tree) if _is_secret(found) else found

    def _mapping(self, body: Mapping, around: str) -> Mapping | None:
        """Turn a block; None where what it needs is not settled."""
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        for name, node in body.items():
            if around == "metadata" and name in READ_ONLY:
                continue
            key, value = self._entry(name, node, around)
            if value is None:
                if name in NEEDED and not _says_nothing(node):
                    return None
                continue
            place = body.keys.get(name)
            entries[key] = value
            keys[key] = Scalar(place.origin if place is not None else node.origin, key, key)
        if around == "env" and "valueFrom" in entries:
            entries.pop("value", None)  # A state has both.
        return Mapping(body.origin, entries, keys)

    def _entry(self, name: str, node: Node, around: str) -> tuple[str, Node | None]:
        """Turn an argument, or the blocks of a name."""
        blocks = _blocks_in(node)
        if name in MAPS or _is_plain_selector(name, node):
            return api_name(name), self._map(blocks[0] if isinstance(node, BlockList) and blocks else node, name)
        listed = list_name(name, around)
        if blocks is not None and (listed is not None or blocks):
            if name == "sources":
                blocks = _split_sources(blocks)
            if listed is not None:
                items: list[Node] = [found for each in blocks if (found := self._mapping(each, name)) is not None]
                return listed, Sequence(node.origin, items)
            return api_name(name), self._mapping(blocks[0], name)
        if isinstance(node, Sequence):
            scalars = [self._scalar(name, item, around) for item in node if isinstance(item, Scalar)]
            kept: list[Node] = [item for item in scalars if item is not None]
            return api_name(name), Sequence(node.origin, kept) if kept else None
        return api_name(name), self._scalar(name, node, around) if isinstance(node, Scalar) else None

    def _map(self, node: Node, name: str) -> Node | None:
        """Turn a map: texts, or quantities."""
        if not isinstance(node, Mapping):
            if isinstance(node, Interpolated):
                self._tell(name, node)
            return None
        entries: dict[str, Node] = {}
        for key, value in node.items():
            if not isinstance(value, Scalar):
                continue
            if name in QUANTITIES and isinstance(value, Interpolated) and not isinstance(value.parts, str):
                amount = f"{self.open.amount(value)}{'m' if key == 'cpu' else ''}"
                entries[key] = Scalar(value.origin, amount, amount, False)
            elif value.value is not None or isinstance(value, Interpolated):
                entries[key] = self._text(value, ("", name) in TEXTS)
        return Mapping(node.origin, entries, {key: node.keys.get(key) or _key(key, node) for key in entries})

    def _text(self, node: Scalar, is_marked: bool) -> Scalar:
        if isinstance(node, Interpolated):
            return self.open.mark(node) if is_marked else _printed(node)
        if isinstance(node.value, str):
            return node
        return Scalar(node.origin, node.text, node.text, False)

    def _scalar(self, name: str, node: Scalar, around: str) -> Scalar | None:
        """Turn an argument into the type that the API gives it."""
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            return self._open(name, node, around)
        text = str(text_of(node))
        if _says_nothing(node):
            return node if text == "" and (around, name) in TEXTS and node.value is not None else None
        if name in MODES and _OCTAL.fullmatch(text) and not isinstance(node.value, int):
            return Scalar(node.origin, int(text.replace("o", ""), 8), text)
        if name in INTEGERS or name in PORTS or name in AMOUNTS:
            if _INTEGER.fullmatch(text):
                return None if name in _ZERO_IS_NONE and int(text) == 0 else Scalar(node.origin, int(text), text)
            return node
        if name in BOOLEANS:
            return Scalar(node.origin, text == "true", text) if text in ("true", "false") else node
        if name == "value" and around != "env" and isinstance(node.value, int):
            return node  # of a policy that scales
        return self._text(node, False)

    def _open(self, name: str, node: Interpolated, around: str) -> Scalar | None:
        if name == "replicas":
            amount = self.open.amount(node)
            return Scalar(node.origin, amount, str(amount))
        if name in INTEGERS or name in PORTS or name in AMOUNTS or name in BOOLEANS or name in MODES:
            self._tell(name, node)
            return None
        return self._text(node, (around, name) in TEXTS)

    def _tell(self, name: str, node: Interpolated) -> None:
        tell_open(self.reading, name, node)

    def _as_it_is(self, node: Node, around: str, name: str = "") -> Node | None:
        """Copy a manifest, with marks for what is not settled."""
        if isinstance(node, Mapping):
            inside = name or around
            entries: dict[str, Node] = {}
            for key, value in node.items():
                found = self._as_it_is(value, inside, key)
                if found is None and key in NEEDED and isinstance(value, Interpolated | Mapping):
                    return None
                if found is not None:
                    entries[key] = found
            return Mapping(node.origin, entries, {key: node.keys.get(key) or _key(key, node) for key in entries})
        if isinstance(node, Sequence):
            items = [self._as_it_is(item, around, name) for item in node]
            return Sequence(node.origin, [item for item in items if item is not None])
        if not isinstance(node, Interpolated):
            return node
        return self._open_as_it_is(node, around, name)

    def _open_as_it_is(self, node: Interpolated, around: str, name: str) -> Scalar | None:
        if isinstance(node.parts, str):
            return Scalar(node.origin, node.parts, node.parts, False)
        snake = re.sub(r"[A-Z]+", lambda found: f"_{found[0].lower()}", name)
        if around in QUANTITIES:
            amount = f"{self.open.amount(node)}{'m' if name == 'cpu' else ''}"
            return Scalar(node.origin, amount, amount, False)
        in_map = around in ("data", "stringData")
        return self._open(snake, node, around) if not in_map else self.open.mark(node)


def tell_open(reading: Reading, name: str, node: Interpolated) -> None:
    """Tell that a number or truth value is not settled, so that it is left out."""
    placeholder = to_placeholder(node.parts)
    code = "unset-variable" if placeholder.variable else "known-after-apply"
    reading.say(code, f"{name} is {placeholder.expression}, which nothing here settles; it is left out", node.origin)


def _printed(node: Interpolated) -> Scalar:
    text = print_text(node.parts)
    return Scalar(node.origin, text, text, False)


def _key(key: str, node: Node) -> Scalar:
    return Scalar(node.origin, key, key)


def _says_nothing(node: Node) -> bool:
    """Tell whether an argument is null, "" or an empty list, as a state has those that nobody wrote."""
    if isinstance(node, Scalar):
        return not isinstance(node, Interpolated) and (node.value is None or node.value == "")
    return isinstance(node, Sequence) and not len(node)


def _blocks_in(node: Node) -> list[Mapping] | None:
    """Give the blocks of a name, or what is written like them; None for anything else."""
    if isinstance(node, Mapping):
        return [node]
    if isinstance(node, Sequence) and all(isinstance(item, Mapping) for item in node):
        return [item for item in node if isinstance(item, Mapping)]
    return None


def _is_plain_selector(name: str, node: Node) -> bool:
    """Tell whether a selector is a Service's, which is a map of labels, and not a block."""
    return (
        name == "selector"
        and isinstance(node, Mapping)
        and all(isinstance(each, Scalar) for each in node.entries.values())
    )


def _split_sources(blocks: list[Mapping]) -> list[Mapping]:
    """Give the sources of a projected volume one by one: the provider's block may hold several of each kind."""
    return [
        Mapping(inner.origin, {name: inner}, {name: block.keys.get(name) or _key(name, inner)})
        for block in blocks
        for name, node in block.items()
        for inner in _blocks_in(node) or []
    ]


def _rename_data(kind: str, entries: dict[str, Node], keys: dict[str, Scalar]) -> None:
    """Give a Secret's data the API's name: what the provider calls data is in clear, what it calls binary_data in Base64."""
    if kind != "Secret":
        return
    for old, new in (("data", "stringData"), ("dataWo", "stringData"), ("binaryData", "data")):
        if old in entries:
            node, place = entries.pop(old), keys.pop(old)
            entries[new] = node
            keys[new] = Scalar(place.origin, new, new)


def _say_restart(kind: str, entries: dict[str, Node]) -> None:
    """Say what the provider does where a job says nothing: its pods are never restarted."""
    node = entries.get("spec")
    for step in ("jobTemplate", "spec", "template", "spec") if kind == "CronJob" else ("template", "spec"):
        node = node.get(step) if isinstance(node, Mapping) else None
    if isinstance(node, Mapping) and "restartPolicy" not in node:
        node.entries["restartPolicy"] = Scalar(node.origin, "Never", "Never")
        node.keys["restartPolicy"] = _key("restartPolicy", node)


def _is_secret(node: Mapping) -> bool:
    kind = node.get("kind")
    return isinstance(kind, Scalar) and kind.value == "Secret"


def _spell_open_data(found: Mapping, tree: Mapping) -> Mapping:
    """Move what is not settled from `data` of a Secret to `stringData`: it cannot be decoded."""
    data, written = found.get("data"), tree.get("data")
    if not isinstance(data, Mapping) or not isinstance(written, Mapping):
        return found
    open_keys = {key for key, each in written.items() if isinstance(each, Interpolated)}
    if not open_keys:
        return found
    strings = found.get("stringData")
    own = strings if isinstance(strings, Mapping) else Mapping(data.origin, {}, {})
    rest = {key: each for key, each in data.items() if key not in open_keys}
    moved = {key: each for key, each in data.items() if key in open_keys}
    entries = {
        **found.entries,
        "data": Mapping(data.origin, rest, data.keys),
        "stringData": Mapping(own.origin, {**moved, **own.entries}, {**data.keys, **own.keys}),
    }
    return Mapping(found.origin, entries, {**found.keys, "stringData": _key("stringData", data)})
