"""The state as a file: comments, then JSON (which readers of YAML read too), every secret value sealed.

A value that is sealed shows as `(sealed)` at its place, and its sealed text stands under `sealed` by that place (a JSON
pointer, RFC 6901). Resources are sorted by uid, so that two people's changes merge.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.provisioning.atomic import path_in_project, read_if_there, write_atomically
from isomorph.provisioning.locking import Holder, hold_lock
from isomorph.provisioning.sealing import Key, Sealed, load_key, refuse_wrong_key
from isomorph.provisioning.secrecy import Pointer
from isomorph.provisioning.state import EnvironmentState, ResourceState, State, WorkloadState

STATE_FILE = ".isomorph/state.yaml"
STATE_SCHEMA = "isomorph.state/v1"
_SHOWN = "(sealed)"
_HEADER = """\
# What isomorph has provisioned for this project, environment by environment. `isomorph generate` writes it, and reads
# it the next time, so that passwords, names and ids stay what they are. Keep it with the project, in version control or
# wherever all who generate share it. After the comments it is JSON, which is YAML too.
#
# workloads   each workload that was generated, and the file that defines it
# resources   each thing that a workload depends on, by its uid: TYPE.CLASS#WORKLOAD.NAME, or TYPE.CLASS#ID where an id
#             is given, which workloads share
#   guid         a random id, its own for good
#   workload     the workload that named it first; `users` are all that name it
#   provisioner  what made it; parameters: a digest of what it was asked for
#   state        what its provisioner will be told again; outputs: what workloads are told, ${resources.NAME.OUTPUT}
#   shared_keys  the entries of `shared` that it wrote
# shared      what provisioners tell each other
# given       what the command line said of a workload: image, builds, overrides
# outputs     files that were generated for the environment, each a definition, and are written again
# sealed      values shown as "(sealed)", encrypted (AES-SIV), by their place; the key of that fingerprint, `key`, is in
#             ~/.config/isomorph/key of those who generate, or where ISOMORPH_KEY_FILE says. Never in the project.
"""


class _ResourceText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    guid: str
    type: str
    class_: str = msgspec.field(name="class")
    id: str
    workload: str
    users: tuple[str, ...] = ()
    provisioner: str
    parameters: str = ""
    state: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    shared_keys: tuple[str, ...] = ()
    sealed: dict[str, str] = {}


class _EnvironmentText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    platform: str
    namespace: str = ""
    mounts: str = ""
    workloads: dict[str, WorkloadState] = {}
    resources: dict[str, _ResourceText] = {}
    shared: dict[str, Any] = {}
    sealed: dict[str, str] = {}
    given: dict[str, Any] = {}
    given_sealed: dict[str, str] = {}
    outputs: tuple[str, ...] = ()


class _StateText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: str
    project: str = ""
    key: str = ""
    environments: dict[str, _EnvironmentText] = {}


def read_state(project: str, variables: Mapping[str, str], *, unseal: bool = True) -> State:
    """Read the state of the project in a folder; where there is none yet, an empty one.

    `variables` are the user's, for the key file. Without `unseal` no key is needed, and secret values are `Sealed`.
    Raises InvalidInput for a broken state, and where its secrets were sealed with another key than the one here.
    """
    content = read_if_there(path_in_project(project, STATE_FILE))
    if content is None:
        return State()
    state = parse_state(content, STATE_FILE)
    if not unseal or not state.key:
        return state
    key = load_key(variables, project, create=False)
    refuse_wrong_key(state.key, key, STATE_FILE, variables)
    return unseal_state(state, key, STATE_FILE) if key else state


def write_state(project: str, state: State, variables: Mapping[str, str]) -> bool:
    """Write a project's state, sealing its secrets; tell whether the file changed.

    The user's key is made where there is none and nothing was sealed yet. Raises InvalidInput for another key than the
    state's.
    """
    key: Key | None = None
    if has_secrets(state):
        key = load_key(variables, project, create=not state.key)
        if state.key:
            refuse_wrong_key(state.key, key, STATE_FILE, variables)
    return write_atomically(path_in_project(project, STATE_FILE), print_state(state, key))


def lock_state(project: str, *, wait: float = 0.0) -> AbstractContextManager[Holder]:
    """Hold a project's state from before it is read until it is written; raises StateLocked, which names who holds it."""
    return hold_lock(path_in_project(project, STATE_FILE), wait=wait)


