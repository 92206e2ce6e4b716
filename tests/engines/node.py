"""A real Kubernetes of one node, whose containers run: every server of it in namespaces of its own, for a test run.

It is asked by `fetch` and `kubectl`, as by somebody on the node. There is no way out of it: nothing outside is reached, and
no address of it is anybody else's, so that any number of nodes run beside each other. Its end takes along all that it started.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engines.apart import CGROUPS, Apart, CommandFailed, may_be_apart
from tests.engines.build import find_engine
from tests.engines.debian import NODE_PROGRAMS, root_file_system
from tests.engines.images import Image, find_image
from tests.engines.images.archive import write_archive

TIMEOUT = 90.0
SERVERS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "coredns",
           "kubectl")  # fmt: skip
NAME = "node"
ADDRESS = "10.77.0.1"
PODS = "10.244.0.0/24"
SERVICES = "10.96.0.0/16"
SOCKET = "/run/containerd/containerd.sock"
PLUGINS = "/usr/lib/cni"
#: What holds a pod's namespaces: it sleeps, and shares the root file system of all other images.
PAUSE = "isomorph-tests/pause:1"

#: /var is laid over, for kubelet and containerd write below it; what kubelet would settle for the whole machine is settled in
#: files bound over the real ones. The node's address is one of `lo`, where traffic for services begins, too.
FIRST_PROCESS = """\
umask 022
mkdir "$1/data/upper" "$1/data/work" "$1/settings"
mount -t overlay overlay -o "lowerdir=/var,upperdir=$1/data/upper,workdir=$1/data/work" /var
for each in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    file="$1/settings/$(basename "${each%=*}")"
    echo "${each#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${each%=*}"
done
mount --make-rshared /
ip address add "$2/32" dev lo
ip route add "$3" dev lo src "$2"
echo 1 >/proc/sys/net/ipv4/ip_forward
touch "$1/prepared"
while :; do
    sleep 3600 &
    wait $!
done
"""

CONTAINERD = """\
version = 2
root = "{data}/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = "{socket}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{pause}"
restrict_oom_score_adj = true
disable_apparmor = true
disable_hugetlb_controller = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{plugins}"
conf_dir = "{folder}/cni"
"""

#: A pair of links between each pod and the node, whose routes lead from pod to pod.
NETWORK = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "plugins": [
        {
            "type": "ptp",
            "ipam": {
                "type": "host-local",
                "dataDir": "/run/pod-addresses",
                "ranges": [[{"subnet": PODS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}

COREDNS = """\
.:53 {{
    errors
    ready 127.0.0.1:8181
    cache 5
    kubernetes cluster.local {{
        kubeconfig {kubeconfig}
    }}
}}
"""


def why_not() -> str | None:
    """Say why no node can run on this machine, or None."""
    if os.geteuid() != 0:
        return "a Kubernetes node needs root"
    missing = [program for program in NODE_PROGRAMS if shutil.which(program) is None]
    missing += [server for server in SERVERS if find_engine(server) is None]
    if missing:
        return f"{', '.join(missing)} not there: make engines, as root on a Debian"
    if not root_file_system().exists():
        return "no root file system for images: make engines, as root on a Debian"
    if not (CGROUPS / "memory").is_dir() or not os.access(CGROUPS / "memory", os.W_OK):
        return "the node is made for cgroups of version 1, which this machine has not"
    if not may_be_apart():
        return "this machine allows no namespaces, and so no node"
    return None


def kubelet_settings(cgroup: str, data: Path) -> dict[str, Any]:
    """Give kubelet's configuration: its pods below a cgroup of the node's, nothing evicted or collected meanwhile."""
    never = ("memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree")
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": ADDRESS,
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "clusterDNS": [ADDRESS],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "enforceNodeAllocatable": ["pods"],
        "evictionHard": dict.fromkeys(never, "0%"),
        "failCgroupV1": False,
        "failSwapOn": False,
        "imageGCHighThresholdPercent": 100,
        "makeIPTablesUtilChains": False,
        "maxOpenFiles": 20000,
        "oomScoreAdj": 0,
        "podLogsDir": str(data / "logs"),
        "resolvConf": "/dev/null",
        "syncFrequency": "10s",
        "volumePluginDir": str(data / "plugins"),
    }


def proxy_settings(kubeconfig: Path) -> dict[str, Any]:
    """Give kube-proxy's configuration; it leaves the machine's limits of connections alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": ADDRESS,
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "clusterCIDR": PODS,
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpCloseWaitTimeout": "0s", "tcpEstablishedTimeout": "0s"},
        "hostnameOverride": NAME,
        "mode": "iptables",
        "oomScoreAdj": 0,
    }


