"""Sources of provisioner files: what their names mean, fetched within limits, pinned and verified."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from isomorph.model.errors import EngineFailed, InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.provisioning.digests import (
    PINS_FILE,
    Pins,
    digest_content,
    digest_parameters,
    read_pins,
    write_pins,
)
from isomorph.provisioning.fetching import fetch, fetch_git
from isomorph.provisioning.registry import is_loopback
from isomorph.provisioning.sources import (
    FETCHED_FOLDER,
    FileSource,
    GitSource,
    OciSource,
    ProvisionerSource,
    WebSource,
    allow_commands,
    open_source,
    parse_source,
    restore_source,
    take_source,
)
from tests.provisioning.servers import (
    Answer,
    Registry,
    answer_files,
    answer_git,
    answer_headers_slowly,
    answer_slowly,
    make_repository,
    make_tls,
    serve,
    serve_registry,
)

CONTENT = b"- uri: template://x\n  type: x\n"
DIGEST = "sha256:" + "0123456789abcdef" * 4

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def project(tmp_path: Path) -> str:
    folder = tmp_path / "project"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def context(project: str) -> Context:
    return Context(LocalFiles([project]), LocalEngines(), {}, b"from standard input")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of these tests are on this machine, whatever proxy its user has."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("a/b.provisioners.yaml", FileSource("a/b.provisioners.yaml")),
        ("-", FileSource("-")),
        ("c:stays a path", FileSource("c:stays a path")),
        ("file://a/b.yaml", FileSource("a/b.yaml")),
        ("file:///a/b%20c.yaml", FileSource("/a/b c.yaml")),
        ("http://h:8080/a?b=c#d", WebSource("http://h:8080/a?b=c")),
        ("HTTPS://host.example/x.yaml", WebSource("https://host.example/x.yaml")),
        ("git-https://h/a/b.git/c/d.yaml", GitSource("https://h/a/b.git", "c/d.yaml")),
        ("git-ssh://git@h:22/b.git/c%20d.yaml", GitSource("ssh://git@h:22/b.git", "c d.yaml")),
        ("oci://h/a/b", OciSource("h", "a/b")),
        ("oci://h:5000/a/b:v1.2#x.yaml", OciSource("h:5000", "a/b", "v1.2", "x.yaml")),
        (f"oci://[::1]:5000/b:v1@{DIGEST}", OciSource("[::1]:5000", "b", DIGEST)),
    ],
)
def test_what_a_source_means(text: str, source: ProvisionerSource) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    "text", ["a.yaml", "https://h/x", "git-https://h/b.git/c", "git-ssh://git@h/b.git/c", "oci://h/a:v1#x"]
)
def test_a_name_is_a_source_again(text: str) -> None:
    assert parse_source(parse_source(text).name) == parse_source(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no provisioner file"),
        ("a\nb", "names no provisioner file"),
        ("file://", "names no file"),
        ("ftp://h/x", "ftp:// is not among the schemes"),
        ("git-http://h/b.git/x", "git-http:// is not among"),
        ("https:///x", "names no host"),
        ("https://-h/x", "names no host"),
        ("https://h:port/x", "names no host"),
        ("https://[::1/x", "names no provisioner file"),
        ("git-https://h/b/x.yaml", "HOST/REPOSITORY.git/FILE"),
        ("git-https://h/b.git/", "HOST/REPOSITORY.git/FILE"),
        ("git-https://h/b.git/../x", "HOST/REPOSITORY.git/FILE"),
        ("git-https://h/b.git/%2e%2e/x", "HOST/REPOSITORY.git/FILE"),
        ("git-https://h/b.git/a:b", "colons"),
        ("git-ssh://-oProxyCommand=x@h/b.git/x", "do not belong"),
        ("git-ssh://-oProxyCommand=x/b.git/x", "names no host"),
        ("oci://h/UPPER:v1", "small letters"),
        ("oci://h/a/../b", "small letters"),
        ("oci://h/a:-v", "neither a tag"),
        ("oci://h/a@sha256:short", "neither a tag"),
        ("oci://h", "small letters"),
    ],
)
def test_what_means_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_source(text)


@pytest.mark.parametrize("scheme", ["https", "git-https", "git-ssh", "oci"])
def test_passwords_are_refused_and_not_repeated(scheme: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_source(f"{scheme}://user:hunter2@h/b.git/x")
    assert "hunter2" not in str(refused.value)
    assert "credential helper" in str(refused.value)


def test_a_query_is_not_in_the_name() -> None:
    first, second = (parse_source(f"https://h/x?token={token}").name for token in ("hunter2", "hunter3"))
    assert first != second
    assert "hunter" not in first


# Files.


def test_files_are_read_where_they_are(project: str, context: Context) -> None:
    path = f"{project}/own.provisioners.yaml"
    Path(path).write_bytes(CONTENT)
    for source in (parse_source(path), parse_source(f"file://{path}")):
        assert take_source(source, project, context) == CONTENT
        assert open_source(source, project, context) == (CONTENT, None)
    assert take_source(parse_source("-"), project, context) == b"from standard input"
    assert os.listdir(project) == ["own.provisioners.yaml"]
    for missing in (f"{project}/absent.yaml", f"{project}/../outside.yaml"):
        with pytest.raises(InvalidInput):
            take_source(parse_source(missing), project, context)


# Web servers.


def test_a_file_of_a_web_server_is_fetched_once_and_pinned(project: str, context: Context) -> None:
    files = {"/x.provisioners.yaml": CONTENT}
    with serve(answer_files(files)) as host:
        source = parse_source(f"http://{host}/x.provisioners.yaml")
        with pytest.raises(UsageError, match="was never fetched"):
            open_source(source, project, context)
        assert take_source(source, project, context) == CONTENT
    # The server is gone: what was fetched is in the project.
    content, pin = open_source(source, project, context)
    assert content == CONTENT
    assert pin is not None
    assert (pin.digest, pin.size, pin.commands) == (digest_content(CONTENT), len(CONTENT), False)
    assert sorted(os.listdir(project)) == [".isomorph", PINS_FILE]
    assert Path(project, PINS_FILE).read_text().startswith("# What isomorph fetched")


def test_what_was_kept_is_verified_on_each_use(project: str, context: Context) -> None:
    with serve(answer_files({"/x": CONTENT})) as host:
        source = parse_source(f"http://{host}/x")
        take_source(source, project, context)
        (kept,) = Path(project, FETCHED_FOLDER).iterdir()
        kept.write_bytes(CONTENT + b"# more")
        with pytest.raises(InvalidInput, match="pins sha256:"):
            open_source(source, project, context)
        kept.unlink()
        with pytest.raises(InvalidInput, match="fetches it again"):
            open_source(source, project, context)
        assert isinstance(source, WebSource)
        assert restore_source(source, project) == CONTENT
        assert open_source(source, project, context)[0] == CONTENT


def test_a_change_at_the_source_is_noticed_and_ends_the_permission(project: str, context: Context) -> None:
    files = {"/x": CONTENT}
    with serve(answer_files(files)) as host:
        source = parse_source(f"http://{host}/x")
        assert isinstance(source, WebSource)
        take_source(source, project, context)
        allow_commands(source, project)
        take_source(source, project, context)
        assert read_pins(project).find(source.name).commands
        files["/x"] = b"- uri: cmd://evil\n"
        with pytest.raises(InvalidInput, match="look at what changed"):
            restore_source(source, project)
        assert open_source(source, project, context)[0] == CONTENT
        take_source(source, project, context)
    content, pin = open_source(source, project, context)
    assert content == files["/x"]
    assert pin is not None
    assert not pin.commands


def redirect(where: str) -> "type[BaseHTTPRequestHandler] | object":
    def answer(request: BaseHTTPRequestHandler) -> Answer:
        return (200, {}, CONTENT) if request.path == "/end" else (302, {"Location": where}, b"")

    return answer


def test_redirections_are_followed_and_noted() -> None:
    with serve(redirect("/end")) as host:  # type: ignore[arg-type]
        fetched = fetch(WebSource(f"http://{host}/start?token=x"))
    assert (fetched.content, fetched.resolved) == (CONTENT, f"http://{host}/end")


@pytest.mark.parametrize("where", ["/again", "file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_redirections_that_lead_nowhere_are_refused(where: str) -> None:
    with serve(redirect(where)) as host, pytest.raises(EngineFailed):  # type: ignore[arg-type]
        fetch(WebSource(f"http://{host}/start"))


def answer_short(request: BaseHTTPRequestHandler) -> Answer:
    return 200, {"Content-Length": "100"}, b"short"


def answer_endless(request: BaseHTTPRequestHandler) -> Answer:
    return 200, {}, b"x" * 5000


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (answer_files({}), "answers 404"),
        (lambda request: (500, {}, b""), "answers 500"),
        (lambda request: (401, {"WWW-Authenticate": "Basic"}, b""), "asks for credentials"),
        (answer_short, "cannot be fetched"),
        (answer_endless, "larger than 1000 bytes"),
        (answer_slowly, "longer than 0.5 seconds"),
        (answer_headers_slowly, "longer than 0.5 seconds"),
    ],
)
def test_what_cannot_be_fetched_is_said(answer: object, message: str) -> None:
    started = time.monotonic()
    with serve(answer) as host, pytest.raises(EngineFailed, match=message) as failed:  # type: ignore[arg-type]
        fetch(WebSource(f"http://{host}/x?token=hunter2"), time_limit=0.5, size_limit=1000)
    assert failed.value.exit_code == 3
    assert "hunter2" not in str(failed.value)
    assert time.monotonic() - started < 8


def test_a_server_that_is_not_there_is_said() -> None:
    with serve(answer_files({})) as host:
        pass
    with pytest.raises(EngineFailed, match="cannot be fetched"):
        fetch(WebSource(f"http://{host}/x"))


def test_a_server_must_show_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = make_tls(tmp_path)
    with serve(answer_files({"/x": CONTENT}), context) as host:
        source = WebSource(f"https://{host}/x")
        with pytest.raises(EngineFailed, match="CERTIFICATE_VERIFY_FAILED"):
            fetch(source)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        assert fetch(source).content == CONTENT


def test_a_redirection_from_tls_to_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with serve(answer_files({"/x": CONTENT})) as plain:
        redirected = redirect(f"http://{plain}/x")
        with serve(redirected, make_tls(tmp_path)) as host:  # type: ignore[arg-type]
            with pytest.raises(EngineFailed, match="redirected from https to http"):
                fetch(WebSource(f"https://{host}/start"))
            assert fetch(WebSource(f"https://{host}/end")).content == CONTENT


# Repositories.


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A repository served by git over HTTP: its address, and the commit at its head."""
    folder = tmp_path / "repositories"
    folder.mkdir()
    commit = make_repository(folder, {"deep/x.yaml": CONTENT, "[a]*.yaml": b"odd", "large.yaml": b"x" * 5000})
    with serve(answer_git(folder)) as host:
        yield f"http://{host}/provisioners.git", commit


