"""Patch templates: a Go template over what was generated, giving operations that change it.

An operation is `{op: set|delete, path, value, description}`; the path's parts are separated by dots (`\\.` is a dot of a
key), a number is a list's index, `-1` means after the last item to `set` and the last item to `delete`, and `:` before a
number makes it a key (the language of the reference tools, which is that of the Go library sjson).
"""

from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.provisioning.entry import suggest
from isomorph.provisioning.template import Compiler, describe_failure, place_of
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect

_KEYS = ("op", "path", "value", "description")
_OPERATIONS = ("set", "delete")
_MOST = 100_000
"""Operations of one template."""


class Operation(msgspec.Struct, frozen=True):
    """One change: `op` is `set` or `delete`, `path` the parts as they were written between dots."""

    op: str
    path: tuple[str, ...]
    value: Any = None
    description: str = ""

    def __str__(self) -> str:
        return f"{self.op} {'.'.join(part.replace('.', chr(92) + '.') for part in self.path)}"


class PatchTemplate:
    """A patch template of a file; it is compiled when it is applied first."""

    def __init__(self, text: str, file: str, compiler: Compiler) -> None:
        self.text = text
        self.file = file
        self.compiler = compiler
        self._compiled: Any = None

    def check(self) -> None:
        """Compile the template; raises InvalidInput at what is no template."""
        from gotpl.errors import TemplateError

        try:
            self._compiled = self._compiled or self.compiler.compile(self.text, self.file)
        except TemplateError as error:
            raise self._refuse(error) from None

    def render(self, generated: Any, workloads: dict[str, Any], namespace: str = "") -> list[Operation]:
        """Give the operations for what was generated: a Compose project's mapping, or a list of manifests.

        `workloads` are the Score files by the workload's name, as plain data. Raises InvalidInput.
        """
        from gotpl.errors import TemplateError

        from isomorph.provisioning.template_data import TemplateData
        from isomorph.syntax.gotemplate.bounds import TIME_LIMIT, TookTooLong, limit_time

        data = TemplateData(Workloads=workloads)
        if self.compiler.platform == "compose":
            data["Compose"] = generated
        else:
            data["Manifests"] = generated
            data["Namespace"] = namespace
        self.check()
        try:
            with limit_time():
                text: str = self._compiled.render(data)
        except TemplateError as error:
            raise self._refuse(error) from None
        except RecursionError:
            raise InvalidInput("the patch template is nested too deep", Origin(self.file)) from None
        except TookTooLong:
            message = f"the patch template took longer than {TIME_LIMIT:g} seconds"
            raise InvalidInput(message, Origin(self.file)) from None
        return parse_operations(text, self.file)

    def apply(self, generated: Any, workloads: dict[str, Any], namespace: str = "") -> tuple[Any, list[Operation]]:
        """Give what was generated with the operations applied, and the operations; what was given is not changed."""
        operations = self.render(generated, workloads, namespace)
        return apply_operations(generated, operations, self.file), operations

    def _refuse(self, error: Exception) -> InvalidInput:
        line, column = place_of(error)
        return InvalidInput(
            f"the patch template failed: {describe_failure(error)}", Origin(self.file, line or 1, column or 1)
        )


def parse_operations(text: str, file: str) -> list[Operation]:
    """Read what a patch template gave; raises InvalidInput that says which operation is wrong."""
    from isomorph.syntax.yaml.read import Limits, parse_one

    if not text.strip():
        return []
    try:
        root = parse_one(text.strip(), file, Dialect.COMPOSE, limits=Limits(repeated=10_000)).root
    except InvalidInput as error:
        line = error.origin.line if error.origin else 1
        message = f"the patch template gives no YAML: {error.message} (line {line} of what it gives)"
        raise InvalidInput(message, Origin(file)) from None
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return []
    if not isinstance(root, Sequence) or len(root) > _MOST:
        hint = "begin each operation with `- op: …`"
        raise InvalidInput(f"a patch template must give a list of at most {_MOST:,} operations", Origin(file), hint)
    return [_read_operation(node, number, file) for number, node in enumerate(root, 1)]


