"""A run in which some Score files changed, and nothing that other workloads see of them: only theirs is written anew.

What a changed workload was written as before is found in the output, as it stands there, and replaced by what it is written
as now. Wherever that cannot be told for certain, nothing is done here, and the run does all of it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Secret
from isomorph.model.errors import Diagnostic
from isomorph.model.image import Image
from isomorph.model.normalise import link_text, map_workload_texts
from isomorph.model.origin import Origins, Path
from isomorph.model.text import Address, Output, Part, Reference, SecretValue, Text, map_parts, references_in
from isomorph.model.workload import Container, Mount, Workload
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.table import find_family, load_writer
from isomorph.project.cache import Cache, decode_workload

_ENTRY = re.compile(r"^  (?=[^ \n#-])", re.MULTILINE)
_SECTION = re.compile(r"^(?=[^ \n#-])", re.MULTILINE)
_NAMED = re.compile(r"^kind: (?P<kind>.+)$|^  (?P<field>name|namespace): (?P<value>.+)$", re.MULTILINE)
_NAMED_IN_BRACES = re.compile(r"^  kind: (?P<kind>.+)$|^    (?P<field>name|namespace): (?P<value>.+)$", re.MULTILINE)
_SEPARATOR = re.compile(r"^---\n", re.MULTILINE)


class Replaced(msgspec.Struct, frozen=True):
    """An output with some of its parts replaced, what is remarked on them, and the workloads as they are resolved now."""

    content: str
    diagnostics: tuple[Diagnostic, ...]
    workloads: dict[str, Workload]


def can_replace(platform: str, style: str) -> bool:
    """Tell whether parts of a platform's output can be told apart: it is one file, of entries that have names."""
    return (platform, style) in _SPLITTERS


def face_of(definition: Definition, key: str) -> bytes:
    """Give a digest of what others see of a workload, and of what it asks of resources.

    While it stays, so do resources, addresses and everything that is written for other workloads.
    """
    workload, dependencies = definition.application.workloads[key], definition.application.dependencies
    containers = [
        (name, container.role.value, sorted(container.before.items()), sorted(container.files))
        for name, container in workload.containers.items()
    ]
    mounts = [
        sorted((path, mount.volume) for path, mount in each.mounts.items()) for each in workload.containers.values()
    ]
    asked = sorted({(part.dependency, part.output) for part in list_references(workload) if isinstance(part, Output)})
    said = [
        (workload.name, workload.namespace, workload.kind.value, workload.names, sorted(workload.routes)),
        sorted((name, msgspec.to_builtins(port)) for name, port in workload.ports.items()),
        (containers, mounts, asked),
        sorted((name, uid, msgspec.to_builtins(dependencies.get(uid))) for name, uid in workload.dependencies.items()),
    ]
    return sha256(msgspec.msgpack.encode(said)).digest()


def list_references(workload: Workload) -> Iterator[Reference]:
    """Give all references in a workload's texts and images."""
    found: list[Reference] = []

    def note(text: Text, _: Path) -> Text:
        found.extend(references_in(text))
        return text

    map_workload_texts(workload, (), note)
    for container in workload.containers.values():
        if container.image is not None:
            for text in (container.image.repository, container.image.tag or ""):
                found.extend(references_in(text))
    return iter(found)


def replace_changed(
    platform: str, options: WriteOptions, cache: Cache, fresh: Mapping[str, Definition], content: str
) -> Replaced | None:
    """Give the output with changed workloads written anew; None where that cannot be done.

    `fresh` are the definitions of the changed files, by workload; `content` is the output as it stands.
    """
    names = _list_names(cache)
    known = {key: decode_workload(cache.workloads[key].resolved) for key in fresh}
    diagnostics: list[Diagnostic] = []
    workloads: dict[str, Workload] = {}
    write = load_writer(platform)
    for key, definition in fresh.items():
        if face_of(definition, key) != cache.workloads[key].face:
            return None
        before = known[key]
        now = _resolve(definition.application.workloads[key], before, cache.outputs, names)
        if now is None or _seen(now) != _seen(before):
            return None
        beside = _list_beside(before, cache)
        old = write(_alone(definition, before, beside), options)
        new = write(_alone(definition, now, beside), options)
        changed = _replace(content, old, new, platform, options.style)
        if changed is None:
            return None
        content = changed
        workloads[key] = now
        diagnostics += [*definition.diagnostics, *(each for each in new.diagnostics if each.path[1:2] in ((), (key,)))]
    return Replaced(content, tuple(diagnostics), workloads)


def _list_names(cache: Cache) -> dict[str, str]:
    """Give the names by which peers reach workloads; the first to have one counts."""
    names: dict[str, str] = {}
    for key, known in cache.workloads.items():
        for name in known.names:
            names.setdefault(name.lower(), key)
    return names


def _resolve(
    workload: Workload, before: Workload, outputs: Mapping[str, Mapping[str, Text]], names: Mapping[str, str]
) -> Workload | None:
    """Give a workload with outputs in place, and with what its resources gave it before; None where an output is unknown."""
    unknown: list[Output] = []

    def stand_in(part: Part) -> Text:
        if not isinstance(part, Output):
            return part if isinstance(part, str) else (part,)
        found = outputs.get(part.dependency, {}).get(part.output)
        if found is None:
            unknown.append(part)
            return ""
        return found

    def change(text: Text, _: Path) -> Text:
        return link_text(text if isinstance(text, str) else map_parts(text, stand_in), names)

    resolved = map_workload_texts(workload, (), change)
    containers = {
        name: replace(container, mounts=_mounts_of(before.containers[name], container))
        for name, container in resolved.containers.items()
    }
    if unknown or any(isinstance(part, Output) for part in list_references(resolved)):
        return None
    return replace(resolved, containers=containers, routes=before.routes, order=before.order, dependencies={})


