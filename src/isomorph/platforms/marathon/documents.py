"""Files to the applications and pods in them: one application, a pod, a list of either, groups in groups, or a folder of these.

Marathon takes pods one at a time (POST /v2/pods) and no group holds them, so the pods that belong to a group are read from the
folder `pods` beside its file; a list under `pods` is read where somebody keeps them together.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.marathon.ids import ID, is_id, last_part, resolve_id
from isomorph.platforms.marathon.reading import Entry, Reading
from isomorph.platforms.marathon.values import describe, is_null, items_at, mapping_of, mappings_at, string_at
from isomorph.syntax.encoding import decode
from isomorph.syntax.jsontext import parse_json
from isomorph.syntax.tree import Mapping, Node, Sequence

PODS = "pods"
"""The folder beside a group's file in which its pods are."""

_MOST_FILES = 2000
_GROUP = frozenset(("id", "apps", "groups", "pods", "dependencies"))
_GROUP_KNOWN = frozenset(("version", "enforceRole", "scaleBy", "versionInfo"))
_SIGNS = frozenset(("cmd", "args", "container", "instances", "cpus", "mem", "fetch", "uris"))

Waits = tuple[tuple[str, Node], ...]


def read_documents(path: str, context: Context, reading: Reading) -> tuple[str, ...]:
    """Find all entries of a definition; gives the files that were read. Raises InvalidInput where there is none."""
    folder = path != "-" and context.files.is_folder(path)
    sources: list[str] = []
    for file in _json_files(path, context) if folder else [path]:
        _read_file(file, context, reading, sources, lenient=folder)
    if folder and not sources:
        raise InvalidInput("the folder holds no definition of Marathon", Origin(path), "name the file")
    if reading.has_group and not folder and path != "-":
        for file in _pods_beside(path, context):
            _read_file(file, context, reading, sources, lenient=True)
    _name_entries(reading)
    return tuple(sources)


def _json_files(folder: str, context: Context, depth: int = 0) -> list[str]:
    """List the JSON files of a folder and of the folders in it."""
    found: list[str] = []
    for name in context.files.list_folder(folder):
        path = f"{folder.rstrip('/')}/{name}"
        if name.endswith(".json") and context.files.is_file(path):
            found.append(path)
        elif depth < 3 and not name.startswith(".") and context.files.is_folder(path):
            found += _json_files(path, context, depth + 1)
    return found[:_MOST_FILES]


def _pods_beside(path: str, context: Context) -> list[str]:
    parent = path.rpartition("/")[0]
    folder = f"{parent}/{PODS}" if parent else PODS
    try:
        return _json_files(folder, context) if context.files.is_folder(folder) else []
    except InvalidInput:  # The folder is outside of what may be read.
        return []


def _read_file(path: str, context: Context, reading: Reading, sources: list[str], *, lenient: bool) -> None:
    """Read one file; `lenient`: one that is something else is passed over."""
    roots = parse_json(decode(context.read_input(path), path), path)
    if lenient and not any(_is_ours(root) for root in roots):
        return
    if not roots:
        raise InvalidInput("the definition is empty", Origin(path), "write an application, a group, or a list of them")
    sources.append(path)
    for root in roots:
        if isinstance(root, Sequence):
            for item in root.items:
                _read_member(mapping_of(item, "an item of the list"), reading)
        else:
            if not isinstance(root, Mapping):
                raise InvalidInput(
                    f"a definition of Marathon is an object or a list, and this is {describe(root)}",
                    root.origin,
                    "write an application, a group, or a list of them",
                )
            _read_member(root, reading, outermost=True)


def _is_ours(root: Node) -> bool:
    if isinstance(root, Sequence):
        return bool(root.items) and _is_ours(root.items[0])
    return isinstance(root, Mapping) and (is_group(root) or is_pod(root) or ("id" in root and _has(root, _SIGNS)))


