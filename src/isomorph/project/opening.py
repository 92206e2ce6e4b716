"""The project that a command is about: its file, and a context that reads what it names."""

from collections.abc import Iterable

from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.project.project_file import Project, find_project, read_project
from isomorph.project.root import open_context


def open_project(further: Iterable[str] = ()) -> tuple[Project, Context]:
    """Read `isomorph.yaml` at or above the current folder; `further` are files that the caller named besides.

    Raises UsageError where there is none.
    """
    root = find_project()
    if root is None:
        raise UsageError("there is no isomorph.yaml here or above: isomorph init --from DEFINITION makes one")
    context = open_context((), [root])
    project = read_project(root, context)
    assert project is not None
    named = [each for environment in project.environments.values() for each in environment.definitions]
    return project, open_context(named, [root, *further])
