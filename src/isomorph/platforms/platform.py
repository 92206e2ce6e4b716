"""What the table of platforms holds, and the declarations that every platform makes: support, defaults, results of writing."""

from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.platforms.context import Context, Source

Level = Literal["full", "lossy", "never"]


class Support(msgspec.Struct, frozen=True):
    """How well a platform says one field of `FIELDS`; `lossy` and `never` give the reason and its source."""

    field: str
    level: Level
    reason: str = ""
    source: str = ""


class Default(msgspec.Struct, frozen=True):
    """What silence means on a platform: the value, in the judge's normal form, of a rule and subject nobody set.

    `when` names a condition of `drift` (such as `tag-latest`) under which it holds; empty: always.
    """

    rule: str
    subject: str
    value: str
    source: str
    when: str = ""


class Nature(msgspec.Struct, frozen=True):
    """A fact by which a platform differs from others of its kind, and what it means for definitions.

    With a `rule` of the judge it is told with what differs under it, where the platform's side says one of `here` and the
    other one of `there` (values, or the last word of the field, apart by `|`; `*`: anything said, an empty one: nothing
    said), and the platform's side says `when` besides, as RULE=VALUE. `same_name`: the last part of both values is the
    same. `reason`: the word of the judge's closed set for which the difference is expected; empty: it only explains.
    `alike`: it is told where both sides say the same, which means one thing here and another there.
    """

    id: str
    says: str
    source: str
    rule: str = ""
    here: str = ""
    there: str = ""
    when: str = ""
    reason: str = ""
    same_name: bool = False
    alike: bool = False


class OutputFile(msgspec.Struct, frozen=True):
    """A file to be written: its path relative to the output, content, and permission bits where they matter.

    `alike`: it is one of several definitions of which none is the main one, so that a folder holds them. `in_folder`: it is
    the main file of several that form a folder of their own, whatever the output is called.
    """

    path: str
    content: str | bytes
    mode: int | None = None
    alike: bool = False
    in_folder: bool = False


class Written(msgspec.Struct, frozen=True):
    """What a writer returns: files (the main one first) and what was lost, approximated or assumed.

    `variables` are those that whoever runs the output must set.
    """

    files: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    variables: tuple[str, ...] = ()


class WriteOptions(msgspec.Struct, frozen=True):
    """What a caller may choose: application (project) name, namespace, and a comment for the head of the main file.

    `beside` is where files that the main one refers to will stand, relative to it (a Compose bind needs a real file).
    `secrets`: values of secrets that are known are written where the platform keeps them (a file of mode 0600 for Compose,
    called `env_file`); without it they are left to whoever runs the output. `finish` is given the output as plain data (a
    Compose project's mapping, a list of manifests) and gives what is to be written. `generate_namespace`: where the platform
    has namespaces, the one that was chosen is itself part of the output. `style` is one of the platform's. `quiet` names
    workloads, volumes and secrets about which nothing is told: whoever made them knows what each platform can say.
    `known_as` gives, by workload, what another tool's output called it that runs already: the Compose service, the instance
    label that selects its Pods. `discovery`: where Nomad's services are registered and found, nomad or consul.
    `restores`: the platforms, besides its own, whose extras the caller of a family's writer restores itself.
    """

    name: str | None = None
    namespace: str | None = None
    header: str = ""
    beside: str = "files"
    secrets: bool = False
    env_file: str = ".env"
    finish: Callable[[Any], Any] | None = None
    quiet: frozenset[str] = frozenset()
    known_as: dict[str, str] = {}
    generate_namespace: bool = False
    style: str = "yaml"
    discovery: str = "nomad"
    restores: frozenset[str] = frozenset()


class Reader(Protocol):
    """`PLATFORM.reader.read`."""

    def __call__(self, source: Source, context: Context) -> Definition: ...


class Writer(Protocol):
    """`PLATFORM.writer.write`."""

    def __call__(self, definition: Definition, options: WriteOptions) -> Written: ...


class Platform(msgspec.Struct, frozen=True):
    """One row of the table: name, title, the package it lives in, and the options its definitions take after `?`.

    `styles` are the ways of writing its definitions, the usual one first. `family` is the platform that it is a kind of: its
    own definitions are those of the family and more, and it may import the family's modules.
    `is_local`: it runs on a developer's machine. `has_facts`: its package has `facts` (FACTS) besides, by which it differs
    from others of its kind.
    The package has the modules `reader` (read), `writer` (write), `support` (SUPPORT), `places` (PLACES, FILES) and
    `defaults` (DEFAULTS), imported only when needed.
    """

    name: str
    title: str
    package: str
    options: tuple[str, ...] = ()
    reads: bool = True
    writes: bool = True
    styles: tuple[str, ...] = ("yaml",)
    family: str = ""
    is_local: bool = False
    has_facts: bool = False
