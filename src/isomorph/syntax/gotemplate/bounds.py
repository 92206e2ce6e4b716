"""What keeps a hostile template from taking the machine: how much its functions may make, and for how long.

A function that makes much out of little (`repeat`, `until`, `randAlphaNum`, a `printf` width) is bounded before it is
called, and so is each text and list that grows by joining.
"""

import functools
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONGEST_TEXT = 1_000_000
"""Characters of a template, and of any text that its functions make."""
LONGEST_OUTPUT = 20_000_000
"""Characters of what a template gives: one file of a reference tool holds every route of a project."""
LONGEST_LIST = 10_000
"""Items of a list that a function makes."""
ITERATIONS = 100_000
"""Turns of the loops of one rendering."""
TIME_LIMIT = 10.0
"""Seconds of the processor that a rendering may take; kept where signals reach us: in the main thread of a Unix process."""
_AGAIN = 0.5
"""Seconds after which a rendering that did not stop is told so again."""

Function = Callable[..., object]

_BUILTINS = ("print", "printf", "println", "html", "js", "urlquery")
_JOINING = (
    "cat",
    "join",
    "concat",
    "append",
    "prepend",
    "push",
    "mustAppend",
    "mustPrepend",
    "mustPush",
    "list",
    "tuple",
)
_LENGTHENING = (
    "b64enc",
    "b32enc",
    "quote",
    "squote",
    "toString",
    "regexQuoteMeta",
    "snakecase",
    "kebabcase",
    "title",
    "expandenv",
) + ("toJson", "toPrettyJson", "toRawJson", "mustToJson", "mustToPrettyJson", "mustToRawJson")
"""Functions whose result is longer than what they are given: in a loop, each bounds what the one before made."""
_WIDTH = re.compile(r"%[-+# 0]*(?:\[\d+\])?(?:\d{5,}|\*|\d*\.(?:\d{5,}|\*))")


def guard(name: str, function: Function) -> Function:
    """Give a function of Go's or Sprig's that is bounded before it is called; its signature stays, for gotpl to see."""
    check = _CHECKS.get(name)
    if check is None:
        return function

    @functools.wraps(function)
    def guarded(*arguments: object) -> object:
        check(*arguments)
        return function(*arguments)

    return guarded


def limit_characters(count: float) -> None:
    """Raise ValueError for a text that would be longer than LONGEST_TEXT."""
    limit(count, LONGEST_TEXT, "characters")


def limit(size: float, most: int, what: str) -> None:
    """Raise ValueError for more than a function may make."""
    if size > most:
        raise ValueError(f"it would make more than {most:,} {what}")


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple | dict) else 1


def _check_joined(*arguments: object) -> None:
    """Bound what is joined: texts by their characters, lists by their items, those inside a list (`join`) included."""
    characters = items = 0
    for argument in arguments:
        if isinstance(argument, list | tuple):
            items += len(argument)
            characters += sum(len(item) for item in argument if isinstance(item, str))
        elif isinstance(argument, str):
            characters += len(argument)
    limit(characters, LONGEST_TEXT, "characters")
    limit(items, LONGEST_LIST, "items")


def _check_printf(*arguments: object) -> None:
    _check_joined(*arguments)
    if arguments and isinstance(arguments[0], str) and _WIDTH.search(arguments[0]):
        raise ValueError("a width or precision of five digits or `*` is not allowed")


def _check_times(count: object = 0, *rest: object) -> None:
    """Bound a function that repeats or makes `count` of something."""
    if isinstance(count, int):
        limit(abs(count) * max([1, *map(_size, rest)]), LONGEST_TEXT, "characters")


def _check_indent(spaces: object = 0, text: object = "") -> None:
    if isinstance(spaces, int) and isinstance(text, str):
        limit(spaces * (text.count("\n") + 1) + len(text), LONGEST_TEXT, "characters")


def _check_replace(old: object = "", new: object = "", text: object = "") -> None:
    if isinstance(old, str) and isinstance(new, str) and isinstance(text, str):
        limit(text.count(old) * len(new) + len(text), LONGEST_TEXT, "characters")


def _check_pattern_replace(pattern: object = "", text: object = "", new: object = "") -> None:
    """Bound a replacement by the most matches that there can be; `${1}` may bring the whole text in each time."""
    if isinstance(text, str) and isinstance(new, str):
        most = len(new) + (len(text) if "$" in new else 0)
        limit((len(text) + 1) * max(most, 1), 100 * LONGEST_TEXT, "characters")


def _check_wrap(width: object = 0, *rest: object) -> None:
    texts = [text for text in rest if isinstance(text, str)]
    if texts:
        limit(len(texts[-1]) * max(map(len, texts[:-1]), default=1), LONGEST_TEXT, "characters")


def _check_sequence(*arguments: object) -> None:
    numbers = [abs(number) for number in arguments if isinstance(number, int)]
    limit(max(numbers, default=0), ITERATIONS, "items")


_CHECKS: dict[str, Callable[..., None]] = {
    **dict.fromkeys((*_BUILTINS, *_JOINING, *_LENGTHENING), _check_joined),
    **dict.fromkeys(("randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes", "repeat"), _check_times),
    **dict.fromkeys(("until", "untilStep", "seq"), _check_sequence),
    **dict.fromkeys(("regexReplaceAll", "regexReplaceAllLiteral"), _check_pattern_replace),
    **dict.fromkeys(("mustRegexReplaceAll", "mustRegexReplaceAllLiteral"), _check_pattern_replace),
    **dict.fromkeys(("wrap", "wrapWith"), _check_wrap),
    "printf": _check_printf,
    "indent": _check_indent,
    "nindent": _check_indent,
    "replace": _check_replace,
}


class TookTooLong(BaseException):
    """A template ran out of time; no Exception, which gotpl would take for a fault of the function it happens in."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@contextmanager
def limit_time(seconds: float | None = None) -> Iterator[None]:
    """Raise TookTooLong in what computes here for longer; without effect outside the main thread or with a timer of others.

    Inside another such limit that one counts.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_PROF)[0]
    ):
        yield
        return

    limit = TIME_LIMIT if seconds is None else seconds
    over = False

    def stop(number: int, frame: object) -> None:
        if not over:
            raise TookTooLong(limit)

    before = signal.signal(signal.SIGPROF, stop)
    # Again and again: one that is raised where Python drops errors, such as in a finalizer, stops nothing.
    signal.setitimer(signal.ITIMER_PROF, limit, _AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
