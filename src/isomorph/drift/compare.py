"""The judge: two or more environments in, a report of their drift out. Linear in what is read.

For each pair of environments, in two passes over the aligned workloads: first what belongs to a workload (kind, ports,
names, scale, life cycle), then what belongs to its containers, whose texts refer to the ports and names of the first pass.
"""

from collections.abc import Iterable
from itertools import combinations

from isomorph.drift.align import Alignment, ContainerPair, Declared, align, align_containers
from isomorph.drift.beside import Beside, find_beside, weigh_beside
from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.facts_capacity import weigh_compute, weigh_kind, weigh_restart, weigh_scale
from isomorph.drift.facts_dependencies import weigh_dependencies
from isomorph.drift.facts_files import weigh_files
from isomorph.drift.facts_image import read_image, weigh_image
from isomorph.drift.facts_order import polling_containers, weigh_order
from isomorph.drift.facts_ports import tell_lost_names, weigh_names, weigh_ports, weigh_routes
from isomorph.drift.facts_probes import weigh_probes
from isomorph.drift.facts_process import read_process, weigh_process, weigh_stop_grace
from isomorph.drift.facts_realised import weigh_realised
from isomorph.drift.facts_security import (
    read_security,
    weigh_capabilities,
    weigh_host_namespaces,
    weigh_placement,
    weigh_reach,
)
from isomorph.drift.facts_storage import weigh_mounts
from isomorph.drift.facts_variables import weigh_variables
from isomorph.drift.finding import AlignedWorkload, Environment, Report, Verdict
from isomorph.drift.findings import make_findings
from isomorph.drift.image_facts import ImageSource, fill_from_image
from isomorph.drift.load_balancers import weigh_balancers
from isomorph.drift.realisations import find_realised
from isomorph.drift.reasons import CANNOT_SAY
from isomorph.drift.verdicts import Pair
from isomorph.model.errors import Diagnostic
from isomorph.model.workload import Container, Kind, Role, Workload
from isomorph.platforms.platform import Support

_NOTHING = Workload("")
_RUNS_NO_JOBS = frozenset(("marathon",))
"""Platforms that start again whatever ended, so that a workload that ends is left out of their definitions."""
_INFRASTRUCTURE = frozenset(("terraform",))
"""Platforms whose definitions may be about what workloads depend on alone: without a workload they say nothing of them."""
_WEIGHED_APART = frozenset(
    (
        "image.registry",
        "image.repository",
        "image.tag",
        "image.digest",
        "image.pull-policy",
        "process.workdir",
        "process.stop-signal",
        "process.stop-grace",
    )
)


def compare(
    environments: list[Environment],
    *,
    image_configs: ImageSource | None = None,
    align: Declared | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
) -> Report:
    """Compare every pair of environments, or those of `pairs`.

    `image_configs` settles what a side leaves to its image; `align` names workloads that are one though nothing shows it:
    common name -> environment -> workload.
    """
    views = [View(index, environment) for index, environment in enumerate(environments)]
    alignment = _align(views, align)
    named = {view.name: view for view in views}
    chosen = combinations(views, 2) if pairs is None else ((named[a], named[b]) for a, b in pairs)
    compared = [_compare_pair(a, b, alignment, align, image_configs) for a, b in chosen]
    counts = [pair.count() for pair in compared]
    summary = {verdict.value: sum(each[verdict.value] for each in counts) for verdict in Verdict}
    diagnostics: list[Diagnostic] = [each for view in views for each in view.definition.diagnostics]
    return Report(
        environments=tuple(environments),
        workloads=tuple(_aligned(views, alignment)),
        findings=tuple(make_findings(compared)),
        diagnostics=(*diagnostics, *alignment.diagnostics, *(each for pair in compared for each in pair.diagnostics)),
        summary=summary,
    )


def _align(views: list[View], declared: Declared | None) -> Alignment:
    return align(views, declared)


def _aligned(views: list[View], alignment: Alignment) -> list[AlignedWorkload]:
    rows = [
        AlignedWorkload(
            group.name, {view.name: key for view, key in zip(views, group.keys, strict=True) if key is not None}
        )
        for group in alignment.groups
    ]
    return sorted(rows, key=lambda row: row.name)


def _compare_pair(
    a: View, b: View, alignment: Alignment, declared: Declared | None, images: ImageSource | None
) -> Pair:
    pair = Pair(a, b)
    scopes: dict[str, Scope] = {}
    alone: list[tuple[str, int, str]] = []
    for group in alignment.groups:
        ours, theirs = group.keys[a.index], group.keys[b.index]
        if ours is not None and theirs is not None:
            scopes[group.name] = _scope(group.name, a, ours, b, theirs)
        elif ours is not None:
            alone.append((group.name, 0, ours))
        elif theirs is not None:
            alone.append((group.name, 1, theirs))
    beside = find_beside(pair, scopes, alone)
    realised = find_realised(pair, [each for each in alone if each[0] not in beside.workloads], declared)
    for name, side, key in alone:
        if name not in beside.workloads and (side, key) not in pair.realised:
            _tell_missing(pair, name, side, key)
    weigh_realised(pair, realised)
    weigh_balancers(pair)
    for scope in scopes.values():
        _weigh_workload(pair, scope)
    for scope in scopes.values():
        _weigh_containers(pair, scope, beside, images)
    for part in weigh_beside(pair, beside):
        _weigh_container(pair, part, images)
    tell_lost_names(pair, scopes)
    return pair


