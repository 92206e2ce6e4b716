"""What a task sees in its file system: volumes, folders of the host and of the allocation, memory, and rendered files."""

from typing import Any

import msgspec

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder, Text
from isomorph.model.workload import Binary, File, Mount
from isomorph.platforms.nomad.draft import TaskDraft
from isomorph.platforms.nomad.known import TEMPLATE, VOLUME, VOLUME_MOUNT
from isomorph.platforms.nomad.reading import amount_at, blocks_of, boolean_at, items_of, mappings_of, string_at
from isomorph.syntax.hcl.body import Block, Body
from isomorph.syntax.tree import Mapping, Node, Scalar, to_data

_SHARED = ("local", "secrets", "alloc")
"""The folders of a task that a container sees at its root."""

_ACCESS = {
    "single-node-writer": ("read-write-once",),
    "single-node-single-writer": ("read-write-once",),
    "single-node-reader-only": ("read-write-once",),
    "multi-node-reader-only": ("read-only-many",),
    "multi-node-single-writer": ("read-write-once",),
    "multi-node-multi-writer": ("read-write-many",),
}
_EXACT_ACCESS = frozenset(("single-node-writer", "multi-node-reader-only", "multi-node-multi-writer"))


class Bind(msgspec.Struct):
    """A path of the task's own folder, `local/app.conf`, that the container sees elsewhere."""

    source: str
    target: str
    origin: Origin
    read_only: bool | None = None
    used: bool = False
    place: Origin | None = None  # of `readonly`


def read_volumes(draft: TaskDraft, config: Mapping) -> None:
    """`volumes = ["SOURCE:TARGET[:OPTIONS]"]`: relative sources are in the task's folder, unless a driver has them."""
    driver = config.get("volume_driver")
    if driver is not None:
        draft.reading.keep(draft.path, ("config", "volume_driver"), to_data(driver), driver.origin)
    for node in items_of(config.get("volumes")):
        text = draft.string(node)
        source, colon, rest = text.partition(":")
        target, _, options = rest.partition(":")
        if not colon or not target:
            raise InvalidInput(f"{text!r} is no volume of Docker", node.origin, "write SOURCE:TARGET[:ro]")
        read_only = True if "ro" in options.split(",") else None
        others = [option for option in options.split(",") if option not in ("ro", "rw", "")]
        if driver is not None and not source.startswith("/"):
            name = draft.draft.add_volume(source, Volume("persistent"), node.origin)
            add_mount(draft, target, Mount(name, None, read_only), node.origin)
        else:
            add_bind(draft, Bind(source, target, node.origin, read_only))
        if others:
            draft.reading.keep((*draft.path, "mounts", target), ("options",), others, node.origin)


def read_mounts(draft: TaskDraft, config: Mapping) -> None:
    """`mount { type, source, target, readonly }`, or `mounts = […]`."""
    for field in ("mount", "mounts"):
        for mount in mappings_of(config.get(field)):
            _read_mount(draft, mount)


def _read_mount(draft: TaskDraft, mount: Mapping) -> None:
    said = {
        name: draft.string(node) for name in ("type", "source", "target") if isinstance(node := mount.get(name), Scalar)
    }
    target = said.get("target", "")
    if not target:
        raise InvalidInput("a mount needs a target", mount.origin, 'add `target = "PATH"`, the path in the container')
    kind, source = said.get("type", "volume"), said.get("source", "")
    flag = mount.get("readonly")
    read_only = boolean_at(flag, "readonly") if flag is not None else None
    place = flag.origin if flag is not None else None
    if kind == "bind":
        add_bind(draft, Bind(source, target, mount.origin, read_only, place=place))
    else:
        if kind == "tmpfs":
            volume = Volume("memory", size=_tmpfs_size(mount))
            name = draft.draft.add_volume(own_name(draft, target), volume, mount.origin)
        elif source:
            name = draft.draft.add_volume(source, Volume("persistent"), mount.origin)
        else:
            name = draft.draft.add_volume(own_name(draft, target), Volume("ephemeral"), mount.origin)
        add_mount(draft, target, Mount(name, None, read_only), mount.origin)
        if place is not None:
            draft.reading.origins[*draft.path, "mounts", target, "read_only"] = place
    _keep_options(draft, mount, target)