class KubernetesNode(Apart):
    """The servers, started; ready for pods of the images that were asked for. `stop` ends all of it."""

    def __init__(self, images: set[str]) -> None:
        super().__init__(FIRST_PROCESS, ADDRESS, SERVICES)
        self.data = self.folder / "data"
        self.kubeconfig = self.folder / "kubeconfig"
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._await("the namespaces", (self.folder / "prepared").exists)
            self._configure()
            self._start_servers()
            self.supply(images)
            self._await("the API server", self._answers(["get", "--raw", "/readyz"]))
            self._start_clients()
            self._await("the node", self._answers(["wait", "--for=condition=Ready", "--timeout=1s", f"node/{NAME}"]))
            self._await("the service account", self._answers(["get", "serviceaccount", "default"]))
            self._await("CoreDNS", self._name_server_is_ready)
        except BaseException:
            self.stop()
            raise

    def _configure(self) -> None:
        """Write the files that the servers are given; they all trust one token."""
        folder = self.folder
        token = secrets.token_hex(16)
        subprocess.run(["openssl", "genrsa", "-out", str(folder / "sa.key"), "2048"], check=True, capture_output=True)
        (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
        server = {"server": f"https://{ADDRESS}:6443", "certificate-authority": str(folder / "certs" / "apiserver.crt")}
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": NAME, "cluster": server}],
            "users": [{"name": NAME, "user": {"token": token}}],
            "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
            "current-context": NAME,
        }
        places = {"data": self.data, "folder": folder, "plugins": PLUGINS, "socket": SOCKET, "pause": PAUSE}
        (folder / "cni").mkdir()
        (folder / "cni" / "pods.conflist").write_text(json.dumps(NETWORK))
        (folder / "containerd.toml").write_text(CONTAINERD.format(**places))
        (folder / "Corefile").write_text(COREDNS.format(kubeconfig=self.kubeconfig))
        self.kubeconfig.write_text(json.dumps(kubeconfig))
        (folder / "kubelet.yaml").write_text(json.dumps(kubelet_settings(self.cgroup, self.data)))
        (folder / "kube-proxy.yaml").write_text(json.dumps(proxy_settings(self.kubeconfig)))
        for controller in CGROUPS.iterdir():
            # Of the hierarchies of version 1 each has its own; the one of version 2 beside them controls nothing.
            if controller.is_dir() and not controller.is_symlink() and controller.name != "unified":
                (controller / self.cgroup).mkdir()

    def _start_servers(self) -> None:
        """Start what needs nobody else: the store, the API server and the container runtime."""
        folder, key = self.folder, self.folder / "sa.key"
        self._start("etcd", [
            f"--data-dir={self.data}/etcd", "--unsafe-no-fsync", "--log-level=warn",
        ])  # fmt: skip
        self._start("kube-apiserver", [
            "--etcd-servers=http://127.0.0.1:2379", f"--bind-address={ADDRESS}", f"--advertise-address={ADDRESS}",
            "--secure-port=6443", f"--cert-dir={folder}/certs", f"--service-cluster-ip-range={SERVICES}",
            "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-signing-key-file={key}",
            f"--service-account-key-file={key}", f"--token-auth-file={folder}/tokens.csv", "--anonymous-auth=false",
            "--authorization-mode=RBAC", "--enable-priority-and-fairness=false", "--profiling=false",
            "--kubelet-preferred-address-types=InternalIP",
        ])  # fmt: skip
        self._start("containerd", [f"--config={folder}/containerd.toml"])

    def _start_clients(self) -> None:
        """Start what works for the API server: controllers, scheduler, the node itself, its services and names."""
        folder, client = self.folder, f"--kubeconfig={self.kubeconfig}"
        alone = ("--leader-elect=false", "--secure-port=0")
        self._start("kube-controller-manager", [
            client, *alone, f"--service-account-private-key-file={folder}/sa.key",
            f"--root-ca-file={folder}/certs/apiserver.crt",
        ])  # fmt: skip
        self._start("kube-scheduler", [client, *alone])
        self._start("kubelet", [
            client, f"--config={folder}/kubelet.yaml", f"--root-dir={self.data}/kubelet",
            f"--cert-dir={self.data}/kubelet-certs", f"--hostname-override={NAME}", f"--node-ip={ADDRESS}",
        ])  # fmt: skip
        self._start("kube-proxy", [f"--config={folder}/kube-proxy.yaml"])
        self._start("coredns", ["-conf", str(folder / "Corefile")])

    def _start(self, name: str, arguments: list[str]) -> None:
        program = str(find_engine(name) or shutil.which(name))
        with (self.folder / f"{name}.log").open("wb") as log:
            self.servers[name] = subprocess.Popen(
                [*self.inside(), program, *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "KUBECONFIG": str(self.kubeconfig)}

    def _await(self, what: str, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if is_there():
                return
            ended = [name for name, process in self.servers.items() if process.poll() is not None]
            if ended or self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the Kubernetes node failed before {what} was ready:\n{self._said()}")

    def _answers(self, arguments: list[str]) -> Callable[[], bool]:
        def is_there() -> bool:
            try:
                self.kubectl(*arguments)
            except CommandFailed:
                return False
            return True

        return is_there

    def _name_server_is_ready(self) -> bool:
        try:
            self.fetch("http://127.0.0.1:8181/ready")
        except CommandFailed:
            return False
        return True

    def _said(self) -> str:
        """Give the last of what each server said."""
        logs = [self.log, *(self.folder / f"{name}.log" for name in self.servers)]
        return "\n".join(f"{log.stem}: {log.read_text(errors='replace')[-1000:]}" for log in logs)

    def supply(self, names: set[str]) -> None:
        """Import images of these names, which the definitions under test give them, and the one of every pod."""
        images = {name: find_image(name) for name in sorted(names)}
        images[PAUSE] = Image({}, ('ENTRYPOINT ["/bin/sleep", "infinity"]',))
        client = [*self.inside(), "ctr", "--address", SOCKET, "--namespace", "k8s.io"]
        self._await("containerd", lambda: subprocess.run([*client, "version"], capture_output=True).returncode == 0)
        log = self.folder / "import.log"
        with log.open("wb") as said:
            importing = subprocess.Popen(
                [*client, "images", "import", "-"], stdin=subprocess.PIPE, stdout=said, stderr=said
            )
            assert importing.stdin is not None
            with importing.stdin as stream:
                write_archive(stream, root_file_system(), images)
            if importing.wait(TIMEOUT) != 0:
                raise RuntimeError(f"the images were not imported:\n{log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """End all of it at once, and wait until it is gone."""
        self.end(signal.SIGKILL)
        for process in self.servers.values():
            process.wait()

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """Run kubectl on the node; gives its output, raises CommandFailed with what it said."""
        return self.command("kubectl", *arguments, given=given)

    def command(self, client: str, *arguments: str, given: str | None = None) -> str:
        """Run a client of the API server, one of the engines, on the node."""
        done = subprocess.run(
            [*self.inside(), str(find_engine(client)), *arguments],
            env=self._environment(),
            input=given,
            check=False,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode != 0:
            raise CommandFailed(f"{client} {' '.join(arguments)}: {done.stdout[-4000:]}{done.stderr[-2000:]}")
        return done.stdout

    def await_deployment(self, namespace: str, name: str) -> None:
        """Wait until a Deployment has rolled out; a failure comes with what became of its pods."""
        within, timeout = f"--namespace={namespace}", f"--timeout={TIMEOUT:.0f}s"
        try:
            self.kubectl("rollout", "status", within, timeout, f"deployment/{name}")
        except CommandFailed as failure:
            events = self.kubectl("get", "events", within, "--sort-by=.lastTimestamp")
            logs = self.kubectl("logs", within, "--tail=30", "--ignore-errors", f"deployment/{name}")
            raise CommandFailed(f"{failure}\n{events}\n{logs}") from None

    def address_of(self, namespace: str, service: str) -> str:
        """Give the address that the cluster gave a service, and its first port."""
        where = "jsonpath={.spec.clusterIP}:{.spec.ports[0].port}"
        return self.kubectl("get", "service", f"--namespace={namespace}", service, "-o", where)

    def restarts(self, namespace: str) -> dict[str, int]:
        """Give how often the containers of each workload were started again; a pod that was replaced is one, too."""
        counted: dict[str, int] = {}
        for pod in json.loads(self.kubectl("get", "pods", f"--namespace={namespace}", "-o", "json"))["items"]:
            name = pod["metadata"]["labels"]["app.kubernetes.io/name"]
            started = sum(each["restartCount"] for each in pod["status"].get("containerStatuses", []))
            counted[name] = counted.get(name, -1) + 1 + started
        return counted
