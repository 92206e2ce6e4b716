"""Controllers: kind, scale, life cycle, placement; Services, autoscalers."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Constraint, Exposure, Kind, Port, Restart, Scale, Schedule
from tests.platforms.kubernetes.reading import codes, documents, extras, only, pod, read_text, service

BARE_POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web:1}]}
"""
OLD_CONTROLLER = (
    pod(kind="ReplicationController").replace("apps/v1", "v1").replace("{matchLabels: {app: web}}", "{app: web}")
)
CRON_JOB = (
    "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec: {schedule: '0 3 * * *', timeZone: Etc/UTC, "
    "suspend: true, jobTemplate: {spec: {backoffLimit: 1, template: {spec: {restartPolicy: OnFailure, dnsPolicy: Default, "
    "containers: [{name: web, image: web:1}]}}}}}\n"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (pod(), Kind.SERVICE),
        (pod(kind="StatefulSet"), Kind.STATEFUL),
        (pod(kind="DaemonSet"), Kind.DAEMON),
        (pod(kind="ReplicaSet"), Kind.SERVICE),
        (pod(kind="Job").replace("apps/v1", "batch/v1"), Kind.JOB),
        (
            pod(kind="ReplicationController")
            .replace("apps/v1", "v1")
            .replace("{matchLabels: {app: web}}", "{app: web}"),
            Kind.SERVICE,
        ),
        (CRON_JOB, Kind.SCHEDULED),
        (BARE_POD, Kind.SERVICE),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    definition = read_text(text)
    assert only(definition).kind is kind
    assert definition.diagnostics == ()


def test_a_scheduled_job() -> None:
    definition = read_text(CRON_JOB)
    workload = only(definition)
    assert workload.schedule == Schedule("0 3 * * *", "Etc/UTC")
    assert workload.restart == Restart("on-failure")
    job = ("workloads", "web", "spec", "jobTemplate", "spec")
    assert extras(definition) == {
        ("workloads", "web", "spec", "suspend"): True,
        (*job, "backoffLimit"): 1,
        (*job, "template", "spec", "dnsPolicy"): "Default",
    }


def test_scale_and_restart_are_as_said() -> None:
    assert only(read_text(pod())).scale == Scale()
    assert only(read_text(pod())).restart is None
    workload = only(read_text(pod("", "restartPolicy: Always", more="replicas: 3")))
    assert (workload.scale, workload.restart) == (Scale(3), Restart("always"))


def test_old_versions_are_told_once() -> None:
    old = pod().replace("apps/v1", "extensions/v1beta1")
    definition = read_text(documents(old, old.replace("{name: web}\n", "{name: two}\n")))
    assert [diagnostic.message for diagnostic in definition.diagnostics] == [
        "Deployment of extensions/v1beta1 was read as one of apps/v1 (and 1 more place)"
    ]
    assert codes(definition) == ["deprecated"]


def test_placement() -> None:
    affinity = (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: ["
        "{key: topology.kubernetes.io/zone, operator: In, values: [a, b]}, {key: gpu, operator: Exists}, "
        "{key: kubernetes.io/hostname, operator: NotIn, values: [n1]}]}]}}, podAntiAffinity: {x: 1}}"
    )
    definition = read_text(pod("", f"nodeSelector: {{kubernetes.io/os: linux, disk: ssd}}, {affinity}"))
    assert only(definition).placement == (
        Constraint("os", "=", ("linux",)),
        Constraint("disk", "=", ("ssd",)),
        Constraint("zone", "in", ("a", "b")),
        Constraint("gpu", "exists"),
        Constraint("hostname", "!=", ("n1",)),
    )
    assert extras(definition) == {
        ("workloads", "web", "spec", "template", "spec", "affinity"): {"podAntiAffinity": {"x": 1}}
    }


def test_alternatives_among_nodes_are_kept() -> None:
    term = "{{matchExpressions: [{{key: {}, operator: Exists}}]}}"
    terms = f"nodeSelectorTerms: [{term.format('a')}, {term.format('b')}]"
    definition = read_text(
        pod("", f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}}}}}")
    )
    assert only(definition).placement == ()
    assert list(extras(definition)) == [("workloads", "web", "spec", "template", "spec", "affinity")]


