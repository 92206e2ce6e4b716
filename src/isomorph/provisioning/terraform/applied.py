"""What an apply gave, as the state of a resource keeps it.

Values that are secret stand below a key of that name, by which the state's file knows to seal all of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.provisioning.contract import Module, Realised
from isomorph.provisioning.digests import digest_parameters
from isomorph.provisioning.secrecy import collect_texts, iterate_leaves
from isomorph.provisioning.state import EnvironmentState

OPEN, SECRET, ARGUMENTS = "applied", "secret", "arguments"
"""Keys of the state: outputs by the module's names for them, those that are secret, and of what they are the outputs."""
_DIGITS = 10  # So few that no reader of the state takes them for a random secret.


class AppliedOutput(msgspec.Struct, frozen=True):
    """The value of a module's output after an apply; None where it has none."""

    value: Any
    sensitive: bool = False


Applied = Mapping[str, Mapping[str, AppliedOutput]]
"""Outputs by the block and by their names in the module."""


def read_applied(state: Mapping[str, Any]) -> dict[str, AppliedOutput]:
    """Give the outputs that a resource's state holds."""
    found: dict[str, AppliedOutput] = {}
    for key in (OPEN, SECRET):
        known = state.get(key)
        for name, value in known.items() if isinstance(known, dict) else ():
            found[name] = AppliedOutput(value, key == SECRET)
    return found


def digest_module(module: Module, guid: str) -> str:
    """Give what tells whether a module block is the one that was applied; it tells nothing of the arguments."""
    said = digest_parameters([module.source, module.version, module.arguments], key=guid)
    return said.removeprefix("sha256:")[:_DIGITS]


def to_state(name: str, outputs: Mapping[str, AppliedOutput], digest: str) -> dict[str, Any]:
    """Give the state of a resource; nothing of an apply where there was none."""
    state: dict[str, Any] = {"name": name}
    if digest:
        state[OPEN] = {each: output.value for each, output in outputs.items() if not output.sensitive}
        state[SECRET] = {each: output.value for each, output in outputs.items() if output.sensitive}
        state[ARGUMENTS] = digest
    return state


def record_applied(
    environment: EnvironmentState, realised: Mapping[str, Realised], applied: Applied
) -> EnvironmentState:
    """Give the state of an environment after an apply: the outputs of each module, for whoever provisions next."""
    resources = dict(environment.resources)
    for uid, one in realised.items():
        before = resources.get(uid)
        for block, module in one.result.fragments.modules.items():
            if before is None or block not in applied:
                continue
            name = str(one.result.state.get("name", ""))
            state = to_state(name, applied[block], digest_module(module, before.guid))
            places = {("state", *place) for place, _ in iterate_leaves({SECRET: state[SECRET]})}
            kept = {place for place in before.secrets if place[0] != "state"}
            resources[uid] = replace(before, state=state, secrets=frozenset(kept | places))
    return replace(environment, resources=resources)


def list_secrets(applied: Iterable[Mapping[str, AppliedOutput]]) -> set[str]:
    """Give the secret texts among outputs, to keep them out of messages."""
    return {
        text
        for outputs in applied
        for text in collect_texts(
            value for output in outputs.values() if output.sensitive for _, value in iterate_leaves({"": output.value})
        )
    }
