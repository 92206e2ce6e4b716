"""kubernetes_* resources, and manifests in resources, as the objects of the API, every value where it is written.

Terraform turns what is written into the type of its argument: `value = 80` is the text "80", `run_as_user = "1000"` a number
to the API. What is not settled has a place where the model holds texts and amounts; where the API wants another number it is
told, and left out with what says nothing without it.
"""

import re

from isomorph.model.text import print_text
from isomorph.platforms.terraform.encoded import decode_argument
from isomorph.platforms.terraform.kubernetes_names import MANIFEST, RESOURCES, Field, fields_of, resource_of, words_of
from isomorph.platforms.terraform.module import Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.open_values import OpenValues, is_marked, plain, tell_open
from isomorph.syntax.hcl.body import Interpolated, text_of
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

MANIFESTS = {MANIFEST: ("manifest", "json"), "kubectl_manifest": ("yaml_body", "yaml")}
"""Resources that hold an object as it is: the argument, and the language of one that is a text."""

_TEXTS = frozenset(
    (
        *(("Variable", "value"), ("Container", "image"), ("Container", "args"), ("Container", "command")),
        *(("Exec", "command"), ("IngressRule", "host"), ("ConfigMap", "data"), ("Secret", "data")),
        *(("ConfigMap", "binaryData"), ("Secret", "binaryData"), ("Secret", "stringData")),
    )
)
"""Fields that the model holds as texts; elsewhere an expression stands as it is printed."""

_NEEDED = frozenset(
    (
        *(("ContainerPort", "containerPort"), ("ServicePort", "port"), ("ServicePort", "targetPort")),
        *(("HttpGet", "port"), ("TcpSocket", "port"), ("Grpc", "port"), ("BackendPort", "number")),
        *(("Probe", "httpGet"), ("Probe", "tcpSocket"), ("Probe", "grpc"), ("Handler", "httpGet")),
        *(("Handler", "tcpSocket"), ("ServiceBackend", "port"), ("Backend", "service"), ("IngressPath", "backend")),
        ("OldBackend", "servicePort"),
    )
)
"""Fields without which a block says nothing."""

_ZERO_IS_NONE = frozenset(("activeDeadlineSeconds", "hostPort", "nodePort", "healthCheckNodePort", "minDomains"))
_STRING_DATA = Field("stringData", "string_data", "map")  # of manifests only
_MORE: dict[str, dict[str, Field]] = {"Secret": {"stringData": _STRING_DATA}}

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_OCTAL = re.compile(r"(?:0o)?[0-7]{1,4}")
_LATER = re.compile(r"_([a-z0-9])")


