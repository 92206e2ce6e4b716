"""What was provisioned for a project, environment by environment; how it changes when workloads come, move and go.

Values are in the clear here, in memory; `secrets` says which of them must not leave it. `state_file.py` seals them.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from isomorph.model.errors import UsageError
from isomorph.provisioning.secrecy import Pointer, collect_texts, value_at


class WorkloadState(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A workload that was generated: its file, relative to the project, and that file's digest.

    `suffix` is what another tool, whose project this was, lets its name end in: the Compose service's, or the label's that
    selects its Pods.
    """

    file: str
    digest: str = ""
    suffix: str = ""


class ResourceState(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that was provisioned, and what its provisioner will be told again.

    `workload` is the one that first named it, `users` all that name it. `parameters` is a digest. `shared_keys` are the
    entries of the shared state that it wrote. `secrets` are places below `state` and `outputs`.
    """

    guid: str
    type: str
    class_: str = "default"
    id: str
    workload: str
    users: tuple[str, ...] = ()
    provisioner: str
    parameters: str = ""
    state: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    shared_keys: tuple[str, ...] = ()
    secrets: frozenset[Pointer] = frozenset()


class EnvironmentState(msgspec.Struct, frozen=True):
    """All that was provisioned for one environment: workloads by name, resources by uid, and what resources share.

    `given` is what the command line said of a workload (image, builds, overrides), to be said again when it is generated
    along with others. `mounts` is the folder, relative to the output, of files that provisioners make. `outputs` are the
    definitions that were generated for it, relative to the project, where one is in files of its own.
    """

    platform: str
    namespace: str = ""
    mounts: str = ""
    workloads: dict[str, WorkloadState] = {}
    resources: dict[str, ResourceState] = {}
    shared: dict[str, Any] = {}
    shared_secrets: frozenset[Pointer] = frozenset()
    given: dict[str, Any] = {}
    given_secrets: frozenset[Pointer] = frozenset()
    outputs: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True):
    """The state of a project. `key` is the fingerprint of the key that its secrets were sealed with, if any were."""

    project: str = ""
    environments: dict[str, EnvironmentState] = {}
    key: str = ""

    def with_environment(self, name: str, environment: EnvironmentState) -> "State":
        """Give the state with one environment added or renewed; the others stay as they are."""
        return replace(self, environments={**self.environments, name: environment})


class Change(msgspec.Struct, frozen=True):
    """Something that happened to a workload since the state was written.

    moved: it is in another file now; deleted: its file is gone; renamed: its file names it `name_now` now; dropped: its
    file is there and holds another workload that is known already, or none.
    """

    kind: Literal["moved", "deleted", "renamed", "dropped"]
    name: str
    file: str
    file_now: str = ""
    name_now: str = ""

    def __str__(self) -> str:
        if self.kind == "moved":
            return f"workload {self.name} moved from {self.file} to {self.file_now}"
        if self.kind == "renamed":
            return f"workload {self.name} of {self.file} is now called {self.name_now}"
        if self.kind == "deleted":
            return f"workload {self.name} is gone with its file {self.file}"
        return f"{self.file} no longer holds workload {self.name}"


def find_changes(
    environment: EnvironmentState, found: Mapping[str, str], exists: Callable[[str], bool]
) -> tuple[Change, ...]:
    """Compare the state's workloads with those that were read now (name -> file); `exists` tells whether a file is there.

    Workloads that were not given to this run, and whose files are there, are as they were: runs add to each other.
    """
    known, changes = environment.workloads, []
    fresh: dict[str, list[str]] = {}  # file -> workloads that the state does not know
    for name, file in found.items():
        if name not in known:
            fresh.setdefault(file, []).append(name)
    read = set(found.values())
    for name, workload in known.items():
        now = found.get(name)
        if now is not None:
            if now != workload.file:
                changes.append(Change("moved", name, workload.file, now))
        elif workload.file in read:
            names = fresh.get(workload.file, [])
            # One file, one workload gone and one come: that is a new name for it. Else nobody can tell.
            renamed = names[0] if len(names) == 1 else ""
            changes.append(Change("renamed" if renamed else "dropped", name, workload.file, "", renamed))
        elif not exists(workload.file):
            changes.append(Change("deleted", name, workload.file))
    return tuple(changes)


def forget_workloads(environment: EnvironmentState, names: Collection[str]) -> EnvironmentState:
    """Give the environment without some workloads; what only they used is then unused."""
    gone = set(names)
    return replace(
        environment,
        workloads={name: workload for name, workload in environment.workloads.items() if name not in gone},
        given={name: said for name, said in environment.given.items() if name not in gone},
        given_secrets=frozenset(place for place in environment.given_secrets if place[0] not in gone),
        resources={
            uid: resource
            if gone.isdisjoint(resource.users)
            else replace(resource, users=tuple(user for user in resource.users if user not in gone))
            for uid, resource in environment.resources.items()
        },
    )


def rename_workload(environment: EnvironmentState, old: str, new: str) -> EnvironmentState:
    """Give the environment with a workload, and so the resources of its own, under another name.

    What was provisioned for it keeps its guid, names and passwords. Raises UsageError where the new name is taken.
    """
    if new in environment.workloads or old not in environment.workloads:
        raise UsageError(f"workload {old} cannot take the name {new} in the state: one is unknown or the other taken")
    workloads = {new if name == old else name: workload for name, workload in environment.workloads.items()}
    resources: dict[str, ResourceState] = {}
    for uid, resource in environment.resources.items():
        kind, _, place = uid.partition("#")
        # An id that workloads share has no name of a workload in it, unless somebody chose one that looks so.
        own = resource.workload == old and resource.id == place and place.startswith(f"{old}.")
        place = f"{new}{place[len(old) :]}" if own else place
        resources[f"{kind}#{place}"] = replace(
            resource,
            id=place if own else resource.id,
            workload=new if resource.workload == old else resource.workload,
            users=tuple(new if user == old else user for user in resource.users),
        )
    if len(resources) < len(environment.resources):
        raise UsageError(f"workload {old} cannot take the name {new} in the state: a resource of that name is there")
    given = {new if name == old else name: said for name, said in environment.given.items()}
    secrets = frozenset((new, *place[1:]) if place[0] == old else place for place in environment.given_secrets)
    return replace(environment, workloads=workloads, resources=resources, given=given, given_secrets=secrets)


def find_unused(environment: EnvironmentState) -> tuple[str, ...]:
    """Give the uids of resources that no workload of the environment uses any more, sorted."""
    workloads = environment.workloads
    return tuple(
        sorted(
            uid
            for uid, resource in environment.resources.items()
            if not any(user in workloads for user in resource.users)
        )
    )


def prune(environment: EnvironmentState, uids: Collection[str]) -> EnvironmentState:
    """Give the environment without some resources, and without the shared state that only they wrote."""
    gone = set(uids)
    kept = {uid: resource for uid, resource in environment.resources.items() if uid not in gone}
    written = {key for uid in gone & environment.resources.keys() for key in environment.resources[uid].shared_keys}
    dropped = written - {key for resource in kept.values() for key in resource.shared_keys}
    return replace(
        environment,
        resources=kept,
        shared={key: value for key, value in environment.shared.items() if key not in dropped},
        shared_secrets=frozenset(place for place in environment.shared_secrets if place[0] not in dropped),
    )


def known_secrets(environment: EnvironmentState) -> set[str]:
    """Give the texts that are secret in an environment, to know them again in other places."""
    found: set[str] = set()
    for resource in environment.resources.values():
        if resource.secrets:
            said = {"state": resource.state, "outputs": resource.outputs}
            found |= collect_texts(value_at(said, place) for place in resource.secrets)
    found |= collect_texts(value_at(environment.given, place) for place in environment.given_secrets)
    return found | collect_texts(value_at(environment.shared, place) for place in environment.shared_secrets)
