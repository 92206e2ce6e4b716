"""One container: image, process, compute, security, probes."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.workload import Compute, Exec, Grpc, Http, Probe, Role, Security, Tcp
from tests.platforms.kubernetes.reading import codes, container_of, extras, only, pod, read_text


def test_image_and_process() -> None:
    container = container_of(
        read_text(
            pod("command: [/bin/web], args: [-p, '80'], workingDir: /srv, imagePullPolicy: IfNotPresent").replace(
                "web:1", "ghcr.io/shop/web:1"
            )
        )
    )
    assert container.image == Image(repository="shop/web", registry="ghcr.io", tag="1")
    assert container.command == ("/bin/web",)
    assert container.args == ("-p", "80")
    assert container.workdir == "/srv"
    assert container.pull_policy == "missing"


def test_empty_command_and_args_are_dropped_as_the_api_does() -> None:
    container = container_of(read_text(pod("command: [], args: []")))
    assert (container.command, container.args) == (None, None)


def test_compute_is_in_millicores_and_bytes() -> None:
    container = container_of(
        read_text(
            pod("resources: {requests: {cpu: 0.5, memory: 64Mi}, limits: {cpu: 1, memory: 1e9, nvidia.com/gpu: 1}}")
        )
    )
    assert container.compute == Compute(
        requests={"cpu": 500, "memory": 64 << 20}, limits={"cpu": 1000, "memory": 10**9, "nvidia.com/gpu": 1}
    )


def test_absent_and_empty_requests_differ() -> None:
    assert container_of(read_text(pod("resources: {}"))).compute == Compute()
    assert container_of(read_text(pod("resources: {requests: {}}"))).compute == Compute(requests={})


def test_security_of_the_pod_counts_where_the_container_is_silent() -> None:
    definition = read_text(
        pod(
            "securityContext: {runAsUser: 1, allowPrivilegeEscalation: false, capabilities: {drop: [all], add: [CAP_CHOWN]}}",
            "securityContext: {runAsUser: 2, runAsGroup: 3, runAsNonRoot: true, fsGroup: 4}",
        )
    )
    assert container_of(definition).security == Security(
        user="1",
        group="3",
        non_root=True,
        capabilities_added=("CHOWN",),
        capabilities_dropped=("ALL",),
        no_new_privileges=True,
    )
    assert extras(definition) == {("workloads", "web", "spec", "template", "spec", "securityContext", "fsGroup"): 4}


def test_grace_is_the_pods_and_counts_for_what_runs_on() -> None:
    definition = read_text(
        pod(
            "lifecycle: {stopSignal: SIGINT}", "terminationGracePeriodSeconds: 5, initContainers: [{name: i, image: i}]"
        )
    )
    containers = only(definition).containers
    assert containers["web"].stop_grace == 5000
    assert containers["web"].stop_signal == "SIGINT"
    assert containers["i"].stop_grace is None


def test_roles() -> None:
    definition = read_text(
        pod(
            "", "initContainers: [{name: a, image: a}, {name: b, image: b, restartPolicy: Always}, {name: c, image: c}]"
        )
    )
    containers = only(definition).containers
    assert {name: container.role for name, container in containers.items()} == {
        "a": Role.INIT,
        "b": Role.SIDECAR,
        "c": Role.INIT,
        "web": Role.MAIN,
    }
    assert list(containers) == ["a", "b", "c", "web"]


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("httpGet: {path: /x, port: 80, scheme: HTTPS}", Http(80, "/x", "HTTPS")),
        ("httpGet: {port: http, httpHeaders: [{name: A, value: b}]}", Http(8080, headers={"A": "b"})),
        ("httpGet: {port: 80, host: other}", Http(80, host="other")),
        ("tcpSocket: {port: http}", Tcp(8080)),
        ("grpc: {port: 9, service: s}", Grpc(9, "s")),
        ("exec: {command: [a, b]}", Exec(("a", "b"))),
    ],
)
def test_checks(text: str, check: object) -> None:
    container = container_of(read_text(pod(f"ports: [{{name: http, containerPort: 8080}}], livenessProbe: {{{text}}}")))
    assert container.liveness == Probe(check=check)  # type: ignore[arg-type]


def test_timing_is_in_milliseconds() -> None:
    container = container_of(
        read_text(
            pod(
                "startupProbe: {tcpSocket: {port: 1}, periodSeconds: 3, timeoutSeconds: 2, initialDelaySeconds: 1, "
                "failureThreshold: 5, successThreshold: 1}"
            )
        )
    )
    assert container.startup == Probe(
        check=Tcp(1), period=3000, timeout=2000, initial_delay=1000, failures=5, successes=1
    )


def test_a_port_name_that_nobody_gives_is_told_and_kept() -> None:
    definition = read_text(pod("readinessProbe: {tcpSocket: {port: http}}"))
    probe = container_of(definition).readiness
    assert probe is not None
    assert probe.check == Tcp("http")
    assert codes(definition) == ["missing-reference"]


def test_what_the_model_does_not_hold_is_kept_at_its_construct() -> None:
    definition = read_text(
        pod(
            "tty: true, lifecycle: {preStop: {sleep: {seconds: 1}}}, livenessProbe: {tcpSocket: {port: 1}, "
            "terminationGracePeriodSeconds: 7}, resources: {claims: [{name: x}]}, securityContext: {procMount: Default}",
            "tolerations: [{key: a}], priorityClassName: high",
            more="strategy: {type: Recreate}, minReadySeconds: 3",
        )
    )
    workload, container = ("workloads", "web"), ("workloads", "web", "containers", "web")
    assert extras(definition) == {
        (*workload, "spec", "strategy"): {"type": "Recreate"},
        (*workload, "spec", "minReadySeconds"): 3,
        (*workload, "spec", "template", "spec", "tolerations"): [{"key": "a"}],
        (*workload, "spec", "template", "spec", "priorityClassName"): "high",
        (*container, "tty"): True,
        (*container, "lifecycle", "preStop"): {"sleep": {"seconds": 1}},
        (*container, "resources", "claims"): [{"name": "x"}],
        (*container, "securityContext", "procMount"): "Default",
        (*container, "liveness", "terminationGracePeriodSeconds"): 7,
    }
    assert definition.diagnostics == ()


@pytest.mark.parametrize(
    ("container", "meant"),
    [
        ("imagePullpolicy: Always", "imagePullPolicy"),
        ("envs: []", "env"),
        ("readynessProbe: {}", "readinessProbe"),
        ("resources: {limit: {}}", "limits"),
        ("securityContext: {runAsuser: 1}", "runAsUser"),
        ("ports: [{containerport: 80, containerPort: 80}]", "containerPort"),
        ("volumeMounts: [{name: v, mountPath: /v, readonly: true}]", "readOnly"),
    ],
)
def test_a_misspelt_field_is_told_with_the_name_that_was_meant(container: str, meant: str) -> None:
    definition = read_text(pod(container, "volumes: [{name: v, emptyDir: {}}]"))
    (diagnostic,) = [item for item in definition.diagnostics if item.code == "unknown-field"]
    assert f"did you mean `{meant}`" in diagnostic.message
    assert diagnostic.origin is not None
    assert diagnostic.origin.line == 4


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ("command: /bin/sh", "`command` must be a list, and it is a string"),
        ("env: [{name: A, value: 1}]", "`value` must be a string, and it is a number"),
        ("env: [{name: A, value: yes}]", "`value` must be a string, and it is the boolean true"),
        ("env: [{value: a}]", "has no `name`"),
        ("env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]", "both"),
        ("ports: [{containerPort: '80'}]", "`containerPort` must be a number, and it is a string"),
        ("ports: [{containerPort: 70000}]", "which is no port"),
        ("ports: [{containerPort: 80, protocol: tcp}]", "no protocol"),
        ("imagePullPolicy: always", "no pull policy"),
        ("livenessProbe: {tcpSocket: {port: '80'}}", "taken for a port's name"),
        ("livenessProbe: {tcpSocket: {port: 1}, exec: {command: [a]}}", "one check only"),
        ("livenessProbe: {tcpSocket: {}}", "needs a port"),
        ("resources: {limits: {memory: 64MB}}", "no quantity"),
        ("securityContext: {privileged: 'true'}", "`privileged` must be a boolean"),
        ("volumeMounts: [{name: nope, mountPath: /x}]", "the pod has no volume nope"),
        ("volumeMounts: [{name: v, mountPath: /x}, {name: v, mountPath: /x/}]", "two volumes are mounted at /x"),
        ("terminationMessagePath: /x, image: ''", "no image"),
    ],
)
def test_what_the_api_server_refuses_is_refused_with_its_place(container: str, message: str) -> None:
    text = pod(container, "volumes: [{name: v, emptyDir: {}}]")
    if "image: ''" in container:
        text = text.replace("image: web:1, ", "")
    with pytest.raises(InvalidInput, match=message) as caught:
        read_text(text)
    assert caught.value.origin is not None
    assert (caught.value.origin.file, caught.value.origin.line) == ("a.yaml", 4)


def test_a_container_without_an_image_is_told() -> None:
    definition = read_text(pod().replace(", image: web:1", ""))
    assert container_of(definition).image is None
    assert codes(definition) == ["image-supplied-later"]
