"""Files to objects: a folder as `kubectl apply -f` takes it, a file, or a stream; lists taken apart."""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.kubernetes.fields import describe, mapping_at, mappings_at, text_at
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.syntax.tree import Mapping, Node
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import Document, parse_yaml

_TEMPLATE = re.compile(rb"\{\{-? *(?:\.Values|\.Release|\.Chart|include |template |if |range |with |define |\$)")

SUFFIXES = (".yaml", ".yml", ".json")
"""Files of a folder that `kubectl apply -f` reads."""

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")

# Kinds that live outside namespaces: a namespace told to the reader does not concern them.
_CLUSTER_WIDE = """
    ClusterExternalSecret ClusterSecretStore
    Namespace Node PersistentVolume StorageClass ClusterRole ClusterRoleBinding CustomResourceDefinition PriorityClass
    IngressClass GatewayClass RuntimeClass CSIDriver APIService MutatingWebhookConfiguration Project ProjectRequest
    SecurityContextConstraints
    ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
"""
CLUSTER_WIDE = frozenset(_CLUSTER_WIDE.split())


def join(folder: str, name: str) -> str:
    """Join a folder and a name as they are shown."""
    if folder in ("", "."):
        return name
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


def find_kustomization(folder: str, context: Context) -> str | None:
    """Give the path of a folder's kustomization, where it has one."""
    names = set(context.files.list_folder(folder))
    for name in KUSTOMIZATIONS:
        if name in names:
            return join(folder, name)
    return None


def list_manifests(folder: str, context: Context, reading: Reading) -> list[str]:
    """Give the files of a folder that hold manifests; those of its folders are not read, which is told."""
    files: list[str] = []
    below: list[str] = []
    for name in context.files.list_folder(folder):
        path = join(folder, name)
        if context.files.is_folder(path):
            if not name.startswith(".") and any(inner.endswith(SUFFIXES) for inner in context.files.list_folder(path)):
                below.append(name)
        elif name.endswith(SUFFIXES):
            files.append(path)
    if below and files:
        reading.say(
            "ignored",
            f"manifests in {', '.join(below)} below {folder} were not read, as `kubectl apply -f` does not; name them too",
            Origin(folder),
        )
    if not files:
        hint = f"name a folder that does, such as {join(folder, below[0])}" if below else "name a folder that does"
        raise InvalidInput(f"{folder} holds no *.yaml, *.yml or *.json file", Origin(folder), hint)
    return files


def parse_manifest(path: str, content: bytes) -> list[Document]:
    """Read the documents of one file."""
    shown = "<stdin>" if path == "-" else path
    try:
        return parse_yaml(content, shown, Dialect.JSON if path.endswith(".json") else Dialect.KUBERNETES)
    except InvalidInput as fault:
        if _TEMPLATE.search(content) is None:
            raise
        chart, found, _ = f"/{path}".rpartition("/templates/")
        where = chart[1:] or "." if found else "the folder that has Chart.yaml"
        raise InvalidInput(
            "this is a template of a Helm chart, and no manifest", fault.origin, f"read its chart: helm:{where}"
        ) from None


def add_documents(
    documents: list[Document], objects: Objects, reading: Reading, namespace: str | None, lenient: bool
) -> None:
    """Add the objects of some documents; `lenient`: what is no object is told and passed over."""
    for document in documents:
        root = document.root
        if root is None:
            continue
        if type(root) is not Mapping or "apiVersion" not in root.entries or "kind" not in root.entries:
            _refuse(root, reading, lenient)
            continue
        _add(root, objects, reading, namespace)


def _refuse(root: Node, reading: Reading, lenient: bool) -> None:
    if type(root) is Mapping:
        missing = " and ".join(f"`{key}`" for key in ("apiVersion", "kind") if key not in root.entries)
        message = f"this document has no {missing}, so it is no Kubernetes object"
    else:
        message = f"this document is {describe(root)}, so it is no Kubernetes object"
    if lenient:
        reading.say("ignored", message, root.origin)
    else:
        raise InvalidInput(message, root.origin, "check that it is the right file")


def _add(root: Mapping, objects: Objects, reading: Reading, namespace: str | None) -> None:
    """Add an object, or the items of a list."""
    kind = text_at(root, "kind")
    version = text_at(root, "apiVersion")
    if not kind or not version:
        raise InvalidInput("`apiVersion` and `kind` must not be empty", root.origin, "say which kind of object it is")
    if kind.endswith("List") and "items" in root.entries:
        for item in mappings_at(root, "items"):
            if "kind" in item.entries or kind == "List":
                _add(item, objects, reading, namespace)
            else:  # Items of a typed list may leave out what the list says.
                _add_object(item, version, kind.removesuffix("List"), objects, namespace)
        return
    _add_object(root, version, kind, objects, namespace)


def _add_object(root: Mapping, api_version: str, kind: str, objects: Objects, namespace: str | None) -> None:
    group, _, version = api_version.rpartition("/")
    metadata = mapping_at(root, "metadata")
    name = text_at(metadata, "name") if metadata else None
    if not name:
        prefix = text_at(metadata, "generateName") if metadata else None
        if not prefix:
            raise InvalidInput(f"this {kind} has no name", (metadata or root).origin, "add `metadata.name`")
        name = prefix.rstrip("-.")
    said = text_at(metadata, "namespace") if metadata else None
    if kind in CLUSTER_WIDE:
        said = namespace = None
    objects.add(Object(group, version, kind, name, said or namespace, root))
