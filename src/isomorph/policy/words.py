"""The words of policies: what a rule can be about, and what it can ask of it, by type. The docs' table comes from it.

The words are those of the model, so that a word is also the place that a finding points to. A text, number or flag that is
not said is not there (`has(container.image.tag)` asks); lists and maps are always there, empty where nothing is said.
"""

import msgspec


class Word(msgspec.Struct, frozen=True):
    """A word of a type: the type of what it gives, what that is, and the field of a support table that says it.

    Types are `text`, `number`, `flag`, `any`, a type of TYPES, and `list:TYPE` and `map:TYPE` of them.
    """

    type: str
    meaning: str
    field: str = ""


_TABLE = """
environment.name                    text             its name in isomorph.yaml
environment.platform                text             the platform that the workload is defined for
environment.local                   flag             it is for a developer's machine (Docker Compose, Minikube)
workload.name                       text             its name
workload.namespace                  text             where the platform has namespaces and one is said
workload.kind                       text             service, stateful, daemon, job or scheduled
workload.containers                 map:container    by name
workload.ports                      map:port         by NUMBER/PROTOCOL
workload.routes                     map:route        by HOST/PATH
workload.replicas                   number           instances: as said, the least of an autoscaler, else 1  @scale.replicas
workload.scale                      scale            instances as they are written  @scale.replicas
workload.restart                    restart          what follows an exit, where it is said  @lifecycle.restart
workload.schedule                   schedule         when a scheduled job runs  @schedule
workload.host_namespaces            list:text        network, pid, ipc: those shared with the host  @security.host-namespace
workload.placement                  list:constraint  nodes that an instance may run on  @placement.constraint
workload.names                      list:text        names under which peers reach it
workload.labels                     map:text         labels  @labels
workload.annotations                map:text         annotations  @labels
scale.replicas                      number           a fixed number  @scale.replicas
scale.minimum                       number           the least of an autoscaler  @scale.autoscaling
scale.maximum                       number           the most of an autoscaler  @scale.autoscaling
scale.targets                       map:number       utilisation in percent by resource  @scale.autoscaling
restart.policy                      text             always, on-failure, never or unless-stopped
restart.attempts                    number           where they are limited
schedule.cron                       text             five fields
schedule.time_zone                  text             its time zone
constraint.attribute                text             os, arch, hostname, zone, region, or a label
constraint.operator                 text             =, !=, in, not-in, exists, absent, < or >
constraint.values                   list:text        what it is compared with
container.name                      text             its name
container.role                      text             main, init or sidecar
container.image                     image            its image, where one is said  @image
container.build                     build            how the image is built from source  @image.build
container.pull_policy               text             always, missing or never  @image.pull-policy
container.command                   list:text        replaces the image's entrypoint  @process.command
container.args                      list:text        replaces the image's arguments  @process.args
container.workdir                   text             working directory  @process.workdir
container.variables                 map:text         values by name, references as they are written
container.files                     map:file         by path in the container
container.mounts                    map:mount        by path in the container
container.liveness                  probe            its failure restarts the container  @probe.liveness
container.readiness                 probe            its failure takes the container out of service  @probe.readiness
container.startup                   probe            the other probes wait for it  @probe.startup
container.compute                   compute          what it is granted and held to
container.security                  security         whom it runs as and what it may do
container.stop_signal               text             the signal that asks it to stop  @process.stop-signal
container.stop_grace                number           milliseconds between that signal and the kill  @process.stop-grace
image.text                          text             the whole reference as it is written  @image
image.registry                      text             docker.io where none is written  @image
image.repository                    text             library/NAME for Docker's own  @image
image.tag                           text             as it is written  @image
image.digest                        text             as it is written  @image
build.context                       text             the folder  @image.build
build.dockerfile                    text             the file  @image.build
build.target                        text             the stage  @image.build
compute.requests                    amounts          what it is granted
compute.limits                      amounts          what it is held to
amounts.cpu                         number           millicores
amounts.memory                      number           bytes
security.user                       text             user, as a name or a number  @security.user
security.group                      text             group, as a name or a number  @security.group
security.non_root                   flag             it refuses to run as root  @security.non-root
security.capabilities_added         list:text        in upper case, without CAP_  @security.capability
security.capabilities_dropped       list:text        in upper case, without CAP_; ALL is one  @security.capability
security.read_only_root             flag             its root file system is read-only  @security.read-only-root
security.privileged                 flag             it has all of the host's privileges  @security.privileged
security.no_new_privileges          flag             it cannot gain privileges  @security.no-new-privileges
probe.name                          text             liveness, readiness or startup
probe.disabled                      flag             the image's check is said to be off
probe.check                         check            what is checked, where it is said
probe.period                        number           milliseconds between checks
probe.timeout                       number           milliseconds that a check may take
probe.initial_delay                 number           milliseconds before the first check
probe.grace                         number           milliseconds in which failures do not count
probe.failures                      number           failures in a row that count
probe.successes                     number           successes in a row that count
check.kind                          text             exec, http, tcp or grpc
check.command                       list:text        of exec
check.port                          any              of http, tcp and grpc: a number, or a port's name
check.path                          text             of http
check.scheme                        text             of http
port.number                         number           as peers see it
port.target                         number           as the container listens
port.protocol                       text             tcp, udp or sctp
port.name                           text             its name
port.offered                        flag             something offers it under a name
port.exposures                      list:exposure    how it is reached from outside
exposure.kind                       text             host, node or load-balancer
exposure.port                       number           the port outside
exposure.address                    text             the address that it is bound to
route.host                          text             empty: any
route.path                          text             its path
route.port                          number           the port that peers see
route.match                         text             prefix, exact or regex
route.tls                           flag             TLS ends here, where that is said  @route.tls
route.tls_secret                    text             the secret that holds the certificate  @route.tls
variable.name                       text             its name
variable.value                      text             references as they are written
variable.literal                    flag             it holds no reference of any kind
variable.stored                     flag             it holds a value of a secret store
variable.sensitive                  flag             its name says secret, or its value holds a password
file.path                           text             in the container
file.mode                           number           permission bits
file.folder                         flag             a whole folder stands here
file.read_only                      flag             it is mounted read-only, where that is said
file.stored                         flag             it holds a value of a secret store
file.host_path                      text             the file or folder beside the definition, where it could not be read
mount.path                          text             in the container
mount.read_only                     flag             where it is said  @volume.read-only
mount.sub_path                      text             a folder of the volume
mount.volume                        volume           what is mounted
volume.name                         text             its name
volume.kind                         text             persistent, ephemeral, memory or host
volume.host_path                    text             a path of the machine
volume.size                         number           bytes  @volume.size
volume.storage_class                text             its class  @volume.class
volume.external                     flag             it exists already
secret.name                         text             its name
secret.defined                      flag             this definition defines it, and does not only name it
secret.keys                         list:text        its keys
secret.written                      flag             its values are written in this definition
secret.provisioned                  flag             its values were made up for this environment
dependency.name                     text             what the workload calls it
dependency.type                     text             such as postgres
dependency.class                    text             its class
dependency.version                  text             its version
dependency.realisation              text             what stands for it here
"""

