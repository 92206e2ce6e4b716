"""A workload: the unit that shares a network namespace, and all that its definition says about it.

Throughout, `None` means *not said* and an empty string, tuple or dict means *said to be empty*. `command` and `args` have
the sense of Score and Kubernetes (`command` replaces the image's entrypoint). Dicts keep the order in which things were
written; their order has no meaning, except that of init containers.

Units: CPU in millicores, memory and sizes in bytes, durations in milliseconds.
"""

from enum import Enum

import msgspec

from isomorph.model.image import Build, Image
from isomorph.model.text import ConfigurationValue, Placeholder, SecretValue, Text


class Kind(Enum):
    """What happens to a workload's instances over time."""

    SERVICE = "service"
    STATEFUL = "stateful"
    DAEMON = "daemon"
    JOB = "job"
    SCHEDULED = "scheduled"


class Role(Enum):
    """A container's part in its workload: init containers run to completion first, sidecars start first and stay."""

    MAIN = "main"
    INIT = "init"
    SIDECAR = "sidecar"


class Exec(msgspec.Struct, frozen=True, tag="exec", omit_defaults=True):
    """A check by a command inside the container, as an argument vector; exit code 0 is success."""

    command: tuple[Text, ...]


class Http(msgspec.Struct, frozen=True, tag="http", omit_defaults=True):
    """A check by an HTTP GET; the host is the container itself unless said. `port` may be a port's name until resolved."""

    port: int | str
    path: str | None = None
    scheme: str | None = None
    host: str | None = None
    headers: dict[str, str] = {}


class Tcp(msgspec.Struct, frozen=True, tag="tcp", omit_defaults=True):
    """A check that a TCP connection opens."""

    port: int | str
    host: str | None = None


class Grpc(msgspec.Struct, frozen=True, tag="grpc", omit_defaults=True):
    """A check by the gRPC health protocol."""

    port: int
    service: str | None = None


Check = Exec | Http | Tcp | Grpc


class Probe(msgspec.Struct, frozen=True, omit_defaults=True):
    """A health check and its timing in milliseconds.

    `initial_delay`: nothing is checked before. `grace`: failures do not count, and the first success ends it. `disabled`:
    a check that the image brings is said to be off (Compose `healthcheck: {disable: true}`).
    """

    check: Check | None = None
    period: int | None = None
    timeout: int | None = None
    initial_delay: int | None = None
    grace: int | None = None
    failures: int | None = None
    successes: int | None = None
    disabled: bool = False


class Binary(msgspec.Struct, frozen=True, tag="binary"):
    """The content of a file that is not text."""

    data: bytes


class HostPath(msgspec.Struct, frozen=True, tag="host-path"):
    """A file or folder of the project that the definition binds but that was not there to be read.

    `path` is as written (relative to the definition).
    """

    path: str


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that the container sees at a path.

    `content` is its text (which may be a single reference to a secret or configuration value), bytes, or a file of the
    project that could not be read. `mode` is the permission bits. `name` is what the platform's own object for it is
    called, where it matters to write it back. `folder`: a whole folder stands here, its files unknown.
    """

    content: Text | Binary | HostPath
    mode: int | None = None
    folder: bool = False
    read_only: bool | None = None


class Mount(msgspec.Struct, frozen=True, omit_defaults=True):
    """A volume of the application at a path of the container."""

    volume: str
    sub_path: str | None = None
    read_only: bool | None = None


class Compute(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a container is granted (`requests`) and held to (`limits`): `cpu` in millicores, `memory` in bytes, others by name.

    A value that is a placeholder until something outside is known is kept as one.
    """

    requests: dict[str, int | Placeholder] | None = None
    limits: dict[str, int | Placeholder] | None = None


