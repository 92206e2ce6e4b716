"""Taking over a reference tool's project: `.score-compose/state.yaml` and `.score-k8s/state.yaml` into our state.

Guids, names and passwords stay, so that what was deployed from their output is deployed from ours unchanged. Their
files hold passwords in the clear; ours seals them.
"""

from typing import Any

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.provisioning.digests import digest_parameters
from isomorph.provisioning.secrecy import find_all_secrets, find_secrets, select_phrases
from isomorph.provisioning.state import EnvironmentState, ResourceState, WorkloadState
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

FOLDERS = {"compose": ".score-compose", "kubernetes": ".score-k8s"}
"""Where each platform's reference tool keeps its project."""

_STATE = "state.yaml"
_WORKLOAD_KEYS = {"compose": ("build_configs",), "kubernetes": ("instance_suffix",)}
_PROJECT_KEYS = {"compose": ("compose_project", "mounts_directory"), "kubernetes": ("namespace",)}
_RESOURCE_KEYS = frozenset(
    ("guid", "type", "class", "id", "metadata", "params", "source_workload", "provisioner", "state", "outputs")
)
_HINT = "restore the file as the reference tool wrote it"


class ReferenceProject(msgspec.Struct, frozen=True, kw_only=True):
    """A reference tool's project: its state as ours, and what else its folder says.

    `specs` are its workloads as it read them, overrides applied; `builds` are their containers' Compose builds.
    `provisioners` are its provisioner files in the order in which it loads them, `patch_templates` their texts.
    """

    platform: str
    project: str = ""
    mounts: str = ""
    environment: EnvironmentState
    specs: dict[str, dict[str, Any]] = {}
    builds: dict[str, dict[str, Any]] = {}
    provisioners: tuple[str, ...] = ()
    patch_templates: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def find_reference_projects(folder: str, context: Context) -> tuple[str, ...]:
    """Give the platforms whose reference tool keeps a project in a folder."""
    return tuple(
        platform for platform, name in FOLDERS.items() if context.files.is_file(_join(folder, f"{name}/{_STATE}"))
    )


def read_reference_project(folder: str, platform: str, context: Context) -> ReferenceProject:
    """Read the project that a platform's reference tool keeps in a folder; raises InvalidInput for a broken state."""
    own = _join(folder, FOLDERS[platform])
    path = f"{own}/{_STATE}"
    content = context.read_input(path, what="the reference tool's state")
    project = parse_reference_state(content, path, platform)
    # Files load in the order of their names, so that `zz-default` comes last.
    provisioners = tuple(
        f"{own}/{name}" for name in context.files.list_folder(own) if name.endswith(".provisioners.yaml")
    )
    return msgspec.structs.replace(project, provisioners=provisioners)


def parse_reference_state(content: bytes, file: str, platform: str) -> ReferenceProject:
    """Read the text of a reference tool's state for a platform."""
    return _Reader(file, platform).read(parse_one(content, file, Dialect.COMPOSE).root)


