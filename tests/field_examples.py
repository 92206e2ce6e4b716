"""For every field of the model, the smallest application that says it, and how to see whether it is still said.

Tests over platforms take these: a field that a support table calls `full` must come back from the platform's text
unchanged, any other must lead to a diagnostic or come back too.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from isomorph.model.application import Application, Configuration, Dependency, Secret, Volume
from isomorph.model.image import Build, Image
from isomorph.model.text import ConfigurationValue, InstanceField, SecretValue
from isomorph.model.workload import (
    Binary,
    Compute,
    Constraint,
    Container,
    Exec,
    Exposure,
    File,
    Grpc,
    Http,
    Kind,
    Mount,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Scale,
    Schedule,
    Security,
    Tcp,
    Workload,
)

Pick = Callable[[Application], Any]


class Example(msgspec.Struct, frozen=True):
    """An application that says one field, and the values in which it says it."""

    application: Application
    pick: Pick


def main_container(application: Application) -> Container:
    """Give the first main container of workload `web`."""
    workload = application.workloads["web"]
    return next(container for container in workload.containers.values() if container.role is Role.MAIN)


def of_workload(pick: Callable[[Workload], Any], shared: dict[str, Any] | None = None, **more: Any) -> Example:
    """An application whose workload `web` says something."""
    containers = more.pop("containers", {"web": Container(image=Image("nginx", tag="1"))})
    workload = Workload("web", names=("web",), containers=containers, **more)
    application = Application(name="shop", workloads={"web": workload}, **(shared or {}))
    return Example(application, lambda read: pick(read.workloads["web"]))


def of_container(pick: Callable[[Container], Any], shared: dict[str, Any] | None = None, **more: Any) -> Example:
    """An application whose workload `web` has one container that says something."""
    container = Container(**{"image": Image("nginx", tag="1"), **more})
    workload = Workload("web", names=("web",), containers={"web": container})
    return Example(
        Application(name="shop", workloads={"web": workload}, **(shared or {})), lambda read: pick(main_container(read))
    )


def of_probe(field: str, probe: Probe, pick: Callable[[Probe], Any]) -> Example:
    """An application whose container has one probe."""

    def pick_probe(container: Container) -> Any:
        found = getattr(container, field)
        return None if found is None else pick(found)

    said: dict[str, Any] = {field: probe}
    return of_container(pick_probe, **said)


def of_mount(volume: Volume, pick: Callable[[Application, Mount], Any], mount: Mount | None = None) -> Example:
    """An application whose container mounts a volume at /data."""
    mount = mount or Mount("data")
    base = of_container(lambda container: None, mounts={"/data": mount}, shared={"volumes": {mount.volume: volume}})

    def pick_mount(read: Application) -> Any:
        found = main_container(read).mounts.get("/data")
        return None if found is None else pick(read, found)

    return Example(base.application, pick_mount)


def of_security(field: str, **said: Any) -> Example:
    """An application whose container says something about security."""
    return of_container(lambda container: getattr(container.security, field), security=Security(**said))


def volume_of(application: Application, mount: Mount) -> Volume:
    """Give the volume behind a mount."""
    return application.volumes[mount.volume]


HTTP = Probe(Http(8080, "/ready", "HTTP"))
PORT = {"8080/tcp": Port(8080, 8080)}


def _exposed(*exposures: Exposure) -> dict[str, Port]:
    return {"8080/tcp": Port(8080, 8080, exposures=exposures)}


def _kinds(workload: Workload) -> set[tuple[str, int | None]]:
    return {(each.kind, each.port) for port in workload.ports.values() for each in port.exposures}


def _roles(workload: Workload) -> list[tuple[Role, str]]:
    return [(each.role, str(each.image.repository) if each.image else "") for each in workload.containers.values()]


def _second(role: Role) -> dict[str, Container]:
    second = Container(role=role, image=Image("busybox", tag="1"))
    return {"second": second, "web": Container(image=Image("nginx", tag="1"))}


def _mains() -> dict[str, Container]:
    return {"web": Container(image=Image("nginx", tag="1")), "more": Container(image=Image("busybox", tag="1"))}


def _probed(probe: Probe) -> Probe:
    return msgspec.structs.replace(probe, check=Exec(("true",)))


_IMAGE = Image("org/app", registry="ghcr.io", tag="1.2", digest="sha256:" + "ab" * 32)
_ROUTE = {"shop.example.com/api": Route("shop.example.com", "/api", 8080)}
_TLS = {"shop.example.com/": Route("shop.example.com", "/", 8080, tls=True, tls_secret="shop-tls")}
_CRON = Schedule("0 3 * * *", "Europe/Zurich")

EXAMPLES: dict[str, Example] = {
    "kind.service": of_workload(lambda w: w.kind),
    "kind.stateful": of_workload(lambda w: w.kind, kind=Kind.STATEFUL),
    "kind.daemon": of_workload(lambda w: w.kind, kind=Kind.DAEMON),
    "kind.job": of_workload(lambda w: w.kind, kind=Kind.JOB, restart=Restart("never")),
    "kind.scheduled": of_workload(
        lambda w: w.kind, kind=Kind.SCHEDULED, restart=Restart("never"), schedule=Schedule("0 3 * * *")
    ),
    "schedule": of_workload(lambda w: w.schedule, kind=Kind.SCHEDULED, restart=Restart("never"), schedule=_CRON),
    "container.main": of_workload(lambda w: sorted(_roles(w), key=str), containers=_mains()),
    "container.init": of_workload(lambda w: sorted(_roles(w), key=str), containers=_second(Role.INIT)),
    "container.sidecar": of_workload(lambda w: sorted(_roles(w), key=str), containers=_second(Role.SIDECAR)),
    "image": of_container(lambda c: c.image, image=_IMAGE),
    "image.pull-policy": of_container(lambda c: c.pull_policy, pull_policy="always"),
    "image.build": of_container(lambda c: c.build, build=Build(context="./app")),
    "process.command": of_container(lambda c: c.command, command=("/bin/sh", "-c", "echo $HOME $(date) ${x} {{y}}")),
    "process.args": of_container(lambda c: c.args, args=("--a", "$(X)", "$$", "")),
    "process.workdir": of_container(lambda c: c.workdir, workdir="/srv"),
    "process.stop-signal": of_container(lambda c: c.stop_signal, stop_signal="SIGQUIT"),
    "process.stop-grace": of_container(lambda c: c.stop_grace, stop_grace=25_000),
    "variable.literal": of_container(
        lambda c: c.variables, variables={"A": "x$X ${Y} $(Z) $$ no 012 1e3", "EMPTY": "", "LINES": "a\nb\n", "B": "on"}
    ),
    "variable.secret": of_container(
        lambda c: c.variables,
        variables={"PASSWORD": (SecretValue("db", "password"),)},
        shared={"secrets": {"db": Secret({"password": "hunter2"})}},
    ),
    "variable.configuration": of_container(
        lambda c: c.variables,
        variables={"LEVEL": (ConfigurationValue("settings", "level"),)},
        shared={"configurations": {"settings": Configuration({"level": "debug"})}},
    ),
    "variable.field": of_container(lambda c: c.variables, variables={"POD": (InstanceField("name"),)}),
    "file.content": of_container(
        lambda c: {path: file.content for path, file in c.files.items()},
        files={"/etc/a.ini": File("[a]\nb = $c ${d}\n")},
    ),
    "file.binary": of_container(
        lambda c: {path: file.content for path, file in c.files.items()},
        files={"/etc/a.bin": File(Binary(b"\x00\xff"))},
    ),
    "file.secret": of_container(
        lambda c: sorted(c.files),
        files={"/run/secrets/db": File((SecretValue("db", "password"),))},
        shared={"secrets": {"db": Secret({"password": "hunter2"})}},
    ),
    "file.mode": of_container(
        lambda c: {path: file.mode for path, file in c.files.items()}, files={"/etc/a.ini": File("a", mode=0o640)}
    ),
    "volume.persistent": of_mount(Volume("persistent"), lambda a, m: volume_of(a, m).kind),
    "volume.ephemeral": of_mount(Volume("ephemeral"), lambda a, m: volume_of(a, m).kind, Mount("web/data")),
    "volume.memory": of_mount(Volume("memory", size=1 << 20), lambda a, m: volume_of(a, m).kind, Mount("web/data")),
    "volume.host": of_mount(
        Volume("host", host_path="/srv/data"),
        lambda a, m: (volume_of(a, m).kind, volume_of(a, m).host_path),
        Mount("web/data"),
    ),
    "volume.size": of_mount(Volume("persistent", size=1 << 30), lambda a, m: volume_of(a, m).size),
    "volume.class": of_mount(Volume("persistent", storage_class="fast"), lambda a, m: volume_of(a, m).storage_class),
    "volume.access": of_mount(Volume("persistent", access=("read-write-many",)), lambda a, m: volume_of(a, m).access),
    "volume.read-only": of_mount(Volume("persistent"), lambda a, m: m.read_only, Mount("data", read_only=True)),
    "volume.sub-path": of_mount(Volume("persistent"), lambda a, m: m.sub_path, Mount("data", sub_path="inner")),
    "port": of_workload(lambda w: sorted(w.ports), ports={**PORT, "5353/udp": Port(5353, 5353, protocol="udp")}),
    "port.target": of_workload(
        lambda w: {key: port.target for key, port in w.ports.items()}, ports={"80/tcp": Port(80, 8080, name="web")}
    ),
    "port.exposure.host": of_workload(_kinds, ports=_exposed(Exposure("host", 80))),
    "port.exposure.node": of_workload(_kinds, ports=_exposed(Exposure("node", 30080))),
    "port.exposure.load-balancer": of_workload(_kinds, ports=_exposed(Exposure("load-balancer", 8080))),
    "route.host": of_workload(lambda w: [route.host for route in w.routes.values()], routes=_ROUTE, ports=PORT),
    "route.path": of_workload(
        lambda w: [(route.path, route.match, route.port) for route in w.routes.values()], routes=_ROUTE, ports=PORT
    ),
    "route.tls": of_workload(
        lambda w: [(bool(route.tls), route.tls_secret) for route in w.routes.values()], routes=_TLS, ports=PORT
    ),
    "dns.record": Example(
        Application(
            name="shop",
            workloads={
                "web": Workload(
                    "web",
                    names=("web", "www"),
                    ports=PORT,
                    containers={"web": Container(image=Image("nginx", tag="1"))},
                )
            },
        ),
        lambda read: {"web", "www"} <= set(read.workloads["web"].names),
    ),
    "probe.liveness": of_probe("liveness", HTTP, lambda probe: probe.check),
    "probe.readiness": of_probe("readiness", _probed(HTTP), lambda probe: probe.check),
    "probe.startup": of_probe("startup", HTTP, lambda probe: probe.check),
    "probe.exec": of_probe("readiness", Probe(Exec(("sh", "-c", "echo $HOME"))), lambda probe: probe.check),
    "probe.http": of_probe("readiness", HTTP, lambda probe: probe.check),
    "probe.tcp": of_probe("readiness", Probe(Tcp(8080)), lambda probe: probe.check),
    "probe.grpc": of_probe("readiness", Probe(Grpc(9000)), lambda probe: probe.check),
    "probe.period": of_probe("readiness", _probed(Probe(period=7_000)), lambda probe: probe.period),
    "probe.timeout": of_probe("readiness", _probed(Probe(timeout=4_000)), lambda probe: probe.timeout),
    "probe.failures": of_probe("readiness", _probed(Probe(failures=5)), lambda probe: probe.failures),
    "probe.successes": of_probe("readiness", _probed(Probe(successes=2)), lambda probe: probe.successes),
    "probe.initial-delay": of_probe(
        "readiness", _probed(Probe(initial_delay=9_000)), lambda probe: probe.initial_delay
    ),
    "probe.grace": of_probe("readiness", _probed(Probe(period=10_000, grace=30_000)), lambda probe: probe.grace),
    "compute.requests.cpu": of_container(lambda c: c.compute.requests, compute=Compute(requests={"cpu": 250})),
    "compute.requests.memory": of_container(
        lambda c: c.compute.requests, compute=Compute(requests={"memory": 1 << 27})
    ),
    "compute.requests.other": of_container(
        lambda c: c.compute.requests, compute=Compute(requests={"ephemeral-storage": 1 << 30})
    ),
    "compute.limits.cpu": of_container(lambda c: c.compute.limits, compute=Compute(limits={"cpu": 500})),
    "compute.limits.memory": of_container(lambda c: c.compute.limits, compute=Compute(limits={"memory": 1 << 28})),
    "compute.limits.other": of_container(
        lambda c: c.compute.limits, compute=Compute(limits={"ephemeral-storage": 1 << 30})
    ),
    "scale.replicas": of_workload(lambda w: w.scale.replicas, scale=Scale(replicas=3)),
    "scale.autoscaling": of_workload(
        lambda w: (w.scale.minimum, w.scale.maximum, w.scale.targets),
        scale=Scale(minimum=2, maximum=6, targets={"cpu": 70}),
    ),
    "lifecycle.restart": of_workload(lambda w: w.restart, restart=Restart("always")),
    "lifecycle.order": Example(
        Application(
            name="shop",
            workloads={
                "web": Workload(
                    "web",
                    names=("web",),
                    order={"db": Order("started")},
                    containers={"web": Container(image=Image("nginx", tag="1"))},
                ),
                "db": Workload("db", names=("db",), containers={"db": Container(image=Image("postgres", tag="15"))}),
            },
        ),
        lambda read: read.workloads["web"].order,
    ),
    "security.user": of_security("user", user="1000"),
    "security.group": of_security("group", user="1000", group="2000"),
    "security.non-root": of_security("non_root", non_root=True),
    "security.capability": of_security(
        "capabilities_added", capabilities_added=("SYS_TIME",), capabilities_dropped=("ALL",)
    ),
    "security.read-only-root": of_security("read_only_root", read_only_root=True),
    "security.privileged": of_security("privileged", privileged=True),
    "security.no-new-privileges": of_security("no_new_privileges", no_new_privileges=True),
    "security.host-namespace": of_workload(lambda w: w.host_namespaces, host_namespaces=("network",)),
    "placement.constraint": of_workload(lambda w: w.placement, placement=(Constraint("os", "=", ("linux",)),)),
    "network.reach": of_workload(lambda w: w.networks, networks=("back",)),
    "dependency": of_workload(
        lambda w: w.dependencies,
        dependencies={"cache": "redis.default#web.cache"},
        shared={"dependencies": {"redis.default#web.cache": Dependency("redis")}},
    ),
    "labels": of_workload(lambda w: w.labels.get("team"), labels={"team": "shop"}),
}
