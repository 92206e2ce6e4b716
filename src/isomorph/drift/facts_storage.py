"""The volumes that a container mounts: by path in the container, what they are, and how they are mounted."""

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.spelling import normal_path, print_bytes, print_flag
from isomorph.drift.verdicts import Pair
from isomorph.model.text import Placeholder
from isomorph.model.workload import Mount

_UNKNOWN = "unknown"


class Mounted:
    """A mount and the facts on it by rule."""

    __slots__ = ("facts", "kind_path", "mount", "path")

    def __init__(self, mount: Mount, path: tuple[str, ...]) -> None:
        self.mount = mount
        self.path = path
        self.kind_path = path
        self.facts: dict[str, Fact] = {}


def read_mounts(place: Place) -> dict[str, Mounted]:
    """Give the mounts of a container by normal path, with their facts."""
    container = place.container
    assert container is not None
    if not container.mounts:
        return {}
    return {normal_path(path): _read_mount(place, path, mount) for path, mount in container.mounts.items()}


def _read_mount(place: Place, path: str, mount: Mount) -> Mounted:
    here = (*place.base, "mounts", path)
    mounted = Mounted(mount, here)
    facts = mounted.facts
    volume = place.view.application.volumes.get(mount.volume)
    there = ("volumes", mount.volume)
    kind = volume.kind if volume is not None else _UNKNOWN
    facts["volume.kind"] = Fact(kind, here, f"volume.{kind}", None, False, "" if volume else "the volume's definition")
    if place.view.definition.origins.exact(there) is not None:
        mounted.kind_path = there
    if mount.read_only is not None:
        facts["volume.read-only"] = Fact(print_flag(mount.read_only), (*here, "read_only"), "volume.read-only")
    if volume is None:
        return mounted
    if isinstance(volume.size, Placeholder):
        settles = f"a value for {volume.size.variable or volume.size.expression}"
        facts["volume.size"] = Fact(
            volume.size.expression, (*there, "size"), "volume.size", volume.size, False, settles
        )
    elif volume.size is not None:
        facts["volume.size"] = Fact(print_bytes(volume.size), (*there, "size"), "volume.size")
    if volume.storage_class:
        facts["volume.class"] = Fact(volume.storage_class, (*there, "storage_class"), "volume.class")
    if volume.access:
        value = ",".join(sorted(set(volume.access)))
        facts["volume.access"] = Fact(value, (*there, "access"), "volume.access")
    return mounted


def weigh_mounts(pair: Pair, scope: Scope) -> tuple[frozenset[str], frozenset[str]]:
    """Judge the mounts of both sides; gives the paths at which each side has a volume.

    A path that is a volume here and files of the project there differs in kind.
    """
    ours, theirs = read_mounts(scope.a), read_mounts(scope.b)
    if not ours and not theirs:
        return frozenset(), frozenset()
    files = [_files(place) for place in scope.sides]
    for path, mounted in ours.items():
        if path in theirs:
            _weigh_both(pair, scope, path, mounted, theirs[path])
        elif not _weigh_against_files(pair, scope, path, mounted, 0, files[1]):
            pair.weigh(scope, "volume.missing", path, mounted.facts["volume.kind"], None)
    for path, mounted in theirs.items():
        if path not in ours and not _weigh_against_files(pair, scope, path, mounted, 1, files[0]):
            pair.weigh(scope, "volume.missing", path, None, mounted.facts["volume.kind"])
    return frozenset(ours), frozenset(theirs)


def _weigh_both(pair: Pair, scope: Scope, path: str, mine: Mounted, yours: Mounted) -> None:
    a, b = mine.facts, yours.facts
    kinds = [replace(mounted.facts["volume.kind"], path=mounted.kind_path) for mounted in (mine, yours)]
    pair.weigh(scope, "volume.kind", path, kinds[0], kinds[1])
    for rule in ("volume.read-only", "volume.size", "volume.class", "volume.access"):
        ours, theirs = a.get(rule), b.get(rule)
        if ours is not None or theirs is not None:
            pair.weigh(scope, rule, path, ours, theirs)
    subs = mine.mount.sub_path, yours.mount.sub_path
    if subs[0] != subs[1] and pair.same_family:
        facts = [
            Fact(
                f"{mounted.facts['volume.kind'].value} at {mounted.mount.sub_path or '/'}",
                mounted.path,
                "volume.sub-path",
            )
            for mounted in (mine, yours)
        ]
        pair.weigh(scope, "volume.kind", path, facts[0], facts[1])


def _files(place: Place) -> dict[str, str]:
    """Give the keys of a side's files by normal path."""
    assert place.container is not None
    return {normal_path(key): key for key in place.container.files}


def _weigh_against_files(
    pair: Pair, scope: Scope, path: str, mounted: Mounted, side: int, files: dict[str, str]
) -> bool:
    """Judge a volume against a file or folder of the project that the other side has at its path."""
    key = files.get(path)
    if key is None:
        return False
    there = Fact("project files", (*scope.sides[1 - side].base, "files", key), "")
    here = mounted.facts["volume.kind"]
    facts = (here, there) if side == 0 else (there, here)
    pair.weigh(scope, "volume.kind", path, *facts)
    return True
