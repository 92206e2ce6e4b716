"""The patterns of `.Files.Glob`, matched in time that no pattern can stretch. Source: github.com/gobwas/glob."""

import re

_TOKEN = re.compile(r"\*\*|\\.|\[!?[^\]]+\]|.", re.DOTALL)
_BRACES = re.compile(r"(?<!\\)\{([^{}]*)\}")
_MOST_PATTERNS = 200

Step = tuple[str, re.Pattern[str] | None]
"""What a step matches: `**` anything, `*` all but slashes, or one character of a pattern."""


class Glob:
    """A pattern with `/` between the parts of paths."""

    def __init__(self, pattern: str) -> None:
        self.patterns = [_compile(each) for each in _expand(pattern)]

    def matches(self, path: str) -> bool:
        """Tell whether the whole path matches."""
        return any(_matches(steps, path) for steps in self.patterns)


def _expand(pattern: str) -> list[str]:
    """Give the patterns that one with `{a,b}` stands for; too many match everything, as what means nothing does."""
    done: list[str] = []
    pending = [pattern]
    while pending:
        if len(done) + len(pending) > _MOST_PATTERNS:
            return ["**"]
        each = pending.pop()
        found = _BRACES.search(each)
        if found is None:
            done.append(each)
        else:
            pending += [each[: found.start()] + word + each[found.end() :] for word in found[1].split(",")]
    return done


def _compile(pattern: str) -> list[Step]:
    steps: list[Step] = []
    for token in _TOKEN.findall(pattern):
        if token in ("*", "**"):
            steps.append((token, None))
        elif token == "?":
            steps.append(("", re.compile("[^/]")))
        elif token.startswith("[") and len(token) > 2:
            inner = re.escape(token[1:-1].removeprefix("!")).replace("\\-", "-")
            try:
                steps.append(("", re.compile(f"[{'^' if token[1] == '!' else ''}{inner}]")))
            except re.error:  # Helm takes a pattern that means nothing for one that matches all.
                return [("**", None)]
        else:
            steps.append(("", re.compile(re.escape(token[-1]))))
    return steps


def _matches(steps: list[Step], path: str) -> bool:
    """Walk over the path once, with all places in the pattern where it may be."""
    places = _skip_stars(steps, {0})
    for char in path:
        following: set[int] = set()
        for place in places:
            if place == len(steps):
                continue
            kind, one = steps[place]
            if one is None:
                if kind == "**" or char != "/":
                    following.add(place)
            elif one.fullmatch(char):
                following.add(place + 1)
        places = _skip_stars(steps, following)
    return len(steps) in places


def _skip_stars(steps: list[Step], places: set[int]) -> set[int]:
    """Add the places behind stars, which may match nothing."""
    found = set(places)
    for place in places:
        while place < len(steps) and steps[place][1] is None:
            place += 1
            found.add(place)
    return found
