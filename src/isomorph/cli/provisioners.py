"""`isomorph provisioners list`: what provisions which type of resource, in the order in which they are asked."""

import sys
from argparse import Namespace

from isomorph.cli.arguments import Parser, add_global, make_parser, print_result, wants_colour
from isomorph.cli.output import write_result
from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.project.conversion import writable_platforms
from isomorph.project.project_file import Project, ProjectEnvironment, find_project, platform_of, read_project
from isomorph.project.root import open_context
from isomorph.report.terminal import Style


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("provisioners", "Tell what provisions the resources that workloads depend on.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list")
    listing = verbs.add_parser(
        "list",
        help="the provisioners",
        description="List the provisioners of an environment; of those that match a resource the first is asked.",
    )
    which = listing.add_mutually_exclusive_group()
    which.add_argument("--env", metavar="NAME", help="the environment of isomorph.yaml (default: the only one)")
    which.add_argument(
        "--to",
        choices=[name for name in writable_platforms() if name != "score"],
        metavar="PLATFORM",
        help="those of every environment, for a platform",
    )
    listing.add_argument("--type", metavar="TYPE", help="only those of a type of resource")
    listing.add_argument("--format", choices=("table", "json"), default="table", help="(default: table)")
    add_global(listing, inner=True)
    return parser


def run(argv: list[str]) -> int:
    """List provisioners."""
    from isomorph.project.provisioner_sources import list_sources, open_provisioners
    from isomorph.report.provisioner_table import print_provisioners, provisioners_data
    from isomorph.report.resource_table import print_data

    arguments = parser().parse_args(argv)
    root = find_project() or "."
    context = open_context([], [root])
    project = read_project(root, context)
    environment, platform = _choose(arguments, project, context)
    found = open_provisioners(list_sources(project, environment), platform, root, context)
    if arguments.type is not None:
        found = [each for each in found if each.type == arguments.type]
    if arguments.format == "json":
        write_result(print_data(provisioners_data(found), "json"), "-")
    else:
        print_result(print_provisioners(found, Style(wants_colour(arguments.color, sys.stdout))))
    return 0


def _choose(arguments: Namespace, project: Project | None, context: Context) -> tuple[ProjectEnvironment | None, str]:
    """Give the environment that is meant, where one is, and its platform."""
    if arguments.to is not None:
        return None, arguments.to
    if project is None:
        if arguments.env is not None:
            raise UsageError("there is no isomorph.yaml here, which would say what that environment is (isomorph init)")
        raise UsageError("there is no isomorph.yaml here: say for which platform with --to")
    if arguments.env is None and len(project.environments) != 1:
        names = ", ".join(project.environments)
        there = f"--env NAME ({names}) or --to PLATFORM" if names else "--to PLATFORM"
        raise UsageError(f"say for which: {there}")
    environment = project.environment_of(arguments.env or next(iter(project.environments)))
    return environment, platform_of(environment, context)
