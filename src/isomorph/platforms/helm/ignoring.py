"""`.helmignore`: which files of a folder are no part of the chart. Source: Helm's package ignore."""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.encoding import decode

FILE = ".helmignore"

# Hidden files among the templates are never one.
_ALWAYS = "templates/.?*"


class Rule:
    """One line: a pattern of paths, or of names where it has no slash."""

    __slots__ = ("by_name", "folders_only", "negated", "pattern")

    def __init__(self, text: str, origin: Origin) -> None:
        self.negated = text.startswith("!")
        text = text.removeprefix("!")
        self.folders_only = text.endswith("/")
        text = text.removesuffix("/")
        self.by_name = "/" not in text
        self.pattern = _compile(text.removeprefix("/"), origin)

    def matches(self, path: str) -> bool:
        """Tell whether a path is the pattern's."""
        return self.pattern.fullmatch(path.rpartition("/")[2] if self.by_name else path) is not None


class Ignored:
    """The rules of a chart."""

    def __init__(self, content: bytes | None = None, file: str = FILE) -> None:
        self.rules: list[Rule] = []
        for number, line in enumerate(decode(content or b"", file).splitlines(), 1):
            text = line.strip()
            if text and not text.startswith("#"):
                if "**" in text:
                    message = "`**` means nothing in a .helmignore, and Helm refuses it"
                    raise InvalidInput(message, Origin(file, number), "name the folder, with a slash behind it")
                self.rules.append(Rule(text, Origin(file, number)))
        self.rules.append(Rule(_ALWAYS, Origin(file)))

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Tell whether a path is no part of the chart; the first rule that says so counts.

        A rule with `!` says so of all that it does not match, as Helm has it.
        """
        for rule in self.rules:
            fits = (is_folder or not rule.folders_only) and rule.matches(path)
            if fits != rule.negated:
                return True
        return False


def _compile(text: str, origin: Origin) -> re.Pattern[str]:
    """Give a pattern of Go's `filepath.Match`: `*` and `?` are no slash, `[…]` is a set.

    What stands between two stars is looked for once, from the left, so that no pattern costs more than its length allows.
    """
    chunks: list[list[str]] = [[]]
    index = 0
    while index < len(text):
        char = text[index]
        index += 1
        if char == "*":
            chunks.append([])
        elif char == "?":
            chunks[-1].append("[^/]")
        elif char == "\\" and index < len(text):
            chunks[-1].append(re.escape(text[index]))
            index += 1
        elif char == "[":
            end = text.find("]", index + 1)
            if end < 0:
                raise InvalidInput(f"the pattern {text!r} has a `[` without a `]`", origin, "close it, or write `\\[`")
            chunks[-1].append(f"[{text[index:end].replace('[', chr(92) + '[')}]")
            index = end + 1
        else:
            chunks[-1].append(re.escape(char))
    first, *others = ("".join(chunk) for chunk in chunks)
    pattern = first
    if others:
        pattern += "".join(f"(?>[^/]*?{chunk})" for chunk in others[:-1]) + f"[^/]*{others[-1]}"
    try:
        return re.compile(pattern)
    except re.error:
        raise InvalidInput(f"the pattern {text!r} means nothing", origin, "see Go's filepath.Match") from None
