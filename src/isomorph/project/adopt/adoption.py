"""What `isomorph init --from` takes over: definitions as environments, and whole projects of the reference tools.

Of a reference tool's project nothing changes: its provisioner files are used where they are, the state's guids, names and
passwords go on, and its output is the environment's definition, which comes out as it was.
"""

import os.path
from posixpath import normpath
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.errors import Diagnostic, InvalidInput, UsageError
from isomorph.model.image import Build
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.platform import OutputFile
from isomorph.project.definitions import NamedDefinition, parse_definition, print_definition
from isomorph.project.environments import read_definition, settle_platform
from isomorph.project.given import Given
from isomorph.project.project_file import Project
from isomorph.provisioning.reference_state import (
    FOLDERS,
    ReferenceProject,
    find_reference_projects,
    read_reference_project,
)
from isomorph.provisioning.state import EnvironmentState

OUTPUTS = {"compose": "compose.yaml", "kubernetes": "manifests.yaml"}
"""What the reference tools call their output unless they are told otherwise."""

TEMPLATE_FOLDER = "patch-templates"


class Adopted(msgspec.Struct, kw_only=True):
    """What was found: entries for the project file as plain data, files to write, and parts of the state."""

    name: str = ""
    workloads: list[str] = []
    environments: dict[str, dict[str, Any]] = {}
    files: list[OutputFile] = []
    states: dict[str, EnvironmentState] = {}
    diagnostics: list[Diagnostic] = []


def adopt(texts: list[str], project: Project, context: Context) -> Adopted:
    """Read what `--from` names, each `[NAME=][PLATFORM:]PATH`; raises what reading it raises.

    What is in the project file already is left out.
    """
    adopted = Adopted()
    for text in texts:
        named = parse_definition(text)
        path = named.path
        if path == "-":
            raise UsageError("standard input is no part of a project: name a file or folder with --from")
        path = os.path.relpath(path)
        if path.split("/")[0] == "..":
            raise UsageError(f"{path} is outside this folder, and so no part of a project here")
        named = replace(named, path=path)
        tools = find_reference_projects(path, context) if context.files.is_folder(path) else ()
        if tools and named.platform is None:
            _adopt_tools(named, tools, project, context, adopted)
        else:
            _adopt_definition(named, project, context, adopted)
    return adopted


def _adopt_definition(named: NamedDefinition, project: Project, context: Context, adopted: Adopted) -> None:
    """Take over one definition: as an environment, or among the workloads where it is Score files."""
    named, platform = settle_platform(named, context)
    definition = read_definition(named, platform, context)
    path = normpath(named.path)
    if platform == "score":
        known = {normpath(each) for each in (*project.workloads, *adopted.workloads)}
        adopted.workloads += [each for each in definition.sources if normpath(each) not in known]
        return
    written = replace(named, path=path, name=None, platform=platform)
    if _is_known(written, named.name, project):
        return
    taken = {*project.environments, *adopted.environments}
    name = named.name or _free_name(platform, taken)
    adopted.environments.setdefault(name, {}).setdefault("definitions", []).append(print_definition(written))


def _is_known(written: NamedDefinition, name: str | None, project: Project) -> bool:
    """Tell whether an environment, the named one or any, has this definition already."""
    return any(
        (normpath(each.path), each.options) == (written.path, written.options)
        and each.platform in (None, written.platform)
        for environment in project.environments.values()
        if name in (None, environment.name)
        for each in environment.definitions
    )


def _free_name(name: str, taken: set[str]) -> str:
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    return free


def _adopt_tools(
    named: NamedDefinition, tools: tuple[str, ...], project: Project, context: Context, adopted: Adopted
) -> None:
    """Take over the projects that reference tools keep in a folder."""
    if named.name is not None and len(tools) > 1:
        folders = " and ".join(FOLDERS[platform] for platform in tools)
        raise UsageError(f"{named.path} holds {folders}, which are environments of their own: leave {named.name}= out")
    folder = normpath(named.path)
    for platform in tools:
        found = read_reference_project(folder, platform, context)
        adopted.diagnostics += found.diagnostics
        adopted.name = adopted.name or found.project
        name = named.name or platform
        adopted.workloads += [
            path
            for path in _find_workloads(found, folder, platform, context, adopted.diagnostics)
            if path not in (*map(normpath, project.workloads), *adopted.workloads)
        ]
        adopted.states[name] = _to_state(found, folder)
        if name in project.environments or name in adopted.environments:
            continue
        adopted.environments[name] = _to_entry(found, name, folder, adopted.files)


def _to_entry(found: ReferenceProject, name: str, folder: str, files: list[OutputFile]) -> dict[str, Any]:
    """Give the entry of the project file for a tool's project; its patch templates become files."""
    output = NamedDefinition(_below(folder, OUTPUTS[found.platform]), platform=found.platform)
    templates = [
        OutputFile(f"{TEMPLATE_FOLDER}/{name}-{number}.tpl", text)
        for number, text in enumerate(found.patch_templates, 1)
    ]
    files += templates
    entry: dict[str, Any] = {
        "definitions": [print_definition(output)],
        "provisioners": [normpath(path) for path in found.provisioners],
        "patch-templates": [each.path for each in templates],
        "namespace": found.environment.namespace,
    }
    return {key: value for key, value in entry.items() if value}


def _to_state(found: ReferenceProject, folder: str) -> EnvironmentState:
    """Give the tool's state as an environment's, its files relative to the project."""
    environment = found.environment
    given: dict[str, Any] = {}
    for workload, builds in found.builds.items():
        try:
            said = Given(builds={name: msgspec.convert(build, Build) for name, build in builds.items()})
        except msgspec.ValidationError:
            continue
        given[workload] = said.to_state()[0]
    return replace(
        environment,
        mounts=found.mounts,
        workloads={
            name: replace(workload, file=_below(folder, workload.file))
            for name, workload in environment.workloads.items()
        },
        given=given,
    )


def _find_workloads(
    found: ReferenceProject, folder: str, platform: str, context: Context, diagnostics: list[Diagnostic]
) -> list[str]:
    """Give the Score files of a tool's workloads that are there and in the project; of the others a diagnostic tells."""
    paths: list[str] = []
    state = Origin(f"{_below(folder, FOLDERS[platform])}/state.yaml")
    for name, workload in found.environment.workloads.items():
        path = _below(folder, workload.file)
        try:
            there = bool(workload.file) and not path.startswith(("/", "../")) and context.files.is_file(path)
        except InvalidInput:
            there = False
        if there:
            paths.append(path)
        else:
            where = f"its Score file {workload.file} is not in the project"
            diagnostics.append(Diagnostic("missing-file", f"workload {name} is not taken over: {where}", state))
    return list(dict.fromkeys(paths))


def _below(folder: str, path: str) -> str:
    return normpath(path if folder == "." else f"{folder}/{path}") if path else ""
