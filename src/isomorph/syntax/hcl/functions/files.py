"""Functions of the content of files, which they reach through the scope only: what may be read is decided there."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.functions.encoding import digest, digest_in_base64
from isomorph.syntax.hcl.functions.expressions import Pattern
from isomorph.syntax.hcl.values import HclFault, Set, to_set

Read = Callable[[str], bytes]
ListNames = Callable[[str], list[str] | None]

_MOST_FILES = 10_000
_DEEPEST = 30
_WILD = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?[^\]/]+\]|\{[^{}]*\}|\\\\.|.", re.DOTALL)


def _text(read: Read, path: str) -> str:
    try:
        return read(path).decode()
    except UnicodeDecodeError:
        raise HclFault("the file is no text in UTF-8", "use filebase64(…)") from None


def _exists(read: Read, path: str) -> bool:
    try:
        read(path)
    except (InvalidInput, FileNotFoundError):
        return False
    return True


def _list_files(names: ListNames, folder: str, pattern: str) -> Set:
    """Give the files below a folder whose paths from there match a pattern (`*`, `**`, `?`, `[a-z]`, `{a,b}`)."""
    wanted = Pattern(f"^(?:{_translate(pattern)})$", lambda _: None)
    found: list[str] = []
    open_folders = [""]
    seen = 0
    while open_folders:
        inner = open_folders.pop()
        for name in names(f"{folder}/{inner}" if inner else folder) or ():
            seen += 1
            if seen > _MOST_FILES:
                raise HclFault(f"the folder holds more than {_MOST_FILES} files", "name a smaller one")
            path = f"{inner}/{name}" if inner else name
            if names(f"{folder}/{path}") is None:
                if wanted.search(path):
                    found.append(path)
            elif path.count("/") < min(_DEEPEST, _DEEPEST if "**" in pattern else pattern.count("/")):
                open_folders.append(path)
    return to_set(found)


def _translate(pattern: str) -> str:
    """Write a pattern of doublestar (https://github.com/bmatcuk/doublestar) as a regular expression."""
    if len(pattern) > 500:
        raise HclFault("the pattern is longer than any definition needs")
    parts: list[str] = []
    for token in _WILD.findall(pattern.removeprefix("./")):
        if token == "**/":
            parts.append("(?:[^/]+/)*")
        elif token == "**":
            parts.append(".*")
        elif token == "*":
            parts.append("[^/]*")
        elif token == "?":
            parts.append("[^/]")
        elif token.startswith("[") and len(token) > 1:
            negated = token[1:].startswith("^")
            inner = token[1 + negated : -1].replace("\\", "").replace("[", "\\[")
            parts.append(f"[{'^' if negated else ''}{inner}]")
        elif token.startswith("{") and len(token) > 1:
            parts.append(f"(?:{'|'.join(_translate(each) for each in token[1:-1].split(','))})")
        else:
            parts.append(re.escape(token.removeprefix("\\") or token))
    return "".join(parts)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "file": _text,
    "filebase64": lambda read, path: b64encode(read(path)).decode(),
    "filebase64sha256": lambda read, path: digest_in_base64("sha256", read(path)),
    "filebase64sha512": lambda read, path: digest_in_base64("sha512", read(path)),
    "fileexists": _exists,
    "filemd5": lambda read, path: digest("md5", read(path)),
    "fileset": _list_files,
    "filesha1": lambda read, path: digest("sha1", read(path)),
    "filesha256": lambda read, path: digest("sha256", read(path)),
    "filesha512": lambda read, path: digest("sha512", read(path)),
}
