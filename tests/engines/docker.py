"""A Docker daemon for a test, in namespaces of its own, with images made here: no registry, and nothing outside is reached.

The machine keeps its own network, mounts and Docker, if it has one: the daemon's end is the end of all that it started.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.build import find_engine
from tests.engines.debian import PROGRAMS, root_file_system
from tests.engines.images import Image, find_image

TIMEOUT = 60.0
ROOT_IMAGE = "isomorph-tests/root:1"
#: `setpriv` ends it with the test run, should that be killed before it can clean up.
APART = ("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
         "--mount-proc")  # fmt: skip
#: Its first process is the daemon. /run is its own: containerd keeps sockets there, whatever it is told. Images are in memory
#: where there is plenty (in KiB): that is twice as fast, and leaves nothing to remove.
FIRST_PROCESS = """\
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir "$1/data"
[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -lt 6000000 ] || mount -t tmpfs tmpfs "$1/data"
exec dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --host "unix://$1/docker.sock" \
    --bridge "$3" --cgroup-parent "$2" --shutdown-timeout 3 --log-level warn
"""
FETCH = "import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1], timeout=30).read())"


class CommandFailed(Exception):
    """A command did not succeed; its message is what it said."""


def why_not() -> str | None:
    """Say why no container can run on this machine, or None."""
    if os.geteuid() != 0:
        return "containers need root"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} not installed: make engines, as root on a Debian"
    if not root_file_system().exists():
        return "no root file system for images: make engines, as root on a Debian"
    if subprocess.run([*APART, "true"], check=False, capture_output=True).returncode != 0:
        return "this machine allows no namespaces, and so no containers"
    return None


class Docker:
    """A daemon in a folder of its own; `stop` ends it and all that it started.

    Networks are what Compose makes, unless its own bridge, `docker0`, is asked for: those that name none share it.
    """

    def __init__(self, bridge: bool = False) -> None:
        # A short path: sockets are below it, and theirs may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="isomorph-"))
        self.cgroup = self.folder.name
        self.socket = self.folder / "docker.sock"
        self.log = self.folder / "log"
        try:
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    [*APART, "sh", "-ec", FIRST_PROCESS, "sh", str(self.folder), self.cgroup, "" if bridge else "none"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            self._await_ready()
        except BaseException:
            self.stop()
            raise

    def _await_ready(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.socket.exists():
                try:
                    self.docker("version")
                    return
                except CommandFailed:
                    pass  # It listens before it answers.
            time.sleep(0.1)
        raise RuntimeError("the Docker daemon did not start:\n" + self.log.read_text(errors="replace")[-2000:])

    def _first_process(self) -> int | None:
        """Give the pid of the daemon, which its own namespace knows as 1."""
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        except OSError:
            return None
        return int(children[0]) if children else None

    def inside(self) -> list[str]:
        """Give what to put before a command that is to run in the daemon's network, mounts and processes."""
        return ["nsenter", "--target", str(self._first_process()), "--net", "--mount", "--pid"]

    def stop(self) -> None:
        """Ask the daemon to end its containers, end what is left, and remove its folder."""
        daemon = self._first_process()
        if daemon is not None:
            os.kill(daemon, signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for controller in Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}"):
            controller.rmdir()
        shutil.rmtree(self.folder, ignore_errors=True)

    def docker(self, *arguments: str) -> str:
        """Run Docker's client; gives its output."""
        return self.run(["docker", *arguments], self.folder)

    def run(self, command: list[str], folder: Path, timeout: float = 300) -> str:
        """Run a command that speaks with this daemon; raises CommandFailed with what it said."""
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "DOCKER_HOST": f"unix://{self.socket}",
        }
        done = subprocess.run(
            command, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode != 0:
            raise CommandFailed(f"{command}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def fetch(self, url: str) -> bytes:
        """Ask over HTTP as somebody on the daemon's machine would, whose loopback addresses are not this one's."""
        inside = ["nsenter", "--target", str(self._first_process()), "--net", sys.executable, "-c", FETCH, url]
        done = subprocess.run(inside, check=False, capture_output=True, timeout=60)
        if done.returncode != 0:
            raise CommandFailed(f"{url}: {done.stderr.decode(errors='replace')[-500:]}")
        return done.stdout

    def supply(self, names: set[str]) -> None:
        """Make the images of these names, which the definitions under test give them."""
        self.docker("import", str(root_file_system()), ROOT_IMAGE)
        for name in sorted(names):
            self._supply(name, find_image(name))

    def _supply(self, name: str, image: Image) -> None:
        container = self.docker("create", ROOT_IMAGE, "true").strip()
        for source, target in image.files.items():
            path = find_engine(source) if isinstance(source, str) else source
            self.docker("cp", str(path), f"{container}:{target}")
        changes = [option for change in image.changes for option in ("--change", change)]
        self.docker("commit", *changes, container, name)
        self.docker("rm", container)
