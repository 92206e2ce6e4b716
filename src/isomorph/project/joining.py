"""Several Score files as one application: the same whatever the order in which they were named or generated."""

from msgspec.structs import replace

from isomorph.model.application import Definition, Dependency
from isomorph.model.combine import combine
from isomorph.provisioning.uids import check_shared, merge_dependency


def join(definitions: list[Definition]) -> Definition:
    """Give the definitions as one, workloads by name, and their resources in the order in which workloads name them.

    What is said of a resource that several files share is said by the one that gives params or metadata. Raises InvalidInput
    for files that say different things, and for a workload that two of them define.
    """
    check_shared(definitions)
    joined = combine(definitions)
    shared = _join_dependencies(joined, definitions)
    workloads = dict(sorted(joined.application.workloads.items()))
    named = dict.fromkeys(uid for workload in workloads.values() for uid in workload.dependencies.values())
    dependencies = {uid: shared[uid] for uid in {**named, **shared} if uid in shared}
    return replace(joined, application=replace(joined.application, workloads=workloads, dependencies=dependencies))


def _join_dependencies(joined: Definition, definitions: list[Definition]) -> dict[str, Dependency]:
    dependencies: dict[str, Dependency] = {}
    for each in definitions:
        for uid, dependency in each.application.dependencies.items():
            known = dependencies.get(uid)
            dependencies[uid] = dependency if known is None else merge_dependency(known, dependency)
            origin = each.origins.find(("dependencies", uid))
            if known is not None and origin is not None and dependencies[uid].parameters is not known.parameters:
                joined.origins[("dependencies", uid)] = origin
    return dependencies
