"""ConfigMaps, Secrets and claims: what containers refer to by name."""

from collections.abc import Iterable

from msgspec.structs import replace

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Text
from isomorph.model.workload import Binary
from isomorph.platforms.kubernetes.external_secrets import EVERYWHERE, GROUPS, Made, find_made
from isomorph.platforms.kubernetes.fields import (
    mapping_at,
    quantity_of,
    strings_at,
    text_at,
    text_of,
)
from isomorph.platforms.kubernetes.known import CLAIM, METADATA, OBJECT, SERVER_ANNOTATIONS, SERVER_SET, STORE
from isomorph.platforms.kubernetes.names import PROVISIONED
from isomorph.platforms.kubernetes.quantities import parse_bytes
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.syntax.tree import Mapping

ACCESS = {
    "ReadWriteOnce": "read-write-once",
    "ReadOnlyMany": "read-only-many",
    "ReadWriteMany": "read-write-many",
    "ReadWriteOncePod": "read-write-once-pod",
}
_STORE_METADATA = frozenset(("name", "namespace")) | SERVER_SET
_OBJECT_FIELDS = frozenset((*OBJECT.split(), "spec", "status"))


class Stores:
    """The stores of a definition, and their keys in the application by namespace and name.

    `open_secrets` are the keys of those that hold more than is known here. `providers` has, by namespace and name of a
    SecretProviderClass, the key of the secret that stands for it; `provided` the modes of the files that it is mounted as,
    `mounted` the keys of those that some Pod mounts.
    """

    __slots__ = (
        "claim_keys",
        "configuration_keys",
        "configurations",
        "mounted",
        "open_secrets",
        "provided",
        "providers",
        "secret_keys",
        "secrets",
        "volumes",
    )

    def __init__(self) -> None:
        self.volumes: dict[str, Volume] = {}
        self.secrets: dict[str, Secret] = {}
        self.configurations: dict[str, Configuration] = {}
        self.claim_keys: dict[tuple[str, str], str] = {}
        self.secret_keys: dict[tuple[str, str], str] = {}
        self.configuration_keys: dict[tuple[str, str], str] = {}
        self.open_secrets: set[str] = set()
        self.providers: dict[tuple[str, str], str] = {}
        self.mounted: set[str] = set()
        self.provided: dict[tuple[str, str], tuple[int, Origin]] = {}

    def find_configuration(self, namespace: str, name: str) -> tuple[str, Configuration | None]:
        """Give the application's key of a ConfigMap and what it holds, None where it is not defined here."""
        key = self.configuration_keys.get((namespace, name))
        return (name, None) if key is None else (key, self.configurations[key])

    def find_secret(self, namespace: str, name: str) -> tuple[str, Secret | None]:
        """Give the application's key of a Secret and what it holds, None where it is not defined here."""
        key = self.secret_keys.get((namespace, name)) or self.secret_keys.get((EVERYWHERE, name))
        return (name, None) if key is None else (key, self.secrets[key])


def unique_keys(items: Iterable[Object]) -> dict[tuple[str, str, str], str]:
    """Give each object a key by (kind, namespace, name): its name, with the namespace and kind where others share it."""
    by_name: dict[str, list[Object]] = {}
    for item in items:
        by_name.setdefault(item.name, []).append(item)
    keys: dict[tuple[str, str, str], str] = {}
    for name, same in by_name.items():
        places = {item.place for item in same}
        for item in same:
            if len(same) == 1:
                key = name
            elif len(places) == len(same):
                key = f"{item.place}/{name}"
            else:
                key = f"{item.place}/{item.kind}/{name}"
            keys[item.kind, item.place, name] = key
    return keys


