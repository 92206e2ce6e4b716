"""Minikube beside production: what differs by the nature of one node is expected, the rest is told with that reason."""

import pytest

from isomorph.drift.finding import Verdict
from tests.drift.judging import environment, judge, shown, tell
from tests.drift.test_reasons import is_backed
from tests.platforms.kubernetes.reading import documents, pod, service

LOCAL, PRODUCTION = "minikube kubernetes", "kubernetes minikube"
CLAIMED = "volumeMounts: [{name: d, mountPath: /d}]", "volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]"


def claim(more: str = "") -> str:
    return (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d}\n"
        f"spec: {{{more}accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}\n"
    )


def image(name: str, policy: str = "") -> str:
    text = pod(f"imagePullPolicy: {policy}" if policy else "")
    return text.replace("image: web:1", f"image: {name}")


EXPECTED = {
    "a node port for a load balancer": (
        documents(pod(), service("{port: 80}", more="type: NodePort")),
        documents(pod(), service("{port: 80}", more="type: LoadBalancer")),
        ["expected port.exposure 80/tcp: * | 80,*"],
    ),
    "the one storage class": (
        documents(pod(*CLAIMED), claim()),
        documents(pod(*CLAIMED), claim("storageClassName: gp3, ")),
        ["expected volume.class /d: - | gp3"],
    ),
    "the one node": (pod(), pod("", "nodeSelector: {pool: apps}"), ["expected placement.constraint: - | pool=apps"]),
    "a loaded image": (
        image("web:dev", "Never"),
        image("registry.example.com/acme/web:1.4", "Always"),
        [
            "expected image.registry: docker.io | registry.example.com",
            "expected image.repository: library/web | acme/web",
            "expected image.tag: dev | 1.4",
            "expected image.pull-policy: never | always",
        ],
    ),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_what_differs_by_the_nature_of_minikube_is_expected(case: str) -> None:
    local, production, told = EXPECTED[case]
    report = judge(local, production, LOCAL)
    assert sorted(tell(each) for each in report.findings) == sorted(told)
    from isomorph.drift.facts import View

    views = [View(0, environment("a", "minikube", local)), View(1, environment("b", "kubernetes", production))]
    assert [each for each in report.findings if not is_backed(each, views)] == []


@pytest.mark.parametrize("case", EXPECTED)
def test_the_same_is_drift_between_clusters_of_one_kind(case: str) -> None:
    local, production, told = EXPECTED[case]
    assert len(shown(judge(local, production, "kubernetes kubernetes"))) >= len(told) - 1
    assert shown(judge(production, local, PRODUCTION)) == []


@pytest.mark.parametrize(
    ("local", "production", "told"),
    [
        (image("web:dev"), image("acme/web:dev"), "drift image.repository: library/web | acme/web"),
        (image("web:1", "Never"), image("site:1", "Always"), "drift image.repository: library/web | library/site"),
        (image("web:1"), image("web:2"), "drift image.tag: 1 | 2"),
        (
            pod(),
            documents(pod(), service("{port: 80}", more="type: LoadBalancer")),
            "missing port.missing 80/tcp: - | 80",
        ),
        (
            documents(pod(), service("{port: 80}")),
            documents(pod(), service("{port: 80}", more="type: LoadBalancer")),
            "drift port.exposure 80/tcp: - | 80,*",
        ),
    ],
)
def test_real_drift_stays_drift(local: str, production: str, told: str) -> None:
    assert told in shown(judge(local, production, LOCAL))


@pytest.mark.parametrize(
    ("local", "production", "rule", "words"),
    [
        (pod(), pod("", more="replicas: 3"), "scale.replicas", "Minikube has one node"),
        (pod("imagePullPolicy: IfNotPresent"), pod("imagePullPolicy: Always"), "image.pull-policy", "asks a registry"),
        (pod(), pod("resources: {requests: {cpu: 4}}"), "compute.requests", "2 CPUs"),
        (
            documents(pod(), service("{port: 80}", more="type: LoadBalancer")),
            documents(pod(), service("{port: 80}")),
            "port.exposure",
            "minikube tunnel",
        ),
    ],
)
def test_drift_is_told_with_the_fact_that_explains_it(local: str, production: str, rule: str, words: str) -> None:
    (finding,) = [each for each in judge(local, production, LOCAL).findings if each.rule == rule]
    assert finding.verdict is Verdict.DRIFT
    assert words in finding.message
    (mirrored,) = [each for each in judge(production, local, PRODUCTION).findings if each.rule == rule]
    assert words in mirrored.message


def test_two_definitions_for_minikube_are_compared_as_they_are() -> None:
    local, production, _ = EXPECTED["a loaded image"]
    report = judge(local, production, "minikube minikube")
    assert {each.verdict for each in report.findings} == {Verdict.DRIFT}
    assert all("Minikube" not in each.message for each in report.findings)


def test_never_pulled_in_production_is_told_there() -> None:
    text = image("web:1", "Never")
    report = judge(text, text, LOCAL)
    assert shown(report) == []
    (told,) = [each for each in report.diagnostics if "ErrImageNeverPull" in each.message]
    assert (told.code, str(told.origin)) == ("assumed", "b.yaml:4:151")


def test_a_class_that_minikube_lacks_is_told_on_its_side() -> None:
    text = documents(pod(*CLAIMED), claim("storageClassName: gp3, "))
    report = judge(text, text, LOCAL)
    assert shown(report) == []
    (told,) = [each for each in report.diagnostics if "storage class" in each.message]
    assert (told.code, str(told.origin)) == ("missing-reference", "a.yaml:9:26")
