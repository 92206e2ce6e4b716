"""One run of `generate` in a project: what it reads, the state it holds meanwhile, and what it writes, in that order.

The state is written before the output: a password that is in use somewhere must never be forgotten. It is kept where the
project is (`isomorph.yaml`, `.isomorph`), or in the current folder. Without a project and without resources there is nothing
to keep, and none is written.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.score.overrides import FILE
from isomorph.project.definitions import NamedDefinition
from isomorph.project.environments import read_definition
from isomorph.project.generation import Generated, Generation, follow_changes, generate
from isomorph.project.given import Given, from_state
from isomorph.project.publishing import Publish
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.state import EnvironmentState, State
from isomorph.provisioning.state_file import lock_state, read_state, write_state

if TYPE_CHECKING:
    from isomorph.provisioning.patches import PatchTemplate

MOUNTS = "mounts"
"""The folder beside a Compose file where files of provisioners stand."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was asked for.

    `environment` is the name that the state knows it by. `scores` are the Score files, and `given` what was said of them;
    `overrides` are files that the environment lays over every workload. `is_project`: a state is kept in any case.
    """

    platform: str
    environment: str
    scores: tuple[NamedDefinition, ...] = ()
    given: Given = Given()
    overrides: tuple[str, ...] = ()
    publish: tuple[Publish, ...] = ()
    options: WriteOptions = WriteOptions()
    prune: bool = False
    apply: bool = False
    is_project: bool = False


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run reaches besides its input: the project's folder, provisioners when they are needed, patches, the output.

    `check` refuses an output that cannot be written, before anything is; `write` writes it.
    """

    root: str
    context: Context
    open_provisioners: Callable[[], list[Provisioner]]
    open_patches: "Callable[[], list[PatchTemplate]]" = list
    check: Callable[[Generated], None]
    write: Callable[[Generated], None]


def run_generation(run: Run, around: Surroundings) -> Generated:
    """Generate, write the state and the output; raises what reading, provisioning and writing raise.

    StateLocked where another run is under way in this project.
    """
    context, places = around.context, Places(around.root)
    inputs = _Inputs(run, context)
    inputs.read(run.scores, run.given)
    keeps = run.is_project or inputs.need_resources
    holding: AbstractContextManager[Any] = lock_state(around.root) if keeps else nullcontext()
    with holding:
        state = read_state(around.root, context.environment) if keeps else State()
        environment = state.environments.get(run.environment) or EnvironmentState(run.platform)
        _check_platform(run, environment)
        environment, told = follow_changes(environment, _where(inputs.definitions, places), places.exists)
        _read_known(inputs, environment, places)
        if not inputs.definitions:
            hint = "name a Score file, or list them under `workloads:` in isomorph.yaml"
            raise UsageError(f"there is nothing to generate: {hint}")
        generated = _generate(run, inputs, environment, places, around)
        generated = replace(generated, diagnostics=(*told, *generated.diagnostics))
        around.check(generated)
        if keeps:
            after = state.with_environment(run.environment, generated.environment)
            project = run.options.name or state.project
            write_state(around.root, replace(after, project=project), context.environment)
        around.write(generated)
    return generated


class _Inputs:
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
            laid[FILE] = (*self.run.overrides, *laid.get(FILE, ()))
        for score in scores:
            source = replace(score, options=laid)
            definition = read_definition(source, "score", self.context)
            self.sources.append(source)
            self.definitions.append(definition)
            self.given.update(dict.fromkeys(definition.application.workloads, given))

    def read_specs(self) -> dict[str, Any]:
        """Give the Score files as plain data, by workload."""
        from isomorph.platforms.context import Source
        from isomorph.platforms.score.reader import read_specs

        specs: dict[str, Any] = {}
        for source in self.sources:
            specs.update(read_specs(Source(source.path, source.options), self.context))
        return specs


def _read_known(inputs: _Inputs, environment: EnvironmentState, places: "Places") -> None:
    """Read the workloads that were generated before and not now, as they were: runs add to each other."""
    read = set(_where(inputs.definitions, places).values())
    for name, workload in environment.workloads.items():
        if name in inputs.given or workload.file in read or not places.exists(workload.file):
            continue
        read.add(workload.file)
        score = NamedDefinition(places.from_state(workload.file), platform="score")
        inputs.read((score,), from_state(environment.given.get(name, {})))


def _generate(
    run: Run, inputs: _Inputs, environment: EnvironmentState, places: "Places", around: Surroundings
) -> Generated:
    if not environment.mounts and run.platform == "compose":
        environment = replace(environment, mounts=MOUNTS)
    options = run.options
    patches = around.open_patches()
    if patches:
        options = replace(options, finish=_make_finish(patches, inputs, options.namespace or ""))
    generation = Generation(
        platform=run.platform,
        project=options.name or os.path.basename(places.root),
        options=options,
        given=inputs.given,
        publish=run.publish,
        prune=run.prune,
    )
    provisioners = around.open_provisioners() if inputs.need_resources else []
    return generate(generation, inputs.definitions, provisioners, environment, places.to_state)


def _make_finish(patches: "list[PatchTemplate]", inputs: _Inputs, namespace: str) -> Callable[[Any], Any]:
    """Give what applies patch templates, in their order, to the output as plain data."""
    for patch in patches:
        patch.check()
    specs = inputs.read_specs()

    def finish(data: Any) -> Any:
        for patch in patches:
            data, _ = patch.apply(data, specs, namespace)
        return data

    return finish


def _check_platform(run: Run, environment: EnvironmentState) -> None:
    if environment.platform != run.platform:
        raise UsageError(
            f"environment {run.environment} was generated for {environment.platform}, and not for {run.platform}: "
            "give this one another name"
        )


def _where(definitions: list[Definition], places: "Places") -> dict[str, str]:
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


class Places:
    """Names of files: as they are read from the current folder, and as the state knows them from the project's."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._is_here = self.root == os.path.realpath(".")

    def to_state(self, path: str) -> str:
        """Give a file's name as the state has it; standard input stays `-`."""
        if path == "-":
            return path
        return os.path.relpath(os.path.realpath(path), self.root).replace(os.sep, "/")

    def from_state(self, path: str) -> str:
        """Give the name by which a file that the state knows is read."""
        return path if self._is_here else os.path.relpath(os.path.join(self.root, path))

    def exists(self, path: str) -> bool:
        """Tell whether a file that the state knows is there; standard input never is again."""
        return path != "-" and os.path.isfile(os.path.join(self.root, path))
