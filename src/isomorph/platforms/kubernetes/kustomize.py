"""A kustomization built by `kubectl kustomize` on a copy, its objects told where they were really written."""

import re

from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.kubernetes.documents import add_documents
from isomorph.platforms.kubernetes.kustomizations import Absent, Collection, Kustomization, normal
from isomorph.platforms.kubernetes.provenance import Provenance
from isomorph.platforms.kubernetes.reading import Objects, Reading
from isomorph.syntax.tree import Mapping, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml
from isomorph.syntax.yaml.read import Document, parse_yaml

ENGINE = "kubectl"
_BUILT = "<kustomize>"
_ERROR = re.compile(r'\berr="((?:[^"\\]|\\.)*)"')
_ANNOTATE = "originAnnotations"


def build(path: str, context: Context, objects: Objects, reading: Reading, namespace: str | None) -> tuple[str, ...]:
    """Build a kustomization and add its objects; gives the files that it is made of.

    Where kubectl is missing or refuses, one diagnostic says so and no object is added.
    """
    path = normal(path)
    if context.engines.find(ENGINE) is None:
        message = "kubectl is not installed, and this kustomization was not read; install it, or build it elsewhere"
        reading.say("engine-missing", message, Origin(path))
        return (path,)
    collection = Collection(context)
    try:
        main = collection.add_kustomization(path)
    except Absent as absent:
        if absent.remote:
            message = f"{absent.name} is an address, and nothing is fetched: the kustomization was not read; keep a copy of it"
            reading.say("engine-failed", message, absent.origin)
        else:
            message = f"{absent.name} is not there, and the kustomization that names it was not read"
            reading.say("missing-file", message, absent.origin)
        return tuple(collection.files)
    output = _run(main, collection, context, reading)
    if output is not None:
        documents = parse_yaml(output, _BUILT, Dialect.KUBERNETES)
        provenance = Provenance(main, collection)
        traced = [
            Document(
                provenance.trace(document.root) if isinstance(document.root, Mapping) else document.root,
                document.origin,
            )
            for document in documents
        ]
        add_documents(traced, objects, reading, namespace, lenient=False)
    return tuple(collection.files)


def _run(main: Kustomization, collection: Collection, context: Context, reading: Reading) -> str | None:
    """Give what kubectl builds; None with a diagnostic where it refuses."""
    places = place_files(collection.files)
    files = {places[path]: content for path, content in collection.files.items()}
    copy = places[main.path]
    files[copy] = _annotate(main, collection.files[main.path])
    folder = copy.rpartition("/")[0] or "."
    try:
        result = context.engines.run(ENGINE, ["kustomize", folder], files)
    except EngineFailed as failed:
        reading.say("engine-failed", f"{failed}; the kustomization was not read", Origin(main.path))
        return None
    if result.code == 0:
        return result.stdout
    reading.say("engine-failed", f"kubectl kustomize: {_find_message(result.stderr)}", Origin(main.path))
    return None


def _find_message(errors: str) -> str:
    """Give the reason out of what kubectl prints when it fails."""
    found = _ERROR.search(errors)
    if found:
        return found.group(1).replace('\\"', '"').replace("\\n", " ")
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith("#")]
    return lines[-1].removeprefix("error: ") if lines else "it failed without a message"


def _annotate(main: Kustomization, content: bytes) -> bytes:
    """Ask for origin annotations, in the text of a copy."""
    root = main.root
    wanted = root.get("buildMetadata")
    in_blocks = root.origin.column == 1 and not content.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    if wanted is None and in_blocks and b"\n..." not in content:
        return content + f"\nbuildMetadata: [{_ANNOTATE}]\n".encode()
    data = to_data(root)
    listed = data.get("buildMetadata") if isinstance(wanted, Sequence) else None
    data["buildMetadata"] = [*(listed or []), *([] if listed and _ANNOTATE in listed else [_ANNOTATE])]
    return emit_yaml(data, dialect=Dialect.KUBERNETES).encode()


def place_files(paths: dict[str, bytes]) -> dict[str, str]:
    """Give each file a path below the engine's folder, so that all stand to each other as they do on disk.

    Paths above the current folder need names for the folders between, which nobody can refer to.
    """
    above = max((path.split("/").count("..") for path in paths), default=0)
    placed: dict[str, str] = {}
    for path in paths:
        parts = path.strip("/").split("/")
        up = parts.count("..")
        if "\\" in path:
            raise InvalidInput(f"{path} holds a backslash", Origin(path), "rename the file")
        placed[path] = "/".join([f"above-{level}" for level in range(above - up)] + parts[up:])
    return placed
