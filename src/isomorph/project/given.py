"""What the command line says of a workload besides its Score file: an image, builds, overrides.

The state keeps it, so that a workload which is generated along with others later comes out as it did.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import UsageError
from isomorph.model.image import Build, parse_image
from isomorph.model.workload import Container, Workload

ENVIRONMENT, FILE, PROPERTY = "environment-overrides", "overrides-file", "override-property"
"""Options of a Score definition that name what is laid over it."""

BUILD_KEYS = ("context", "dockerfile", "target", "args")


class Given(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was said of one workload: the image that was left open, files and properties laid over it, builds by container."""

    image: str = ""
    overrides: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    builds: dict[str, Build] = {}

    @property
    def options(self) -> dict[str, tuple[str, ...]]:
        """Give the overrides as options of the Score file's definition."""
        return {key: said for key, said in ((FILE, self.overrides), (PROPERTY, self.properties)) if said}

    def to_state(self) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
        """Give plain data for the state, and the places in it that are sealed: a property's value may be a password."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data, [("properties", str(index)) for index in range(len(self.properties))]


def from_state(data: Any) -> Given:
    """Read what `to_state` gave; what is no such thing is nothing."""
    try:
        return msgspec.convert(data, Given)
    except msgspec.ValidationError:
        return Given()


def parse_build(text: str) -> tuple[str, Build]:
    """Read `CONTAINER=DIR` or `CONTAINER={"context": …}`; raises UsageError for what is neither."""
    container, equals, said = text.partition("=")
    if not equals or not container or not said:
        raise UsageError(f"--build {text!r} is not CONTAINER=FOLDER or CONTAINER={{JSON}}")
    if not said.lstrip().startswith("{"):
        return container, Build(context=said)
    try:
        data = msgspec.json.decode(said, type=dict[str, Any])
        unknown = [key for key in data if key not in BUILD_KEYS]
        if unknown:
            raise UsageError(f"--build {container}: unknown key {unknown[0]!r}; there are {', '.join(BUILD_KEYS)}")
        return container, msgspec.convert(data, Build)
    except msgspec.MsgspecError as error:
        raise UsageError(f"--build {container}: {error}") from None


def supply(definition: Definition, given: Mapping[str, Given]) -> Definition:
    """Give the containers of a definition the images and builds that were said."""
    if not given:
        return definition
    supplied: set[str] = set()
    workloads: dict[str, Workload] = {}
    for key, workload in definition.application.workloads.items():
        said = given.get(key)
        if said is None or not (said.image or said.builds):
            workloads[key] = workload
            continue
        _check_builds(workload, said)
        containers = {name: _supply_container(name, container, said) for name, container in workload.containers.items()}
        workloads[key] = replace(workload, containers=containers)
        supplied.add(key)
    if not supplied:
        return definition
    diagnostics = tuple(
        each
        for each in definition.diagnostics
        if each.code != "image-supplied-later" or len(each.path) < 2 or each.path[1] not in supplied
    )
    application = replace(definition.application, workloads=workloads)
    return replace(definition, application=application, diagnostics=diagnostics)


def _supply_container(name: str, container: Container, said: Given) -> Container:
    build = said.builds.get(name)
    if build is not None:
        return replace(container, build=build)
    if container.image is None and container.build is None and said.image:
        return replace(container, image=parse_image(said.image))
    return container


def _check_builds(workload: Workload, said: Given) -> None:
    for name in said.builds:
        if name not in workload.containers:
            known = ", ".join(workload.containers)
            raise UsageError(f"--build {name}: {workload.name} has no such container; there are {known}")


def check_image(image: str) -> str:
    """Give an image that was said; raises UsageError for what is none."""
    if not image or any(character.isspace() for character in image):
        raise UsageError(f"{image!r} is no image, which is written [REGISTRY/]REPOSITORY[:TAG][@DIGEST]")
    return image