def _read_operation(node: Node, number: int, file: str) -> Operation:
    def refuse(message: str, hint: str = "") -> InvalidInput:
        return InvalidInput(f"operation {number} of the patch template: {message}", Origin(file), hint)

    if not isinstance(node, Mapping):
        raise refuse("it must be a mapping", "write {op: set, path: a.b, value: c}")
    for key in node:
        if key not in _KEYS:
            raise refuse(f"unknown key {key!r}", suggest(key, _KEYS))
    op, path, description = (_text(node.get(key)) for key in ("op", "path", "description"))
    if op not in _OPERATIONS:
        raise refuse(f"op is {op!r}", "it is set or delete")
    if not path:
        raise refuse("it has no path")
    parts = split_path(path)
    if any(part in ("*", "?", "#") or not part for part in parts):
        raise refuse(
            f"the path {path!r} has an empty or wildcard part", "name each key and index; escape a dot as `\\.`"
        )
    return Operation(op, parts, to_data(node.get("value")), description)


def _text(node: Node | None) -> str:
    return "" if not isinstance(node, Scalar) or node.value is None else node.text


def split_path(path: str) -> tuple[str, ...]:
    """Split a path at its dots; a backslash takes the next character as it is."""
    parts, part, characters = [], "", iter(path)
    for character in characters:
        if character == "\\":
            part += next(characters, "\\")
        elif character == ".":
            parts.append(part)
            part = ""
        else:
            part += character
    return (*parts, part)


def apply_operations(data: Any, operations: list[Operation], file: str = "-") -> Any:
    """Give plain data with operations applied in order; what was given is not changed, and what no path touches is shared.

    Raises InvalidInput for a path that leads through a value, or to an index that is not there.
    """
    patch = _Patch(data)
    for number, operation in enumerate(operations, 1):
        try:
            patch.apply(operation)
        except ValueError as error:
            message = f"operation {number} of the patch template ({operation}): {error}"
            raise InvalidInput(message, Origin(file)) from None
    return patch.root


class _Patch:
    """Data under change: a collection is copied when it is first changed, and only then."""

    def __init__(self, root: Any) -> None:
        self.holder: list[Any] = [root]
        self.own: dict[int, Any] = {id(self.holder): self.holder}  # Kept, so that no other object takes the same id.

    @property
    def root(self) -> Any:
        return self.holder[0]

    def apply(self, operation: Operation) -> None:
        container: Any = self.holder
        place: str | int = 0
        for part in operation.path:
            inner = container[place] if _holds(container, place) else None
            if inner is None:
                if operation.op == "delete":
                    return
                inner = [] if part.isdecimal() or part == "-1" else {}
                self.own[id(inner)] = inner
            elif id(inner) not in self.own:
                inner = _copy(inner, part)
                self.own[id(inner)] = inner
            _put(container, place, inner)
            container, place = inner, _to_place(inner, part, operation.op)
        if operation.op == "set":
            _put(container, place, operation.value)
        elif _holds(container, place):
            del container[place]


def _copy(value: Any, part: str) -> Any:
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return list(value)
    raise ValueError(f"{part!r} would be inside a value that is neither a mapping nor a list")


def _to_place(container: Any, part: str, op: str) -> str | int:
    """Give the key or index that a part means in a collection."""
    if isinstance(container, dict):
        return part[1:] if part.startswith(":") and part[1:].lstrip("-").isdecimal() else part
    if part == "-1":
        return len(container) if op == "set" else len(container) - 1
    if not (part.isascii() and part.isdecimal() and len(part) < 10):
        raise ValueError(f"{part!r} is no index of a list")
    return int(part)


def _holds(container: Any, place: str | int) -> bool:
    if isinstance(container, dict):
        return place in container
    return isinstance(place, int) and 0 <= place < len(container)


def _put(container: Any, place: str | int, value: Any) -> None:
    if isinstance(container, dict):
        container[place] = value
    elif isinstance(place, int) and place == len(container):
        container.append(value)
    elif _holds(container, place):
        container[place] = value
    else:
        raise ValueError(f"index {place} is beyond the list's {len(container)} items")
