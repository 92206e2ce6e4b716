"""Where provisioner files come from: what a source's text means, what was fetched, and how that is found again.

    path, file://PATH                       a file of the project or one that the user named
    -                                       standard input
    http://…, https://…                     a file on a web server
    git-https://HOST/REPO.git/FILE          a file at the head of a repository's default branch
    git-ssh://[USER@]HOST/REPO.git/FILE
    oci://REGISTRY/REPO[:TAG|@DIGEST][#FILE]   a file of an artifact; without FILE, the first `.yaml` that is its only one

What is fetched from elsewhere is kept in the project, pinned by digest in its lock file; nothing is fetched again
until somebody asks for it.
"""

import re
from typing import NoReturn
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.provisioning.atomic import path_in_project, read_if_there, write_atomically
from isomorph.provisioning.digests import Pin, digest_content, read_pins, write_pins

FETCHED_FOLDER = ".isomorph/fetched"
SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes of the largest provisioner file that is read or fetched."""

SCHEMES = ("file", "http", "https", "git-https", "git-ssh", "oci")


class FileSource(msgspec.Struct, frozen=True):
    """A file by its path; `-` is standard input."""

    path: str

    @property
    def name(self) -> str:
        return self.path


class WebSource(msgspec.Struct, frozen=True):
    """A file on a web server. A query may hold a token: the name shows a digest of it only."""

    url: str

    @property
    def name(self) -> str:
        address, mark, query = self.url.partition("?")
        return f"{address}?{digest_content(query.encode())[7:15]}" if mark else address


class GitSource(msgspec.Struct, frozen=True):
    """A file of a repository: the repository as git is told it, and the file's path in it."""

    repository: str
    path: str

    @property
    def name(self) -> str:
        return f"git-{self.repository}/{self.path}"


class OciSource(msgspec.Struct, frozen=True):
    """A file of an artifact in a registry; `reference` is a tag or a digest, an empty `file` the only one there is."""

    registry: str
    repository: str
    reference: str = "latest"
    file: str = ""

    @property
    def name(self) -> str:
        mark = "@" if ":" in self.reference else ":"
        return f"oci://{self.registry}/{self.repository}{mark}{self.reference}" + (f"#{self.file}" if self.file else "")


RemoteSource = WebSource | GitSource | OciSource
ProvisionerSource = FileSource | RemoteSource

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# The distribution specification's grammar of names, tags and digests; nothing else reaches an address.
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def parse_source(text: str) -> ProvisionerSource:
    """Read the name of a source; raises UsageError for one that means nothing or holds a password."""
    if not text or not text.isprintable():
        raise UsageError(f"{text!r} names no provisioner file")
    found = _SCHEME.match(text)
    if found is None:
        return FileSource(text)
    scheme = found[1].lower()
    if scheme == "file":
        return FileSource(unquote(text[len("file://") :]) or _refuse(text, "it names no file"))
    if scheme not in SCHEMES:
        schemes = ", ".join(f"{known}://" for known in SCHEMES)
        _refuse(text, f"{scheme}:// is not among the schemes that are understood: {schemes}")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        _refuse(text, str(error))
    user, _, host = parts.netloc.rpartition("@")
    if not _HOST.fullmatch(host):
        _refuse(text, "it names no host")
    if user and (scheme != "git-ssh" or not _USER.fullmatch(user)):
        # Not shown whole: what stands before the @ may be a password, and the name is written to the lock file.
        raise UsageError(
            f"{scheme}://…@{host}: a name and password do not belong in a source; leave them to git's credential helper"
        )
    if scheme in ("http", "https"):
        return WebSource(urlunsplit((scheme, parts.netloc, parts.path or "/", parts.query, "")))
    if scheme == "oci":
        return _parse_oci(text, host, parts.path, parts.fragment)
    return _parse_git(text, scheme.removeprefix("git-"), parts.netloc, parts.path)


