"""Stack files as `docker stack deploy` finds and checks them: by its own schema, with variables of the shell alone."""

import os.path

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.origin import Origin
from isomorph.platforms.compose.environment import Environment, read_environment
from isomorph.platforms.compose.loading import Loader
from isomorph.platforms.compose.paths import join_path
from isomorph.platforms.compose.schema import check_shape
from isomorph.platforms.context import Context, Source
from isomorph.platforms.swarm.ignored import FORBIDDEN, OF_COMPOSE
from isomorph.platforms.swarm.interpolation import StackSubstitution
from isomorph.syntax.tree import Mapping, Scalar

SCHEMA = os.path.join(os.path.dirname(__file__), "stack-schema.json")

NAMES = (
    "stack.yaml", "stack.yml", "docker-stack.yaml", "docker-stack.yml",
    "docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml",
)  # fmt: skip
"""Files that are looked for in a folder; `docker stack deploy` itself wants to be told."""

NEWEST = 13
"""The last of version 3's minor versions (docker/cli, cli/compose/schema/data)."""


class StackLoader(Loader):
    """Reads and merges the files of one stack; each is checked for itself, as `docker stack deploy` does it."""

    substitution = StackSubstitution

    def parse(self, path: str, environment: Environment, what: str, origin: Origin | None = None) -> list[Mapping]:
        """Read a file's documents; raises InvalidInputs with everything for which the file is refused."""
        roots = super().parse(path, environment, what, origin)
        for root in roots:
            check_stack(root)
        return roots


def check_stack(root: Mapping) -> None:
    """Check one stack file; raises InvalidInputs with every fault in it, or InvalidInput for a single one."""
    faults = [*_check_version(root), *_check_forbidden(root)]
    forbidden = {fault.origin for fault in faults}
    try:
        check_shape(root, SCHEMA)
    except InvalidInputs as several:
        faults += [_with_hint(fault) for fault in several.faults if fault.origin not in forbidden]
    except InvalidInput as fault:
        if fault.origin not in forbidden:
            faults.append(_with_hint(fault))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise InvalidInputs(sorted(faults, key=_position))


def _check_version(root: Mapping) -> list[InvalidInput]:
    version = root.get("version")
    if not isinstance(version, Scalar) or not isinstance(version.value, str):
        return []  # None is the newest; what is no text, the schema tells.
    major, _, minor = version.text.partition(".")
    if version.text == "" or (major == "3" and (not minor or (minor.isdecimal() and int(minor) <= NEWEST))):
        return []
    message = f"version {version.text!r} is none that `docker stack deploy` reads"
    return [InvalidInput(message, version.origin, "remove the line: the newest of version 3 is meant")]


def _check_forbidden(root: Mapping) -> list[InvalidInput]:
    services = root.get("services")
    return [
        InvalidInput(f"service {name}: `docker stack deploy` refuses {key}", service.keys[key].origin, FORBIDDEN[key])
        for name, service in (services.items() if isinstance(services, Mapping) else ())
        if isinstance(service, Mapping)
        for key in service
        if key in FORBIDDEN and key in service.keys
    ]


def _with_hint(fault: InvalidInput) -> InvalidInput:
    """Say of a field that only docker compose knows what a stack file has instead."""
    if not fault.message.startswith("unknown field '"):
        return fault
    field = fault.message.split("'")[1]
    hint = OF_COMPOSE.get(field)
    if hint is None:
        return fault
    return InvalidInput(f"{fault.message}: `docker stack deploy` refuses it", fault.origin, hint)


def _position(fault: InvalidInput) -> tuple[str, int, int]:
    origin = fault.origin or Origin("")
    return origin.file, origin.line, origin.column


def find_files(source: Source, context: Context) -> list[str]:
    """Give the files of a stack: the path itself, or in a folder the first that is there by its name, then `?file=`."""
    named = list(source.options.get("file", ()))
    path = source.path
    if path == "-" or not context.files.is_folder(path):
        return [path, *named]
    present = set(context.files.list_folder(path))
    default = next((name for name in NAMES if name in present), None)
    if default is not None:
        return [join_path(path, default), *named]
    if named:
        return named
    raise InvalidInput(f"no stack file in folder {path}", Origin(path), f"it looks for {', '.join(NAMES)}")


def read_shell(context: Context, folder: str, named: tuple[str, ...]) -> Environment:
    """Give the variables of the shell, and those of env files that are named: they were loaded into it beforehand.

    No `.env` is read by itself, for `docker stack deploy` reads none (docker/cli, cli/command/stack/loader/loader.go).
    """
    return read_environment(context, folder, named) if named else Environment(context.environment)
