"""Circles among services that wait for each other, which docker compose refuses."""

from isomorph.platforms.compose.grouping import joined_service
from isomorph.platforms.compose.merging import to_names
from isomorph.platforms.compose.reading import Reading, items_of, to_string
from isomorph.syntax.tree import Mapping


def _waits_of(service: Mapping) -> list[str]:
    """Give the services that must be there before one: by `depends_on`, links, and what it shares with them."""
    entries = service.entries
    waits: list[str] = []
    depends_on = entries.get("depends_on")
    if depends_on is not None:
        waits += to_names(depends_on).entries
    for key in ("links", "volumes_from"):
        waits += [to_string(item).partition(":")[0] for item in items_of(entries.get(key))]
    joined = joined_service(service)
    return waits if joined is None else [*waits, joined]


def check_circles(reading: Reading, services: dict[str, Mapping]) -> None:
    """Note a fault for the first circle."""
    graph = {name: [each for each in _waits_of(service) if each in services] for name, service in services.items()}
    done: set[str] = set()
    for start in graph:
        trail: dict[str, int] = {}
        stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        while stack:
            name, index = stack.pop()
            trail.setdefault(name, len(trail))
            if index >= len(graph[name]):
                done.add(name)
                del trail[name]
                continue
            stack.append((name, index + 1))
            following = graph[name][index]
            if following in trail:
                circle = " -> ".join([*list(trail)[trail[following] :], following])
                origin = reading.sections["services"].keys[following].origin
                reading.fault(f"services wait for each other in a circle: {circle}", origin, "remove one dependency")
                return
            if following not in done:
                stack.append((following, 0))
