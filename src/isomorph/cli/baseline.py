"""`isomorph baseline write`."""

import sys

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.gating import judge_project
from isomorph.cli.remarks import print_message
from isomorph.drift.baseline import print_baseline
from isomorph.drift.declared import OPEN
from isomorph.project.gate import BASELINE_FILE
from isomorph.provisioning.atomic import path_in_project, write_atomically

_ATTRIBUTES = ".isomorph/.gitattributes"
_MERGE = b"# Of two branches' lines both are kept.\nbaseline.yaml merge=union\n"


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "baseline", f"Note the drift that is there in {BASELINE_FILE}: `check` fails for new drift only."
    )
    parser.add_argument("action", choices=("write",), help="write the file anew")
    parser.add_argument("--image-config", action="append", default=[], metavar="FILE", help="as for check (may repeat)")
    return parser


def run(argv: list[str]) -> int:
    """Write the baseline."""
    arguments = parser().parse_args(argv)
    project, report = judge_project(arguments, with_baseline=False)
    path = path_in_project(project.root, BASELINE_FILE)
    changed = write_atomically(path, print_baseline(report.findings).encode(), 0o644)
    write_atomically(path_in_project(project.root, _ATTRIBUTES), _MERGE, 0o644)
    if not arguments.quiet:
        from isomorph.report.fold import count_rows, fold

        found = [finding for finding in report.findings if finding.verdict in OPEN]
        rows = sum(count_rows(fold(found)).values())
        pairs = f" ({len(found)} findings between pairs of environments)" if len(found) > rows else ""
        what = f"{'one difference' if rows == 1 else f'{rows} differences'}{pairs}"
        print_message(f"{project.with_path(BASELINE_FILE)} holds {what}{'' if changed else ', as before'}")
    sys.stdout.flush()
    return 0
