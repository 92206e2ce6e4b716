"""Placeholders in the params of resources: `${metadata.KEY}`, `${resources.NAME.OUTPUT}`, `$$` for a dollar.

The grammar is Score's (score-go, framework/substitution.go): `${…}` up to the first closing brace, `\\.` a dot of a key,
`$$` a dollar, and a dollar before anything else itself. Mapping keys are never expanded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import map_texts
from isomorph.model.origin import Path
from isomorph.model.text import Output, Text
from isomorph.provisioning.uids import Declared, Scope

_MOST_LISTED = 12


class Reference(msgspec.Struct, frozen=True):
    """What a placeholder names: the path in its parts, and the text between its braces."""

    path: tuple[str, ...]
    written: str


Resolve = Callable[[Reference], str]
"""Gives the text that a reference stands for."""


def parse_references(text: str) -> list[str | Reference]:
    """Split a text into literals, in which `$$` is a dollar already, and references."""
    parts: list[str | Reference] = []
    done = 0
    while (dollar := text.find("$", done)) >= 0:
        if dollar > done:
            parts.append(text[done:dollar])
        following = text[dollar + 1 : dollar + 2]
        end = text.find("}", dollar + 2) if following == "{" else -1
        if end >= 0:
            written = text[dollar + 2 : end]
            parts.append(Reference(split_path(written), written))
            done = end + 1
        else:
            parts.append("$")
            if following == "{":  # No brace closes it, nor any after it: the rest is literal, but for doubled dollars.
                parts.append(text[dollar + 1 :].replace("$$", "$"))
                return parts
            done = dollar + (2 if following == "$" else 1)
    if done < len(text):
        parts.append(text[done:])
    return parts


def split_path(written: str) -> tuple[str, ...]:
    """Split a path at its dots; `\\.` is a dot of the key."""
    if "\\." not in written:
        return tuple(written.split("."))
    return tuple(part.replace("\0", ".") for part in written.replace("\\.", "\0").split("."))


def join_path(path: Iterable[str]) -> str:
    """Spell a path in parts so that splitting gives it again."""
    return ".".join(part.replace(".", "\\.") for part in path)


def texts_in(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the texts of plain data with their paths in it, in order; mapping keys are none of them."""
    pending: list[tuple[tuple[str, ...], Any]] = [(path, value)]
    while pending:
        here, one = pending.pop()
        if isinstance(one, str):
            yield here, one
        elif isinstance(one, dict):
            pending.extend(((*here, str(key)), each) for key, each in reversed(one.items()))
        elif isinstance(one, list | tuple):
            pending.extend(((*here, str(index)), one[index]) for index in reversed(range(len(one))))


def find_uids(declared: Declared) -> tuple[str, ...]:
    """Give the uids of the resources that a resource's params refer to, each once, in the order of first mention.

    Raises InvalidInput at the resource for a placeholder that names nothing.
    """
    if not declared.resource.parameters:
        return ()
    found: dict[str, None] = {}
    for path, text in texts_in(declared.resource.parameters, ("params",)):
        if "$" not in text:
            continue
        for part in parse_references(text):
            if isinstance(part, Reference):
                uid = find_resource(part, declared, path)
                if uid:
                    found[uid] = None
    return tuple(found)


def find_resource(reference: Reference, declared: Declared, place: tuple[str, ...] = ("params",)) -> str:
    """Give the uid of the resource that a reference names, and nothing for one into metadata.

    Raises InvalidInput for an unknown root or resource, saying which there are.
    """
    root, scope = reference.path[0], declared.scope
    if root not in ("metadata", "resources"):
        hint = "use metadata or resources, or write $$ for a dollar that is meant"
        raise placeholder_error(reference, f"unknown root {root!r}", declared, place, hint)
    if len(reference.path) < 2:
        message = f"a name must follow {root}"
        raise placeholder_error(reference, message, declared, place, f"write ${{{root}.NAME}}")
    if root == "metadata":
        return ""
    uid = scope.resources.get(reference.path[1])
    if uid is None:
        name = reference.path[1]
        hint = suggest(name, scope.resources, f"workload {scope.workload} has")
        raise placeholder_error(reference, f"there is no resource {name!r}", declared, place, hint)
    return uid


def find_asked(definition: Definition, resources: Mapping[str, Declared]) -> dict[str, frozenset[str]]:
    """Give the outputs that texts, images and params refer to, by the uid of their resource.

    Of a path into an output, it is the output's name; references that name nothing are left out.
    """
    asked: dict[str, set[str]] = {}

    def note(text: Text, path: Path) -> Text:
        if not isinstance(text, str):
            for part in text:
                if isinstance(part, Output) and part.output:
                    asked.setdefault(part.dependency, set()).add(split_path(part.output)[0])
        return text

    map_texts(definition.application, note)
    for workload in definition.application.workloads.values():
        for container in workload.containers.values():
            image = container.image
            if image is not None:
                for text in (image.repository, image.tag):
                    if text is not None:
                        note(text, ())
    for declared in resources.values():
        for _, text in texts_in(declared.resource.parameters):
            for part in parse_references(text) if "$" in text else ():
                if isinstance(part, Reference) and part.path[0] == "resources" and len(part.path) > 2:
                    uid = declared.scope.resources.get(part.path[1], "")
                    asked.setdefault(uid, set()).add(part.path[2])
    return {uid: frozenset(names) for uid, names in asked.items()}


def find_metadata(reference: Reference, scope: Scope) -> Any:
    """Give the value that a reference into metadata names; raises LookupError with what is wrong, and what there is."""
    value: Any = scope.metadata
    for index, key in enumerate(reference.path[1:], 1):
        if not isinstance(value, dict):
            raise LookupError(f"{join_path(reference.path[:index])} is a value and has no keys", "")
        if key not in value:
            raise LookupError(f"there is no key {key!r}", suggest(key, value, "there are"))
        value = value[key]
    return value


def substitute(value: Any, change: Callable[[str, tuple[str, ...]], str], path: tuple[str, ...] = ("params",)) -> Any:
    """Give plain data with every text changed; data without a `$` in it stays the same object."""
    if isinstance(value, str):
        return change(value, path) if "$" in value else value
    if isinstance(value, dict):
        mapped = {key: substitute(each, change, (*path, str(key))) for key, each in value.items()}
        return mapped if any(mapped[key] is not each for key, each in value.items()) else value
    if isinstance(value, list):
        items = [substitute(each, change, (*path, str(index))) for index, each in enumerate(value)]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return value


def print_value(value: Any) -> str:
    """Spell a value inside a text: a text as it is, everything else as JSON with its keys sorted."""
    return value if isinstance(value, str) else msgspec.json.encode(value, order="deterministic").decode()


def placeholder_error(
    reference: Reference, message: str, declared: Declared, place: tuple[str, ...], hint: str = ""
) -> InvalidInput:
    """Give the error for a placeholder in a resource's params."""
    resource = declared.resource
    where = join_path(place)
    return InvalidInput(f"resource {resource.uid}: {where}: ${{{reference.written}}}: {message}", resource.origin, hint)


def suggest(name: str, known: Iterable[str], there_are: str = "there are") -> str:
    """Say what is near a name that is not known, and what exists."""
    names = [str(each) for each in known]
    if not names:
        return f"{there_are} none"
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1, 0.6) or [each for each in names if each.lower() == name.lower()][:1]
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    listed = f"{there_are} {', '.join(names[:_MOST_LISTED])}{more}"
    return f"did you mean {near[0]}? {listed}" if near else listed
