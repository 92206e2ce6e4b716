"""Fetch from Debian a browser, and what tests with real containers need: Docker, containerd, one root file system for images.

    python -m tests.engines.debian

There is no registry: an image is this file system under the name that a definition gives it (`images.py`). It holds a
database, a broker and Python, is made once and kept beside the engines; made again only when its recipe changes. Without
root, or without Debian's packages in reach, nothing is fetched, and the tests with containers are skipped.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.engines.build import engines_folder

TIMEOUT = 1200
RELEASE = "bookworm"
CONTENTS = ("postgresql-15", "rabbitmq-server", "python3-psycopg2", "python3-pika", "wget")

#: program -> its package, in the order in which they are installed. Later releases have Docker's client by itself.
PROGRAMS = {
    "dockerd": "docker.io",
    "docker": "docker-cli",
    "iptables": "iptables",
    "ip": "iproute2",
    "debootstrap": "debootstrap",
}
#: What a Kubernetes node needs besides.
NODE_PROGRAMS = {
    "containerd": "containerd",
    "iptables": "iptables",
    "ip": "iproute2",
    "openssl": "openssl",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
}
#: What pages are looked at with.
BROWSER = {"chromium": "chromium"}

#: $1 release, $2 folder of the root, $3 archive, then packages. No service is started; texts for people are left out, as is
#: the compiler of queries, which is a quarter of it all.
RECIPE = r"""
set -eu
release=$1 root=$2 archive=$3
shift 3
debootstrap --variant=minbase "$release" "$root"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
for each in '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '*/libLLVM*' '*/llvmjit*' '*/bitcode/*'; do
    echo "path-exclude=$each"
done >"$root/etc/dpkg/dpkg.cfg.d/small"
echo force-unsafe-io >>"$root/etc/dpkg/dpkg.cfg.d/small"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
chroot "$root" apt-get -q update
chroot "$root" apt-get -q -y --no-install-recommends install "$@"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/*
tar --create --file "$archive" --directory "$root" --one-file-system .
"""


def root_file_system() -> Path:
    """Give the path of the archive of the root file system, there or not; a changed recipe has another path."""
    digest = hashlib.sha256(repr((RELEASE, CONTENTS, RECIPE)).encode()).hexdigest()
    return engines_folder() / "images" / f"root-{digest[:16]}.tar"


def apt_get(*arguments: str) -> None:
    """Run apt-get without questions; raises CalledProcessError with what it said."""
    subprocess.run(
        ["apt-get", "-q", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )


def install() -> None:
    """Install the packages of programs that are missing."""
    wanted = {**PROGRAMS, **NODE_PROGRAMS, **BROWSER}
    if all(shutil.which(program) for program in wanted):
        print("programs: installed already", flush=True)
        return
    apt_get("update")
    for program, package in wanted.items():
        # Asked again each time: one package may bring the next program along.
        if shutil.which(program) is None:
            print(f"{package}: installing", flush=True)
            apt_get("install", "-y", "--no-install-recommends", package)


def make_root(archive: Path) -> None:
    """Make the root file system unless it is there; raises CalledProcessError with what was said.

    It is made in namespaces of its own: what a package mounts or starts ends with it.
    """
    if archive.exists():
        print("root file system: made already", flush=True)
        return
    print(f"root file system: making it of {', '.join(CONTENTS)}", flush=True)
    archive.parent.mkdir(parents=True, exist_ok=True)
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".root-") as scratch:
        made = Path(scratch) / "root.tar"
        subprocess.run(
            [*apart, "sh", "-c", RECIPE, "sh", RELEASE, f"{scratch}/root", str(made), *CONTENTS],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
        )
        for old in archive.parent.glob("root-*.tar"):
            old.unlink()
        made.replace(archive)


def give_up(reason: str) -> int:
    """Say why there are no containers; the exit code of a run that goes on without."""
    print(reason, file=sys.stderr)
    print("No containers are prepared, and the tests that need them are skipped.")
    return 0


def main() -> int:
    """Fetch what is missing; what cannot be had is said, and is no failure."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print("Not root on a Debian: no containers are prepared, and the tests that need them are skipped.")
        return 0
    try:
        install()
        make_root(root_file_system())
    except subprocess.CalledProcessError as failure:
        return give_up(f"{failure.cmd[0]} ended with {failure.returncode}:\n{failure.output[-2000:]}")
    except (OSError, subprocess.TimeoutExpired) as error:
        return give_up(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
