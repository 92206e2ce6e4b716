"""What the stages of provisioning hand each other.

A *resource* is one dependency of the application, its parameters resolved. A *provisioner* turns it into outputs, a state
that it will be given again, and fragments of the platform's own text. The engine asks provisioners in the order of the
references between resources; the state keeps what they said.
"""

from typing import Any, Protocol

import msgspec

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.model.text import Text
from isomorph.model.workload import Route, Workload
from isomorph.platforms.table import find_family


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One dependency: its uid (`TYPE.CLASS#WORKLOAD.NAME` or `TYPE.CLASS#ID`), and what its definition says of it."""

    uid: str
    type: str
    class_: str = "default"
    id: str
    workload: str  # the first workload that names it
    metadata: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    origin: Origin | None = None


class ServicePort(msgspec.Struct, frozen=True):
    """A port of a workload as peers see it (`port`) and as the container listens (`target`)."""

    name: str
    port: int
    target: int
    protocol: str = "TCP"


class WorkloadService(msgspec.Struct, frozen=True):
    """How peers reach a workload: its service's name and ports by name."""

    name: str
    ports: dict[str, ServicePort] = {}


class Target(msgspec.Struct, frozen=True):
    """What is generated for: the platform, and the names that provisioners are told."""

    platform: str
    project: str = ""
    namespace: str = ""
    mounts: str = ""  # folder, relative to the output, where files for Compose binds stand

    @property
    def family(self) -> str:
        """Give the platform that this one is a kind of: what provisioner files say is in its words."""
        return find_family(self.platform)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """All that a provisioner is told of one resource. `guid` is random and stays the resource's own."""

    resource: Resource
    guid: str
    target: Target
    state: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    services: dict[str, WorkloadService] = {}
    asked: frozenset[str] = frozenset()  # outputs that references name, for provisioners that answer any name
    name: str = ""  # what a realisation may be called: no workload or other realisation has that name
    secret_params: frozenset[str] = frozenset()  # params that hold a secret output of another resource
    open_params: frozenset[str] = frozenset()  # params that hold what is known only when the output runs


class Parts(msgspec.Struct, frozen=True):
    """What realises a resource, in the model's words, so that every platform's writer can say it.

    `routes` belong to workloads of the application (workload -> HOST/PATH -> route). `waits` names the workloads, of the
    realisation or the application, that whoever uses the resource waits for, and until when: started, healthy or complete.
    """

    workloads: dict[str, Workload] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, Secret] = {}
    configurations: dict[str, Configuration] = {}
    routes: dict[str, dict[str, Route]] = {}
    waits: dict[str, str] = {}


class Module(msgspec.Struct, frozen=True):
    """A module block of Terraform that realises a resource: its source, and its arguments as plain data.

    `outputs` are the module's outputs that the resource's outputs are taken from; `sensitive` those that are secret, as
    `secret_arguments` are of the arguments. `waiting`: an argument holds an output that another module must give first.
    `permitted`: it may be applied, which runs what whoever wrote the module put there.
    """

    source: str
    version: str = ""
    arguments: dict[str, Any] = {}
    outputs: tuple[str, ...] = ()
    sensitive: frozenset[str] = frozenset()
    secret_arguments: frozenset[str] = frozenset()
    waiting: bool = False
    permitted: bool = True


class Fragments(msgspec.Struct, frozen=True):
    """Parts of the platform's own definition that realise a resource, as plain data in the platform's own form.

    `modules` are Terraform's, by the name of their block.
    """

    services: dict[str, Any] = {}
    networks: dict[str, Any] = {}
    volumes: dict[str, Any] = {}
    models: dict[str, Any] = {}
    manifests: tuple[dict[str, Any], ...] = ()
    folders: dict[str, bool] = {}  # relative folder -> whether it must exist (False: is removed)
    files: dict[str, str | None] = {}  # relative file -> content (None: is removed)
    modules: dict[str, Module] = {}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a provisioner made of a resource. `shared` is patched into the shared state (None deletes a key).

    `secrets` names the outputs that are secret; their values appear nowhere but in the sealed state and in stores made for
    secrets. `references` says what an output is in a text where that is more than its value: the address of a workload,
    a key of a secret among `parts`, an expression that is settled later. `pairs` says what two outputs are together, joined
    by a colon (host, port): an address, whose port is another number on another platform.
    """

    outputs: dict[str, Any] = {}
    references: dict[str, Text] = {}
    pairs: dict[tuple[str, str], Text] = {}
    state: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    secrets: frozenset[str] = frozenset()
    fragments: Fragments = Fragments()
    parts: Parts = Parts()
    messages: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Provisioner(Protocol):
    """What the engine asks. `uri` says where it comes from and is kept in the state."""

    uri: str
    type: str
    class_: str | None
    id: str | None
    description: str
    supported_params: tuple[str, ...] | None
    expected_outputs: tuple[str, ...] | None
    origin: Origin | None

    def provision(self, request: Request) -> Result:
        """Realise a resource; raises InvalidInput or EngineFailed with the provisioner's origin."""


class Realised(msgspec.Struct, frozen=True, kw_only=True):
    """A resource with what its provisioner made of it: what placeholders resolve to, and what the state keeps.

    `provisioner` is the uri; `secrets` the paths of outputs that are secret, those that merely contain a secret among them.
    """

    resource: Resource
    guid: str
    provisioner: str
    result: Result
    secrets: frozenset[str] = frozenset()
