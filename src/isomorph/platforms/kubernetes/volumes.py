"""Volumes of a pod and their mounts: keys of stores become files, everything else stays a mount.

Source: kubernetes.io/docs/concepts/storage/volumes and projected-volumes.
"""

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import ConfigurationValue, SecretValue, Text
from isomorph.model.workload import Binary, File, Mount
from isomorph.platforms.kubernetes.csi_secrets import class_of
from isomorph.platforms.kubernetes.fields import (
    boolean_at,
    integer_at,
    mapping_at,
    mappings_at,
    quantity_of,
    required_text,
    text_at,
)
from isomorph.platforms.kubernetes.known import (
    CLAIM_VOLUME,
    CONFIG_MAP_VOLUME,
    DOWNWARD_ITEM,
    DOWNWARD_VOLUME,
    EMPTY_DIR,
    HOST_PATH,
    KEY_TO_PATH,
    MOUNT,
    PROJECTED_STORE,
    PROJECTED_VOLUME,
    SECRET_VOLUME,
    VOLUME,
)
from isomorph.platforms.kubernetes.quantities import parse_bytes
from isomorph.platforms.kubernetes.reading import PART, Reading
from isomorph.platforms.kubernetes.stores import Stores, read_claim, to_content
from isomorph.platforms.kubernetes.variables import Variables, expand, read_field
from isomorph.syntax.tree import Mapping, Node

# Kept whole, like all sources that the model does not hold; these end with the pod, the others outlive it.
_PASSING = frozenset(("csi", "gitRepo", "image"))

_PROVIDER = "secretProviderClass"
"""What a `csi` volume of the driver of secret stores is called here: its files are known by their names."""

FILE_SOURCES = ("configMap", "secret", "projected", "downwardAPI", _PROVIDER)


class Entry:
    """One file of a volume: its path below the mount, content, mode, and where the content and the mode are written."""

    __slots__ = ("content", "folder", "mode", "mode_origin", "origin", "path")

    def __init__(self, path: str, content: Text | Binary, origin: Origin, *, folder: bool = False) -> None:
        self.path = path
        self.content = content
        self.origin = origin
        self.folder = folder
        self.mode: int | None = None
        self.mode_origin: Origin | None = None


class Volumes:
    """The volumes of one workload while its pod is read."""

    __slots__ = (
        "_entries",
        "location",
        "mounted",
        "named",
        "namespace",
        "nodes",
        "path",
        "reading",
        "stores",
        "workload",
    )

    def __init__(
        self, workload: str, namespace: str, path: Path, location: tuple[str, ...], stores: Stores, reading: Reading
    ) -> None:
        self.workload = workload
        self.namespace = namespace
        self.path = path
        self.location = location
        self.stores = stores
        self.reading = reading
        self.nodes: dict[str, Mapping] = {}
        self.named: dict[str, str] = {}
        self.mounted: set[str] = set()
        self._entries: dict[str, list[Entry]] = {}

    def add_claim_template(self, node: Mapping) -> None:
        """Take a template of a claim that each instance gets for itself."""
        metadata = mapping_at(node, "metadata")
        name = required_text(metadata or node, "name", "this claim template")
        key = f"{self.workload}/{name}"
        self.stores.volumes[key] = read_claim(node, ("volumes", key), self.reading)
        self.named[name] = key

    def add(self, node: Mapping) -> None:
        """Take one volume of the pod."""
        self.reading.check_known(node, VOLUME, self.path)
        name = required_text(node, "name", "this volume")
        if name in self.nodes:
            raise InvalidInput(f"two volumes are named {name}", node.entries["name"].origin, "rename one of them")
        self.nodes[name] = node

    def keep_unmounted(self) -> None:
        """Keep the volumes that no container mounts."""
        for name, node in self.nodes.items():
            if name not in self.mounted:
                self.reading.keep(self.path, (*self.location, "volumes", name), node)

    def find_source(self, name: str, origin: Origin) -> tuple[str, Mapping] | None:
        """Give the kind and the node of a volume's source; None for one of a claim template."""
        self.mounted.add(name)
        if name in self.named and name not in self.nodes:
            return None
        node = self.nodes.get(name)
        if node is None:
            raise InvalidInput(f"the pod has no volume {name}", origin, "add it to `volumes`, or correct the name")
        for kind, source in node.entries.items():
            if kind != "name":
                found = mapping_at(node, kind)
                if found is not None:
                    return (_PROVIDER if kind == "csi" and class_of(found) else kind), found
                if source is not None and kind == "emptyDir":
                    return kind, Mapping(source.origin, {}, {})
        return "emptyDir", Mapping(node.origin, {}, {})  # A volume without a source is an emptyDir.

    def find_volume(self, name: str, kind: str, source: Mapping) -> str:
        """Give the application's key of a volume that stays a mount."""
        key = self.named.get(name)
        if key is None:
            key = self.named[name] = _read_volume(name, kind, source, self)
        return key

    def find_entries(self, name: str, kind: str, source: Mapping) -> list[Entry]:
        """Give the files of a volume made of stores."""
        entries = self._entries.get(name)
        if entries is None:
            entries = self._entries[name] = _read_files(name, kind, source, self)
        return entries


