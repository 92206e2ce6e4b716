"""`isomorph completion SHELL`: what a shell runs to complete a command line, for bash, zsh and fish.

The scripts ask `isomorph completion words WORD…` what the last word may be, and get a line for each: the word, a tab, and
what it means. Files are the shell's own affair, wherever that prints nothing.
"""

from isomorph.cli.arguments import Parser, make_parser, print_result

WORDS = "words"

_BASH = r"""_isomorph() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done < <("${COMP_WORDS[0]/#\~/$HOME}" completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [ "${#COMPREPLY[@]}" -gt 0 ] && [ "${COMPREPLY[0]%=}" != "${COMPREPLY[0]}" ]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o default -F _isomorph isomorph
"""
_ZSH = r"""#compdef isomorph
_isomorph() {
    local line word
    local -a plain open
    while IFS= read -r line; do
        word="${${line%%$'\t'*}//:/\\:}"
        if [[ "$word" == *= ]]; then open+=("$word:${line#*$'\t'}"); else plain+=("$word:${line#*$'\t'}"); fi
    done < <("${~words[1]}" completion words "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#plain + $#open == 0 )); then
        compset -P '*='
        _files
        return
    fi
    (( $#plain )) && _describe isomorph plain
    (( $#open )) && _describe isomorph open -S ''
}
if [[ "$funcstack[1]" = _isomorph ]]; then _isomorph "$@"; else compdef _isomorph isomorph; fi
"""
_FISH = r"""function __isomorph_ask
    set -l words (commandline -opc) (commandline -ct)
    set -g __isomorph_words ($words[1] completion words $words[2..-1] 2>/dev/null)
    test (count $__isomorph_words) -gt 0
end
complete -c isomorph -n __isomorph_ask -f -a '$__isomorph_words'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("completion", "Print a shell's completion script.", 'bash: eval "$(isomorph completion bash)"')
    parser.add_argument("shell", choices=tuple(_SCRIPTS))
    return parser


def run(argv: list[str]) -> int:
    """Print the script, or what a script asks for."""
    if argv[:1] == [WORDS]:
        return _print_words(argv[1:])
    print_result(_SCRIPTS[parser().parse_args(argv).shell])
    return 0


def _print_words(tokens: list[str]) -> int:
    from isomorph.cli.completing import complete
    from isomorph.report.terminal import clean

    found = complete(tokens)
    print_result("".join(f"{word}\t{' '.join(clean(told).split())}\n" for word, told in found.items()))
    return 0
