"""Where a value was written: origins sit beside the model, never in it, so that models compare by plain equality."""

from collections.abc import Iterator

import msgspec

Path = tuple[str, ...]
"""A place in the model: field names and mapping keys, `("workloads", "carts", "containers", "carts", "image", "tag")`."""


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """The file, line and column (from 1, columns in Unicode code points) where a value starts.

    `via` is the chain behind a derived value, nearest first: the values file behind a template's line, the line of a
    reference behind a resolved value. The latter only lead to the value and say nothing of it: `refers`.
    """

    file: str
    line: int = 1
    column: int = 1
    via: "tuple[Origin, ...]" = ()
    refers: bool = False

    def through(self, *places: "Origin") -> "Origin":
        """Give this place as one that references at other places lead to."""
        references = (Origin(each.file, each.line, each.column, each.via, True) for each in places)
        return Origin(self.file, self.line, self.column, (*self.via, *references))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Origins(msgspec.Struct):
    """The origins of one definition: a table from model path to origin."""

    table: dict[Path, Origin] = {}

    def __setitem__(self, path: Path, origin: Origin) -> None:
        self.table[path] = origin

    def __iter__(self) -> Iterator[Path]:
        return iter(self.table)

    def exact(self, path: Path) -> Origin | None:
        """Give the origin recorded for exactly this path."""
        return self.table.get(path)

    def find(self, path: Path) -> Origin | None:
        """Give the origin of a value, or of the nearest thing around it that was written down."""
        table = self.table
        while path:
            found = table.get(path)
            if found is not None:
                return found
            path = path[:-1]
        return table.get(())
