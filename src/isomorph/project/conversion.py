"""From definitions to another platform's: read, combine, normalise as the target can say it, write."""

import msgspec

from isomorph.model.application import Application, Definition
from isomorph.model.combine import combine
from isomorph.model.errors import Diagnostic, InvalidInput, InvalidInputs, UsageError
from isomorph.model.image import parse_image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.table import BY_NAME, load_support, load_writer

LOSSES = frozenset({"lost", "approximated", "extra-dropped"})
"""Codes of diagnostics that say that the output says less than the input."""


class Conversion(msgspec.Struct, frozen=True):
    """Files in the target platform's form, what was remarked on the way, and variables that the output leaves open."""

    files: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    variables: tuple[str, ...] = ()

    @property
    def is_lossy(self) -> bool:
        """Tell whether the output says less than the input."""
        return any(diagnostic.code in LOSSES for diagnostic in self.diagnostics)


def convert(definitions: list[Definition], target: str, options: WriteOptions) -> Conversion:
    """Write definitions, as one application, for a platform."""
    support = load_support(target).get("variable.configuration")
    keeps_references = support is not None and support.level == "full"
    definition = normalise(combine(definitions), resolve_configurations=not keeps_references)
    written = load_writer(target)(definition, options)
    return Conversion(written.files, (*definition.diagnostics, *written.diagnostics), written.variables)


def refuse_dependencies(definition: Definition) -> None:
    """Raise InvalidInputs, one fault a resource, where a Score file needs what this version cannot provision."""
    faults = [
        InvalidInput(
            f"resource {uid} is not provisioned yet: this version generates Score files without resources only",
            definition.origins.find(("dependencies", uid)),
            "take the resource out, or write its values as literals",
        )
        for uid in definition.application.dependencies
    ]
    if faults:
        raise InvalidInputs(faults)


def supply_image(definition: Definition, image: str) -> Definition:
    """Give the containers whose image is to be supplied later the one that is supplied now; UsageError for what is none."""
    if not image or any(character.isspace() for character in image):
        raise UsageError(f"{image!r} is no image, which is written [REGISTRY/]REPOSITORY[:TAG][@DIGEST]")
    supplied = parse_image(image)

    def with_image(container: Container) -> Container:
        if container.image is not None or container.build is not None:
            return container
        return msgspec.structs.replace(container, image=supplied)

    workloads = {
        key: msgspec.structs.replace(
            workload, containers={name: with_image(each) for name, each in workload.containers.items()}
        )
        for key, workload in definition.application.workloads.items()
    }
    application: Application = msgspec.structs.replace(definition.application, workloads=workloads)
    diagnostics = tuple(each for each in definition.diagnostics if each.code != "image-supplied-later")
    return msgspec.structs.replace(definition, application=application, diagnostics=diagnostics)


def writable_platforms() -> list[str]:
    """Give the names of the platforms that can be written."""
    return [name for name, platform in BY_NAME.items() if platform.writes]
