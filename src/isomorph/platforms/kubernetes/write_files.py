"""Files of a Pod's containers: keys of ConfigMaps and Secrets, each mounted on its own (fact 32), and the stores themselves."""

import posixpath
from binascii import b2a_base64
from collections.abc import Container
from hashlib import sha256
from typing import Any

from isomorph.model.application import Configuration, Secret
from isomorph.model.origin import Path
from isomorph.model.secrecy import find_secret_value
from isomorph.model.text import ConfigurationValue, InstanceField, Part, SecretValue, Text, make_text, parts_of
from isomorph.model.workload import Binary, File, HostPath
from isomorph.platforms.kubernetes.names import PROVISIONED, short_hash, to_key, to_subdomain
from isomorph.platforms.kubernetes.write_draft import Document, Draft, Peer
from isomorph.platforms.kubernetes.write_storage import PodVolumes
from isomorph.platforms.kubernetes.write_text import plain, to_field_source

STORE_LIMIT = 1_000_000
"""Bytes that go into one ConfigMap: the API takes 1 MiB, of which names and overhead are part."""

Source = tuple[str, str]
"""A store that files come from: kind of object, and its key in the application."""


class PodFiles:
    """The files of one Pod: which keys of which stores its containers mount, and the files that need a store of their own."""

    __slots__ = ("_draft", "_items", "_own", "_paths", "_peer", "_secret", "_volumes", "stores")

    def __init__(self, draft: Draft, peer: Peer, volumes: PodVolumes, path: Path) -> None:
        self._draft = draft
        self._peer = peer
        self._volumes = volumes
        self._items: dict[str, dict[tuple[str, int | None], str]] = {}
        self._paths: dict[str, set[str]] = {}
        self._own = OwnStores(f"{peer.controller}-files", draft.application.configurations, path[1])
        self._secret = OwnStores(f"{peer.controller}-secret-files", draft.application.secrets, path[1])
        self.stores: set[str] = set()

    def write_mounts(self, files: dict[str, File], path: Path) -> list[Document]:
        """Give the volumeMounts of a container's files."""
        written: list[Document] = []
        for target, file in files.items():
            entry = self._write_file(target, file, (*path, "files", target))
            if entry is None:
                continue
            if file.read_only is not None:
                entry["readOnly"] = file.read_only
            written.append(entry)
        return written

    def _write_file(self, target: str, file: File, path: Path) -> Document | None:
        content = file.content
        if isinstance(content, HostPath):
            self._draft.tell(
                "lost",
                f"{content.path} was not there to be read: put it where the definition expects it and convert again",
                path,
            )
            return None
        if not isinstance(content, str | Binary):
            if len(content) == 1:
                part = content[0]
                if isinstance(part, SecretValue | ConfigurationValue):
                    return self._mount_reference(target, file, part)
                if isinstance(part, InstanceField):
                    return self._mount_field(target, part)
            composed = compose_secret(self._draft, content, path)
            if composed is not None:
                return self._mount_own("Secret", self._secret, target, file, composed, path)
        return self._mount_content(target, file, content, path)

    def _mount_reference(self, target: str, file: File, part: SecretValue | ConfigurationValue) -> Document:
        """Mount a key of a store, or the whole of it as a folder."""
        outside = self._draft.secret_volumes.get(part.name) if isinstance(part, SecretValue) else None
        if outside is not None:
            volume = self._volumes.add(("csi", part.name), object_name(part.name), {"csi": outside})
            return {"name": volume, "mountPath": target, **({"subPath": part.key} if part.key else {})}
        kind = "Secret" if isinstance(part, SecretValue) else "ConfigMap"
        name = self._draft.use_store(kind, part.name, self._peer.namespace)
        if kind == "ConfigMap":
            self.stores.add(part.name)
        volume = self._store_volume(kind, name, optional=part.optional, folder=file.folder, mode=file.mode)
        if file.folder:
            return {"name": volume, "mountPath": target}
        return self._mount_key(volume, target, to_key(part.key or part.name), file.mode)

    def _store_volume(self, kind: str, name: str, *, optional: bool, folder: bool, mode: int | None) -> str:
        source: tuple[str, ...] = (kind, name, "folder" if folder else "keys", str(mode) if folder else "")
        known = self._volumes.find(source)
        if known is not None:
            return known
        body: Document = {"name": name} if kind == "ConfigMap" else {"secretName": name}
        if folder and mode is not None:
            body["defaultMode"] = mode
        if optional:
            body["optional"] = True
        return self._volumes.add(source, name, {"configMap" if kind == "ConfigMap" else "secret": body})

    def _mount_key(self, volume: str, target: str, key: str, mode: int | None) -> Document:
        """Mount one key with a mode; the same key with another mode gets a path of its own in the volume."""
        items = self._items.setdefault(volume, {})
        inner = items.get((key, mode))
        if inner is None:
            taken = self._paths.setdefault(volume, set())
            inner = key if key not in taken else f"{key}-{mode if mode is None else format(mode, '04o')}"
            items[key, mode] = inner
            taken.add(inner)
        return {"name": volume, "mountPath": target, "subPath": inner}

    def _mount_field(self, target: str, part: InstanceField) -> Document:
        source = ("downward", part.field, part.container, part.divisor)
        name = posixpath.basename(target) or "field"
        item = {"path": to_key(name), **to_field_source(part)}
        volume = self._volumes.add(source, f"field-{name}", {"downwardAPI": {"items": [item]}})
        return {"name": volume, "mountPath": target, "subPath": to_key(name)}

    def _mount_content(self, target: str, file: File, content: Text | Binary, path: Path) -> Document | None:
        """Mount the key of a configuration that holds this content, else one of a ConfigMap made for this workload."""
        value: str | bytes = content.data if isinstance(content, Binary) else plain(self._draft, content, path)
        name = posixpath.basename(target)
        known = self._draft.files_by_content.get(value)
        if known:
            configuration, key = next((pair for pair in known if pair[1] == name), known[0])
            part = ConfigurationValue(configuration, key)
            return self._mount_reference(target, file, part)
        return self._mount_own("ConfigMap", self._own, target, file, value, path)

    def _mount_own(
        self, kind: str, own: "OwnStores", target: str, file: File, value: str | bytes, path: Path
    ) -> Document | None:
        """Mount a key of a ConfigMap or Secret made for this workload."""
        size = len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(value) * 4 // 3
        if size > STORE_LIMIT:
            self._draft.tell("lost", f"{target} is larger than a {kind} may be (1 MiB)", path)
            return None
        store, key = own.take_key(to_key(posixpath.basename(target)), target, value, size)
        if isinstance(file.content, tuple):
            own.add_origins(store, file.content)
        volume = self._store_volume(kind, store, optional=False, folder=False, mode=None)
        return self._mount_key(volume, target, key, file.mode)

    def finish(self) -> list[Document]:
        """Complete the volumes' items where a mode was said, and give the ConfigMaps and Secrets of this Pod."""
        for volume in self._volumes.volumes:
            items = self._items.get(volume["name"])
            if items is None or all(mode is None for _, mode in items):
                continue
            body: Document = volume.get("configMap") or volume["secret"]
            modes = {mode for _, mode in items}
            if len(modes) == 1:
                body["defaultMode"] = modes.pop()
            body["items"] = [
                {"key": key, "path": inner, **({} if "defaultMode" in body or mode is None else {"mode": mode})}
                for (key, mode), inner in items.items()
            ]
        namespace = self._peer.namespace
        known = self._draft.application.secrets
        documents = [to_config_map(name, namespace, store) for name, store in self._own.stores.items()]
        for name, store in self._secret.stores.items():
            provisioned = any(known[each].provisioned for each in self._secret.origins[name])
            documents.append(to_secret(name, namespace, store, provisioned=provisioned))
        return documents

    def checksum(self, more_stores: set[str], used_keys: list[Document]) -> str:
        """Give a hash of all configuration that this Pod sees, or "" where there is none (fact 33).

        Secrets stay out of it: a hash of one in plain sight would help to guess it.
        """
        used_keys = [document for document in used_keys if document["kind"] == "ConfigMap"]
        stores = sorted(name for name in self.stores | more_stores if name in self._draft.application.configurations)
        if not stores and not used_keys:
            return ""
        digest = sha256()
        for name in stores:
            for key, value in sorted(self._draft.application.configurations[name].values.items()):
                digest.update(f"{name}\0{key}\0{value.data.hex() if isinstance(value, Binary) else value}\0".encode())
        for document in used_keys:
            for field in ("data", "binaryData"):
                for key, value in sorted(document.get(field, {}).items()):
                    digest.update(f"{key}\0{value}\0".encode())
        return digest.hexdigest()[:16]


