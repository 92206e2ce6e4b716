"""A program that tells over HTTP what it was started with: its words, variables, files and limits, and what its peer says."""

import json
import os
import signal
import stat
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def tell_files() -> dict[str, dict[str, str]]:
    """Give the files that a definition put here: their bytes, each as a letter, and modes."""
    files = {}
    for folder in ("/app", "/etc/web"):
        for path in sorted(Path(folder).glob("*")):
            mode = f"{stat.S_IMODE(path.stat().st_mode):04o}"
            files[str(path)] = {"content": path.read_bytes().decode("latin-1"), "mode": mode}
    return files


def read_numbers(*paths: str) -> list[int | None]:
    """Give the numbers in the first of some files of a cgroup that is there, none for a limit that is not set."""
    path = next(Path("/sys/fs/cgroup") / path for path in paths if (Path("/sys/fs/cgroup") / path).exists())
    return [int(word) if word.isdigit() else None for word in path.read_text().split()]


def tell_limits() -> dict[str, float | None]:
    """Give what this container is held to: bytes of memory, and parts of a CPU; of either version of cgroups."""
    [memory] = read_numbers("memory/memory.limit_in_bytes", "memory.max")
    quota, *period = read_numbers("cpu/cpu.cfs_quota_us", "cpu.max")
    period = period or read_numbers("cpu/cpu.cfs_period_us")
    return {"memory": memory, "cpu": quota / period[0] if quota and period[0] else None}


def ask_peer() -> str | None:
    """Give what the peer answers under the address that a variable has; None where there is no peer."""
    url = os.environ.get("GREETER_URL")
    if url is None:
        return None
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Handler(BaseHTTPRequestHandler):
    probes = 0  # Of all requests: each has a handler of its own.

    def do_GET(self) -> None:
        if self.path == "/ready":
            Handler.probes += 1
            said = "ready"
        elif self.path.startswith("/greet"):
            said = f"{os.environ['GREETING']} to {self.path}"
        else:
            told = {
                "words": sys.argv[1:],
                "variables": dict(os.environ),
                "files": tell_files(),
                "limits": tell_limits(),
                "probed": Handler.probes > 0,
                "peer": ask_peer(),
            }
            said = json.dumps(told)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing of requests: a check asks every few seconds."""


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", 8080), Handler).serve_forever()
