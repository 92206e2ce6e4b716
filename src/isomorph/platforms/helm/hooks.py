"""Which rendered documents are what runs: hooks of an installation are, tests and hooks of other events are kept beside.

Source: helm.sh/docs/topics/charts_hooks, and Helm's package release/v1/util for what is no event and for the order.
"""

from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import text_of
from isomorph.platforms.helm.rendering import RenderedDocument
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.syntax.tree import Mapping, Node

ANNOTATION = "helm.sh/hook"
_AT_INSTALL = frozenset(("pre-install", "post-install", "pre-upgrade", "post-upgrade"))
_TESTS = frozenset(("test", "test-success"))
_OTHERS = frozenset(("pre-delete", "post-delete", "pre-rollback", "post-rollback"))

_ORDER = """
    PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount
    Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole
    ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet
    Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress
    APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration
"""
_PLACES = {kind: place for place, kind in enumerate(_ORDER.split())}


def sort_documents(documents: list[RenderedDocument]) -> list[RenderedDocument]:
    """Put documents in the order in which Helm installs them: what runs, then hooks, each by kind."""
    return sorted(documents, key=lambda each: (bool(find_events(each.root)), *_place_of(kind_of(each.root))))


def _place_of(kind: str) -> tuple[int, str]:
    return (_PLACES[kind], "") if kind in _PLACES else (len(_PLACES), kind)


def kind_of(root: Node) -> str:
    """Give the kind of an object."""
    return text_of(root.get("kind")) if isinstance(root, Mapping) else ""


def name_of(root: Node) -> str:
    """Give the name of an object."""
    metadata = root.get("metadata") if isinstance(root, Mapping) else None
    return text_of(metadata.get("name")) if isinstance(metadata, Mapping) else ""


def find_events(root: Node) -> list[str]:
    """Give the events at which a document is a hook; none where it is none."""
    metadata = root.get("metadata") if isinstance(root, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    said = annotations.get(ANNOTATION) if isinstance(annotations, Mapping) else None
    return [] if said is None else [word.strip().lower() for word in text_of(said).split(",")]


class Sorted:
    """Documents as they count: those that run, and those that are kept beside."""

    def __init__(self, documents: list[RenderedDocument], reading: Reading) -> None:
        self.running: list[RenderedDocument] = []
        self.beside: list[RenderedDocument] = []
        hooks: list[RenderedDocument] = []
        for document in documents:
            events = find_events(document.root)
            if not events:
                self.running.append(document)
                continue
            kind, name = kind_of(document.root), name_of(document.root)
            unknown = [event for event in events if event not in _AT_INSTALL | _TESTS | _OTHERS]
            origin = document.root.origin
            if unknown:
                message = f"{kind} {name} is a hook of {unknown[0]!r}, which Helm does not know and passes over"
                reading.say("ignored", message, origin)
            elif _AT_INSTALL.intersection(events):
                hooks.append(document)
            else:
                self.beside.append(document)
                self._tell(events, reading, origin)
        self._add_hooks(hooks)

    @staticmethod
    def _tell(events: list[str], reading: Reading, origin: Origin) -> None:
        if _TESTS.intersection(events):
            reading.count("not-modelled", "a test of the chart runs on demand only, and is kept beside", origin)
        else:
            message = f"a hook of {', '.join(events)} does not run when the chart is installed, and is kept beside"
            reading.count("not-modelled", message, origin)

    def _add_hooks(self, hooks: list[RenderedDocument]) -> None:
        """Add the hooks of an installation, but for objects that the chart has besides (an account that both need)."""
        known = {(kind_of(each.root), name_of(each.root)) for each in self.running}
        for hook in hooks:
            key = (kind_of(hook.root), name_of(hook.root))
            if key not in known:
                self.running.append(hook)
                known.add(key)
