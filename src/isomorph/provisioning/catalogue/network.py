"""Names and ways in: DNS names, HTTP routes, and the services of other workloads."""

import re

from isomorph.model.errors import Diagnostic
from isomorph.model.text import Address, Text
from isomorph.model.workload import Route
from isomorph.provisioning.catalogue.declaration import Declaration, Draw, param_error, text_param
from isomorph.provisioning.contract import Parts, Request, Result, ServicePort, WorkloadService
from isomorph.provisioning.references import suggest

ROUTER_PORT = 8080
"""The port of the machine that a Compose project's router listens on."""

PATH_TYPE = "compose.score.dev/route-provisioner-path-type"
"""The annotation by which the reference tool for Compose is told how a path matches."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_PATH = re.compile(r"/[^\s?#]*")
_MATCHES = ("prefix", "exact")
_WAITS = ("started", "healthy", "complete")


def _realise_dns(request: Request, draw: Draw, port: str = "") -> Result:
    resource = request.resource
    domain = text_param(request, "domain", "localhost").lower().strip(".")
    # No realisation is called as a workload is, so the two kinds of names never meet.
    own = resource.id == f"{resource.workload}.dns"
    label = request.state.get("label") or (resource.workload if own else request.name)
    host = f"{label}.{domain}".lower()
    if not _HOST.fullmatch(host) or len(host) > 253 or host.startswith("*"):
        raise param_error(request, "domain", f"makes {host!r}, which is no name of a host", "write shop.example.com")
    return Result(outputs={"host": host, "url": f"http://{host}{port}"}, state={"name": request.name, "label": label})


def _realise_dns_beside_router(request: Request, draw: Draw) -> Result:
    return _realise_dns(request, draw, f":{ROUTER_PORT}")


DNS = Declaration(
    type="dns",
    description="A DNS name of the workload below a domain, localhost unless another is said.",
    params=("domain",),
    outputs=("host", "url"),
    realise=_realise_dns,
    own={"compose": _realise_dns_beside_router},
)


def _realise_route(request: Request, draw: Draw) -> Result:
    workload = request.resource.workload
    host = text_param(request, "host")
    if host and not _HOST.fullmatch(host):
        message = f"is {host!r}, which is no name of a host"
        raise param_error(request, "host", message, "write shop.example.com, or ${resources.NAME.host} of a dns")
    path = text_param(request, "path", "/")
    if not _PATH.fullmatch(path):
        raise param_error(request, "path", f"is {path!r}", "a path begins with / and has no query")
    service = request.services.get(workload) or WorkloadService(workload)
    port = _find_port(request, service)
    route = Route(host, path, port.port, _find_match(request))
    return Result(parts=Parts(routes={workload: {f"{host}{path}": route}}))


def _find_match(request: Request) -> str:
    annotations = request.resource.metadata.get("annotations")
    said = annotations.get(PATH_TYPE) if isinstance(annotations, dict) else None
    match = text_param(request, "match", str(said or "prefix")).lower()
    if match not in _MATCHES:
        raise param_error(request, "match", f"is {match!r}", f"there are {', '.join(_MATCHES)}")
    return match


def _find_port(request: Request, service: WorkloadService) -> ServicePort:
    """Give the port of a workload that the param `port` names, by its name or the number that peers see."""
    wanted, ports = text_param(request, "port"), service.ports
    if not wanted and len(ports) == 1:
        return next(iter(ports.values()))
    found = ports.get(wanted) or next((port for port in ports.values() if str(port.port) == wanted), None)
    if found is None:
        known = [name if name == str(port.port) else f"{name} ({port.port})" for name, port in ports.items()]
        message = f"is {wanted!r}, and {service.name} has no such service port" if wanted else "is needed"
        raise param_error(request, "port", message, suggest(wanted, known, "its service ports are"))
    return found


ROUTE = Declaration(
    type="route",
    description="An HTTP route from a host (none: any) and path to a service port of the workload.",
    params=("host", "path", "port", "match"),
    outputs=(),
    realise=_realise_route,
)


def _find_workload(request: Request) -> str:
    """Give the workload that a resource stands for: the one its params name, else the one it is itself named after."""
    resource = request.resource
    return text_param(request, "workload") or resource.id.removeprefix(f"{resource.workload}.")


def _find_service(request: Request, workload: str) -> WorkloadService | None:
    """Give the service of a workload, None where the definition has one workload only: the other is generated apart."""
    service = request.services.get(workload)
    if service is None and request.services.keys() - {request.resource.workload}:
        hint = suggest(workload, request.services, "the workloads are")
        raise param_error(request, "workload", f"is {workload!r}, which is no workload here", hint)
    return service


def _tell_missing(request: Request, workload: str) -> Diagnostic:
    message = (
        f"resource {request.resource.uid} stands for the workload {workload}, which is not among those generated; "
        "its name was written as it is"
    )
    return Diagnostic("missing-reference", message, request.resource.origin)


def _to_address(workload: str, service: WorkloadService, port: ServicePort) -> Text:
    """Give the address of a service port: its number is the Service's, which each platform's writer makes its own."""
    return (Address(workload, service.name, port.port),)


def _find_wait(request: Request, workload: str) -> dict[str, str]:
    """Give until when whoever uses a workload waits for it, where that is said."""
    condition = text_param(request, "wait").lower()
    if not condition:
        return {}
    if condition not in _WAITS:
        raise param_error(request, "wait", f"is {condition!r}", suggest(condition, _WAITS))
    if workload == request.resource.workload:
        raise param_error(request, "wait", f"lets {workload} wait for itself", "name another workload")
    return {workload: condition}


def _realise_service(request: Request, draw: Draw, *, direct: bool = False) -> Result:
    workload = _find_workload(request)
    wait = _find_wait(request, workload)
    service = _find_service(request, workload)
    if service is None:
        outputs = dict.fromkeys(("name", "host", "hostname"), workload)
        return Result(outputs=outputs, diagnostics=(_tell_missing(request, workload),))
    text: Text = (Address(workload, service.name),)
    references = dict.fromkeys(("name", "host", "hostname"), text)
    known: dict[str, str | int] = dict.fromkeys(references, service.name)
    pairs: dict[tuple[str, str], Text] = {}
    first = next(iter(service.ports.values()), None)
    if first is not None:
        known["port"] = first.target if direct else first.port
        pairs = dict.fromkeys(((name, "port") for name in references), _to_address(workload, service, first))
    return Result(outputs=known, references=references, pairs=pairs, parts=Parts(waits=wait))


def _realise_service_directly(request: Request, draw: Draw) -> Result:
    return _realise_service(request, draw, direct=True)


SERVICE = Declaration(
    type="service",
    description="Another workload of the application: its name for those that connect to it, its first port, and until when "
    "they wait for it.",
    params=("workload", "wait"),
    outputs=("name", "host", "hostname"),
    realise=_realise_service,
    own={"compose": _realise_service_directly},  # Peers there connect to the container's port.
)


def _realise_service_port(request: Request, draw: Draw, *, direct: bool = False) -> Result:
    workload = text_param(request, "workload")
    if not workload:
        hint = suggest("", request.services, "the workloads are")
        raise param_error(request, "workload", "is needed: the workload to connect to", hint)
    if not text_param(request, "port"):
        raise param_error(request, "port", "is needed: the name or number of a service port of that workload")
    service = _find_service(request, workload)
    if service is None:
        hint = "generate both workloads at once, for the port is known by the other's definition only"
        raise param_error(request, "workload", f"is {workload!r}, which is no workload here", hint)
    port = _find_port(request, service)
    return Result(
        outputs={"hostname": service.name, "port": port.target if direct else port.port},
        references={"hostname": (Address(workload, service.name),)},
        pairs={("hostname", "port"): _to_address(workload, service, port)},
    )


def _realise_service_port_directly(request: Request, draw: Draw) -> Result:
    return _realise_service_port(request, draw, direct=True)


SERVICE_PORT = Declaration(
    type="service-port",
    description="A service port of another workload: the host and the port to connect to.",
    params=("workload", "port"),
    outputs=("hostname", "port"),
    realise=_realise_service_port,
    own={"compose": _realise_service_port_directly},  # Peers there connect to the container's port.
)
