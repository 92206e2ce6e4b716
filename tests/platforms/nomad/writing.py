"""Workloads written as jobs of Nomad, for tests: the text of one, its blocks, and what was told."""

from typing import Any

from isomorph.model.application import Application, Definition, Extra
from isomorph.model.image import parse_image
from isomorph.model.workload import Container, Workload
from isomorph.platforms.nomad.writer import write
from isomorph.platforms.platform import WriteOptions, Written


def write_all(
    *workloads: Workload,
    platform: str = "model",
    extras: tuple[Extra, ...] = (),
    options: WriteOptions | None = None,
    **shared: Any,
) -> Written:
    """Write workloads as they come from a platform."""
    application = Application(workloads={each.name: each for each in workloads}, **shared)
    return write(Definition(application, platform, extras=extras), options or WriteOptions())


def one(
    name: str = "web", *, image: str = "nginx:1", of_workload: dict[str, Any] | None = None, **said: Any
) -> Workload:
    """Give a workload of one container that says something."""
    container = Container(image=parse_image(image), **said)
    return Workload(name, **{"names": (name,), "containers": {name: container}, **(of_workload or {})})


def job_of(*workloads: Workload, **more: Any) -> str:
    """Give the first job's text."""
    content = write_all(*workloads, **more).files[0].content
    assert isinstance(content, str)
    return content


def task_of(container: Container, **more: Any) -> str:
    """Give the text of the task of a workload of one container, taken out of its job."""
    of_workload = more.pop("of_workload", {})
    workload = Workload("web", names=("web",), containers={"web": container}, **of_workload)
    return part_of(job_of(workload, **more), 'task "web" {')


def part_of(text: str, start: str) -> str:
    """Give a block of a text, by its first line, moved to the margin."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip() == start)
    pad = len(lines[first]) - len(lines[first].lstrip())
    last = next(number for number in range(first, len(lines)) if lines[number] == " " * pad + "}")
    return "".join(f"{line[pad:] if line[:pad].isspace() or not pad else line}\n" for line in lines[first : last + 1])


def told(written: Written) -> list[tuple[str, str]]:
    """Give the codes and messages of what was told."""
    return [(each.code, each.message) for each in written.diagnostics]
