"""Which workloads and containers of several environments are the same one: by name, else by image, else by who refers to them.

What cannot be told is not guessed: several candidates are a diagnostic, and stay apart.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from isomorph.drift.facts import View
from isomorph.model.errors import Diagnostic
from isomorph.model.image import complete_image, image_text
from isomorph.model.text import print_text
from isomorph.model.workload import Container, Role, Workload

T = TypeVar("T")


class Group:
    """One workload across environments: its key in each, None where it is missing."""

    __slots__ = ("keys", "name")

    def __init__(self, size: int) -> None:
        self.keys: list[str | None] = [None] * size
        self.name = ""


class Alignment:
    """The groups of workloads, and what could not be told."""

    __slots__ = ("diagnostics", "groups")

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self.diagnostics: list[Diagnostic] = []


Declared = Mapping[str, Mapping[str, str]]
"""Names declared by the team: common name -> environment -> workload, or `workload/container`."""


def align(views: list[View], declared: Declared | None = None) -> Alignment:
    """Group the workloads of all environments, and give each view the common names."""
    alignment = Alignment()
    groups = alignment.groups
    fixed: dict[tuple[int, str], Group] = {}
    for name, names in (declared or {}).items():
        _declare(views, name, names, groups, fixed)
    for index, view in enumerate(views):
        left = [key for key in view.application.workloads if (index, key) not in fixed]
        left = _match_names(views, index, left, groups)
        left = _match_images(views, index, left, groups, alignment.diagnostics)
        left = _match_references(views, index, left, groups)
        for key in left:
            group = Group(len(views))
            group.keys[index] = key
            groups.append(group)
    _name_groups(views, groups)
    return alignment


def _declare(
    views: list[View],
    name: str,
    names: Mapping[str, str],
    groups: list[Group],
    fixed: dict[tuple[int, str], Group],
) -> None:
    """Group what the team declared to be one."""
    group = Group(len(views))
    for index, view in enumerate(views):
        key = names.get(view.name)
        if key is not None and key in view.application.workloads:
            group.keys[index] = key
            fixed[index, key] = group
    if any(key is not None for key in group.keys):
        group.name = name
        groups.append(group)


def normal_name(name: str) -> str:
    """Give a workload's name as platforms spell it alike: without its group, in lower case, with dashes."""
    return name.rsplit("/", 1)[-1].lower().replace("_", "-").replace(".", "-")


def _match_names(views: list[View], index: int, left: list[str], groups: list[Group]) -> list[str]:
    """Match by the workloads' own names, then by the names that peers use."""
    view = views[index]
    for names_of in (_own_name, _peer_names):
        table: dict[str, list[Group]] = {}
        for group in groups:
            if group.keys[index] is None:
                for name in {name for other, key in _members(views, group) for name in names_of(other, key)}:
                    table.setdefault(name, []).append(group)
        claims: dict[int, list[str]] = {}
        for key in left:
            found = {id(group): group for name in names_of(view, key) for group in table.get(name, ())}
            if len(found) == 1:
                claims.setdefault(next(iter(found)), []).append(key)
        by_id = {id(group): group for group in groups}
        taken = {keys[0]: by_id[group] for group, keys in claims.items() if len(keys) == 1}
        for key, group in taken.items():
            group.keys[index] = key
        left = [key for key in left if key not in taken]
        if not left:
            break
    return left


def _members(views: list[View], group: Group) -> Iterable[tuple[View, str]]:
    return ((view, key) for view, key in zip(views, group.keys, strict=True) if key is not None)


def _own_name(view: View, key: str) -> tuple[str, ...]:
    return (normal_name(view.application.workloads[key].name), normal_name(key))


def _peer_names(view: View, key: str) -> tuple[str, ...]:
    workload = view.application.workloads[key]
    return (*_own_name(view, key), *(normal_name(name) for name in workload.names if "." not in name))


