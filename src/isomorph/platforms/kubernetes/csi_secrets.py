"""Files that the Secrets Store CSI driver mounts: a SecretProviderClass names them, a store outside holds them.

What a provider is to fetch is YAML in a text, in a form of its own: secrets-store-csi-driver.sigs.k8s.io/concepts,
developer.hashicorp.com/vault/docs/deploy/kubernetes/csi/configurations, azure.github.io/secrets-store-csi-driver-provider-azure,
github.com/aws/secrets-store-csi-driver-provider-aws, github.com/GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp.
"""

from collections.abc import Iterator

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.fields import mapping_at, text_at, text_of
from isomorph.platforms.kubernetes.reading import Object
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

DRIVER = "secrets-store.csi.k8s.io"
KIND = "SecretProviderClass.secrets-store.csi.x-k8s.io"
_NAMED_BY = {
    "vault": ("objects", ("objectName",)),
    "openbao": ("objects", ("objectName",)),
    "azure": ("objects", ("objectAlias", "objectName")),
    "aws": ("objects", ("objectAlias", "objectName")),
    "gcp": ("secrets", ("path", "fileName")),
}
"""The parameter in which a provider takes its list, and the fields that name a file, the first that is there."""


class Provided:
    """One file: its path below the mount, its permission bits where they are said, and where each is written."""

    __slots__ = ("mode", "name", "origin")

    def __init__(self, name: str, mode: tuple[int, Origin] | None, origin: Origin) -> None:
        self.name = name
        self.mode = mode
        self.origin = origin


def class_of(source: Mapping) -> str | None:
    """Give the class that a `csi` volume names, None for one of another driver."""
    if text_at(source, "driver") != DRIVER:
        return None
    attributes = mapping_at(source, "volumeAttributes")
    return text_at(attributes, "secretProviderClass") if attributes is not None else None


def find_provided(item: Object) -> list[Provided] | None:
    """Give the files of a SecretProviderClass; None where only its provider knows them."""
    spec = mapping_at(item.node, "spec")
    provider = text_at(spec, "provider") if spec is not None else None
    if spec is None or not provider:
        raise InvalidInput(
            f"{item.kind} {item.name} names no provider", (spec or item.node).origin, "add `spec.provider`"
        )
    parameters = mapping_at(spec, "parameters")
    form = _NAMED_BY.get(provider)
    node = parameters.entries.get(form[0]) if parameters is not None and form is not None else None
    if form is None or node is None or parameters is None:
        return None
    translation = text_at(parameters, "pathTranslation") if provider == "aws" else "False"
    return [
        Provided(
            name if translation == "False" else name.replace("/", translation or "_"), _mode_of(entry), entry.origin
        )
        for each in _parse_objects(node, form[0], parameters.keys[form[0]].origin.column + 1)
        for name, entry in _names_of(each, form[1])
    ]


def _names_of(entry: Mapping, fields: tuple[str, ...]) -> Iterator[tuple[str, Mapping]]:
    name = next((name for field in fields if (name := text_at(entry, field))), None)
    if name is None:
        raise InvalidInput(f"this object has no `{fields[-1]}`", entry.origin, f"add `{fields[-1]}`")
    _check_name(name, entry)
    yield name, entry
    for part in _mappings_in(entry.entries.get("jmesPath")):  # Fields of the object, each a file of its own.
        alias = text_at(part, "objectAlias")
        if alias:
            _check_name(alias, part)
            yield alias, part


def _check_name(name: str, entry: Mapping) -> None:
    if ".." in name.split("/"):
        raise InvalidInput(f"{name!r} leaves the volume", entry.origin, "name a file below the mount")


def _mode_of(entry: Mapping) -> tuple[int, Origin] | None:
    """Give the permission bits: an octal number, written as one or as text."""
    node = entry.entries.get("filePermission") or entry.entries.get("mode")
    if not isinstance(node, Scalar) or node.value is None:
        return None
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value & 0o7777, node.origin
    try:
        return int(node.text, 8) & 0o7777, node.origin
    except ValueError:
        raise InvalidInput("these are no permission bits", node.origin, "write them in octal, such as 0644") from None


def _parse_objects(node: Node, key: str, indent: int) -> list[Mapping]:
    """Give the objects of a parameter: a list, or what Azure calls `array`, of mappings or of texts that are such."""
    root = _parse_text(node, key, indent)
    if isinstance(root, Mapping) and "array" in root.entries:
        root = root.entries["array"]
    if root is None:
        return []
    if not isinstance(root, Sequence):
        raise InvalidInput(f"`{key}` holds no list of objects", root.origin, "write one item an object")
    objects: list[Mapping] = []
    for item in root.items:
        each = _parse_text(item, key, item.origin.column - 1) if isinstance(item, Scalar) else item
        if not isinstance(each, Mapping):
            raise InvalidInput(f"this item of `{key}` is no object", item.origin, "name what is to be fetched")
        objects.append(each)
    return objects


def _mappings_in(node: Node | None) -> list[Mapping]:
    return [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def _parse_text(node: Node, key: str, indent: int) -> Node | None:
    """Parse YAML in a text, its positions those of the lines that it stands on, at the usual indent."""
    text = text_of(node, key) or ""
    origin = node.origin
    # The text of a block begins on the line below its mark; as many empty lines in front bring the positions there.
    if "\n" in text:
        text = "\n" * origin.line + "".join(f"{' ' * indent}{line}" for line in text.splitlines(keepends=True))
    else:
        text = "\n" * (origin.line - 1) + text
    try:
        documents = parse_yaml(text.encode(), origin.file, Dialect.KUBERNETES)
    except InvalidInput as fault:
        raise InvalidInput(f"`{key}` is no YAML: {fault.message}", fault.origin or origin, fault.hint) from None
    return documents[0].root if documents else None
