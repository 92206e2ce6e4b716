"""Texts as Kubernetes takes them: values, references, and references inside of other text.

Kubernetes expands `$(NAME)` in `command`, `args`, the commands of probes and the `value` of a variable, from variables that
stand earlier in the list, and collapses `$$` to `$` there; nowhere else (k8s.io/kubernetes/third_party/forked/golang/expansion).
"""

import re
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    make_text,
    print_part,
)
from isomorph.model.workload import Binary, Container, Port
from isomorph.platforms.kubernetes.names import AUXILIARY_PREFIX, is_variable_name, to_key
from isomorph.platforms.kubernetes.write_draft import Draft, Peer

_BEFORE_EXPANSION = re.compile(r"\$(?=[$(])")
_FIELDS = {
    "name": "metadata.name",
    "namespace": "metadata.namespace",
    "uid": "metadata.uid",
    "ip": "status.podIP",
    "ips": "status.podIPs",
    "host-ip": "status.hostIP",
    "host-ips": "status.hostIPs",
    "labels": "metadata.labels",
    "annotations": "metadata.annotations",
    "node": "spec.nodeName",
    "service-account": "spec.serviceAccountName",
}


def escape(text: str) -> str:
    """Double each `$` that would begin an expansion, so that the text reaches the process as it is (fact 5)."""
    return _BEFORE_EXPANSION.sub("$$", text) if "$" in text else text


def to_field_source(field: InstanceField) -> dict[str, Any]:
    """Give the `valueFrom` of a fact about the running instance."""
    known = _FIELDS.get(field.field)
    if known is not None:
        return {"fieldRef": {"fieldPath": known}}
    sort, _, key = field.field.partition(":")
    if sort in ("label", "annotation"):
        return {"fieldRef": {"fieldPath": f"metadata.{sort}s['{key}']"}}
    source: dict[str, Any] = {}
    if field.container:
        source["containerName"] = field.container
    source["resource"] = f"{'requests' if sort == 'request' else 'limits'}.{key}"
    if field.divisor:
        source["divisor"] = field.divisor
    return {"resourceFieldRef": source}


class ContainerTexts:
    """Writes the texts of one container, and gathers the variables that they need."""

    __slots__ = ("_auxiliary", "_draft", "_namespace", "_path", "_single", "env", "stores")

    def __init__(self, draft: Draft, container: Container, path: Path, namespace: str | None) -> None:
        self._draft = draft
        self._path = path
        self._namespace = namespace
        self._auxiliary: dict[Part, str] = {}
        self._single: dict[Part, str] | None = None
        self.stores: set[str] = set()
        self.env: list[dict[str, Any]] = []
        if container.variables:
            self._add_variables(container.variables)

    def _add_variables(self, variables: dict[str, Text]) -> None:
        mixed: list[tuple[str, tuple[Part, ...]]] = []
        aliases = self._draft.aliases
        for name, text in variables.items():
            if not self._takes(name):
                continue
            if isinstance(text, str):
                if text in aliases:
                    self._note_use(text)
                self.env.append({"name": name, "value": escape(text) if "$" in text else text})
            elif len(text) == 1 and (source := self.source_of(text[0])) is not None:
                self.env.append({"name": name, "valueFrom": source})
                if self._single is None:
                    self._single = {}
                self._single.setdefault(text[0], name)
            else:
                mixed.append((name, text))
        # A text that names other variables comes after them: Kubernetes only looks back (fact 8).
        for name, parts in mixed:
            value = self.expand(parts, (*self._path, "variables", name))
            self.env.append({"name": name, "value": value})

    def _takes(self, name: str) -> bool:
        if is_variable_name(name):
            return True
        path = (*self._path, "variables", name)
        if name.isascii() and name.isprintable() and "=" not in name and name:
            self._draft.tell("assumed", f"a variable called {name!r} needs Kubernetes 1.34 or later", path)
            return True
        self._draft.tell("lost", f"Kubernetes takes no variable called {name!r}", path)
        return False

    def _note_use(self, name: str) -> None:
        for peer in self._draft.aliases[name]:
            peer.used.add(name)

    def source_of(self, part: Part) -> dict[str, Any] | None:
        """Give the `valueFrom` of a reference, or None for a part that is none."""
        if isinstance(part, SecretValue):
            name = self._draft.use_store("Secret", part.name, self._namespace)
            source: dict[str, Any] = {"name": name, "key": to_key(part.key or part.name)}
            if part.optional:
                source["optional"] = True
            return {"secretKeyRef": source}
        if isinstance(part, ConfigurationValue):
            name = self._draft.use_store("ConfigMap", part.name, self._namespace)
            self.stores.add(part.name)
            source = {"name": name, "key": to_key(part.key or part.name)}
            if part.optional:
                source["optional"] = True
            return {"configMapKeyRef": source}
        if isinstance(part, InstanceField):
            return to_field_source(part)
        return None

    def expand(self, text: Text, path: Path) -> str:
        """Give a text in which references stand as `$(VARIABLE)`."""
        if isinstance(text, str):
            return escape(text) if "$" in text else text
        pieces: list[str] = []
        for index, part in enumerate(text):
            if isinstance(part, str):
                piece = escape(part)
                # A dollar at the very end would take the `$(` of what follows for its pair.
                if piece.endswith("$") and index + 1 < len(text) and (len(piece) - len(piece.rstrip("$"))) % 2:
                    piece += "$"
                pieces.append(piece)
            elif isinstance(part, SecretValue | ConfigurationValue | InstanceField):
                pieces.append(f"$({self._variable_for(part)})")
            else:
                pieces.append(escape(plain_part(self._draft, part, path)))
        return "".join(pieces)

    def _variable_for(self, part: Part) -> str:
        """Give the variable that holds a reference: one of the container's own, else one made for it."""
        if self._single is not None and part in self._single:
            return self._single[part]
        name = self._auxiliary.get(part)
        if name is None:
            name = self._auxiliary[part] = f"{AUXILIARY_PREFIX}{len(self._auxiliary) + 1}"
            self.env.insert(len(self._auxiliary) - 1, {"name": name, "valueFrom": self.source_of(part)})
        return name

    def vector(self, vector: tuple[Text, ...], path: Path) -> list[str]:
        """Give an argument vector."""
        return [
            (escape(text) if "$" in text else text) if type(text) is str else self.expand(text, path) for text in vector
        ]

    def check_vector(self, vector: tuple[Text, ...], path: Path) -> list[str]:
        """Give the command of a probe: only literal variables are expanded there, so references are lost.

        The container's own name becomes localhost: its Service leads to it only once the probe has succeeded.
        """
        own = self._path[1]
        words: list[str] = []
        for text in vector:
            if not isinstance(text, str):
                text = make_text([_to_localhost(part, own) for part in text])
            words.append(escape(plain(self._draft, text, path)))
        return words