class Objects:
    """Turns resources into objects."""

    def __init__(self, reading: Reading, open_values: OpenValues) -> None:
        self.reading = reading
        self.open = open_values
        self.by_word = True  # Fields are called as the provider calls them.

    def of(self, resource: Resource) -> Mapping | None:
        """Give the object of a resource, None where it is none or only an apply tells what it is."""
        if resource.type in MANIFESTS:
            return self._manifest(resource)
        known = RESOURCES.get(resource.type)
        if known is None:
            return None
        self.by_word = True
        words = words_of(known.of)
        own = {name: node for name, node in resource.body.items() if name in words}
        for name in resource.body:
            if name not in words and name not in ("id", "status", "timeouts"):
                node = resource.body[name]
                self.reading.keep((), ("resources", resource.address, name), plain(node), node.origin)
        found = self._block(Mapping(resource.origin, own, resource.body.keys), known.of)
        assert found is not None
        entries, keys = dict(found.entries), dict(found.keys)
        if known.kind == "Secret":
            _rename_data(entries, keys)
        if known.kind in ("Job", "CronJob"):
            _say_restart(known.kind, entries)
        for name, value in (("apiVersion", known.version), ("kind", known.kind)):
            entries[name] = Scalar(resource.origin, value, value, False)
            keys[name] = _key(name, resource.body)
        return _move_open_data(Mapping(resource.origin, entries, keys), known.kind)

    def _manifest(self, resource: Resource) -> Mapping | None:
        argument, language = MANIFESTS[resource.type]
        node = resource.body.get(argument)
        tree = decode_argument(node, language) if isinstance(node, Scalar) else node
        if not isinstance(tree, Mapping):
            origin = node.origin if node is not None else resource.origin
            self.reading.say(
                "known-after-apply", f"what {resource.address} deploys is not settled; it was not read", origin
            )
            return None
        self.by_word = False
        kind = _text_at(tree, "kind")
        name = resource_of(_text_at(tree, "apiVersion"), kind)
        if name is None:
            found = self._as_it_is(tree)
            assert isinstance(found, Mapping)
            return found
        block = self._block(tree, RESOURCES[name].of)
        assert block is not None
        return _move_open_data(block, kind)

    def _block(self, body: Mapping, type_: str) -> Mapping | None:
        """Turn a block; None where what it needs is not settled."""
        table = words_of(type_) if self.by_word else {**fields_of(type_), **_MORE.get(type_, {})}
        entries: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        for name, node in body.items():
            field = table.get(name)
            value: Node | None
            if field is None:
                key, value = (_camel(name) if self.by_word else name), self._as_it_is(node)
            else:
                key, value = field.name, self._value(field, node, type_)
            if value is None:
                if (type_, key) in _NEEDED and not _says_nothing(node):
                    return None
                continue
            entries[key] = value
            place = body.keys.get(name)
            keys[key] = Scalar(place.origin if place is not None else node.origin, key, key)
        if type_ == "Variable" and "valueFrom" in entries:
            entries.pop("value", None)  # A state has both.
        return Mapping(body.origin, entries, keys)

    def _value(self, field: Field, node: Node, type_: str) -> Node | None:
        """Turn what stands in a field."""
        if field.form in ("block", "blocks"):
            blocks = _blocks_in(node)
            if field.form == "block":
                return self._block(blocks[0], field.of) if blocks else None
            if field.of == "Projection" and self.by_word:
                blocks = _split_sources(blocks)
            items: list[Node] = [found for each in blocks if (found := self._block(each, field.of)) is not None]
            return Sequence(node.origin, items) if items or isinstance(node, Sequence) else None
        if field.form == "map":
            return self._map(field, node, type_)
        if field.form == "list":
            if not isinstance(node, Sequence):
                return node if isinstance(node, Scalar) and node.value is not None else None
            texts: list[Node] = [self._text(item, (type_, field.name)) for item in node if isinstance(item, Scalar)]
            return Sequence(node.origin, texts) if texts else None
        return self._scalar(field, node, type_) if isinstance(node, Scalar) else node

    def _map(self, field: Field, node: Node, type_: str) -> Node | None:
        """Turn a map: texts, or quantities."""
        if not isinstance(node, Mapping):
            blocks = _blocks_in(node)  # `limits { … }`, as it was before version 2 of the provider
            if not blocks:
                if isinstance(node, Interpolated):
                    tell_open(self.reading, field.word, node)
                return None
            node = blocks[0]
        entries: dict[str, Node] = {}
        for key, value in node.items():
            if not isinstance(value, Scalar):
                entries[key] = value
            elif type_ == "Resources" and isinstance(value, Interpolated):
                amount = f"{self.open.amount(value)}{'m' if key == 'cpu' else ''}"
                entries[key] = Scalar(value.origin, amount, amount, False)
            elif value.value is not None or isinstance(value, Interpolated):
                entries[key] = self._text(value, (type_, field.name))
        return Mapping(node.origin, entries, {key: node.keys.get(key) or _key(key, node) for key in entries})

    def _text(self, node: Scalar, place: tuple[str, str]) -> Scalar:
        if isinstance(node, Interpolated):
            return self.open.mark(node) if place in _TEXTS else _printed(node)
        return node if isinstance(node.value, str) else Scalar(node.origin, node.text, node.text, False)

    def _scalar(self, field: Field, node: Scalar, type_: str) -> Scalar | None:
        """Turn an argument into the type that the API gives it."""
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            return self._open(field, node, type_)
        text = str(text_of(node))
        if _says_nothing(node):
            return node if text == "" and node.value is not None and type_ == "Variable" else None
        if field.form == "mode":
            is_octal = isinstance(node.value, str) and _OCTAL.fullmatch(text)
            return Scalar(node.origin, int(text.removeprefix("0o"), 8), text) if is_octal else node
        if field.form == "int":
            if not _INTEGER.fullmatch(text):
                return node
            return None if field.name in _ZERO_IS_NONE and int(text) == 0 else Scalar(node.origin, int(text), text)
        if field.form == "bool":
            return Scalar(node.origin, text == "true", text) if text in ("true", "false") else node
        return self._text(node, (type_, field.name))

    def _open(self, field: Field, node: Interpolated, type_: str) -> Scalar | None:
        if field.name == "replicas":
            amount = self.open.amount(node)
            return Scalar(node.origin, amount, str(amount))
        if field.form in ("int", "bool", "mode"):
            tell_open(self.reading, field.word, node)
            return None
        return self._text(node, (type_, field.name))

    def _as_it_is(self, node: Node) -> Node:
        """Copy what the table does not know."""
        if isinstance(node, Mapping):
            entries = {
                (_camel(key) if self.by_word and isinstance(value, Sequence) else key): self._as_it_is(value)
                for key, value in node.items()
            }
            return Mapping(node.origin, entries, {key: node.keys.get(key) or _key(key, node) for key in entries})
        if isinstance(node, Sequence):
            return Sequence(node.origin, [self._as_it_is(item) for item in node])
        return _printed(node) if isinstance(node, Interpolated) else node


