"""The overrides of an environment that has none yet: where they would be, and the edit of `isomorph.yaml` that names them."""

import os
import re
from typing import Any

from isomorph.project.fix.mending import Edit
from isomorph.project.fix.transplanting import compose_text, end_of
from isomorph.project.project_file import Project

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_FOLDER = "score"
"""Where `init --from` puts Score files."""


class FirstOverrides:
    """What there is to be made; `path` is empty where the environment has overrides, or could have none of its own.

    `path` is as others of the project are read, `named` as `isomorph.yaml` says it.
    """

    def __init__(self, project: Project, environment: str) -> None:
        self.environment = environment
        self.project_file = project.file
        folder = f"{_FOLDER}/overrides" if os.path.isdir(project.with_path(_FOLDER)) else "overrides"
        self.named = f"{folder}/{environment}.yaml"
        path = project.with_path(self.named)
        is_free = not project.environments[environment].overrides and not os.path.lexists(path)
        self.path = path if is_free and _NAME.fullmatch(environment) and _is_inside(path, project.root) else ""

    def begin(self, lines: str) -> Edit:
        """Give the edit that writes the file with its first document."""
        said = f"What {self.environment} says otherwise: each document is laid over the Score file of the workload that it names."
        return Edit(self.path, 0, 0, f"# {said}\n{lines.strip().removeprefix('---').strip()}\n")

    def name_in(self, text: str) -> Edit | None:
        """Give the edit of the project file by which the environment has them; None where it is not written out there."""
        node = _value(_value(next(iter(compose_text(text)), None), "environments"), self.environment)
        if node is None or node.id != "mapping" or not node.value or _value(node, "overrides") is not None:
            return None
        end = end_of(node.value[-1][1], text)
        if node.flow_style:
            return Edit(self.project_file, end, end, f", overrides: [{self.named}]")
        behind = text.find("\n", end)
        place = len(text) if behind < 0 else behind - (text[behind - 1] == "\r")
        return Edit(self.project_file, place, place, f"\n{' ' * node.start_mark.column}overrides: [{self.named}]")


def _is_inside(path: str, root: str) -> bool:
    """Tell whether the nearest folder of a path that is there is in the project, links followed."""
    folder = os.path.dirname(path)
    while folder and not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    real, inside = os.path.realpath(folder or "."), os.path.realpath(root)
    return real == inside or real.startswith(inside.rstrip(os.sep) + os.sep)


def _value(node: Any, key: str) -> Any:
    if node is None or node.id != "mapping":
        return None
    return next((value for name, value in node.value if name.value == key), None)
