"""Variables: `env` over `envFrom`, references to stores and to the running instance, and `$(VAR)`.

Source: kubernetes.io/docs/tasks/inject-data-application; the expansion is that of k8s.io/kubernetes/third_party/forked/golang/
expansion: `$(X)` is replaced where X is known, `$$` is a dollar, anything else stays.
"""

from collections.abc import Callable

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import ConfigurationValue, InstanceField, Part, SecretValue, Text, make_text, parts_of
from isomorph.model.workload import Binary
from isomorph.platforms.kubernetes.fields import (
    boolean_at,
    mapping_at,
    mappings_at,
    quantity_of,
    required_text,
    text_at,
)
from isomorph.platforms.kubernetes.known import (
    ENV,
    ENV_FROM,
    FIELD_REFERENCE,
    KEY_REFERENCE,
    RESOURCE_REFERENCE,
    STORE_REFERENCE,
    VALUE_FROM,
)
from isomorph.platforms.kubernetes.names import AUXILIARY_PREFIX
from isomorph.platforms.kubernetes.reading import PART, Reading
from isomorph.platforms.kubernetes.service_links import ServiceLinks
from isomorph.platforms.kubernetes.stores import Stores
from isomorph.syntax.tree import Mapping

FIELDS = {
    "metadata.name": "name",
    "metadata.namespace": "namespace",
    "metadata.uid": "uid",
    "metadata.labels": "labels",
    "metadata.annotations": "annotations",
    "status.podIP": "ip",
    "status.podIPs": "ips",
    "status.hostIP": "host-ip",
    "status.hostIPs": "host-ips",
    "spec.nodeName": "node",
    "spec.serviceAccountName": "service-account",
}
"""What a fieldPath is called in the model."""

_STORES = ("secretKeyRef", "configMapKeyRef")

_AUXILIARY = (AUXILIARY_PREFIX, "__ref_")
"""How variables begin that only carry a reference into another text: ours, and those of score-k8s."""


class Variables:
    """The variables of one container while they are read."""

    __slots__ = ("links", "namespace", "path", "reading", "stores", "texts", "whole")

    def __init__(
        self, namespace: str, path: Path, stores: Stores, reading: Reading, links: ServiceLinks | None = None
    ) -> None:
        self.namespace = namespace
        self.links = links
        self.path = path
        self.stores = stores
        self.reading = reading
        self.texts: dict[str, Text] = {}
        self.whole: list[SecretValue | ConfigurationValue] = []

    def find(self, name: str) -> Text | None:
        """Give the text of a variable that was read, or that a Service makes."""
        text = self.texts.get(name)
        if text is None and self.links is not None:
            return self.links.find(self.namespace, name)
        return text


def read_variables(container: Mapping, variables: Variables) -> None:
    """Read `envFrom`, then `env`, which wins."""
    for node in mappings_at(container, "envFrom"):
        _read_store(node, variables)
    if "env" in container.entries:
        own: set[str] = set()
        for node in mappings_at(container, "env"):
            _read_variable(node, variables, own)


def _read_store(node: Mapping, variables: Variables) -> None:
    """Take all the keys of a store; one that is not defined here stays whole."""
    reading, path = variables.reading, variables.path
    reading.check_known(node, ENV_FROM, path)
    prefix = text_at(node, "prefix") or ""
    for field in ("configMapRef", "secretRef"):
        reference = mapping_at(node, field)
        if reference is None:
            continue
        reading.check_known(reference, STORE_REFERENCE, path)
        name = required_text(reference, "name", field)
        optional = boolean_at(reference, "optional") or False
        is_secret = field == "secretRef"
        find = variables.stores.find_secret if is_secret else variables.stores.find_configuration
        kind = SecretValue if is_secret else ConfigurationValue
        key, store = find(variables.namespace, name)
        if store is None or (is_secret and key in variables.stores.open_secrets):
            if prefix:
                reading.keep(path, ("envFrom", name, "prefix"), node.entries["prefix"])
            reading.origins[(*path, "variables_from", str(len(variables.whole)))] = reference.origin
            variables.whole.append(kind(key, "", optional))
        if store is None:
            _tell_missing(reading, optional, f"{'Secret' if is_secret else 'ConfigMap'} {name}", reference.origin, path)
            continue
        place = "secrets" if is_secret else "configurations"
        reading.grow(PART * len(store.values), reference.origin)
        for item, value in store.values.items():
            if isinstance(value, Binary) and not is_secret:
                continue  # binaryData makes no variables.
            variables.texts[prefix + item] = (kind(key, item, optional),)
            _set_origin(variables, prefix + item, (place, key, "values", item), reference.origin)


def _set_origin(variables: Variables, name: str, kept: Path, used: Origin) -> None:
    """Record where a value is kept, by way of the reference that brought it."""
    table = variables.reading.origins
    origin = table.get(kept)
    table[(*variables.path, "variables", name)] = origin.through(used) if origin else used


def _tell_missing(reading: Reading, optional: bool, what: str, origin: Origin, path: Path) -> None:
    if not optional:
        reading.say("missing-reference", f"{what} is not in this definition", origin, path)


