"""Reading and writing real definitions the way the command line does, but without it."""

import os
from pathlib import Path

from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader, load_writer
from tests.memory_context import memory_context

SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}


def read(platform: str, path: Path, **options: tuple[str, ...]) -> Definition:
    """Read a definition from disk."""
    root = path if path.is_dir() else path.parent
    context = Context(LocalFiles([str(root.parent.parent)]), LocalEngines(), {})
    return normalise(load_reader(platform)(Source(str(path), options), context))


def generate(definition: Definition, platform: str) -> Definition:
    """Write a definition for a platform, and read what was written."""
    written = load_writer(platform)(definition, WriteOptions())
    context = memory_context({file.path: file.content for file in written.files})
    path = "." if written.files[0].in_folder else written.files[0].path
    return normalise(load_reader(platform)(Source(path), context))


def shown(one: Definition, other: Definition) -> list[Finding]:
    """Give what a user would be shown of a comparison."""
    from isomorph.drift.compare import compare

    environments = [Environment("one", one), Environment("other", other)]
    return [finding for finding in compare(environments).findings if finding.verdict in SHOWN]


def keys(findings: list[Finding]) -> set[tuple[str, str, str, str]]:
    """Give findings as (verdict, workload, rule, subject)."""
    return {(finding.verdict.value, finding.workload, finding.rule, finding.subject) for finding in findings}


def has_kubectl() -> bool:
    """Tell whether kustomizations can be built here."""
    return any(os.access(Path(folder, "kubectl"), os.X_OK) for folder in os.get_exec_path())
