"""Artifacts in registries, by the OCI distribution specification (v1.1): a manifest, then the blob of one file of it.

A file of an artifact is a layer whose annotation `org.opencontainers.image.title` is its name, as ORAS pushes it.
"""

import re
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from isomorph.model.errors import EngineFailed
from isomorph.provisioning.digests import digest_content
from isomorph.provisioning.fetching import NotAuthorized, get
from isomorph.provisioning.sources import Fetched, OciSource

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_TITLE = "org.opencontainers.image.title"
_MANIFEST_LIMIT = 4 * 1024 * 1024  # the least that registries must accept, and more than an artifact has
_CHALLENGE = re.compile(r'([a-zA-Z_]+)="([^"]*)"')


class _Layer(msgspec.Struct, frozen=True):
    digest: str
    size: int
    annotations: dict[str, str] | None = None


class _Manifest(msgspec.Struct, frozen=True):
    layers: list[_Layer] = []


class _Token(msgspec.Struct, frozen=True):
    token: str = ""
    access_token: str = ""


class _Registry:
    """A registry as one artifact's reader sees it: its address, and the anonymous token it may have asked for."""

    def __init__(self, source: OciSource, time_limit: float) -> None:
        host = "registry-1.docker.io" if source.registry == "docker.io" else source.registry
        # As container engines do it: a registry on this machine speaks plain HTTP, all others TLS.
        self.root = f"{'http' if is_loopback(host) else 'https'}://{host}/v2/{source.repository}"
        self.name = source.name
        self._deadline = monotonic() + time_limit
        self._token = ""

    def get(self, path: str, size_limit: int, accept: str) -> bytes:
        """Get something of the repository, once more with a token where the registry asks for one."""
        try:
            return self._get(path, size_limit, accept)
        except NotAuthorized as error:
            if self._token:
                raise
            self._token = self._ask_token(error.challenge, error)
            return self._get(path, size_limit, accept)

    def _get(self, path: str, size_limit: int, accept: str) -> bytes:
        headers = {"Accept": accept}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return get(
            f"{self.root}/{path}", self.name, time_limit=self._remaining(), size_limit=size_limit, headers=headers
        )[0]

    def _remaining(self) -> float:
        """Give the seconds that are left for all requests of this artifact."""
        remaining = self._deadline - monotonic()
        if remaining <= 0:
            raise EngineFailed(f"{self.name} took too long and was given up")
        return remaining

    def _ask_token(self, challenge: str, error: NotAuthorized) -> str:
        """Ask for an anonymous token (distribution specification, token authentication)."""
        scheme, _, rest = challenge.partition(" ")
        said = dict(_CHALLENGE.findall(rest))
        realm = said.get("realm", "")
        here, there = urlsplit(self.root), urlsplit(realm)
        if scheme.lower() != "bearer" or (there.scheme != "https" and there.scheme != here.scheme) or not there.netloc:
            raise error
        query = urlencode({key: said[key] for key in ("service", "scope") if key in said})
        url = f"{realm}{'&' if there.query else '?'}{query}"
        content, _, _ = get(url, self.name, time_limit=self._remaining(), size_limit=_MANIFEST_LIMIT)
        found: _Token = _decode(content, _Token, self.name)
        token = found.token or found.access_token
        if not token or not token.isascii() or not token.isprintable():
            raise error
        return token


def fetch_artifact(source: OciSource, *, time_limit: float, size_limit: int) -> Fetched:
    """Fetch a file of an artifact; raises EngineFailed where it is not there or its digest is not what was said."""
    registry = _Registry(source, time_limit)
    content = registry.get(f"manifests/{quote(source.reference, safe=':')}", _MANIFEST_LIMIT, _MANIFEST)
    digest = digest_content(content)
    if ":" in source.reference and digest != source.reference:
        raise EngineFailed(f"{source.name}: the registry sent a manifest of another digest, {digest}")
    layer = _choose_layer(source, _decode(content, _Manifest, source.name))
    if layer.size > size_limit:
        raise EngineFailed(f"{source.name} is larger than {size_limit} bytes")
    blob = registry.get(f"blobs/{quote(layer.digest, safe=':')}", size_limit, "*/*")
    if digest_content(blob) != layer.digest:
        raise EngineFailed(f"{source.name}: the registry sent content of another digest than its manifest says")
    return Fetched(blob, digest)


def _choose_layer(source: OciSource, manifest: _Manifest) -> _Layer:
    """Give the layer of the file that the source names; where it names none, of the only `.yaml` file."""
    titles = [(layer.annotations or {}).get(_TITLE, "") for layer in manifest.layers]
    wanted = [
        layer
        for layer, title in zip(manifest.layers, titles, strict=True)
        if (title == source.file if source.file else title.endswith((".yaml", ".yml")))
    ]
    if len(wanted) == 1:
        return wanted[0]
    there = ", ".join(sorted(title for title in titles if title)) or "no named files"
    if wanted:
        raise EngineFailed(f"{source.name} holds several files; name one after a #: {there}")
    raise EngineFailed(f"{source.name} holds no such file; it holds {there}")


def _decode(content: bytes, kind: type[Any], name: str) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EngineFailed(f"{name}: the registry's answer means nothing: {error}") from None


def is_loopback(host: str) -> bool:
    """Tell whether a host, with or without a port, is this machine."""
    from ipaddress import ip_address

    bare = host[1:].partition("]")[0] if host.startswith("[") else host.rpartition(":")[0] or host
    try:
        return bare == "localhost" or ip_address(bare).is_loopback
    except ValueError:
        return False
