"""The fields by which a kustomization makes values itself: images, replicas, names, labels, generated data.

Source: kubectl.docs.kubernetes.io/references/kustomize/kustomization. The outermost kustomization has the last word, so it is
asked first.
"""

from isomorph.model.image import parse_image
from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.kustomizations import Collection, Kustomization, entries, normal, strings
from isomorph.syntax.tree import Mapping, Node, Scalar

_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
_PLAIN_LABELS = ("commonLabels", "commonAnnotations")
_LABEL_HOLDERS = frozenset(("labels", "matchLabels", "selector", "annotations"))
_OTHERS = ("replacements", "vars", "transformers", "configurations", "components")


class Transformers:
    """The kustomizations of a build, asked for what they made."""

    def __init__(self, main: Kustomization, collection: Collection) -> None:
        self.main = main
        self.collection = collection
        self.outer_first = list(reversed(collection.kustomizations))

    def find_generator(self, kind: str, name: str) -> Mapping | None:
        """Give the entry that generated a ConfigMap or Secret: its name, perhaps with a prefix, is followed by a hash."""
        field = _GENERATORS.get(kind)
        best: Mapping | None = None
        length = -1
        for known in self.outer_first if field else ():
            for entry in entries(known.root, field or ""):
                said = text_of(entry.get("name"))
                if said and said in name and len(said) > length:
                    best, length = entry, len(said)
        return best

    def explain(
        self, kind: str, own: str, keys: tuple[str, ...], built: Scalar, source: Node | None, generator: Mapping | None
    ) -> Origin | None:
        """Give where a kustomization says a value that it made; None where no field tells it."""
        if generator is not None:
            found = self._explain_generated(keys, generator)
            if found is not None:
                return found
        last = keys[-1] if keys else ""
        if last == "namespace":
            return self._find_value("namespace", built)
        if last == "replicas":
            return self._find_replicas(own, built)
        if last == "image" and isinstance(source, Scalar):
            return self._find_image(built, source)
        if len(keys) > 1 and keys[-2] in _LABEL_HOLDERS:
            return self._find_label(last, built)
        if isinstance(built.value, str) and isinstance(source, Scalar):
            return self._find_affix(built.value, str(source.value))
        return None

    def is_renamed(self, built: Scalar, source: Node | None) -> bool:
        """Tell whether a value is its source's with a prefix, suffix or hash, as the names of generated objects are."""
        return isinstance(source, Scalar) and bool(source.value) and str(source.value) in str(built.value)

    def other_origin(self) -> Origin:
        """Give the place of the transformers that are not followed here, else the kustomization's."""
        for known in self.outer_first:
            for field in _OTHERS:
                if field in known.root:
                    return known.root.keys[field].origin
        return self.main.root.origin

    def _find_value(self, field: str, built: Scalar) -> Origin | None:
        for known in self.outer_first:
            node = known.root.get(field)
            if isinstance(node, Scalar) and node.value == built.value:
                return node.origin
        return None

    def _find_replicas(self, own: str, built: Scalar) -> Origin | None:
        for known in self.outer_first:
            for entry in entries(known.root, "replicas"):
                count = entry.get("count")
                if isinstance(count, Scalar) and count.value == built.value and text_of(entry.get("name")) in own:
                    return count.origin
        return None

    def _find_image(self, built: Scalar, source: Scalar) -> Origin | None:
        """Give the field of an image entry that made the difference: the tag's or digest's, else the name's."""
        before, after = _split(str(source.value)), _split(str(built.value))
        for known in self.outer_first:
            for entry in entries(known.root, "images"):
                new_name, own = text_of(entry.get("newName")), text_of(entry.get("name"))
                if own != before[0] and new_name != after[0] and own != after[0]:
                    continue
                fields = ("newTag", "digest", "newName") if before[1:] != after[1:] else ("newName", "newTag", "digest")
                for field in fields:
                    node = entry.get(field)
                    if isinstance(node, Scalar):
                        return node.origin
        return None

    def _find_label(self, name: str, built: Scalar) -> Origin | None:
        for known in self.outer_first:
            for field in _PLAIN_LABELS:
                found = _label_in(known.root.get(field), name, built)
                if found is not None:
                    return found
            for entry in entries(known.root, "labels"):
                found = _label_in(entry.get("pairs"), name, built)
                if found is not None:
                    return found
        return None

    def _find_affix(self, built: str, source: str) -> Origin | None:
        if not source or source not in built:
            return None
        for known in self.outer_first:
            prefix, suffix = known.root.get("namePrefix"), known.root.get("nameSuffix")
            if isinstance(prefix, Scalar) and prefix.value and built.startswith(str(prefix.value)):
                return prefix.origin
            if isinstance(suffix, Scalar) and suffix.value and built.endswith(str(suffix.value)):
                return suffix.origin
        return None

    def _explain_generated(self, keys: tuple[str, ...], generator: Mapping) -> Origin | None:
        """Give the literal, file or line of a file from which a key was generated."""
        if keys == ("metadata", "name"):
            node = generator.get("name")
            return node.origin if node is not None else None
        if len(keys) != 2 or keys[0] not in ("data", "binaryData"):
            return None
        key = keys[1]
        for node in strings(generator, "literals"):
            if str(node.value).partition("=")[0] == key:
                return node.origin
        for node in strings(generator, "files"):
            name, _, path = str(node.value).rpartition("=")
            if (name or path.rpartition("/")[2]) == key:
                return self._file_origin(path, node.origin)
        named = strings(generator, "envs")
        single = generator.get("env")
        if isinstance(single, Scalar):
            named.append(single)
        for node in named:
            found = self._env_origin(str(node.value), key, node.origin)
            if found is not None:
                return found
        return None

    def _path_of(self, name: str, used: Origin) -> str:
        """Give the path of a file that is named in a kustomization."""
        folder = used.file.rpartition("/")[0]
        return normal(f"{folder}/{name}") if folder else normal(name)

    def _file_origin(self, name: str, used: Origin) -> Origin:
        path = self._path_of(name, used)
        return Origin(path).through(used) if path in self.collection.files else used

    def _env_origin(self, name: str, key: str, used: Origin) -> Origin | None:
        path = self._path_of(name, used)
        lines = self.collection.files.get(path, b"").decode("utf-8", "replace").splitlines()
        for number, line in enumerate(lines, 1):
            if line.lstrip().partition("=")[0].strip() == key:
                return Origin(path, number, 1 + len(line) - len(line.lstrip()), (used,))
        return None


def text_of(node: Node | None) -> str:
    """Give the text of a scalar, empty for anything else."""
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else ""


def _label_in(node: Node | None, name: str, built: Scalar) -> Origin | None:
    found = node.get(name) if isinstance(node, Mapping) else None
    return found.origin if isinstance(found, Scalar) and str(found.value) == str(built.value) else None


def _split(reference: str) -> tuple[str, str, str]:
    """Split an image reference into name, tag and digest."""
    image = parse_image(reference)
    tag = str(image.tag or "")
    digest = image.digest or ""
    name = reference.removesuffix(f"@{digest}") if digest else reference
    return (name.removesuffix(f":{tag}") if tag else name), tag, digest