class OwnStores:
    """The ConfigMaps, or Secrets, that are made for one workload's files, by their names: a new one where one is full.

    `origins` has the secrets of the definition whose values each of them holds.
    """

    __slots__ = ("_called", "_known", "_owner", "_room", "origins", "stores")

    def __init__(self, called: str, known: Container[str], owner: str) -> None:
        self._called = called
        self._known = known
        self._owner = owner
        self._room = 0
        self.stores: dict[str, dict[str, str | bytes]] = {}
        self.origins: dict[str, dict[str, None]] = {}

    def take_key(self, key: str, target: str, value: str | bytes, size: int) -> tuple[str, str]:
        """Find room for a file: gives the store's name and the key; equal basenames do not collide."""
        hashed = to_key(f"{short_hash(target)}-{key}")
        for name, store in self.stores.items():
            for wanted in (key, hashed):
                if store.get(wanted) == value:
                    return name, wanted
        if not self.stores or size > self._room:
            self._add_store()
        self._room -= size
        name, store = next(reversed(self.stores.items()))
        taken = key if key not in store else hashed
        while taken in store:  # Another container has something else at the same path.
            taken = to_key(f"{short_hash(f'{target}{taken}')}-{key}")
        store[taken] = value
        return name, taken

    def _add_store(self) -> None:
        number = len(self.stores) + 1
        name = to_subdomain(f"{self._called}{f'-{number}' if number > 1 else ''}")
        if name in self._known:  # Somebody's own, with other content.
            name = f"{name}-{short_hash(self._owner)}"
        self.stores[name] = {}
        self.origins[name] = {}
        self._room = STORE_LIMIT

    def add_origins(self, name: str, content: Text) -> None:
        """Note the secrets of which a store holds values."""
        for part in parts_of(content):
            if isinstance(part, SecretValue):
                self.origins[name][part.name] = None


