"""docker_container, with the images, volumes and networks that it names, as a Compose project.

Source: docs/resources/container.md of kreuzwerker/docker 3 and 4. A container is what `docker run` makes; what the provider
does where nothing is said (no restart, the engine's own health timing) is said in so many words, for silence in Terraform is
Kubernetes'.
"""

import re
from collections.abc import Callable
from typing import Any

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import parts_of
from isomorph.platforms.context import Handed, Source
from isomorph.platforms.terraform.module import Module, Resource, Step, block_of, blocks_of
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.open_values import plain
from isomorph.platforms.terraform.workloads.settling import settle_silence
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

TYPES = frozenset(("docker_container", "docker_image", "docker_volume", "docker_network"))

_SAME = {
    "entrypoint": "entrypoint",
    "command": "command",
    "env": "environment",
    "working_dir": "working_dir",
    "user": "user",
    "hostname": "hostname",
    "domainname": "domainname",
    "privileged": "privileged",
    "read_only": "read_only",
    "stop_signal": "stop_signal",
    "ipc_mode": "ipc",
    "pid_mode": "pid",
    "security_opts": "security_opt",
    "dns": "dns",
    "dns_search": "dns_search",
    "dns_opts": "dns_opt",
    "group_add": "group_add",
    "init": "init",
    "tty": "tty",
    "stdin_open": "stdin_open",
    "userns_mode": "userns_mode",
    "runtime": "runtime",
    "sysctls": "sysctls",
    "cgroup_parent": "cgroup_parent",
    "cpu_set": "cpuset",
    "cpu_shares": "cpu_shares",
    "cpus": "cpus",
}
"""Arguments that are Compose's own, under another name or the same."""

_READ = frozenset(
    (
        *_SAME,
        *(
            "name",
            "image",
            "ports",
            "volumes",
            "mounts",
            "tmpfs",
            "upload",
            "healthcheck",
            "restart",
            "max_retry_count",
        ),
        *("memory", "memory_reservation", "shm_size", "capabilities", "labels", "network_mode", "networks_advanced"),
        *("stop_timeout", "host", "id"),
    )
)
_STRINGS = frozenset(("user", "cpus", "stop_signal"))
_UNNAMED = re.compile(r"[^\w.-]+", re.ASCII)
_RESTARTS = ("", "no", "on-failure", "always", "unless-stopped")
_INHERITED = frozenset(("0s", "0", "0ms", "0m"))


