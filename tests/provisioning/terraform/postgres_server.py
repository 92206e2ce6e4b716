"""A real PostgreSQL server of a test's own, on a loopback address of its own and PostgreSQL's usual port."""

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

PORT = 5432
BINARIES = Path(os.environ.get("POSTGRES_BINARIES", "/usr/lib/postgresql/15/bin"))
PSQL = BINARIES / "psql"
ADMIN = "administrator"


class PostgresServer:
    """A server that trusts whoever reaches its socket, and asks everybody else for a password."""

    def __init__(self) -> None:
        if not (BINARIES / "initdb").exists():
            pytest.skip(f"PostgreSQL is not in {BINARIES}: name its folder in POSTGRES_BINARIES")
        self.host = _find_address()
        self._user = _find_user()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])
        self.data = self.folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", ADMIN, "-A", "scram-sha-256", "--auth-local=trust", "--no-sync")
        options = f"-c listen_addresses={self.host} -c fsync=off -k {self.folder} -p {PORT}"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    def _run(self, program: str, *args: str) -> None:
        """Run a program of the server; what it leaves running keeps none of our streams."""
        with (self.folder / "said").open("wb") as said:
            done = subprocess.run(
                [str(BINARIES / program), *args],
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                timeout=120,
                check=False,
                **self._user,
            )
        assert done.returncode == 0, (self.folder / "said").read_text()

    def ask(self, statement: str, **names: str) -> str:
        """Have the administrator say something; `:"name"` and `:'name'` in it stand for `names`, quoted."""
        command = [str(PSQL), "-X", "-q", "-A", "-t", "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
        for name, value in names.items():
            command += ["-v", f"{name}={value}"]
        variables = {"PGHOST": str(self.folder), "PGPORT": str(PORT), "PGUSER": ADMIN}
        done = subprocess.run(
            command, env=variables, input=statement, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start_like_the_image(self, variables: Mapping[str, str]) -> None:
        """Make what the image's entrypoint makes of its variables: a superuser, and a database of which it is the owner."""
        self.ask(
            'CREATE ROLE :"user" SUPERUSER LOGIN PASSWORD :\'password\'; CREATE DATABASE :"name" OWNER :"user";',
            user=variables["POSTGRES_USER"],
            password=variables["POSTGRES_PASSWORD"],
            name=variables["POSTGRES_DB"],
        )

    def stop(self) -> None:
        """Stop the server and remove all that it kept."""
        try:
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def _find_user() -> dict[str, Any]:
    """Give the user that a server runs as, where the tests run as root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


def _find_address() -> str:
    """Give a loopback address on which PostgreSQL's port is free."""
    for _ in range(20):
        address = f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.{random.randrange(1, 255)}"
        with socket.socket() as probe:
            try:
                probe.bind((address, PORT))
            except OSError:
                continue
            return address
    pytest.skip(f"port {PORT} is free on no loopback address")
