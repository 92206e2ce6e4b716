"""A quick look that accepts most Score files at once, so that the schema's validator is not even loaded for them.

It never accepts what the official schema refuses (a test holds it to that); where it is stricter, the schema decides.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

_LABEL = r"^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\Z"
_WORD = r"^[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]\Z"
_HOST = r"[a-z0-9][a-z0-9-]{0,61}[a-z0-9](\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9])*"

Label = Annotated[str, Meta(pattern=_LABEL)]
Word = Annotated[str, Meta(pattern=_WORD)]
Id = Annotated[
    str, Meta(min_length=2, max_length=63, pattern=r"^[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*\Z")
]
AnnotationKey = Annotated[
    str, Meta(max_length=316, pattern=rf"^({_HOST}/)?[A-Za-z0-9][A-Za-z0-9._-]{{0,61}}[A-Za-z0-9]\Z")
]
Cpu = Annotated[str, Meta(pattern=r"^[0-9]+(m|\.[0-9]+)?\Z")]
Memory = Annotated[str, Meta(pattern=r"^(0\.[0-9]+|[1-9][0-9]*(\.[0-9]+)?)([KMGTPE]i?)?\Z")]
Mode = Annotated[str, Meta(pattern=r"^0?[0-7]{3}\Z")]
VariableName = Annotated[str, Meta(pattern=r"^[^=\n]+\Z")]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\Z")]
Text = Annotated[str, Meta(min_length=1)]
PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Annotations = dict[AnnotationKey, str]


class _Closed(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A mapping whose fields are all known."""


class Metadata(msgspec.Struct):
    """`metadata`, which may hold anything else."""

    name: Label
    annotations: Annotations | UnsetType = UNSET


class ServicePort(_Closed):
    """One of `service.ports`."""

    port: PortNumber
    target_port: PortNumber | UnsetType = UNSET
    protocol: Literal["TCP", "UDP"] | UnsetType = UNSET


class Service(_Closed):
    """`service`."""

    ports: dict[Label, ServicePort] | UnsetType = UNSET


class ResourceMetadata(msgspec.Struct):
    """`metadata` of a resource, which may hold anything else."""

    annotations: Annotations | UnsetType = UNSET


class Resource(_Closed):
    """One of `resources`."""

    type: Word
    class_: Word | UnsetType = msgspec.field(default=UNSET, name="class")
    id: Id | UnsetType = UNSET
    metadata: ResourceMetadata | UnsetType = UNSET
    params: dict[str, Any] | UnsetType = UNSET


class Amounts(_Closed):
    """`limits` or `requests`."""

    memory: Memory | UnsetType = UNSET
    cpu: Cpu | UnsetType = UNSET


class Resources(_Closed):
    """`resources` of a container."""

    limits: Amounts | UnsetType = UNSET
    requests: Amounts | UnsetType = UNSET


class ContainerFile(_Closed):
    """One of `files`."""

    mode: Mode | UnsetType = UNSET
    source: Text | UnsetType = UNSET
    content: str | UnsetType = UNSET
    binary_content: str | UnsetType = UNSET
    no_expand: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(each is not UNSET for each in (self.source, self.content, self.binary_content)) != 1:
            raise ValueError("one of source, content and binaryContent")


class ContainerVolume(_Closed):
    """One of `volumes`."""

    source: str
    path: str | UnsetType = UNSET
    read_only: bool | UnsetType = UNSET


class Header(_Closed):
    """One of `httpHeaders`."""

    name: HeaderName
    value: Text


class HttpGet(_Closed):
    """`httpGet`."""

    port: PortNumber
    path: str
    host: Text | UnsetType = UNSET
    scheme: Literal["HTTP", "HTTPS"] | UnsetType = UNSET
    http_headers: list[Header] | UnsetType = UNSET


class Exec(_Closed):
    """`exec`."""

    command: list[str]


class ContainerProbe(_Closed):
    """A probe: one of the two is there, or both."""

    http_get: HttpGet | UnsetType = UNSET
    exec: Exec | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.http_get is UNSET and self.exec is UNSET:
            raise ValueError("httpGet or exec")


class Ready(_Closed):
    """One of `before`."""

    ready: Literal["started", "healthy", "complete"]


class Container(_Closed):
    """One of `containers`."""

    image: Text
    command: list[str] | UnsetType = UNSET
    args: list[str] | UnsetType = UNSET
    variables: dict[VariableName, str] | UnsetType = UNSET
    files: dict[str, ContainerFile] | UnsetType = UNSET
    volumes: dict[str, ContainerVolume] | UnsetType = UNSET
    before: dict[Label, Ready] | UnsetType = UNSET
    resources: Resources | UnsetType = UNSET
    liveness_probe: ContainerProbe | UnsetType = UNSET
    readiness_probe: ContainerProbe | UnsetType = UNSET


class ScoreFile(_Closed):
    """A Score file, its lists of files and volumes upgraded to maps."""

    api_version: Literal["score.dev/v1b1"]
    metadata: Metadata
    containers: Annotated[dict[Label, Container], Meta(min_length=1)]
    service: Service | UnsetType = UNSET
    resources: dict[Label, Resource] | UnsetType = UNSET


def is_plainly_right(data: Any) -> bool:
    """Tell whether plain data is a right Score file beyond doubt."""
    try:
        msgspec.convert(data, ScoreFile)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True