def _read_volume(name: str, kind: str, source: Mapping, volumes: Volumes) -> str:
    reading = volumes.reading
    key = f"{volumes.workload}/{name}"
    path = ("volumes", key)
    node = volumes.nodes[name]
    reading.origins[path] = node.keys[kind].origin if kind in node.keys else node.origin
    if kind == "emptyDir":
        reading.check_known(source, EMPTY_DIR, path)
        in_memory = text_at(source, "medium") == "Memory"
        if not in_memory and text_at(source, "medium"):
            reading.keep(path, ("medium",), source.entries["medium"])
        volume = Volume("memory" if in_memory else "ephemeral", size=_read_size(source, "sizeLimit", path, reading))
    elif kind == "hostPath":
        reading.keep_rest(source, HOST_PATH, path)
        host_path = required_text(source, "path", "hostPath")
        reading.origins[(*path, "host_path")] = source.entries["path"].origin
        volume = Volume("host", host_path=host_path)
    elif kind == "persistentVolumeClaim":
        return _find_claim(source, volumes)
    elif kind == "ephemeral":
        template = mapping_at(source, "volumeClaimTemplate")
        volume = read_claim(template, path, reading, "ephemeral") if template else Volume("ephemeral")
        reading.keep(path, ("source",), node)
    else:
        reading.keep(path, ("source",), node)
        volume = Volume("ephemeral") if kind in _PASSING else Volume("persistent", external=True)
    volumes.stores.volumes[key] = volume
    return key


def _find_claim(source: Mapping, volumes: Volumes) -> str:
    reading = volumes.reading
    claim = required_text(source, "claimName", "persistentVolumeClaim")
    reading.check_known(source, CLAIM_VOLUME)
    key = volumes.stores.claim_keys.get((volumes.namespace, claim))
    if key is None:
        key = claim if claim not in volumes.stores.volumes else f"{volumes.namespace}/{claim}"
        origin = source.entries["claimName"].origin
        volumes.stores.claim_keys[volumes.namespace, claim] = key
        volumes.stores.volumes[key] = Volume("persistent", external=True)
        reading.origins[("volumes", key)] = origin
        reading.say("missing-reference", f"claim {claim} is not in this definition", origin, ("volumes", key))
    return key


def _read_size(node: Mapping, key: str, path: Path, reading: Reading) -> int | None:
    said = node.entries.get(key)
    text = quantity_of(said, key) if said else None
    if said is None or text is None:
        return None
    reading.origins[(*path, "size")] = said.origin
    return parse_bytes(text, said.origin)


def _read_files(name: str, kind: str, source: Mapping, volumes: Volumes) -> list[Entry]:
    """Give the files of a configMap, secret, projected or downwardAPI volume; a later source wins."""
    reading = volumes.reading
    if kind == "configMap":
        reading.check_known(source, CONFIG_MAP_VOLUME)
        entries = _read_store(source, text_at(source, "name"), False, volumes)
    elif kind == "secret":
        reading.check_known(source, SECRET_VOLUME)
        entries = _read_store(source, text_at(source, "secretName"), True, volumes)
    elif kind == "downwardAPI":
        reading.check_known(source, DOWNWARD_VOLUME)
        entries = _read_fields(source, volumes)
    elif kind == _PROVIDER:
        entries = _read_provider(source, volumes)
    else:
        reading.check_known(source, PROJECTED_VOLUME)
        entries = []
        for index, projection in enumerate(mappings_at(source, "sources")):
            entries += _read_projection(projection, name, index, volumes)
    mode = integer_at(source, "defaultMode")
    if mode is not None:
        for entry in entries:
            if entry.mode is None:
                entry.mode, entry.mode_origin = mode, source.entries["defaultMode"].origin
    return list({entry.path: entry for entry in entries}.values())


