"""One run of `generate` in a project: what it reads, the state it holds meanwhile, and what it writes, in that order.

The state is written before the output: a password that is in use somewhere must never be forgotten. It is kept where the
project is (`isomorph.yaml`, `.isomorph`), or in the current folder. Without a project and without resources there is nothing
to keep, and none is written.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from isomorph.model.errors import UsageError
from isomorph.platforms.table import find_family
from isomorph.project.generation import Generated, Generation, follow_changes, generate
from isomorph.project.infrastructure import settle_modules
from isomorph.project.inputs import Inputs, Places, Run, Surroundings, find_places
from isomorph.project.quick_run import remember, run_quickly
from isomorph.provisioning.state import EnvironmentState, State
from isomorph.provisioning.state_file import lock_state, read_state, write_state

if TYPE_CHECKING:
    from isomorph.provisioning.patches import PatchTemplate

MOUNTS = "mounts"
"""The folder beside a Compose file where files of provisioners stand."""


def run_generation(run: Run, around: Surroundings) -> Generated:
    """Generate, write the state and the output; raises what reading, provisioning and writing raise.

    StateLocked where another run is under way in this project.
    """
    if run.is_project:
        with lock_state(around.root):
            return run_quickly(run, around) or _run_whole(run, around, Inputs(run, around.context))
    inputs = Inputs(run, around.context)
    inputs.read(run.scores, run.given)
    holding: AbstractContextManager[Any] = lock_state(around.root) if inputs.need_resources else nullcontext()
    with holding:
        return _run_whole(run, around, inputs)


def _run_whole(run: Run, around: Surroundings, inputs: Inputs) -> Generated:
    """Do all of a run; the caller holds the state where one is kept."""
    places, variables = Places(around.root), around.context.environment
    if not inputs.definitions:
        inputs.read(run.scores, run.given)
    keeps = run.is_project or inputs.need_resources
    state = read_state(around.root, variables) if keeps else State()
    environment = state.environments.get(run.environment) or EnvironmentState(run.platform)
    _check_platform(run, environment)
    environment, told = follow_changes(environment, find_places(inputs.definitions, places), places.exists)
    inputs.read_known(environment, places)
    if not inputs.definitions:
        hint = "name a Score file, or list them under `workloads:` in isomorph.yaml"
        raise UsageError(f"there is nothing to generate: {hint}")

    def again(known: EnvironmentState) -> Generated:
        return _generate(run, inputs, known, places, around)

    def save(after: EnvironmentState) -> None:
        if keeps:
            project = run.options.name or state.project
            write_state(
                around.root, replace(state.with_environment(run.environment, after), project=project), variables
            )

    generated = again(environment)
    around.check(generated)
    generated = settle_modules(run, around, generated, again, save)
    generated = replace(generated, diagnostics=(*told, *generated.diagnostics))
    around.check(generated)
    if around.list_outputs is not None:
        outputs = around.list_outputs(generated)
        generated = replace(generated, environment=replace(generated.environment, outputs=outputs))
    save(generated.environment)
    written = around.write(generated)
    if keeps:
        remember(run, around, inputs, generated, written)
    return generated


def preview_generation(run: Run, around: Surroundings) -> Generated:
    """Generate as `run_generation` does, and leave everything as it is; programs give what they gave when they ran."""
    from isomorph.provisioning.recorded import stand_in

    places, inputs = Places(around.root), Inputs(run, around.context)
    inputs.read(run.scores, run.given)
    state = read_state(around.root, around.context.environment)
    environment = state.environments.get(run.environment) or EnvironmentState(run.platform)
    _check_platform(run, environment)
    environment, _ = follow_changes(environment, find_places(inputs.definitions, places), places.exists)
    inputs.read_known(environment, places)
    opened, known = around.open_provisioners, environment
    around = replace(around, open_provisioners=lambda: stand_in(opened(), known))
    return _generate(run, inputs, environment, places, around)


def _generate(
    run: Run, inputs: Inputs, environment: EnvironmentState, places: Places, around: Surroundings
) -> Generated:
    inputs.check_overrides()
    if not environment.mounts and find_family(run.platform) == "compose":
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
        builds=inputs.find_builds(run.is_whole),
        publish=run.publish,
        prune=run.prune,
    )
    provisioners = around.open_provisioners() if inputs.need_resources else []
    return generate(generation, inputs.definitions, provisioners, environment, places.to_state)


def _make_finish(patches: "list[PatchTemplate]", inputs: Inputs, namespace: str) -> Callable[[Any], Any]:
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
