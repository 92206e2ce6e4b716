"""What runs apart from the machine: its own network, mounts and processes, a folder and cgroups, all gone when it ends."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMEOUT = 60.0
CGROUPS = Path("/sys/fs/cgroup")
#: `setpriv` ends it with the test run, should that be killed before it can clean up.
APART = ("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
         "--mount-proc")  # fmt: skip
#: What a first process may begin with; $1 is the folder. /run is its own: containerd keeps sockets there, whatever it is told.
#: Images are in memory where there is plenty (in KiB): that is twice as fast, and leaves nothing to remove.
PREPARE = """\
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir "$1/data"
[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -lt 6000000 ] || mount -t tmpfs tmpfs "$1/data"
"""
FETCH = "import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1], timeout=30).read())"


class CommandFailed(Exception):
    """A command did not succeed; its message is what it said."""


def may_be_apart() -> bool:
    """Tell whether this machine allows namespaces of one's own."""
    return subprocess.run([*APART, "true"], check=False, capture_output=True).returncode == 0


class Apart:
    """A shell script as the first process of namespaces of its own; its arguments are the folder, and what it is given."""

    def __init__(self, script: str, *arguments: str) -> None:
        # A short path: sockets are below it, and theirs may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="isomorph-"))
        self.cgroup = self.folder.name
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*APART, "sh", "-ec", PREPARE + script, "sh", str(self.folder), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def first_process(self) -> int | None:
        """Give the pid of the script, or of what it became, which its own namespace knows as 1."""
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        except OSError:
            return None
        return int(children[0]) if children else None

    def inside(self) -> list[str]:
        """Give what to put before a command that is to run in this network, these mounts and processes."""
        return ["nsenter", "--target", str(self.first_process()), "--net", "--mount", "--pid"]

    def fetch(self, url: str) -> bytes:
        """Ask over HTTP as somebody on that machine would, whose loopback addresses are not this one's."""
        inside = ["nsenter", "--target", str(self.first_process()), "--net", sys.executable, "-c", FETCH, url]
        done = subprocess.run(inside, check=False, capture_output=True, timeout=60)
        if done.returncode != 0:
            raise CommandFailed(f"{url}: {done.stderr.decode(errors='replace')[-500:]}")
        return done.stdout

    def end(self, sent: signal.Signals) -> None:
        """End the first process, by a signal, and with it all that runs here; remove the folder and the cgroups."""
        first = self.first_process()
        if first is None:
            self.process.kill()
        else:
            os.kill(first, sent)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._remove_cgroups()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remove_cgroups(self) -> None:
        """Remove them from the innermost outwards; one is busy until the last of its processes is reaped."""
        for top in CGROUPS.glob(f"**/{self.cgroup}"):
            for folder in sorted(top.glob("**/"), reverse=True):
                _remove_cgroup(folder)


def _remove_cgroup(folder: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
