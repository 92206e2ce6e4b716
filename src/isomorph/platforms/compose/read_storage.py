"""What a service mounts: named, anonymous and memory volumes, folders of the host, and files of the project."""

import re
from typing import Any

import msgspec

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, parts_of
from isomorph.model.workload import Binary, File, HostPath, Mount
from isomorph.platforms.compose.interpolation import spell_part
from isomorph.platforms.compose.paths import is_local, join_path
from isomorph.platforms.compose.read_process import MARK, Fields
from isomorph.platforms.compose.reading import Reading, is_unset, items_of, to_string, to_text
from isomorph.platforms.compose.scalars import parse_size
from isomorph.syntax.tree import Mapping, Node, Scalar

MAXIMUM_FILES = 1_000
"""Files of a bound folder that are read one by one; a larger folder is one thing."""
MAXIMUM_FILE_SIZE = 1024 * 1024
MAXIMUM_TOTAL_SIZE = 64 * 1024 * 1024
"""Bytes of bound files that are read for one project; the others' contents stay unknown."""

_PROPAGATION = frozenset(("shared", "rshared", "slave", "rslave", "private", "rprivate"))


class Request(msgspec.Struct):
    """One entry of `volumes` or `tmpfs`, short or long."""

    kind: str  # bind | volume | tmpfs | others that are kept as they are
    source: str
    target: str
    origin: Origin
    unresolved: bool = False  # its source depends on a variable that is not set
    read_only: bool | None = None
    sub_path: str | None = None
    size: int | Placeholder | None = None
    places: dict[str, Origin] = {}  # of read_only, sub_path and size in the long form
    others: tuple[tuple[tuple[str, ...], Any], ...] = ()  # what the model does not say, by its place in the long form


