"""A place in a text, what may be skipped there, and what is wrong there."""

import re
from bisect import bisect_right
from itertools import accumulate

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin

IDENTIFIER = r"[^\W\d][\w-]*+"
SIMPLE_STRING = r'"[\t !#&-\[\]-~]*+"'
"""A string that says what is written: in ASCII, without `\\`, `$` and `%`."""
MAXIMUM_DEPTH = 50
"""Levels of expressions and templates in each other: far from what anybody writes, and from the interpreter's stack."""

_SPACE_AND_LINES = re.compile(r"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_SPACE = re.compile(r"(?:[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_NAME = re.compile(IDENTIFIER)
_FOUND = re.compile(r"[\w-]{1,30}|<<|[=!<>]=|&&|\|\||=>|\.\.\.|.", re.DOTALL)


class Cursor:
    """Walks over a text; `lines` says whether the end of a line ends what is being read, `depth` how deep it is nested."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.lines = True
        self.depth = 0
        # Where each line starts: positions are asked for in any order, and far fewer times than there are characters.
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def origin(self, at: int) -> Origin:
        """Give the line and column of an offset."""
        line = bisect_right(self.starts, at, 0, len(self.starts) - 1)
        return Origin(self.file, line, at - self.starts[line - 1] + 1)

    def skip(self) -> str:
        """Pass over blanks and comments; give the character that follows, or nothing at the end."""
        match = (_SPACE if self.lines else _SPACE_AND_LINES).match(self.text, self.at)
        self.at = match.end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def skip_lines(self) -> str:
        """Pass over blanks, comments and ends of lines, whatever ends an expression here."""
        self.at = _SPACE_AND_LINES.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        """Pass over a mark if it follows."""
        self.skip()
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def take_word(self, word: str) -> bool:
        """Pass over a keyword if it follows."""
        self.skip()
        match = _NAME.match(self.text, self.at)
        if match is None or match[0] != word:
            return False
        self.at = match.end()
        return True

    def take_name(self, what: str, hint: str = "add it") -> str:
        """Pass over a name, which must follow."""
        self.skip()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.refuse(f"{self.found()} where {what} is expected", None, hint)
        self.at = match.end()
        return match[0]

    def expect(self, mark: str, after: str, opened: int | None = None) -> None:
        """Pass over a mark that must follow; `opened` is where what it closes begins."""
        if self.take(mark):
            return
        if opened is not None and self.at >= len(self.text):
            raise self.refuse(f"{after} that begins here is not closed", opened, "close it")
        raise self.refuse(f"{self.found()} where `{mark}` is expected, in {after}")

    def found(self) -> str:
        """Name what follows, for a message."""
        match = _FOUND.match(self.text, self.at)
        if match is None:
            return "the file ends"
        if match[0] in "\r\n":
            return "the line ends"
        return f"`{match[0]}`" if match[0].isprintable() else f"the character {match[0]!a}"

    def refuse(self, message: str, at: int | None = None, hint: str = "") -> InvalidInput:
        """Make the error for a place, the current one unless another is given."""
        if at is None:
            at = self.at
            if self.text.startswith("/*", at):
                message, hint = "the comment that begins here is not closed", "add `*/`"
            elif self.text.startswith("'", at):
                hint = "HCL knows double quotes only"
        return InvalidInput(message, self.origin(at), hint)

    def enter(self) -> None:
        """Go one level deeper, as far as that is allowed."""
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise self.refuse(f"nested more than {MAXIMUM_DEPTH} deep", self.at, "flatten it")
