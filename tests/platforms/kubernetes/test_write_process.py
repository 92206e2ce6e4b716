"""The Kubernetes writer: processes, variables, probes, compute, life cycle and security, a platform fact at a time."""

import pytest

from isomorph.model.application import Configuration, Secret
from isomorph.model.image import Build, Image
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Placeholder,
    SecretValue,
    Text,
)
from isomorph.model.workload import (
    Compute,
    Constraint,
    Container,
    Exec,
    Grpc,
    Http,
    Kind,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Scale,
    Schedule,
    Security,
    Tcp,
    Workload,
)
from tests.platforms.kubernetes.written import NGINX, application, container, workload


def test_command_and_args_have_the_sense_of_the_model() -> None:
    written = container(command=("/bin/sh", "-c"), args=("x",)).container()
    assert (written["command"], written["args"]) == (["/bin/sh", "-c"], ["x"])


def test_empty_vectors_are_not_written_and_told_where_the_image_then_decides() -> None:
    output = container(command=(), args=())
    assert not {"command", "args"} & output.container().keys()
    assert output.codes == ["lost", "lost"]
    assert container(command=("x",), args=()).codes == []  # With a command the image's arguments are ignored anyway.


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain $HOME ${X}", "plain $HOME ${X}"),
        ("$(date)", "$$(date)"),
        ("a$$b", "a$$$b"),
        ("$$(X)", "$$$$(X)"),
        ("cost: 5$", "cost: 5$"),
    ],
)
def test_what_would_be_expanded_is_escaped(text: str, written: str) -> None:
    output = container(command=(text,), args=(text,), variables={"A": text}, readiness=Probe(Exec((text,))))
    made = output.container()
    assert made["command"] == made["args"] == made["readinessProbe"]["exec"]["command"] == [written]
    assert made["env"] == [{"name": "A", "value": written}]


SHARED = {
    "secrets": {"db": Secret({"password": "x"})},
    "configurations": {"settings": Configuration({"level": "debug"})},
}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ((SecretValue("db", "password"),), {"secretKeyRef": {"name": "db", "key": "password"}}),
        ((SecretValue("db", "x", optional=True),), {"secretKeyRef": {"name": "db", "key": "x", "optional": True}}),
        ((ConfigurationValue("settings", "level"),), {"configMapKeyRef": {"name": "settings", "key": "level"}}),
        ((InstanceField("name"),), {"fieldRef": {"fieldPath": "metadata.name"}}),
        ((InstanceField("ip"),), {"fieldRef": {"fieldPath": "status.podIP"}}),
        ((InstanceField("label:a/b"),), {"fieldRef": {"fieldPath": "metadata.labels['a/b']"}}),
        ((InstanceField("request:cpu", "web", "1m"),), {
            "resourceFieldRef": {"containerName": "web", "resource": "requests.cpu", "divisor": "1m"}
        }),
    ],
)  # fmt: skip
def test_references_stay_references(text: Text, source: dict[str, object]) -> None:
    assert container(shared=SHARED, variables={"A": text}).container()["env"] == [{"name": "A", "valueFrom": source}]


def test_a_variable_that_names_another_comes_after_it() -> None:
    variables: dict[str, Text] = {
        "URL": ("amqp://u:", SecretValue("db", "password"), "@mq"),
        "PASSWORD": (SecretValue("db", "password"),),
    }
    assert container(shared=SHARED, variables=variables).container()["env"] == [
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        {"name": "URL", "value": "amqp://u:$(PASSWORD)@mq"},
    ]


def test_a_reference_inside_of_text_gets_a_variable_that_comes_first() -> None:
    variables: dict[str, Text] = {"A": "1", "URL": ("cost$", SecretValue("db", "password"))}
    written = container(shared=SHARED, variables=variables, args=(("--p=", SecretValue("db", "password")),)).container()
    assert [each["name"] for each in written["env"]] == ["_ISOMORPH_1", "A", "URL"]
    assert written["env"][2]["value"] == "cost$$$(_ISOMORPH_1)"
    assert written["args"] == ["--p=$(_ISOMORPH_1)"]


