"""A definition as a stack file for `docker stack deploy`: what someone who knows Swarm well would write by hand.

The family's writer says it in Compose's form, of which a stack file is the older half; `stack_form` puts it into Swarm's
words. No `version` is written: Docker's client of 25 and later takes its absence for the newest.
"""

from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition, Extra
from isomorph.platforms.compose.write_fragments import ROUTES
from isomorph.platforms.compose.writer import finish, write_project
from isomorph.platforms.compose.writing import Target, Writing
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.swarm import PLATFORM
from isomorph.platforms.swarm.reducing import Reduction
from isomorph.platforms.swarm.stack_files import write_objects
from isomorph.platforms.swarm.stack_form import StackForm
from isomorph.platforms.swarm.support import REASONS
from isomorph.platforms.swarm.templates import FIELDS

FILE = "stack.yaml"

TARGET = Target(PLATFORM, REASONS, "always", apart=True, deployed=True, fields=FIELDS)


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a definition as `stack.yaml`, with the files of its configs and secrets beside it."""
    held = [extra for extra in definition.extras if extra.platform == PLATFORM and extra.path != ROUTES]
    rest = tuple(extra for extra in definition.extras if extra not in held)
    reduction = Reduction(replace(definition, extras=rest), options.quiet)
    writing = Writing(reduction.reduce(), options, TARGET)
    writing.diagnostics += reduction.diagnostics
    root = write_project(writing)
    root.pop("name", None)  # The stack is named where it is deployed.
    form = StackForm(writing, root, reduction.modes)
    form.change()
    write_objects(writing, root)
    form.drop_unknown()
    _put_back(writing, root, held)
    return finish(writing, root, FILE)


def _put_back(writing: Writing, root: dict[str, Any], held: list[Extra]) -> None:
    """Put back what Swarm itself ignored, or takes from a driver, where it was."""
    for extra in held:
        kind, name = extra.path[:2]
        if len(extra.path) > 4:
            target = _find_config(writing, root, extra)
        elif kind == "workloads":
            target = root["services"].get(writing.texts.service_names.get(name, ""))
        else:
            target = root.get(kind, {}).get(name)
            if target is not None:
                target.pop("external", None)
        if target is None:
            writing.report("lost", f"{'.'.join(map(str, extra.location))} has no place any more", extra.path)
            continue
        for step in extra.location[:-1]:
            target = target.setdefault(str(step), {})
        target.setdefault(str(extra.location[-1]), extra.value)


def _find_config(writing: Writing, root: dict[str, Any], extra: Extra) -> dict[str, Any] | None:
    """Find the config that is mounted where a file of a container was."""
    service = root["services"].get(writing.container_services.get((extra.path[1], extra.path[3]), ""), {})
    source = next((grant["source"] for grant in service.get("configs", ()) if grant["target"] == extra.path[5]), "")
    found: dict[str, Any] | None = root.get("configs", {}).get(source)
    return found
