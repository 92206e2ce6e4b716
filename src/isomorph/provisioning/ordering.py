"""The order in which resources are provisioned: each after those whose outputs its params refer to."""

from collections.abc import Iterator, Mapping

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.provisioning.references import find_uids
from isomorph.provisioning.uids import Declared


def order_resources(resources: Mapping[str, Declared]) -> list[str]:
    """Give the uids in the order in which they are provisioned: the same whatever the order of the definitions.

    Takes time in proportion to resources and references (and the sorting of uids). Raises InvalidInput for a placeholder
    that names nothing, and for a cycle, naming every resource in it and where each is defined.
    """
    needs = {uid: find_uids(declared) for uid, declared in resources.items()}
    for uid, needed in needs.items():
        for each in needed:
            if each not in needs:
                raise InvalidInput(
                    f"resource {uid} refers to {each}, which is not defined", resources[uid].resource.origin
                )
    return sort_needs(needs, {uid: declared.resource.origin for uid, declared in resources.items()})


def sort_needs(needs: Mapping[str, tuple[str, ...]], origins: Mapping[str, Origin | None]) -> list[str]:
    """Sort a graph of uid -> uids that come before it; independent ones come by name."""
    done: dict[str, None] = {}
    path: dict[str, None] = {}  # The uids that wait for one another now, in order.
    for root in sorted(needs):
        if root in done:
            continue
        path[root] = None
        open_: list[tuple[str, Iterator[str]]] = [(root, iter(sorted(needs[root])))]
        while open_:
            uid, rest = open_[-1]
            for needed in rest:
                if needed in path:
                    raise _cycle_error(list(path), needed, origins)
                if needed not in done:
                    path[needed] = None
                    open_.append((needed, iter(sorted(needs[needed]))))
                    break
            else:
                open_.pop()
                del path[uid]
                done[uid] = None
    return list(done)


def _cycle_error(path: list[str], first: str, origins: Mapping[str, Origin | None]) -> InvalidInput:
    """Give the error for a cycle, begun at its least uid so that it reads the same however it was found."""
    cycle = path[path.index(first) :]
    start = cycle.index(min(cycle))
    cycle = cycle[start:] + cycle[:start]
    if len(cycle) == 1:
        return InvalidInput(
            f"resource {cycle[0]} refers to itself in its params",
            origins.get(cycle[0]),
            "a resource cannot need itself",
        )
    named = [f"{uid} ({origins[uid]})" if origins.get(uid) else uid for uid in cycle]
    return InvalidInput(
        f"resources need each other in a circle: {' -> '.join([*named, cycle[0]])}",
        origins.get(cycle[0]),
        "take one of these placeholders out of the params",
    )
