"""Digests: what content and parameters are known by, and the lock file that pins what was fetched.

The lock file stands beside `isomorph.yaml` and belongs in version control: it says which content everybody uses, and
whether its programs may run.
"""

import hashlib
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.provisioning.atomic import path_in_project, read_if_there, write_atomically

PINS_FILE = "isomorph.lock"
PINS_SCHEMA = "isomorph.lock/v1"
_ABOUT = """\
What isomorph fetched for this project, pinned by the SHA-256 digest of its content: whoever generates uses exactly
this. Keep it in version control. `isomorph init --provisioners SOURCE` pins what a source holds now; `commands` says
that programs which that content names may run (--allow-commands), and lasts until the content changes."""
_LIMIT = 4 * 1024 * 1024


def digest_content(content: bytes) -> str:
    """Give the digest of content as `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_parameters(parameters: Any, metadata: Any = None, key: str = "") -> str:
    """Give a digest of plain data that does not depend on the order of its keys; says that it changed, not how.

    `key` (a resource's guid) makes the digests of equal parameters differ, so that they tell nothing of each other.
    """
    text = msgspec.json.encode([key, parameters, metadata], order="deterministic")
    return digest_content(text)


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a source held when it was pinned: its digest, its size in bytes, and what its name stood for.

    `resolved` is a git commit, the digest of an OCI manifest or the address behind redirections. `commands` says that
    programs which the content names may run.
    """

    digest: str
    size: int
    resolved: str = ""
    commands: bool = False


class Pins(msgspec.Struct, frozen=True):
    """All pins of a project, by the name of the source."""

    sources: dict[str, Pin] = {}

    def pin(self, name: str, content: bytes, resolved: str = "") -> "Pins":
        """Give the pins with this one added or renewed; the permission to run programs holds for the same content only."""
        digest, old = digest_content(content), self.sources.get(name)
        commands = old is not None and old.digest == digest and old.commands
        return Pins({**self.sources, name: Pin(digest, len(content), resolved, commands)})

    def allow_commands(self, name: str) -> "Pins":
        """Give the pins with the permission to run the programs that a source's pinned content names."""
        return Pins({**self.sources, name: msgspec.structs.replace(self.find(name), commands=True)})

    def unpin(self, name: str) -> "Pins":
        """Give the pins without one."""
        return Pins({other: pin for other, pin in self.sources.items() if other != name})

    def find(self, name: str) -> Pin:
        """Give a source's pin; raises UsageError where it was never fetched."""
        pin = self.sources.get(name)
        if pin is None:
            raise UsageError(f"{name} was never fetched for this project: run isomorph init --provisioners with it")
        return pin

    def verify(self, name: str, content: bytes) -> Pin:
        """Give a source's pin; raises InvalidInput where the content is not what was pinned."""
        pin = self.find(name)
        found = digest_content(content)
        if found != pin.digest:
            raise InvalidInput(
                f"the content of {name} has the digest {found}, and {PINS_FILE} pins {pin.digest}",
                Origin(PINS_FILE),
                "look at what changed; isomorph init --provisioners with it accepts the change",
            )
        return pin


class _PinsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    sources: dict[str, Pin] = {}


def read_pins(project: str) -> Pins:
    """Read a project's lock file; where there is none, nothing is pinned. Raises InvalidInput for a broken one."""
    from isomorph.syntax.tree import to_data
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.read import parse_one

    content = read_if_there(path_in_project(project, PINS_FILE), _LIMIT)
    if content is None:
        return Pins()
    document = parse_one(content, PINS_FILE, Dialect.COMPOSE)
    try:
        text = msgspec.convert(to_data(document.root), _PinsText)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"no lock file of isomorph: {error}", document.origin, "restore it") from None
    if text.schema != PINS_SCHEMA:
        raise InvalidInput(
            f"its schema is {text.schema}, and this isomorph reads {PINS_SCHEMA}", document.origin, "update isomorph"
        )
    for name, pin in text.sources.items():
        if not _is_digest(pin.digest):
            raise InvalidInput(f"the digest of {name} is no SHA-256 digest", document.origin, "restore the lock file")
    return Pins(text.sources)


def write_pins(project: str, pins: Pins) -> None:
    """Write a project's lock file, sources in the order of their names."""
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.emit import emit_yaml

    sources = {name: msgspec.to_builtins(pin) for name, pin in sorted(pins.sources.items())}
    text = emit_yaml({"schema": PINS_SCHEMA, "sources": sources}, dialect=Dialect.COMPOSE, header=_ABOUT)
    write_atomically(path_in_project(project, PINS_FILE), text.encode(), 0o644)


def _is_digest(text: str) -> bool:
    return text.startswith("sha256:") and len(text) == 71 and not set(text[7:]) - set("0123456789abcdef")