def _tmpfs_size(mount: Mapping) -> int | Placeholder | None:
    for options in mappings_of(mount.get("tmpfs_options")):
        size = options.get("size")
        if size is not None:
            return amount_at(size, "size", 1)
    return None


def _keep_options(draft: TaskDraft, mount: Mapping, target: str) -> None:
    for name, node in mount.items():
        if name in ("type", "source", "target", "readonly"):
            continue
        for options in mappings_of(node):
            for key, value in options.items():
                if (name, key) != ("tmpfs_options", "size"):
                    location = (name, key)
                    draft.reading.keep((*draft.path, "mounts", target), location, to_data(value), value.origin)


def read_tmpfs(draft: TaskDraft, node: Node) -> None:
    """Podman's `tmpfs = ["PATH"]`."""
    for item in items_of(node):
        target = draft.string(item).partition(":")[0]
        name = draft.draft.add_volume(own_name(draft, target), Volume("memory"), item.origin)
        add_mount(draft, target, Mount(name), item.origin)


def own_name(draft: TaskDraft, target: str) -> str:
    """Name a volume that only this container has."""
    unit = draft.draft.unit
    return f"{unit.key}{target}" if len(unit.tasks) == 1 else f"{unit.key}/{draft.task.name}{target}"


def add_mount(draft: TaskDraft, target: str, mount: Mount, origin: Origin) -> None:
    """Add a mount of the container."""
    target = target.rstrip("/") or "/"
    draft.fields.setdefault("mounts", {})[target] = mount
    draft.reading.origins[*draft.path, "mounts", target] = origin


def add_bind(draft: TaskDraft, bind: Bind) -> None:
    """Add a bound path: of the host, or of the task's own folder, whose files are known once templates are read."""
    inside = inside_path(bind.source)
    if inside is None:
        volume = Volume("host", host_path=bind.source)
        name = draft.draft.add_volume(own_name(draft, bind.target), volume, bind.origin)
        add_mount(draft, bind.target, Mount(name, None, bind.read_only), bind.origin)
        if bind.place is not None:
            draft.reading.origins[*draft.path, "mounts", bind.target, "read_only"] = bind.place
    else:
        draft.fields.setdefault("binds", []).append(msgspec.structs.replace(bind, source=inside))


def inside_path(path: str) -> str | None:
    """Give a path below the task's folder as `local/…`, `secrets/…` or `alloc/…`; None for one of the host."""
    if path.startswith("/"):
        return None
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts[:1] == [".."]:
        parts = parts[1:]
    return "/".join(parts)


def settle_binds(draft: TaskDraft) -> None:
    """Turn the bound paths below which no file is rendered into storage that ends with the allocation."""
    for bind in draft.fields.pop("binds", ()):
        if bind.used:
            continue
        shared = bind.source.partition("/")[0] == "alloc"
        name = f"{draft.draft.unit.key}/{bind.source}" if shared else own_name(draft, bind.target)
        draft.draft.add_volume(name, Volume("ephemeral"), bind.origin)
        add_mount(draft, bind.target, Mount(name, None, bind.read_only), bind.origin)
        if not shared:
            draft.reading.keep((*draft.path, "mounts", bind.target), ("source",), bind.source, bind.origin)


def file_paths(draft: TaskDraft, destination: str) -> list[tuple[str, Bind | None]]:
    """Give where the container sees a rendered file, and what binds it there; else it is in the task's folder."""
    inside = inside_path(destination.lstrip("/") if draft.task.driver != "raw_exec" else destination)
    if inside is None:
        return [(destination, None)]
    found: list[tuple[str, Bind | None]] = []
    for bind in draft.fields.get("binds", ()):
        if inside == bind.source:
            found.append((bind.target, bind))
        elif inside.startswith(f"{bind.source}/") or not bind.source:
            found.append((f"{bind.target.rstrip('/')}/{inside[len(bind.source) :].lstrip('/')}", bind))
        else:
            continue
        bind.used = True
    if found:
        return found
    return [(inside if draft.task.driver == "raw_exec" else f"/{inside}", None)]


