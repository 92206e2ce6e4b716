"""Jobs in tests, and the shortest way from them to the model."""

from isomorph.model.application import Definition
from isomorph.model.workload import Container, Workload
from isomorph.platforms.nomad.reader import read
from tests.memory_context import memory_context, source


def read_text(text: str, files: dict[str, str] | None = None, **options: str | tuple[str, ...]) -> Definition:
    """Read a job from one file; further files are found beside it."""
    return read(source("a.nomad.hcl", **options), memory_context({"a.nomad.hcl": text, **(files or {})}))


def only(definition: Definition) -> Workload:
    """Give the one workload of a definition."""
    (workload,) = definition.application.workloads.values()
    return workload


def container_of(definition: Definition) -> Container:
    """Give the one container of the one workload."""
    (container,) = only(definition).containers.values()
    return container


def job(task: str = "", config: str = "", group: str = "", more: str = "", *, mode: str = "bridge") -> str:
    """Give a job `web` of one group and one task of the docker driver; the texts are lines in the block of that name."""
    network = "" if "network {" in group else f'    network {{\n      mode = "{mode}"\n    }}\n'
    return (
        f'job "web" {{\n{_indent(more, 2)}  group "web" {{\n{network}{_indent(group, 4)}'
        f'    task "web" {{\n      driver = "docker"\n      config {{\n        image = "web:1"\n{_indent(config, 8)}      }}\n'
        f"{_indent(task, 6)}    }}\n  }}\n}}\n"
    )


def network(ports: str, mode: str = "bridge") -> str:
    """Give a network block; ports as `LABEL=TO` or `LABEL=STATIC:TO`."""
    lines = [f'  mode = "{mode}"']
    for port in ports.split():
        label, _, numbers = port.partition("=")
        static, colon, to = numbers.rpartition(":")
        said = [f"static = {static}"] if colon else []
        said += [f"to = {to}"] if to else []
        lines.append(f'  port "{label}" {{\n' + "".join(f"    {each}\n" for each in said) + "  }")
    return "network {\n" + "\n".join(lines) + "\n}"


def codes(definition: Definition) -> list[str]:
    """Give the codes of a definition's diagnostics."""
    return [diagnostic.code for diagnostic in definition.diagnostics]


def extras(definition: Definition) -> dict[tuple[object, ...], object]:
    """Give extras by the place of their construct and the keys below it."""
    return {(*extra.path, *extra.location): extra.value for extra in definition.extras}


def place(definition: Definition, *path: str) -> tuple[int, int]:
    """Give line and column of what stands at a path below the workload `web`."""
    origin = definition.origins.exact(("workloads", "web", *path))
    assert origin is not None
    return origin.line, origin.column


def _indent(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.strip("\n").splitlines()) if text else ""
