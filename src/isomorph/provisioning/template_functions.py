"""The functions of a provisioner's template: Sprig's, and what keeps a hostile template from taking the machine.

The sandbox gives a template data and functions only: no attribute of a Python object, no file, no network, and of the
environment what the caller gives. gotpl bounds a rendering's iterations, function calls, nesting and output; a function
that makes much out of little (`repeat`, `until`, `randAlphaNum`, a `printf` width) is bounded here, before it is called,
and so is each text and list that grows by joining.
"""

import functools
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from isomorph.provisioning.template_data import encode_secret_reference

LONGEST_TEXT = 1_000_000
"""Characters of a template, and of any text that its functions make."""
LONGEST_OUTPUT = 20_000_000
"""Characters of a rendered field: one file of a reference tool holds every route of a project."""
LONGEST_LIST = 10_000
"""Items of a list that a function makes."""
ITERATIONS, CALLS, NESTING = 100_000, 200_000, 50
"""Turns of loops, function calls and nested templates of one rendering."""
TIME_LIMIT = 10.0
"""Seconds that one resource's templates may take; kept where signals reach us: in the main thread of a Unix process."""

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
_NOT_HERE = ("getHostByName",)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WIDTH = re.compile(r"%[-+# 0]*(?:\[\d+\])?(?:\d{5,}|\*|\d*\.(?:\d{5,}|\*))")


def make_functions(platform: str, variables: Mapping[str, str]) -> dict[str, Function]:
    """Give the functions of a platform's templates; `variables` are what `env` and `expandenv` see."""
    from gotpl.funcs.sprig.registry import text_func_map
    from gotpl.runtime.sync_vm import _builtin_functions

    functions: dict[str, Function] = dict(text_func_map(environ=dict(variables)))
    builtins = _builtin_functions("go")
    functions.update({name: builtins[name] for name in _BUILTINS})
    if platform != "compose":
        functions["encodeSecretRef"] = encode_secret_reference
    for name in _NOT_HERE:
        functions[name] = _refuse(name)
    for name, check in _CHECKS.items():
        if name in functions:
            functions[name] = _guard(functions[name], check)
    return functions


def compile_template(text: str, name: str, functions: Mapping[str, Function]) -> Any:
    """Compile a template; raises gotpl's TemplateSyntaxError.

    gotpl copies a sandboxed template's functions for each rendering, so it gets only those that the text mentions: a
    rendering takes a third of the time.
    """
    from gotpl import ExecutionBudget, SandboxPolicy, Template

    mentioned = {word: functions[word] for word in set(_WORD.findall(text)) if word in functions}
    budget = ExecutionBudget(
        max_output_chars=LONGEST_OUTPUT, max_iterations=ITERATIONS, max_template_depth=NESTING, max_function_calls=CALLS
    )
    policy = SandboxPolicy(
        allow_functions=mentioned,
        allow_custom_lookup=True,  # Of TemplateData, to name the fields that there are.
        max_template_chars=LONGEST_TEXT,
        default_budget=budget,
    )
    return Template(text, name=name, functions=mentioned, sandbox=policy)


def _guard(function: Function, check: Callable[..., None]) -> Function:
    """Call a check with the arguments before the function; the function's signature stays, for gotpl to see."""

    @functools.wraps(function)
    def guarded(*arguments: object) -> object:
        check(*arguments)
        return function(*arguments)

    return guarded


def _refuse(name: str) -> Function:
    def refused(*arguments: object) -> object:
        raise ValueError(f"{name} would use the network, which a template may not")

    return refused


def _limit(size: float, most: int, what: str) -> None:
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
    _limit(characters, LONGEST_TEXT, "characters")
    _limit(items, LONGEST_LIST, "items")


def _check_printf(*arguments: object) -> None:
    _check_joined(*arguments)
    if arguments and isinstance(arguments[0], str) and _WIDTH.search(arguments[0]):
        raise ValueError("a width or precision of five digits or `*` is not allowed")


def _check_times(count: object = 0, *rest: object) -> None:
    """Bound a function that repeats or makes `count` of something."""
    if isinstance(count, int):
        _limit(abs(count) * max([1, *map(_size, rest)]), LONGEST_TEXT, "characters")


def _check_indent(spaces: object = 0, text: object = "") -> None:
    if isinstance(spaces, int) and isinstance(text, str):
        _limit(spaces * (text.count("\n") + 1) + len(text), LONGEST_TEXT, "characters")


def _check_replace(old: object = "", new: object = "", text: object = "") -> None:
    if isinstance(old, str) and isinstance(new, str) and isinstance(text, str):
        _limit(text.count(old) * len(new) + len(text), LONGEST_TEXT, "characters")


def _check_pattern_replace(pattern: object = "", text: object = "", new: object = "") -> None:
    """Bound a replacement by the most matches that there can be; `${1}` may bring the whole text in each time."""
    if isinstance(text, str) and isinstance(new, str):
        most = len(new) + (len(text) if "$" in new else 0)
        _limit((len(text) + 1) * max(most, 1), 100 * LONGEST_TEXT, "characters")


def _check_wrap(width: object = 0, *rest: object) -> None:
    texts = [text for text in rest if isinstance(text, str)]
    if texts:
        _limit(len(texts[-1]) * max(map(len, texts[:-1]), default=1), LONGEST_TEXT, "characters")


def _check_sequence(*arguments: object) -> None:
    numbers = [abs(number) for number in arguments if isinstance(number, int)]
    _limit(max(numbers, default=0), ITERATIONS, "items")


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


@contextmanager
def limit_time(seconds: float | None = None) -> Iterator[None]:
    """Raise TookTooLong in what runs here for longer; without effect outside the main thread and where others use the timer."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_REAL)[0]
    ):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT if seconds is None else seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
