"""What may stand where a command line ends: verbs, options, their values, the project's environments, rules.

Derived from the parsers of the verbs, so that a new option is completed without a word here.
"""

from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterable
from importlib import import_module

from isomorph.__main__ import GLOBAL_FLAGS, VERBS, module_of
from isomorph.cli.completed_names import list_environments, list_formats, list_platforms, list_rules, list_topics

Words = dict[str, str]
"""Each with what it means, where that is known."""


def complete(tokens: list[str]) -> Words:
    """Give what the last of a command line's words may be; nothing where it is a file, or anybody's guess.

    Bash splits at `=`, other shells do not: what is given goes in the place of the last token, however it was split.
    """
    words, start = _join_equals(tokens)
    current = words[-1]
    found = _complete_words(words[:-1], current)
    if current.endswith("="):
        found.pop(current, None)  # what follows is a file
    return {word[start:]: told for word, told in found.items() if word.startswith(current)}


def _join_equals(tokens: list[str]) -> tuple[list[str], int]:
    """Give the words, and how much of the last stands before its last token."""
    words: list[str] = []
    start = 0
    for index, token in enumerate(tokens or [""]):
        joined = bool(words) and (token == "=" or (index > 0 and tokens[index - 1] == "="))
        start = len(words[-1]) + (token == "=") if joined else 0
        if joined:
            words[-1] += token
        else:
            words.append(token)
    return words, start


def _complete_words(before: list[str], current: str) -> Words:
    while before and (before[0] in GLOBAL_FLAGS or before[0].startswith("--color")):
        separate = before[0] == "--color"
        before = before[1 + separate :]
    if not before:
        return dict(VERBS)
    module = import_module(f"isomorph.cli.{module_of(before[0])}") if before[0] in VERBS else None
    make = getattr(module, "parser", None)
    if make is None:
        return {}
    parser, pending, positional = _walk(make(), before[1:])
    option, equals, _ = current.partition("=")
    if pending is None and option.startswith("-") and equals:
        action = parser._option_string_actions.get(option)
        values = _values(action, before[0]) if action is not None else {}
        return {f"{option}={value}": told for value, told in values.items()}
    if pending is not None:
        return _values(pending, before[0])
    if current.startswith("-"):
        return _options(parser)
    return _values(positional, before[0]) if positional is not None else {}


def _walk(parser: ArgumentParser, words: Iterable[str]) -> tuple[ArgumentParser, Action | None, Action | None]:
    """Give the parser that is at work after some words, the option that waits for its value, and the next positional."""
    pending: Action | None = None
    left = _positionals(parser)
    for word in words:
        if pending is not None:
            pending = None
        elif word.startswith("-") and word != "-":
            action = parser._option_string_actions.get(word)
            pending = action if action is not None and action.nargs != 0 else None
        elif left:
            choices = left[0].choices
            if isinstance(choices, dict) and word in choices:
                parser = choices[word]
                left = _positionals(parser)
            elif left[0].nargs not in ("*", "+"):
                left = left[1:]
    return parser, pending, left[0] if left else None


def _positionals(parser: ArgumentParser) -> list[Action]:
    return [action for action in parser._actions if not action.option_strings]


def _options(parser: ArgumentParser) -> Words:
    return {
        option: action.help or ""
        for action in parser._actions
        if action.help != SUPPRESS
        for option in action.option_strings
        if option.startswith("--")
    }


def _values(action: Action, verb: str) -> Words:
    """Give the values of an option or argument, as far as they can be told."""
    if isinstance(action.choices, dict):
        told = {each.dest: each.help or "" for each in getattr(action, "_choices_actions", ())}
        return {name: told.get(name, "") for name in action.choices}
    if action.choices is not None:
        return dict.fromkeys(map(str, action.choices), "")
    if action.metavar in ("ENVIRONMENT", "FROM", "TO") or (action.dest == "env" and verb != "init"):
        return list_environments()
    if action.metavar == "RULE":
        return list_rules()
    if action.metavar == "FORMAT=FILE":
        return {f"{name}=": use for name, use in list_formats().items()}
    if action.dest == "name" and not action.option_strings:
        return list_platforms() if verb == "platforms" else list_topics() if verb == "explain" else {}
    return {}