def _mounts_of(before: Container, now: Container) -> dict[str, Mount]:
    """Give mounts with the volumes that resources turned out to be; they are the same ones, as the face is."""
    return {
        path: replace(mount, volume=before.mounts[path].volume, sub_path=mount.sub_path or before.mounts[path].sub_path)
        for path, mount in now.mounts.items()
    }


def _seen(workload: Workload) -> list[str]:
    """Give the addresses and secrets that a workload refers to, in a form that compares."""
    return sorted({repr(part) for part in list_references(workload)})


def _list_beside(workload: Workload, cache: Cache) -> dict[str, Workload]:
    """Give those whom a workload's text names, as bare as their names and ports allow."""
    wanted = {part.workload for part in list_references(workload) if isinstance(part, Address)}
    wanted |= {name.partition("/")[0] if name not in cache.workloads else name for name in workload.order}
    beside = {}
    for key in sorted(wanted & cache.workloads.keys() - {workload.name}):
        peer = decode_workload(cache.workloads[key].resolved)
        containers = {
            name: Container(role=each.role, image=Image("-"), readiness=each.readiness, before=each.before)
            for name, each in peer.containers.items()
        }
        beside[key] = Workload(
            name=peer.name,
            namespace=peer.namespace,
            kind=peer.kind,
            containers=containers,
            ports=peer.ports,
            names=peer.names,
        )
    return beside


def _alone(definition: Definition, workload: Workload, beside: Mapping[str, Workload]) -> Definition:
    # No value of a secret is known here, and none is written: where it would stand, both outputs have the same.
    secrets: dict[str, Secret] = {}
    for part in list_references(workload):
        if isinstance(part, SecretValue):
            known = secrets.get(part.name, Secret())
            secrets[part.name] = replace(known, values={**known.values, part.key: "-"})
    application = Application(workloads={**beside, workload.name: workload}, secrets=secrets)
    return Definition(application=application, platform="score", origins=Origins(definition.origins.table))


def _replace(content: str, old: Written, new: Written, platform: str, style: str) -> str | None:
    """Replace in an output what differs between two small ones; None where it is not there just as it was written."""
    if old.files[1:] != new.files[1:] or old.variables != new.variables:
        return None
    split = _SPLITTERS.get((platform, style))
    before, after = old.files[0].content, new.files[0].content
    if split is None or not isinstance(before, str) or not isinstance(after, str):
        return None
    ours, theirs = split(before), split(after)
    if ours is None or theirs is None or ours.keys() != theirs.keys():
        return None
    for name, part in ours.items():
        if part == theirs[name]:
            continue
        start = content.find(part)
        if start < 0 or content.find(part, start + 1) >= 0 or not _is_whole(content, start, len(part), platform):
            return None
        content = content[:start] + theirs[name] + content[start + len(part) :]
    return content


def _is_whole(content: str, start: int, length: int, platform: str) -> bool:
    """Tell whether a part of an output is a whole entry of it: nothing before or behind belongs to it."""
    after = content[start + length : start + length + 4]
    if start and content[start - 1] != "\n":
        return False
    if find_family(platform) == "compose":
        return not after or after[0] != " " or (after.startswith("  ") and after[2:3] not in (" ", "-"))
    return not after or after.startswith("---\n")


def _split_compose(text: str) -> dict[str, str] | None:
    """Split a Compose file into the entries of its sections."""
    entries: dict[str, str] = {}
    for section in _SECTION.split(text):
        head, _, body = section.partition("\n")
        for entry in _ENTRY.split(body)[1:]:
            name = f"{head} {entry.partition(chr(10))[0]}"
            if name in entries:
                return None
            entries[name] = f"  {entry}"
    return entries


def _split_documents(text: str) -> dict[str, str] | None:
    """Split manifests into documents, by kind, namespace and name."""
    documents: dict[str, str] = {}
    for document in text.split("\n---\n"):
        name = _name(document.partition("\nspec:")[0], _NAMED)
        if name in documents:
            return None
        documents[name] = document if document.endswith("\n") else f"{document}\n"
    return documents


def _split_braced(text: str) -> dict[str, str] | None:
    """Split manifests in KYAML, whose every document follows a separator, likewise."""
    documents: dict[str, str] = {}
    for document in _SEPARATOR.split(text)[1:]:
        name = _name(document.partition("\n  spec:")[0], _NAMED_IN_BRACES)
        if name in documents:
            return None
        documents[name] = document
    return documents


def _name(head: str, named: re.Pattern[str]) -> str:
    """Give kind, namespace and name of a document; in its metadata, they come first."""
    words = {
        found["field"] or "kind": found["value"] or found["kind"] for found in reversed(list(named.finditer(head)))
    }
    return " ".join(f"{key}={words[key]}" for key in sorted(words))


_MANIFESTS = ("kubernetes", "minikube", "openshift")
_SPLITTERS: dict[tuple[str, str], Callable[[str], dict[str, str] | None]] = {
    **{(platform, "yaml"): _split_compose for platform in ("compose", "swarm")},
    **{(platform, "yaml"): _split_documents for platform in _MANIFESTS},
    **{(platform, "kyaml"): _split_braced for platform in _MANIFESTS},
}