TYPES: dict[str, dict[str, Word]] = {}
"""The words of each type, in the order of the table."""

for _row in _TABLE.strip().splitlines():
    _name, _type, _text = _row.split(maxsplit=2)
    _meaning, _, _field = _text.partition("  @")
    _owner, _, _word = _name.partition(".")
    TYPES.setdefault(_owner, {})[_word] = Word(_type, _meaning, _field)

SUBJECTS: dict[str, tuple[str, ...]] = {
    "workload": (),
    "port": (),
    "route": (),
    "dependency": (),
    "container": (),
    "variable": ("container",),
    "file": ("container",),
    "mount": ("container",),
    "probe": ("container",),
    "secret": ("container",),
}
"""What a rule can be about, and what is known of it besides its environment and workload."""


def roots_of(subject: str) -> dict[str, str]:
    """Give the names that stand for something in a rule about a subject, with their types."""
    return {name: name for name in dict.fromkeys(("environment", "workload", *SUBJECTS[subject], subject))}


def is_scalar(kind: str) -> bool:
    """Tell whether values of a type have no parts."""
    return kind in ("text", "number", "flag")


def element_of(kind: str) -> str:
    """Give the type of what a list or the keys of a map hold."""
    if kind.startswith("list:"):
        return kind.removeprefix("list:")
    return "text" if kind.startswith("map:") else "any"


def find_field(subject: str, place: tuple[str, ...]) -> str:
    """Give the field of a support table that says what stands at a place of a subject; empty where none does."""
    kind, found = subject, ""
    for index, name in enumerate(place):
        word = TYPES.get(kind, {}).get(name)
        if word is None:
            break
        found = word.field or found
        if kind == "amounts":
            found = f"compute.{place[index - 1]}.{name}"
        kind = word.type
    return found
