"""How a Kubernetes node runs one generated project: its manifests, those of its relatives, and its chart by the real helm."""

from pathlib import Path
from typing import Any

import yaml

from tests.conformance.running import Addresses, Settings
from tests.engines.apart import Apart
from tests.engines.node import KubernetesNode

#: What OpenShift's restricted-v2 makes of a pod that asks for no user: the first of the range that its namespace has.
ANY_USER = 1_000_690_000


class OnKubernetes:
    """The manifests in a namespace; settings are in the ConfigMap and in the Secret that the manifests name."""

    def __init__(self, node: KubernetesNode, folder: Path, settings: Settings, namespace: str) -> None:
        self.node, self.folder, self.settings, self.namespace = node, folder, settings, namespace
        self.machine: Apart = node

    def begin(self) -> None:
        within = f"--namespace={self.namespace}"
        self.node.kubectl("create", "namespace", self.namespace)
        for kind, values in (("configmap", self.settings.plain), ("secret generic", self.settings.secret)):
            literals = [f"--from-literal={name}={value}" for name, value in values.items()]
            self.node.kubectl("create", *kind.split(), "environment", within, *literals)
        self.install()

    def install(self) -> None:
        """Bring what was generated to the cluster."""
        self.node.kubectl("apply", "--server-side", "-f", str(self.folder / "manifests.yaml"))

    def await_both(self) -> Addresses:
        for name in ("greeter", "web"):
            self.node.await_deployment(self.namespace, name)
        return Addresses(self.node.address_of(self.namespace, "web"), "greeter:8090")

    def restarts(self) -> dict[str, int]:
        return self.node.restarts(self.namespace)

    def end(self) -> None:
        self.node.kubectl("delete", "namespace", self.namespace, "--wait=false")


class OnHelm(OnKubernetes):
    """The chart, installed by the real helm."""

    def install(self) -> None:
        self.node.command("helm", "install", "greeting", str(self.folder), "--namespace", self.namespace)


class OnOpenShift(OnKubernetes):
    """The manifests as OpenShift admits them; a namespace that takes nothing less restricted stands for its own checks."""

    def install(self) -> None:
        self.node.kubectl("label", "namespace", self.namespace, "pod-security.kubernetes.io/enforce=restricted")
        documents = list(yaml.safe_load_all((self.folder / "manifests.yaml").read_text()))
        self.node.kubectl("apply", "--server-side", "-f", "-", given=yaml.safe_dump_all(map(as_admitted, documents)))


def as_admitted(document: dict[str, Any]) -> dict[str, Any]:
    """Give a manifest whose pods have the user and the group that restricted-v2 gives them."""
    if document["kind"] == "Deployment":
        context = document["spec"]["template"]["spec"].setdefault("securityContext", {})
        context.setdefault("runAsUser", ANY_USER)
        context.setdefault("fsGroup", ANY_USER)
    return document
