"""Secrets that something in the cluster makes from a store outside: names and keys are known here, values are not.

Sources: external-secrets.io/latest/api/externalsecret, secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret,
github.com/bitnami-labs/sealed-secrets, developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference.
"""

from collections.abc import Callable, Iterator

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Text
from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at, required_text, text_at, text_of
from isomorph.platforms.kubernetes.reading import Object
from isomorph.syntax.tree import Mapping, Node, Sequence, to_data

EVERYWHERE = "*"
"""The namespace of what a cluster-wide object makes in namespaces that only the cluster knows."""


class Made:
    """A Secret that is made from outside.

    `keys` has the places of its keys, `values` those that are plain text in the definition; `open`: more keys than these
    are known only to the store.
    """

    __slots__ = ("keys", "name", "open", "origin", "place", "values")

    def __init__(self, name: str, place: str, origin: Origin) -> None:
        self.name = name
        self.place = place
        self.origin = origin
        self.keys: dict[str, Origin] = {}
        self.values: dict[str, Text] = {}
        self.open = False


def find_made(item: Object) -> Iterator[Made]:
    """Give the Secrets that an object makes; none for what makes none."""
    read = _MAKERS.get((item.group, item.kind))
    spec = mapping_at(item.node, "spec")
    if read is not None and spec is not None:
        yield from read(item, spec)


def _read_external(item: Object, spec: Mapping) -> Iterator[Made]:
    yield _to_made(spec, item.name, item.place, item.origin)


def _read_cluster_external(item: Object, spec: Mapping) -> Iterator[Made]:
    """Read an ExternalSecret for many namespaces: those that it names, or whichever its selectors choose."""
    inner = mapping_at(spec, "externalSecretSpec")
    if inner is None:
        raise InvalidInput(f"{item.kind} {item.name} has no `externalSecretSpec`", spec.origin, "add it")
    name = text_at(spec, "externalSecretName") or item.name
    yield _to_made(inner, name, EVERYWHERE, item.origin)


def _to_made(spec: Mapping, default: str, place: str, origin: Origin) -> Made:
    target = mapping_at(spec, "target")
    name = text_at(target, "name") if target is not None else None
    made = Made(name or default, place, target.entries["name"].origin if target is not None and name else origin)
    for entry in mappings_at(spec, "data"):
        key = required_text(entry, "secretKey", "this entry of `data`")
        remote = mapping_at(entry, "remoteRef")
        if remote is None and mapping_at(entry, "sourceRef") is None:
            raise InvalidInput(f"secretKey {key} comes from nowhere", entry.origin, "add `remoteRef.key`")
        if remote is not None:
            required_text(remote, "key", "this remoteRef")
        made.keys[key] = entry.entries["secretKey"].origin
    made.open = bool(mappings_at(spec, "dataFrom"))
    template = mapping_at(target, "template") if target is not None else None
    if template is not None:
        _add_template(made, template)
    return made


def _add_template(made: Made, template: Mapping) -> None:
    """Put the keys of a template in place of those of the store, or beside them where it says `Merge`."""
    data = mapping_at(template, "data")
    sources = mappings_at(template, "templateFrom")
    if data is None and not sources:
        return
    if text_at(template, "mergePolicy") != "Merge":
        made.keys, made.open = {}, False
    for source in sources:
        keys = list(_keys_of_source(source))
        made.open = made.open or not keys
        made.keys.update(keys)
    if data is not None:
        _add_texts(made, data, "template.data")


def _keys_of_source(source: Mapping) -> Iterator[tuple[str, Origin]]:
    """Give the keys that a template in a ConfigMap or Secret makes; none where only its text tells."""
    for kind in ("configMap", "secret"):
        store = mapping_at(source, kind)
        for item in mappings_at(store, "items") if store is not None else []:
            if text_at(item, "templateAs") not in (None, "", "Values"):
                return
            yield required_text(item, "key", "this item"), item.entries["key"].origin


def _add_texts(made: Made, data: Mapping, field: str) -> None:
    """Add the keys of templates; a template without an action is the value itself."""
    for key, node in data.items():
        text = text_of(node, f"{field}.{key}") or ""
        made.keys[key] = data.keys[key].origin
        if "{{" not in text:
            made.values[key] = text


def _read_sealed(item: Object, spec: Mapping) -> Iterator[Made]:
    made = Made(item.name, item.place, item.origin)
    sealed = mapping_at(spec, "encryptedData")
    for key in sealed.entries if sealed is not None else ():
        made.keys[key] = sealed.keys[key].origin if sealed is not None else item.origin
    made.open = "data" in spec.entries  # The old form: one text for all keys.
    template = mapping_at(spec, "template")
    data = mapping_at(template, "data") if template is not None else None
    if data is not None:
        _add_texts(made, data, "template.data")
    yield made


def _read_vault(item: Object, spec: Mapping) -> Iterator[Made]:
    """Read what the Vault Secrets Operator copies: all that is at a path, and what templates make of it."""
    destination = mapping_at(spec, "destination")
    if destination is None:
        raise InvalidInput(f"{item.kind} {item.name} has no `destination`", spec.origin, "add `destination.name`")
    name = required_text(destination, "name", "this destination")
    made = Made(name, item.place, destination.entries["name"].origin)
    made.open = True
    transformation = mapping_at(destination, "transformation")
    templates = mapping_at(transformation, "templates") if transformation is not None else None
    if templates is not None:
        made.keys.update((key, templates.keys[key].origin) for key in templates.entries)
        excluded = transformation.entries.get("excludes") if transformation is not None else None
        made.open = not _excludes_all(excluded)
    yield made


def _excludes_all(node: Node | None) -> bool:
    return isinstance(node, Sequence) and any(pattern in (".*", "^.*$") for pattern in to_data(node))


def _read_synced(item: Object, spec: Mapping) -> Iterator[Made]:
    """Read the Secrets that a SecretProviderClass keeps while a Pod mounts it."""
    for entry in mappings_at(spec, "secretObjects"):
        name = required_text(entry, "secretName", "this secret object")
        made = Made(name, item.place, entry.entries["secretName"].origin)
        for each in mappings_at(entry, "data"):
            key = required_text(each, "key", "this entry of `data`")
            made.keys[key] = each.entries["key"].origin
        yield made


_ESO = "external-secrets.io"
_VSO = "secrets.hashicorp.com"
PROVIDERS = "secrets-store.csi.x-k8s.io"
GROUPS = frozenset((_ESO, "generators.external-secrets.io", _VSO, PROVIDERS, "bitnami.com"))
"""API groups whose objects make Secrets or say where from, so that they are kept without a word."""

_MAKERS: dict[tuple[str, str], Callable[[Object, Mapping], Iterator[Made]]] = {
    (_ESO, "ExternalSecret"): _read_external,
    (_ESO, "ClusterExternalSecret"): _read_cluster_external,
    ("bitnami.com", "SealedSecret"): _read_sealed,
    (_VSO, "VaultStaticSecret"): _read_vault,
    (_VSO, "VaultDynamicSecret"): _read_vault,
    (_VSO, "VaultPKISecret"): _read_vault,
    (_VSO, "HCPVaultSecretsApp"): _read_vault,
    (PROVIDERS, "SecretProviderClass"): _read_synced,
}
