"""Resources that run workloads, to the model."""

from isomorph.model.workload import Workload
from isomorph.platforms.terraform.module import Module
from isomorph.platforms.terraform.reading import Reading


def read_workloads(module: Module, reading: Reading) -> dict[str, Workload]:
    """Give the workloads of a configuration by their names, in the order of their resources."""
    workloads: dict[str, Workload] = {}
    return workloads