def repositories(workload: Workload) -> tuple[str, ...]:
    """Give the repositories of a workload's main containers."""
    mains = [container for container in workload.containers.values() if container.role is Role.MAIN]
    return tuple(sorted(repository for container in mains if (repository := repository_of(container)) is not None))


def repository_of(container: Container) -> str | None:
    """Give an image's registry and repository in normal form."""
    if container.image is None:
        return None
    complete = complete_image(container.image)
    if complete.tag is None and complete.digest is None:
        return print_text(image_text(complete))
    return f"{print_text(complete.registry or '')}/{print_text(complete.repository)}"


def _match_images(
    views: list[View], index: int, left: list[str], groups: list[Group], diagnostics: list[Diagnostic]
) -> list[str]:
    """Match what is left by the images it runs, where just one on each side runs them."""
    table: dict[tuple[str, ...], list[Group]] = {}
    for group in groups:
        if group.keys[index] is None:
            for images in {repositories(view.application.workloads[key]) for view, key in _members(views, group)}:
                if images:
                    table.setdefault(images, []).append(group)
    mine: dict[tuple[str, ...], list[str]] = {}
    for key in left:
        images = repositories(views[index].application.workloads[key])
        if images in table:
            mine.setdefault(images, []).append(key)
    taken: set[str] = set()
    for images, keys in mine.items():
        candidates = table[images]
        pairs = _pair_up(views, index, keys, candidates)
        for key, group in pairs:
            group.keys[index] = key
            taken.add(key)
        rest = [key for key in keys if key not in taken]
        open_groups = [group for group in candidates if group.keys[index] is None]
        if rest and open_groups:
            diagnostics.append(_ambiguous(views, index, rest, open_groups, images))
    return [key for key in left if key not in taken]


def _pair_up(views: list[View], index: int, keys: list[str], candidates: list[Group]) -> list[tuple[str, Group]]:
    """Pair workloads that run the same image: the only ones, else by their ports, else by who refers to them."""
    if len(keys) == 1 and len(candidates) == 1:
        return [(keys[0], candidates[0])]
    pairs: list[tuple[str, Group]] = []
    for mark in (_ports, _references):
        mine = _by_mark([(key, mark(views[index], key)) for key in keys])
        theirs = _by_mark(
            [(group, mark(view, key)) for group in candidates for view, key in list(_members(views, group))[:1]]
        )
        paired: set[str] = set()
        for value, owners in mine.items():
            others = theirs.get(value, [])
            if value and len(owners) == 1 and len(others) == 1:
                pairs.append((owners[0], others[0]))
                paired.add(owners[0])
        taken = {id(group) for _key, group in pairs}
        keys = [key for key in keys if key not in paired]
        candidates = [group for group in candidates if id(group) not in taken]
    return pairs


def _by_mark(rows: list[tuple[T, frozenset[object]]]) -> dict[frozenset[object], list[T]]:
    table: dict[frozenset[object], list[T]] = {}
    for owner, mark in rows:
        table.setdefault(mark, []).append(owner)
    return table


def _ports(view: View, key: str) -> frozenset[object]:
    ports = view.application.workloads[key].ports.values()
    return frozenset((port.target, port.protocol) for port in ports)


def _references(view: View, key: str) -> frozenset[object]:
    return frozenset(view.references().get(key, ()))


def _match_references(views: list[View], index: int, left: list[str], groups: list[Group]) -> list[str]:
    """Match what is left by who refers to it, under which variable: the same peers' same variables name the same one."""
    mine: dict[frozenset[object], list[str]] = {}
    for key in left:
        mark = _references(views[index], key)
        if mark:
            mine.setdefault(mark, []).append(key)
    if not mine:
        return left
    theirs: dict[frozenset[object], list[Group]] = {}
    for group in groups:
        if group.keys[index] is None:
            for view, key in _members(views, group):
                mark = _references(view, key)
                if mark in mine:
                    theirs.setdefault(mark, []).append(group)
    taken: set[str] = set()
    for mark, keys in mine.items():
        found = theirs.get(mark, [])
        if len(keys) == 1 and len(found) == 1 and found[0].keys[index] is None:
            found[0].keys[index] = keys[0]
            taken.add(keys[0])
    return [key for key in left if key not in taken]


