"""A real API server on loopback, for strict dry runs: etcd and kube-apiserver, started for a test run and ended with it."""

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
from pathlib import Path
from typing import Any

TIMEOUT = 90.0
PR_SET_PDEATHSIG = 1
APPLY = "dryRun=All&fieldManager=isomorph&fieldValidation=Strict&force=true"
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


class ControlPlane:
    """etcd and an API server in a folder; `stop` ends both."""

    def __init__(self, folder: Path, etcd: Path, api_server: Path) -> None:
        self.folder = folder
        self.token = secrets.token_hex(16)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.namespaces: set[str] = {"default"}
        self.connection: http.client.HTTPSConnection | None = None
        try:
            self._start_both(etcd, api_server)
            self._await_ready()
        except BaseException:
            self.stop()
            raise

    def _start_both(self, etcd: Path, api_server: Path) -> None:
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
            "ValidatingAdmissionWebhook,RuntimeClass,TaintNodesByCondition,ServiceAccount",
        ])  # fmt: skip

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
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            _, answer = self.request("GET", f"{path}/{name}")
            conditions = (answer.get("status", {}).get("conditions") or []) if isinstance(answer, dict) else []
            if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{name} was not established")

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
        status, answer = self._apply(document, text)
        if status not in (200, 201):
            raise RuntimeError(f"{document['kind']} {document['metadata']['name']}: {answer}")
        filled: dict[str, Any] = answer
        return filled

    def _apply(self, document: dict[str, Any], text: str) -> tuple[int, Any]:
        """Send a document for a dry run.

        `document` is the parsed form, for the address; `text` the YAML that is sent, so that what a parser would forgive
        (a duplicate key) is found too.
        """
        kind, metadata = document["kind"], document["metadata"]
        plural = PLURALS.get(kind, kind.lower() + "s")
        version = document["apiVersion"]
        base = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if kind not in CLUSTER_WIDE:
            namespace = metadata.get("namespace", "default")
            self.ensure_namespace(namespace)
            base += f"/namespaces/{namespace}"
        path = f"{base}/{plural}/{metadata['name']}?{APPLY}"
        return self.request("PATCH", path, text.encode(), "application/apply-patch+yaml")
