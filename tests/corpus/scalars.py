"""Changes of single values in files of the corpus: each place that a definition has an origin for, changed a little."""

import random
import re
from pathlib import Path
from typing import NamedTuple

from isomorph.drift.finding import Environment
from isomorph.model.origin import Origin

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[^\s,\[\]{}#]+')
_AMOUNT = re.compile(r"[0-9]+(?=(\.[0-9]+)?[A-Za-z]{0,2}$)")
_OTHERS = {"true": "false", "false": "true", "Always": "Never", "Never": "Always", "IfNotPresent": "Always"}
_WORDS = {"always": "on-failure", "StatefulSet": "Deployment", "Deployment": "StatefulSet", "TCP": "UDP"}


class Scalar(NamedTuple):
    """A value of an environment: where the model has it, where it is written, and that file's text with another value."""

    environment: str
    path: str
    place: Origin
    text: str


def sample_scalars(environments: list[Environment], number: int) -> list[Scalar]:
    """Give some of the values that environments say, the same ones in each run: what the files do not write as a value is not."""
    found: dict[tuple[str, int, int], Scalar] = {}
    for environment in environments:
        for path, origin in environment.definition.origins.table.items():
            place = origin.via[-1] if origin.via else origin
            key = (place.file, place.line, place.column)
            if place.refers or key in found or not Path(place.file).is_file():
                continue
            text = _change(Path(place.file).read_text(), place)
            if text is not None:
                found[key] = Scalar(environment.name, "/".join(path), place, text)
    chosen = sorted(found.values(), key=lambda each: (each.place.file, each.place.line, each.place.column))
    return random.Random(number).sample(chosen, number)


def _change(text: str, place: Origin) -> str | None:
    """Give a text with another value at a place; None where no value of one line stands there."""
    lines = text.split("\n")
    line = lines[place.line - 1]
    match = _TOKEN.match(line, place.column - 1)
    if match is None:
        return None
    word, rest = match.group(), line[match.end() :].lstrip()
    if word.startswith(("&", "*", "!", "{{", "|", ">", "-")) or word.endswith(":") or rest.startswith((":", "=", "{")):
        return None
    quote = word[0] if word[0] in "\"'" else ""
    body = word[1:-1] if quote else word
    changed = _OTHERS.get(body) or _WORDS.get(body) or _AMOUNT.sub(lambda found: str(int(found[0]) + 1), body, count=1)
    changed = f"{body}x" if changed == body else changed
    lines[place.line - 1] = line[: match.start()] + quote + changed + quote + line[match.end() :]
    return "\n".join(lines)
