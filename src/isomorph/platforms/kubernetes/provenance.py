"""Where the values of a built kustomization were really written.

kustomize says of each object which file it comes from. From there every value is looked for: in the object's own file, then
in the patches from the last one backwards, then in the fields by which a kustomization transforms or generates.
"""

from collections.abc import Iterator

from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.kustomizations import Collection, Kustomization, entries, normal
from isomorph.platforms.kubernetes.patches import Keys, Patch, find_in_patch, key_of, read_patches
from isomorph.platforms.kubernetes.transformers import Transformers
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

ANNOTATION = "config.kubernetes.io/origin"


class Provenance:
    """The sources of a build: files, patches and transformers."""

    def __init__(self, main: Kustomization, collection: Collection) -> None:
        self.main = main
        self.collection = collection
        self.transformers = Transformers(main, collection)
        self.patches = [patch for known in collection.kustomizations for patch in read_patches(known, collection)]
        self._documents: dict[str, dict[str, dict[str, Mapping]]] = {}  # by path, kind and name

    def trace(self, built: Mapping) -> Mapping:
        """Give a built object with the origins of what it is made of, without the annotation that told them."""
        kind, name = _text(built, "kind"), _text(_mapping(built, "metadata"), "name")
        said = _text(_mapping(_mapping(built, "metadata"), "annotations"), ANNOTATION)
        file = _find_line(said, "path: ")
        source = self._find_source(file, kind, name) if file else None
        own = _text(_mapping(source, "metadata"), "name") if source else ""
        patches = [patch for patch in reversed(self.patches) if patch.concerns(kind, tuple({name, own} - {""}))]
        tracer = _Tracer(self, kind, name, own, patches)
        generator = self.transformers.find_generator(kind, name) if source is None else None
        traced = tracer.trace(built, source, (), generator)
        assert isinstance(traced, Mapping)
        return _without_annotation(traced)

    def _find_source(self, file: str, kind: str, name: str) -> Mapping | None:
        """Give the object in its own file: of the same kind and name, or of the name that most of the built one's is."""
        path = normal(f"{self.main.folder}/{file}")
        known = self._documents.get(path)
        if known is None:
            known = self._documents[path] = {}
            for document in _objects(self.collection.files.get(path, b""), path):
                own = _text(_mapping(document, "metadata"), "name")
                known.setdefault(_text(document, "kind"), {}).setdefault(own, document)
        same_kind = known.get(kind, {})
        if name in same_kind:
            return same_kind[name]
        # A prefix or suffix was added to it.
        within = [own for own in same_kind if own in name]
        return same_kind[max(within, key=len)] if within else None


def _objects(content: bytes, path: str) -> Iterator[Mapping]:
    """Give the objects of a file, lists taken apart."""
    for document in parse_yaml(content, path, Dialect.JSON if path.endswith(".json") else Dialect.KUBERNETES):
        if isinstance(document.root, Mapping):
            if _text(document.root, "kind").endswith("List") and "items" in document.root:
                yield from entries(document.root, "items")
            else:
                yield document.root