class Security(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a container runs as and what it may do. Capabilities are upper case without `CAP_`; `ALL` is one."""

    user: str | None = None
    group: str | None = None
    non_root: bool | None = None
    capabilities_added: tuple[str, ...] | None = None
    capabilities_dropped: tuple[str, ...] | None = None
    read_only_root: bool | None = None
    privileged: bool | None = None
    no_new_privileges: bool | None = None


class Container(msgspec.Struct, frozen=True, omit_defaults=True):
    """One container of a workload."""

    role: Role = Role.MAIN
    image: Image | None = None
    build: Build | None = None
    pull_policy: str | None = None  # always | missing | never
    command: tuple[Text, ...] | None = None
    args: tuple[Text, ...] | None = None
    workdir: str | None = None
    variables: dict[str, Text] = {}
    variables_from: tuple[SecretValue | ConfigurationValue, ...] = ()  # whole stores that are not defined here
    files: dict[str, File] = {}  # by path in the container
    mounts: dict[str, Mount] = {}  # by path in the container
    liveness: Probe | None = None
    readiness: Probe | None = None
    startup: Probe | None = None
    compute: Compute = Compute()
    security: Security = Security()
    stop_signal: str | None = None
    stop_grace: int | None = None
    before: dict[str, str] = {}  # container of this workload -> started | healthy | complete, before which it waits


class Exposure(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a port is reached from outside. `port` None: the platform picks one (`*`).

    `kind`: host (a port of the machine the instance runs on), node (of every node), load-balancer.
    """

    kind: str
    port: int | None = None
    address: str | None = None


class Port(msgspec.Struct, frozen=True, omit_defaults=True):
    """A port as peers see it and as the container listens.

    `offered` is False for a container's port that nothing offers under a name (mere information).
    """

    number: int
    target: int
    protocol: str = "tcp"  # tcp | udp | sctp
    name: str | None = None
    offered: bool = True
    exposures: tuple[Exposure, ...] = ()


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """A way in by HTTP host and path to a port that peers see. Empty host: any. `match`: prefix | exact | regex."""

    host: Text
    path: str
    port: int | None = None
    match: str = "prefix"
    tls: bool | None = None
    tls_secret: str | None = None


class Scale(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many instances: a fixed number, or bounds and targets (resource name -> utilisation in percent) of an autoscaler."""

    replicas: int | Placeholder | None = None
    minimum: int | None = None
    maximum: int | None = None
    targets: dict[str, int] = {}


class Restart(msgspec.Struct, frozen=True, omit_defaults=True):
    """What follows an exit. `policy`: always | on-failure | never | unless-stopped; attempts where limited."""

    policy: str
    attempts: int | None = None


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a workload waits for before it starts: another workload (or container there) that is started, healthy or complete."""

    condition: str = "started"
    required: bool = True


class Constraint(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which nodes an instance may run on. `attribute` in the words os, arch, hostname, zone, region, else a label."""

    attribute: str
    operator: str = "="  # = | != | in | not-in | exists | absent | < | >
    values: tuple[str, ...] = ()


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a scheduled job runs: a cron expression of five fields and a time zone."""

    cron: str
    time_zone: str | None = None


class Workload(msgspec.Struct, frozen=True, omit_defaults=True):
    """A set of containers that share one network namespace, and how they run, are reached and are scaled."""

    name: str
    namespace: str | None = None
    kind: Kind = Kind.SERVICE
    schedule: Schedule | None = None
    containers: dict[str, Container] = {}
    ports: dict[str, Port] = {}  # by "number/protocol" as peers see it
    routes: dict[str, Route] = {}  # by "HOST/PATH"
    names: tuple[str, ...] = ()  # names under which peers reach it, as short as they may be written
    scale: Scale = Scale()
    restart: Restart | None = None
    order: dict[str, Order] = {}  # by the workload waited for, or WORKLOAD/CONTAINER where it is not its main one
    host_namespaces: tuple[str, ...] = ()  # network | pid | ipc
    placement: tuple[Constraint, ...] = ()
    networks: tuple[str, ...] | None = None  # named networks that bound its reach; None: not said
    dependencies: dict[str, str] = {}  # name in this workload -> uid in the application
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