def _to_localhost(part: Part, own: str) -> Part:
    if isinstance(part, Address) and part.workload == own:
        return "localhost" if part.port is None else f"localhost:{part.port}"
    return part


def plain(draft: Draft, text: Text, path: Path) -> str:
    """Give a text where Kubernetes expands nothing; references that only it could fill in are told as lost."""
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else plain_part(draft, part, path) for part in text)


def plain_part(draft: Draft, part: Part, path: Path) -> str:
    """Give a reference as text, as far as it can be known now."""
    if isinstance(part, str):
        return part
    if isinstance(part, Address):
        return print_address(draft, part)
    if isinstance(part, Placeholder):
        draft.tell("lost", f"{part.expression} is not settled; the output has it as it was written", path)
    elif isinstance(part, Output):
        draft.tell("lost", f"{print_part(part)} is not provisioned; the output has it as it was written", path)
    elif isinstance(part, ConfigurationValue):
        configuration = draft.application.configurations.get(part.name)
        value = configuration.values.get(part.key) if configuration else None
        if value is not None and not isinstance(value, Binary):
            return plain(draft, value, path)
        draft.tell("lost", f"a reference to configuration {part.name} cannot stand inside of this text", path)
    else:
        draft.tell(
            "lost", f"{print_part(part)} cannot stand inside of this text; Kubernetes fills in nothing here", path
        )
    return print_part(part)


def print_address(draft: Draft, address: Address) -> str:
    """Spell a peer's address: the Service that answers to the name, and the Service's port."""
    peer = draft.peers.get(address.workload)
    port = "" if address.port is None else f":{address.port}"
    if peer is None:
        return f"{address.name}{port}"
    name = address.name
    service = peer.services.get(name)
    if service is None and draft.native:
        return f"{_requalify(draft, peer, name)}{port}"
    peer.used.add(name)
    if address.port is not None and not draft.native:
        _infer_port(draft, peer, address)
    return f"{service or peer.main}{port}"


def _requalify(draft: Draft, peer: Peer, name: str) -> str:
    """Move a qualified name of a Kubernetes definition to the namespace that was asked for."""
    wanted = draft.options.namespace
    if wanted is None:
        return name
    old = peer.workload.namespace or draft.application.namespace or "default"
    first, *rest = name.split(".")
    return ".".join([first, *(wanted if part == old else part for part in rest)])


def _infer_port(draft: Draft, peer: Peer, address: Address) -> None:
    """Offer a port that peers use and nobody declared: their platform let them reach it anyway (open network).

    A Score file that declares ports declares all of them; another is a mistake of the peer, and nothing listens there.
    """
    number = address.port
    if number is None or not 0 < number < 65536:
        return
    key = f"{number}/tcp"
    port = peer.workload.ports.get(key)
    if (port is not None and port.offered) or key in peer.inferred:
        return
    place = ("workloads", address.workload)
    known = ", ".join(str(each.number) for each in peer.workload.ports.values() if each.offered)
    if draft.platform == "score" and known:
        draft.tell(
            "missing-reference", f"peers connect to port {number}, which it does not offer: it has {known}", place
        )
        return
    peer.inferred[key] = Port(number, port.target if port else number)
    draft.tell("assumed", f"peers connect to port {number}, which is not declared; its Service offers it", place)