def read_stores(objects: Objects, reading: Reading) -> Stores:
    """Read all ConfigMaps, Secrets and claims."""
    stores = Stores()
    maps = objects.of("ConfigMap")
    for (_, place, name), key in unique_keys(maps).items():
        stores.configuration_keys[place, name] = key
    for item in maps:
        key = stores.configuration_keys[item.place, item.name]
        stores.configurations[key] = _read_configuration(item, ("configurations", key), reading)
    secrets = objects.of("Secret")
    for (_, place, name), key in unique_keys(secrets).items():
        stores.secret_keys[place, name] = key
    for item in secrets:
        key = stores.secret_keys[item.place, item.name]
        stores.secrets[key] = _read_secret(item, ("secrets", key), reading)
    for kind, items in objects.by_kind.items():
        if kind.partition(".")[2] in GROUPS:
            _read_made(items, stores, reading)
    claims = objects.of("PersistentVolumeClaim")
    for (_, place, name), key in unique_keys(claims).items():
        stores.claim_keys[place, name] = key
    for item in claims:
        key = stores.claim_keys[item.place, item.name]
        _keep_metadata(item.node, ("volumes", key), reading)
        stores.volumes[key] = read_claim(item.node, ("volumes", key), reading)
    return stores


def _keep_metadata(node: Mapping, path: Path, reading: Reading) -> None:
    """Keep what a store's metadata says besides its name."""
    metadata = mapping_at(node, "metadata")
    if metadata is None:
        return
    reading.check_known(metadata, METADATA, path)
    for key, value in metadata.entries.items():
        if key in _STORE_METADATA or key not in METADATA.known:
            continue
        if key == "annotations":
            _keep_annotations(metadata, path, reading)
        else:
            reading.keep(path, ("metadata", key), value, metadata.keys[key].origin)


def _keep_annotations(metadata: Mapping, path: Path, reading: Reading) -> None:
    """Keep annotations, but for those in which the server copies the whole object."""
    annotations = mapping_at(metadata, "annotations")
    if annotations is None:
        return
    for name, node in annotations.items():
        is_mark = name == PROVISIONED and path[0] == "secrets" and _is_mark(annotations)
        if name not in SERVER_ANNOTATIONS and not is_mark:
            reading.keep(path, ("metadata", "annotations", name), node)


def _is_mark(annotations: Mapping) -> bool:
    """Tell whether annotations say that a Secret was made up for this environment."""
    return text_at(annotations, PROVISIONED) == "true"


def _name_origin(node: Mapping) -> Origin:
    metadata = mapping_at(node, "metadata")
    name = metadata.entries.get("name") if metadata else None
    return name.origin if name else node.origin


def _read_configuration(item: Object, path: Path, reading: Reading) -> Configuration:
    node = item.node
    reading.keep_rest(node, STORE, path)
    _keep_metadata(node, path, reading)
    reading.origins[path] = _name_origin(node)
    values: dict[str, Text | Binary | None] = {}
    for field in ("data", "binaryData"):
        data = mapping_at(node, field)
        if data is None:
            continue
        for key, value in data.entries.items():
            text = text_of(value, f"{field}.{key}") or ""
            values[key] = text if field == "data" else Binary(_decode(text, value.origin, secret=False))
            reading.origins[(*path, "values", key)] = value.origin
    return Configuration(values)


def _read_secret(item: Object, path: Path, reading: Reading) -> Secret:
    node = item.node
    reading.keep_rest(node, STORE, path)
    if text_at(node, "type") not in (None, "", "Opaque"):
        reading.keep(path, ("type",), node.entries["type"])
    _keep_metadata(node, path, reading)
    reading.origins[path] = _name_origin(node)
    values: dict[str, Text | Binary | None] = {}
    for field in ("data", "stringData"):  # stringData wins, as in the API.
        data = mapping_at(node, field)
        if data is None:
            continue
        for key, value in data.entries.items():
            text = text_of(value, f"{field}.{key}") or ""
            values[key] = to_content(_decode(text, value.origin, secret=True)) if field == "data" else text
            reading.origins[(*path, "values", key)] = value.origin
    metadata = mapping_at(node, "metadata")
    annotations = mapping_at(metadata, "annotations") if metadata is not None else None
    return Secret(values, provisioned=annotations is not None and _is_mark(annotations))


def _read_made(items: list[Object], stores: Stores, reading: Reading) -> None:
    """Read the Secrets that something makes from a store outside, and the classes of files from there."""
    for item in items:
        for made in find_made(item):
            _add_made(made, stores, reading)
        if item.kind == "SecretProviderClass":
            _add_provider(item, stores, reading)