def has_secrets(state: State) -> bool:
    """Tell whether anything in a state is secret."""
    return any(
        environment.shared_secrets
        or environment.given_secrets
        or any(resource.secrets for resource in environment.resources.values())
        for environment in state.environments.values()
    )


def print_state(state: State, key: Key | None) -> bytes:
    """Give a state's text with its secrets sealed. A key is needed where a secret is in the clear."""
    sealed = _StateText(
        STATE_SCHEMA,
        state.project,
        key.fingerprint if key else state.key if has_secrets(state) else "",
        {name: _seal_environment(name, state.environments[name], key) for name in sorted(state.environments)},
    )
    return _HEADER.encode() + msgspec.json.format(msgspec.json.encode(sealed), indent=2) + b"\n"


def _seal_environment(name: str, environment: EnvironmentState, key: Key | None) -> _EnvironmentText:
    resources = {}
    for uid in sorted(environment.resources):
        resource = environment.resources[uid]
        said: dict[str, Any] = {"state": resource.state, "outputs": resource.outputs}
        sealed: dict[str, str] = {}
        if resource.secrets:
            said, sealed = _seal(said, resource.secrets, (name, uid), key)
        resources[uid] = _ResourceText(
            guid=resource.guid,
            type=resource.type,
            class_=resource.class_,
            id=resource.id,
            workload=resource.workload,
            users=resource.users,
            provisioner=resource.provisioner,
            parameters=resource.parameters,
            state=said["state"],
            outputs=said["outputs"],
            shared_keys=resource.shared_keys,
            sealed=sealed,
        )
    shared, sealed = _seal(environment.shared, environment.shared_secrets, (name, ""), key)
    workloads = {workload: environment.workloads[workload] for workload in sorted(environment.workloads)}
    given, given_sealed = _seal(environment.given, environment.given_secrets, (name, "given"), key)
    return _EnvironmentText(
        environment.platform,
        environment.namespace,
        environment.mounts,
        workloads,
        resources,
        shared,
        sealed,
        given,
        given_sealed,
        environment.outputs,
    )