def compose_secret(draft: Draft, content: Text, path: Path) -> str | None:
    """Give the whole text of a file that holds secrets among other text; None where it holds none, or one is not known."""
    if isinstance(content, str) or not any(isinstance(part, SecretValue) for part in content):
        return None
    values: list[Part] = []
    for part in content:
        value = find_secret_value(draft.application, part) if isinstance(part, SecretValue) else part
        if isinstance(part, SecretValue) and not isinstance(value, str):
            return None
        assert not isinstance(value, Binary | tuple | None)
        values.append(value)
    return plain(draft, make_text(values), path)


def to_config_map(name: str, namespace: str | None, values: dict[str, str | bytes]) -> Document:
    """Give a ConfigMap: text under `data`, bytes under `binaryData`."""
    return _to_store("ConfigMap", ("data", "binaryData"), name, namespace, values)


def to_secret(name: str, namespace: str | None, values: dict[str, str | bytes], *, provisioned: bool) -> Document:
    """Give a Secret: text under `stringData`, bytes under `data`; one that was made up says so."""
    document = _to_store("Secret", ("stringData", "data"), name, namespace, values)
    if provisioned:
        document["metadata"]["annotations"] = {PROVISIONED: "true"}
    return document


def _to_store(
    kind: str, fields: tuple[str, str], name: str, namespace: str | None, values: dict[str, str | bytes]
) -> Document:
    """Give an object that keeps values by key, its fields for text and for bytes as named."""
    metadata: Document = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    document: Document = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    binary = {key: encode(value) for key, value in values.items() if not isinstance(value, str)}
    for field, kept in zip(fields, (texts, binary), strict=True):
        if kept:
            document[field] = kept
    return document


def encode(data: bytes) -> str:
    """Give base64 on one line."""
    return b2a_base64(data, newline=False).decode("ascii")


def index_contents(draft: Draft) -> None:
    """Index the configurations by what they hold, so that a file with the same content needs no store of its own."""
    index = draft.files_by_content
    for name, configuration in draft.application.configurations.items():
        if configuration.external:
            continue
        for key, value in configuration.values.items():
            content: Any = value.data if isinstance(value, Binary) else value
            if isinstance(content, str | bytes) and content:
                index.setdefault(content, []).append((name, key))


def write_stores(draft: Draft) -> list[tuple[Path, Document]]:
    """Give the ConfigMaps and Secrets of the definition, in every namespace that uses them."""
    documents: list[tuple[Path, Document]] = []
    for name, configuration in draft.application.configurations.items():
        if not configuration.external:
            values = _known_values(draft, configuration, ("configurations", name))
            for namespace in _namespaces(draft, "ConfigMap", name):
                document = to_config_map(object_name(name), namespace, values)
                documents.append((("configurations", name), document))
    for name, secret in draft.application.secrets.items():
        if secret.external:
            continue
        values = _known_values(draft, secret, ("secrets", name))
        if values or not secret.values:
            documents += [
                (("secrets", name), to_secret(object_name(name), namespace, values, provisioned=secret.provisioned))
                for namespace in _namespaces(draft, "Secret", name)
            ]
    return documents


def object_name(key: str) -> str:
    """Give the name of a store's object; a key that says the namespace too ends in the name."""
    return to_subdomain(key.rpartition("/")[2])


def _namespaces(draft: Draft, kind: str, name: str) -> list[str | None]:
    users = draft.store_users.get((kind, name))
    if users:
        return list(users)
    return [draft.options.namespace or (name.partition("/")[0] if "/" in name else draft.application.namespace)]


def _known_values(draft: Draft, store: Configuration | Secret, path: Path) -> dict[str, str | bytes]:
    """Give the values that are known, by the keys that the API takes."""
    known: dict[str, str | bytes] = {}
    for key, value in store.values.items():
        if value is None:
            if not draft.native:  # There, what makes the Secret gives it this key besides.
                draft.tell(
                    "assumed",
                    f"the value of {key or 'it'} is not known here; add it to the cluster before use",
                    path,
                )
        else:
            content = value.data if isinstance(value, Binary) else plain(draft, value, path)
            known[to_key(key or path[1])] = content
    return known
