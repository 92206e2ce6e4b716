"""The variables by which Kubernetes tells containers of the Services of their namespace: `CARTS_SERVICE_HOST`.

Source: kubernetes.io/docs/tutorials/services/connect-applications-service and k8s.io/kubernetes/pkg/kubelet/envvars. They
are read only where `$(…)` names one: a host is the Service's name here, since its address is not known before it runs.
"""

from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at, port_at, text_at
from isomorph.platforms.kubernetes.reading import Object, Objects

_HOST = "_SERVICE_HOST"
_PORT = "_SERVICE_PORT"


class ServiceLinks:
    """The variables of all Services, by namespace and name; put together when the first is asked for."""

    __slots__ = ("_objects", "_table")

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._table: dict[tuple[str, str], str] | None = None

    def find(self, namespace: str, name: str) -> str | None:
        """Give the value of a variable, None where no Service makes it."""
        if _HOST not in name and _PORT not in name:
            return None
        if self._table is None:
            self._table = {}
            for item in self._objects.of("Service"):
                _add_variables(item, self._table)
        return self._table.get((namespace, name))


def _add_variables(item: Object, table: dict[tuple[str, str], str]) -> None:
    spec = mapping_at(item.node, "spec")
    if spec is None or text_at(spec, "clusterIP") == "None" or text_at(spec, "type") == "ExternalName":
        return
    prefix = item.name.upper().replace("-", "_")
    table[item.place, prefix + _HOST] = item.name
    for index, port in enumerate(mappings_at(spec, "ports")):
        number = port_at(port, "port")
        if number is None:
            continue
        if index == 0:
            table[item.place, prefix + _PORT] = str(number)
        name = text_at(port, "name")
        if name:
            table[item.place, f"{prefix}{_PORT}_{name.upper().replace('-', '_')}"] = str(number)