@needs_git
def test_a_file_of_a_repository_is_fetched(repository: tuple[str, str]) -> None:
    address, commit = repository
    fetched = fetch_git(GitSource(address, "deep/x.yaml"), protocols="http")
    assert (fetched.content, fetched.resolved) == (CONTENT, commit)
    assert fetch_git(GitSource(address, "[a]*.yaml"), protocols="http").content == b"odd"


@needs_git
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent.yaml", "is not in the repository"),
        ("deep", "is no file"),
        ("link.yaml", "is a link"),
        ("large.yaml", "larger than 1000 bytes"),
    ],
)
def test_what_a_repository_does_not_have_is_said(path: str, message: str, repository: tuple[str, str]) -> None:
    with pytest.raises(EngineFailed, match=message):
        fetch_git(GitSource(repository[0], path), protocols="http", size_limit=1000)


@needs_git
def test_git_speaks_safe_protocols_only(repository: tuple[str, str], tmp_path: Path) -> None:
    bare = tmp_path / "repositories" / "provisioners.git"
    marker = tmp_path / "ran"
    for address in (repository[0], f"file://{bare}", str(bare), f"ext::sh -c touch% {marker}", "--upload-pack=touch"):
        with pytest.raises(EngineFailed, match="git says"):
            fetch_git(GitSource(address, "deep/x.yaml"))
    assert not marker.exists()


