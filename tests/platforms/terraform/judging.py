"""Configurations that run workloads, read into the model, and held against the same workloads on another platform."""

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Workload
from isomorph.platforms.table import load_reader
from isomorph.platforms.terraform.reader import read
from tests.memory_context import memory_context, source

SHOWN = frozenset((Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED))


def define(files: dict[str, str] | str, **options: str | tuple[str, ...]) -> Definition:
    """Read a configuration into the model: its main.tf, or the files of its folder (those with a `/` are elsewhere)."""
    files = {"main.tf": files} if isinstance(files, str) else files
    placed = {name if name.startswith("/") else f"infra/{name}": content for name, content in files.items()}
    return read(source("infra", **options), memory_context(placed))


def twin(platform: str, text: str) -> Definition:
    """Read a definition of one file of another platform."""
    return load_reader(platform)(source("twin"), memory_context({"twin": text}))


def judge(a: Definition, b: Definition) -> list[str]:
    """Give what the judge would show of two definitions, one line each."""
    report = compare([Environment(each.platform, normalise(each), ((each.platform, "x"),)) for each in (a, b)])
    return [
        f"{each.verdict.value} {each.workload} {each.rule} {each.subject}: "
        + " | ".join(str(side.value) for side in each.sides)
        for each in report.findings
        if each.verdict in SHOWN
    ]


def only(definition: Definition) -> Workload:
    """Give the one workload of a definition."""
    (workload,) = definition.application.workloads.values()
    return workload


def container_of(definition: Definition) -> Container:
    """Give the one container of the one workload."""
    (container,) = only(definition).containers.values()
    return container


def place(definition: Definition, *path: str) -> str:
    """Give where a value of the model was written."""
    return str(definition.origins.find(path))


def told(definition: Definition) -> list[str]:
    """Give the diagnostics, each with its place and code."""
    return [f"{each.origin}: {each.code}: {each.message}" for each in definition.diagnostics]
