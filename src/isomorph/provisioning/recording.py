"""Between the engine and the state: what an earlier run left for it, and taking down what this run provisioned."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.provisioning.contract import Realised, Resource
from isomorph.provisioning.digests import digest_parameters
from isomorph.provisioning.engine import Kept, Provisioned
from isomorph.provisioning.references import join_path
from isomorph.provisioning.secrecy import Pointer, find_all_secrets, find_secrets, iterate_leaves, select_phrases
from isomorph.provisioning.state import EnvironmentState, ResourceState, WorkloadState, known_secrets


def list_kept(environment: EnvironmentState) -> dict[str, Kept]:
    """Give what the engine is told of earlier runs: each resource's guid, provisioner, state and first workload."""
    return {
        uid: Kept(resource.guid, resource.provisioner, resource.state, resource.workload)
        for uid, resource in environment.resources.items()
    }


def has_changed(environment: EnvironmentState, resource: Resource) -> bool:
    """Tell whether a resource is new, or what its definition says of it is not what it was."""
    before = environment.resources.get(resource.uid)
    return before is None or before.parameters != _digest(resource, before.guid)


def record_run(
    environment: EnvironmentState,
    provisioned: Provisioned,
    workloads: Mapping[str, WorkloadState],
    users: Mapping[str, Collection[str]],
) -> EnvironmentState:
    """Give the environment's state after a run.

    `workloads` are those that the run read, `users` says by uid which of them name a resource. What the state said that
    they use is forgotten; other workloads, and their resources, stay as they are. Resources that lost their last user
    are still in the state, unused.
    """
    known = known_secrets(environment)
    shared = _to_plain(provisioned.shared)
    resources: dict[str, ResourceState] = {}
    for uid, resource in environment.resources.items():
        if uid not in provisioned.resources and any(user in workloads for user in resource.users):
            resource = replace(resource, users=tuple(user for user in resource.users if user not in workloads))
        resources[uid] = resource
    for uid, realised in provisioned.resources.items():
        before = environment.resources.get(uid)
        others = [user for user in before.users if user not in workloads] if before else []
        kept_keys = before.shared_keys if before else ()
        keys = {key for key in (*kept_keys, *realised.result.shared) if key in shared}
        resources[uid] = _record(realised, before, {*others, *users.get(uid, ())}, keys, known)
    there = {place for place, _ in iterate_leaves(shared)}
    return replace(
        environment,
        workloads={**environment.workloads, **workloads},
        resources=resources,
        shared=shared,
        shared_secrets=frozenset(find_secrets(shared, known, select_phrases(known)))
        | (environment.shared_secrets & there),
    )


def _record(
    realised: Realised, before: ResourceState | None, users: set[str], shared_keys: set[str], known: set[str]
) -> ResourceState:
    resource, result = realised.resource, realised.result
    said = {"state": _to_plain(result.state), "outputs": _to_plain(result.outputs)}
    named = _list_named(realised, said["outputs"])
    if before and before.state == said["state"] and before.outputs == said["outputs"] and named <= before.secrets:
        secrets = before.secrets
    else:
        secrets = find_all_secrets(said, named, known)
    return ResourceState(
        guid=realised.guid,
        type=resource.type,
        class_=resource.class_,
        id=resource.id,
        workload=resource.workload,
        users=tuple(sorted(users)),
        provisioner=realised.provisioner,
        parameters=_digest(resource, realised.guid),
        state=said["state"],
        outputs=said["outputs"],
        shared_keys=tuple(sorted(shared_keys)),
        secrets=secrets,
    )


def _list_named(realised: Realised, outputs: dict[str, Any]) -> frozenset[Pointer]:
    """Give the places of the values in the outputs that are said to be secret."""
    secrets = realised.secrets | realised.result.secrets
    return frozenset(
        ("outputs", *place)
        for place, value in (iterate_leaves(outputs) if secrets else ())
        if value is not None and any(join_path(place[: end + 1]) in secrets for end in range(len(place)))
    )


def _to_plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give plain data whose keys are texts, as the state's file has them; a copy, since the state is never changed."""
    plain: dict[str, Any] = msgspec.to_builtins(data, str_keys=True)
    return plain


def _digest(resource: Resource, guid: str) -> str:
    return digest_parameters(resource.parameters, resource.metadata, guid)