class _Reader:
    """Reads one state; what it does not know is a diagnostic, what it cannot do without an error."""

    def __init__(self, file: str, platform: str) -> None:
        self.file = file
        self.platform = platform
        self.diagnostics: list[Diagnostic] = []
        self.known: set[str] = set()  # texts that are secret

    def read(self, root: Node | None) -> ReferenceProject:
        top = self.mapping(root, "the state")
        known = _PROJECT_KEYS[self.platform]
        self.report_unknown(top, ("workloads", "resources", "shared_state", "patching_templates", *known))
        workloads, specs, builds = self.read_workloads(self.mapping(top.get("workloads"), "workloads"))
        shared = to_data(self.mapping(top.get("shared_state"), "shared_state"))
        users = _find_users(specs)
        resources = {
            uid: self.read_resource(uid, self.mapping(node, f"resource {uid}"), users.get(uid, set()), workloads)
            for uid, node in self.mapping(top.get("resources"), "resources").items()
        }
        environment = EnvironmentState(
            self.platform,
            self.text(top, "namespace") if self.platform == "kubernetes" else "",
            self.text(top, "mounts_directory") if self.platform == "compose" else "",
            workloads,
            resources,
            shared,
            frozenset(find_secrets(shared, self.known, select_phrases(self.known))),
        )
        return ReferenceProject(
            platform=self.platform,
            project=self.text(top, "compose_project") if self.platform == "compose" else "",
            mounts=self.text(top, "mounts_directory") if self.platform == "compose" else "",
            environment=environment,
            specs=specs,
            builds=builds,
            patch_templates=self.read_patch_templates(top.get("patching_templates")),
            diagnostics=tuple(self.diagnostics),
        )

    def read_workloads(
        self, nodes: Mapping
    ) -> tuple[dict[str, WorkloadState], dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        workloads, specs, builds = {}, {}, {}
        for name, node in nodes.items():
            workload = self.mapping(node, f"workload {name}")
            self.report_unknown(workload, ("spec", "file", *_WORKLOAD_KEYS[self.platform]))
            specs[name] = to_data(self.mapping(workload.get("spec"), "spec"))
            workloads[name] = WorkloadState(
                self.text(workload, "file"), suffix=self._find_suffix(workload, specs[name])
            )
            built = to_data(self.mapping(workload.get("build_configs"), "build_configs"))
            if built:
                builds[name] = built
        return workloads, specs, builds

    def _find_suffix(self, workload: Mapping, spec: dict[str, Any]) -> str:
        """Give what a workload's name ends in: a random text, or for Compose the container that owns the network."""
        if self.platform == "kubernetes":
            return self.text(workload, "instance_suffix")
        containers = spec.get("containers")
        return f"-{min(containers)}" if isinstance(containers, dict) and containers else ""

    def read_resource(
        self, uid: str, node: Mapping, users: set[str], workloads: dict[str, WorkloadState]
    ) -> ResourceState:
        self.report_unknown(node, tuple(_RESOURCE_KEYS))
        place = uid.partition("#")[2]
        required = {key: self.text(node, key) for key in ("guid", "type", "id", "provisioner")}
        for key, value in required.items():
            if not value:
                raise InvalidInput(f"resource {uid} has no {key}", node.origin, _HINT)
        class_ = self.text(node, "class") or "default"
        if uid != f"{required['type']}.{class_}#{required['id']}":
            raise InvalidInput(
                f"resource {uid} says that it is {required['type']}.{class_}#{required['id']}", node.origin, _HINT
            )
        workload = self.text(node, "source_workload") or place.partition(".")[0]
        parts = {key: to_data(self.mapping(node.get(key), key)) for key in ("params", "metadata", "state", "outputs")}
        said = {"state": parts["state"], "outputs": parts["outputs"]}
        return ResourceState(
            guid=required["guid"],
            type=required["type"],
            class_=class_,
            id=required["id"],
            workload=workload,
            users=tuple(sorted(users & workloads.keys())),
            provisioner=required["provisioner"],
            parameters=digest_parameters(parts["params"], parts["metadata"], required["guid"]),
            state=parts["state"],
            outputs=parts["outputs"],
            secrets=find_all_secrets(said, frozenset(), self.known),
        )

    def read_patch_templates(self, node: Node | None) -> tuple[str, ...]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if not isinstance(node, Sequence) or not all(isinstance(item, Scalar) for item in node):
            raise InvalidInput("patching_templates is no list of texts", node.origin, _HINT)
        return tuple(item.text for item in node if isinstance(item, Scalar))

    def mapping(self, node: Node | None, what: str) -> Mapping:
        """Give a mapping; an absent or null one is empty."""
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return Mapping(node.origin if node else Origin(self.file), {}, {})
        if isinstance(node, Mapping):
            return node
        raise InvalidInput(f"{what} is no mapping", node.origin, _HINT)

    def text(self, node: Mapping, key: str) -> str:
        """Give the text of a scalar as it was written (a suffix may look like a number); absent or null is empty."""
        value = node.get(key)
        if value is None or (isinstance(value, Scalar) and value.value is None):
            return ""
        if isinstance(value, Scalar):
            return value.text
        raise InvalidInput(f"{key} is no text", value.origin, _HINT)

    def report_unknown(self, node: Mapping, known: tuple[str, ...]) -> None:
        for key in node:
            if key not in known:
                message = f"the reference tool's state has a field {key} that is not taken over"
                self.diagnostics.append(Diagnostic("unknown-field", message, node.keys[key].origin))


def _find_users(specs: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Give who uses which resource, by the uids that the workloads' own `resources` make."""
    users: dict[str, set[str]] = {}
    for workload, spec in specs.items():
        resources = spec.get("resources")
        for name, resource in resources.items() if isinstance(resources, dict) else ():
            if isinstance(resource, dict):
                place = resource.get("id") or f"{workload}.{name}"
                uid = f"{resource.get('type')}.{resource.get('class') or 'default'}#{place}"
                users.setdefault(uid, set()).add(workload)
    return users


def _join(folder: str, name: str) -> str:
    return name if folder in ("", ".") else f"{folder.rstrip('/')}/{name}"
