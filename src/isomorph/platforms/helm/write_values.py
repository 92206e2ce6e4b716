"""The values of a chart, one tree for each environment, with what is said about each: comments and a schema."""

from textwrap import wrap
from typing import Any

from isomorph.platforms.helm.write_rows import Row, row_of
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml, print_quoted, print_text

Path = tuple[str, ...]
Tree = dict[str, Any]

_FIRST = ("enabled", "image", "replicas", "autoscaling", "schedule", "timeZone", "env", "resources")

ABSENT: Any = object()
"""What stands for a value that an environment does not have."""


class Values:
    """What the templates refer to. The first environment's values are the chart's own.

    A value of something that an environment does not have at all is there all the same, as in the first environment that
    has it: whoever switches it on finds it complete.
    """

    def __init__(self, environments: tuple[str, ...]) -> None:
        self.environments = environments
        self.trees: dict[str, Tree] = {name: {} for name in environments}
        self.rows: dict[Path, Row] = {}
        self.comments: dict[Path, str] = {}

    def put(self, path: Path, given: dict[str, Any], row: Row | None = None) -> Path:
        """Place a value, by environment; gives the path that it got, another where something else stands there."""
        path = self._make_room(path)
        known = [value for value in given.values() if value is not ABSENT]
        self.rows[path] = row or row_of(path, known)
        spare = known[0] if known else ABSENT
        for name, tree in self.trees.items():
            value = given.get(name, spare)
            for key in path[:-1]:
                tree = tree.setdefault(key, {})
            if value is not ABSENT:
                tree[path[-1]] = _without_nulls(value)
        return path

    def free(self, path: Path) -> Path:
        """Give a path below which nothing stands yet: two names may become the same one."""
        return self._make_room(path)

    def comment(self, path: Path, text: str) -> None:
        """Say something above a group of values."""
        self.comments.setdefault(path, text)

    def _make_room(self, path: Path) -> Path:
        number = 1
        wanted = path
        while any(path[: len(known)] == known or known[: len(path)] == path for known in self.rows):
            number += 1
            path = (*wanted[:-1], f"{wanted[-1]}{number}")
        return path

    def differences(self, environment: str) -> Tree:
        """Give what an environment says otherwise than the chart's own values; null takes a value away."""
        return _differ(self.trees[self.environments[0]], self.trees[environment])

    def print(self, header: str) -> str:
        """Give `values.yaml`."""
        lines = [f"# {line}".rstrip() for line in header.splitlines()]
        self._print(self.trees[self.environments[0]], (), "", lines, set())
        return "\n".join((*lines, ""))

    def _print(self, tree: Tree, path: Path, pad: str, lines: list[str], told: set[str]) -> None:
        """Add the lines of values; what a comment says is said where it comes first."""
        for key, value in sorted(tree.items(), key=_rank) if path else tree.items():
            place = (*path, key)
            row = self.rows.get(place)
            text = row.comment if row is not None else self.comments.get(place, "")
            if not path:
                lines.append("")
            if text in told:
                text = ""
            told.add(text)
            # Names come from input, and some characters end a line for YAML.
            shown = "".join(character if character.isprintable() else " " for character in text)
            lines += [f"{pad}# {line}" for line in wrap(shown, 110 - len(pad))]
            if isinstance(value, dict) and value:
                lines.append(f"{pad}{print_text(key, None)}:")
                self._print(value, place, pad + "  ", lines, told)
            else:
                lines += [pad + line if line else "" for line in _print_value(key, value)]

    def schema(self) -> Tree:
        """Give `values.schema.json` as plain data: every key that there is, and no other."""
        root: Tree = _closed()
        root = {"$schema": "http://json-schema.org/draft-07/schema#", **root}
        root["properties"]["global"] = {"type": "object"}
        for path, row in self.rows.items():
            node = root
            for depth, key in enumerate(path[:-1]):
                node = node["properties"].setdefault(key, _closed())
                text = self.comments.get(path[: depth + 1])
                if text:
                    node.setdefault("description", text)
            leaf = dict(row.schema)
            if row.comment:
                leaf = {"description": row.comment, **leaf}
            node["properties"][path[-1]] = leaf
        return root


def _print_value(key: str, value: Any) -> list[str]:
    """Give the lines of a value. None may end in empty ones that count, since empty lines follow between sections."""
    if _ends_open(value):
        return [f"{print_text(key, None)}: {_print_flow(value)}"]
    return emit_yaml({key: value}, dialect=Dialect.KUBERNETES)[:-1].split("\n")


def _ends_open(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_ends_open, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and value.endswith("\n\n")


def _print_flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{print_quoted(key)}: {_print_flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_print_flow, value))}]"
    return print_quoted(value) if isinstance(value, str) else emit_yaml(value, dialect=Dialect.KUBERNETES).strip()


def _rank(entry: tuple[str, Any]) -> int:
    """Give the place of a value in its section: what is changed most often comes first."""
    return _FIRST.index(entry[0]) if entry[0] in _FIRST else len(_FIRST)


def _closed() -> Tree:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _differ(ours: Tree, theirs: Tree) -> Tree:
    found: Tree = {}
    for key, value in theirs.items():
        if key not in ours:
            found[key] = value
        elif isinstance(value, dict) and isinstance(ours[key], dict):
            inner = _differ(ours[key], value)
            if inner:
                found[key] = inner
        elif not _same(value, ours[key]):
            found[key] = value
    found.update({key: None for key in ours if key not in theirs})
    return found


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same, true not being 1."""
    return emit_yaml([one], dialect=Dialect.KUBERNETES) == emit_yaml([other], dialect=Dialect.KUBERNETES)


def _without_nulls(value: Any) -> Any:
    """Leave out what is null: in values, that would take away a value."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