def _seal(
    data: dict[str, Any], places: frozenset[Pointer], scope: tuple[str, ...], key: Key | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give plain data with its secrets hidden, and their sealed texts by place."""
    sealed: dict[str, str] = {}

    def hide(value: Any, place: Pointer) -> Any:
        if isinstance(value, Sealed):
            box = value.box
        elif key is not None:
            box = key.seal(value, (*scope, *place))
        else:
            raise ValueError("a secret is in the clear and there is no key to seal it")
        sealed[_print_pointer(place)] = box
        return _SHOWN

    for place in sorted(places):
        data = _change_at(data, place, place, hide)
    return data, sealed


def unseal_state(state: State, key: Key, file: str) -> State:
    """Give a state with all its sealed values opened; raises InvalidInput for one that was changed."""
    environments = {}
    for name, environment in state.environments.items():
        resources = {}
        for uid, resource in environment.resources.items():
            if resource.secrets:
                said = {"state": resource.state, "outputs": resource.outputs}
                said = _unseal(said, resource.secrets, (name, uid), key, file)
                resource = replace(resource, state=said["state"], outputs=said["outputs"])
            resources[uid] = resource
        shared = _unseal(environment.shared, environment.shared_secrets, (name, ""), key, file)
        given = _unseal(environment.given, environment.given_secrets, (name, "given"), key, file)
        environments[name] = replace(environment, resources=resources, shared=shared, given=given)
    return replace(state, environments=environments)


def _unseal(
    data: dict[str, Any], places: frozenset[Pointer], scope: tuple[str, ...], key: Key, file: str
) -> dict[str, Any]:
    def open_box(value: Any, place: Pointer) -> Any:
        return key.unseal(value.box, (*scope, *place), Origin(file)) if isinstance(value, Sealed) else value

    for place in places:
        data = _change_at(data, place, place, open_box)
    return data


def _change_at(data: Any, rest: Pointer, place: Pointer, change: Callable[[Any, Pointer], Any]) -> Any:
    """Give plain data with the value at a place changed; only what is around that value is copied.

    What is not there stays absent: a place that the data no longer has is nobody's secret.
    """
    if not rest:
        return change(data, place)
    name = rest[0]
    if isinstance(data, dict):
        return {**data, name: _change_at(data[name], rest[1:], place, change)} if name in data else data
    if isinstance(data, list | tuple) and name.isdigit() and int(name) < len(data):
        index = int(name)
        return [*data[:index], _change_at(data[index], rest[1:], place, change), *data[index + 1 :]]
    return data


def _print_pointer(place: Pointer) -> str:
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in place)


def _parse_pointer(text: str) -> Pointer:
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in text.split("/")[1:])


def parse_state(content: bytes, file: str) -> State:
    """Read a state's text; sealed values are `Sealed`. Raises InvalidInput with the position of what is wrong."""
    text = _parse_fast(content)
    if text is None:
        from isomorph.provisioning.state_faults import parse_slowly

        text = parse_slowly(content, file, _StateText, _EnvironmentText, _ResourceText)
    if text.schema != STATE_SCHEMA:
        raise InvalidInput(
            f"its schema is {text.schema}, and this isomorph reads {STATE_SCHEMA}",
            Origin(file),
            "update isomorph; a state is never read as what it is not",
        )
    environments = {name: _to_environment(environment, file) for name, environment in text.environments.items()}
    return State(text.project, environments, text.key)


def _parse_fast(content: bytes) -> _StateText | None:
    """Read what isomorph itself wrote; None for all else, which is read slowly and with positions."""
    start = 0
    while content.startswith(b"#", start):
        start = content.find(b"\n", start) + 1
        if not start:
            return None
    try:
        return msgspec.json.decode(memoryview(content)[start:], type=_StateText)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _to_environment(text: _EnvironmentText, file: str) -> EnvironmentState:
    resources = {}
    for uid, resource in text.resources.items():
        said = {"state": resource.state, "outputs": resource.outputs}
        if resource.sealed:
            said = _place_boxes(said, resource.sealed, uid, file)
        resources[uid] = ResourceState(
            guid=resource.guid,
            type=resource.type,
            class_=resource.class_,
            id=resource.id,
            workload=resource.workload,
            users=resource.users,
            provisioner=resource.provisioner,
            parameters=resource.parameters,
            state=said["state"],
            outputs=said["outputs"],
            shared_keys=resource.shared_keys,
            secrets=frozenset(map(_parse_pointer, resource.sealed)),
        )
    shared = _place_boxes(text.shared, text.sealed, "shared", file)
    given = _place_boxes(text.given, text.given_sealed, "given", file)
    return EnvironmentState(
        text.platform,
        text.namespace,
        text.mounts,
        text.workloads,
        resources,
        shared,
        frozenset(map(_parse_pointer, text.sealed)),
        given,
        frozenset(map(_parse_pointer, text.given_sealed)),
        text.outputs,
    )


def _place_boxes(data: dict[str, Any], sealed: dict[str, str], what: str, file: str) -> dict[str, Any]:
    """Put sealed texts where they belong; raises InvalidInput for one that has no place."""
    for pointer, box in sealed.items():
        place = _parse_pointer(pointer)
        placed: list[bool] = []

        def put(value: Any, _: Pointer, box: str = box, placed: list[bool] = placed) -> Any:
            placed.append(value == _SHOWN)
            return Sealed(box)

        data = _change_at(data, place, place, put)
        if placed != [True]:
            raise InvalidInput(
                f'the sealed value {pointer} of {what} has no "{_SHOWN}" at its place', Origin(file), "restore the file"
            )
    return data
