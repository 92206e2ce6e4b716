"""What one run of `generate` is given: what was asked for, what it may reach, and the Score files with what is laid over them."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.platforms.context import Context, Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_function
from isomorph.project.builds import NamedBuild, settle_builds
from isomorph.project.definitions import NamedDefinition
from isomorph.project.environments import read_definition
from isomorph.project.generation import Generated
from isomorph.project.given import ENVIRONMENT, Given, from_state
from isomorph.project.publishing import Publish
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.references import suggest
from isomorph.provisioning.state import EnvironmentState

if TYPE_CHECKING:
    from isomorph.provisioning.patches import PatchTemplate


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was asked for.

    `environment` is the name that the state knows it by. `scores` are the Score files, and `given` what was said of them;
    `overrides` are files that the environment lays over workloads, `builds` how it builds their images. `is_whole`: the
    Score files are all that the environment has. `is_project`: a state is kept in any case.
    """

    platform: str
    environment: str
    scores: tuple[NamedDefinition, ...] = ()
    given: Given = Given()
    overrides: tuple[str, ...] = ()
    builds: tuple[NamedBuild, ...] = ()
    is_whole: bool = False
    publish: tuple[Publish, ...] = ()
    options: WriteOptions = WriteOptions()
    prune: bool = False
    apply: bool = False
    is_project: bool = False


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run reaches besides its input: the project's folder, provisioners when they are needed, patches, the output.

    `check` refuses an output that cannot be written, before anything is; `write` writes it, and gives the path of the main
    file (empty: none); `replace` gives that file another content. `fingerprint` stands for the contents of all files that
    the project names besides Score files. `list_outputs` gives what the state keeps of the files that are written.
    """

    root: str
    context: Context
    open_provisioners: Callable[[], list[Provisioner]]
    open_patches: "Callable[[], list[PatchTemplate]]" = list
    check: Callable[[Generated], None]
    write: Callable[[Generated], str]
    replace: Callable[[str, str], None] | None = None
    fingerprint: Callable[[], bytes] = bytes
    list_outputs: Callable[[Generated], tuple[str, ...]] | None = None
    output: str = "-"


class Inputs:
    """The Score files of a run: as they were read, what was said of each workload, and where they are."""

    def __init__(self, run: Run, context: Context) -> None:
        self.run = run
        self.context = context
        self.definitions: list[Definition] = []
        self.given: dict[str, Given] = {}
        self.sources: list[NamedDefinition] = []

    @property
    def need_resources(self) -> bool:
        """Tell whether any workload depends on a resource."""
        return any(each.application.dependencies for each in self.definitions)

    def read(self, scores: Iterable[NamedDefinition], given: Given) -> None:
        """Read Score files with what is laid over them: the environment's overrides first, then what was said of them."""
        laid = dict(given.options)
        if self.run.overrides:
            laid[ENVIRONMENT] = self.run.overrides
        for score in scores:
            source = replace(score, options=laid)
            definition = read_definition(source, "score", self.context)
            self.sources.append(source)
            self.definitions.append(definition)
            self.given.update(dict.fromkeys(definition.application.workloads, given))

    def read_known(self, environment: EnvironmentState, places: "Places") -> None:
        """Read the workloads that were generated before and not now, as they were: runs add to each other."""
        read = set(find_places(self.definitions, places).values())
        for name, workload in environment.workloads.items():
            if name in self.given or workload.file in read or not places.exists(workload.file):
                continue
            read.add(workload.file)
            score = NamedDefinition(places.from_state(workload.file), platform="score")
            self.read((score,), from_state(environment.given.get(name, {})))

    def check_overrides(self) -> None:
        """Raise InvalidInput where the environment's overrides are for a workload that it does not have."""
        if not self.run.is_whole or not self.run.overrides:
            return
        list_names = load_function("score", "overrides", "list_names")
        for path in self.run.overrides:
            for name, origin in list_names(path, self.context).items():
                if name not in self.given:
                    message = f"the overrides are for a workload {name!r}, which this environment does not have"
                    raise InvalidInput(message, origin, suggest(name, self.given))

    def find_builds(self, is_whole: bool) -> dict[str, dict[str, NamedBuild]]:
        """Give how the environment builds images, by workload and container; `is_whole`: all workloads were read."""
        return settle_builds(self.run.builds, self.definitions, is_whole)

    def read_specs(self) -> dict[str, Any]:
        """Give the Score files as plain data, by workload."""
        read_specs = load_function("score", "reader", "read_specs")
        specs: dict[str, Any] = {}
        for source in self.sources:
            specs.update(read_specs(Source(source.path, source.options), self.context))
        return specs


class Places:
    """Names of files: as they are read from the current folder, and as the state knows them from the project's."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._here = os.path.realpath(".")
        self._folders: dict[str, str] = {}

    def to_state(self, path: str) -> str:
        """Give a file's name as the state has it; standard input stays `-`. Of a link, it is that of the link itself."""
        if path == "-":
            return path
        folder, name = os.path.split(path)
        known = self._folders.get(folder)
        if known is None:
            relative = os.path.relpath(os.path.realpath(folder or "."), self.root).replace(os.sep, "/")
            known = self._folders[folder] = "" if relative == "." else f"{relative}/"
        return known + name

    def from_state(self, path: str) -> str:
        """Give the name by which a file that the state knows is read."""
        return path if self.root == self._here else os.path.relpath(os.path.join(self.root, path))

    def exists(self, path: str) -> bool:
        """Tell whether a file that the state knows is there; standard input never is again."""
        return path != "-" and os.path.isfile(os.path.join(self.root, path))


def find_places(definitions: Iterable[Definition], places: Places) -> dict[str, str]:
    """Give the file of every workload, as the state knows it."""
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for definition in definitions:
        for key in definition.application.workloads:
            origin = definition.origins.find(("workloads", key))
            path = origin.file if origin is not None else "-"
            if path not in names:
                names[path] = places.to_state(path)
            found[key] = names[path]
    return found
