"""What an environment would be on another platform, as a text of its own: what the other lacks is copied from there.

Nothing is taken that the other platform says otherwise: only what its reader finds to be the same value again.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import join

import msgspec
from msgspec.structs import replace

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding
from isomorph.model.errors import IsomorphError
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import BY_NAME, find_family, load_reader, load_writer
from isomorph.project.fix.mending import Edits, ReadText
from isomorph.project.fix.said import Sides
from isomorph.project.fix.transplanting import propose_copy
from isomorph.project.preview import GeneratedFiles

_PROGRAM = re.compile(r"\b(?:wget|curl|nc|grpc_health_probe)\b")
_BYTES = re.compile(r"\"[0-9]{7,}\"")

FOLDER = ".isomorph/translated"
"""Where the text would stand; nothing is written there."""


class Translated(msgspec.Struct, frozen=True):
    """An environment as it would be on another platform, with the texts that say so, by path."""

    environment: Environment
    texts: dict[str, str]


def translate(environment: Environment, platform: str, context: Context, root: str) -> Translated | None:
    """Write an environment for a platform, and read it again; None where that platform cannot say it."""
    family = find_family(platform)
    if family not in BY_NAME or not BY_NAME[family].writes:
        return None
    folder = join(root, FOLDER, environment.name)
    try:
        written = load_writer(family)(environment.definition, WriteOptions())
        texts = {join(folder, each.path): each.content for each in written.files if isinstance(each.content, str)}
        several = sum(each.alike for each in written.files) > 1
        path = folder if several else join(folder, written.files[0].path)
        files = {name: text.encode() for name, text in texts.items()}
        overlay = replace(context, files=GeneratedFiles(context.files, files, frozenset((folder,))))
        definition = normalise(load_reader(family)(Source(path), overlay))
    except IsomorphError:
        return None
    return Translated(Environment(environment.name, definition, ((family, path),)), texts)


class Translation:
    """The source of a pair as the target's platform would have it, compared again once the target is another."""

    def __init__(self, make: Callable[[Sides], Translated | None]) -> None:
        self.make = make
        self.made: Translated | None = None
        self.is_made = False
        self.known: tuple[Environment, Sides] | None = None
        self.reason = ""

    def propose(self, finding: Finding, sides: Sides, read: ReadText) -> Iterator[Edits]:
        """Give the edits that copy what the target's platform would have in the place of a finding's value."""
        if sides.of(finding)[1].value is not None:
            return
        if not self.is_made:
            self.made, self.is_made = self.make(sides), True
        if self.made is None:
            return
        if self.known is None or self.known[0] is not sides.target:
            pair = [self.made.environment, sides.target]
            self.known = (sides.target, Sides(self.made.environment, sides.target, compare(pair)))
        translated = self.known[1]
        for other in translated.report.findings:
            if _is_same(finding, sides, other, translated):
                for edits in propose_copy(other, translated, read, self.made.texts.get):
                    yield from self.spell(finding, sides, edits)

    def spell(self, finding: Finding, sides: Sides, edits: Edits) -> Iterator[Edits]:
        """Give edits as a person would write them; none where one runs a program of which the other side knows nothing."""
        value = sides.of(finding)[0].value or ""
        program = next((found[0] for edit in edits if (found := _PROGRAM.search(edit.new))), None)
        if finding.rule.startswith("probe.") and program is not None and program not in value:
            self.reason = f"{sides.target.name} would check it by a command, and {program} may not be in the image"
            return
        if finding.subject == "memory":
            sized = tuple(replace(edit, new=_BYTES.sub(_print_size, edit.new)) for edit in edits)
            yield from (sized,) if sized != edits else ()
        yield edits


def _print_size(found: re.Match[str]) -> str:
    """Spell a number of bytes in the largest unit that is whole."""
    mebibytes = int(found[0].strip('"')) >> 20
    return f"{mebibytes}M" if mebibytes % 1024 else f"{mebibytes >> 10}G"


def _is_same(finding: Finding, sides: Sides, other: Finding, translated: Sides) -> bool:
    """Tell whether two findings are about the same thing of the target, and have the same value to take."""
    if (finding.rule, finding.subject) != (other.rule, other.subject):
        return False
    if sides.of(finding)[0].value != translated.of(other)[0].value:
        return False
    ours, theirs = sides.workload(sides.target, finding), translated.workload(translated.target, other)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return False
    return _containers(finding, sides) == _containers(other, translated)


def _containers(finding: Finding, sides: Sides) -> list[str]:
    return [name for name, _ in sides.containers(sides.target, finding)]