def test_host_namespaces() -> None:
    assert only(read_text(pod("", "hostNetwork: true, hostPID: false, hostIPC: true"))).host_namespaces == (
        "network",
        "ipc",
    )


def test_labels_and_annotations_of_template_and_controller() -> None:
    text = pod().replace("metadata: {name: web}", "metadata: {name: web, labels: {team: a}, annotations: {note: b}}")
    workload = only(read_text(text))
    assert workload.labels == {"team": "a", "app": "web"}
    assert workload.annotations == {"note": "b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (pod().replace("labels: {app: web}", "labels: {app: other}"), "wants the label app=web"),
        (pod().replace("containers: [{name: web, image: web:1}]", "containers: []"), "runs no container"),
        (pod("", "initContainers: [{name: web, image: i}]"), "two containers are named web"),
        (pod("", "restartPolicy: always"), "no restart policy"),
        (pod(more="replicas: -1"), "negative"),
        (pod(more="replicas: '2'"), "`replicas` must be a number"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", "has no `spec`"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {}\n", "has no pod template"),
        ("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec: {schedule: x}\n", "has no job"),
        (pod().replace("metadata: {name: web}\n", "metadata: {}\n"), "has no name"),
        (documents(pod(), pod()), "defined twice; the first is at a.yaml:1:1"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read_text(text)
    assert caught.value.origin is not None
    assert caught.value.origin.file == "a.yaml"


def test_ports_are_those_that_peers_see() -> None:
    definition = read_text(
        documents(
            pod("ports: [{name: http, containerPort: 8080}, {containerPort: 9000, hostPort: 9001, hostIP: 127.0.0.1}]"),
            service("{port: 80, targetPort: http, name: web}, {port: 53, protocol: UDP}"),
        )
    )
    assert only(definition).ports == {
        "80/tcp": Port(80, 8080, "tcp", "web"),
        "53/udp": Port(53, 53, "udp"),
        "9000/tcp": Port(9000, 9000, offered=False, exposures=(Exposure("host", 9001, "127.0.0.1"),)),
    }


@pytest.mark.parametrize(
    ("more", "port", "exposures"),
    [
        ("type: ClusterIP", "port: 80", ()),
        ("type: NodePort", "port: 80, nodePort: 30080", (Exposure("node", 30080),)),
        ("type: NodePort", "port: 80", (Exposure("node"),)),
        ("type: LoadBalancer", "port: 80", (Exposure("load-balancer", 80), Exposure("node"))),
        ("type: LoadBalancer", "port: 80, nodePort: 30001", (Exposure("load-balancer", 80), Exposure("node", 30001))),
        ("type: LoadBalancer, allocateLoadBalancerNodePorts: false", "port: 80", (Exposure("load-balancer", 80),)),
    ],
)
def test_exposures(more: str, port: str, exposures: tuple[Exposure, ...]) -> None:
    workload = only(read_text(documents(pod(), service(f"{{{port}}}", more=more))))
    assert workload.ports == {"80/tcp": Port(80, 80, exposures=exposures)}


def test_names_of_several_services_and_their_ports_merged() -> None:
    workload = only(
        read_text(
            documents(pod(), service("{port: 80}", "b", "type: NodePort"), service("{port: 80}, {port: 81}", "a")),
            namespace="shop",
        )
    )
    assert workload.names == (
        *("a", "a.shop", "a.shop.svc", "a.shop.svc.cluster.local"),
        *("b", "b.shop", "b.shop.svc", "b.shop.svc.cluster.local"),
    )
    assert workload.ports == {"80/tcp": Port(80, 80, exposures=(Exposure("node"),)), "81/tcp": Port(81, 81)}


def test_two_services_that_lead_one_port_to_two_places_are_told() -> None:
    definition = read_text(
        documents(pod(), service("{port: 80, targetPort: 1}", "a"), service("{port: 80, targetPort: 2}", "b"))
    )
    assert only(definition).ports == {"80/tcp": Port(80, 1)}
    assert codes(definition) == ["ambiguous"]


def test_a_headless_service_translates_no_ports_and_names_instances() -> None:
    definition = read_text(
        documents(
            pod(kind="StatefulSet", more="serviceName: web, replicas: 2"),
            service("{port: 80, targetPort: 8080}", more="clusterIP: None"),
        )
    )
    workload = only(definition)
    assert workload.ports == {"8080/tcp": Port(8080, 8080)}
    assert {"web", "web-0.web", "web-1.web.default.svc.cluster.local"} <= set(workload.names)
    assert "web-2.web" not in workload.names
    assert extras(definition)["workloads", "web", "Service", "web", "spec", "clusterIP"] == "None"


def test_selectors_need_all_labels_in_the_same_namespace() -> None:
    definition = read_text(
        documents(
            pod(),
            service("{port: 80}", "other").replace("{app: web}", "{app: web, tier: x}"),
            service("{port: 80}", "away").replace("{name: away}", "{name: away, namespace: elsewhere}"),
        )
    )
    assert only(definition).names == ()
    assert codes(definition) == ["selects-nothing", "selects-nothing"]
    assert len(definition.extras) == 2


def test_services_that_all_select_everything_are_refused() -> None:
    texts = [
        text
        for n in range(420)
        for text in (pod().replace("{name: web}\n", f"{{name: web{n}}}\n"), service("{port: 80}", f"s{n}"))
    ]
    with pytest.raises(InvalidInput, match="beyond all use"):
        read_text(documents(*texts))


def test_an_external_name_may_be_another_name_of_a_service_here() -> None:
    alias = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: alias}\n"
        "spec: {type: ExternalName, externalName: web.default.svc.cluster.local}\n"
    )
    workload = only(read_text(documents(pod(), service("{port: 80}"), alias)))
    assert "alias" in workload.names