def read_volumes(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`volumes`."""
    for item in items_of(node):
        request = _parse_long(reading, item) if isinstance(item, Mapping) else _parse_short(reading, item)
        if request is not None:
            _add(reading, request, path, fields)


def read_tmpfs(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`tmpfs`: a folder in memory each, `PATH[:OPTIONS]`."""
    for item in items_of(node):
        target, _, options = to_string(item).partition(":")
        request = Request("tmpfs", "", target, item.origin)
        others = _read_tmpfs_options(reading, item, options, request)
        if others:
            request.others = ((("options",), ",".join(others)),)
        _add(reading, request, path, fields)


def _read_tmpfs_options(reading: Reading, node: Node, options: str, request: Request) -> list[str]:
    others: list[str] = []
    for option in options.split(",") if options else ():
        name, _, value = option.partition("=")
        if name == "ro":
            request.read_only = True
        elif name == "size" and not value.endswith("%"):
            try:
                request.size = Placeholder(value) if is_unset(node) and "$" in value else parse_size(value)
            except ValueError as error:
                reading.fault(str(error), node.origin)
        elif option != "rw":
            others.append(option)
    return others


def _parse_short(reading: Reading, node: Node) -> Request | None:
    """Read `[SOURCE:]TARGET[:OPTIONS]`; a drive letter of Windows is part of its path."""
    parts, unresolved = _split_colons(node)
    if len(parts) == 1:
        return Request("volume", "", parts[0], node.origin)
    source, target = parts[0], parts[1]
    # A source that starts with a variable is most often a folder of the host; nothing else would be told of it.
    local = is_local(source) or source[1:2] == ":" or (unresolved and source.startswith("$"))
    request = Request("bind" if local else "volume", source, target, node.origin)
    request.unresolved = unresolved
    others: list[tuple[tuple[str, ...], Any]] = []
    for option in parts[2].split(",") if len(parts) > 2 else ():
        if option == "ro":
            request.read_only = True
        elif option == "nocopy":
            others.append((("volume", "nocopy"), True))
        elif option in ("z", "Z"):
            others.append((("bind", "selinux"), option))
        elif option in _PROPAGATION:
            others.append((("bind", "propagation"), option))
        elif option not in ("rw", ""):
            others.append((("consistency",), option))
    if len(parts) > 3:
        reading.fault(f"{to_string(node)!r} has too many colons for a volume", node.origin, "write SOURCE:TARGET[:ro]")
        return None
    request.others = tuple(others)
    return request


def _split_colons(node: Node) -> tuple[list[str], bool]:
    """Split at colons, but for that of a drive (`C:\\x`) and those of variables; tells if the first piece is unresolved."""
    parts = parts_of(to_text(node)) if is_unset(node) else (to_string(node),)
    text = "".join(part if isinstance(part, str) else MARK for part in parts)
    expressions = iter([spell_part(part) for part in parts if not isinstance(part, str)])
    pieces = text.split(":")
    if len(pieces) > 1 and len(pieces[0]) == 1 and pieces[0].isalpha():
        pieces[:2] = [f"{pieces[0]}:{pieces[1]}"]
    unresolved = MARK in pieces[0] and is_unset(node)
    if not unresolved and MARK not in text:
        return pieces, False
    return [re.sub(MARK, lambda _: next(expressions, ""), piece) for piece in pieces], unresolved


def _parse_long(reading: Reading, node: Mapping) -> Request | None:
    values = {key: to_string(node.entries[key]) for key in ("type", "source", "target") if key in node}
    if not values.get("target"):
        reading.fault("a volume needs a target", node.origin, "add `target:`, the path in the container")
        return None
    request = Request(values.get("type", "volume"), values.get("source", ""), values["target"], node.origin)
    request.unresolved = "source" in node and is_unset(node["source"])
    others: list[tuple[tuple[str, ...], Any]] = []
    for key, value in node.items():
        if key == "read_only":
            request.read_only = reading.boolean(value)
            request.places["read_only"] = value.origin
        elif key in ("bind", "volume", "tmpfs", "image") and isinstance(value, Mapping):
            for name, inner in value.items():
                if (key, name) == ("volume", "subpath"):
                    request.sub_path = to_string(inner)
                    request.places["sub_path"] = inner.origin
                elif (key, name) == ("tmpfs", "size"):
                    request.size = reading.amount(inner, parse_size)
                    request.places["size"] = inner.origin
                else:
                    others.append(((key, name), inner))
        elif key not in values:
            others.append(((key,), value))
    request.others = tuple(others)
    return request


def _add(reading: Reading, request: Request, path: Path, fields: Fields) -> None:
    """Put a request where it belongs in the model."""
    target = request.target.rstrip("/") or "/"
    if request.kind == "bind" and _is_inside(reading, request):
        fields.setdefault("files", {})
        _add_files(reading, request, target, path, fields["files"])
        _keep_others(reading, request, (*path, "files", target))
        return
    place = (*path, "mounts", target)
    name = request.source
    if request.kind == "volume" and name:
        if request.unresolved:
            reading.volumes.setdefault(name, Volume("persistent"))
        elif not _check_defined(reading, name, request.origin):
            return
    elif request.kind in ("bind", "volume", "tmpfs"):
        name = _add_own(reading, request, target, path)
    else:
        others = {key[0]: value for key, value in request.others if len(key) == 1}
        plain = {"type": request.kind, "source": request.source, "target": request.target, **others}
        reading.keep_plain(path, ("volumes", target), plain, request.origin)
        return
    fields.setdefault("mounts", {})[target] = Mount(name, request.sub_path, request.read_only)
    reading.origins[place] = request.origin
    for field in ("read_only", "sub_path"):
        if field in request.places:
            reading.origins[*place, field] = request.places[field]
    _keep_others(reading, request, place)


def _keep_others(reading: Reading, request: Request, place: Path) -> None:
    for location, value in request.others:
        if isinstance(value, Scalar | Mapping):
            reading.keep(place, location, value)
        else:
            reading.keep_plain(place, location, value, request.origin)


def _check_defined(reading: Reading, name: str, origin: Origin) -> bool:
    if name in reading.sections["volumes"]:
        return True
    from difflib import get_close_matches

    close = get_close_matches(name, reading.sections["volumes"].entries, 1)
    hint = f"did you mean {close[0]}?" if close else f"add `{name}:` below the top-level `volumes:`"
    reading.fault(f"volume {name} is not defined", origin, hint)
    return False


def _add_own(reading: Reading, request: Request, target: str, path: Path) -> str:
    """Define a volume that only this service has: a folder of the host, memory, or an anonymous volume."""
    name = f"{path[1]}{target}"
    if name in reading.volumes:
        name = f"{path[1]}/{path[3]}{target}"
    if request.kind == "bind":
        volume = Volume("host", host_path=request.source)
    elif request.kind == "tmpfs":
        volume = Volume("memory", size=request.size)
    else:
        volume = Volume("ephemeral")
    reading.volumes[name] = volume
    reading.origins["volumes", name] = request.origin
    if "size" in request.places:
        reading.origins["volumes", name, "size"] = request.places["size"]
    return name


def _is_inside(reading: Reading, request: Request) -> bool:
    """Tell whether a bound path lies in the project: relative and not above it, or below its folder."""
    source = request.source
    if source.startswith("~") or source[1:3] == ":\\" or (request.unresolved and not source.startswith(".")):
        return False
    folder = reading.folder
    path = join_path(folder, source)
    if source.startswith("/"):
        return folder.startswith("/") and (path + "/").startswith(folder.rstrip("/") + "/")
    if folder in ("", "."):
        return not (path == ".." or path.startswith("../"))
    return path == folder or path.startswith(folder + "/")


def _add_files(reading: Reading, request: Request, target: str, path: Path, files: dict[str, File]) -> None:
    """Add the file that is bound, or each file of the folder that is bound."""
    source = join_path(reading.folder, request.source)
    place = (*path, "files", target)
    reading.origins[place] = request.origin
    read_only = request.read_only
    if request.unresolved:
        files[target] = File(HostPath(request.source), read_only=read_only)
        return
    try:
        if reading.context.files.is_file(source):
            files[target] = File(read_content(reading, source, request.source), read_only=read_only)
            _place_content(reading, place, source, request.origin)
            return
        found = list_files(reading, source) if reading.context.files.is_folder(source) else None
    except (InvalidInput, OSError):
        found = None
    if found is None:
        suffix = "." in request.source.rstrip("/").rpartition("/")[2].lstrip(".")
        folder = not suffix or request.source.endswith("/")
        files[target] = File(HostPath(request.source), folder=folder, read_only=read_only)
        reading.report("missing-file", f"{source} is not there; its content is unknown", request.origin, place)
    elif not 0 < len(found) <= MAXIMUM_FILES or _holds_all(reading, source):
        files[target] = File(HostPath(request.source), folder=True, read_only=read_only)
    else:
        base = target.rstrip("/")
        for relative in found:
            inner = f"{base}/{relative}"
            content = read_content(reading, f"{source}/{relative}", f"{request.source.rstrip('/')}/{relative}")
            files[inner] = File(content, read_only=read_only)
            reading.origins[*path, "files", inner] = request.origin
            _place_content(reading, (*path, "files", inner), f"{source}/{relative}", request.origin)


def _holds_all(reading: Reading, folder: str) -> bool:
    """Tell whether a folder is that of the definition, or around it: what is at work on is bound there, not what is set up."""
    return folder in ("", ".") or reading.folder == folder or reading.folder.startswith(f"{folder}/")


def _place_content(reading: Reading, place: Path, source: str, origin: Origin) -> None:
    reading.origins[*place, "content"] = Origin(source).through(origin)


def list_files(reading: Reading, folder: str) -> list[str]:
    """Give the files below a folder, relative to it, sorted; stops once there are too many."""
    found: list[str] = []
    waiting = [""]
    while waiting and len(found) <= MAXIMUM_FILES:
        inner = waiting.pop()
        for name in reading.context.files.list_folder(f"{folder}/{inner}" if inner else folder):
            relative = f"{inner}/{name}" if inner else name
            if reading.context.files.is_folder(f"{folder}/{relative}"):
                waiting.append(relative)
                if len(waiting) > MAXIMUM_FILES:
                    return [""] * (MAXIMUM_FILES + 1)
            elif reading.context.files.is_file(f"{folder}/{relative}"):
                found.append(relative)
    return sorted(found)


def read_content(reading: Reading, path: str, written: str) -> str | Binary | HostPath:
    """Give a file's content: text where it is UTF-8, else bytes; a file that is too large or unreadable stays a path."""
    known = reading.contents.get(path)
    if known is None:
        known = reading.contents[path] = _read_new_content(reading, path)
    return known if known is not UNREADABLE else HostPath(written)


UNREADABLE = Binary(b"unreadable")


def _read_new_content(reading: Reading, path: str) -> str | Binary:
    try:
        data = reading.context.files.read_bytes(path)
    except (OSError, InvalidInput):
        return UNREADABLE
    reading.bytes_read += len(data)
    if len(data) > MAXIMUM_FILE_SIZE or reading.bytes_read > MAXIMUM_TOTAL_SIZE:
        return UNREADABLE
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Binary(data)
