"""Score files out of the definitions of environments: one a workload for all, and beside it what each environment says otherwise.

With them `generate --env NAME` says again what that environment's definition says, as far as Score has words for it.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.drift.align import Declared
from isomorph.drift.finding import Environment
from isomorph.model.application import Definition, Dependency
from isomorph.model.combine import combine
from isomorph.model.errors import Diagnostic
from isomorph.model.image import Build
from isomorph.model.normalise import normalise
from isomorph.model.secrecy import MASK, has_secret, is_secret_name
from isomorph.model.text import Part, Text, map_parts, print_text
from isomorph.platforms.context import Context, Source
from isomorph.platforms.platform import OutputFile
from isomorph.platforms.table import load_function
from isomorph.project.adopt.hiding import Hidden, hide_secrets
from isomorph.project.adopt.losses import tell_losses
from isomorph.project.adopt.merging import to_common
from isomorph.project.adopt.overlaying import Data, make_common, make_patch
from isomorph.project.builds import move_context
from isomorph.project.definitions import NamedDefinition
from isomorph.project.environments import read_definition
from isomorph.project.recognising import recognise_alike
from isomorph.project.sources import find_folder, find_sources
from isomorph.provisioning.catalogue.table import CATALOGUE
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_documents, emit_yaml

FOLDER = "score"
PATTERN = f"{FOLDER}/*/score.yaml"

_KNOWN = "Score files"
"""What the Score files that there are go by among environments: no environment has a space in its name."""


class ScoreFiles(msgspec.Struct, frozen=True):
    """Score files to write, the patterns that name those of all environments, and entries for the environments.

    `losses` tell what the files cannot say of the definitions, `messages` what became of them.
    """

    files: list[OutputFile]
    workloads: list[str]
    entries: dict[str, dict[str, Any]]
    losses: list[Diagnostic]
    messages: list[str]


class Known(msgspec.Struct, frozen=True):
    """Score files that a project has: what they say, and their plain data by workload."""

    said: Environment
    specs: dict[str, Data]


def read_known(paths: list[str], context: Context) -> Known | None:
    """Read the Score files that there are; None where there are none."""
    if not paths:
        return None
    definition = normalise(combine([read_definition(NamedDefinition(each), "score", context) for each in paths]))
    specs: dict[str, Data] = {}
    for path in paths:
        specs.update(load_function("score", "reader", "read_specs")(Source(path), context))
    return Known(Environment(_KNOWN, definition), specs)


def to_score(environments: list[Environment], declared: Declared, file: str, known: Known | None = None) -> ScoreFiles:
    """Give environments as Score files: a single workload as `file`, several each in a folder of its own.

    Where some are `known`, the environments' differences from those, and the workloads that those have not.
    """
    names = [each.name for each in environments]
    common = to_common([*([known.said] if known is not None else []), *environments], declared)[-len(names) :]
    sources: dict[str, None] = {}
    managed: dict[str, None] = {}
    definitions, messages = recognise_alike(
        {
            name: normalise(_leave_sources(_ask_only(each, managed), sources), resolve_configurations=True)
            for name, each in zip(names, common, strict=True)
        },
        known.specs if known is not None else (),
    )
    if managed:
        messages.append(
            f"{', '.join(managed)}: no type of resource that isomorph provisions, and so in your files only"
        )
    if sources:
        messages.append(f"{', '.join(sources)}: the folder that is worked on is bound in your files only")
    hidden = {name: hide_secrets(_leave_unoffered(each)) for name, each in definitions.items()}
    write_data = load_function("score", "writer", "write_data")
    written = {name: write_data(each.definition) for name, each in hidden.items()}
    platforms = {each.name: each.definition.platform for each in environments}
    scores = _Scores({name: data for name, (data, _) in written.items()}, platforms, file, known)
    for environment in environments:
        builds = _list_builds(hidden[environment.name].definition, find_folder(environment.definition))
        if builds:
            scores.entries[environment.name]["builds"] = builds
    losses = [each for _, diagnostics in written.values() for each in diagnostics]
    return ScoreFiles(
        scores.files,
        scores.patterns,
        {name: entry for name, entry in scores.entries.items() if entry},
        losses,
        [*messages, *_tell_hidden(list(hidden.values())), *tell_losses(losses)],
    )


def _ask_only(definition: Definition, left: dict[str, None]) -> Definition:
    """Give a definition whose managed resources say what Score asks for, type and version; `left` is given the others.

    How large an instance is, and what it is called, is the platform's side.
    """
    known = {each.type for each in CATALOGUE}
    kept: dict[str, Dependency] = {}
    for uid, dependency in definition.application.dependencies.items():
        if dependency.realisation is None:
            kept[uid] = dependency
        elif dependency.type in known:
            parameters = {"version": dependency.version} if dependency.version else None
            kept[uid] = replace(dependency, parameters=parameters)
        else:
            left[f"{uid} ({dependency.type})"] = None
    workloads = {
        key: replace(each, dependencies={name: uid for name, uid in each.dependencies.items() if uid in kept})
        for key, each in definition.application.workloads.items()
    }
    return replace(definition, application=replace(definition.application, workloads=workloads, dependencies=kept))


def _leave_sources(definition: Definition, told: dict[str, None]) -> Definition:
    """Give a definition without the sources that are bound into containers; `told` is given the workloads."""
    folder = find_folder(definition)
    workloads = {}
    for key, workload in definition.application.workloads.items():
        containers = {}
        for name, container in workload.containers.items():
            left = set(find_sources(definition, key, name, folder))
            if left:
                told[key] = None
            files = {path: file for path, file in container.files.items() if path not in left}
            containers[name] = replace(container, files=files) if left else container
        workloads[key] = replace(workload, containers=containers)
    return replace(definition, application=replace(definition.application, workloads=workloads))


def _leave_unoffered(definition: Definition) -> Definition:
    """Give a definition without ports that nothing offers to peers: to Score a port is an offer."""
    workloads = {
        key: replace(workload, ports={number: port for number, port in workload.ports.items() if port.offered})
        for key, workload in definition.application.workloads.items()
    }
    return replace(definition, application=replace(definition.application, workloads=workloads))


class _Scores:
    """The files of all environments, and what the project file says of them."""

    def __init__(
        self, written: dict[str, dict[str, Data]], platforms: dict[str, str], file: str, known: Known | None
    ) -> None:
        specs = known.specs if known is not None else {}
        self.written = written
        self.files: list[OutputFile] = []
        self.entries: dict[str, dict[str, Any]] = {name: {} for name in written}
        names = list(dict.fromkeys(key for data in written.values() for key in data))
        # An environment that runs nothing has what others depend on.
        shared = [key for key in names if known is None and all(key in data for data in written.values() if data)]
        patches: dict[str, list[Data]] = {name: [] for name in written}
        homes = _name_folders(list(written))
        self.patterns = [] if not shared else [file] if len(names) == 1 else [PATTERN]
        for key in names:
            members = {name: data[key] for name, data in written.items() if key in data}
            common = specs[key] if key in specs else make_common(list(members.values()))
            home = f"{FOLDER}/{key}" if key in shared else f"{FOLDER}/{homes[next(iter(members))]}/{key}"
            path = file if len(names) == 1 and shared else f"{home}/score.yaml"
            if key not in specs:
                self.files.append(OutputFile(path, emit_yaml(common, dialect=Dialect.COMPOSE)))
            for name, own in members.items():
                if key not in shared and key not in specs:
                    self.entries[name].setdefault("workloads", []).append(path)
                patch = make_patch(common, own, platforms[name])
                if patch:
                    patches[name].append({**patch, "metadata": {"name": key, **patch.get("metadata", {})}})
        for name, folder in homes.items():
            self._add_overrides(name, folder, patches[name])
            self._use_pattern(name, folder)

    def _add_overrides(self, name: str, folder: str, patches: list[Data]) -> None:
        if not patches:
            return
        path = f"{FOLDER}/overrides/{folder}.yaml"
        documents = [{"metadata": each["metadata"], **each} for each in patches]
        header = f"What {name} says otherwise: each document is laid over the Score file of the workload that it names."
        self.files.append(OutputFile(path, emit_documents(documents, Dialect.COMPOSE, header=header)))
        self.entries[name]["overrides"] = [path]

    def _use_pattern(self, name: str, folder: str) -> None:
        """Name the files of an environment's own folder by one pattern."""
        paths = self.entries[name].get("workloads", [])
        own = [path for path in paths if path.startswith(f"{FOLDER}/{folder}/")]
        if len(own) > 1:
            self.entries[name]["workloads"] = [
                f"{FOLDER}/{folder}/*/score.yaml",
                *(each for each in paths if each not in own),
            ]


