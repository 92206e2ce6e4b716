"""What an image brings, where a side leaves it to the image and its configuration was given."""

from typing import Protocol

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.image_config import ImageConfig
from isomorph.drift.spelling import normal_path
from isomorph.model.workload import Container


class ImageSource(Protocol):
    """Where the configuration of a container's image is found, if it was given."""

    def config_of(self, container: Container, folder: str = ".") -> ImageConfig | None: ...


def fill_from_image(scope: Scope, images: ImageSource) -> None:
    """Give each side what its image brings and it does not say; only where the other side does say it."""
    configs = [_config(place, images) for place in scope.sides]
    for place, other, config in zip(scope.sides, reversed(scope.sides), configs, strict=True):
        if config is not None:
            place.image = config
            _fill_facts(place, other, config)


def _config(place: Place, images: ImageSource) -> ImageConfig | None:
    if place.container is None:
        return None
    sources = place.view.definition.sources
    folder = sources[0].rpartition("/")[0] or "." if sources else "."
    return images.config_of(place.container, folder)


def _fill_facts(place: Place, other: Place, config: ImageConfig) -> None:
    values = {
        ("process.workdir", ""): None if config.workdir is None else normal_path(config.workdir or "/"),
        ("process.stop-signal", ""): config.stop_signal,
        ("security.user", ""): None if config.user is None else config.user or "0",
        ("security.group", ""): config.group or None,
    }
    for key, value in values.items():
        if value is not None and key in other.facts and key not in place.facts:
            place.facts[key] = image_fact(place, value, key[0], config)


def image_fact(place: Place, value: str, field: str, config: ImageConfig) -> Fact:
    """Give a fact that stands in the image and not in the definition."""
    key = "0" if value == "root" and field == "security.user" else None
    return replace(
        Fact(value, (*place.base, "image"), field, key),
        from_image=config.origin_of(field.rpartition(".")[2].replace("-", "_")),
    )