class Project:
    """The containers of a configuration, put together as one project."""

    def __init__(self, module: Module, reading: Reading) -> None:
        self.module = module
        self.reading = reading
        self.services = _Tree(Origin("-"))
        self.volumes = _Tree(Origin("-"))
        self.networks = _Tree(Origin("-"))
        self.configs = _Tree(Origin("-"))
        self.names: dict[str, str] = {}  # address -> service
        self.current: Resource | None = None

    def read(self, containers: list[Resource]) -> Definition:
        """Read all containers."""
        for resource in containers:
            self.names[resource.address] = _name_of(resource)
        for resource in containers:
            name = self.names[resource.address]
            if name not in self.services.entries:
                self.services.put(name, self.service(resource), resource.origin)
            for key, node in resource.body.items():
                if key not in _READ and plain(node) not in (None, "", []):
                    self.reading.keep((), ("resources", resource.address, key), plain(node), node.origin)
        root = _Tree(containers[0].origin)
        for section in ("services", "volumes", "networks", "configs"):
            tree: _Tree = getattr(self, section)
            if tree.entries:
                root.put(section, tree.done(), containers[0].origin)
        handed = Handed(Source(self.reading.folder), containers[0].origin, trees=(root.done(),))
        return settle_silence(self.reading.context.read("compose", handed), "compose")

    def service(self, resource: Resource) -> Mapping:
        """Write one container as a service."""
        body = resource.body
        self.current = resource
        tree = _Tree(resource.origin)
        self.image(body, tree)
        for name, key in _SAME.items():
            node = body.get(name)
            if node is not None and not _is_silent(node):
                tree.put(key, _as_string(node) if name in _STRINGS else node, _key_of(body, name))
        for writer in _WRITERS:
            writer(self, body, tree)
        self.network(body, tree)
        waits = [
            self.names[link.address]
            for link in resource.links
            if link.path == ("depends_on",) and link.address in self.names
        ]
        if waits:
            tree.put("depends_on", Sequence(resource.origin, [_scalar(each, resource.origin) for each in waits]))
        tree.put("pull_policy", _scalar("missing", resource.origin))
        return tree.done()

    def image(self, body: Mapping, tree: "_Tree") -> None:
        """Say the image: its name, where the resource or data source is known that has it, and how it is built."""
        node = body.get("image")
        if node is None:
            return
        found = self.target(node) or self.image_of(node)
        if found is not None and found.type in ("docker_image", "docker_registry_image"):
            name = found.body.get("name")
            if name is not None:
                via = Origin(node.origin.file, node.origin.line, node.origin.column, (name.origin,))
                node = _at(name, via) if isinstance(name, Scalar) else node
            build = block_of(found.body, "build")
            if build is not None:
                tree.put("build", _build(build), found.origin)
        tree.put("image", node, _key_of(body, "image"))

    def image_of(self, node: Node) -> Resource | None:
        """Give the image that a state has by its identifier."""
        text = _plain_text(node)
        if not text.startswith("sha256:"):
            return None
        for each in self.module.resources:
            if each.type == "docker_image" and text in (
                _plain_text(each.body.get(name)) for name in ("image_id", "id")
            ):
                return each
        return None

    def target(self, node: Node) -> Resource | None:
        """Give the resource of which a text is an attribute, and nothing else."""
        if not isinstance(node, Interpolated) or len(parts_of(node.parts)) != 1:
            return None
        link = self.module.attribute_of(parts_of(node.parts)[0])
        found = self.module.find(link.address) if link is not None else None
        return found if isinstance(found, Resource) else None

    def network(self, body: Mapping, tree: "_Tree") -> None:
        mode = body.get("network_mode")
        if isinstance(mode, Scalar) and not _is_silent(mode) and plain(mode) not in ("bridge", "default"):
            parts = parts_of(mode.parts) if isinstance(mode, Interpolated) else ()
            link = self.module.attribute_of(parts[1]) if len(parts) == 2 and parts[0] == "container:" else None
            if link is not None and link.address in self.names:
                tree.put("network_mode", _scalar(f"service:{self.names[link.address]}", mode.origin))
            else:
                tree.put("network_mode", mode, _key_of(body, "network_mode"))
            return
        networks = _Tree(body.origin)
        for number, block in enumerate(blocks_of(body, "networks_advanced")):
            name = self.name_of(block.get("name"), "networks_advanced", number, "name")
            inner = _Tree(block.origin)
            for key in ("aliases", "ipv4_address", "ipv6_address", "mac_address"):
                inner.take(block, key)
            networks.put(name, inner.done(), block.origin)
            self.networks.put(name, Mapping(block.origin, {}, {}), block.origin)
        if networks.entries:
            tree.put("networks", networks.done(), body.origin)

    def name_of(self, node: Node | None, *path: Step) -> str:
        """Give the name of a volume or network at a path: what it is called, else what its resource is."""
        text = _plain_text(node)
        if "${" in text and self.current is not None:
            for link in self.current.links:
                found = self.module.find(link.address)
                if link.path == path and isinstance(found, Resource) and found.type in TYPES:
                    return _name_of(found)
        return _UNNAMED.sub("-", text).strip("-") or "unnamed"


def _name_of(resource: Resource) -> str:
    """Give what a container, volume or network is called; where only an apply tells, what its instance is."""
    name = _plain_text(resource.body.get("name"))
    if name and "${" not in name:
        return name
    return resource.name if resource.key is None else f"{resource.name}-{_UNNAMED.sub('-', str(resource.key))}"


def _ports(project: Project, body: Mapping, tree: "_Tree") -> None:
    ports: list[Node] = []
    for block in blocks_of(body, "ports"):
        inner = _Tree(block.origin)
        inner.take(block, "internal", "target", _as_number)
        inner.take(block, "external", "published", _as_string)
        inner.take(block, "ip", "host_ip", lambda node: None if plain(node) == "0.0.0.0" else node)
        inner.take(block, "protocol")
        ports.append(inner.done())
    if ports:
        tree.put("ports", Sequence(body.origin, ports), body.origin)