def test_a_reference_in_a_probe_is_lost_since_the_kubelet_expands_only_literals() -> None:
    output = container(shared=SHARED, readiness=Probe(Exec(("login", (SecretValue("db", "password"),)))))
    assert "lost" in output.codes


def test_what_is_not_settled_stays_as_it_was_written_and_is_told() -> None:
    output = container(
        image=Image("nginx", tag=(Placeholder("${TAG}", "TAG"),)), variables={"A": (Placeholder("${A}", "A"),)}
    )
    assert output.container()["image"] == "nginx:${TAG}"
    assert output.container()["env"] == [{"name": "A", "value": "${A}"}]
    assert output.codes == ["lost", "lost"]


def test_names_of_variables_are_checked_for_the_target() -> None:
    output = container(variables={"a.b-c": "1", "1 2": "2", "a=b": "3"})
    assert [each["name"] for each in output.container()["env"]] == ["a.b-c", "1 2"]
    assert output.codes == ["assumed", "lost"]


def test_whole_stores_become_variables() -> None:
    written = container(variables_from=(SecretValue("a", optional=True), ConfigurationValue("b"))).container()
    assert written["envFrom"] == [{"secretRef": {"name": "a", "optional": True}}, {"configMapRef": {"name": "b"}}]


def test_service_links_are_off_but_for_what_was_kubernetes_before() -> None:
    assert container().pod()["enableServiceLinks"] is False
    assert "enableServiceLinks" not in container("kubernetes").pod()


def test_an_image_that_is_built_gets_a_name_that_is_told() -> None:
    output = container(image=None, build=Build(context="./App"))
    assert output.container()["image"] == "shop-web"
    assert output.codes == ["assumed"]
    assert "shop-web" in output.told[0][1]


@pytest.mark.parametrize(("policy", "written"), [("always", "Always"), ("missing", "IfNotPresent"), ("never", "Never")])
def test_pull_policies(policy: str, written: str) -> None:
    assert container(pull_policy=policy).container()["imagePullPolicy"] == written


def test_probes_say_all_that_the_other_platform_takes_for_granted() -> None:
    assert container(readiness=Probe(Exec(("true",)))).container()["readinessProbe"] == {
        "exec": {"command": ["true"]}, "periodSeconds": 30, "timeoutSeconds": 30, "failureThreshold": 3,
    }  # fmt: skip
    assert container("score", readiness=Probe(Exec(("true",)))).container()["readinessProbe"] == {
        "exec": {"command": ["true"]}
    }


def test_checks() -> None:
    written = container(
        "score",
        liveness=Probe(Http(80, "/x", "https", "example.com", {"A": "b"})),
        readiness=Probe(Tcp(81, "localhost")),
        startup=Probe(Grpc(82, "health")),
    ).container()
    assert written["livenessProbe"] == {
        "httpGet": {
            "host": "example.com", "path": "/x", "port": 80, "scheme": "HTTPS",
            "httpHeaders": [{"name": "A", "value": "b"}],
        }
    }  # fmt: skip
    assert written["readinessProbe"] == {"tcpSocket": {"port": 81, "host": "localhost"}}
    assert written["startupProbe"] == {"grpc": {"port": 82, "service": "health"}}


@pytest.mark.parametrize(
    ("grace", "period", "failures", "threshold"),
    [(60_000, 10_000, 3, 9), (55_000, 10_000, 3, 9), (5_000, 10_000, 1, 2), (30_000, 2_500, 2, 12), (1, None, None, 4)],
)
def test_a_grace_period_is_a_startup_probe_with_dockers_budget(
    grace: int, period: int | None, failures: int | None, threshold: int
) -> None:
    output = container("score", readiness=Probe(Tcp(80), period=period, grace=grace, failures=failures))
    startup = output.container()["startupProbe"]
    assert (startup["tcpSocket"], startup["failureThreshold"]) == ({"port": 80}, threshold)
    assert "initialDelaySeconds" not in startup
    assert "approximated" in output.codes


