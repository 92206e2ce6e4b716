"""What the YAML parser complains about, as messages that say where and what to do."""

import re
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin

# The characters that YAML 1.2 allows (section 5.1), by what they are not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What the parser was doing when the fault is that something was never closed: the message points at its start.
_UNCLOSED = {
    "while scanning a quoted scalar": ("a quoted text is not closed", "add the closing quote"),
    "while parsing a flow sequence": ("a list in brackets is not closed or lacks a comma", "add `]` or `,`"),
    "while parsing a flow mapping": ("a mapping in braces is not closed or lacks a comma", "add `}` or `,`"),
}

# The parser's words for a problem, and what to say and advise instead.
_PROBLEMS = {
    "mapping values are not allowed": (
        "a `:` that starts a value where none can stand",
        "align the line with its neighbours, or quote the text if it holds `: `",
    ),
    "did not find expected key": ("the indentation does not fit", "align the line with its neighbours"),
    "did not find expected '-' indicator": (
        "a list item that does not start with `- `",
        "align the line with the list's other items",
    ),
    "expected <block end>": ("the indentation does not fit", "align the line with its neighbours"),
    "block sequence entries are not allowed": ("a list item where none can stand", "put the list on lines of its own"),
    "could not find expected ':'": ("a line that is neither `key: value` nor a list item", "add `:` after the key"),
    "found unknown escape character": (
        "an escape that YAML does not know",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "invalid Unicode character escape code": ("an escape that is no character", "write the character itself"),
    "found undefined tag handle": ("a tag with an unknown prefix", "remove the tag"),
    "found a tab character": ("a tab where YAML wants spaces", "indent with spaces"),
    "did not find expected <document start>": (
        "text after the end of the document",
        "put `---` on a line of its own between documents, or indent it",
    ),
    "did not find expected node content": ("a value is missing", "write a value"),
    "found incompatible YAML document": ("this version of YAML is unknown", "remove the %YAML line"),
}


def to_fault(error: Any, text: str, file: str) -> InvalidInput:
    """Give a parser's complaint as InvalidInput: at its own mark, or where what was never closed began."""
    mark = error.problem_mark or error.context_mark
    problem, context = error.problem or "", error.context or ""
    if error.context_mark is not None and context in _UNCLOSED:
        at_end = "end of stream" in problem or "document indicator" in problem
        if at_end or "did not find expected" in problem:
            message, hint = _UNCLOSED[context]
            return InvalidInput(message, _to_origin(error.context_mark, file), hint)
    if context == "while scanning a simple key":  # Noticed on a later line than the one that lacks its `:`.
        mark = error.context_mark
    origin = _to_origin(mark, file) if mark is not None else Origin(file)
    if "cannot start any token" in problem:
        return _explain_character(_character_at(text, origin), origin)
    for words, (message, hint) in _PROBLEMS.items():
        if words in problem:
            return InvalidInput(message, origin, hint)
    return InvalidInput(f"not YAML: {problem or context or 'unreadable'}", origin, "correct the line")


def _to_origin(mark: Any, file: str) -> Origin:
    return Origin(file, mark.line + 1, mark.column + 1)


def _character_at(text: str, origin: Origin) -> str:
    lines = text.splitlines()
    line = lines[origin.line - 1] if origin.line <= len(lines) else ""
    return line[origin.column - 1 : origin.column]


def _explain_character(character: str, origin: Origin) -> InvalidInput:
    if character == "\t":
        return InvalidInput("a tab where YAML wants spaces", origin, "indent with spaces")
    return InvalidInput(f"a value cannot start with {character!r}", origin, "put the value in quotes")


def locate_character(text: str, file: str, reason: str) -> InvalidInput:
    """Give the position of a character that YAML does not allow."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return InvalidInput(f"not YAML: {reason}", Origin(file), "save the file as UTF-8")
    before = text[: found.start()]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return InvalidInput(
        f"character U+{ord(found.group()):04X} is not allowed in YAML",
        Origin(file, line, column),
        'remove it, or write it as an escape in double quotes, as "\\x07"',
    )