class _Tracer:
    """Traces the values of one object."""

    def __init__(self, provenance: Provenance, kind: str, name: str, own: str, patches: list[Patch]) -> None:
        self.transformers = provenance.transformers
        self.kind = kind
        self.name = name
        self.own = own or name
        self.patches = patches

    def trace(self, built: Node, source: Node | None, keys: Keys, generator: Mapping | None) -> Node:
        """Rebuild a node with the origins of where its values were written."""
        origin = self._origin(built, source, keys, generator)
        if isinstance(built, Mapping):
            entries: dict[str, Node] = {}
            key_nodes: dict[str, Scalar] = {}
            for key, node in built.entries.items():
                below = source.get(key) if isinstance(source, Mapping) else None
                entries[key] = self.trace(node, below, (*keys, key), generator)
                said = (
                    source.keys[key].origin
                    if isinstance(source, Mapping) and below is not None
                    else entries[key].origin
                )
                old = built.keys[key]
                key_nodes[key] = Scalar(said, old.value, old.text, old.plain)
            return Mapping(origin, entries, key_nodes)
        if isinstance(built, Sequence):
            items = source.items if isinstance(source, Sequence) else []
            pairs = pair_items(built.items, items)
            return Sequence(
                origin,
                [
                    self.trace(item, below, (*keys, key_of(item, index)), generator)
                    for index, (item, below) in enumerate(pairs)
                ],
            )
        assert isinstance(built, Scalar)
        return Scalar(origin, built.value, built.text, built.plain)

    def _origin(self, built: Node, source: Node | None, keys: Keys, generator: Mapping | None) -> Origin:
        if isinstance(built, Scalar):
            return self._scalar_origin(built, source, keys, generator)
        if source is not None:
            return source.origin
        for patch in self.patches:
            for found in find_in_patch(patch, keys):
                return found.origin
        return generator.origin if generator is not None else self.transformers.main.root.origin

    def _scalar_origin(self, built: Scalar, source: Node | None, keys: Keys, generator: Mapping | None) -> Origin:
        """Give where a value is written; one that a kustomization made, by way of what it was made from."""
        same = isinstance(source, Scalar) and source.value == built.value
        if same and isinstance(source, Scalar):
            return source.origin
        for patch in self.patches:
            for found in find_in_patch(patch, keys):
                if isinstance(found, Scalar) and found.value == built.value:
                    return found.origin
        used = source.origin if source is not None else None
        made = self.transformers.explain(self.kind, self.own, plain_keys(keys), built, source, generator)
        if made is not None:
            if used is None or made == used:
                return made
            return made.through(used)
        if used is not None and self.transformers.is_renamed(built, source):
            return used
        fallback = generator.origin if generator is not None else self.transformers.other_origin()
        return fallback.through(used) if used is not None else fallback


def plain_keys(keys: Keys) -> tuple[str, ...]:
    """Give the keys as text."""
    return tuple(str(key) for key in keys)


def pair_items(built: list[Node], source: list[Node]) -> list[tuple[Node, Node | None]]:
    """Pair the items of a built list with those of its source: by what tells them apart, or by their values."""
    if not source:
        return [(item, None) for item in built]
    by_key: dict[str | int, Node] = {}
    by_value: dict[object, Node] = {}
    for index, item in enumerate(source):
        if isinstance(item, Mapping):
            by_key.setdefault(key_of(item, index), item)
        elif isinstance(item, Scalar):
            by_value.setdefault(item.value, item)
    pairs: list[tuple[Node, Node | None]] = []
    for index, item in enumerate(built):
        if isinstance(item, Scalar):
            below = by_value.get(item.value)
        else:
            below = by_key.get(key_of(item, index))
        if below is None and len(built) == len(source) and type(source[index]) is type(item):
            below = source[index]
        pairs.append((item, below))
    return pairs


def _find_line(text: str, start: str) -> str:
    for line in text.splitlines():
        if line.startswith(start):
            return line[len(start) :].strip().strip("'\"")
    return ""


def _mapping(node: Mapping | None, key: str) -> Mapping | None:
    found = node.get(key) if node is not None else None
    return found if isinstance(found, Mapping) else None


def _text(node: Mapping | None, key: str) -> str:
    found = node.get(key) if node is not None else None
    return str(found.value) if isinstance(found, Scalar) and found.value is not None else ""


def _without_annotation(traced: Mapping) -> Mapping:
    metadata = _mapping(traced, "metadata")
    annotations = _mapping(metadata, "annotations")
    if metadata is None or annotations is None or ANNOTATION not in annotations:
        return traced
    left = {key: node for key, node in annotations.entries.items() if key != ANNOTATION}
    entries = dict(metadata.entries)
    if left:
        entries["annotations"] = Mapping(annotations.origin, left, annotations.keys)
    else:
        del entries["annotations"]
    below = Mapping(metadata.origin, entries, metadata.keys)
    return Mapping(traced.origin, {**traced.entries, "metadata": below}, traced.keys)