def _volumes(project: Project, body: Mapping, tree: "_Tree") -> None:
    found: list[Node] = []
    for number, block in enumerate(blocks_of(body, "volumes")):
        inner = _Tree(block.origin)
        host = block.get("host_path")
        named = block.get("volume_name")
        if host is not None and not _is_silent(host):
            inner.put("type", _scalar("bind", block.origin))
            inner.put("source", host)
        else:
            inner.put("type", _scalar("volume", block.origin))
            if named is not None and not _is_silent(named):
                _name_volume(project, named, inner, ("volumes", number, "volume_name"))
        inner.take(block, "container_path", "target")
        inner.take(block, "read_only")
        found.append(inner.done())
    found += [_mount(project, block, number) for number, block in enumerate(blocks_of(body, "mounts"))]
    if found:
        tree.put("volumes", Sequence(body.origin, found), body.origin)
    tmpfs = body.get("tmpfs")
    if isinstance(tmpfs, Mapping) and tmpfs.entries:
        texts: list[Node] = [
            _scalar(f"{path}:{plain(options)}" if plain(options) else path, options.origin)
            for path, options in tmpfs.items()
        ]
        tree.put("tmpfs", Sequence(tmpfs.origin, texts), tmpfs.origin)


def _mount(project: Project, block: Mapping, number: int) -> Mapping:
    inner = _Tree(block.origin)
    inner.take(block, "type")
    source = block.get("source")
    if source is not None and not _is_silent(source):
        if plain(block.get("type") or source) == "volume":
            _name_volume(project, source, inner, ("mounts", number, "source"))
        else:
            inner.put("source", source)
    inner.take(block, "target")
    inner.take(block, "read_only")
    tmpfs, volume = block_of(block, "tmpfs_options"), block_of(block, "volume_options")
    if tmpfs is not None:
        options = _Tree(tmpfs.origin)
        options.take(tmpfs, "size_bytes", "size")
        inner.put("tmpfs", options.done())
    if volume is not None and volume.get("subpath") is not None:
        options = _Tree(volume.origin)
        options.take(volume, "subpath")
        inner.put("volume", options.done())
    return inner.done()


def _name_volume(project: Project, node: Node, inner: "_Tree", path: tuple[Step, ...]) -> None:
    name = project.name_of(node, *path)
    inner.put("source", _scalar(name, node.origin))
    project.volumes.put(name, Mapping(node.origin, {}, {}), node.origin)


def _uploads(project: Project, body: Mapping, tree: "_Tree") -> None:
    """Say files that are put into a container as configs, whose content stands in the project."""
    found: list[Node] = []
    for block in blocks_of(body, "upload"):
        path, content = _plain_text(block.get("file")), block.get("content")
        if not path or content is None or _is_silent(content):
            project.reading.keep((), ("upload", path), "a file that is not read here", block.origin)
            continue
        name = f"upload-{len(project.configs.entries) + 1}"
        config = _Tree(block.origin)
        config.put("content", content)
        project.configs.put(name, config.done(), block.origin)
        use = _Tree(block.origin)
        use.put("source", _scalar(name, block.origin))
        use.put("target", _scalar(path, block.origin))
        mode = _plain_text(block.get("permissions"))
        if mode.isdigit():
            use.put("mode", Scalar(block.origin, int(mode, 8), str(int(mode, 8))))
        found.append(use.done())
    if found:
        tree.put("configs", Sequence(body.origin, found))


def _health(project: Project, body: Mapping, tree: "_Tree") -> None:
    block = block_of(body, "healthcheck")
    if block is None:
        return
    inner = _Tree(block.origin)
    inner.take(block, "test")
    for name in ("interval", "timeout", "start_period", "start_interval", "retries"):
        inner.take(block, name, name, lambda node: None if str(plain(node)) in _INHERITED else node)
    tree.put("healthcheck", inner.done(), block.origin)


