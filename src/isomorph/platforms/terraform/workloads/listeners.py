"""What load balancers of AWS lead to a target group: listeners, and rules by host and path.

Sources: website/docs/r/lb_listener and lb_listener_rule of hashicorp/aws. A path pattern that ends in `*` is the beginning of
paths; one with wildcards elsewhere is nothing that the model has a word for, and is told.
"""

from isomorph.model.origin import Path
from isomorph.model.workload import Route
from isomorph.platforms.terraform.module import Module, Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.tables import Part

LISTENERS = ("aws_lb_listener", "aws_alb_listener")
RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_TLS = ("HTTPS", "TLS")

ByType = dict[str, list[Resource]]


def _of(types: tuple[str, ...], by_type: ByType) -> list[Resource]:
    return [each for type_ in types for each in by_type.get(type_, [])]


def _leads_to(resource: Resource, group: Resource) -> bool:
    return any(link.address == group.address for link in resource.links)


def _listener_of(rule: Resource, module: Module) -> Resource | None:
    for link in rule.links:
        found = module.find(link.address)
        if link.path == ("listener_arn",) and isinstance(found, Resource) and found.type in LISTENERS:
            return found
    return None


def find_listeners(module: Module, by_type: ByType, group: Resource) -> list[Resource]:
    """Give the listeners that lead to a target group, by themselves or by a rule, each once."""
    found = {each.address: each for each in _of(LISTENERS, by_type) if _leads_to(each, group)}
    for rule in _of(RULES, by_type):
        listener = _listener_of(rule, module) if _leads_to(rule, group) else None
        if listener is not None:
            found[listener.address] = listener
    return list(found.values())


def read_rules(reading: Reading, by_type: ByType, group: Resource, port: int, path: Path) -> dict[str, Route]:
    """Read the rules that lead to a target group as ways in to a port of a workload."""
    found: dict[str, Route] = {}
    for rule in _of(RULES, by_type):
        if not _leads_to(rule, group):
            continue
        reading.read.add(rule.address)
        part = Part(reading, rule.body, path)
        listener = _listener_of(rule, reading.module)
        protocol = Part(reading, listener.body, ()).word("protocol") if listener is not None else None
        hosts, paths = _conditions(part)
        for host in hosts or [""]:
            for said in paths or ["/*"]:
                where = said.removesuffix("*").rstrip("/") or "/"
                if "*" in where or "?" in where:
                    message = f"{rule.address} leads by a pattern that is no beginning of paths"
                    reading.say("not-modelled", message, rule.origin)
                    continue
                match = "prefix" if said.endswith("*") else "exact"
                found[f"{host}{where}"] = Route(host, where, port, match, tls=protocol in _TLS or None)
                part.note(rule.origin, "routes", f"{host}{where}")
    return found


def _conditions(part: Part) -> tuple[list[str], list[str]]:
    """Give the hosts and paths of a rule's conditions."""
    hosts: list[str] = []
    paths: list[str] = []
    for condition in part.parts("condition"):
        for name, found in (("host_header", hosts), ("path_pattern", paths)):
            block = condition.part(name)
            found += (block.words("values") or ()) if block is not None else ()
    return hosts, paths
