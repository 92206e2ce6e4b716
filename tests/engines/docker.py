"""A Docker daemon for a test, in namespaces of its own, with images made here: no registry, and nothing outside is reached.

The machine keeps its own network, mounts and Docker, if it has one: the daemon's end is the end of all that it started.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.engines.apart import Apart, CommandFailed, may_be_apart
from tests.engines.build import find_engine
from tests.engines.debian import PROGRAMS, root_file_system
from tests.engines.images import Image, find_image

__all__ = ("CommandFailed", "Docker", "why_not")

TIMEOUT = 60.0
ROOT_IMAGE = "isomorph-tests/root:1"
#: Its first process is the daemon.
FIRST_PROCESS = """\
exec dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --host "unix://$1/docker.sock" \
    --bridge "$2" --cgroup-parent "${1##*/}" --shutdown-timeout 3 --log-level warn
"""


def why_not() -> str | None:
    """Say why no container can run on this machine, or None."""
    if os.geteuid() != 0:
        return "containers need root"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} not installed: make engines, as root on a Debian"
    if not root_file_system().exists():
        return "no root file system for images: make engines, as root on a Debian"
    if not may_be_apart():
        return "this machine allows no namespaces, and so no containers"
    return None


class Docker(Apart):
    """A daemon in a folder of its own; `stop` ends it and all that it started.

    Networks are what Compose makes, unless its own bridge, `docker0`, is asked for: those that name none share it.
    """

    def __init__(self, bridge: bool = False) -> None:
        super().__init__(FIRST_PROCESS, "" if bridge else "none")
        self.socket = self.folder / "docker.sock"
        try:
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

    def stop(self) -> None:
        """Ask the daemon to end its containers, end what is left, and remove its folder."""
        self.end(signal.SIGTERM)

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
