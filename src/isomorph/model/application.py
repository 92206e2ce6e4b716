"""All that the definitions of one environment say, and what a reader returns: the application and what sits beside it."""

from typing import Any

import msgspec

from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import Placeholder, Text
from isomorph.model.workload import Binary, Workload


class Volume(msgspec.Struct, frozen=True, omit_defaults=True):
    """Storage that containers mount. `kind`: persistent | ephemeral | memory | host. `size` in bytes.

    `access` in the words read-write-once, read-only-many, read-write-many, read-write-once-pod. `external`: it exists
    already and this definition only names it.
    """

    kind: str
    size: int | Placeholder | None = None
    storage_class: str | None = None
    access: tuple[str, ...] | None = None
    host_path: str | None = None
    external: bool = False


class Secret(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named secret of this definition: its values by key, None for a key whose value is not known here.

    `provisioned`: the values were made up for this environment, and another has its own.
    """

    values: dict[str, Text | Binary | None] = {}
    external: bool = False
    provisioned: bool = False


class Configuration(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named configuration of this definition (ConfigMap, Compose config): its values by key."""

    values: dict[str, Text | Binary | None] = {}
    external: bool = False


class Dependency(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something a workload needs and does not contain: a database, a broker, a DNS name (Score calls it a resource)."""

    type: str
    class_: str | None = msgspec.field(default=None, name="class")
    id: str | None = None
    version: str | None = None
    metadata: dict[str, Any] = {}
    parameters: dict[str, Any] | None = None
    outputs: dict[str, Text] = {}
    realisation: str | None = None  # a workload of this application, a module or cloud resource, an address outside


class Application(msgspec.Struct, frozen=True, omit_defaults=True):
    """The workloads of one environment and what they share."""

    name: str | None = None
    namespace: str | None = None
    workloads: dict[str, Workload] = {}
    volumes: dict[str, Volume] = {}  # by a name unique in the application
    secrets: dict[str, Secret] = {}
    configurations: dict[str, Configuration] = {}
    dependencies: dict[str, Dependency] = {}  # by uid


class Extra(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a platform said and the model does not: kept beside it, and restored by the same platform's writer.

    `path` is the model path it belongs to, `location` the keys below that construct in the platform's own text.
    """

    platform: str
    path: Path
    location: tuple[str | int, ...]
    value: Any
    origin: Origin | None = None


class Definition(msgspec.Struct, frozen=True):
    """What a reader returns: the application, and beside it origins, extras and diagnostics.

    `platform` is the platform that was read; `sources` the files, relative to the project's root.
    """

    application: Application
    platform: str
    sources: tuple[str, ...] = ()
    origins: Origins = msgspec.field(default_factory=Origins)
    extras: tuple[Extra, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
