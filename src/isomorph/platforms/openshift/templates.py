"""Templates to the objects that `oc process` makes of them: parameters put in, namespaces dropped, labels added.

A value that holds a parameter has its place in the template, and behind it the place of the parameter's value. One that
nothing here settles stays as it was written, and becomes a placeholder where the model holds texts.
"""

import re

from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition, Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.image import image_text, parse_image
from isomorph.model.normalise import ChangeText, map_texts
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Part, Placeholder, Text, make_text, map_parts, print_text
from isomorph.model.workload import Binary, Container, Workload
from isomorph.platforms.kubernetes.documents import add_documents
from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at, text_at
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.openshift.known import TEMPLATE
from isomorph.platforms.openshift.parameters import Given, Parameter, read_parameters, tell_unresolved
from isomorph.platforms.openshift.trees import with_entry, without_entries
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.read import Document

_STRING = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_VALUE = re.compile(r"\$\{\{([A-Za-z0-9_]+)\}\}")
_LARGEST = 1_000_000
"""Characters of the longest text that parameters make."""


class Unresolved:
    """The parameters that nothing settles, by the places that stand behind what depends on them."""

    def __init__(self) -> None:
        self.by_place: dict[Origin, str] = {}

    def add(self, parameters: dict[str, Parameter]) -> None:
        """Add those of a template."""
        for parameter in parameters.values():
            if parameter.value is None:
                self.by_place[parameter.origin] = parameter.name

    def names_behind(self, origin: Origin | None) -> list[str]:
        """Give the names of the parameters behind a place."""
        if origin is None or not self.by_place:
            return []
        return [self.by_place[place] for place in origin.via if place in self.by_place]


def expand_templates(objects: Objects, namespace: str | None, given: Given, reading: Reading) -> Unresolved:
    """Put the objects of every template in its place; raises InvalidInput for what `oc process` refuses."""
    unresolved = Unresolved()
    known: set[str] = set()
    for item in objects.by_kind.pop("Template", []):
        parameters = read_parameters(item.node, given, reading)
        known |= parameters.keys()
        unresolved.add(parameters)
        _expand(item, parameters, objects, namespace, reading)
        tell_unresolved(parameters, reading)
    given.finish(known)
    return unresolved


def _expand(
    item: Object, parameters: dict[str, Parameter], objects: Objects, namespace: str | None, reading: Reading
) -> None:
    root = item.node
    reading.check_known(root, TEMPLATE)
    substitution = Substitution(parameters, reading)
    labels = mapping_at(root, "labels")
    shared = substitution.put_in(labels) if labels is not None else None
    for node in mappings_at(root, "objects"):
        made = substitution.put_in(_without_namespace(node))
        assert isinstance(made, Mapping)
        if isinstance(shared, Mapping):
            made = _add_labels(made, shared)
        if text_at(made, "kind") == "Secret":
            made = _spell_unresolved_data(made)
        add_documents([Document(made, made.origin)], objects, reading, namespace, lenient=False)


def _without_namespace(node: Mapping) -> Mapping:
    """Give an object without the namespace that is written in it: only one that a parameter gives counts."""
    metadata = mapping_at(node, "metadata")
    said = text_at(metadata, "namespace") if metadata is not None else None
    if metadata is None or said is None or _STRING.search(said):
        return node
    return with_entry(node, "metadata", without_entries(metadata, frozenset(("namespace",))))


def _add_labels(node: Mapping, labels: Mapping) -> Mapping:
    metadata = mapping_at(node, "metadata") or Mapping(node.origin, {}, {})
    own = mapping_at(metadata, "labels") or Mapping(metadata.origin, {}, {})
    joined = Mapping(own.origin, {**own.entries, **labels.entries}, {**own.keys, **labels.keys})
    return with_entry(node, "metadata", with_entry(metadata, "labels", joined))


def _spell_unresolved_data(node: Mapping) -> Mapping:
    """Move what is not settled from `data` of a Secret to `stringData`: it cannot be decoded."""
    data = mapping_at(node, "data")
    if data is None:
        return node
    open_keys = {
        key: value
        for key, value in data.entries.items()
        if isinstance(value, Scalar) and isinstance(value.value, str) and _STRING.search(value.value)
    }
    if not open_keys:
        return node
    rest = {key: value for key, value in data.entries.items() if key not in open_keys}
    strings = mapping_at(node, "stringData") or Mapping(data.origin, {}, {})
    merged = Mapping(strings.origin, {**open_keys, **strings.entries}, {**data.keys, **strings.keys})
    return with_entry(with_entry(node, "data", Mapping(data.origin, rest, data.keys)), "stringData", merged)


