"""`isomorph policy test [FILE…]` and `isomorph policy list`."""

import sys
from argparse import Namespace

from isomorph.cli.arguments import Parser, add_global, make_parser, print_result, wants_colour
from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.policy.rule import PREFIX, Rule
from isomorph.project.opening import open_project
from isomorph.project.policy_cases import CaseFile, Result, read_case_file, run_case
from isomorph.project.policy_files import CASES, PACKS, list_files, load_pack, load_packs, read_policies
from isomorph.project.root import find_root, open_context, readable_root
from isomorph.project.shape_checks import did_you_mean
from isomorph.report.terminal import Style, clean, pad, wrap


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "policy", "Rules of a team over the workloads of every platform: their test cases, and which there are."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="test | list")
    test = verbs.add_parser(
        "test",
        help="run the test cases of policies",
        description="Run test cases: definitions, and what policies are expected to find in them.",
        epilog="exit codes: 0 all passed, 1 some did not, 2 a file cannot be read",
    )
    test.add_argument(
        "file", nargs="*", help="files of cases (default: NAME.test.yaml beside each policy of isomorph.yaml)"
    )
    add_global(test, inner=True)
    listing = verbs.add_parser(
        "list", help="list the rules", description="List the rules of the project, and those that come with isomorph."
    )
    add_global(listing, inner=True)
    return parser


def run(argv: list[str]) -> int:
    """Test or list."""
    arguments = parser().parse_args(argv)
    style = Style(wants_colour(arguments.color, sys.stdout))
    if arguments.verb == "list":
        print_result(_list_rules(style))
        return 0
    return _test(arguments, style)


def _test(arguments: Namespace, style: Style) -> int:
    files, context = _find_cases(arguments.file)
    passed = failed = 0
    for each in [read_case_file(file, context) for file in files]:
        results = [run_case(case, each.policies) for case in each.cases]
        good = sum(result.passed for result in results)
        passed, failed = passed + good, failed + len(results) - good
        print_result(_print_results(each, results, style, arguments))
    total = passed + failed
    counts = f"{total} case{'' if total == 1 else 's'}: {passed} passed" + (f", {failed} failed" if failed else "")
    print_result(style.paint(counts, "red" if failed else "green") + "\n")
    return 1 if failed else 0


def _find_cases(named: list[str]) -> tuple[list[str], Context]:
    """Give the files of cases that are meant; raises UsageError where there is none."""
    if named:
        return named, open_context((), map(readable_root, named))
    project, context = open_project()
    beside = [f"{file.rpartition('.')[0]}{ending}" for file in list_files(project, context) for ending in CASES]
    found = [file for file in beside if context.files.is_file(file)]
    if not found:
        raise UsageError(f"no policy of {project.file} has test cases beside it: NAME.yaml has them in NAME.test.yaml")
    return found, context


def _print_results(file: CaseFile, results: list[Result], style: Style, arguments: Namespace) -> str:
    lines = [style.paint(clean(file.file), "bold")]
    for result in results:
        if result.passed and arguments.quiet:
            continue
        word = style.paint("passed", "green") if result.passed else style.paint("failed", "red")
        lines.append(f"  {word}  {clean(result.case.name)} ({result.case.platform})")
        for line in _print_faults(result):
            lines += wrap(clean(line), style.width, "          ", "            ")
    tried = {finding.rule for result in results for finding in result.found}
    untried = [name.removeprefix(PREFIX) for name in file.policies.names if name not in tried]
    if untried:
        lines += wrap(f"no case breaks {', '.join(untried)}", style.width, "  ", "    ")
    return "".join(f"{line}\n" for line in lines)


def _print_faults(result: Result) -> list[str]:
    if result.fault:
        return [f"cannot be read: {result.fault}"]
    lines = [f"not found: {expected} (expected at {expected.origin})" for expected in result.lacking]
    for finding in result.unexpected:
        origin = finding.sides[0].origin
        place = f", line {origin.line}:{origin.column}" if origin is not None else ""
        subject = f" {finding.subject}" if finding.subject else ""
        lines.append(f"not expected: {finding.rule}{subject}{place}: {finding.message}")
    return lines


def _list_rules(style: Style) -> str:
    own: dict[str, Rule] = {}
    if find_root(".") is not None:
        try:
            project, context = open_project()
        except UsageError:
            pass
        else:
            own = read_policies(project, context).rules
    packs = {name: [rule for rule in load_pack(name) if rule.id not in own] for name in PACKS}
    width = max(len(rule.name) for rule in (*own.values(), *load_packs().values()))
    lines: list[str] = []
    for heading, rules in (
        ("of this project", list(own.values())),
        *((f"isomorph:{name}", packs[name]) for name in PACKS),
    ):
        if rules:
            lines += ["", style.paint(heading, "bold")] if lines else [style.paint(heading, "bold")]
        for rule in rules:
            first, *rest = wrap(rule.description, style.width - width - 13)
            lines.append(f"  {pad(clean(rule.name), width)}  {pad(rule.severity.value, 7)}  {clean(first)}")
            lines += [" " * (width + 13) + clean(line) for line in rest]
    return "".join(f"{line}\n" for line in lines)


def explain_policy(name: str, style: Style) -> str:
    """Explain a rule of the project's policies or of a pack; raises UsageError that names the nearest for another."""
    rules = {rule.id: rule for rule in load_packs().values()}
    try:
        project, context = open_project()
    except UsageError:
        pass
    else:
        rules.update(read_policies(project, context).rules)
    rule = rules.get(name)
    if rule is None:
        raise UsageError(f"there is no rule {name!r}; {did_you_mean(name, list(rules))}")
    return _explain(rule, style)


def _explain(rule: Rule, style: Style) -> str:
    lines = [style.paint(rule.id, "bold") + style.paint(f"  {rule.severity.value}, {rule.origin}", "dim"), ""]
    lines += wrap(clean(f"{rule.description[:1].upper()}{rule.description[1:].rstrip('.')}."), style.width)
    if rule.when is not None:
        lines += ["", f"for each {rule.subject} where", *_indent(rule.when.text)]
    lines += ["", "it requires" if rule.when is not None else f"for each {rule.subject} it requires"]
    lines += _indent(rule.require.text)
    for key, value in rule.parameters.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        lines += ["", *wrap(clean(f"parameters.{key}: {text}"), style.width)]
    where = [*(f"environments {each}" for each in rule.environments), *(f"platform {each}" for each in rule.platforms)]
    if where:
        lines += ["", *wrap(clean(f"only in {', '.join(where)}"), style.width)]
    if rule.mend:
        lines += ["", *wrap(clean(f"to mend: {rule.mend}"), style.width)]
    if rule.reference:
        lines += ["", clean(f"see {rule.reference}")]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _indent(text: str) -> list[str]:
    return [f"  {clean(line)}" for line in text.splitlines()]