def test_fractions_of_a_second_are_rounded_up_and_told() -> None:
    output = container("score", liveness=Probe(Tcp(80), period=1_500, timeout=200, initial_delay=1))
    assert output.container()["livenessProbe"] == {
        "tcpSocket": {"port": 80}, "initialDelaySeconds": 1, "periodSeconds": 2, "timeoutSeconds": 1,
    }  # fmt: skip
    assert output.codes == ["approximated"]


def test_a_probe_of_ones_own_name_asks_localhost() -> None:
    check = Exec(("curl", ("http://", Address("web", "web", 80), "/health")))
    output = container(readiness=Probe(check))
    assert output.container()["readinessProbe"]["exec"]["command"] == ["curl", "http://localhost:80/health"]
    assert output.find("Service")["spec"]["clusterIP"] == "None"


def test_a_pod_has_the_longest_time_to_stop_of_its_containers() -> None:
    containers = {"a": Container(image=NGINX, stop_grace=2_000), "b": Container(image=NGINX)}
    output = workload(containers=containers)
    assert output.pod()["terminationGracePeriodSeconds"] == 10
    assert output.codes == ["approximated"]


def test_a_probe_that_is_off_or_only_timing() -> None:
    output = container(liveness=Probe(disabled=True), readiness=Probe(period=1_000))
    assert not {"livenessProbe", "readinessProbe"} & output.container().keys()
    assert output.codes == ["lost"]


def test_compute_is_spelled_canonically() -> None:
    compute = Compute(
        requests={"cpu": 500, "memory": 1 << 20}, limits={"cpu": 2000, "memory": 3_000_000, "nvidia.com/gpu": 1}
    )
    assert container(compute=compute).container()["resources"] == {
        "requests": {"cpu": "500m", "memory": "1Mi"},
        "limits": {"cpu": "2", "memory": "3000000", "nvidia.com/gpu": "1"},
    }


def test_a_request_above_its_limit_is_cut_and_told() -> None:
    output = container(compute=Compute(requests={"cpu": 2000}, limits={"cpu": 1000}))
    assert output.container()["resources"]["requests"] == {"cpu": "1"}
    assert output.codes == ["approximated"]


def test_security() -> None:
    security = Security("1000", "2000", True, ("NET_ADMIN",), ("ALL",), True, False, True)
    assert container(security=security).container()["securityContext"] == {
        "runAsUser": 1000, "runAsGroup": 2000, "runAsNonRoot": True,
        "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
        "readOnlyRootFilesystem": True, "privileged": False, "allowPrivilegeEscalation": False,
    }  # fmt: skip


def test_a_user_by_name_is_lost() -> None:
    output = container(security=Security(user="nginx"))
    assert "securityContext" not in output.container()
    assert output.codes == ["lost"]


def test_the_time_to_stop_is_explicit_where_defaults_differ() -> None:
    assert container().pod()["terminationGracePeriodSeconds"] == 10
    assert "terminationGracePeriodSeconds" not in container("kubernetes").pod()
    assert container(stop_grace=1_500).pod()["terminationGracePeriodSeconds"] == 2


@pytest.mark.parametrize(
    ("kind", "controller"),
    [
        (Kind.SERVICE, "Deployment"),
        (Kind.STATEFUL, "StatefulSet"),
        (Kind.DAEMON, "DaemonSet"),
        (Kind.JOB, "Job"),
        (Kind.SCHEDULED, "CronJob"),
    ],
)
def test_kinds(kind: Kind, controller: str) -> None:
    output = workload(kind=kind, schedule=Schedule("0 3 * * *", "Europe/Zurich") if kind is Kind.SCHEDULED else None)
    assert [each["kind"] for each in output.documents if each["kind"] != "Service"] == [controller]
    assert output.pod(kind=controller)["containers"][0]["image"] == "nginx:1"


