#!/usr/bin/env python3
"""Build the pinned engines outside the tree, once: `build.py [NAME…]`, `build.py --list`.

Each engine is a small Go module of this folder; its go.mod and go.sum pin every source. A binary is built again only when
they, the flags or the Go toolchain change. Without Go nothing is built, and the tests that need an engine are skipped.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
KUBERNETES = "v1.34.3"
VERSION = "k8s.io/component-base/version"
KUBERNETES_FLAGS = f"-X {VERSION}.gitVersion={KUBERNETES} -X {VERSION}.gitMajor=1 -X {VERSION}.gitMinor=34"

#: binary -> (module folder, package, linker flags besides -s -w)
ENGINES: dict[str, tuple[str, str, str]] = {
    "coredns": ("coredns", ".", ""),
    "docker-compose": ("compose", "github.com/docker/compose/v2/cmd", ""),
    "dyff": ("dyff", "github.com/homeport/dyff/cmd/dyff", ""),
    "etcd": ("etcd", "go.etcd.io/etcd/server/v3", ""),
    "helm": ("helm", "helm.sh/helm/v4/cmd/helm", ""),
    "kubeconform": ("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", ""),
    "kube-apiserver": ("kube", "k8s.io/kubernetes/cmd/kube-apiserver", KUBERNETES_FLAGS),
    "kube-controller-manager": ("kube", "k8s.io/kubernetes/cmd/kube-controller-manager", KUBERNETES_FLAGS),
    "kube-proxy": ("kube", "k8s.io/kubernetes/cmd/kube-proxy", KUBERNETES_FLAGS),
    "kube-scheduler": ("kube", "k8s.io/kubernetes/cmd/kube-scheduler", KUBERNETES_FLAGS),
    "kubectl": ("kubectl", ".", KUBERNETES_FLAGS),
    "kubelet": ("kube", "k8s.io/kubernetes/cmd/kubelet", KUBERNETES_FLAGS),
    "kwok": ("kwok", "sigs.k8s.io/kwok/cmd/kwok", ""),
    "nomad": ("nomad", "github.com/hashicorp/nomad", ""),
    "terraform-provider-kubernetes": ("terraform", ".", ""),
    "vault": ("vault", "github.com/hashicorp/vault", ""),
}


def engines_folder() -> Path:
    """Give the folder of built engines: ISOMORPH_ENGINES, else one in the user's cache."""
    named = os.environ.get("ISOMORPH_ENGINES")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "isomorph" / "engines"


def find_engine(name: str) -> Path | None:
    """Give a built engine's path, or None."""
    path = engines_folder() / name
    return path if os.access(path, os.X_OK) else None


def stamp_of(name: str, go_version: str) -> str:
    """Give a digest of all that decides what the binary is."""
    module, package, flags = ENGINES[name]
    digest = hashlib.sha256()
    for part in (package, flags, go_version):
        digest.update(part.encode() + b"\0")
    sources = (path for ending in ("go", "json") for path in sorted((HERE / module).glob(f"*.{ending}")))
    for file in (HERE / module / "go.mod", HERE / module / "go.sum", *sources):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def build(name: str, go: str, go_version: str) -> bool:
    """Build one engine unless it is there already; tell whether it is there afterwards."""
    folder = engines_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stamp_file, target, stamp = folder / f"{name}.stamp", folder / name, stamp_of(name, go_version)
    if target.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        print(f"{name}: built already", flush=True)
        return True
    module, package, flags = ENGINES[name]
    print(f"{name}: building {package}", flush=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
        output = Path(scratch) / name
        command = [go, "build", "-mod=readonly", "-ldflags", f"-s -w {flags}".strip(), "-o", str(output), package]
        environment = {**os.environ, "CGO_ENABLED": "0"}
        done = subprocess.run(command, cwd=HERE / module, env=environment, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"{name}: failed\n{done.stderr[-2000:]}", file=sys.stderr)
            return False
        output.replace(target)
    stamp_file.write_text(stamp)
    return True


def main() -> int:
    """Build what was asked for; exit 1 where a build failed."""
    parser = argparse.ArgumentParser(description="Build the pinned engines that the conformance tests run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ENGINES)}; all where none is named")
    parser.add_argument("--list", action="store_true", help="list the engines and where they are")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in ENGINES]
    if unknown:
        parser.error(f"no engine is called {', '.join(unknown)}")
    if arguments.list:
        for name, (_, package, _) in ENGINES.items():
            print(f"{name}\t{package}\t{find_engine(name) or 'not built'}")
        return 0
    go = shutil.which("go") or ("/usr/local/go/bin/go" if os.access("/usr/local/go/bin/go", os.X_OK) else None)
    if go is None:
        print("Go is not installed: no engine is built, and the tests that need one are skipped.")
        return 0
    go_version = subprocess.run([go, "version"], check=True, capture_output=True, text=True).stdout.strip()
    built = [build(name, go, go_version) for name in arguments.names or ENGINES]
    return 0 if all(built) else 1


if __name__ == "__main__":
    sys.exit(main())
