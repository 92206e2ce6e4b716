"""Manifests for Minikube: Kubernetes' in the ways of one node, and each change to what was said is told."""

from typing import Any

import pytest

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.image import Build, Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Constraint, Container, Exposure, Mount, Port, Route, Scale, Workload
from isomorph.platforms.kubernetes.reader import read as read_kubernetes
from isomorph.platforms.minikube.reader import read as read_minikube
from isomorph.platforms.minikube.writer import to_documents, write
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import documents, pod, service

Document = dict[str, Any]


class Output:
    """The documents for Minikube by kind, and what was told, as code and message."""

    def __init__(self, definition: Definition) -> None:
        self.documents, draft = to_documents(normalise(definition, resolve_configurations=False), WriteOptions())
        self.told = {(each.code, each.message) for each in draft.finish()}

    def only(self, kind: str) -> Document:
        """Give the one document of a kind."""
        (found,) = [each for each in self.documents if each["kind"] == kind]
        return found

    def says(self, code: str, words: str) -> bool:
        """Tell whether a diagnostic of a code holds some words."""
        return any(each == code and words in message for each, message in self.told)


def workload(shared: dict[str, Any] | None = None, **said: Any) -> Output:
    fields = {"name": "web", "names": ("web",), "containers": {"web": Container(image=Image("nginx", tag="1"))}, **said}
    return Output(Definition(Application(workloads={"web": Workload(**fields)}, **(shared or {})), "score"))


def production(*texts: str) -> Output:
    """Write what was read from manifests for another cluster."""
    return Output(read_kubernetes(source("a.yaml"), memory_context({"a.yaml": documents(*texts)})))


@pytest.mark.parametrize(
    ("exposure", "number"),
    [
        (Exposure("load-balancer", 80), None),
        (Exposure("host", 8080), None),
        (Exposure("host", 30080), 30080),
        (Exposure("node", None), None),
    ],
)
def test_a_port_outside_is_a_node_port(exposure: Exposure, number: int | None) -> None:
    output = workload(ports={"80/tcp": Port(80, 80, exposures=(exposure,))})
    spec = output.only("Service")["spec"]
    assert spec["type"] == "NodePort"
    assert spec["ports"][0].get("nodePort") == number
    assert output.says("approximated", "minikube service") is (exposure.kind != "node")


def test_a_port_of_the_local_machine_alone_stays_closed() -> None:
    output = workload(ports={"80/tcp": Port(80, 80, exposures=(Exposure("host", 80, "127.0.0.1"),))})
    assert "type" not in output.only("Service")["spec"]
    assert output.says("lost", "kubectl port-forward")


def test_storage_is_of_the_class_that_there_is() -> None:
    mounts = {"web": Container(image=Image("nginx", tag="1"), mounts={"/d": Mount("data")})}
    output = workload({"volumes": {"data": Volume("persistent", size=1, storage_class="gp3")}}, containers=mounts)
    assert "storageClassName" not in output.only("PersistentVolumeClaim")["spec"]
    assert output.says("lost", "storage class")


def test_instances_run_on_the_node_that_there_is() -> None:
    output = workload(placement=(Constraint("pool", "=", ("apps",)), Constraint("zone", "exists")))
    assert "nodeSelector" not in output.only("Deployment")["spec"]["template"]["spec"]
    assert "affinity" not in output.only("Deployment")["spec"]["template"]["spec"]
    assert output.says("lost", "one node")


def test_what_is_built_is_taken_from_the_node() -> None:
    output = workload(containers={"web": Container(build=Build(context="."))})
    (container,) = output.only("Deployment")["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["imagePullPolicy"]) == ("web", "IfNotPresent")
    assert output.says("assumed", "web (web): the image is to be loaded into the node")
    assert not output.says("assumed", "push what is built")


def test_a_port_of_the_machine_that_a_pod_asks_for_is_the_nodes() -> None:
    output = production(pod("ports: [{containerPort: 80, hostPort: 8080}]"), service("{port: 80}"))
    (container,) = output.only("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"containerPort": 80, "hostPort": 8080}]
    assert "type" not in output.only("Service")["spec"]


def test_routes_are_the_addons() -> None:
    output = workload(ports={"80/tcp": Port(80, 80)}, routes={"shop.test/": Route("shop.test", "/", 80)})
    assert output.only("Ingress")["spec"]["ingressClassName"] == "nginx"
    assert output.says("assumed", "minikube addons enable ingress")


def test_an_autoscaler_needs_an_addon() -> None:
    output = workload(scale=Scale(minimum=1, maximum=3, targets={"cpu": 80}))
    assert output.only("HorizontalPodAutoscaler")["spec"]["maxReplicas"] == 3
    assert output.says("assumed", "metrics-server")


BALANCED = service(
    "{port: 80}", more="type: LoadBalancer, loadBalancerClass: aws/nlb, loadBalancerIP: 10.0.0.9"
).replace(
    "{name: web}", "{name: web, annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb, own: kept}}"
)


def test_what_only_a_cloud_reads_is_left_out() -> None:
    output = production(pod(), BALANCED)
    document = output.only("Service")
    assert document["spec"]["type"] == "NodePort"
    assert "loadBalancerClass" not in document["spec"]
    assert "loadBalancerIP" not in document["spec"]
    assert document["metadata"]["annotations"] == {"own": "kept"}
    assert output.says("extra-dropped", "`loadBalancerClass`")
    assert output.says("extra-dropped", "`service.beta.kubernetes.io/aws-load-balancer-type`")


def test_another_ingress_class_is_told() -> None:
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
        "spec: {ingressClassName: alb, rules: [{host: shop.test, http: {paths: [{path: /, pathType: Prefix, "
        "backend: {service: {name: web, port: {number: 80}}}}]}}]}\n"
    )
    output = production(pod(), service("{port: 80}"), ingress)
    assert output.only("Ingress")["spec"]["ingressClassName"] == "nginx"
    assert output.says("renamed", "the Ingress class alb is nginx")


def test_what_is_minikubes_own_is_written_as_it_was() -> None:
    text = documents(
        pod("imagePullPolicy: Never", "nodeSelector: {minikube.k8s.io/primary: 'true'}"),
        service("{port: 80}", more="type: LoadBalancer"),
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d}\n"
        "spec: {storageClassName: csi, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    )
    definition = read_minikube(source("a.yaml"), memory_context({"a.yaml": text}))
    output = Output(definition)
    assert output.told == set()
    assert output.only("Service")["spec"]["type"] == "LoadBalancer"
    assert output.only("PersistentVolumeClaim")["spec"]["storageClassName"] == "csi"
    assert output.only("Deployment")["spec"]["template"]["spec"]["nodeSelector"] == {"minikube.k8s.io/primary": "true"}


def again(text: str | bytes) -> str | bytes:
    """Read what was written for Minikube, and write it once more."""
    definition = read_minikube(source("a.yaml"), memory_context({"a.yaml": text}))
    return write(normalise(definition, resolve_configurations=False), WriteOptions()).files[0].content


def test_a_second_write_is_the_same() -> None:
    said = {"web": Container(build=Build(context="."), mounts={"/d": Mount("data")})}
    application = Application(
        workloads={
            "web": Workload(
                "web",
                names=("web",),
                containers=said,
                ports={"80/tcp": Port(80, 80, exposures=(Exposure("host", 80),))},
            )
        },
        volumes={"data": Volume("persistent", size=1 << 30, storage_class="gp3")},
    )
    first = write(normalise(Definition(application, "score")), WriteOptions()).files[0].content
    second, third = again(first), again(again(first))
    assert second == third
    assert len(second.splitlines()) == len(str(first).splitlines())