def test_a_scheduled_job() -> None:
    spec = workload(kind=Kind.SCHEDULED, schedule=Schedule("0 3 * * *", "Europe/Zurich")).find("CronJob")["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 3 * * *", "Europe/Zurich")
    assert spec["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize(
    ("restart", "policy", "limit"),
    [(Restart("never"), "Never", 0), (Restart("on-failure", 4), "OnFailure", 4), (Restart("on-failure"), "OnFailure", 2**31 - 1)],
)  # fmt: skip
def test_what_ends_and_offers_nothing_is_a_job(restart: Restart, policy: str, limit: int) -> None:
    output = workload(restart=restart)
    spec = output.find("Job")["spec"]
    assert (spec["template"]["spec"]["restartPolicy"], spec["backoffLimit"]) == (policy, limit)
    assert output.codes == ["approximated"]


def test_what_offers_a_port_runs_on_whatever_it_said() -> None:
    output = workload(restart=Restart("on-failure"), ports={"80/tcp": Port(80, 80)})
    assert output.pod()["restartPolicy"] == "Always"
    assert output.codes == ["approximated"]


def test_what_others_wait_for_to_complete_is_a_job() -> None:
    web = Workload("web", containers={"web": Container(image=NGINX)}, order={"migrate": Order("complete")})
    migrate = Workload("migrate", containers={"migrate": Container(image=NGINX)})
    output = application(web, migrate)
    assert (output.names("Deployment"), output.names("Job")) == (["web"], ["migrate"])
    assert "lost" in output.codes


def test_what_peers_connect_to_is_no_job() -> None:
    web = Workload(
        "web", containers={"web": Container(image=NGINX, variables={"DB": ("x://", Address("db", "db", 5432))})}
    )
    db = Workload("db", names=("db",), containers={"db": Container(image=NGINX)}, restart=Restart("on-failure"))
    assert application(web, db).names("Deployment") == ["web", "db"]


def test_init_containers_and_sidecars_come_first_in_their_order() -> None:
    containers = {
        "main": Container(image=NGINX),
        "migrate": Container(image=NGINX, before={"main": "complete"}),
        "proxy": Container(image=NGINX, before={"migrate": "healthy"}, readiness=Probe(Tcp(80))),
        "log": Container(image=NGINX, role=Role.SIDECAR),
    }
    pod = workload("score", containers=containers).pod()
    assert [(each["name"], each.get("restartPolicy")) for each in pod["initContainers"]] == [
        ("proxy", "Always"),
        ("migrate", None),
        ("log", "Always"),
    ]
    assert [each["name"] for each in pod["containers"]] == ["main"]
    assert pod["initContainers"][0]["startupProbe"] == {"tcpSocket": {"port": 80}}


def test_scale_and_autoscaler() -> None:
    output = workload(scale=Scale(replicas=3, minimum=2, maximum=6, targets={"cpu": 70}))
    assert output.find("Deployment")["spec"]["replicas"] == 3
    spec = output.find("HorizontalPodAutoscaler")["spec"]
    assert (spec["scaleTargetRef"]["name"], spec["minReplicas"], spec["maxReplicas"]) == ("web", 2, 6)
    assert spec["metrics"][0]["resource"] == {
        "name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": 70},
    }


def test_placement() -> None:
    placement = (
        Constraint("os", "=", ("linux",)),
        Constraint("zone", "in", ("a", "b")),
        Constraint("node.role", "=", ("manager",)),
    )
    output = workload(placement=placement)
    assert output.pod()["nodeSelector"] == {"kubernetes.io/os": "linux"}
    required = output.pod()["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"][0]["matchExpressions"] == [
        {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a", "b"]}
    ]
    assert output.codes == ["lost"]


def test_losses_are_told_once_for_all_workloads() -> None:
    many = [
        Workload(f"w{number}", containers={"c": Container(image=NGINX)}, order={"w0": Order()})
        for number in range(1, 8)
    ]
    output = application(Workload("w0", containers={"c": Container(image=NGINX)}), *many)
    assert output.codes == ["lost"]
    assert output.told[0][1].startswith("w1, w2, w3, w4 and 3 more: Kubernetes starts workloads in no order")
