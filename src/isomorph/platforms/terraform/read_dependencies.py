"""Resources and modules that workloads depend on, to the model."""

from isomorph.model.application import Dependency
from isomorph.platforms.terraform.module import Module
from isomorph.platforms.terraform.reading import Reading


def read_dependencies(module: Module, reading: Reading) -> dict[str, Dependency]:
    """Give the dependencies of a configuration by their names, in the order of their resources."""
    dependencies: dict[str, Dependency] = {}
    return dependencies
