"""The Kubernetes node itself: pods run and are found as on any node, and what cannot run does not."""

import json
from collections.abc import Iterator

import pytest

from tests.conformance.running import fetch
from tests.engines.apart import CommandFailed
from tests.engines.node import ADDRESS, KubernetesNode

pytestmark = pytest.mark.engine

NAMESPACE = "tried"
ASK = """\
import urllib.request as u
print(*(u.urlopen(f"http://{name}/").status for name in ("web", "web.tried.svc.cluster.local")))
"""
RUN = ("--image=python:3.11", "--", "python3", "-m", "http.server", "8080")


@pytest.fixture(scope="module")
def node(kubernetes_node: KubernetesNode) -> Iterator[KubernetesNode]:
    """The node, with a web server and a service of it that is open to whoever reaches the node."""
    kubernetes_node.kubectl("create", "namespace", NAMESPACE)
    within = f"--namespace={NAMESPACE}"
    kubernetes_node.kubectl("create", "deployment", "web", within, *RUN)
    kubernetes_node.kubectl("expose", "deployment", "web", within, "--port=80", "--target-port=8080", "--type=NodePort")
    kubernetes_node.await_deployment(NAMESPACE, "web")
    yield kubernetes_node
    kubernetes_node.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_a_node_port_leads_to_a_pod(node: KubernetesNode) -> None:
    service = json.loads(node.kubectl("get", "service", "web", f"--namespace={NAMESPACE}", "-o", "json"))
    assert "Directory listing" in fetch(node, f"http://{ADDRESS}:{service['spec']['ports'][0]['nodePort']}/")


def test_a_pod_finds_a_service_by_its_names(node: KubernetesNode) -> None:
    asked = node.kubectl("exec", "deployment/web", f"--namespace={NAMESPACE}", "--", "python3", "-c", ASK)
    assert asked.split() == ["200", "200"]


def test_nothing_outside_is_reached(node: KubernetesNode) -> None:
    connect = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    with pytest.raises(CommandFailed, match=r"unreachable|timed out"):
        node.kubectl("exec", "deployment/web", f"--namespace={NAMESPACE}", "--", "python3", "-c", connect)


def test_an_image_that_is_not_there_does_not_run(node: KubernetesNode) -> None:
    within = f"--namespace={NAMESPACE}"
    node.kubectl("run", "unknown", within, "--image=nobody/has-it:1")
    why = "jsonpath={.status.containerStatuses[0].state.waiting.reason}"
    with pytest.raises(CommandFailed):
        node.kubectl("wait", "pod/unknown", within, "--for=condition=Ready", "--timeout=2s")
    assert node.kubectl("get", "pod", "unknown", within, "-o", why) in ("ErrImagePull", "ImagePullBackOff")
