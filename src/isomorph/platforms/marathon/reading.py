"""What is known while one definition is read: where values were written, what was kept and what was told."""

from collections.abc import Iterable

from isomorph.model.application import Extra, Secret, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Path
from isomorph.platforms.marathon.values import is_null
from isomorph.syntax.tree import Mapping, Node, Sequence, to_data

PLATFORM = "marathon"


class Entry:
    """An application or pod: its full id, the group whose member it is, and what that group and those around it wait for."""

    __slots__ = ("group", "identity", "is_pod", "name", "node", "waits")

    def __init__(self, identity: str, group: str, node: Mapping, is_pod: bool, waits: tuple[tuple[str, Node], ...]):
        self.identity = identity
        self.group = group
        self.node = node
        self.is_pod = is_pod
        self.waits = waits
        self.name = identity


class Reading:
    """One definition while it is read; `root` is the id of its outermost group."""

    def __init__(self) -> None:
        self.root = "/"
        self.has_group = False
        self.origins: dict[Path, Origin] = {}
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = []
        self.volumes: dict[str, Volume] = {}
        self.secrets: dict[str, Secret] = {}
        self.entries: dict[str, Entry] = {}  # by full id

    def say(self, code: str, message: str, origin: Origin, path: Path = ()) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))

    def keep(self, path: Path, location: tuple[str | int, ...], node: Node, origin: Origin | None = None) -> None:
        """Keep what the model does not hold."""
        self.extras.append(Extra(PLATFORM, path, location, to_data(node), origin or node.origin))

    def keep_rest(
        self,
        mapping: Mapping,
        modelled: frozenset[str],
        known: Iterable[str],
        path: Path,
        location: tuple[str | int, ...] = (),
    ) -> None:
        """Keep the fields that the model does not hold; one that Marathon does not know is told, with what was meant."""
        rest = [key for key in mapping if key not in modelled]
        if not rest:
            return
        names = frozenset(known)
        for key in rest:
            if key in names:
                if not is_empty(mapping[key]):
                    self.keep(path, (*location, key), mapping[key], mapping.keys[key].origin)
            else:
                self._tell_unknown(key, mapping, modelled | names, path)

    def _tell_unknown(self, key: str, mapping: Mapping, names: frozenset[str], path: Path) -> None:
        from difflib import get_close_matches

        near = get_close_matches(key, sorted(names), 1, 0.7)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        self.say("unknown-field", f"Marathon knows no field `{key}` here{meant}", mapping.keys[key].origin, path)


def is_empty(node: Node) -> bool:
    """Tell whether a node says nothing."""
    return is_null(node) or (isinstance(node, Mapping | Sequence) and not len(node))
