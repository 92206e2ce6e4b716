"""What an environment's Score files generate now, read back as if it had been written: nothing is, and no program runs."""

from collections.abc import Mapping
from posixpath import normpath
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.drift.finding import GENERATED, Environment
from isomorph.model.application import Application, Definition
from isomorph.model.normalise import map_texts, normalise
from isomorph.model.origin import Origins, Path
from isomorph.model.text import ConfigurationValue, Part, Placeholder, SecretValue, Text, map_parts
from isomorph.platforms.context import Context, Files
from isomorph.project.delivery import MARK
from isomorph.project.environment_runs import preview_files
from isomorph.project.environments import in_namespace, read_definition
from isomorph.project.project_file import Project, ProjectEnvironment, target_of
from isomorph.provisioning.catalogue.surroundings import STORE
from isomorph.provisioning.state_file import read_state

_HEAD = 256
"""Bytes of a file in which it says that it was generated."""


_SAID_BESIDES = frozenset(("image.build", "lifecycle.order", "volume.access", "volume.class", "volume.size"))
"""What Score has no words for, and the project file or params of resources say."""


class Preview(Environment, frozen=True):
    """What is generated for an environment.

    `by_hand`: what stands in its place was never generated. `score` is what the Score files say; `servers` are the workloads
    that resources run, with the uids of those.
    """

    by_hand: bool = False
    score: Definition | None = None
    servers: dict[str, str] = msgspec.field(default_factory=dict)


class GeneratedFiles:
    """The files of a machine with those that would be generated laid over them; `folders` hold nothing else."""

    def __init__(self, below: Files, files: Mapping[str, bytes], folders: frozenset[str] = frozenset()) -> None:
        self.below = below
        self.files = {normpath(path): content for path, content in files.items()}
        self.folders = frozenset(map(normpath, folders))

    def _hides(self, path: str) -> bool:
        return any(path == folder or path.startswith(f"{folder}/") for folder in self.folders)

    def read_bytes(self, path: str) -> bytes:
        """Give a file's content."""
        content = self.files.get(normpath(path))
        if content is not None:
            return content
        if self._hides(normpath(path)):
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.below.read_bytes(path)

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        name = normpath(path)
        return name in self.files or (not self._hides(name) and self.below.is_file(path))

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is there."""
        name = normpath(path)
        return any(each.startswith(f"{name}/") for each in self.files) or (
            name in self.folders or (not self._hides(name) and self.below.is_folder(path))
        )

    def list_folder(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        name = normpath(path)
        prefix = "" if name == "." else f"{name}/"
        own = {each[len(prefix) :].partition("/")[0] for each in self.files if each.startswith(prefix)}
        if not self._hides(name) and self.below.is_folder(path):
            own.update(self.below.list_folder(path))
        return sorted(own)


def preview(project: Project, environment: ProjectEnvironment, context: Context) -> "Preview | None":
    """Give what an environment's Score files generate; None where it has none, or nothing of it can be generated.

    Values that a Score file says have their place there; what a writer adds has the place where it would be written.
    """
    if not project.workloads_of(environment) or not environment.definitions:
        return None
    target, platform = target_of(environment, context)
    named = in_namespace(target, platform, environment.namespace)
    generated, placed = preview_files(project, environment.name, context)
    files = {path: file.content.encode() if isinstance(file.content, str) else file.content for path, file in placed}
    folders = frozenset((named.path,)) if named.path not in files else frozenset()
    overlay = replace(context, files=GeneratedFiles(context.files, files, folders))
    read = normalise(read_definition(replace(named, platform=platform), platform, overlay))
    known = normalise(generated.definition) if generated.definition is not None else None
    if known is not None:
        read = replace(read, application=_leave_open(read.application, _open_stores(known.application)))
    by_hand = not _is_generated(named.path, project, environment, context)
    return Preview(
        f"{environment.name}{GENERATED}",
        replace(read, origins=_place(read, known), diagnostics=()),
        ((platform, named.path),),
        said_by="score" if by_hand or len(environment.definitions) > 1 else "",
        said_besides=_SAID_BESIDES,
        by_hand=by_hand,
        score=generated.read,
        servers={key: uid for uid, each in generated.realised.items() for key in each.result.parts.workloads},
    )


def _is_generated(path: str, project: Project, environment: ProjectEnvironment, context: Context) -> bool:
    """Tell whether a definition that is there was generated: the state knows it, or it says so."""
    state = read_state(project.root, context.environment).environments.get(environment.name)
    known = {normpath(project.with_path(each)) for each in (state.outputs if state is not None else ())}
    paths = [path]
    if context.files.is_folder(path):
        paths = [f"{path}/{name}" for name in context.files.list_folder(path)]
    files = [each for each in paths if context.files.is_file(each)]
    return any(normpath(each) in known or MARK.encode() in context.read_input(each)[:_HEAD] for each in files)


def _open_stores(application: Application) -> Application:
    """Give what was generated with placeholders where it reads a value that whoever deploys it puts into a store."""

    def change(part: Part) -> Text:
        if isinstance(part, SecretValue | ConfigurationValue) and part.name == STORE:
            return (Placeholder(f"${{{part.key}}}", part.key),)
        return part if isinstance(part, str) else (part,)

    return map_texts(application, lambda text, _: map_parts(text, change))


def _leave_open(read: Any, known: Any) -> Any:
    """Give what was read back with the texts that are not settled as they were before they were written."""
    if (
        isinstance(known, tuple)
        and any(isinstance(part, Placeholder) for part in known)
        and isinstance(read, str | tuple)
    ):
        return known
    if isinstance(known, msgspec.Struct) and type(known) is type(read):
        old = {name: getattr(read, name) for name in read.__struct_fields__}
        new = {name: _leave_open(value, getattr(known, name)) for name, value in old.items()}
        return read if all(new[name] is value for name, value in old.items()) else replace(read, **new)
    if isinstance(known, dict) and isinstance(read, dict):
        return {key: _leave_open(value, known[key]) if key in known else value for key, value in read.items()}
    if isinstance(known, tuple) and isinstance(read, tuple) and len(known) == len(read):
        return tuple(_leave_open(*pair) for pair in zip(read, known, strict=True))
    return read


def _place(read: Definition, known: Definition | None) -> Origins:
    """Give the origins of what was read back: those of the Score files, or of the nearest thing around it there.

    What was generated is in no file, and a place in one would lead nobody to where it is mended.
    """
    if known is None:
        return read.origins
    return Origins(
        {
            path: (known.origins.find(path) if _is_said(path, known) else None) or origin
            for path, origin in read.origins.table.items()
        }
    )


def _is_said(path: Path, known: Definition) -> bool:
    """Tell whether a path is in a workload that the Score files have, or is one that they say."""
    return known.origins.exact(path) is not None or (
        path[:1] == ("workloads",) and len(path) > 1 and known.origins.exact(path[:2]) is not None
    )
