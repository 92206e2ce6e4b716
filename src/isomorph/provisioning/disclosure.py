"""Keeping what a provisioner made secret out of messages, and saying where it writes a secret in clear.

The files of the reference tools do not say what is secret, and most write it into the definition; so none of their
outputs is kept apart, and a diagnostic tells.
"""

from collections.abc import Iterator
from typing import Any

from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.provisioning.contract import Fragments, Request
from isomorph.provisioning.secrecy import collect_texts, find_secrets, iterate_leaves

MASK = "***"


def collect_secrets(*said: dict[str, Any]) -> frozenset[str]:
    """Give the texts that are secret in states, outputs or parameters."""
    return frozenset(text for data in said for text in collect_texts(_secret_values(data)))


def _secret_values(data: dict[str, Any]) -> Iterator[Any]:
    places = set(find_secrets(data, frozenset()))
    return (value for place, value in iterate_leaves(data) if place in places) if places else iter(())


def mask_message(message: str, secrets: frozenset[str]) -> str:
    """Give a message as it may be shown; the longest secrets first, since one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        message = message.replace(secret, MASK)
    return message


def mask_for(message: str, request: Request) -> str:
    """Give a message about a request as it may be shown."""
    resource = request.resource
    return mask_message(message, collect_secrets(request.state, request.shared, resource.parameters))


def find_disclosures(
    request: Request, fragments: Fragments, secrets: frozenset[str], origin: Origin | None
) -> tuple[Diagnostic, ...]:
    """Say, once a resource, where its provisioner writes secrets in clear: anywhere but in a Kubernetes Secret."""
    if not secrets:
        return ()
    places = dict.fromkeys(
        place for place, text in _texts(fragments) if text is not None and any(secret in text for secret in secrets)
    )
    if not places:
        return ()
    message = f"the provisioner of {request.resource.uid} writes a secret in clear into {', '.join(places)}"
    return (Diagnostic("secret-in-clear", message, origin),)


def _texts(fragments: Fragments) -> Iterator[tuple[str, str | None]]:
    """Give the texts of fragments, each with the name of the part it stands in."""
    for kind in ("services", "networks", "volumes", "models"):
        for name, part in getattr(fragments, kind).items():
            yield from ((f"{kind[:-1]} {name}", value) for _, value in iterate_leaves(part) if isinstance(value, str))
    for manifest in fragments.manifests:
        kind_of, metadata = manifest.get("kind"), manifest.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        for place, value in iterate_leaves(manifest):
            sealed = kind_of == "Secret" and place[0] in ("data", "stringData")
            if isinstance(value, str) and not sealed:
                yield f"{kind_of} {name}", value
    yield from ((f"file {file}", content) for file, content in fragments.files.items())
