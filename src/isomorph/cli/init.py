"""`isomorph init`: a Score file and an isomorph.yaml to start from."""

import json
import os
import re
import sys

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.output import write_file
from isomorph.model.errors import UsageError
from isomorph.project.root import PROJECT_FILE
from isomorph.project.starter import PROJECT, SCORE

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("init", "Write a Score file and an isomorph.yaml, commented; what is there is left as it is.")
    parser.add_argument("-f", "--file", default="score.yaml", help="the Score file (default: score.yaml)")
    parser.add_argument("--no-sample", action="store_true", help="write no Score file")
    return parser


def run(argv: list[str]) -> int:
    """Write what is not there yet."""
    arguments = parser().parse_args(argv)
    if not arguments.file.endswith((".yaml", ".yml")):
        raise UsageError(f"a Score file is YAML: {arguments.file!r} should end in .yaml")
    # A text in JSON is a text in YAML, whatever characters the name holds.
    score = arguments.file if _PLAIN.fullmatch(arguments.file) else json.dumps(arguments.file, ensure_ascii=False)
    wanted = {PROJECT_FILE: PROJECT.format(score=score)}
    if not arguments.no_sample:
        wanted[arguments.file] = SCORE
    for path, content in wanted.items():
        if os.path.lexists(path):
            _say(f"{path} is there and was left as it is", arguments.quiet)
        else:
            write_file(path, content.encode())
            _say(f"{path} written", arguments.quiet)
    _say(f"next: isomorph generate {arguments.file} --to compose", arguments.quiet)
    return 0


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        print(text, file=sys.stderr)
