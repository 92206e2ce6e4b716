"""Load balancers that are provisioned, and the node ports of workloads that they lead to."""

from collections.abc import Iterator

from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.service_facts import label_of
from isomorph.drift.verdicts import DRIFT, Pair
from isomorph.model.workload import Workload

_NOTHING = Workload("")
_NODE_PORTS = range(30000, 32768)
"""Where Kubernetes takes node ports from: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport"""


_DIGITS = 5


class Leading:
    """A port of a load balancer and the node port behind it."""

    __slots__ = ("balancer", "port", "target", "uid")

    def __init__(self, uid: str, balancer: str, port: str, target: int) -> None:
        self.uid = uid
        self.balancer = balancer
        self.port = port
        self.target = target


def weigh_balancers(pair: Pair) -> None:
    """Tell the node ports that a load balancer leads to and no workload of its environment has, on one side only."""
    dangling = [{each.target: each for each in _find_dangling(view)} for view in (pair.a, pair.b)]
    for side, view in enumerate((pair.a, pair.b)):
        for target, each in dangling[side].items():
            if target in dangling[1 - side]:
                pair.equal += 1
                continue
            path = ("dependencies", each.uid, "parameters", "listeners", each.port)
            fact = Fact(str(target), path, "")
            places = [Place(pair.a, _NOTHING, "", None, ()), Place(pair.b, _NOTHING, "", None, ())]
            places[side] = Place(view, _NOTHING, "", None, ("dependencies", each.uid))
            scope = Scope(each.balancer, "", places[0], places[1])
            ours, theirs = (fact, None) if side == 0 else (None, fact)
            pair.tell(
                scope,
                "reference.dangling",
                str(target),
                ours,
                theirs,
                DRIFT,
                detail=f"the load balancer's port {each.port}",
            )


def _find_dangling(view: View) -> Iterator[Leading]:
    """Give what leads to a node port that nobody has; nothing where no workloads are known to lead to."""
    if not view.application.workloads:
        return
    offered = {
        exposure.port
        for workload in view.application.workloads.values()
        for port in workload.ports.values()
        for exposure in port.exposures
    }
    for uid, dependency in view.application.dependencies.items():
        if dependency.type != "load-balancer":
            continue
        listeners = (dependency.parameters or {}).get("listeners")
        for port, target in listeners.items() if isinstance(listeners, dict) else ():
            number = int(str(target)) if str(target).isdecimal() and len(str(target)) <= _DIGITS else 0
            if number in _NODE_PORTS and number not in offered:
                yield Leading(uid, dependency.id or label_of(uid), str(port), number)
