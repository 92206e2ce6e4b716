"""Manifests for Minikube: read as Kubernetes reads them; what runs there only with help, or not at all, is told."""

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.platforms.minikube.reader import read
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import documents, pod, service

WEB = pod("ports: [{containerPort: 8080}]")
CLAIM = (
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
    "spec:\n  accessModes: [ReadWriteOnce]\n  storageClassName: gp3\n  resources: {requests: {storage: 1Gi}}\n"
)
OWN_CLASS = (
    "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3}\nprovisioner: k8s.io/minikube-hostpath\n"
)
INGRESS = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
    "spec: {rules: [{host: shop.test, http: {paths: [{path: /, pathType: Prefix, "
    "backend: {service: {name: web, port: {number: 80}}}}]}}]}\n"
)
GATEWAY = (
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web}\n"
    "spec: {parentRefs: [{name: edge}], hostnames: [shop.test], rules: [{backendRefs: [{name: web, port: 80}]}]}\n"
)
SCALER = (
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}\n"
)
APART = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}"
)


def read_text(*texts: str) -> Definition:
    """Read manifests from one file."""
    return read(source("a.yaml"), memory_context({"a.yaml": documents(*texts)}))


def test_a_definition_is_minikubes_own_and_its_extras_are_kubernetes() -> None:
    definition = read_text(pod("", "priorityClassName: high"), service("{port: 80}"))
    assert definition.platform == "minikube"
    assert {extra.platform for extra in definition.extras} == {"kubernetes"}
    assert definition.diagnostics == ()


@pytest.mark.parametrize(
    ("texts", "code", "origin", "words"),
    [
        ((WEB, service("{port: 80, targetPort: 8080}", more="type: LoadBalancer")), "assumed", "a.yaml:9:75", "minikube tunnel"),
        ((WEB, service("{port: 80}"), INGRESS), "assumed", "a.yaml:14:56", "minikube addons enable ingress"),
        ((WEB, service("{port: 80}"), GATEWAY), "missing-reference", "a.yaml:14", "no Gateway API"),
        ((WEB, SCALER), "assumed", "a.yaml:9", "metrics-server"),
        ((CLAIM,), "missing-reference", "a.yaml:6:21", "data (gp3)"),
        ((pod("", "nodeSelector: {pool: apps}"),), "missing-reference", "a.yaml:4", "web (pool)"),
        ((pod("", APART, more="replicas: 2"),), "missing-reference", "a.yaml:4", "must not share a node"),
        ((pod("resources: {requests: {cpu: 800m}}", more="replicas: 3"),), "missing-reference", "a.yaml:3", "web (2400m)"),
        ((pod("imagePullPolicy: Never"),), "image-supplied-later", "a.yaml:4", "minikube image load"),
        (
            (pod("volumeMounts: [{name: s, mountPath: /s}]", "volumes: [{name: s, hostPath: {path: /src}}]"),),
            "assumed",
            "a.yaml:4",
            "web/s (/src)",
        ),
    ],
    ids=["tunnel", "ingress", "gateway", "metrics", "class", "labels", "apart", "cpus", "image", "folder"],
)  # fmt: skip
def test_what_needs_help_is_told_where_it_is_written(
    texts: tuple[str, ...], code: str, origin: str, words: str
) -> None:
    (told,) = read_text(*texts).diagnostics
    assert told.code == code
    assert words in told.message
    assert str(told.origin).startswith(origin)


@pytest.mark.parametrize(
    "texts",
    [
        (WEB, service("{port: 80}", more="type: NodePort")),
        (CLAIM, OWN_CLASS),
        (CLAIM.replace("gp3", "standard"),),
        (pod("", "nodeSelector: {kubernetes.io/os: linux}"),),
        (pod("", APART),),
        (pod("resources: {requests: {cpu: '1'}}", more="replicas: 2"),),
    ],
    ids=["node port", "own class", "standard", "os", "one instance", "within"],
)
def test_what_runs_there_as_it_is_needs_no_word(texts: tuple[str, ...]) -> None:
    assert [each for each in read_text(*texts).diagnostics if each.code != "unknown-kind"] == []


def test_what_a_clouds_controllers_would_read_is_ignored() -> None:
    name = "service.beta.kubernetes.io/aws-load-balancer-type"
    text = service("{port: 80}").replace("{name: web}", f"{{name: web, annotations: {{{name}: nlb}}}}")
    (told,) = read_text(WEB, text).diagnostics
    assert told.code == "ignored"
    assert told.message.startswith(name)


def test_many_places_are_counted() -> None:
    claims = [CLAIM.replace("name: data", f"name: data{number}") for number in range(6)]
    (told,) = read_text(*claims).diagnostics
    assert "data3 (gp3) and 2 more: " in told.message


def test_bad_input_is_refused_as_kubernetes_refuses_it() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_text(pod("image: 5"))
    assert str(caught.value.origin).startswith("a.yaml:4:")
