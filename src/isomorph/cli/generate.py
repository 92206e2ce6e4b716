"""`isomorph generate SCORE… --to PLATFORM | --env NAME | --all-envs`, with the flags of the reference tools."""

from argparse import Namespace

from msgspec.structs import replace

from isomorph.cli.arguments import Parser, add_discovery, add_output, make_parser
from isomorph.cli.output import check_files, write_file, write_files
from isomorph.cli.remarks import print_message, print_remarks
from isomorph.model.errors import UsageError
from isomorph.platforms.platform import WriteOptions
from isomorph.project.conversion import LOSSES, writable_platforms
from isomorph.project.definitions import NamedDefinition, parse_definition
from isomorph.project.given import Given, check_image, parse_build
from isomorph.project.publishing import parse_publish


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "generate",
        "Write definitions for a platform, out of Score files; their resources are provisioned.",
        "Workloads that were generated before are generated again along with those that are named, from the state in\n"
        ".isomorph/state.yaml; without SCORE, all that are known, or listed in isomorph.yaml.",
    )
    parser.add_argument("score", nargs="*", metavar="SCORE", help="a Score file, a folder of them, or -")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", choices=writable_platforms(), metavar="PLATFORM", help="the platform to write for")
    where.add_argument("--env", metavar="NAME", help="an environment of isomorph.yaml")
    where.add_argument("--all-envs", action="store_true", help="every environment of isomorph.yaml")
    add_output(parser, "the definition")
    _add_naming(parser)
    _add_input(parser)
    _add_provisioning(parser)
    return parser


def _add_naming(parser: Parser) -> None:
    group = parser.add_argument_group("what is written")
    group.add_argument("--name", help="the application's (Compose: project's) name")
    group.add_argument("-n", "--namespace", help="Kubernetes: the namespace to write")
    group.add_argument("--generate-namespace", action="store_true", help="Kubernetes: write the namespace itself, too")
    group.add_argument("--format", choices=("yaml", "kyaml"), default="yaml", help="Kubernetes: how YAML is written")
    add_discovery(group)
    group.add_argument("--env-file", metavar="FILE", help="Compose: the file for variables (default: .env beside it)")
    group.add_argument(
        "-p",
        "--publish",
        action="append",
        default=[],
        metavar="HOST:REF:PORT",
        help="Compose: a port of the machine that leads to a workload, or to a resource's output (may repeat)",
    )
    group.add_argument("--fail-on-loss", action="store_true", help="exit 1 where the output says less than the input")


def _add_input(parser: Parser) -> None:
    group = parser.add_argument_group("what is laid over the Score file")
    group.add_argument("-i", "--image", help="the image of containers whose Score file says `image: .`")
    group.add_argument(
        "--build",
        action="append",
        default=[],
        metavar="CONTAINER=DIR",
        help="Compose: build a container's image from a folder, or as a JSON object says (may repeat)",
    )
    group.add_argument("--overrides-file", metavar="FILE", help="a file laid over the Score file (null removes)")
    group.add_argument(
        "--override-property",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="a value laid over the Score file; an empty one removes (may repeat)",
    )


def _add_provisioning(parser: Parser) -> None:
    group = parser.add_argument_group("resources")
    group.add_argument("--apply", action="store_true", help="run Terraform for the resources that it provisions")
    group.add_argument("--prune", action="store_true", help="drop resources from the state that nothing uses any more")
    group.add_argument(
        "--allow-commands", action="store_true", help="let programs run that fetched provisioner files name"
    )


def run(argv: list[str]) -> int:
    """Generate; 1 where something is lost and that was to fail."""
    from isomorph.project.environment_runs import Asked, run_all

    arguments = parser().parse_args(argv)
    asked = Asked(
        scores=tuple(_score(text) for text in arguments.score),
        platform=arguments.to,
        environment=arguments.env,
        given=_given(arguments),
        publish=tuple(parse_publish(text) for text in arguments.publish),
        options=_options(arguments),
        output=arguments.output,
        env_file=arguments.env_file or "",
        apply=arguments.apply,
        prune=arguments.prune,
        allow_commands=arguments.allow_commands,
    )
    _check(arguments)
    lossy = False
    for done in run_all(asked, check_files, write_files, write_file):
        if not arguments.quiet:
            for message in done.messages:
                print_message(message)
        print_remarks(done.diagnostics, arguments)
        lossy = lossy or any(each.code in LOSSES for each in done.diagnostics)
    return 1 if arguments.fail_on_loss and lossy else 0


def _check(arguments: Namespace) -> None:
    said = arguments.overrides_file or arguments.override_property or arguments.image or arguments.build
    if arguments.overrides_file in ("", "-"):
        raise UsageError(f"--overrides-file {arguments.overrides_file!r} names no file")
    if (arguments.overrides_file or arguments.override_property or arguments.build) and len(arguments.score) != 1:
        raise UsageError("overrides and builds are for one Score file; generate the files one by one")
    if said and not arguments.score:
        raise UsageError("name the Score file that the image is for")


def _given(arguments: Namespace) -> Given:
    return Given(
        image="" if arguments.image is None else check_image(arguments.image),
        overrides=(arguments.overrides_file,) if arguments.overrides_file else (),
        properties=tuple(arguments.override_property),
        builds=dict(map(parse_build, arguments.build)),
    )


def _options(arguments: Namespace) -> WriteOptions:
    from isomorph.cli.convert import write_options

    return replace(
        write_options(arguments),
        secrets=True,
        generate_namespace=arguments.generate_namespace,
        style=arguments.format,
    )


def _score(text: str) -> NamedDefinition:
    """Read the name of a Score file; another platform's definition is what `convert` is for."""
    named = parse_definition(text)
    if named.platform not in (None, "score"):
        raise UsageError(f"generate takes Score files; for {text!r} there is isomorph convert")
    return replace(named, platform="score")