def _read_provider(source: Mapping, volumes: Volumes) -> list[Entry]:
    """Give the files of a secret store's volume; the volume itself is kept for the writer, which must mount it as it was."""
    name = class_of(source) or ""
    stores, reading = volumes.stores, volumes.reading
    attributes = mapping_at(source, "volumeAttributes")
    origin = (attributes or source).entries.get(_PROVIDER, source).origin
    key = stores.providers.get((volumes.namespace, name))
    if key is None:
        key = stores.providers[volumes.namespace, name] = name
        reading.say("missing-reference", f"SecretProviderClass {name} is not in this definition", origin, volumes.path)
    if key not in stores.mounted:
        stores.mounted.add(key)
        reading.keep(("secrets", key), ("csi",), source)
    store = stores.secrets.get(key)
    if store is None or key in stores.open_secrets:
        return [Entry("", (SecretValue(key),), origin, folder=True)]
    entries: list[Entry] = []
    for item in store.values:
        place = ("secrets", key, "values", item)
        entry = Entry(item, (SecretValue(key, item),), reading.origins.get(place, origin))
        entry.mode, entry.mode_origin = stores.provided.get((key, item), (None, None))
        entries.append(entry)
    return entries


def _read_projection(projection: Mapping, name: str, index: int, volumes: Volumes) -> list[Entry]:
    for kind in projection.entries:
        source = mapping_at(projection, kind)
        if source is None:
            continue
        if kind in ("configMap", "secret"):
            volumes.reading.check_known(source, PROJECTED_STORE)
            return _read_store(source, text_at(source, "name"), kind == "secret", volumes)
        if kind == "downwardAPI":
            return _read_fields(source, volumes)
        location: tuple[str | int, ...] = (*volumes.location, "volumes", name, "projected", "sources", index)
        volumes.reading.keep(volumes.path, location, projection)
    return []


def _read_store(source: Mapping, name: str | None, is_secret: bool, volumes: Volumes) -> list[Entry]:
    """Give the files of one store: all its keys, or those that `items` names."""
    kind = "Secret" if is_secret else "ConfigMap"
    if not name:
        raise InvalidInput(f"this volume names no {kind}", source.origin, "add the name")
    stores = volumes.stores
    key, store = (stores.find_secret if is_secret else stores.find_configuration)(volumes.namespace, name)
    optional = boolean_at(source, "optional") or False
    items = mappings_at(source, "items")
    if store is None and not optional:
        volumes.reading.say(
            "missing-reference", f"{kind} {name} is not in this definition", source.origin, volumes.path
        )
    if items:
        return [_read_item(item, key, store, is_secret, optional, volumes) for item in items]
    if store is None or (is_secret and key in stores.open_secrets):
        whole: Text = ((SecretValue if is_secret else ConfigurationValue)(key, "", optional),)
        return [Entry("", whole, source.origin, folder=True)]
    return [
        Entry(item, *_content_of(key, item, store, is_secret, optional, source.origin, volumes))
        for item in store.values
    ]


def _content_of(
    key: str,
    item: str,
    store: Configuration | Secret | None,
    is_secret: bool,
    optional: bool,
    used: Origin,
    volumes: Volumes,
) -> tuple[Text | Binary, Origin]:
    """Give the content of one key and where it is written: a ConfigMap's own text, a Secret always by reference."""
    if is_secret:
        return (SecretValue(key, item, optional),), used
    value = store.values.get(item) if store is not None else None
    if value is None:
        return (ConfigurationValue(key, item, optional),), used
    kept = volumes.reading.origins.get(("configurations", key, "values", item))
    if isinstance(value, Binary):
        value = to_content(value.data)
    return value, kept.through(used) if kept else used


def _read_item(
    item: Mapping, key: str, store: Configuration | Secret | None, is_secret: bool, optional: bool, volumes: Volumes
) -> Entry:
    reading = volumes.reading
    reading.check_known(item, KEY_TO_PATH)
    wanted = required_text(item, "key", "this item")
    path = required_text(item, "path", "this item")
    _check_path(path, item)
    used = item.entries["key"].origin
    is_open = is_secret and key in volumes.stores.open_secrets
    if store is not None and wanted not in store.values and not optional and not is_open:
        kind = "Secret" if is_secret else "ConfigMap"
        reading.say("missing-reference", f"key {wanted} of {kind} {key} is not in this definition", used, volumes.path)
    content, origin = _content_of(key, wanted, store, is_secret, optional, used, volumes)
    entry = Entry(path, content, origin)
    _set_mode(entry, item)
    return entry


def _set_mode(entry: Entry, item: Mapping) -> None:
    mode = integer_at(item, "mode")
    if mode is not None:
        entry.mode, entry.mode_origin = mode, item.entries["mode"].origin


def _check_path(path: str, item: Mapping) -> None:
    if path.startswith("/") or ".." in path.split("/"):
        raise InvalidInput(f"{path!r} leaves the volume", item.entries["path"].origin, "write a path below the mount")


