"""What Score files leave to the platform, in one line: an adopted definition says much that is not a workload's to say."""

from collections.abc import Iterable

from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Path

_WORDS: dict[str, str] = {
    "restart": "restart policies",
    "scale": "numbers of instances",
    "security": "security",
    "ports": "published ports",
    "liveness": "the timing of checks",
    "readiness": "the timing of checks",
    "startup": "startup checks",
    "names": "further names",
    "networks": "networks",
    "labels": "labels",
    "placement": "placement",
    "mounts": "folders of the machine",
    "schedule": "schedules",
    "kind": "jobs and daemons",
    "pull_policy": "pull policies",
    "workdir": "working directories",
    "stop_signal": "how it is stopped",
    "stop_grace": "how it is stopped",
    "files": "some files",
    "host_namespaces": "namespaces of the host",
    "variables": "some variables",
}
"""Fields of the model, and what people call them."""


def tell_losses(losses: Iterable[Diagnostic]) -> list[str]:
    """Tell in a line what the Score files leave to the platform; nothing where they say it all."""
    found = dict.fromkeys(word for each in losses if each.code == "lost" for word in _find_words(each.path))
    if not found:
        return []
    return [f"what Score leaves to the platform stays in your files only: {', '.join(found)}; -v tells where"]


def _find_words(path: Path) -> Iterable[str]:
    """Give the word for the innermost field of a path that has one."""
    for step in reversed(path[2:]):
        if step in _WORDS:
            return (_WORDS[step],)
    return ()
