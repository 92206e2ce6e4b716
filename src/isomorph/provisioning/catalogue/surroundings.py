"""What a workload finds around it: volumes to mount, and settings that whoever runs the output supplies."""

import re

from msgspec.structs import replace

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.secrecy import is_secret_name
from isomorph.model.text import ConfigurationValue, Placeholder, SecretValue, Text
from isomorph.provisioning.catalogue.declaration import Declaration, Draw, param_error, size_param, text_param
from isomorph.provisioning.catalogue.server import GIBIBYTE
from isomorph.provisioning.contract import Parts, Request, Result
from isomorph.provisioning.local_environment import is_variable_name
from isomorph.provisioning.references import suggest

_ACCESS = ("read-write-once", "read-only-many", "read-write-many", "read-write-once-pod")
_KINDS = ("persistent", "ephemeral", "memory")
_OF_PERSISTENT = ("class", "access")
"""Params of storage that somebody provides; what comes and goes with the workload has none of them."""
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _realise_volume(request: Request, draw: Draw) -> Result:
    name = request.name
    kind = text_param(request, "kind", "persistent").lower()
    if kind not in _KINDS:
        raise param_error(request, "kind", f"is {kind!r}", suggest(kind, _KINDS))
    if kind != "persistent":
        for param in _OF_PERSISTENT:
            if request.resource.parameters.get(param) is not None:
                raise param_error(request, param, f"is of a persistent volume, and this one is {kind}", "leave it out")
    volume = Volume(
        kind,
        size=size_param(request, "size", GIBIBYTE if kind == "persistent" else None),
        storage_class=text_param(request, "class") or None,
        access=_find_access(request),
    )
    return Result(outputs={"type": "volume", "source": name}, state={"name": name}, parts=Parts(volumes={name: volume}))


def _find_access(request: Request) -> tuple[str, ...] | None:
    """Give how a volume may be mounted, in one word or a list of them, spelled as here or as Kubernetes does."""
    said = request.resource.parameters.get("access")
    words = [str(each) for each in said] if isinstance(said, list) else [text_param(request, "access")]
    found = tuple(_CAPITAL.sub("-", word).lower() for word in words if word)
    for access in found:
        if access not in _ACCESS:
            raise param_error(request, "access", f"is {access!r}", suggest(access, _ACCESS))
    return found or None


VOLUME = Declaration(
    type="volume",
    description="Storage to be mounted: persistent, unless its kind is ephemeral or memory.",
    params=("size", "class", "access", "kind"),
    outputs=("type", "source"),
    realise=_realise_volume,
)

STORE = "environment"
"""The name of the ConfigMap and of the Secret that hold the settings of an environment."""

_STORE_KEY = re.compile(r"[A-Za-z0-9._-]{1,253}")


def _realise_environment(request: Request, draw: Draw) -> Result:
    """Leave each setting to a variable of the shell."""
    for name in sorted(request.asked):
        if not is_variable_name(name):
            raise _name_error(request, name, "a variable has letters, digits and `_`, and begins with no digit")
    outputs = {name: Placeholder(f"${{{name}}}", name) for name in sorted(request.asked)}
    return Result(outputs=outputs)


def _realise_stored_environment(request: Request, draw: Draw) -> Result:
    """Leave each setting to a key of a store of the cluster, secret ones to a Secret."""
    references: dict[str, Text] = {}
    secrets = [name for name in sorted(request.asked) if is_secret_name(name)]
    for name in sorted(request.asked):
        if not _STORE_KEY.fullmatch(name):
            raise _name_error(request, name, "a key has letters, digits, dots, dashes and underscores")
        references[name] = (SecretValue(STORE, name) if name in secrets else ConfigurationValue(STORE, name),)
    plain: dict[str, None] = dict.fromkeys(name for name in references if name not in secrets)
    return Result(
        outputs={name: f"${{{name}}}" for name in references},
        references=references,
        parts=Parts(
            secrets={STORE: Secret(dict.fromkeys(secrets), external=True)} if secrets else {},
            configurations={STORE: Configuration(dict(plain), external=True)} if plain else {},
        ),
    )


def _realise_guarded_environment(request: Request, draw: Draw) -> Result:
    """Leave secret settings to the cluster's store of secrets, and each other one to a variable."""
    made = _realise_environment(request, draw)
    secrets = [name for name in sorted(request.asked) if is_secret_name(name)]
    if not secrets:
        return made
    references: dict[str, Text] = {name: (SecretValue(STORE, name),) for name in secrets}
    store = {STORE: Secret(dict.fromkeys(secrets), external=True)}
    return replace(made, references=references, parts=Parts(secrets=store))


def _name_error(request: Request, name: str, hint: str) -> InvalidInput:
    return InvalidInput(f"{name!r} was asked of it, which is no name of a setting", request.resource.origin, hint)


ENVIRONMENT = Declaration(
    type="environment",
    description="Settings by any name, supplied when the output runs: variables, or stores of the cluster.",
    outputs=None,
    realise=_realise_environment,
    own={
        "kubernetes": _realise_stored_environment,
        "nomad": _realise_guarded_environment,  # Jobs have variables, which nothing hides, and no configurations.
        "marathon": _realise_guarded_environment,
    },
)
