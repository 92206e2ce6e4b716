"""`isomorph init`: a project to start from, or one that takes over what there is."""

import os
import sys
from shlex import quote

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.remarks import print_message, print_remarks
from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.project.adopt.initialisation import Initialised, Wanted, initialise
from isomorph.provisioning.sources import FileSource, parse_source


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "init",
        "Make this folder a project: a Score file and an isomorph.yaml, commented. What is there is left as it is.",
        "A URI is a file or folder, - (standard input), file://, http://, https://, git-https://HOST/REPO.git/FILE,\n"
        "git-ssh://USER@HOST/REPO.git/FILE or oci://REGISTRY/REPO:TAG#FILE. What is fetched is kept in .isomorph and pinned\n"
        "in isomorph.lock. New provisioner files are asked before those that were there.",
    )
    parser.add_argument("-f", "--file", default="score.yaml", help="the Score file (default: score.yaml)")
    parser.add_argument("--no-sample", action="store_true", help="write no Score file")
    parser.add_argument("-p", "--project", default="", metavar="NAME", help="the project's name")
    parser.add_argument(
        "--from",
        dest="definitions",
        action="append",
        default=[],
        metavar="DEFINITION",
        help="what the project has: [NAME=][PLATFORM:]PATH becomes an environment, and Score files where there are none;"
        " a folder with .score-compose or .score-k8s goes on where it is (may repeat)",
    )
    for name, what in (("provisioners", "a provisioner file"), ("patch-templates", "a patch template")):
        help_text = f"{what} to use (may repeat)"
        parser.add_argument(f"--{name}", action="append", default=[], metavar="URI", help=help_text)
    parser.add_argument(
        "--env", default="", metavar="NAME", help="the environment that uses them (default: all they fit)"
    )
    parser.add_argument(
        "--no-default-provisioners", action="store_true", help="provision by the named files only, not the catalogue"
    )
    return parser


def run(argv: list[str]) -> int:
    """Write what is not there yet."""
    from datetime import date

    arguments = parser().parse_args(argv)
    if not arguments.file.endswith((".yaml", ".yml")):
        raise UsageError(f"a Score file is YAML: {arguments.file!r} should end in .yaml")
    wanted = Wanted(
        file=arguments.file,
        sample=not arguments.no_sample,
        name=arguments.project,
        provisioners=tuple(arguments.provisioners),
        patch_templates=tuple(arguments.patch_templates),
        default_provisioners=not arguments.no_default_provisioners,
        definitions=tuple(arguments.definitions),
        environment=arguments.env,
    )
    done = initialise(wanted, _open_context(wanted), os.environ, date.today().isoformat())
    print_remarks([*done.diagnostics, *(done.losses if arguments.verbose else ())], arguments)
    if not arguments.quiet:
        for message in (*done.messages, f"next: {_next(done, wanted)}"):
            print_message(message)
    return 0


def _open_context(wanted: Wanted) -> Context:
    """Give the context: this folder, and the files that the command line names."""
    sources = map(parse_source, (*wanted.provisioners, *wanted.patch_templates))
    named = [source.path for source in sources if isinstance(source, FileSource)]
    if named.count("-") > 1:
        raise UsageError("standard input (-) can be read as one file only")
    given = sys.stdin.buffer.read() if "-" in named else None
    roots = [".", *(path for path in named if os.path.exists(path))]
    return Context(LocalFiles(roots), LocalEngines(), os.environ, given)


def _next(done: Initialised, wanted: Wanted) -> str:
    """Give the commands that are likely to be wanted next; what definitions were taken over is not written over."""
    if wanted.definitions and done.environments and not done.states:
        accepting = "isomorph check shows what differs, isomorph baseline write accepts it; "
        return f"{accepting if done.differs else ''}in CI: isomorph check --ci"
    if done.environments and done.scores:
        which = f"--env {done.environments[0]}" if len(done.environments) == 1 else "--all-envs"
        return f"isomorph generate {which}" + (" -o generated/" if wanted.definitions else "")
    score = wanted.file if os.path.exists(wanted.file) or not done.scores else done.scores[0]
    return f"isomorph generate {quote(score)} --to compose"
