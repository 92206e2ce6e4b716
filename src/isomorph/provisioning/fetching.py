"""Fetching provisioner files: from web servers, git repositories and registries, within limits of time and size.

No shell, no prompt, no redirection to a weaker scheme; what comes is bytes, checked by whoever asked.
"""

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from isomorph.model.errors import EngineFailed
from isomorph.provisioning.sources import SIZE_LIMIT, Fetched, GitSource, OciSource, RemoteSource, WebSource

if TYPE_CHECKING:
    from email.message import Message
    from http.client import HTTPResponse
    from socket import socket
    from urllib.request import Request

TIME_LIMIT = 60.0
"""Seconds that fetching one source may take in all."""

REPOSITORY_LIMIT = 256 * 1024 * 1024
"""Bytes of the largest file that git may write while it fetches."""

_REDIRECTIONS = 5
_GIT_PROTOCOLS = "https:ssh"


def fetch(source: RemoteSource, *, time_limit: float = TIME_LIMIT, size_limit: int = SIZE_LIMIT) -> Fetched:
    """Fetch a source's content; raises EngineFailed where it is not there, too large or too slow."""
    if isinstance(source, WebSource):
        content, address, _ = get(source.url, source.name, time_limit=time_limit, size_limit=size_limit)
        return Fetched(content, address.partition("?")[0] if address != source.url else "")
    if isinstance(source, GitSource):
        return fetch_git(source, time_limit=time_limit, size_limit=size_limit)
    return _fetch_oci(source, time_limit, size_limit)


def _fetch_oci(source: OciSource, time_limit: float, size_limit: int) -> Fetched:
    from isomorph.provisioning.registry import fetch_artifact

    return fetch_artifact(source, time_limit=time_limit, size_limit=size_limit)


class NotAuthorized(EngineFailed):
    """A server asks who we are; `challenge` is its WWW-Authenticate header."""

    def __init__(self, message: str, challenge: str) -> None:
        super().__init__(message)
        self.challenge = challenge