class Substitution:
    """Puts the values of parameters into trees; what holds none is shared with the tree that was read."""

    def __init__(self, parameters: dict[str, Parameter], reading: Reading) -> None:
        self.parameters = parameters
        self.reading = reading

    def put_in(self, node: Node) -> Node:
        """Give a node with the values of parameters in its strings and keys."""
        if isinstance(node, Scalar):
            return self._put_in_scalar(node)
        if isinstance(node, Sequence):
            items = [self.put_in(item) for item in node.items]
            if all(new is old for new, old in zip(items, node.items, strict=True)):
                return node
            return Sequence(node.origin, items)
        assert isinstance(node, Mapping)
        entries = {key: self.put_in(value) for key, value in node.entries.items()}
        if not any("${" in key for key in entries):
            if all(entries[key] is value for key, value in node.entries.items()):
                return node
            return Mapping(node.origin, entries, node.keys)
        names = {key: self._fill(key, node.keys[key].origin)[0] for key in entries}
        keys = {names[key]: replace(scalar, value=names[key], text=names[key]) for key, scalar in node.keys.items()}
        return Mapping(node.origin, {names[key]: value for key, value in entries.items()}, keys)

    def _put_in_scalar(self, node: Scalar) -> Scalar:
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        match = _VALUE.fullmatch(node.value)
        parameter = self.parameters.get(match[1]) if match is not None else None
        if parameter is not None:
            parameter.is_used = True
            origin = _behind(node.origin, [parameter])
            if parameter.value is None:
                return Scalar(origin, None, node.value, False)
            return _parse_value(parameter.value, origin)
        text, origin = self._fill(node.value, node.origin)
        return node if origin is node.origin else Scalar(origin, text, text, False)

    def _fill(self, text: str, origin: Origin) -> tuple[str, Origin]:
        """Give a text with the values of parameters, and its place with theirs behind it."""
        used: list[Parameter] = []

        def change(match: re.Match[str]) -> str:
            parameter = self.parameters.get(match[1])
            if parameter is None:
                return match[0]
            parameter.is_used = True
            used.append(parameter)
            return match[0] if parameter.value is None else parameter.value

        filled = _STRING.sub(change, text)
        if not used:
            return text, origin
        if len(filled) > _LARGEST:
            raise InvalidInput("parameters make this text longer than any definition needs", origin, "shorten them")
        self.reading.grow(len(filled), origin)
        return filled, _behind(origin, used)


def _behind(origin: Origin, used: list[Parameter]) -> Origin:
    """Give a place with those of parameters' values behind it."""
    places = tuple(dict.fromkeys(parameter.origin for parameter in used))
    return Origin(origin.file, origin.line, origin.column, (*places, *origin.via))


def _parse_value(text: str, origin: Origin) -> Scalar:
    """Read the value of `${{NAME}}` as JSON; what is no JSON is a string."""
    import json

    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        value = text
    if isinstance(value, dict | list):
        raise InvalidInput(
            "the parameter's value is no number, boolean or string", origin, "write objects and lists into the template"
        )
    return Scalar(origin, value, text, isinstance(value, str) is False)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def settle(definition: Definition, unresolved: Unresolved) -> Definition:
    """Turn what depends on parameters that nothing settles into placeholders, wherever the model holds texts."""
    if not unresolved.by_place:
        return definition
    origins = definition.origins

    def change(text: Text, path: Path) -> Text:
        names = unresolved.names_behind(origins.find(path))
        return _to_placeholders(text, names) if names else text

    application = map_texts(definition.application, change)
    workloads = {key: _settle_workload(key, workload, change) for key, workload in application.workloads.items()}
    application = replace(application, workloads=workloads)
    return replace(definition, application=_settle_stores(application, change))


def _to_placeholders(text: Text, names: list[str]) -> Text:
    def change(part: Part) -> Text:
        if not isinstance(part, str):
            return (part,)
        parts: list[Part] = []
        done = 0
        for match in _STRING.finditer(part):
            if match[1] in names:
                parts += [part[done : match.start()], Placeholder(match[0], match[1])]
                done = match.end()
        return make_text([*parts, part[done:]])

    return map_parts(text, change)


def _settle_workload(key: str, workload: Workload, change: ChangeText) -> Workload:
    path = ("workloads", key)
    containers: dict[str, Container] = {}
    for name, container in workload.containers.items():
        image = container.image
        if image is not None:
            whole = image_text(image)
            settled = change(whole, (*path, "containers", name, "image"))
            if settled is not whole and settled != whole:
                container = replace(container, image=parse_image(settled))
        containers[name] = container
    routes = {}
    for route_key, route in workload.routes.items():
        host = change(route.host, (*path, "routes", route_key, "host"))
        routes[f"{print_text(host)}{route.path}"] = route if host == route.host else replace(route, host=host)
    return replace(workload, containers=containers, routes=routes)


def _settle_stores(application: Application, change: ChangeText) -> Application:
    """Settle what secrets and configurations hold."""
    secrets: dict[str, Secret] = {}
    for name, secret in application.secrets.items():
        secrets[name] = replace(secret, values=_settle_values(secret.values, ("secrets", name), change))
    configurations: dict[str, Configuration] = {}
    for name, configuration in application.configurations.items():
        values = _settle_values(configuration.values, ("configurations", name), change)
        configurations[name] = replace(configuration, values=values)
    return replace(application, secrets=secrets, configurations=configurations)


def _settle_values(
    values: dict[str, Text | Binary | None], path: Path, change: ChangeText
) -> dict[str, Text | Binary | None]:
    return {
        key: value if value is None or isinstance(value, Binary) else change(value, (*path, "values", key))
        for key, value in values.items()
    }
