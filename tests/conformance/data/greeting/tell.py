"""A program that tells over HTTP what it was started with: its words, variables and files, and what its peer tells it."""

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


def ask_peer() -> str | None:
    """Give what the peer answers under the address that a variable has; None where there is no peer."""
    url = os.environ.get("GREETER_URL")
    if url is None:
        return None
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/ready":
            said = "ready"
        elif self.path.startswith("/greet"):
            said = f"{os.environ['GREETING']} to {self.path}"
        else:
            told = {"words": sys.argv[1:], "variables": dict(os.environ), "files": tell_files(), "peer": ask_peer()}
            said = json.dumps(told)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing of requests: a check asks every few seconds."""


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", 8080), Handler).serve_forever()