def get(
    url: str,
    name: str,
    *,
    time_limit: float = TIME_LIMIT,
    size_limit: int = SIZE_LIMIT,
    headers: dict[str, str] | None = None,
) -> "tuple[bytes, str, Message]":
    """Get a URL: its content, the address behind redirections, and the answer's headers.

    `name` is what messages call it. An `Authorization` header stays with the host that it is for. Raises NotAuthorized on
    401, EngineFailed on every other failure.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError

    with _Deadline(time_limit) as deadline:
        try:
            with _open(url, headers or {}, deadline) as answer:
                content = _read_limited(answer, name, size_limit)
                if deadline.passed:  # What was cut looks like an answer that ends, where it did not say its length.
                    raise TimeoutError
                return content, answer.url, answer.headers
        except HTTPError as error:
            with error:
                challenge = error.headers.get("WWW-Authenticate", "")
            if error.code == 401:
                raise NotAuthorized(f"{name} asks for credentials, and none are known", challenge) from None
            failure = f"the server answers {error.code} {error.reason}"
        except URLError as error:
            failure = "" if isinstance(error.reason, TimeoutError) else str(error.reason)
        except TimeoutError:
            failure = ""
        except (OSError, HTTPException, ValueError) as error:
            failure = str(error) or type(error).__name__
        if deadline.passed or not failure:
            raise EngineFailed(f"{name} took longer than {time_limit:g} seconds and was given up")
        raise EngineFailed(f"{name} cannot be fetched: {failure}")


class _Deadline:
    """A time after which the connections made under it are cut, wherever they are: a server may send a byte a second."""

    def __init__(self, time_limit: float) -> None:
        from threading import Timer

        self.time_limit = time_limit
        self.passed = False
        self._sockets: list[socket] = []
        self._timer = Timer(time_limit, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, connected: "socket") -> None:
        """Cut this connection, too, when the time has come."""
        self._sockets.append(connected)
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        from socket import SHUT_RDWR

        self.passed = True
        for connected in self._sockets:
            with suppress(OSError):  # It was closed already.
                connected.shutdown(SHUT_RDWR)


def _open(url: str, headers: dict[str, str], deadline: _Deadline) -> "HTTPResponse":
    """Send a request; connections are watched, and redirections weighed."""
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.error import URLError
    from urllib.parse import urlsplit
    from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)

    class PlainHandler(HTTPHandler):
        def http_open(self, req: "Request") -> "HTTPResponse":
            return self.do_open(Plain, req)

    class SecureHandler(HTTPSHandler):
        def https_open(self, req: "Request") -> "HTTPResponse":
            return self.do_open(Secure, req)

    class Redirections(HTTPRedirectHandler):
        max_redirections = _REDIRECTIONS

        def redirect_request(self, req: "Request", fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
            before, after = urlsplit(req.full_url), urlsplit(newurl)
            if after.scheme != "https" and after.scheme != before.scheme:
                raise URLError(f"it is redirected from {before.scheme} to {after.scheme}, which is refused")
            request = super().redirect_request(req, fp, code, msg, headers, newurl)
            if request is not None and after.netloc != before.netloc:
                request.remove_header("Authorization")
            return request

    request = Request(url, headers={"User-Agent": "isomorph", "Accept-Encoding": "identity", **headers})
    opener = build_opener(PlainHandler, SecureHandler, Redirections)
    opened: HTTPResponse = opener.open(request, timeout=deadline.time_limit)
    return opened


def _read_limited(answer: "HTTPResponse", name: str, size_limit: int) -> bytes:
    """Read an answer of at most so many bytes, and all of it."""
    pieces, size = [], 0
    while piece := answer.read1(64 * 1024):
        size += len(piece)
        if size > size_limit:
            raise EngineFailed(f"{name} is larger than {size_limit} bytes")
        pieces.append(piece)
    if answer.length:
        raise ValueError(f"{answer.length} bytes are missing at its end")
    return b"".join(pieces)


def fetch_git(
    source: GitSource,
    *,
    protocols: str = _GIT_PROTOCOLS,
    time_limit: float = TIME_LIMIT,
    size_limit: int = SIZE_LIMIT,
) -> Fetched:
    """Fetch a file at the head of a repository with the user's git, without a working tree, so that nothing of it runs.

    `protocols` are those that git may speak, separated by colons.
    """
    import tempfile
    from time import monotonic

    deadline = monotonic() + time_limit
    with tempfile.TemporaryDirectory(prefix="isomorph-git-") as folder:

        def git(*arguments: str, limit: int = 64 * 1024) -> bytes:
            remaining = max(deadline - monotonic(), 0.1)
            return _run_git(source.name, folder, arguments, protocols, remaining, time_limit, limit)

        git("init", "--quiet", "--bare", "--template=", ".")
        git(
            *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"),
            *(f"--filter=blob:limit={size_limit + 1}", "--", source.repository, "HEAD"),
        )
        commit = git("rev-parse", "--verify", "FETCH_HEAD^{commit}").decode().strip()
        listed = git("--literal-pathspecs", "ls-tree", "--full-tree", "-z", commit, "--", source.path)
        mode, _, rest = listed.decode("utf-8", "replace").partition(" ")
        if not mode.startswith("100"):
            what = "is not in the repository" if not mode else "is no file" if mode != "120000" else "is a link"
            raise EngineFailed(f"{source.name}: {source.path} {what} at its head, {commit[:12]}")
        blob = rest.partition("\t")[0].partition(" ")[2]
        try:
            size = int(git("cat-file", "-s", blob))
        except _GitRefused:
            size = size_limit + 1  # The filter left it out, which it does with large files only.
        if size > size_limit:
            raise EngineFailed(f"{source.name} is larger than {size_limit} bytes")
        return Fetched(git("cat-file", "blob", blob, limit=size_limit), commit)


class _GitRefused(EngineFailed):
    """Git ran, and ended with an error."""


def _run_git(
    name: str,
    folder: str,
    arguments: tuple[str, ...],
    protocols: str,
    remaining: float,
    time_limit: float,
    size_limit: int,
) -> bytes:
    """Run git in a folder of ours; the user's configuration counts (ssh, credential helpers), no repository's does."""
    import subprocess
    from shutil import which

    program = which("git")
    if program is None:
        raise EngineFailed(f"{name} needs git, which is not installed")
    try:
        done = subprocess.run(
            [program, "-c", "core.hooksPath=/dev/null", *arguments],
            cwd=folder,
            env=_git_environment(folder, protocols),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=remaining,
            preexec_fn=_limit_files if os.name == "posix" else None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EngineFailed(f"{name} took longer than {time_limit:g} seconds and was given up") from None
    except OSError as error:
        raise EngineFailed(f"git could not be started: {error.strerror}") from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:500]
        raise _GitRefused(f"{name} cannot be fetched: git says: {said or f'exit code {done.returncode}'}")
    if len(done.stdout) > size_limit:
        raise EngineFailed(f"{name} is larger than {size_limit} bytes")
    return done.stdout


def _git_environment(folder: str, protocols: str) -> dict[str, str]:
    """Give git's variables: the user's, without those that point it at another repository, and without prompts."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_DIR", "GIT_WORK_TREE"))}
    kept = {key: value for key, value in kept.items() if not key.startswith(("GIT_INDEX", "GIT_OBJECT", "GIT_TRACE"))}
    return {
        **kept,
        "GIT_DIR": folder,
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
        "LC_ALL": "C.UTF-8",
    }


def _limit_files() -> None:
    """In the child: no file larger than the limit, held by the system."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    soft = REPOSITORY_LIMIT if hard == resource.RLIM_INFINITY else min(REPOSITORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
