"""What templates are given: plain data whose texts, numbers and booleans know where they were written.

A values file becomes `to_template_data(node)`. Objects with methods (`.Files`, `.Capabilities.APIVersions`) are subclasses
of `Methods`, which alone decides what a template may call.
"""

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from typing import Any, ClassVar

from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.text import Mark, Text, join_texts, mark_text, values_of_text, with_runs
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

WHOLE = "int64"
"""The tag of a Scalar that stays a whole number (`--set port=80`); those of values files are float64, as JSON has them."""

Origins = tuple[Origin, ...]


class Integer(int):
    """A whole number with the places of the values behind it."""

    origins: Origins = ()

    def __str__(self) -> str:
        return mark_text(int.__repr__(self), self.origins)


class Long(Integer):
    """A whole number that Go knows as int64, as arithmetic makes it."""


class Float(float):
    """A number of a values file."""

    origins: Origins = ()


class Truth(int):
    """A boolean, which Python would not let remember anything; functions get a bool instead."""

    origins: Origins = ()

    def __str__(self) -> str:
        return mark_text("true" if self else "false", self.origins)

    __repr__ = __str__


class Table(dict[str, Any]):
    """A mapping; its keys are Text, so that their order is one and `range` gives them with their places."""

    origins: Origins = ()


class Items(list[Any]):
    """A list."""

    origins: Origins = ()


class NoItems(Items):
    """A list that Go has never made (nil): empty, and `null` in JSON and YAML."""


class Methods:
    """An object with methods for templates: those that `callable_names` has, and nothing else of Python.

    A subclass may also be a mapping (`class Files(Methods, Table)`) or a list (`class APIVersions(Methods, Items)`): its
    fields, `range`, `index` and `has` then work as with any. A method takes and gives plain data or what this module
    makes; it raises ValueError for arguments that mean nothing. A text of a file is marked by `mark_lines`.
    """

    callable_names: ClassVar[frozenset[str]] = frozenset()

    def __gotemplate_lookup__(self, name: str) -> object:  # The name under which gotpl asks.
        if name in self.callable_names:
            return getattr(self, name)
        if isinstance(self, dict):
            return self[name]
        raise AttributeError(name)


class Values(Methods, Table):
    """A chart's values: a mapping of a type of its own in Go, with methods; `dig` takes none but what `AsMap` gives."""

    callable_names: ClassVar[frozenset[str]] = frozenset(("AsMap", "Table", "PathValue", "YAML"))

    def AsMap(self) -> Table:
        return Table(self)

    def Table(self, path: str) -> "Values":
        """Give a mapping by its path, as `a.b`."""
        found = self.PathValue(path)
        if not isinstance(found, dict):
            raise ValueError(f"{path} is not a table")
        return Values(found)

    def PathValue(self, path: str) -> Any:
        """Give a value by its path."""
        found: Any = self
        for name in path.split("."):
            if not isinstance(found, dict) or name not in found:
                raise ValueError(f"{path} is not a value")
            found = found[name]
        return found

    def YAML(self) -> str:
        from isomorph.syntax.gotemplate.yamltext import print_yaml

        return join_texts([print_yaml(self), "\n"])


def to_template_data(node: Node | None) -> Any:
    """Give a tree as data for templates that remembers where each value was written."""
    if isinstance(node, Scalar):
        return mark_value(_to_number(node), (node.origin,))
    if isinstance(node, Mapping):
        table = Table()
        for key, value in node.entries.items():
            table[mark_text(key, (node.keys[key].origin,)) if key in node.keys else to_key(key)] = to_template_data(
                value
            )
        table.origins = (node.origin,)
        return table
    if isinstance(node, Sequence):
        items = Items([to_template_data(item) for item in node.items])
        items.origins = (node.origin,)
        return items
    return None


def to_key(key: str) -> Text:
    """Give a key for a Table."""
    return key if type(key) is Text else with_runs(key, ())


def to_table(entries: MappingType[str, Any] | Iterable[tuple[str, Any]]) -> Table:
    """Give a Table of entries, which are as they are."""
    pairs = entries.items() if isinstance(entries, MappingType) else entries
    return Table({to_key(key): value for key, value in pairs})


def mark_value(value: Any, origins: Origins) -> Any:
    """Give a scalar that came from places of values."""
    marked: Any
    if isinstance(value, str):
        return mark_text(value, origins)
    if value is True or value is False:
        marked = Truth(value)
    elif isinstance(value, Long):
        return value
    elif isinstance(value, int):
        marked = Integer(value)
    elif isinstance(value, float):
        marked = Float(value)
    else:
        return value
    marked.origins = origins
    return marked


def mark_lines(text: str, file: str) -> Text:
    """Give a text of a file, each line from where it stands there."""
    runs: list[tuple[int, Mark]] = []
    end = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        end += len(line)
        runs.append((end, Mark(values=(Origin(file, number),))))
    return with_runs(text, runs)


def origins_of(value: object) -> Origins:
    """Give the places of a value itself, not of what is in it."""
    if isinstance(value, str):
        return values_of_text(value)
    return getattr(value, "origins", ())


def to_plain(value: Any) -> Any:
    """Give a value as functions know it that keep nothing of where it came from."""
    kind = type(value)
    if kind is Text:
        return value[:]
    if kind is Integer or kind is Long:
        return int(value)
    if kind is Float:
        return float(value)
    if kind is Truth:
        return value != 0
    if isinstance(value, Methods) and not isinstance(value, Values):
        return value
    if isinstance(value, dict):
        return {to_plain(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    return value


def _to_number(node: Scalar) -> Any:
    value = node.value
    if type(value) is not int:
        return value
    if node.tag != WHOLE:
        return float(value)
    number = Long(value)
    number.origins = (node.origin,)
    return number