def _printed(node: Interpolated) -> Scalar:
    text = print_text(node.parts)
    return Scalar(node.origin, text, text, False)


def _key(key: str, node: Node) -> Scalar:
    return Scalar(node.origin, key, key)


def _camel(name: str) -> str:
    return _LATER.sub(lambda found: found[1].upper(), name)


def _text_at(node: Mapping, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""


def _says_nothing(node: Node) -> bool:
    """Tell whether an argument is null, "" or an empty list, as a state has those that nobody wrote."""
    if isinstance(node, Scalar):
        return not isinstance(node, Interpolated) and (node.value is None or node.value == "")
    return isinstance(node, Sequence) and not len(node)


def _blocks_in(node: Node) -> list[Mapping]:
    """Give the blocks of a name, or what is written like them."""
    if isinstance(node, Mapping):
        return [node]
    return [item for item in node if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def _split_sources(blocks: list[Mapping]) -> list[Mapping]:
    """Give the sources of a projected volume one by one: the provider's block may hold several of each kind."""
    return [
        Mapping(inner.origin, {name: inner}, {name: block.keys.get(name) or _key(name, inner)})
        for block in blocks
        for name, node in block.items()
        for inner in _blocks_in(node)
    ]


def _rename_data(entries: dict[str, Node], keys: dict[str, Scalar]) -> None:
    """Give a Secret's data the API's name: what the provider calls data is in clear, what it calls binary_data in Base64."""
    for old, new in (("data", "stringData"), ("binaryData", "data")):
        if old in entries:
            entries[new] = entries.pop(old)
            keys[new] = Scalar(keys.pop(old).origin, new, new)


def _say_restart(kind: str, entries: dict[str, Node]) -> None:
    """Say what the provider does where a job says nothing: its pods are never restarted."""
    node = entries.get("spec")
    for step in ("jobTemplate", "spec", "template", "spec") if kind == "CronJob" else ("template", "spec"):
        node = node.get(step) if isinstance(node, Mapping) else None
    if isinstance(node, Mapping) and "restartPolicy" not in node:
        node.entries["restartPolicy"] = Scalar(node.origin, "Never", "Never")
        node.keys["restartPolicy"] = _key("restartPolicy", node)


def _move_open_data(found: Mapping, kind: str) -> Mapping:
    """Move what is not settled of what is in Base64 to what is in clear: it cannot be decoded."""
    base64, clear = {"Secret": ("data", "stringData"), "ConfigMap": ("binaryData", "data")}.get(kind, ("", ""))
    data, strings = found.get(base64), found.get(clear)
    if not isinstance(data, Mapping):
        return found
    moved = {key: each for key, each in data.items() if isinstance(each, Scalar) and is_marked(each.text)}
    if not moved:
        return found
    own = strings if isinstance(strings, Mapping) else Mapping(data.origin, {}, {})
    rest = {key: each for key, each in data.items() if key not in moved}
    entries = {
        **found.entries,
        base64: Mapping(data.origin, rest, data.keys),
        clear: Mapping(own.origin, {**moved, **own.entries}, {**data.keys, **own.keys}),
    }
    return Mapping(found.origin, entries, {**found.keys, clear: _key(clear, data)})