def _life(project: Project, body: Mapping, tree: "_Tree") -> None:
    restart = _plain_text(body.get("restart"))
    count = _plain_text(body.get("max_retry_count"))
    if restart == "on-failure" and count not in ("", "0"):
        restart = f"on-failure:{count}"
    node = body.get("restart")
    if node is not None and not isinstance(node, Interpolated) and restart.partition(":")[0] not in _RESTARTS:
        raise InvalidInput("this is no policy of restarts", node.origin, f"write one of {', '.join(_RESTARTS[1:])}")
    tree.put("restart", _scalar(restart or "no", node.origin if node is not None else body.origin))
    seconds = body.get("stop_timeout")
    if isinstance(seconds, Scalar) and plain(seconds):
        tree.put("stop_grace_period", _scalar(f"{plain(seconds)}s", seconds.origin), seconds.origin)


def _limits(project: Project, body: Mapping, tree: "_Tree") -> None:
    for name, key in (("memory", "mem_limit"), ("memory_reservation", "mem_reservation"), ("shm_size", "shm_size")):
        node = body.get(name)
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            tree.put(key, node, _key_of(body, name))
        elif node is not None and plain(node):
            tree.put(key, _scalar(f"{plain(node)}m", node.origin), _key_of(body, name))
    block = block_of(body, "capabilities")
    if block is not None:
        for name, key in (("add", "cap_add"), ("drop", "cap_drop")):
            node = block.get(name)
            if node is not None and not _is_silent(node):
                tree.put(key, node, _key_of(block, name))


def _pairs(project: Project, body: Mapping, tree: "_Tree") -> None:
    labels = _Tree(body.origin)
    for block in blocks_of(body, "labels"):
        value = block.get("value")
        if value is not None:
            labels.put(_plain_text(block.get("label")), _as_string(value), block.origin)
    if labels.entries:
        tree.put("labels", labels.done(), body.origin)
    hosts: list[Node] = [
        _scalar(f"{_plain_text(block.get('host'))}:{_plain_text(block.get('ip'))}", block.origin)
        for block in blocks_of(body, "host")
    ]
    if hosts:
        tree.put("extra_hosts", Sequence(body.origin, hosts))


_WRITERS: tuple[Callable[[Project, Mapping, "_Tree"], None], ...] = (
    _ports, _volumes, _uploads, _health, _life, _limits, _pairs,
)  # fmt: skip


def _build(block: Mapping) -> Mapping:
    inner = _Tree(block.origin)
    inner.take(block, "context")
    inner.take(block, "dockerfile")
    inner.take(block, "target")
    inner.take(block, "build_args", "args")
    return inner.done()


class _Tree:
    """A mapping that grows."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Scalar] = {}

    def put(self, key: str, node: Node, origin: Origin | None = None) -> None:
        self.entries[key] = Sequence(node.origin, list(node)) if isinstance(node, Sequence) else node
        self.keys[key] = _scalar(key, origin or node.origin)

    def take(
        self, block: Mapping, name: str, key: str = "", change: Callable[[Node], Node | None] = lambda node: node
    ) -> None:
        node = block.get(name)
        changed = change(node) if node is not None and not _is_silent(node) else None
        if changed is not None:
            self.put(key or name, changed, _key_of(block, name))

    def done(self) -> Mapping:
        return Mapping(self.origin, self.entries, self.keys)


def _scalar(text: str, origin: Origin) -> Scalar:
    return Scalar(origin, text, text, False)


def _as_string(node: Node) -> Node:
    if isinstance(node, Interpolated) or not isinstance(node, Scalar):
        return node
    return _scalar(node.text, node.origin)


def _as_number(node: Node) -> Node:
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.isdigit():
        return Scalar(node.origin, int(node.value), node.value)
    return node


def _at(node: Scalar, origin: Origin) -> Scalar:
    if isinstance(node, Interpolated):
        return Interpolated(origin, node.value, node.text, node.plain, parts=node.parts)
    return Scalar(origin, node.value, node.text, node.plain)


def _key_of(body: Mapping, name: str) -> Origin:
    key = body.keys.get(name)
    return key.origin if key is not None else body.origin


def _is_silent(node: Node) -> bool:
    if isinstance(node, Scalar):
        return not isinstance(node, Interpolated) and node.value in (None, "")
    return isinstance(node, Sequence | Mapping) and not len(node)


def _plain_text(node: Node | None) -> str:
    value: Any = plain(node) if node is not None else None
    return "" if value is None else str(value)
