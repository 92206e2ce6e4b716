"""What Score has no word for and the params of a resource say: what a volume is, and what a workload waits for."""

from collections.abc import Mapping
from typing import Any

from isomorph.model.application import Volume
from isomorph.model.workload import Order
from isomorph.platforms.score.quantities import print_memory

_CONDITIONS = ("started", "healthy", "complete")


def volume_params(volume: Volume) -> dict[str, Any]:
    """Give the params of a resource of type volume; a size that is not known yet is none of them."""
    params: dict[str, Any] = {}
    if volume.kind != "persistent":
        params["kind"] = volume.kind
    if isinstance(volume.size, int) and volume.size:
        params["size"] = print_memory(volume.size)
    if volume.storage_class:
        params["class"] = volume.storage_class
    if volume.access:
        params["access"] = volume.access[0] if len(volume.access) == 1 else list(volume.access)
    return params


def order_params(waited: str, order: Order, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Give the params of a resource of type service that is waited for; None where it is no workload of those named."""
    if waited not in names or order.condition not in _CONDITIONS:
        return None
    return {"workload": names[waited], "wait": order.condition}