def _read_fields(source: Mapping, volumes: Volumes) -> list[Entry]:
    """Give the files of a downwardAPI source."""
    entries: list[Entry] = []
    for item in mappings_at(source, "items"):
        volumes.reading.check_known(item, DOWNWARD_ITEM)
        path = required_text(item, "path", "this item")
        _check_path(path, item)
        for field in ("fieldRef", "resourceFieldRef"):
            reference = mapping_at(item, field)
            if reference is not None:
                text = read_field(reference, field, (*volumes.path, "volumes", path), volumes.reading)
                entry = Entry(path, text, volumes.reading.origins.pop((*volumes.path, "volumes", path)))
                _set_mode(entry, item)
                entries.append(entry)
    return entries


def read_mounts(
    container: Mapping, path: Path, volumes: Volumes, variables: Variables
) -> tuple[dict[str, File], dict[str, Mount]]:
    """Read the mounts of a container: files and mounts by path in the container."""
    files: dict[str, File] = {}
    mounts: dict[str, Mount] = {}
    targets: set[str] = set()
    reading = volumes.reading
    for node in mappings_at(container, "volumeMounts"):
        name = required_text(node, "name", "this mount")
        target = required_text(node, "mountPath", "this mount")
        reading.keep_rest(node, MOUNT, path, ("volumeMounts", target))
        target = target.rstrip("/") or "/"
        if target in targets:
            raise InvalidInput(f"two volumes are mounted at {target}", node.entries["mountPath"].origin, "remove one")
        targets.add(target)
        found = volumes.find_source(name, node.entries["name"].origin)
        sub_path = _read_sub_path(node, variables)
        read_only = boolean_at(node, "readOnly")
        where = node.entries["mountPath"].origin
        if found is not None and found[0] in FILE_SOURCES:
            _add_files(files, target, sub_path, read_only, volumes.find_entries(name, *found), path, where, reading)
            continue
        key = volumes.named[name] if found is None else volumes.find_volume(name, *found)
        mount_path = (*path, "mounts", target)
        reading.origins[mount_path] = where
        said: Node | None = node.entries.get("readOnly")
        if read_only is None and found is not None and found[0] == "persistentVolumeClaim":
            read_only = boolean_at(found[1], "readOnly")
            said = found[1].entries.get("readOnly")
        if read_only is not None and said is not None:
            reading.origins[(*mount_path, "read_only")] = said.origin
        mounts[target] = Mount(key, sub_path, read_only)
    return files, mounts


def _read_sub_path(node: Mapping, variables: Variables) -> str | None:
    """Give the sub-path; of an expression, what its variables make it where they are plain text."""
    expression = text_at(node, "subPathExpr")
    if expression:
        text = expand(expression, variables.find, node.entries["subPathExpr"].origin, variables.reading)
        return text if isinstance(text, str) else expression
    sub_path = text_at(node, "subPath")
    if not sub_path:
        return None
    if sub_path.startswith("/") or ".." in sub_path.split("/"):
        raise InvalidInput(f"{sub_path!r} leaves the volume", node.entries["subPath"].origin, "write a path below it")
    return sub_path.strip("/") or None


def _add_files(
    files: dict[str, File],
    target: str,
    sub_path: str | None,
    read_only: bool | None,
    entries: list[Entry],
    path: Path,
    where: Origin,
    reading: Reading,
) -> None:
    """Add the files of one mount: a folder's below it, or the one that the sub-path names at the very path."""
    folder = "" if target == "/" else target
    reading.grow(PART * len(entries), where)
    for entry in entries:
        content = entry.content
        whole = entry.folder
        if sub_path is None:
            place = f"{folder}/{entry.path}" if entry.path else target
        elif entry.folder:
            content, whole = _key_of(content, sub_path), False
            place = target
        elif entry.path == sub_path:
            place = target
        elif entry.path.startswith(sub_path + "/"):
            place = f"{folder}/{entry.path[len(sub_path) + 1 :]}"
        else:
            continue
        file_path = (*path, "files", place)
        reading.origins[file_path] = where
        reading.origins[(*file_path, "content")] = entry.origin
        if entry.mode_origin is not None:
            reading.origins[(*file_path, "mode")] = entry.mode_origin
        files[place] = File(content, entry.mode, whole, read_only)


def _key_of(content: Text | Binary, key: str) -> Text:
    """Give the reference to one key of a store that is referred to as a whole."""
    part = content[0] if isinstance(content, tuple) else None
    if isinstance(part, SecretValue):
        return (SecretValue(part.name, key, part.optional),)
    if isinstance(part, ConfigurationValue):
        return (ConfigurationValue(part.name, key, part.optional),)
    raise AssertionError("a folder of files is a reference to a store")
