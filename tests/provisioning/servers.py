"""Servers on this machine's loopback: a web server, a registry, and git over HTTP."""

import os
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from isomorph.provisioning.digests import digest_content

Answer = tuple[int, dict[str, str], bytes]
"""A status, headers and a body; `Content-Length` is added where it is not there."""

Pages = Callable[[BaseHTTPRequestHandler], Answer]


@contextmanager
def serve(answer: Pages, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port while the block runs, over TLS where it is given; gives `HOST:PORT`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = answer(self)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up, as the limits have it, is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_tls(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine that nobody signed but itself, `certificate.pem`, and a server's context."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def answer_files(files: dict[str, bytes]) -> Pages:
    """Answer with files by path (a change of `files` shows); what is not there is 404."""

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        content = files.get(urlsplit(request.path).path)
        return (404, {}, b"no such page") if content is None else (200, {}, content)

    return answer


def answer_slowly(request: BaseHTTPRequestHandler) -> Answer:
    """Send a byte every twentieth of a second, for as long as somebody listens."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.05)
    raise ConnectionAbortedError


def answer_headers_slowly(request: BaseHTTPRequestHandler) -> Answer:
    """Send a byte of a header every twentieth of a second, for as long as somebody listens."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(200):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.05)
    raise ConnectionAbortedError


class Registry:
    """A registry of one repository, `team/provisioners`, whose only tag `v1` is an artifact of some files.

    With `token`, it asks for one as the distribution specification says, and remembers what it was asked.
    """

    def __init__(self, files: dict[str, bytes], token: str = "") -> None:
        self.token = token
        self.host = ""
        self.asked: list[str] = []
        self.blobs = {digest_content(content): content for content in files.values()}
        layers = [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "digest": digest_content(content),
                "size": len(content),
                "annotations": {"org.opencontainers.image.title": name},
            }
            for name, content in files.items()
        ]
        self.manifest = msgspec.json.encode({"schemaVersion": 2, "layers": layers})
        self.sent = self.manifest

    def answer(self, request: BaseHTTPRequestHandler) -> Answer:
        path = urlsplit(request.path)
        self.asked.append(request.path)
        if path.path == "/token":
            assert parse_qs(path.query) == {"service": ["test"], "scope": ["repository:team/provisioners:pull"]}
            return 200, {}, msgspec.json.encode({"token": self.token})
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            scope = 'service="test",scope="repository:team/provisioners:pull"'
            return 401, {"WWW-Authenticate": f'Bearer realm="http://{self.host}/token",{scope}'}, b""
        root = "/v2/team/provisioners/"
        if path.path in (f"{root}manifests/v1", f"{root}manifests/{digest_content(self.manifest)}"):
            assert request.headers.get("Accept") == "application/vnd.oci.image.manifest.v1+json"
            return 200, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}, self.sent
        blob = self.blobs.get(path.path.removeprefix(f"{root}blobs/"))
        return (404, {}, b"{}") if blob is None else (200, {}, blob)


@contextmanager
def serve_registry(registry: Registry) -> Iterator[str]:
    with serve(registry.answer) as host:
        registry.host = host
        yield host


def make_repository(folder: Path, files: dict[str, bytes]) -> str:
    """Make a bare repository `provisioners.git` in a folder, whose head has some files and one link; gives the commit."""
    work = folder / "work"
    work.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": f"{what}@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=work, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "--quiet", "--initial-branch=trunk")
    for name, content in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
    (work / "link.yaml").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "--quiet", "-m", "provisioners")
    git("clone", "--quiet", "--bare", ".", str(folder / "provisioners.git"))
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=folder / "provisioners.git", check=True)
    return git("rev-parse", "HEAD")


def answer_git(folder: Path) -> Pages:
    """Serve the repositories of a folder with `git http-backend` (git's smart protocol over HTTP)."""

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        parts = urlsplit(request.path)
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": request.command,
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "CONTENT_TYPE": request.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1",
            },
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return int(headers.pop("Status", "200").split()[0]), headers, content

    return answer
