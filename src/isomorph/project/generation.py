"""From Score files to a platform's definition: resources provisioned, their outputs resolved, all of it written.

A run adds to what earlier ones left in the state: workloads that were generated before come again, resources keep their
guids, names and passwords. Nothing is written here; the caller gets the files and the state that go together.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.project.builds import NamedBuild, place_origins, with_builds
from isomorph.project.conversion import convert
from isomorph.project.given import Given, supply
from isomorph.project.joining import join
from isomorph.project.publishing import Publish, publish
from isomorph.provisioning.assembling import assemble, list_realising
from isomorph.provisioning.contract import Fragments, Provisioner, Realised, Target
from isomorph.provisioning.engine import Provisioned, merge_fragments, provision
from isomorph.provisioning.recording import list_kept, record_run
from isomorph.provisioning.state import (
    EnvironmentState,
    WorkloadState,
    find_changes,
    find_unused,
    forget_workloads,
    prune,
    rename_workload,
)

_TOLD_BY_WRITERS = frozenset(("lost", "approximated", "assumed", "renamed"))


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be generated: for which platform, under which names, and what becomes of it.

    `given` is what the command line says of workloads, by name, and `builds` how the environment builds their images, by
    container: the project says that again next time. `prune`: resources that nothing uses any more are dropped.
    `replace_changed`: a resource that another provisioner matches now begins anew.
    """

    platform: str
    project: str = ""
    options: WriteOptions = WriteOptions()
    given: Mapping[str, Given] = {}
    builds: Mapping[str, dict[str, NamedBuild]] = {}
    publish: tuple[Publish, ...] = ()
    prune: bool = False
    replace_changed: bool = False


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """What a run made: files for the output, the state after it, and what is to be told.

    `definition` is what the files say, resources and all, written with `options`; `read` is what the Score files say.
    `fragments` hold the files that provisioners make beside the output. `variables` are left to whoever runs the output.
    """

    files: tuple[OutputFile, ...]
    environment: EnvironmentState
    fragments: Fragments = Fragments()
    variables: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    messages: tuple[str, ...] = ()
    realised: dict[str, Realised] = {}
    read: Definition | None = None
    definition: Definition | None = None
    options: WriteOptions | None = None


def generate(
    generation: Generation,
    definitions: list[Definition],
    provisioners: Iterable[Provisioner],
    environment: EnvironmentState,
    find_file: Callable[[str], str] = str,
) -> Generated:
    """Generate the definitions of Score files, as one application, for a platform.

    `environment` is the state of earlier runs, already brought up to date (`follow_changes`). `find_file` gives the name by
    which the state knows a file. Raises what reading, provisioning and writing raise.
    """
    given = with_builds(generation.given, generation.builds)
    definition = join([supply(each, given) for each in definitions])
    definition = place_origins(definition, generation.given, generation.builds)
    target = Target(
        generation.platform,
        project=generation.project,
        namespace=generation.options.namespace or "",
        mounts=environment.mounts,
    )
    provisioned = provision(
        definition,
        provisioners,
        target,
        kept=list_kept(environment),
        shared=environment.shared,
        replace_changed=generation.replace_changed,
    )
    assembled = assemble(definition, provisioned.resources, generation.platform)
    if generation.publish:
        assembled = publish(assembled, generation.publish, provisioned.resources, generation.platform)
    quiet = list_realising(provisioned.resources.values())
    options = replace(generation.options, quiet=quiet, known_as=_list_known(environment))
    conversion = convert([assembled], generation.platform, options)
    after = _record(generation, definition, provisioned, environment, find_file)
    after, unused = _drop_unused(after, generation.prune)
    return Generated(
        files=conversion.files,
        environment=after,
        fragments=merge_fragments(provisioned.resources.values()),
        variables=conversion.variables,
        diagnostics=(*provisioned.diagnostics, *conversion.diagnostics, *unused),
        messages=provisioned.messages,
        realised=provisioned.resources,
        read=definition,
        definition=assembled,
        options=options,
    )


def _list_known(environment: EnvironmentState) -> dict[str, str]:
    """Give what workloads are called in what another tool generated, and somebody may have deployed."""
    return {key: f"{key}{known.suffix}" for key, known in environment.workloads.items() if known.suffix}


def follow_changes(
    environment: EnvironmentState, found: Mapping[str, str], exists: Callable[[str], bool]
) -> tuple[EnvironmentState, tuple[Diagnostic, ...]]:
    """Give the state after workloads were moved, renamed or removed, and a diagnostic for each such change.

    `found` are the workloads that were read now, with their files as the state knows them.
    """
    told = []
    for change in find_changes(environment, found, exists):
        told.append(Diagnostic("workload-changed", str(change), Origin(change.file_now or change.file)))
        if change.kind == "renamed":
            environment = rename_workload(environment, change.name, change.name_now)
        elif change.kind != "moved":
            environment = forget_workloads(environment, (change.name,))
    return environment, tuple(told)


def _record(
    generation: Generation,
    definition: Definition,
    provisioned: Provisioned,
    environment: EnvironmentState,
    find_file: Callable[[str], str],
) -> EnvironmentState:
    application, origins = definition.application, definition.origins
    workloads: dict[str, WorkloadState] = {}
    users: dict[str, set[str]] = {}
    for key, workload in application.workloads.items():
        origin = origins.find(("workloads", key))
        known = environment.workloads.get(key)
        workloads[key] = WorkloadState(
            find_file(origin.file) if origin else "", suffix=known.suffix if known is not None else ""
        )
        for uid in workload.dependencies.values():
            users.setdefault(uid, set()).add(key)
    after = record_run(environment, provisioned, workloads, users)
    given: dict[str, Any] = {key: said for key, said in environment.given.items() if key not in workloads}
    secrets = {place for place in environment.given_secrets if place[0] in given}
    for key in workloads:
        said = generation.given.get(key)
        if said is not None and said != Given():
            given[key], places = said.to_state()
            secrets.update((key, *place) for place in places)
    namespace = generation.options.namespace or environment.namespace
    return replace(
        after, platform=generation.platform, namespace=namespace, given=given, given_secrets=frozenset(secrets)
    )


def _drop_unused(environment: EnvironmentState, drop: bool) -> tuple[EnvironmentState, tuple[Diagnostic, ...]]:
    unused = find_unused(environment)
    if not unused:
        return environment, ()
    if drop:
        told = tuple(Diagnostic("unused-resource", f"{uid} was dropped: nothing uses it any more") for uid in unused)
        return prune(environment, unused), told
    return environment, tuple(
        Diagnostic("unused-resource", f"nothing uses {uid} any more; --prune drops it from the state") for uid in unused
    )
