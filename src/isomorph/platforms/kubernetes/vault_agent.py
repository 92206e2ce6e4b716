"""Files that the Vault Agent Injector renders into containers, as a Pod's annotations ask for them.

Sources: developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations, and agent-inject/agent/agent.go of
github.com/hashicorp/vault-k8s.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.text import Placeholder, SecretValue, Text, is_unresolved
from isomorph.model.workload import Container, File, Role
from isomorph.platforms.consul_templates import Offered, render
from isomorph.platforms.kubernetes.fields import mapping_at, string_map_at
from isomorph.platforms.kubernetes.known import VAULT_AGENT
from isomorph.platforms.kubernetes.reading import PART, Reading
from isomorph.platforms.kubernetes.stores import Stores
from isomorph.syntax.tree import Mapping as Tree

_PREFIX = "vault.hashicorp.com/"
_SECRET = f"{VAULT_AGENT}-secret-"
_FOLDER = "/vault/secrets"
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))


class Injected(msgspec.Struct, frozen=True):
    """A file that is injected: its path in the container, the file, the annotation that asks for it, and the secrets in it.

    `mode_from` is the annotation that says its permission bits, where one does.
    """

    path: str
    file: File
    annotation: str
    secrets: tuple[SecretValue, ...]
    mode_from: str = ""


class _Nothing:
    """What is known where Vault Agent renders a template: no services, and no variables but its own."""

    def find_variable(self, name: str) -> Text | None:
        return None

    def find_service(self, name: str) -> Offered | None:
        return None


def is_injected(annotations: Mapping[str, str]) -> bool:
    """Tell whether a Pod asks for the injector."""
    return annotations.get(VAULT_AGENT, "") in _TRUE


def find_injected(annotations: Mapping[str, str]) -> list[Injected]:
    """Give the files that a Pod's annotations ask for."""
    if not is_injected(annotations):
        return []
    names = dict.fromkeys(name.removeprefix(_SECRET) for name in annotations if name.startswith(_SECRET))
    return [_to_file(name, annotations) for name in names]


def receivers(annotations: Mapping[str, str], containers: Mapping[str, Container]) -> Iterator[str]:
    """Give the containers that see the files: those that are named, else all that run beside the agent.

    An init container sees them where the agent's own comes first.
    """
    named = {name.strip() for name in annotations.get(f"{VAULT_AGENT}-containers", "").split(",") if name.strip()}
    populated = annotations.get(f"{_PREFIX}agent-pre-populate", "true") in _TRUE
    first = populated and annotations.get(f"{_PREFIX}agent-init-first", "") in _TRUE
    for name, container in containers.items():
        if container.role is Role.MAIN:
            wanted = not named or name in named
        else:
            wanted = first if container.role is Role.INIT else populated
        if wanted:
            yield name


def _to_file(name: str, annotations: Mapping[str, str]) -> Injected:
    path = annotations[_SECRET + name]
    template = annotations.get(f"{VAULT_AGENT}-template-{name}") or annotations.get(f"{_PREFIX}agent-template-{name}")
    mode_from = f"{VAULT_AGENT}-perms-{name}"
    mode = _to_mode(annotations.get(mode_from, ""))
    asked = f"{VAULT_AGENT}-template-{name}" if template else _SECRET + name
    content: Text = (SecretValue(path),)
    if template:
        content = _render(template, path)
    elif annotations.get(f"{VAULT_AGENT}-template-file-{name}"):
        asked = f"{VAULT_AGENT}-template-file-{name}"
    secrets = () if isinstance(content, str) else tuple(part for part in content if isinstance(part, SecretValue))
    file = File(content, mode, read_only=None)
    return Injected(_to_path(name, annotations), file, asked, secrets, "" if mode is None else mode_from)


def _render(template: str, path: str) -> Text:
    """Give a template as a text; what takes a secret in a way that is not understood is that secret as a whole."""
    text = render(template, _Nothing()).text
    takes = not isinstance(text, str) and any(
        isinstance(part, Placeholder) and ("secret" in part.expression or "." in part.expression) for part in text
    )
    return (SecretValue(path),) if takes and is_unresolved(text) else text


def _to_path(name: str, annotations: Mapping[str, str]) -> str:
    """Give a file's path; its name is in lower case, unless the Pod asks for it as it is."""
    folder = annotations.get(f"{_PREFIX}secret-volume-path-{name}") or annotations.get(f"{_PREFIX}secret-volume-path")
    keeps = annotations.get(f"{_PREFIX}preserve-secret-case-{name}") or annotations.get(
        f"{_PREFIX}preserve-secret-case", ""
    )
    own = name if keeps in _TRUE else name.lower()
    file = annotations.get(f"{VAULT_AGENT}-file-{name}") or own
    return f"{(folder or _FOLDER).rstrip('/')}/{file.lstrip('/')}"


def _check(injected: list[Injected], annotations: Mapping[str, str], written: Tree) -> None:
    """Refuse permission bits that are none, and paths that lead elsewhere than they say."""
    for name, text in annotations.items():
        if name.startswith(f"{VAULT_AGENT}-perms-") and _to_mode(text) is None:
            raise InvalidInput("these are no permission bits", written.entries[name].origin, "write them as '0440'")
    for each in injected:
        if not each.path.startswith("/") or ".." in each.path.split("/"):
            raise InvalidInput(
                f"{each.path!r} is no path of a file in the container",
                written.entries[each.annotation].origin,
                "write an absolute folder, and a name below it",
            )


def _to_mode(text: str) -> int | None:
    return int(text, 8) & 0o7777 if text and len(text) <= 5 and all(digit in "01234567" for digit in text) else None


def read_injected(
    metadata: Tree, containers: dict[str, Container], path: Path, stores: Stores, reading: Reading
) -> dict[str, Container]:
    """Give containers with the files that their Pod's metadata asks for, and keep the secrets that these name."""
    annotations = string_map_at(metadata, "annotations")
    injected = find_injected(annotations)
    if not injected:
        return containers
    written = mapping_at(metadata, "annotations") or metadata
    _check(injected, annotations, written)
    for each in injected:
        origin = written.entries[each.annotation].origin
        for part in each.secrets:
            known = stores.secrets.get(part.name, Secret(external=True))
            values = {**known.values, part.key: None} if part.key else known.values
            stores.secrets[part.name] = replace(known, values=values)
            reading.origins.setdefault(("secrets", part.name), origin)
    found = dict(containers)
    for name in receivers(annotations, containers):
        container = containers[name]
        reading.grow(PART * len(injected), metadata.origin)
        files = {each.path: each.file for each in injected if each.path not in container.files}
        for each in injected:
            place = (*path, "containers", name, "files", each.path)
            if each.path in files:
                reading.origins[place] = written.keys[each.annotation].origin
                reading.origins[(*place, "content")] = written.entries[each.annotation].origin
                if each.mode_from:
                    reading.origins[(*place, "mode")] = written.entries[each.mode_from].origin
        found[name] = replace(container, files={**container.files, **files})
    return found
