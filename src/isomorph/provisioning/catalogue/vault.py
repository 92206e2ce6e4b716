"""Secrets from Vault: a development server whose KV store (version 2) holds a resource's secrets whenever it runs.

It keeps all in memory, so it is told everything again on every start, and counts as healthy only once it was.
"""

import re
from collections.abc import Mapping

import msgspec

from isomorph.model.application import Secret
from isomorph.model.image import parse_image
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import Container, Exec, Exposure, Port, Probe, Restart, Security, Workload
from isomorph.provisioning.catalogue.declaration import (
    PASSWORD_LENGTH,
    Declaration,
    Draw,
    param_error,
    published_port,
    tag_param,
    text_param,
)
from isomorph.provisioning.catalogue.server import MEBIBYTE, PUBLISH, grant, serve, shell
from isomorph.provisioning.contract import Parts, Request, Result

IMAGE, VERSION = "hashicorp/vault", "1.21.0"

_PORT = 8200
_MOUNT = "secret"  # Where a development server has its KV store.
_PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_KEY = re.compile(r"[A-Za-z0-9_.-]+")

_SEED = f"""printf '%s' "$VAULT_SEED" | vault kv put -mount={_MOUNT} "$VAULT_SEED_PATH" -"""
_CHECK = f'vault kv get -mount={_MOUNT} "$VAULT_SEED_PATH" >/dev/null'


def _realise(request: Request, draw: Draw) -> Result:
    name, resource = request.name, request.resource
    path = text_param(request, "path", resource.workload)
    if not _PATH.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
        raise param_error(request, "path", f"is {path!r}, which is no path in a store", "write shop/database")
    made = _make_values(request, draw)
    token = _kept(request, "token") or draw(PASSWORD_LENGTH)
    values = {**made, **_given_values(request)}
    seed = msgspec.json.encode(dict(sorted(values.items()))).decode()
    url = f"http://{name}:{_PORT}"
    return Result(
        outputs={
            "url": url,
            "address": url,
            "host": name,
            "port": _PORT,
            "token": token,
            "mount": _MOUNT,
            "path": path,
            "fields": sorted(values),
        },
        references={
            "url": ("http://", Address(name, name, _PORT)),
            "address": ("http://", Address(name, name, _PORT)),
            "host": (Address(name, name),),
            "token": (SecretValue(name, "token"),),
        },
        state={"name": name, "token": token, "secret_values": made},
        secrets=frozenset(("token",)),
        parts=Parts(
            workloads={name: _to_workload(request, path)},
            secrets={name: Secret({"token": token, "seed": seed}, provisioned=True)},
            waits={name: "healthy"},
        ),
    )


def _kept(request: Request, key: str) -> str:
    known = request.state.get(key)
    return known if isinstance(known, str) else ""


def _make_values(request: Request, draw: Draw) -> dict[str, str]:
    """Give a value for each of the params' `keys`, the one that it has where it has one."""
    keys = request.resource.parameters.get("keys")
    if keys is None:
        keys = [] if request.resource.parameters.get("values") else ["value"]
    if not isinstance(keys, list) or not all(isinstance(key, str) and _KEY.fullmatch(key) for key in keys):
        raise param_error(request, "keys", "is no list of names", "write keys: [password, api-key]")
    known = request.state.get("secret_values")
    before = known if isinstance(known, Mapping) else {}
    return {key: str(before.get(key) or draw(PASSWORD_LENGTH)) for key in keys}


def _given_values(request: Request) -> dict[str, str]:
    values = request.resource.parameters.get("values") or {}
    if not isinstance(values, Mapping) or not all(isinstance(key, str) and _KEY.fullmatch(key) for key in values):
        raise param_error(request, "values", "is no mapping of names to values", "write values: {user: shop}")
    if any(isinstance(value, Mapping | list | bool) or value is None for value in values.values()):
        raise param_error(request, "values", "holds what is no text", "write each value as a text")
    return {key: str(value) for key, value in values.items()}


def _to_workload(request: Request, path: str) -> Workload:
    name = request.name
    published = published_port(request, PUBLISH)
    container = Container(
        image=parse_image(f"{IMAGE}:{tag_param(request, VERSION, '')}"),
        command=shell(serve("vault server -dev -dev-no-store-token", _SEED)),
        variables={
            "VAULT_ADDR": f"http://127.0.0.1:{_PORT}",
            "VAULT_DEV_LISTEN_ADDRESS": f"0.0.0.0:{_PORT}",
            "VAULT_DEV_ROOT_TOKEN_ID": (SecretValue(name, "token"),),
            "VAULT_TOKEN": (SecretValue(name, "token"),),
            "VAULT_SEED": (SecretValue(name, "seed"),),
            "VAULT_SEED_PATH": path,
        },
        readiness=Probe(Exec(shell(_CHECK)), period=5_000, timeout=10_000, failures=6, grace=30_000),
        compute=grant(256 * MEBIBYTE),
        # The image's own user, with nothing to lock memory with: a development server does without.
        security=Security(user="100", group="1000", capabilities_dropped=("ALL",)),
    )
    exposures = () if published is None else (Exposure("host", published),)
    return Workload(
        name,
        containers={name: container},
        ports={f"{_PORT}/tcp": Port(_PORT, _PORT, exposures=exposures)},
        names=(name,),
        restart=Restart("always"),
    )


VAULT = Declaration(
    type="vault",
    description="A Vault development server whose KV store holds secrets: made up for `keys`, or given as `values`.",
    params=("path", "keys", "values", "version"),
    outputs=("url", "address", "host", "port", "token", "mount", "path", "fields"),
    realise=_realise,
)
