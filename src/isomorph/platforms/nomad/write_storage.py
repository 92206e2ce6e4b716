"""Files and volumes of a task: templates and what of them is mounted, Docker's volumes, memory, folders of the machine."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from isomorph.model.application import Volume
from isomorph.model.origin import Path
from isomorph.model.text import ConfigurationValue, SecretValue, Text, parts_of
from isomorph.model.workload import Binary, Container, File, HostPath, Mount, Workload
from isomorph.platforms.nomad.write_text import Piece, TaskTexts, choose_delimiters
from isomorph.platforms.nomad.writing import Construct, Names, Writing, block, body_of, safe_name, with_entries
from isomorph.syntax.hcl.emit import Block, Heredoc

ENV_FILE = "variables.env"
_LOCAL, _SECRETS = "local", "secrets"


class TaskStorage:
    """What one task mounts: binds in Docker's short form, mounts as blocks, and the templates that make files."""

    def __init__(
        self, writing: Writing, texts: TaskTexts, shared: frozenset[str], requests: dict[str, str], path: Path
    ) -> None:
        self.writing = writing
        self.texts = texts
        self.shared = shared  # volumes that several containers of the workload mount
        self.requests = requests  # labels of the volumes that the group asks for, by volume
        self.path = path
        self.volume_mounts: list[Block] = []
        self.binds: list[Any] = []
        self.mounts: list[Block] = []
        self.templates: list[Block] = []
        self._names = Names()
        self._names.taken.add(f"{_SECRETS}/{ENV_FILE}")
        self._names.taken.add(f"{_LOCAL}/{ENV_FILE}")

    def add_environment(self, rendered: dict[str, list[Piece]]) -> None:
        """Write the variables that are known where the task runs only, as one file that is read into its environment."""
        if not rendered:
            return
        pieces: list[Piece] = []
        for name, value in rendered.items():
            pieces += [f"{name}=", *value, "\n"]
        folder = _SECRETS if self.texts.has_secrets else _LOCAL
        template = block(
            "template",
            destination=f"{folder}/{ENV_FILE}",
            env=True,
            change_mode="restart",
            data=Heredoc(_merge(pieces)),
        )
        self.templates.insert(0, template)
        self.writing.constructs[(*self.path, "variables")] = body_of(template)

    def add_file(self, target: str, file: File) -> None:
        """Write a file: a template that renders it, mounted where the container expects it."""
        path = (*self.path, "files", target)
        content = file.content
        if isinstance(content, HostPath) or file.folder:
            what = content.path if isinstance(content, HostPath) else f"the folder {target}"
            self.writing.report("lost", f"{path[1]}: {what} was not there to be read", path)
            return
        if isinstance(content, Binary):
            text: list[Piece] = [f'{{{{ "{b64encode(content.data).decode()}" | base64Decode }}}}']
            self._add_template(target, file, text, ("{{", "}}"), secret=False)
            return
        left, right = choose_delimiters(content)
        # Nomad refuses a template without a text.
        text = self.texts.render(content, path, left=left, right=right) if content else ['{{ "" }}']
        self._add_template(target, file, text, (left, right), secret=_is_secret(content))

    def _add_template(
        self, target: str, file: File, text: list[Piece], delimiters: tuple[str, str], *, secret: bool
    ) -> None:
        folder = _SECRETS if secret else _LOCAL
        source = f"{folder}/{safe_file(target)}"
        if source in self._names.taken:
            source = f"{source}-{sha256(target.encode()).hexdigest()[:8]}"
        source = self._names.give(source)
        own = delimiters != ("{{", "}}")
        template = block(
            "template",
            destination=source,
            perms=None if file.mode is None else f"{file.mode:03o}",
            change_mode="restart",
            left_delimiter=delimiters[0] if own else None,
            right_delimiter=delimiters[1] if own else None,
            data=Heredoc(_merge(text)),
        )
        self.templates.append(template)
        self.writing.constructs[(*self.path, "files", target)] = body_of(template)
        self._bind(source, target, read_only=file.read_only)

    def add_mount(self, target: str, mount: Mount) -> None:
        """Write a volume that the container mounts."""
        path = (*self.path, "mounts", target)
        volume = self.writing.application.volumes.get(mount.volume) or Volume("persistent")
        if mount.sub_path and volume.kind != "host":
            what = f"{target} is the whole volume {mount.volume}, not {mount.sub_path} in it"
            self.writing.lose("volume.sub-path", path, what)
        if volume.kind == "memory":
            self._add_memory(target, mount, volume, path)
        elif volume.kind == "ephemeral":
            self._add_ephemeral(target, mount, path)
        elif volume.kind == "host":
            inner = f"/{mount.sub_path.strip('/')}" if mount.sub_path else ""
            source = f"{(volume.host_path or '/').rstrip('/')}{inner}" or "/"
            self._add_docker_mount("bind", source, target, mount)
        elif mount.volume in self.requests:
            label = self.requests[mount.volume]
            written = block("volume_mount", volume=label, destination=target, read_only=mount.read_only)
            self.volume_mounts.append(written)
            self.writing.constructs[path] = body_of(written)
        else:
            self._add_docker_mount("volume", self.writing.docker_volume(mount.volume), target, mount)

    def _add_ephemeral(self, target: str, mount: Mount, path: Path) -> None:
        """Write storage that ends with the allocation: a folder of it, which several tasks see where they share it."""
        kept = self.writing.extra(path, "source")
        name = safe_name(mount.volume.rpartition("/alloc/")[2])
        shared = mount.volume in self.shared or "/alloc/" in mount.volume
        source = str(kept) if kept else f"../alloc/{name}" if shared else f"{_LOCAL}/{name}"
        self._bind(source, target, read_only=mount.read_only)

    def _add_memory(self, target: str, mount: Mount, volume: Volume, path: Path) -> None:
        inner: Construct = []
        if isinstance(volume.size, int):
            inner.append(block("tmpfs_options", size=volume.size))
        if mount.volume in self.shared:
            self.writing.report("approximated", f"{path[1]}: each container has memory of its own at {target}", path)
        written = block("mount", body=inner, type="tmpfs", target=self._config(target), **_readonly(mount))
        self.mounts.append(written)
        self.writing.constructs[path] = body_of(written)

    def _add_docker_mount(self, kind: str, source: str, target: str, mount: Mount) -> None:
        written = block(
            "mount", type=kind, source=self._config(source), target=self._config(target), **_readonly(mount)
        )
        self.mounts.append(written)
        self.writing.constructs[(*self.path, "mounts", target)] = body_of(written)
        if self.writing.from_nomad:
            return
        what = "folders of the machine" if kind == "bind" else "Docker's volumes"
        message = f"{self.path[1]}: {what} need `volumes {{ enabled = true }}` in the clients' docker plugin"
        self.writing.report_once("assumed", message, (*self.path, "mounts", target))

    def _bind(self, source: str, target: str, *, read_only: bool | None) -> None:
        options = self.writing.extra((*self.path, "mounts", target), "options") or []
        if ":" in target or read_only is False:
            said: dict[str, Any] = {} if read_only is None else {"readonly": read_only}
            self.mounts.append(block("mount", type="bind", source=source, target=self._config(target), **said))
        else:
            words = [*(["ro"] if read_only else []), *(str(option) for option in options)]
            self.binds.append(self._config(f"{source}:{target}{':' if words else ''}{','.join(words)}"))

    def _config(self, text: str) -> Any:
        return self.texts.in_config(text, self.path)


