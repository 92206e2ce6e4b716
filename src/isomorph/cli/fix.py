"""`isomorph fix`: what differs, mended where it is written."""

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.mending import add_mending, check_rules, run_mending
from isomorph.drift.finding import Finding
from isomorph.drift.selection import fits


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "fix",
        "Mend drift where it is written: give one environment of isomorph.yaml the values of another.\n"
        "The edits are shown as a diff, and made with --write. Secrets and addresses are never copied.",
        "exit codes: 0 nothing at or above --fail-on is left, 1 something is, 2 usage or input that cannot be read",
    )
    parser.add_argument(
        "--from", required=True, dest="source", metavar="ENVIRONMENT", help="where values are taken from"
    )
    parser.add_argument("--to", required=True, dest="target", metavar="ENVIRONMENT", help="what is edited")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="RULE", help="only of this rule; a pattern (may repeat)"
    )
    parser.add_argument("--no-baseline", action="store_true", help="mend what stands in the baseline, too")
    add_mending(parser)
    return parser


def run(argv: list[str]) -> int:
    """Mend; 1 where something is left."""
    arguments = parser().parse_args(argv)
    rules: list[str] = arguments.rule
    check_rules(rules)

    def wanted(finding: Finding) -> bool:
        return not rules or any(fits(rule, finding.rule) for rule in rules)

    with_baseline = not arguments.no_baseline
    return run_mending(arguments, arguments.source, arguments.target, wanted, with_baseline=with_baseline)