@needs_git
def test_git_is_given_up_and_asks_nothing() -> None:
    stop = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        if "slow" in request.path:
            stop.wait(20)
        return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""

    with serve(answer) as host:
        with pytest.raises(EngineFailed, match="git says"):
            fetch_git(GitSource(f"http://{host}/a.git", "x"), protocols="http")
        with pytest.raises(EngineFailed, match="longer than 1 seconds"):
            fetch_git(GitSource(f"http://{host}/slow.git", "x"), protocols="http", time_limit=1)
        stop.set()


def test_git_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineFailed, match="git, which is not installed"):
        fetch(GitSource("https://h/b.git", "x"))


# Registries.


@pytest.mark.parametrize("token", ["", "anonymous-token"])
def test_a_file_of_an_artifact_is_fetched(token: str, project: str, context: Context) -> None:
    registry = Registry({"x.yaml": CONTENT, "README.md": b"read me"}, token)
    with serve_registry(registry) as host:
        source = parse_source(f"oci://{host}/team/provisioners:v1")
        assert take_source(source, project, context) == CONTENT
        pinned = f"oci://{host}/team/provisioners@{digest_content(registry.manifest)}#x.yaml"
        assert take_source(parse_source(pinned), project, context) == CONTENT
    pin = open_source(source, project, context)[1]
    assert pin is not None
    assert pin.resolved == digest_content(registry.manifest)
    assert sum("/token" in path for path in registry.asked) == (2 if token else 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("team/provisioners:v2", "answers 404"),
        ("team/provisioners:v1", "several files; name one after a #: a.yaml, b.yml, c.txt"),
        ("team/provisioners:v1#d.yaml", "no such file; it holds a.yaml"),
    ],
)
def test_what_an_artifact_does_not_have_is_said(text: str, message: str) -> None:
    registry = Registry({"a.yaml": b"a", "b.yml": b"b", "c.txt": b"c"})
    with serve_registry(registry) as host:
        source = parse_source(f"oci://{host}/{text}")
        assert isinstance(source, OciSource)
        with pytest.raises(EngineFailed, match=message):
            fetch(source)