def add_file(draft: TaskDraft, block: Block, content: Text | Binary, origin: Origin) -> None:
    """Add the file that a template renders, at each place where the container sees it."""
    body = block.body
    destination = draft.string(body.attributes["destination"])
    mode = _mode(body)
    for path, bind in file_paths(draft, destination):
        place = (*draft.path, "files", path)
        draft.fields.setdefault("files", {})[path] = File(content, mode, read_only=bind.read_only if bind else None)
        draft.reading.origins[place] = bind.origin if bind is not None else block.origin
        draft.reading.origins[*place, "content"] = origin
        if mode is not None:
            draft.reading.origins[*place, "mode"] = body.attributes["perms"].origin
        draft.reading.keep_rest(body, TEMPLATE, _TEMPLATE_READ | _silent(body), place, ())


_TEMPLATE_READ = frozenset(["data", "source", "destination", "perms", "env", "left_delimiter", "right_delimiter"])


def _silent(body: Body) -> frozenset[str]:
    """Give the arguments of a template that say what silence means."""
    said = body.attributes.get("change_mode")
    return frozenset(("change_mode",)) if said is not None and string_at(said) == "restart" else frozenset()


def _mode(body: Body) -> int | None:
    node = body.attributes.get("perms")
    if node is None:
        return None
    text = string_at(node)
    try:
        return int(text, 8)
    except ValueError:
        raise InvalidInput(f"perms are no permission bits: {text[:20]!r}", node.origin, 'write "0644"') from None


def read_volume_mounts(draft: TaskDraft) -> None:
    """`volume_mount`: a volume of the group at a path of the task."""
    requests = {
        label: block for block in blocks_of(draft.draft.unit.group.body, "volume") for label in block.labels[:1]
    }
    for block in blocks_of(draft.task.body, "volume_mount"):
        said = block.body.attributes
        if "volume" not in said or "destination" not in said:
            raise InvalidInput("a volume_mount needs volume and destination", block.origin, "add what is missing")
        label, target = draft.string(said["volume"]), draft.string(said["destination"])
        request = requests.get(label)
        if request is None:
            hint = f"there are {', '.join(requests)}" if requests else f'add volume "{label}" {{ … }} to the group'
            raise InvalidInput(f"the group has no volume {label}", said["volume"].origin, hint)
        flag = said.get("read_only")
        read_only = boolean_at(flag, "read_only") if flag is not None else None
        name = _read_volume(draft, label, request)
        asked = request.body.attributes.get("read_only")
        if read_only is None and asked is not None and boolean_at(asked, "read_only"):
            read_only = True
        add_mount(draft, target, Mount(name, None, read_only), block.origin)
        place = (*draft.path, "mounts", target.rstrip("/") or "/")
        if flag is not None:
            draft.reading.origins[*place, "read_only"] = flag.origin
        draft.reading.keep_rest(block.body, VOLUME_MOUNT, frozenset(("volume", "destination", "read_only")), place, ())


def _read_volume(draft: TaskDraft, label: str, block: Block) -> str:
    """Read the group's request for a volume: it was made outside of the job, on hosts or by a CSI plugin."""
    said = block.body.attributes
    source = draft.string(said["source"]) if "source" in said else label
    if source in draft.reading.volumes:
        return source
    access: tuple[str, ...] | None = None
    read: set[str] = {"source", "read_only"}
    mode = said.get("access_mode")
    if mode is not None:
        access = _ACCESS.get(string_at(mode))
        if string_at(mode) in _EXACT_ACCESS:
            read.add("access_mode")
    draft.draft.add_volume(source, Volume("persistent", access=access), block.origin)
    path: tuple[str, ...] = ("volumes", source)
    if mode is not None:
        draft.reading.origins[*path, "access"] = mode.origin
    kept: dict[str, Any] = {"label": label} if label != source else {}
    for key, value in kept.items():
        draft.reading.keep(path, (key,), value, block.origin)
    draft.reading.keep_rest(block.body, VOLUME, frozenset(read), path, ())
    return source