def _has(node: Mapping, keys: frozenset[str]) -> bool:
    return not keys.isdisjoint(node.entries)


def is_group(node: Mapping) -> bool:
    """Tell whether an object is a group."""
    return "apps" in node or "groups" in node or ("pods" in node and not _has(node, _SIGNS))


def is_pod(node: Mapping) -> bool:
    """Tell whether an object is a pod, which has several containers."""
    return "containers" in node


def _read_member(node: Mapping, reading: Reading, *, outermost: bool = False) -> None:
    """Read what stands alone in a file: a group, a pod or an application."""
    if is_group(node):
        group = _group_id(node, "/")
        if outermost and not reading.has_group:
            reading.root, reading.has_group = group, True
        _read_group(node, group, reading, ())
    elif "id" in node or is_pod(node) or _has(node, _SIGNS):
        _add(node, "/", reading, ())
    else:
        raise InvalidInput(
            "this is neither an application nor a pod nor a group of Marathon",
            node.origin,
            "an application has `id`, a pod also `containers`, a group `apps`, `groups` or `pods`",
        )


def _group_id(node: Mapping, parent: str) -> str:
    text = string_at(node, "id")
    if text is None:
        return parent
    return resolve_id(_checked(text, node), parent)


def _checked(text: str, node: Mapping) -> str:
    if not text or not is_id(text):
        raise InvalidInput(
            f"{text!r} is no id",
            node["id"].origin,
            "write lower-case letters, digits, dashes and dots, the parts of a path between slashes",
        )
    return text


def _read_group(node: Mapping, group: str, reading: Reading, waits: Waits) -> None:
    """Read a group; what it waits for, all in it wait for."""
    own = _read_waits(node, group)
    waits = (*waits, *own)
    reading.keep_rest(node, _GROUP, _GROUP_KNOWN, ("groups", group))
    for app in mappings_at(node, "apps"):
        _add(app, group, reading, waits)
    for pod in mappings_at(node, "pods"):
        _add(pod, group, reading, waits)
    for inner in mappings_at(node, "groups"):
        if "id" not in inner or is_null(inner["id"]):
            raise InvalidInput("a group has no `id`", inner.origin, "add `id`")
        _read_group(inner, _group_id(inner, group), reading, waits)


def _read_waits(node: Mapping, group: str) -> Waits:
    """Give the full ids in `dependencies`, each with its node."""
    found: list[tuple[str, Node]] = []
    for item in items_at(node, "dependencies"):
        text = item.value if hasattr(item, "value") else None
        if not isinstance(text, str) or not text or not is_id(text):
            raise InvalidInput("`dependencies` must be a list of ids", item.origin, "write the ids of apps or groups")
        found.append((resolve_id(text, group), item))
    return tuple(found)


def _add(node: Mapping, group: str, reading: Reading, waits: Waits) -> None:
    text = string_at(node, "id")
    if text is None:
        raise InvalidInput("an application or pod has no `id`", node.origin, "add `id`")
    identity = resolve_id(_checked(text, node), group)
    if not ID.fullmatch(last_part(identity)):
        raise InvalidInput("the id of an application is that of the outermost group", node["id"].origin, "name it")
    before = reading.entries.get(identity)
    if before is not None:
        raise InvalidInput(
            f"{identity} is defined twice; the first is at {before.node.origin}", node.origin, "remove one of the two"
        )
    own = () if is_pod(node) else _read_waits(node, group)
    reading.entries[identity] = Entry(identity, group, node, is_pod(node), (*own, *waits))


def _name_entries(reading: Reading) -> None:
    """Name every workload by its id; one directly in the outermost group by its own part of it."""
    prefix = "/" if reading.root == "/" else f"{reading.root}/"
    for entry in reading.entries.values():
        inner = entry.identity[len(prefix) :] if entry.identity.startswith(prefix) else "/"
        entry.name = entry.identity if "/" in inner else inner