def _parse_git(text: str, scheme: str, netloc: str, path: str) -> GitSource:
    repository, mark, file = path.partition(".git/")
    file = unquote(file)
    steps = file.split("/")
    if not mark or not repository.strip("/") or not all(steps) or {".", ".."} & set(steps):
        _refuse(text, f"git-{scheme}://HOST/REPOSITORY.git/FILE is expected")
    if "\0" in file or ":" in file:
        _refuse(text, "a file's path has neither colons nor null characters here")
    return GitSource(f"{scheme}://{netloc}{repository}.git", file)


def _parse_oci(text: str, host: str, path: str, file: str) -> OciSource:
    name, at, digest = path.lstrip("/").partition("@")
    name, _, tag = name.partition(":")
    if not _REPOSITORY.fullmatch(name):
        _refuse(text, "oci://REGISTRY/REPOSITORY:TAG#FILE is expected, the repository in small letters")
    if (at and not _DIGEST.fullmatch(digest)) or (tag and not _TAG.fullmatch(tag)):
        _refuse(text, "what follows the repository is neither a tag nor @sha256:DIGEST")
    return OciSource(host, name, digest or tag or "latest", unquote(file))


def _refuse(text: str, reason: str) -> NoReturn:
    raise UsageError(f"{text.partition('?')[0]} names no provisioner file: {reason}")


class Fetched(msgspec.Struct, frozen=True):
    """What a source held, and what its name stood for: a git commit, a manifest's digest, an address."""

    content: bytes
    resolved: str = ""


def take_source(source: ProvisionerSource, project: str, context: Context) -> bytes:
    """Fetch a source now, keep its content in the project and pin it; a file is read where it is.

    To be called only where the user asked for it. Raises EngineFailed where the network or git fails, InvalidInput for a
    file that cannot be read.
    """
    if isinstance(source, FileSource):
        return _read_file(source, context)
    from isomorph.provisioning.fetching import fetch

    fetched = fetch(source)
    pins = read_pins(project).pin(source.name, fetched.content, fetched.resolved)
    write_atomically(_kept_path(project, pins.find(source.name)), fetched.content, 0o644)
    write_pins(project, pins)
    return fetched.content


def open_source(source: ProvisionerSource, project: str, context: Context) -> tuple[bytes, Pin | None]:
    """Give a source's content without any network: a file's as it is, a fetched one's as it was pinned, verified.

    The pin is None for a file. Raises UsageError where it was never fetched, InvalidInput where the kept content is
    gone or is not what was pinned.
    """
    if isinstance(source, FileSource):
        return _read_file(source, context), None
    pins = read_pins(project)
    pin = pins.find(source.name)
    path = _kept_path(project, pin)
    content = read_if_there(path, SIZE_LIMIT)
    if content is None:
        raise InvalidInput(
            f"the content of {source.name} is not in {FETCHED_FOLDER}",
            Origin(f"{FETCHED_FOLDER}/{_kept_name(pin)}"),
            "run isomorph init --provisioners with it, which fetches it again and compares it",
        )
    return content, pins.verify(source.name, content)


def restore_source(source: RemoteSource, project: str) -> bytes:
    """Fetch what is pinned but no longer kept, as after a fresh checkout; raises InvalidInput where it has changed."""
    from isomorph.provisioning.fetching import fetch

    content = fetch(source).content
    pin = read_pins(project).verify(source.name, content)
    write_atomically(_kept_path(project, pin), content, 0o644)
    return content


def allow_commands(source: RemoteSource, project: str) -> None:
    """Note that the programs which a source's pinned content names may run, until that content changes."""
    write_pins(project, read_pins(project).allow_commands(source.name))


def _read_file(source: FileSource, context: Context) -> bytes:
    content = context.read_input(source.path, what="provisioner file")
    if len(content) > SIZE_LIMIT:
        raise InvalidInput(f"the file is larger than {SIZE_LIMIT} bytes", Origin(source.path))
    return content


def _kept_name(pin: Pin) -> str:
    return f"{pin.digest.removeprefix('sha256:')[:32]}.provisioners.yaml"


def _kept_path(project: str, pin: Pin) -> str:
    return path_in_project(project, f"{FETCHED_FOLDER}/{_kept_name(pin)}")
