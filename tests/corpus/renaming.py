"""Random names and passwords of one output put in place of another's, so that the meaning of both can be compared.

The two are walked side by side. Where ours holds a made-up text, theirs at the same place tells what it is called there:
`pg-4fJk2a` against `pg-krOnNh`, as the key of a service or inside an address. What one place leaves open, another settles.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

_BASE64 = re.compile(r"\b[A-Za-z0-9+/]{12,}={0,2}")


def rename_randoms(ours: Mapping[str, str], theirs: str, randoms: Iterable[str]) -> dict[str, str]:
    """Give our texts (the main one first), with made-up texts as they are called in their main one."""
    matching = _Matching(randoms)
    matching.settle(_parse(next(iter(ours.values()))), _parse(theirs))
    return {matching.rename(path): matching.rename(text) for path, text in ours.items()}


def _parse(text: str) -> Any:
    """Read YAML with all scalars as texts: manifests by kind and name, services by the host that they are."""
    documents = [each for each in yaml.load_all(text, yaml.BaseLoader) if each is not None]
    if len(documents) == 1 and "services" in documents[0]:
        services = documents[0]["services"].items()
        for _, each in services:
            if isinstance(each.get("environment"), list):
                each["environment"] = dict(line.split("=", 1) for line in each["environment"])
        return {**documents[0], "services": {each.get("hostname", name): each for name, each in services}}
    for each in documents:
        if each["kind"] == "Secret":
            each["data"] = {key: base64.b64decode(value).decode() for key, value in each.get("data", {}).items()}
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}


class _Matching:
    """What our made-up texts are called on their side, as far as it is known."""

    def __init__(self, made_up: Iterable[str]) -> None:
        longest_first = sorted((text for text in made_up if text), key=lambda text: (-len(text), text))
        self.pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self.theirs: dict[str, str] = {}
        self.guess = False

    def rename(self, text: str) -> str:
        """Give a text with each made-up part as it is called on their side, inside base64, too; unknown ones stay."""
        return self._rename_plain(_BASE64.sub(self._rename_encoded, text))

    def _rename_plain(self, text: str) -> str:
        return self.pattern.sub(lambda found: self.theirs.get(found[0], found[0]), text)

    def _rename_encoded(self, found: re.Match[str]) -> str:
        try:
            text = base64.b64decode(found[0], validate=True).decode()
        except ValueError:
            return found[0]
        return base64.b64encode(self._rename_plain(text).encode()).decode()

    def settle(self, ours: Any, theirs: Any) -> None:
        """Walk both sides until nothing new is learnt; where only chance could tell two apart, the first is taken."""
        while True:
            known = len(self.theirs)
            self.walk(ours, theirs)
            if len(self.theirs) > known:
                self.guess = False
            elif self.guess:
                return
            else:
                self.guess = True

    def walk(self, ours: Any, theirs: Any) -> None:
        if isinstance(ours, str) and isinstance(theirs, str):
            self.bind(ours, theirs)
        elif isinstance(ours, dict) and isinstance(theirs, dict):
            self.walk_mappings(ours, theirs)
        elif isinstance(ours, list) and isinstance(theirs, list):
            if all(isinstance(each, dict) for each in [*ours, *theirs]):
                self.walk_mappings(_by_identity(ours), _by_identity(theirs))
            elif len(ours) == len(theirs):
                for one, other in zip(ours, theirs, strict=True):
                    self.walk(one, other)

    def walk_mappings(self, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        taken = {self.rename(key) for key in ours}
        for key, value in ours.items():
            if self.rename(key) in theirs:
                self.walk(value, theirs[self.rename(key)])
                continue
            candidates = [other for other in theirs if other not in taken and self.match(key, other)]
            if candidates and (len(candidates) == 1 or self.guess):
                self.bind(key, candidates[0])
                taken.add(candidates[0])
                self.guess = False

    def bind(self, ours: str, theirs: str) -> None:
        self.theirs.update(self.match(ours, theirs) or {})

    def match(self, ours: str, theirs: str) -> dict[str, str] | None:
        """Give what the made-up parts of a text of ours are in theirs, or None where the rest differs."""
        names: dict[str, str] = {}
        pieces, done = [], 0
        for found in self.pattern.finditer(ours):
            pieces.append(re.escape(ours[done : found.start()]))
            done = found.end()
            text = found[0]
            if text in self.theirs:
                pieces.append(re.escape(self.theirs[text]))
            elif text in names:
                pieces.append(f"(?P={names[text]})")
            else:
                names[text] = f"made{len(names)}"
                pieces.append(f"(?P<{names[text]}>.+?)")
        matched = re.fullmatch("".join([*pieces, re.escape(ours[done:])]), theirs, re.DOTALL) if names else None
        if matched is None:
            return None
        learnt = {text: matched[name] for text, name in names.items()}
        return None if set(learnt.values()) & set(self.theirs.values()) else learnt


def _by_identity(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Key the items of a list by what they are called, or else by their place."""
    named = {}
    for index, item in enumerate(items):
        identity = next((item[key] for key in ("name", "target", "mountPath") if isinstance(item.get(key), str)), index)
        named[f"{identity}"] = item
    return named
