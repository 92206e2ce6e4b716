"""A container that runs beside another on one side and as a workload of its own on the other: aligned, and told once."""

from collections.abc import Iterator

from isomorph.drift.align import align_containers, normal_name, repository_of
from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.verdicts import DRIFT, Pair
from isomorph.model.workload import Container


class Beside:
    """What was found: per lone workload its container's counterpart, and the containers that are no longer missing."""

    __slots__ = ("containers", "found", "workloads")

    def __init__(self) -> None:
        self.workloads: set[str] = set()
        self.containers: set[tuple[str, str]] = set()
        self.found: list[tuple[str, int, str, Scope, str]] = []


def find_beside(pair: Pair, scopes: dict[str, Scope], alone: list[tuple[str, int, str]]) -> Beside:
    """Match workloads of one container that one side lacks with containers that the other side has too many.

    The image must be the same, and just one of each; else the container's name must be the workload's.
    """
    beside = Beside()
    if not alone:
        return beside
    spare = list(_spare_containers(scopes))
    if not spare:
        return beside
    for name, side, key in alone:
        workload = (pair.a, pair.b)[side].application.workloads[key]
        if len(workload.containers) != 1:
            continue
        own = next(iter(workload.containers.values()))
        found = [each for each in spare if each[1] != side and _is_same(own, key, each[3], each[2])]
        if len(found) == 1 and (found[0][0].workload, found[0][2]) not in beside.containers:
            scope, _side, container, _ = found[0]
            beside.workloads.add(name)
            beside.containers.add((scope.workload, container))
            beside.found.append((name, side, key, scope, container))
    return beside


def _spare_containers(scopes: dict[str, Scope]) -> Iterator[tuple[Scope, int, str, Container]]:
    for scope in scopes.values():
        ours, theirs = scope.a.workload.containers, scope.b.workload.containers
        if len(ours) == len(theirs) == 1:
            continue
        for aligned in align_containers(ours, theirs):
            if aligned.a is None and aligned.b is not None:
                yield scope, 1, aligned.b, theirs[aligned.b]
            elif aligned.b is None and aligned.a is not None:
                yield scope, 0, aligned.a, ours[aligned.a]


def _is_same(own: Container, key: str, other: Container, name: str) -> bool:
    image = repository_of(own)
    if image is not None and image == repository_of(other):
        return True
    return normal_name(key) == normal_name(name)


def weigh_beside(pair: Pair, beside: Beside) -> Iterator[Scope]:
    """Tell each such container once, and give the scopes in which its contents are judged."""
    for name, side, key, scope, container in beside.found:
        alone = (pair.a, pair.b)[side]
        workload = alone.application.workloads[key]
        own_key, own = next(iter(workload.containers.items()))
        holder = scope.sides[1 - side]
        places = [
            Place(alone, workload, key, own, ("workloads", key, "containers", own_key)),
            Place(
                holder.view,
                holder.workload,
                holder.key,
                holder.workload.containers[container],
                (*holder.base, "containers", container),
            ),
        ]
        facts = [
            Fact(f"workload {key}", ("workloads", key), ""),
            Fact(f"container {container} of {holder.key}", places[1].base, ""),
        ]
        if side == 1:
            places.reverse()
            facts.reverse()
        told = Scope(scope.workload, container, places[0], places[1])
        pair.tell(told, "container.missing", "", facts[0], facts[1], DRIFT)
        yield Scope(name, "", places[0], places[1])
