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
    by_image: dict[tuple[int, str], list[_Spare]] = {}
    by_name: dict[tuple[int, str], list[_Spare]] = {}
    for spare in _spare_containers(scopes):
        image = repository_of(spare.container)
        if image is not None:
            by_image.setdefault((spare.side, image), []).append(spare)
        by_name.setdefault((spare.side, normal_name(spare.name)), []).append(spare)
    if not by_name:
        return beside
    for name, side, key in alone:
        workload = (pair.a, pair.b)[side].application.workloads[key]
        if len(workload.containers) != 1:
            continue
        image = repository_of(next(iter(workload.containers.values())))
        found = by_image.get((1 - side, image), []) if image is not None else []
        found = found or by_name.get((1 - side, normal_name(key)), [])
        if len(found) == 1 and (found[0].scope.workload, found[0].name) not in beside.containers:
            beside.workloads.add(name)
            beside.containers.add((found[0].scope.workload, found[0].name))
            beside.found.append((name, side, key, found[0].scope, found[0].name))
    return beside


class _Spare:
    """A container that one side of a workload has too many."""

    __slots__ = ("container", "name", "scope", "side")

    def __init__(self, scope: Scope, side: int, name: str, container: Container) -> None:
        self.scope = scope
        self.side = side
        self.name = name
        self.container = container


def _spare_containers(scopes: dict[str, Scope]) -> Iterator[_Spare]:
    for scope in scopes.values():
        ours, theirs = scope.a.workload.containers, scope.b.workload.containers
        if len(ours) == len(theirs) == 1:
            continue
        for aligned in align_containers(ours, theirs):
            if aligned.a is None and aligned.b is not None:
                yield _Spare(scope, 1, aligned.b, theirs[aligned.b])
            elif aligned.b is None and aligned.a is not None:
                yield _Spare(scope, 0, aligned.a, ours[aligned.a])


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
