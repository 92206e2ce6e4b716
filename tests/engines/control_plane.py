"""A real API server on loopback, for strict dry runs: etcd and kube-apiserver, started for a test run and ended with it.

With workers it is a whole control plane: its controllers make pods, its scheduler places them, and kwok, in the place of a
node, says that they run (`stages.yaml`). No container does.
"""

import contextlib
import ctypes
import http.client
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
TIMEOUT = 90.0
PR_SET_PDEATHSIG = 1
APPLY = "fieldManager=isomorph&fieldValidation=Strict&force=true"
DRY = f"dryRun=All&{APPLY}"
#: The controllers of what definitions say. Those of nodes, clouds and certificates have nothing to do here.
CONTROLLERS = (
    "cronjob", "daemonset", "deployment", "disruption", "endpointslice", "garbage-collector", "job", "namespace",
    "persistentvolume-binder", "replicaset", "root-ca-certificate-publisher", "serviceaccount", "statefulset",
)  # fmt: skip
UNLIMITED = ("--kube-api-qps=1000", "--kube-api-burst=1000")
PLURALS = {
    "Ingress": "ingresses",
    "NetworkPolicy": "networkpolicies",
    "StorageClass": "storageclasses",
    "IngressClass": "ingressclasses",
    "PriorityClass": "priorityclasses",
    "GatewayClass": "gatewayclasses",
    "Endpoints": "endpoints",
}
CLUSTER_WIDE = {"Namespace", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
                "IngressClass", "PriorityClass", "GatewayClass", "Node"}  # fmt: skip


def free_ports(count: int) -> list[int]:
    """Give ports of the loopback address that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def end_with_parent() -> None:
    """Ask Linux to end a server with the test run, should that be killed before it can clean up."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def path_of(document: dict[str, Any]) -> str:
    """Give the path of an object, in the namespace `default` where it names none."""
    kind, metadata, version = document["kind"], document["metadata"], document["apiVersion"]
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    if kind not in CLUSTER_WIDE:
        base += f"/namespaces/{metadata.get('namespace', 'default')}"
    return f"{base}/{PLURALS.get(kind, kind.lower() + 's')}/{metadata['name']}"


def has_condition(found: dict[str, Any], name: str) -> bool:
    """Tell whether an object's status says that a condition holds."""
    conditions = found.get("status", {}).get("conditions") or []
    return any(each["type"] == name and each["status"] == "True" for each in conditions)


class Workers(NamedTuple):
    """The programs that act on what the API server was told."""

    controllers: Path
    scheduler: Path
    kwok: Path