def _add_made(made: Made, stores: Stores, reading: Reading) -> None:
    """Add a Secret that is made from outside; one that is there already gets its keys besides."""
    key, known = stores.find_secret(made.place, made.name)
    if known is None:
        if key in stores.secrets:
            key = f"{made.place}/{made.name}"
        stores.secret_keys[made.place, made.name] = key
        reading.origins[("secrets", key)] = made.origin
        known = Secret(external=True)
    values: dict[str, Text | Binary | None] = {each: made.values.get(each) for each in made.keys}
    stores.secrets[key] = replace(known, values={**values, **known.values})
    for each, origin in made.keys.items():
        reading.origins.setdefault(("secrets", key, "values", each), origin)
    if made.open:
        stores.open_secrets.add(key)


def _add_provider(item: Object, stores: Stores, reading: Reading) -> None:
    from isomorph.platforms.kubernetes.csi_secrets import find_provided

    key = item.name if item.name not in stores.secrets else f"{item.place}/{item.kind}/{item.name}"
    files = find_provided(item)
    stores.providers[item.place, item.name] = key
    stores.secrets[key] = Secret({file.name: None for file in files or ()}, external=True)
    reading.origins[("secrets", key)] = _name_origin(item.node)
    for file in files or ():
        reading.origins[("secrets", key, "values", file.name)] = file.origin
        if file.mode is not None:
            stores.provided[key, file.name] = file.mode
    if files is None:
        stores.open_secrets.add(key)


def to_content(data: bytes) -> Text | Binary:
    """Give text where bytes are text: a file is the same, whichever way it was written down."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Binary(data)
    return Binary(data) if "\0" in text else text


def _decode(text: str, origin: Origin, *, secret: bool) -> bytes:
    """Decode base64 as Go does: line ends are passed over, nothing else is."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(text.replace("\n", "").replace("\r", ""), strict_mode=True)
    except (Error, ValueError):
        hint = "write it under `stringData` as it is" if secret else "write text under `data`"
        raise InvalidInput("this value is not base64", origin, hint) from None


def read_claim(node: Mapping, path: Path, reading: Reading, kind: str = "persistent") -> Volume:
    """Read a claim, or the template of one: size in bytes, class and access."""
    metadata = mapping_at(node, "metadata")
    reading.origins[path] = _name_origin(node) if metadata else node.origin
    for key in node.entries:
        if key not in _OBJECT_FIELDS:
            reading.say("unknown-field", f"PersistentVolumeClaim has no field `{key}`", node.keys[key].origin, path)
    spec = mapping_at(node, "spec")
    if spec is None:
        return Volume(kind)
    reading.keep_rest(spec, CLAIM, path, ("spec",))
    size = None
    resources = mapping_at(spec, "resources")
    if resources is not None:
        requests = mapping_at(resources, "requests")
        storage = requests.entries.get("storage") if requests else None
        text = quantity_of(storage, "storage") if storage else None
        if storage is not None and text is not None:
            size = parse_bytes(text, storage.origin)
            reading.origins[(*path, "size")] = storage.origin
        if "limits" in resources.entries:
            reading.keep(path, ("spec", "resources", "limits"), resources.entries["limits"])
    return Volume(
        kind,
        size=size,
        storage_class=_storage_class(spec, path, reading),
        access=_read_access(spec, path, reading),
    )


def _storage_class(spec: Mapping, path: Path, reading: Reading) -> str | None:
    name = text_at(spec, "storageClassName")
    if name is not None:
        reading.origins[(*path, "storage_class")] = spec.entries["storageClassName"].origin
    return name


def _read_access(spec: Mapping, path: Path, reading: Reading) -> tuple[str, ...] | None:
    modes = strings_at(spec, "accessModes")
    if modes is None:
        return None
    node = spec.entries["accessModes"]
    for mode in modes:
        if mode not in ACCESS:
            raise InvalidInput(f"{mode!r} is no access mode", node.origin, f"write one of {', '.join(ACCESS)}")
    reading.origins[(*path, "access")] = node.origin
    return tuple(ACCESS[mode] for mode in modes)
