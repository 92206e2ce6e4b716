"""`isomorph generate SCORE… --to PLATFORM`, with the flags of the reference tools."""

from msgspec.structs import replace

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.convert import add_writing, write_options
from isomorph.cli.output import write_files
from isomorph.cli.remarks import print_remarks
from isomorph.model.errors import UsageError
from isomorph.project.conversion import convert, refuse_dependencies, supply_image
from isomorph.project.definitions import NamedDefinition, parse_definition
from isomorph.project.environments import read_definition
from isomorph.project.root import open_context

OVERRIDES = ("overrides-file", "override-property")


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("generate", "Write definitions for a platform, out of Score files.")
    parser.add_argument("score", nargs="+", metavar="SCORE", help="a Score file, a folder of them, or -")
    add_writing(parser)
    parser.add_argument("-i", "--image", help="the image of containers whose Score file says `image: .`")
    parser.add_argument("--overrides-file", metavar="FILE", help="a file laid over the Score file (null removes)")
    parser.add_argument(
        "--override-property",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="a value laid over the Score file; an empty one removes (may repeat)",
    )
    return parser


def run(argv: list[str]) -> int:
    """Generate; 1 where something is lost and that was to fail."""
    arguments = parser().parse_args(argv)
    named = [_score(text) for text in arguments.score]
    if arguments.overrides_file in ("", "-"):
        raise UsageError(f"--overrides-file {arguments.overrides_file!r} names no file")
    overrides = {
        key: values
        for key, values in zip(
            OVERRIDES,
            ((arguments.overrides_file,) if arguments.overrides_file else (), tuple(arguments.override_property)),
            strict=True,
        )
        if values
    }
    if overrides and len(named) > 1:
        raise UsageError("overrides are for one Score file; generate the files one by one")
    named = [replace(each, options=overrides) for each in named]
    context = open_context(named, (arguments.overrides_file,) if arguments.overrides_file else ())
    definitions = [read_definition(each, "score", context) for each in named]
    if arguments.image is not None:
        definitions = [supply_image(each, arguments.image) for each in definitions]
    for definition in definitions:
        refuse_dependencies(definition)
    conversion = convert(definitions, arguments.to, write_options(arguments))
    write_files(conversion.files, arguments.output)
    print_remarks(conversion.diagnostics, arguments)
    return 1 if arguments.fail_on_loss and conversion.is_lossy else 0


def _score(text: str) -> NamedDefinition:
    """Read the name of a Score file; another platform's definition is what `convert` is for."""
    named = parse_definition(text)
    if named.platform not in (None, "score"):
        raise UsageError(f"generate takes Score files; for {text!r} there is isomorph convert")
    return replace(named, platform="score")