class ControlPlane:
    """etcd and an API server in a folder, with workers where they are given; `stop` ends all of them."""

    def __init__(self, folder: Path, etcd: Path, api_server: Path, workers: Workers | None = None) -> None:
        self.folder = folder
        self.token = secrets.token_hex(16)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.namespaces: set[str] = {"default"}
        self.connection: http.client.HTTPSConnection | None = None
        try:
            self._start_both(etcd, api_server, "" if workers else ",ServiceAccount")
            self._await_ready()
            if workers:
                self._start_workers(workers)
        except BaseException:
            self.stop()
            raise

    def _start_both(self, etcd: Path, api_server: Path, disabled: str) -> None:
        folder = self.folder
        client, peer, self.port = free_ports(3)
        subprocess.run(["openssl", "genrsa", "-out", str(folder / "sa.key"), "2048"], check=True, capture_output=True)
        (folder / "tokens.csv").write_text(f"{self.token},admin,admin,system:masters\n")
        self._start("etcd", [
            str(etcd), "--name=a", f"--data-dir={folder}/etcd", "--unsafe-no-fsync", "--log-level=warn",
            f"--listen-client-urls=http://127.0.0.1:{client}", f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}", f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=a=http://127.0.0.1:{peer}",
        ])  # fmt: skip
        self._start("apiserver", [
            str(api_server), f"--etcd-servers=http://127.0.0.1:{client}", "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1", f"--secure-port={self.port}", "--endpoint-reconciler-type=none",
            f"--cert-dir={folder}/certs", "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={folder}/sa.key", f"--service-account-key-file={folder}/sa.key",
            f"--token-auth-file={folder}/tokens.csv", "--anonymous-auth=false", "--authorization-mode=RBAC",
            "--enable-priority-and-fairness=false", "--profiling=false", "--allow-privileged=true",
            "--disable-admission-plugins=ValidatingAdmissionPolicy,MutatingAdmissionWebhook,"
            f"ValidatingAdmissionWebhook,RuntimeClass,TaintNodesByCondition{disabled}",
        ])  # fmt: skip

    def _start_workers(self, workers: Workers) -> None:
        """Start them, with a node that kwok keeps, and wait until pods may be made."""
        kubeconfig, client = self.folder / "kubeconfig", f"--kubeconfig={self.folder}/kubeconfig"
        server = {
            "server": f"https://127.0.0.1:{self.port}",
            "certificate-authority": f"{self.folder}/certs/apiserver.crt",
        }
        kubeconfig.write_text(json.dumps({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "a", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "admin"}}],
            "current-context": "a",
        }))  # fmt: skip
        alone = ("--leader-elect=false", "--secure-port=0", *UNLIMITED)
        controllers = ",".join(f"{name}-controller" for name in CONTROLLERS)
        self._start("controllers", [
            str(workers.controllers), client, *alone, f"--controllers={controllers}",
            f"--service-account-private-key-file={self.folder}/sa.key", f"--root-ca-file={self.folder}/certs/apiserver.crt",
        ])  # fmt: skip
        self._start("scheduler", [str(workers.scheduler), client, *alone])
        self._start(
            "kwok", [str(workers.kwok), client, "--manage-all-nodes", f"--config={HERE / 'kwok' / 'stages.yaml'}"]
        )
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "node", "labels": {"kubernetes.io/os": "linux"}},
        }
        self.request("POST", "/api/v1/nodes", json.dumps(node).encode())
        self.await_status("/api/v1/nodes/node", lambda found: has_condition(found, "Ready"))
        self.await_status("/api/v1/namespaces/default/serviceaccounts/default", bool)

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder)}
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, preexec_fn=end_with_parent
            )
        self.processes.append(process)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if any(process.poll() is not None for process in self.processes):
                break
            # Until it listens, and its certificate is there, a request fails.
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.request("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError("the API server did not start:\n" + (self.folder / "apiserver.log").read_text()[-2000:])

    def stop(self) -> None:
        """End both servers and wait for them."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def request(
        self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Send one request over the kept connection; give the status and the JSON (or text) of the answer.

        The server closes a connection that nobody used for a while: then the request goes out once more, over a new one.
        """
        kept = self.connection is not None
        if self.connection is None:
            context = ssl.create_default_context(cafile=str(self.folder / "certs" / "apiserver.crt"))
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Accept": "application/json"}
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            if kept:
                return self.request(method, path, body, content_type)
            raise
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")

    def ensure_namespace(self, name: str) -> None:
        """Create a namespace for real, so that dry runs in it are possible."""
        if name in self.namespaces:
            return
        body = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}).encode()
        status, answer = self.request("POST", "/api/v1/namespaces", body)
        if status not in (201, 409):
            raise RuntimeError(f"namespace {name}: {answer}")
        self.namespaces.add(name)

    def install(self, definition: bytes, name: str) -> None:
        """Create a custom resource definition for real and wait until it is established."""
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        self.request("POST", path, definition, "application/yaml")
        self.await_status(f"{path}/{name}", lambda found: has_condition(found, "Established"))

    def published_schemas(self, groups: set[str]) -> dict[str, Any]:
        """Give the OpenAPI v2 document, once it knows the kinds of some groups (custom ones come a moment later)."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            _, answer = self.request("GET", "/openapi/v2")
            kinds = [each.get("x-kubernetes-group-version-kind", []) for each in answer["definitions"].values()]
            if groups <= {each["group"] for named in kinds for each in named}:
                published: dict[str, Any] = answer
                return published
            time.sleep(0.2)
        raise RuntimeError(f"no schemas were published for {', '.join(sorted(groups))}")

    def await_status(self, path: str, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until an object is there and as it should be; gives it, raises RuntimeError with what it was at last."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            status, answer = self.request("GET", path)
            if status == 200 and is_there(answer):
                found: dict[str, Any] = answer
                return found
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path}: {json.dumps(answer)[-2000:]}")
            time.sleep(0.1)

    def dry_run(self, document: dict[str, Any], text: str) -> str | None:
        """Apply one document strictly without keeping it; give the API server's complaint, or None."""
        status, answer = self._apply(document, text)
        if status in (200, 201):
            return None
        return (
            f"{document['kind']} {document['metadata']['name']}: "
            f"{answer.get('message') if isinstance(answer, dict) else answer}"
        )

    def fill_in(self, document: dict[str, Any], text: str) -> dict[str, Any]:
        """Give a document as the API server would store it, with all its defaults."""
        return self._applied(document, text, DRY)

    def apply(self, document: dict[str, Any], text: str) -> dict[str, Any]:
        """Apply one document for real; gives the object that it became."""
        return self._applied(document, text, APPLY)

    def _applied(self, document: dict[str, Any], text: str, how: str) -> dict[str, Any]:
        status, answer = self._apply(document, text, how)
        if status not in (200, 201):
            raise RuntimeError(f"{document['kind']} {document['metadata']['name']}: {answer}")
        applied: dict[str, Any] = answer
        return applied

    def _apply(self, document: dict[str, Any], text: str, how: str = DRY) -> tuple[int, Any]:
        """Send a document, for a dry run or for good.

        `document` is the parsed form, for the address; `text` the YAML that is sent, so that what a parser would forgive
        (a duplicate key) is found too.
        """
        if document["kind"] not in CLUSTER_WIDE:
            self.ensure_namespace(document["metadata"].get("namespace", "default"))
        return self.request("PATCH", f"{path_of(document)}?{how}", text.encode(), "application/apply-patch+yaml")