def test_a_registry_that_sends_something_else_is_found_out() -> None:
    registry = Registry({"a.yaml": CONTENT})
    digest = digest_content(registry.manifest)
    with serve_registry(registry) as host:
        tagged = OciSource(host, "team/provisioners", "v1")
        registry.blobs = {digest_content(CONTENT): b"something else"}
        with pytest.raises(EngineFailed, match="content of another digest"):
            fetch(tagged)
        registry.sent = registry.manifest + b" "
        with pytest.raises(EngineFailed, match="manifest of another digest"):
            fetch(OciSource(host, "team/provisioners", digest))
        for nonsense in (b"", b"[]", b"[" * 50_000, b'{"layers": 1}'):
            registry.sent = nonsense
            with pytest.raises(EngineFailed, match="means nothing"):
                fetch(tagged)
        registry.sent = registry.manifest
        with pytest.raises(EngineFailed, match="larger than 5 bytes"):
            fetch(tagged, size_limit=5)


def test_a_token_stays_with_the_registry_that_gave_it() -> None:
    """Registries send blobs from elsewhere, and elsewhere has no business with the token."""
    seen: list[str | None] = []

    def answer_blob(request: BaseHTTPRequestHandler) -> Answer:
        seen.append(request.headers.get("Authorization"))
        return 200, {}, CONTENT

    registry = Registry({"a.yaml": CONTENT}, "anonymous-token")
    with serve(answer_blob) as elsewhere:

        def answer(request: BaseHTTPRequestHandler) -> Answer:
            if "/blobs/" in request.path:
                return 307, {"Location": f"http://{elsewhere}/blob"}, b""
            return registry.answer(request)

        with serve(answer) as host:
            registry.host = host
            assert fetch(OciSource(host, "team/provisioners", "v1")).content == CONTENT
    assert seen == [None]


def test_which_registries_are_on_this_machine() -> None:
    for host in ("localhost", "localhost:5000", "127.0.0.1:80", "127.9.9.9", "[::1]:5000", "[::1]"):
        assert is_loopback(host), host
    for host in ("ghcr.io", "localhost.example.org", "10.0.0.1:5000", "127.0.0.1.example.org"):
        assert not is_loopback(host), host


# Digests and pins.


def test_parameters_in_another_order_have_the_same_digest() -> None:
    assert digest_parameters({"a": 1, "b": [1, 2]}, {}) == digest_parameters({"b": [1, 2], "a": 1}, {})
    different = [
        ({"a": 1}, {}, ""),
        ({"a": "1"}, {}, ""),
        ({}, {"a": 1}, ""),
        ({"a": 1}, {}, "guid"),
        ({"a": None}, {}, ""),
    ]
    assert len({digest_parameters(*one) for one in different}) == len(different)


def test_pins_are_kept_by_name(project: str) -> None:
    assert read_pins(project) == Pins()
    pins = Pins().pin("https://b/x", b"b", "commit").pin("https://a/x", b"a")
    write_pins(project, pins)
    text = Path(project, PINS_FILE).read_text()
    assert text.index("https://a/x") < text.index("https://b/x")
    assert read_pins(project) == pins
    write_pins(project, read_pins(project))
    assert Path(project, PINS_FILE).read_text() == text
    assert list(pins.unpin("https://b/x").sources) == ["https://a/x"]
    with pytest.raises(UsageError):
        pins.allow_commands("https://c/x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "schema: isomorph.lock/v2\n",
        "schema: isomorph.lock/v1\nnovelty: 1\n",
        "schema: isomorph.lock/v1\nsources: {a: {digest: 'sha256:../../x', size: 1}}\n",
        f"schema: isomorph.lock/v1\nsources: {{a: {{digest: '{DIGEST}', size: x}}}}\n",
        "a: b: c",
    ],
)
def test_a_broken_lock_file_is_refused(text: str, project: str) -> None:
    Path(project, PINS_FILE).write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_pins(project)
    assert str(refused.value).startswith(f"{PINS_FILE}:1:")
