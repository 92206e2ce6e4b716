"""A definition as Score files, one a workload: `score.yaml`, or `NAME/score.yaml` where there are several."""

from typing import Any

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Path
from isomorph.platforms.dropped import report_dropped
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.score.write_losses import report_losses
from isomorph.platforms.score.write_workload import WorkloadWriting, to_label, write_workload
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a definition as Score files; the application's name, which Score does not know, becomes none."""
    roots, diagnostics = write_data(definition)
    files: list[OutputFile] = []
    for name, root in roots.items():
        text = emit_yaml(root, dialect=Dialect.COMPOSE, header="" if files else options.header)
        files.append(OutputFile("score.yaml" if len(roots) == 1 else f"{name}/score.yaml", text))
    return Written(tuple(files), tuple(diagnostics))


def write_data(definition: Definition) -> tuple[dict[str, dict[str, Any]], list[Diagnostic]]:
    """Give each workload as the plain data of its Score file, by its name there, and what that cannot say."""
    diagnostics: list[Diagnostic] = []
    names = _name_workloads(definition, diagnostics)
    shared = _list_shared(definition)
    roots: dict[str, dict[str, Any]] = {}
    metadata: dict[Path, dict[str, Any]] = {}
    for extra in definition.extras:
        if extra.platform == "score" and extra.location[0] == "metadata":
            metadata.setdefault(extra.path, {})[str(extra.location[1])] = extra.value
    for key, workload in definition.application.workloads.items():
        writing = WorkloadWriting(definition, workload, names[key], names, shared)
        root = write_workload(writing)
        root["metadata"].update(metadata.get(writing.path, {}))
        report_losses(writing)
        diagnostics += writing.diagnostics
        roots[names[key]] = root
    diagnostics += report_dropped(definition, frozenset(("score",)))
    return roots, diagnostics


def _list_shared(definition: Definition) -> frozenset[str]:
    """Give the volumes that several workloads mount."""
    users: dict[str, set[str]] = {}
    for key, workload in definition.application.workloads.items():
        for container in workload.containers.values():
            for mount in container.mounts.values():
                users.setdefault(mount.volume, set()).add(key)
    return frozenset(volume for volume, names in users.items() if len(names) > 1)


def _name_workloads(definition: Definition, diagnostics: list[Diagnostic]) -> dict[str, str]:
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key in definition.application.workloads:
        name = to_label(key)
        while name in taken:
            name = f"{name[:60]}-2"
        taken.add(name)
        names[key] = name
        if name != key:
            path = ("workloads", key)
            origin = definition.origins.find(path)
            diagnostics.append(Diagnostic("renamed", f"workload {key} is {name} in Score", origin, path))
    return names