def _ambiguous(
    views: list[View], index: int, keys: list[str], groups: list[Group], images: tuple[str, ...]
) -> Diagnostic:
    others = sorted(f"{key} ({view.name})" for group in groups for view, key in _members(views, group))
    message = (
        f"{_list(sorted(keys), ', ')} on {views[index].name} could each be {_list(others, ' or ')}, for all run "
        f"{', '.join(images)}; none was chosen: name them in `align`"
    )
    path = ("workloads", sorted(keys)[0])
    return Diagnostic("ambiguous-alignment", message, views[index].origin(path), path)


def _list(names: list[str], separator: str) -> str:
    """Join names, the first few of many."""
    shown = separator.join(names[:_FEW])
    return shown if len(names) <= _FEW else f"{shown} and {len(names) - _FEW} more"


_FEW = 8
"""Names that a message lists."""


def _name_groups(views: list[View], groups: list[Group]) -> None:
    """Give each group the name that most environments use, of several the shortest, and no two groups one.

    So what is known of a workload stays known when one of several environments calls it otherwise, and the order of the
    environments does not matter.
    """
    used: set[str] = {group.name for group in groups if group.name}
    for group in sorted((group for group in groups if not group.name), key=lambda each: each.keys.count(None)):
        keys = [key for key in group.keys if key is not None]
        names = sorted(set(keys), key=lambda key: (-keys.count(key), len(key), key))
        free = [name for name in names if name not in used]
        if free:
            group.name = free[0]
        else:
            home = next(view.name for view, key in zip(views, group.keys, strict=True) if key is not None)
            group.name = f"{names[0]}@{home}"
        used.add(group.name)
    for group in groups:
        for view, key in zip(views, group.keys, strict=True):
            if key is not None:
                view.call(key, group.name)


class ContainerPair:
    """A container of both sides by key, None where it is missing, and its common name."""

    __slots__ = ("a", "b", "name")

    def __init__(self, name: str, a: str | None, b: str | None) -> None:
        self.name = name
        self.a = a
        self.b = b


def align_containers(a: dict[str, Container], b: dict[str, Container]) -> list[ContainerPair]:
    """Pair the containers of two sides of one workload: by name, by being the only main one, by image."""
    pairs: list[ContainerPair] = [ContainerPair(name, name, name) for name in a if name in b]
    if len(pairs) == len(a) == len(b):
        return pairs
    mine = {name: container for name, container in a.items() if name not in b}
    yours = {name: container for name, container in b.items() if name not in a}
    normal = {normal_name(name): name for name in yours}
    for name in [name for name in mine if normal_name(name) in normal]:
        _take(pairs, mine, yours, name, normal.pop(normal_name(name)))
    if _count_mains(a) == 1 and _count_mains(b) == 1:
        for name in [name for name, container in mine.items() if container.role is Role.MAIN]:
            other = next((each for each, container in yours.items() if container.role is Role.MAIN), None)
            if other is not None:
                _take(pairs, mine, yours, name, other)
    for name, container in list(mine.items()):
        image = repository_of(container)
        same = [each for each, other in yours.items() if image is not None and repository_of(other) == image]
        own = [each for each, other in mine.items() if image is not None and repository_of(other) == image]
        if len(same) == 1 and len(own) == 1:
            _take(pairs, mine, yours, name, same[0])
    pairs += [ContainerPair(name, name, None) for name in mine]
    pairs += [ContainerPair(name, None, name) for name in yours]
    return pairs


def _take(
    pairs: list[ContainerPair], mine: dict[str, Container], yours: dict[str, Container], name: str, other: str
) -> None:
    del mine[name], yours[other]
    pairs.append(ContainerPair(min(name, other, key=lambda each: (len(each), each)), name, other))


def _count_mains(containers: dict[str, Container]) -> int:
    return sum(container.role is Role.MAIN for container in containers.values())
