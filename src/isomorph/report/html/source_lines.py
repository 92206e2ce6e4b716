"""A few lines of a source file around the place of a finding, as HTML; secrets are masked, and nothing in it is markup."""

import os
import re
from collections.abc import Iterable
from html import escape

from isomorph.drift.finding import Finding, Report
from isomorph.model.origin import Origin
from isomorph.model.secrecy import MASK
from isomorph.report.html.secret_lines import MaskedLines, Secrets, mask_lines
from isomorph.report.places import is_file
from isomorph.report.terminal import clean

AROUND = 2
"""Lines above and below."""
LONGEST, LARGEST = 200, 8 << 20
"""Characters of a line, bytes of a file that is shown."""

_KEY = re.compile(r"^(\s*(?:- +)*)([\w./\"'-]+)(\s*[:=].*)$")
_COMMENT = re.compile(r"^(\s*)(#.*|//.*)$")


class Sources:
    """The files of a report. Only those below the project, or that somebody named, are opened: a path may come from data."""

    def __init__(self, report: Report, root: str | None) -> None:
        self._secrets = Secrets(each.definition for each in report.environments)
        self._folders = _folders(report, root)
        self._places = _secret_places(report.findings)
        self._files: dict[str, MaskedLines | None] = {}
        self._shown: dict[tuple[str, int, int], str] = {}

    def show(self, origin: Origin) -> str:
        """Write the lines around a place as HTML; nothing where there are none to show."""
        key = origin.file, origin.line, origin.column
        if key not in self._shown:
            self._shown[key] = self._write(origin)
        return self._shown[key]

    def _write(self, origin: Origin) -> str:
        lines = self._lines(origin.file) if is_file(origin) else None
        if lines is None or not 1 <= origin.line <= len(lines):
            return ""
        first, last = max(1, origin.line - AROUND), min(len(lines), origin.line + AROUND)
        while first < origin.line and not lines[first - 1].strip():
            first += 1
        while last > origin.line and not lines[last - 1].strip():
            last -= 1
        width = len(str(last))
        shown = [
            _line(number, lines[number - 1], width, origin.column if number == origin.line else 0)
            for number in range(first, last + 1)
        ]
        return "".join(shown)

    def _lines(self, file: str) -> MaskedLines | None:
        if file not in self._files:
            self._files[file] = self._read(file)
        return self._files[file]

    def _read(self, file: str) -> MaskedLines | None:
        path = os.path.realpath(file.partition("?")[0] if not os.path.exists(file) else file)
        if not any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in self._folders):
            return None
        try:
            if not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
                return None
            with open(path, encoding="utf-8", errors="replace", newline=None) as opened:
                text = opened.read()
        except OSError:
            return None
        return mask_lines(text.split("\n"), self._places.get(file, ()), self._secrets)


def _folders(report: Report, root: str | None) -> list[str]:
    """Give what may be opened: the project, and what was named as a definition, with the folder that a file is in."""
    named = [root if root is not None else "."]
    for environment in report.environments:
        for _, source in environment.parts:
            path = source.partition("?")[0]
            named.append(path if os.path.isdir(path) else os.path.dirname(path) or ".")
    return list(dict.fromkeys(map(os.path.realpath, named)))


def _secret_places(findings: Iterable[Finding]) -> dict[str, set[int]]:
    """Give the lines whose value a finding masks, with the lines that it came from."""
    places: dict[str, set[int]] = {}
    for finding in findings:
        for side in finding.sides:
            if side.value is not None and MASK in side.value and side.origin is not None:
                for origin in (side.origin, *side.origin.via):
                    places.setdefault(origin.file, set()).add(origin.line)
    return places


def _line(number: int, text: str, width: int, column: int) -> str:
    """Write a line with its number; `column` of the line that is marked, else 0. Of a long line it is what is around that."""
    shown = clean(text.replace("\t", "    "))
    if len(shown) > LONGEST:
        start = max(0, min(column - LONGEST // 4, len(shown) - LONGEST))
        end = start + LONGEST
        shown = f"{'…' if start else ''}{shown[start:end]}{'…' if end < len(shown) else ''}"
    whole = f"{number:>{width}}  {_highlight(shown)}"
    return f"<mark>{whole}</mark>\n" if column else f"{whole}\n"


def _highlight(text: str) -> str:
    """Write a line with its key or comment set apart."""
    comment = _COMMENT.match(text)
    if comment:
        return f"{comment[1]}<i>{escape(comment[2])}</i>"
    key = _KEY.match(text)
    if key:
        return f"{escape(key[1])}<b>{escape(key[2])}</b>{escape(key[3])}"
    return escape(text)