def _name_folders(environments: list[str]) -> dict[str, str]:
    """Give each environment the name of a folder, and of a file."""
    to_label = load_function("score", "write_workload", "to_label")
    folders: dict[str, str] = {}
    for name in environments:
        label = folder = to_label(name)
        number = 1
        while folder in folders.values():
            number += 1
            folder = f"{label}-{number}"
        folders[name] = folder
    return folders


def _list_builds(definition: Definition, folder: str) -> dict[str, Any]:
    """Give how images are built, as the project file says it: by workload, or by container where there are several."""
    builds: dict[str, Any] = {}
    for key, workload in definition.application.workloads.items():
        for name, container in workload.containers.items():
            if container.build is not None and (entry := _to_entry(container.build, folder)):
                builds[key if len(workload.containers) == 1 else f"{key}/{name}"] = entry
    return builds


def _to_entry(build: Build, folder: str) -> str | dict[str, Any]:
    """Give a build as its folder where that is all; arguments that are secret are left out."""
    context = move_context(build.context or ".", folder)
    said: dict[str, Any] = {"dockerfile": build.dockerfile, "target": build.target}
    said["args"] = {
        name: None if text is None else print_text(map_parts(text, _double_dollars))
        for name, text in build.args.items()
        if text is None or not (is_secret_name(name) or has_secret(text))
    }
    entry = {key: value for key, value in said.items() if value}
    return {"context": context, **entry} if entry else context


def _double_dollars(part: Part) -> Text:
    return part.replace("$", "$$") if isinstance(part, str) else (part,)


def _tell_hidden(hidden: list[Hidden]) -> list[str]:
    """Tell once of all secrets: where they come from, and what is left of those that Score has no place for."""
    told = []
    variables = sorted({name for each in hidden for name in each.variables})
    if variables:
        told.append(f"secrets are in no Score file: set {', '.join(variables)} where it is deployed")
    cut = sorted({f"{path[1]}" for each in hidden for path in each.cut})
    if cut:
        told.append(
            f"{', '.join(cut)}: secrets in arguments or checks, where Score takes no variables, are {MASK} in the Score file;"
            " check passes over them, and generate writes them so: hand them on in variables"
        )
    return told
