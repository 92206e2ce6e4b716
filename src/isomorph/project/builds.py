"""How the images of an environment are built: what `environments.ENV.builds` says, and which containers that is for.

A folder is relative to `isomorph.yaml`, and written as it is seen from where the definition is written. What else Compose
takes for a context (a repository, an address) stays as it is. In an argument `${NAME}` is a variable of the shell.
"""

import os
import re
from collections.abc import Iterable, Mapping
from posixpath import join, normpath, relpath

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Build
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import Placeholder, Text, make_text
from isomorph.model.workload import Workload
from isomorph.project.given import BUILD_KEYS, Given
from isomorph.project.shape_checks import Check, check_fields, check_text, is_null, refuse
from isomorph.provisioning.references import suggest
from isomorph.syntax.tree import Mapping as Node
from isomorph.syntax.tree import Node as AnyNode
from isomorph.syntax.tree import Scalar

_VARIABLE = re.compile(r"(\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*\})")
_NOT_LOCAL = re.compile(r"[a-z][a-z0-9+.-]*://|git@|github\.com/|~|\$")


class NamedBuild(msgspec.Struct, frozen=True):
    """How the image of a workload's container is built (no container: its only one), and where that is said."""

    workload: str
    container: str
    build: Build
    origin: Origin


def check_builds(node: AnyNode, where: str, faults: list[InvalidInput]) -> None:
    """A mapping of WORKLOAD or WORKLOAD/CONTAINER to a folder, or to how it is built."""
    if not isinstance(node, Node):
        refuse(node, where, "a mapping", faults)
        return
    for name, build in node.items():
        workload, slash, container = name.partition("/")
        if not workload or "/" in container or (slash and not container):
            place = node.keys[name].origin if name in node.keys else build.origin
            message = f"{name!r} is no name of a workload or container"
            faults.append(InvalidInput(message, place, "write WORKLOAD or WORKLOAD/CONTAINER"))
        if isinstance(build, Node):
            check_fields(build, f"{where}.{name}", _FIELDS, faults)
        elif not is_null(build):
            check_text(build, f"{where}.{name}", faults)


def _check_args(node: AnyNode, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Node):
        refuse(node, where, "a mapping", faults)
        return
    for name, value in node.items():
        if not isinstance(value, Scalar):
            refuse(value, f"{where}.{name}", "a text", faults)


_FIELDS: dict[str, Check] = {**dict.fromkeys(BUILD_KEYS, check_text), "args": _check_args}


def read_builds(node: AnyNode | None, root: str) -> tuple[NamedBuild, ...]:
    """Read how images are built, in a shape that is right; folders are given relative to the current one."""
    if not isinstance(node, Node):
        return ()
    found = []
    for name, said in node.items():
        if is_null(said):
            continue
        workload, _, container = name.partition("/")
        place = node.keys[name].origin if name in node.keys else said.origin
        found.append(NamedBuild(workload, container, _read_build(said, root), place))
    return tuple(found)


def _read_build(node: AnyNode, root: str) -> Build:
    if isinstance(node, Scalar):
        return Build(context=move_context(node.text, root))
    if not isinstance(node, Node):
        return Build()
    said = {key: value.text for key, value in node.items() if isinstance(value, Scalar) and not is_null(value)}
    args = node.get("args")
    return Build(
        context=move_context(said.get("context", "."), root),
        dockerfile=said.get("dockerfile"),
        target=said.get("target"),
        args={name: _read_argument(value) for name, value in args.items()} if isinstance(args, Node) else {},
    )


def _read_argument(node: AnyNode) -> Text | None:
    """Read an argument; null is the variable of its name, which Compose takes from the shell."""
    if is_null(node) or not isinstance(node, Scalar):
        return None
    pieces = _VARIABLE.split(node.text)
    return make_text(
        [
            piece if index % 2 == 0 else "$" if piece == "$$" else Placeholder(piece, piece[2:-1])
            for index, piece in enumerate(pieces)
        ]
    )


def move_context(context: str, folder: str) -> str:
    """Give a build's folder that is relative to another one as it is from where that one is relative to."""
    if context.startswith("/") or _NOT_LOCAL.match(context):
        return context
    return normpath(join(folder, context))


def place_builds(builds: Iterable[NamedBuild], output: str) -> tuple[NamedBuild, ...]:
    """Give builds whose folders are seen from where an output is written (`-`: from the current folder)."""
    folder = "" if output == "-" else output if output.endswith("/") else os.path.dirname(output)
    placed = []
    for each in builds:
        context = each.build.context or "."
        if not context.startswith("/") and not _NOT_LOCAL.match(context):
            seen = relpath(context, folder or ".")
            context = seen if seen.startswith(".") else f"./{seen}"
        placed.append(replace(each, build=replace(each.build, context=context)))
    return tuple(placed)


def settle_builds(
    builds: Iterable[NamedBuild], definitions: Iterable[Definition], is_whole: bool
) -> dict[str, dict[str, NamedBuild]]:
    """Give the builds by workload and container; raises InvalidInput for one of no container there.

    `is_whole`: the definitions are all there are, and a workload that none of them has does not exist.
    """
    workloads = {key: each for one in definitions for key, each in one.application.workloads.items()}
    found: dict[str, dict[str, NamedBuild]] = {}
    for each in builds:
        workload = workloads.get(each.workload)
        if workload is not None:
            found.setdefault(each.workload, {})[_find_container(each, workload)] = each
        elif is_whole:
            message = f"builds name a workload {each.workload!r}, which this environment does not have"
            raise InvalidInput(message, each.origin, suggest(each.workload, workloads))
    return found


def _find_container(build: NamedBuild, workload: Workload) -> str:
    names = list(workload.containers)
    if not build.container and len(names) == 1:
        return names[0]
    name = build.container or build.workload
    if name in workload.containers:
        return name
    if build.container:
        message = f"builds name a container {build.container!r}, which workload {build.workload} does not have"
        raise InvalidInput(message, build.origin, suggest(build.container, names))
    message = f"workload {build.workload} has several containers, and builds do not say which"
    raise InvalidInput(message, build.origin, f"write {build.workload}/{names[0]}; there are {', '.join(names)}")


def with_builds(given: Mapping[str, Given], builds: Mapping[str, dict[str, NamedBuild]]) -> dict[str, Given]:
    """Add an environment's builds to what the command line says of workloads, which counts more."""
    added = {}
    for key, own in builds.items():
        said = given.get(key, Given())
        builds_there = {name: each.build for name, each in own.items()}
        added[key] = replace(said, builds={**builds_there, **said.builds})
    return {**given, **added}


def place_origins(
    definition: Definition, given: Mapping[str, Given], builds: Mapping[str, dict[str, NamedBuild]]
) -> Definition:
    """Give a definition that knows where its builds are said; those of the command line are nowhere."""
    table: dict[Path, Origin] = {
        ("workloads", key, "containers", name, "build"): each.origin
        for key, own in builds.items()
        for name, each in own.items()
        if key not in given or name not in given[key].builds
    }
    return replace(definition, origins=Origins({**definition.origins.table, **table})) if table else definition
