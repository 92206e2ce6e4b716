"""What one reading gathers beside the model, and the index of the objects that it reads."""

from isomorph.model.application import Extra
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.platforms.kubernetes.known import SERVER_SET, Construct
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data

PLATFORM = "kubernetes"
DEFAULT_NAMESPACE = "default"

LARGEST = 64 * 1024 * 1024
"""Characters to which the repetitions of one definition may grow; its own text has a limit of its own."""

PART = 200
"""What one thing that a repetition makes counts for, in characters."""


# The kinds that are read, and the API groups whose they are; the same word in another group is another thing.
GROUPS: dict[str, tuple[str, ...]] = {
    "ConfigMap": ("",),
    "CronJob": ("batch",),
    "DaemonSet": ("apps", "extensions"),
    "Deployment": ("apps", "extensions"),
    "Gateway": ("gateway.networking.k8s.io",),
    "GRPCRoute": ("gateway.networking.k8s.io",),
    "HTTPRoute": ("gateway.networking.k8s.io",),
    "HorizontalPodAutoscaler": ("autoscaling",),
    "Ingress": ("networking.k8s.io", "extensions"),
    "Job": ("batch",),
    "Namespace": ("",),
    "PersistentVolumeClaim": ("",),
    "Pod": ("",),
    "ReplicaSet": ("apps", "extensions"),
    "ReplicationController": ("",),
    "Secret": ("",),
    "Service": ("",),
    "StatefulSet": ("apps",),
}


class Object:
    """One Kubernetes object of the definition, and where it was written.

    `namespace` is what it says, else what the reader was told, else None.
    """

    __slots__ = ("group", "kind", "name", "namespace", "node", "origin", "version")

    def __init__(self, group: str, version: str, kind: str, name: str, namespace: str | None, node: Mapping) -> None:
        self.group = group
        self.version = version
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.node = node
        self.origin = node.origin

    @property
    def place(self) -> str:
        """The namespace in which it is looked up."""
        return self.namespace or DEFAULT_NAMESPACE


def is_empty(node: Node) -> bool:
    """Tell whether a node says nothing: null, or a collection of nothing."""
    if isinstance(node, Scalar):
        return node.value is None
    return isinstance(node, Mapping | Sequence) and not len(node)


class Reading:
    """The origins, extras and diagnostics of one reading."""

    __slots__ = ("_counted", "_grown", "diagnostics", "extras", "origins")

    def __init__(self) -> None:
        self.origins: dict[Path, Origin] = {}
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = []
        self._grown = 0
        self._counted: dict[tuple[str, str], list[Origin]] = {}

    def grow(self, amount: int, origin: Origin) -> None:
        """Count what is made of a few lines by repetition; raises InvalidInput where that is beyond all use.

        `amount` is in characters of text; PART for a file, a variable, a route or a name.
        """
        self._grown += amount
        if self._grown > LARGEST:
            raise InvalidInput(
                "by what it repeats the definition grows beyond all use",
                origin,
                "see what selects, mounts or expands so much",
            )

    def say(self, code: str, message: str, origin: Origin | None = None, path: Path = ()) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))

    def count(self, code: str, message: str, origin: Origin) -> None:
        """Add a diagnostic that is told once, with the number of places."""
        self._counted.setdefault((code, message), []).append(origin)

    def keep(self, path: Path, location: tuple[str | int, ...], node: Node, origin: Origin | None = None) -> None:
        """Keep what the model does not hold."""
        self.extras.append(Extra(PLATFORM, path, location, to_data(node), origin or node.origin))

    def keep_rest(
        self, mapping: Mapping, construct: Construct, path: Path, location: tuple[str | int, ...] = ()
    ) -> None:
        """Keep the fields that the model does not hold; a field that the API does not know is told."""
        if mapping.entries.keys() <= construct.modelled:
            return
        for key, node in mapping.entries.items():
            if key in construct.modelled:
                continue
            if key in construct.known:
                if not is_empty(node):
                    self.keep(path, (*location, key), node, mapping.keys[key].origin)
            else:
                self.tell_unknown(mapping, construct, key, path)

    def keep_document(self, item: Object, platform: str = PLATFORM) -> None:
        """Keep a whole object, for the writers of a platform."""
        data = to_data(item.node)
        data.pop("status", None)
        metadata = data.get("metadata")
        if isinstance(metadata, dict):
            data["metadata"] = {key: value for key, value in metadata.items() if key not in SERVER_SET}
        self.extras.append(Extra(platform, (), (item.kind,), data, item.origin))

    def check_known(self, mapping: Mapping, construct: Construct, path: Path = ()) -> None:
        """Tell fields that the API does not know, where all that it knows is modelled."""
        if not mapping.entries.keys() <= construct.known:
            for key in mapping.entries:
                if key not in construct.known:
                    self.tell_unknown(mapping, construct, key, path)

    def tell_unknown(self, mapping: Mapping, construct: Construct, key: str, path: Path) -> None:
        """Tell a field that the API does not know, with the name that was meant."""
        from difflib import get_close_matches

        near = get_close_matches(key, construct.known, 1, 0.7) or [
            name for name in sorted(construct.known) if name.lower() == key.lower()
        ]
        meant = f"; did you mean `{near[0]}`?" if near else ""
        self.say(
            "unknown-field",
            f"{construct.name} has no field `{key}`, and the API server refuses it{meant}",
            mapping.keys[key].origin,
            path,
        )

    def finish(self) -> tuple[Diagnostic, ...]:
        """Give all diagnostics, those that were counted last."""
        for (code, message), origins in self._counted.items():
            more = len(origins) - 1
            text = message if not more else f"{message} (and {more} more place{'s' if more > 1 else ''})"
            self.diagnostics.append(Diagnostic(code, text, origins[0]))
        self._counted.clear()
        return tuple(self.diagnostics)


class Objects:
    """The objects of a definition by kind, and by kind, namespace and name.

    `groups` are the kinds that are read, with those that only a platform of the family has.
    """

    __slots__ = ("by_kind", "by_name", "groups")

    def __init__(self, groups: dict[str, tuple[str, ...]] = GROUPS) -> None:
        self.groups = groups
        self.by_kind: dict[str, list[Object]] = {}
        self.by_name: dict[tuple[str, str, str, str], Object] = {}

    def add(self, item: Object) -> None:
        """Add an object; raises InvalidInput where it is there already."""
        key = (item.group, item.kind, item.place, item.name)
        before = self.by_name.setdefault(key, item)
        if before is not item:
            raise InvalidInput(
                f"{item.kind} {item.name} is defined twice; the first is at {before.origin}",
                item.origin,
                "remove one, or put them in different namespaces",
            )
        kind = item.kind if item.group in self.groups.get(item.kind, ()) else f"{item.kind}.{item.group}"
        self.by_kind.setdefault(kind, []).append(item)

    def of(self, kind: str) -> list[Object]:
        """Give the objects of a kind of `GROUPS`, in the order in which they were written."""
        return self.by_kind.get(kind, [])

    def others(self, read: frozenset[str]) -> list[tuple[str, list[Object]]]:
        """Give the kinds that are not read, each with its objects."""
        return [(kind, items) for kind, items in self.by_kind.items() if kind not in read]
