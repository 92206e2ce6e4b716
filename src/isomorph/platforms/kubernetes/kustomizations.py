"""Kustomization files: which files one is made of, so that it can be built on a copy.

Source: kubectl.docs.kubernetes.io/references/kustomize/kustomization. Only what is on disk is taken: where a kustomization
names something that is not, kustomize would try to fetch it, so it is not run at all.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.kubernetes.documents import KUSTOMIZATIONS, find_kustomization, join
from isomorph.platforms.kubernetes.fields import mapping_at
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

MOST_FILES = 5_000

# Lists of files, folders with a kustomization, or inline text.
_FOLDERS = ("resources", "bases", "components")
_FILES = ("crds", "configurations", "generators", "transformers", "validators", "patchesStrategicMerge")
_PLUGINS = ("generators", "transformers", "validators")
_ADDRESS = b"://"
_WITH_PATH = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")


class Kustomization:
    """One kustomization file: its path, its folder, what it says, and whether another includes it as a base."""

    __slots__ = ("folder", "path", "root")

    def __init__(self, path: str, folder: str, root: Mapping) -> None:
        self.path = path
        self.folder = folder
        self.root = root


class Absent(Exception):
    """A kustomization names something that is not on disk; `remote` where it looks like an address."""

    def __init__(self, name: str, origin: Origin, remote: bool) -> None:
        self.name = name
        self.origin = origin
        self.remote = remote
        super().__init__(name)


class Collection:
    """The files of a kustomization, by normal path, and the kustomizations among them, bases first."""

    __slots__ = ("_context", "_visiting", "files", "kustomizations")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._visiting: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.kustomizations: list[Kustomization] = []

    def add_kustomization(self, path: str) -> Kustomization:
        """Add a kustomization file and all that it is made of; raises Absent and InvalidInput."""
        path = normal(path)
        folder = path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")
        document = parse_one(self._read(path, Origin(path)), path, Dialect.KUBERNETES)
        root = document.root
        if not isinstance(root, Mapping):
            raise InvalidInput(
                "a kustomization is a mapping", document.origin, "see kustomize's reference for its fields"
            )
        kustomization = Kustomization(path, folder, root)
        self._visiting.add(folder)
        for key in _FOLDERS:
            for node in strings(root, key):
                self._add_resource(folder, node)
        for key in _FILES:
            for node in strings(root, key):
                content = self._add_file(folder, node)
                if key in _PLUGINS and _ADDRESS in (content or str(node.value).encode()):
                    raise Absent(
                        "an address in the configuration of a generator or transformer", node.origin, remote=True
                    )
        for key in _WITH_PATH:
            for entry in entries(root, key):
                named = entry.get("path")
                if isinstance(named, Scalar) and isinstance(named.value, str):
                    self._add_file(folder, named)
        for key in _GENERATORS:
            for entry in entries(root, key):
                self._add_generator(folder, entry)
        openapi = mapping_at(root, "openapi")
        schema = openapi.get("path") if openapi else None
        if isinstance(schema, Scalar):
            self._add_file(folder, schema)
        self._visiting.discard(folder)
        if not any(known.path == path for known in self.kustomizations):
            self.kustomizations.append(kustomization)
        return kustomization

    def _read(self, path: str, origin: Origin) -> bytes:
        content = self.files.get(path)
        if content is None:
            if len(self.files) >= MOST_FILES:
                raise InvalidInput(f"the kustomization has more than {MOST_FILES} files", origin)
            content = self.files[path] = self._context.read_input(path, origin, "file")
        return content

    def _add_resource(self, folder: str, node: Scalar) -> None:
        """Add a resource: a file, or a folder with a kustomization of its own."""
        text = str(node.value)
        if "\n" in text:
            return
        files = self._context.files
        if is_remote(text):
            raise Absent(text, node.origin, remote=True)
        path = self._find(folder, node)
        if files.is_folder(path):
            if path in self._visiting:
                raise InvalidInput(f"{text} leads back to this kustomization", node.origin, "remove the cycle")
            found = find_kustomization(path, self._context)
            if found is None:
                wanted = ", ".join(KUSTOMIZATIONS)
                raise InvalidInput(f"the folder {text} has no kustomization", node.origin, f"add one of {wanted}")
            self.add_kustomization(found)
        elif files.is_file(path):
            self._read(path, node.origin)
        else:
            raise Absent(text, node.origin, remote=False)

    def _add_file(self, folder: str, node: Scalar) -> bytes | None:
        """Add a file, where the text is not the content itself; generators and transformers may be folders too."""
        text = str(node.value)
        if "\n" in text or ": " in text or text.startswith(("{", "[")):
            return None
        if is_remote(text):
            raise Absent(text, node.origin, remote=True)
        path = self._find(folder, node)
        if self._context.files.is_file(path):
            return self._read(path, node.origin)
        if not self._context.files.is_folder(path):
            raise Absent(text, node.origin, remote=False)
        self._add_resource(folder, node)
        return None

    def _add_generator(self, folder: str, entry: Mapping) -> None:
        """Add the files of a generator; of one that is absent, kustomize itself tells."""
        named = [*strings(entry, "envs"), *strings(entry, "files")]
        single = entry.get("env")
        if isinstance(single, Scalar):
            named.append(single)
        for node in named:
            text = str(node.value)
            _, _, name = text.rpartition("=")
            if is_remote(text) or is_remote(name):  # kustomize would fetch this too.
                raise Absent(text, node.origin, remote=True)
            path = self._find(folder, node, name)
            if self._context.files.is_file(path):
                self._read(path, node.origin)

    def _find(self, folder: str, node: Scalar, name: str = "") -> str:
        """Give the path of what is named; raises InvalidInput, at the place of the name, where it may not be read."""
        name = name or str(node.value)
        path = name if name.startswith("/") else normal(join(folder, name))
        try:
            self._context.files.is_file(path)
        except InvalidInput as refused:
            raise InvalidInput(refused.message, node.origin, refused.hint) from None
        return path


def is_remote(text: str) -> bool:
    """Tell whether a name is an address that kustomize would fetch."""
    first = text.partition("/")[0]
    return (
        "://" in text
        or "?ref=" in text
        or text.startswith(("git@", "git::", "github.com", "gh:"))
        or (not text.startswith(".") and "." in first and "/" in text and "//" in text)
    )


def normal(path: str) -> str:
    """Give a path without `.` and `..`, as far as names allow; links are not followed."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part == ".." and path.startswith("/"):
            continue
        elif part not in ("", "."):
            parts.append(part)
    text = "/".join(parts)
    return "/" + text if path.startswith("/") else text or "."


def strings(mapping: Mapping, key: str) -> list[Scalar]:
    """Give the strings of a list; other things in it are for kustomize to refuse."""
    found = mapping.get(key)
    items = found.items if isinstance(found, Sequence) else []
    return [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str) and item.value]


def entries(mapping: Mapping, key: str) -> list[Mapping]:
    """Give the mappings of a list; other things in it are for kustomize to refuse."""
    found: Node | None = mapping.get(key)
    return [item for item in (found.items if isinstance(found, Sequence) else []) if isinstance(item, Mapping)]
