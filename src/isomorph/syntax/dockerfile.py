"""Dockerfiles to instructions: continuation lines, comments, directives and here-documents, as BuildKit's parser takes them.

Source: docs.docker.com/reference/dockerfile and github.com/moby/buildkit/frontend/dockerfile/parser. What the instructions
mean is the reader's business; here are their names, words and lines.
"""

import re
from collections.abc import Mapping

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.encoding import decode

LIMIT = 1 << 20
"""Bytes of the longest Dockerfile that is read."""
_INSTRUCTIONS = frozenset((
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
))  # fmt: skip
_TAKES_HEREDOC = frozenset(("RUN", "COPY", "ADD"))
_DIRECTIVE = re.compile(r"#[ \t]*([A-Za-z]+)[ \t]*=[ \t]*(.*?)[ \t]*\Z")
_HEREDOC = re.compile(r"(?<!\S)\d*<<(-?)[ \t]*(['\"]?)([A-Za-z_][A-Za-z0-9_.-]*)\2(?!\S)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Instruction(msgspec.Struct, frozen=True):
    """One instruction: its name in capitals and what follows it on the joined lines, comments left out."""

    name: str
    rest: str
    origin: Origin


class Dockerfile(msgspec.Struct, frozen=True):
    """The instructions of a file, in order, and the character that escapes in it."""

    instructions: tuple[Instruction, ...]
    escape: str = "\\"


def parse_dockerfile(text: str | bytes, file: str) -> Dockerfile:
    """Read a Dockerfile; raises InvalidInput with the position of what no builder would take."""
    if len(text) > LIMIT:
        raise InvalidInput("the Dockerfile is larger than 1 MiB", Origin(file), "check that it is the right file")
    lines = decode(text, file).replace("\r\n", "\n").split("\n")
    escape, start = _read_directives(lines)
    instructions: list[Instruction] = []
    index = start
    while index < len(lines):
        stripped = lines[index].strip()
        if not stripped or stripped.startswith("#"):
            index += 1
            continue
        origin = Origin(file, index + 1, len(lines[index]) - len(lines[index].lstrip()) + 1)
        joined, index = _join_lines(lines, index, escape)
        name, _, rest = joined.strip().partition(" ") if " " in joined.strip() else joined.strip().partition("\t")
        instruction = Instruction(_check_name(name, origin), rest.strip(), origin)
        if instruction.name in _TAKES_HEREDOC and "<<" in rest:
            index = _skip_heredocs(instruction, lines, index)
        instructions.append(instruction)
    if not any(instruction.name == "FROM" for instruction in instructions):
        raise InvalidInput("the Dockerfile has no FROM", Origin(file), "start it with the image that it builds on")
    return Dockerfile(tuple(instructions), escape)


def _read_directives(lines: list[str]) -> tuple[str, int]:
    """Read the directives at the top; gives the escape character and the line that follows them."""
    escape = "\\"
    seen: set[str] = set()
    for index, line in enumerate(lines):
        match = _DIRECTIVE.match(line.strip())
        if match is None or match.group(1).lower() in seen:
            return escape, index
        name = match.group(1).lower()
        seen.add(name)
        if name == "escape" and match.group(2) in ("\\", "`"):
            escape = match.group(2)
        elif name not in ("syntax", "check", "escape"):
            return escape, index
    return escape, len(lines)


def _join_lines(lines: list[str], index: int, escape: str) -> tuple[str, int]:
    """Join an instruction's lines; comments and empty lines between them do not end it."""
    parts: list[str] = []
    while index < len(lines):
        line = lines[index]
        index += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        bare = line.rstrip()
        if not bare.endswith(escape) or bare.endswith(escape * 2):
            parts.append(line)
            break
        parts.append(bare[:-1])
    return "".join(parts), index


def _check_name(name: str, origin: Origin) -> str:
    upper = name.upper()
    if upper in _INSTRUCTIONS:
        return upper
    from difflib import get_close_matches

    near = get_close_matches(upper, sorted(_INSTRUCTIONS), 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else "check that this is a Dockerfile"
    raise InvalidInput(f"a Dockerfile has no instruction {name[:40]!r}", origin, hint)


def _skip_heredocs(instruction: Instruction, lines: list[str], index: int) -> int:
    """Pass over the here-documents that an instruction opens, one after the other."""
    for match in _HEREDOC.finditer(instruction.rest):
        tabs, _, mark = match.groups()
        while index < len(lines) and (lines[index].lstrip("\t") if tabs else lines[index]) != mark:
            index += 1
        if index == len(lines):
            raise InvalidInput(f"the here-document {mark} has no end", instruction.origin, f"add a line {mark}")
        index += 1
    return index


def split_flags(rest: str) -> tuple[dict[str, str], str]:
    """Split the `--name=value` flags off the front of an instruction."""
    flags: dict[str, str] = {}
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        name, _, value = flag[2:].partition("=")
        flags[name.lower()] = value
        rest = rest.lstrip()
    return flags, rest


def parse_vector(rest: str) -> tuple[str, ...] | None:
    """Give the vector of an instruction in exec form; None for the shell form, which any other text is."""
    if not rest.startswith("["):
        return None
    try:
        items = msgspec.json.decode(rest, type=list[str])
    except (msgspec.DecodeError, RecursionError):
        return None
    return tuple(items)


def split_words(text: str, escape: str = "\\") -> list[str]:
    """Split at blanks outside of quotes; quotes and escapes stay, for `expand` takes them off."""
    words: list[str] = []
    word: list[str] = []
    quote = ""
    index = 0
    while index < len(text):
        char = text[index]
        if char == escape and quote != "'" and index + 1 < len(text):
            word.append(text[index : index + 2])
            index += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in " \t":
            if word:
                words.append("".join(word))
                word = []
            index += 1
            continue
        word.append(char)
        index += 1
    if word:
        words.append("".join(word))
    return words


def expand(word: str, variables: Mapping[str, str | None], escape: str = "\\") -> str | None:
    """Take off quotes and put in variables: `$X`, `${X}`, `${X:-default}`, `${X:+other}`.

    A variable that is not there is empty, as in a build; one whose value is None (an ARG that the build may set) makes the
    whole word unknown: None. So does a form that is not one of these.
    """
    pieces: list[str] = []
    quote = ""
    index = 0
    while index < len(word):
        char = word[index]
        if char == escape and quote != "'" and index + 1 < len(word):
            pieces.append(word[index + 1])
            index += 2
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
            index += 1
        elif char == "$" and quote != "'":
            value, index = _expand_variable(word, index + 1, variables, escape)
            if value is None:
                return None
            pieces.append(value)
        else:
            pieces.append(char)
            index += 1
    return "".join(pieces)


def _expand_variable(word: str, index: int, variables: Mapping[str, str | None], escape: str) -> tuple[str | None, int]:
    """Give the value of the variable after a dollar, and where the text goes on."""
    braced = word.startswith("{", index)
    match = _NAME.match(word, index + 1 if braced else index)
    if match is None:
        return ("$", index) if not braced else (None, len(word))
    name, end = match.group(), match.end()
    if not braced:
        return variables.get(name, ""), end
    close = _find_close(word, end)
    if close < 0:
        return None, len(word)
    tail = word[end:close]
    if not tail:
        return variables.get(name, ""), close + 1
    operator = tail[:2] if tail[0] == ":" else tail[:1]
    if operator not in (":-", ":+", "-", "+"):
        return None, close + 1
    value = variables.get(name, "")
    said = name in variables if operator in ("-", "+") else bool(value)
    if name in variables and value is None:
        return None, close + 1
    other = expand(tail[len(operator) :], variables, escape)
    if operator.endswith("+"):
        return (other if said else ""), close + 1
    return (value if said else other), close + 1


def _find_close(word: str, start: int) -> int:
    """Find the brace that closes one opened before `start`."""
    depth = 1
    for index in range(start, len(word)):
        if word.startswith("${", index):
            depth += 1
        elif word[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return -1
