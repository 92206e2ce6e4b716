"""Files that a container sees because somebody works on them: the folder that its image is built from, bound over it."""

from collections import Counter
from posixpath import dirname, normpath

from isomorph.model.application import Definition
from isomorph.model.origin import Path
from isomorph.model.workload import Container, HostPath
from isomorph.project.builds import move_context


def find_sources(definition: Definition, workload: str, container: str, folder: str) -> list[str]:
    """Give the paths of a container's files that are its sources, or whose content is not known; `folder` is the definition's.

    A single file of them is bound for what is in it: a configuration, say.
    """
    one = definition.application.workloads[workload].containers[container]
    place = ("workloads", workload, "containers", container, "files")
    bound = Counter(definition.origins.exact((*place, path)) for path in one.files)
    return [
        path
        for path, file in one.files.items()
        if isinstance(file.content, HostPath)
        or (bound[definition.origins.exact((*place, path))] > 1 and _is_source(definition, one, (*place, path), folder))
    ]


def find_folder(definition: Definition) -> str:
    """Give the folder from which a definition names others."""
    return dirname(next(iter(definition.sources), ""))


def _is_source(definition: Definition, container: Container, place: Path, folder: str) -> bool:
    origin = definition.origins.exact((*place, "content"))
    if container.build is None or origin is None:
        return False
    context = move_context(container.build.context or ".", folder)
    return context == "." or normpath(origin.file).startswith(f"{context}/")