def test_a_service_of_another_api_group_is_another_thing() -> None:
    knative = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\nspec: {template: {}}\n"
    definition = read_text(documents(pod(), knative))
    assert codes(definition) == ["unknown-kind"]
    assert [extra.value["apiVersion"] for extra in definition.extras] == ["serving.knative.dev/v1"]


def test_autoscaling() -> None:
    scaler = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
        "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 5, "
        "behavior: {scaleDown: {}}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "
        "averageUtilization: 70}}}, {type: Pods, pods: {}}]}\n"
    )
    definition = read_text(documents(pod(more="replicas: 3"), scaler))
    assert only(definition).scale == Scale(3, 2, 5, {"cpu": 70})
    place = ("workloads", "web", "HorizontalPodAutoscaler", "web", "spec")
    assert extras(definition) == {
        (*place, "behavior"): {"scaleDown": {}},
        (*place, "metrics", 1): {"type": "Pods", "pods": {}},
    }


def test_an_autoscaler_of_nothing_is_told_and_kept() -> None:
    scaler = (
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
        "spec: {scaleTargetRef: {kind: Deployment, name: nope}, maxReplicas: 5, targetCPUUtilizationPercentage: 50}\n"
    )
    definition = read_text(documents(pod(), scaler))
    assert codes(definition) == ["selects-nothing"]
    assert read_text(documents(pod(), scaler.replace("name: nope", "name: web"))).application.workloads[
        "web"
    ].scale == Scale(None, None, 5, {"cpu": 50})


def test_one_name_in_two_namespaces() -> None:
    texts = [
        pod().replace("metadata: {name: web}\n", f"metadata: {{name: web, namespace: {name}}}\n")
        for name in ("one", "two")
    ]
    definition = read_text(documents(*texts, pod().replace("{name: web}\n", "{name: api}\n")))
    assert list(definition.application.workloads) == ["one/web", "two/web", "api"]
    assert [workload.name for workload in definition.application.workloads.values()] == ["web", "web", "api"]
    assert definition.application.namespace is None


def test_labels_and_annotations_of_a_service_that_are_null_say_nothing() -> None:
    plain = service("{port: 80}")
    text = plain.replace("metadata: {name: web}", "metadata: {name: web, labels: null, annotations: null}")
    assert "annotations: null" in text
    assert read_text(documents(pod(), text)).extras == read_text(documents(pod(), plain)).extras
