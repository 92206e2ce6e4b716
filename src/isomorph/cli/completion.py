"""`isomorph completion SHELL`: verbs, their options and the platforms, for bash, zsh and fish."""

from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module

from isomorph.__main__ import VERBS, module_of
from isomorph.cli.arguments import Parser, make_parser, print_result

_BASH = """\
_isomorph() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" verb="${{COMP_WORDS[1]}}" words=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{verbs}" -- "$word"))
        return
    fi
    case "$verb" in
{cases}
    esac
    if [ "${{word#-}}" != "$word" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _isomorph isomorph
"""


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("completion", "Print a shell's completion script.", 'bash: eval "$(isomorph completion bash)"')
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
    return parser


def run(argv: list[str]) -> int:
    """Print the script."""
    shell = parser().parse_args(argv).shell
    print_result(_fish() if shell == "fish" else _bash() if shell == "bash" else _zsh())
    return 0


def verb_options() -> dict[str, list[str]]:
    """Give the long options of each verb, those of what it is followed by included, asked of its parser."""
    found: dict[str, list[str]] = {}
    for verb in VERBS:
        make = getattr(import_module(f"isomorph.cli.{module_of(verb)}"), "parser", None)
        found[verb] = list(dict.fromkeys(_list_options(make()))) if make is not None else []
    return found


def _list_options(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (option for option in action.option_strings if option.startswith("--"))
        if isinstance(action.choices, dict):
            for further in action.choices.values():
                yield from _list_options(further)


def _bash() -> str:
    cases = "\n".join(f'        {verb}) words="{" ".join(words)}" ;;' for verb, words in verb_options().items())
    return _BASH.format(verbs=" ".join(VERBS), cases=cases)


def _zsh() -> str:
    return "autoload -U +X bashcompinit && bashcompinit\n" + _bash()


def _fish() -> str:
    lines = [
        f"complete -c isomorph -n __fish_use_subcommand -f -a {verb} -d {_quote(summary)}"
        for verb, summary in VERBS.items()
    ]
    for verb, options in verb_options().items():
        lines += [
            f"complete -c isomorph -n '__fish_seen_subcommand_from {verb}' -l {option.removeprefix('--')}"
            for option in options
        ]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"
