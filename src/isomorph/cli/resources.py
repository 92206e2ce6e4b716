"""`isomorph resources list` and `isomorph resources get-outputs UID`."""

import os
import sys
from argparse import Namespace

from isomorph.cli.arguments import Parser, add_global, make_parser, print_result, wants_colour
from isomorph.cli.output import write_result
from isomorph.cli.remarks import print_message
from isomorph.model.errors import UsageError
from isomorph.project.project_file import find_project
from isomorph.project.provisioned import choose_environment, find_resource, render_outputs
from isomorph.report.resource_table import (
    has_secret_outputs,
    mask_outputs,
    print_data,
    print_resources,
    resources_data,
)
from isomorph.report.terminal import Style


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("resources", "Tell what was provisioned for the project, as its state has it.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list | get-outputs")
    listing = verbs.add_parser("list", help="the resources", description="List the resources; no values are shown.")
    listing.add_argument("--format", choices=("table", "json", "yaml"), default="table", help="(default: table)")
    outputs = verbs.add_parser(
        "get-outputs", help="the outputs of one", description="Print a resource's outputs; secrets are masked."
    )
    outputs.add_argument("uid", metavar="UID", help="TYPE.CLASS#WORKLOAD.NAME or TYPE.CLASS#ID, as `list` shows it")
    outputs.add_argument(
        "--format", default="json", help="json (default), yaml, or a Go template such as '{{ .host }}:{{ .port }}'"
    )
    outputs.add_argument("--show-secrets", action="store_true", help="print secret outputs in the clear")
    for each in (listing, outputs):
        each.add_argument("--env", metavar="NAME", help="the environment (default: the only one that was generated)")
        add_global(each, inner=True)
    return parser


def run(argv: list[str]) -> int:
    """List resources, or print the outputs of one."""
    arguments = parser().parse_args(argv)
    return _list(arguments) if arguments.verb == "list" else _get_outputs(arguments)


def _list(arguments: Namespace) -> int:
    from isomorph.provisioning.state_file import read_state

    state = read_state(find_project() or ".", os.environ, unseal=False)
    environment = choose_environment(state, arguments.env)
    if arguments.format == "table":
        print_result(print_resources(environment, Style(wants_colour(arguments.color, sys.stdout))))
    else:
        write_result(print_data(resources_data(environment), arguments.format), "-")
    return 0


def _get_outputs(arguments: Namespace) -> int:
    from isomorph.provisioning.state_file import read_state

    form = arguments.format
    if form not in ("json", "yaml") and "{{" not in form:
        raise UsageError(f"--format {form!r} is neither json, yaml nor a Go template, such as '{{{{ .host }}}}'")
    root = find_project() or "."
    environment = choose_environment(read_state(root, os.environ, unseal=False), arguments.env)
    resource = find_resource(environment, arguments.uid)
    outputs = mask_outputs(resource)
    if has_secret_outputs(resource) and arguments.show_secrets:  # Only now is a key needed.
        environment = choose_environment(read_state(root, os.environ), arguments.env)
        outputs = find_resource(environment, arguments.uid).outputs
    if form in ("json", "yaml"):
        write_result(print_data(outputs, form), "-")
    else:
        print_result(render_outputs(form, outputs, environment.platform))
    sys.stdout.flush()
    if has_secret_outputs(resource) and not arguments.show_secrets and not arguments.quiet:
        print_message("secret outputs are masked; --show-secrets prints them")
    return 0