def _readonly(mount: Mount) -> dict[str, Any]:
    return {} if mount.read_only is None else {"readonly": mount.read_only}


def safe_file(target: str) -> str:
    """Give a file's name below the task's own folder."""
    return safe_name_of_file(target.rpartition("/")[2]) or "file"


def safe_name_of_file(name: str) -> str:
    """Make a text the name of a file that needs no quoting anywhere."""
    return "".join(each if each.isascii() and (each.isalnum() or each in "._-") else "-" for each in name).lstrip(".-")


def _is_secret(text: Text) -> bool:
    return any(isinstance(part, SecretValue | ConfigurationValue) for part in parts_of(text))


def _merge(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Join neighbouring literals."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


_MODES = {
    ("read-write-once",): "single-node-writer",
    ("read-only-many",): "multi-node-reader-only",
    ("read-write-many",): "multi-node-multi-writer",
}


def write_requests(writing: Writing, workload: Workload) -> tuple[dict[str, str], list[Block]]:
    """Write the volumes that a group asks for, as its job of Nomad did; gives their labels by volume."""
    labels: dict[str, str] = {}
    requests: list[Block] = []
    for container in workload.containers.values():
        for mount in container.mounts.values():
            path: Path = ("volumes", mount.volume)
            volume = writing.application.volumes.get(mount.volume)
            kept = writing.extras.get(path, [])
            if volume is None or mount.volume in labels or not any(extra.location == ("type",) for extra in kept):
                continue
            said = {str(extra.location[0]): extra.value for extra in kept if len(extra.location) == 1}
            label = labels[mount.volume] = str(said.pop("label", mount.volume))
            options = said.pop("mount_options", None)
            if volume.access in _MODES:
                said.setdefault("access_mode", _MODES[volume.access])
            inner: Construct = [with_entries("mount_options", options)] if isinstance(options, dict) else []
            requests.append(Block("volume", (label,), [{"source": mount.volume, **said}, *inner]))
            writing.requested.add(mount.volume)
    return labels, requests


def write_storage(storage: TaskStorage, container: Container) -> None:
    """Take all files and mounts of a container."""
    for target, file in container.files.items():
        storage.add_file(target, file)
    for target, mount in container.mounts.items():
        storage.add_mount(target, mount)
