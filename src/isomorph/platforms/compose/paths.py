"""Paths in a definition: joined to folders, and moved along where a file brings a service from another folder."""

from posixpath import join, normpath

from isomorph.platforms.compose.interpolation import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence


def join_path(folder: str, path: str) -> str:
    """Give a path below a folder; absolute paths stay, and what stands for the current folder is left out."""
    return normpath(join(folder, path)) if folder not in ("", ".") else normpath(path)


def folder_of(path: str) -> str:
    """Give the folder of a file, `.` for a bare name."""
    return path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")


def relative_folder(folder: str, base: str) -> str:
    """Give a folder as it is seen from another."""
    from posixpath import relpath

    if folder.startswith("/") != base.startswith("/"):
        return folder
    return relpath(folder, base)


def is_local(source: str) -> bool:
    """Tell whether the source of a short volume is a path, not a volume's name."""
    return source.startswith((".", "/", "~")) or "/" in source


def rebase_service(service: Mapping, folder: str) -> Mapping:
    """Give a service whose relative paths are seen from another folder; `folder` is its own, seen from there."""
    entries = dict(service.entries)
    for key in ("env_file", "label_file"):
        if key in entries:
            entries[key] = _rebase_files(entries[key], folder)
    build = entries.get("build")
    if isinstance(build, Scalar):
        entries["build"] = _rebase_context(build, folder)
    elif isinstance(build, Mapping):
        context = build.get("context")
        moved = _rebase_context(context, folder) if isinstance(context, Scalar) else None
        entries["build"] = _with(build, "context", moved)
    volumes = entries.get("volumes")
    if isinstance(volumes, Sequence):
        entries["volumes"] = Sequence(volumes.origin, [_rebase_volume(item, folder) for item in volumes], volumes.tag)
    return Mapping(service.origin, entries, service.keys, service.tag)


def rebase_document(root: Mapping, folder: str) -> Mapping:
    """Give an included file whose relative paths are seen from the folder of the file that includes it."""
    entries = dict(root.entries)
    services = root.get("services")
    if isinstance(services, Mapping):
        moved: dict[str, Node] = {
            name: rebase_service(service, folder) if isinstance(service, Mapping) else service
            for name, service in services.items()
        }
        entries["services"] = Mapping(services.origin, moved, services.keys, services.tag)
    for section in ("configs", "secrets"):
        node = root.get(section)
        if isinstance(node, Mapping):
            moved = {name: _rebase_field(item, "file", folder) for name, item in node.items()}
            entries[section] = Mapping(node.origin, moved, node.keys, node.tag)
    return Mapping(root.origin, entries, root.keys, root.tag)


def _with(node: Mapping, key: str, value: Node | None) -> Mapping:
    if value is None:
        return node
    return Mapping(node.origin, {**node.entries, key: value}, node.keys, node.tag)


def _rebase_field(node: Node, key: str, folder: str) -> Node:
    if not isinstance(node, Mapping):
        return node
    value = node.get(key)
    return _with(node, key, rebase_scalar(value, folder)) if isinstance(value, Scalar) else node


def rebase_scalar(node: Scalar, folder: str) -> Scalar:
    """Give a path as it is seen from another folder, its origin kept."""
    path = node.text
    if not isinstance(node.value, str) or path.startswith(("/", "~")):
        return node
    return _moved(node, join_path(folder, path))


def _moved(node: Scalar, text: str) -> Scalar:
    if type(node) is Interpolated and not isinstance(node.parts, str):
        return node  # Where an unset variable leads cannot be moved; it stays unresolved.
    return Scalar(node.origin, text, text, node.plain, node.tag)


def _rebase_context(node: Scalar, folder: str) -> Scalar:
    return node if "://" in node.text or node.text.startswith(("git@", "github.com/")) else rebase_scalar(node, folder)


def _rebase_files(node: Node, folder: str) -> Node:
    if isinstance(node, Scalar):
        return rebase_scalar(node, folder)
    if isinstance(node, Sequence):
        items = [
            rebase_scalar(item, folder) if isinstance(item, Scalar) else _rebase_field(item, "path", folder)
            for item in node
        ]
        return Sequence(node.origin, items, node.tag)
    return node


def _rebase_volume(node: Node, folder: str) -> Node:
    if isinstance(node, Mapping):
        kind = node.get("type")
        return _rebase_field(node, "source", folder) if isinstance(kind, Scalar) and kind.text == "bind" else node
    if isinstance(node, Scalar):
        source, colon, rest = node.text.partition(":")
        if colon and source.startswith("."):
            moved = join_path(folder, source)
            return _moved(node, f"{moved if moved.startswith(('.', '/')) else './' + moved}:{rest}")
    return node