def _read_variable(node: Mapping, variables: Variables, own: set[str]) -> None:
    reading = variables.reading
    entries = node.entries
    if not entries.keys() <= ENV.known:
        reading.check_known(node, ENV, variables.path)
    name = required_text(node, "name", "a variable")
    if name in own:
        reading.say("ignored", f"variable {name} is set twice, and the last one counts", node.origin, variables.path)
        variables.texts.pop(name, None)
    own.add(name)
    source = mapping_at(node, "valueFrom")
    value = text_at(node, "value")
    if source is None:
        said = value or ""
        text: Text = expand(said, variables.find, entries["value"].origin, reading) if "$" in said else said
        variables.texts.pop(name, None)  # One that envFrom brought stands earlier; this one may build on it.
        variables.texts[name] = text
        reading.origins[(*variables.path, "variables", name)] = entries["value" if value is not None else "name"].origin
        return
    if value:
        raise InvalidInput(f"variable {name} has both `value` and `valueFrom`", node.origin, "remove one of them")
    text = _read_source(source, name, variables)
    variables.texts.pop(name, None)
    variables.texts[name] = text


def _read_source(source: Mapping, name: str, variables: Variables) -> Text:
    reading = variables.reading
    reading.check_known(source, VALUE_FROM, variables.path)
    for field in _STORES:
        reference = mapping_at(source, field)
        if reference is not None:
            return _read_key(reference, field, name, variables)
    reading.origins[(*variables.path, "variables", name)] = source.origin
    for field in ("fieldRef", "resourceFieldRef"):
        reference = mapping_at(source, field)
        if reference is not None:
            path = (*variables.path, "variables", name)
            return read_field(reference, field, path, reading)
    if "fileKeyRef" in source.entries:
        reading.keep(variables.path, ("env", name, "valueFrom"), source)
        return ""
    raise InvalidInput(
        f"`valueFrom` of variable {name} names no source", source.origin, "add secretKeyRef or configMapKeyRef"
    )


def _read_key(reference: Mapping, field: str, name: str, variables: Variables) -> Text:
    """Read a reference to one key of a store."""
    reading = variables.reading
    reading.check_known(reference, KEY_REFERENCE, variables.path)
    store_name = required_text(reference, "name", field)
    item = required_text(reference, "key", field)
    optional = boolean_at(reference, "optional") or False
    is_secret = field == "secretKeyRef"
    find = variables.stores.find_secret if is_secret else variables.stores.find_configuration
    key, store = find(variables.namespace, store_name)
    used = reference.entries["key"].origin
    kind = "Secret" if is_secret else "ConfigMap"
    if store is None:
        _tell_missing(reading, optional, f"{kind} {store_name}", used, variables.path)
    elif item not in store.values and not (is_secret and key in variables.stores.open_secrets):
        _tell_missing(reading, optional, f"key {item} of {kind} {store_name}", used, variables.path)
    if is_secret:
        reading.origins[(*variables.path, "variables", name)] = used
        return (SecretValue(key, item, optional),)
    _set_origin(variables, name, ("configurations", key, "values", item), used)
    return (ConfigurationValue(key, item, optional),)


def read_field(reference: Mapping, field: str, path: Path, reading: Reading) -> Text:
    """Read a reference to a fact about the running instance, and record its origin at `path`."""
    if field == "fieldRef":
        reading.check_known(reference, FIELD_REFERENCE, path)
        written = required_text(reference, "fieldPath", field)
        reading.origins[path] = reference.entries["fieldPath"].origin
        return (InstanceField(_field_name(written, reference)),)
    reading.check_known(reference, RESOURCE_REFERENCE, path)
    written = required_text(reference, "resource", field)
    reading.origins[path] = reference.entries["resource"].origin
    bound, _, resource = written.partition(".")
    if bound not in ("limits", "requests") or not resource:
        raise InvalidInput(
            f"{written!r} is no resource of a container", reference.origin, "write one such as limits.cpu"
        )
    divisor = reference.entries.get("divisor")
    return (
        InstanceField(
            f"{bound.removesuffix('s')}:{resource}",
            text_at(reference, "containerName") or "",
            (quantity_of(divisor, "divisor") or "") if divisor else "",
        ),
    )


def _field_name(written: str, reference: Mapping) -> str:
    name = FIELDS.get(written)
    if name is not None:
        return name
    for field, word in (("metadata.labels['", "label:"), ("metadata.annotations['", "annotation:")):
        if written.startswith(field) and written.endswith("']"):
            return word + written[len(field) : -2]
    raise InvalidInput(
        f"{written!r} is no field of a pod that a container may see",
        reference.origin,
        f"write one of {', '.join(FIELDS)}",
    )


def drop_auxiliary(texts: dict[str, Text]) -> dict[str, Text]:
    """Leave out the variables that only carry a reference into another text; that text holds it now."""
    for name in texts:
        if name.startswith(_AUXILIARY):
            return {name: text for name, text in texts.items() if not name.startswith(_AUXILIARY)}
    return texts


def expand(text: str, find: Callable[[str], Text | None], origin: Origin, reading: Reading) -> Text:
    """Replace `$(X)` by the text of variable X and `$$` by a dollar.

    Variables may double each other, so what they grow to is limited; raises InvalidInput beyond.
    """
    parts: list[Part] = []
    done = 0
    while True:
        dollar = text.find("$", done)
        if dollar < 0 or dollar + 1 == len(text):
            parts.append(text[done:])
            return make_text(parts)
        parts.append(text[done:dollar])
        after = text[dollar + 1]
        if after == "$":
            parts.append("$")
            done = dollar + 2
            continue
        end = text.find(")", dollar + 2) if after == "(" else -1
        if end < 0:
            parts.append("$" + after)
            done = dollar + 2
            continue
        value = find(text[dollar + 2 : end])
        if value is None:
            parts.append(text[dollar : end + 1])
        else:
            added = parts_of(value)
            reading.grow(sum(len(part) if isinstance(part, str) else 1 for part in added), origin)
            parts.extend(added)
        done = end + 1