def _scope(name: str, a: View, ours: str, b: View, theirs: str) -> Scope:
    places = [
        Place(view, view.application.workloads[key], key, None, ("workloads", key))
        for view, key in ((a, ours), (b, theirs))
    ]
    return Scope(name, "", places[0], places[1])


def _tell_missing(pair: Pair, name: str, side: int, key: str) -> None:
    view = (pair.a, pair.b)[side]
    places = [Place(each, _NOTHING, "", None, ()) for each in (pair.a, pair.b)]
    places[side] = Place(view, view.application.workloads[key], key, None, ("workloads", key))
    fact = Fact(key, ("workloads", key), "")
    ours, theirs = (fact, None) if side == 0 else (None, fact)
    scope = Scope(name, "", places[0], places[1])
    row = _no_jobs(pair, places[side], (pair.a, pair.b)[1 - side])
    silent = (pair.a, pair.b)[1 - side]
    if silent.said_by or (silent.platform in _INFRASTRUCTURE and not silent.application.workloads):
        pair.tell(scope, "workload.missing", "", ours, theirs, Verdict.UNSAID)
        return
    verdict, reason = (Verdict.MISSING, None) if row is None else (Verdict.EXPECTED, f"{CANNOT_SAY}: {row.reason}")
    pair.tell(scope, "workload.missing", "", ours, theirs, verdict, reason)


def _no_jobs(pair: Pair, place: Place, silent: View) -> Support | None:
    """Give the declaration by which a platform has no way to run what ends, where such a workload is not there."""
    kind, restart = place.workload.kind, place.workload.restart
    ends = kind in (Kind.JOB, Kind.SCHEDULED) or (restart is not None and restart.policy in ("never", "on-failure"))
    if pair.same_platform or silent.family not in _RUNS_NO_JOBS or not ends:
        return None
    return silent.cannot_say("kind.scheduled" if kind is Kind.SCHEDULED else "kind.job")


def _weigh_workload(pair: Pair, scope: Scope) -> None:
    """Judge what belongs to a workload as a whole."""
    weigh_kind(pair, scope)
    weigh_ports(pair, scope)
    weigh_routes(pair, scope)
    weigh_names(pair, scope)
    weigh_scale(pair, scope)
    weigh_restart(pair, scope)
    weigh_host_namespaces(pair, scope)
    weigh_placement(pair, scope)
    weigh_reach(pair, scope)
    weigh_dependencies(pair, scope)


def _weigh_containers(pair: Pair, scope: Scope, beside: Beside, images: ImageSource | None) -> None:
    """Judge the order of a workload and each of its containers; those that only wait, on one side alone, are order only."""
    sides = scope.sides
    polled = [polling_containers(place.view, place.workload) for place in sides]
    weigh_order(pair, scope, (polled[0], polled[1]))
    shared = scope.a.workload.containers.keys() & scope.b.workload.containers.keys()
    left = [
        {name: each for name, each in place.workload.containers.items() if name not in waiting or name in shared}
        for place, waiting in zip(sides, polled, strict=True)
    ]
    whole: list[Scope] = []
    several = max(len(left[0]), len(left[1])) > 1
    pairs = align_containers(left[0], left[1])
    first = next((each for each in pairs if _is_main(each, left)), None)
    for aligned in pairs:
        shown = aligned.name if several else ""
        part = Scope(
            scope.workload,
            shown,
            _container_place(scope.a, aligned.a, left[0]),
            _container_place(scope.b, aligned.b, left[1]),
        )
        if aligned is first:
            part.known_as = ""
        if aligned.a is not None and aligned.b is not None:
            _weigh_container(pair, part, images)
            whole.append(part)
        elif (scope.workload, aligned.name) not in beside.containers:
            facts = [
                None
                if key is None
                else Fact(key, (*place.base, "containers", key), f"container.{container_role(place, key)}")
                for place, key in zip(sides, (aligned.a, aligned.b), strict=True)
            ]
            part.container = part.known_as = aligned.name
            pair.weigh(part, "container.missing", "", facts[0], facts[1])
    if whole:
        whole.sort(key=lambda part: part.a.container is None or part.a.container.role is not Role.MAIN)
        weigh_stop_grace(pair, whole)


def _is_main(aligned: ContainerPair, left: list[dict[str, Container]]) -> bool:
    """Tell whether both sides have a container and it is a main one."""
    return all(
        key is not None and side[key].role is Role.MAIN for key, side in zip((aligned.a, aligned.b), left, strict=True)
    )


def container_role(place: Place, key: str) -> str:
    """Give the role of a container as the rows of the support tables name it."""
    return place.workload.containers[key].role.value


def _container_place(place: Place, key: str | None, containers: dict[str, Container]) -> Place:
    if key is None:
        return Place(place.view, place.workload, place.key, None, place.base)
    return Place(place.view, place.workload, place.key, containers[key], (*place.base, "containers", key))


def _weigh_container(pair: Pair, scope: Scope, images: ImageSource | None) -> None:
    """Judge one container that both sides have."""
    for place in scope.sides:
        read_image(place)
        read_process(place)
        read_security(place)
    if images is not None:
        fill_from_image(scope, images)
    weigh_image(pair, scope)
    weigh_process(pair, scope)
    weigh_variables(pair, scope)
    mounted = weigh_mounts(pair, scope)
    weigh_files(pair, scope, mounted)
    weigh_probes(pair, scope)
    weigh_compute(pair, scope)
    weigh_capabilities(pair, scope)
    pair.weigh_facts(scope, _WEIGHED_APART)
