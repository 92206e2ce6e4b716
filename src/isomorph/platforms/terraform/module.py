"""What a Terraform configuration says once it is evaluated: resources, calls of modules, outputs, and what they refer to.

Values are trees (syntax/tree.py) that know where they are written. What only an apply tells is an `Interpolated` scalar whose
text holds a Placeholder, spelled from the root module (`${module.db.aws_db_instance.this.endpoint}`); what is sensitive is a
SecretValue. `Module.attribute_of` says which attribute of which resource such a placeholder stands for.
"""

import re
from collections.abc import Iterable

import msgspec

from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.syntax.tree import Mapping, Node, Sequence

_STEPS = r'(?:\.[^\W\d][\w-]*|\[(?:[0-9]+|"(?:[^"\\]|\\.)*"|\?)\])+'
_EXPRESSION = re.compile(rf"\$\{{[^\W\d][\w-]*{_STEPS}\}}")
_STEP = re.compile(r'\.?([^\W\d][\w-]*)|\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]|\[\?\]')

Step = str | int


class BlockList(Sequence, eq=False, gc=False):
    """The blocks of one type in a body, a mapping each, as Terraform's JSON has them; a plain Sequence is an argument."""


class Link(msgspec.Struct, frozen=True, order=True):
    """That a value comes from an attribute: `path` leads to the value in the body, `address` and `attribute` to its source.

    Without an attribute it is the whole resource or module that is meant; a `path` of ("depends_on",) says no more than that.
    """

    path: tuple[Step, ...]
    address: str
    attribute: tuple[Step, ...] = ()


class Resource(msgspec.Struct, frozen=True):
    """An instance of a resource (`managed`) or data source (`data`), or what a provider makes for one run (`ephemeral`).

    `address` is `module.a.aws_instance.web["blue"]`, `key` what is in the last brackets. `key_known` is False where only an
    apply tells how many instances there are: this one stands for all of them, its address ends in `[?]`. `from_state` says
    that no configuration says it: only a plan or a state does.
    """

    mode: str
    type: str
    name: str
    address: str
    body: Mapping
    origin: Origin
    module: str = ""
    key: str | int | None = None
    key_known: bool = True
    provider: str = ""
    links: tuple[Link, ...] = ()
    from_state: bool = False


class CalledModule(msgspec.Struct, frozen=True):
    """An instance of a module block: its source, its arguments, and whether its own resources were read from disk.

    `handed`: the outputs of one that creates nothing and only hands on what it is given (handing_on.py).
    """

    name: str
    address: str
    source: str
    arguments: Mapping
    origin: Origin
    version: str = ""
    module: str = ""
    key: str | int | None = None
    key_known: bool = True
    links: tuple[Link, ...] = ()
    is_read: bool = False
    handed: tuple[str, ...] | None = None


class OutputValue(msgspec.Struct, frozen=True):
    """An output of the root module."""

    name: str
    value: Node
    origin: Origin
    sensitive: bool = False
    links: tuple[Link, ...] = ()


class VariableValue(msgspec.Struct, frozen=True):
    """A variable of the root module: its value, None where nobody gives one."""

    name: str
    value: Node | None
    origin: Origin
    sensitive: bool = False


class Provider(msgspec.Struct, frozen=True):
    """A `provider` block of any module that was read."""

    name: str
    alias: str
    body: Mapping
    origin: Origin
    module: str = ""
    links: tuple[Link, ...] = ()


class Module(msgspec.Struct, frozen=True):
    """A root module with all that is below it, resources in the order of their addresses' modules and files.

    `secrets` has the values of what is sensitive, by the name and key of the SecretValue that stands for each.
    """

    resources: tuple[Resource, ...] = ()
    modules: tuple[CalledModule, ...] = ()
    outputs: dict[str, OutputValue] = {}
    variables: dict[str, VariableValue] = {}
    providers: tuple[Provider, ...] = ()
    locals: dict[str, Node] = {}
    sources: tuple[str, ...] = ()
    secrets: dict[str, dict[str, str]] = {}
    diagnostics: tuple[Diagnostic, ...] = ()

    by_address: dict[str, "Resource | CalledModule"] = {}

    def find(self, address: str) -> Resource | CalledModule | None:
        """Give the resource or module of an address; one that has instances is found by its address without a key, too."""
        return self.by_address.get(address)

    def attribute_of(self, part: object) -> Link | None:
        """Give what a placeholder stands for, where that is an attribute of a resource, data source or module as it is."""
        if not isinstance(part, Placeholder) or not _EXPRESSION.fullmatch(part.expression):
            return None
        text = part.expression[2:-1]
        found = list(_STEP.finditer(text))
        for count in range(len(found), 1, -1):
            address = text[: found[count - 1].end()]
            if address in self.by_address:
                return Link((), address, tuple(_to_step(step) for step in found[count:]))
        return None


def index_addresses(things: Iterable[Resource | CalledModule]) -> dict[str, Resource | CalledModule]:
    """Give things by their addresses; the first of several instances by the address without a key, too."""
    index: dict[str, Resource | CalledModule] = {}
    for each in things:
        index[each.address] = each
        if each.address.endswith("]"):
            index.setdefault(without_key(each.address), each)
    return index


def without_key(address: str) -> str:
    """Give the address of a block from that of an instance: without what stands in brackets at its end."""
    *_, last = _STEP.finditer(address)
    return address[: last.start()] if last[0].startswith("[") else address


def _to_step(found: re.Match[str]) -> Step:
    name, number, key = found.groups()
    return int(number) if number else name or re.sub(r"\\(.)", r"\1", key or "?")


def blocks_of(body: Mapping, name: str) -> list[Mapping]:
    """Give the blocks of a type: mappings in a list, or one alone; an argument that is written like blocks is, too."""
    node = body.get(name)
    if isinstance(node, Mapping):
        return [node]
    return [item for item in node if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def block_of(body: Mapping, name: str) -> Mapping | None:
    """Give the first block of a type."""
    found = blocks_of(body, name)
    return found[0] if found else None
