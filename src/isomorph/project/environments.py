"""From definitions as they were named to environments: each read, those of one name combined, all in normal form."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from isomorph.drift.finding import Environment
from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.errors import Diagnostic
from isomorph.model.normalise import normalise
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.platforms.detection import detect_platform
from isomorph.platforms.table import BY_NAME, load_reader
from isomorph.project.definitions import NamedDefinition, check_options, print_definition

Named = tuple[NamedDefinition, str]
"""A definition as it was named, and its platform."""


def read_environments(
    named: list[NamedDefinition], context: Context, step: Callable[[str], None] = lambda words: None
) -> list[Environment]:
    """Read definitions into environments, in the order in which their names first appear; `step` is told of each."""
    return [
        read_environment(name, members, context, step)
        for name, members in group_by_name([settle_platform(each, context) for each in named]).items()
    ]


def read_environment(
    name: str, members: list[Named], context: Context, step: Callable[[str], None] = lambda words: None
) -> Environment:
    """Read the definitions of one environment, and combine them."""
    definition = normalise(combine(read_definitions(members, context, step)))
    return Environment(name, definition, tuple((platform, source_text(each)) for each, platform in members))


def read_definitions(
    members: Iterable[Named], context: Context, step: Callable[[str], None] = lambda words: None
) -> list[Definition]:
    """Read definitions, each with its platform; `step` is told of each as it begins."""
    definitions = []
    for named, platform in members:
        step(f"reading {named.path}")
        definitions.append(read_definition(named, platform, context))
    return definitions


def read_definition(named: NamedDefinition, platform: str, context: Context) -> Definition:
    """Read one definition; where its platform was detected, a diagnostic says which."""
    definition = load_reader(platform)(Source(named.path, named.options), context)
    if named.platform is None:
        guess = Diagnostic("detected", f"read as {BY_NAME[platform].title}", Origin(named.path))
        definition = replace(definition, diagnostics=(guess, *definition.diagnostics))
    return definition


def settle_platform(named: NamedDefinition, context: Context) -> Named:
    """Give a definition with its platform, detected where it was not said."""
    if named.platform is not None:
        return named, named.platform
    platform = detect_platform(named.path, context)
    check_options(named.options, platform, print_definition(named))
    return named, platform


def in_namespace(definition: NamedDefinition, platform: str, namespace: str) -> NamedDefinition:
    """Give a definition as it is read for an environment with a namespace: a chart's templates ask for it.

    What the definition itself says counts, and platforms that know no namespaces have none.
    """
    if not namespace or "namespace" not in BY_NAME[platform].options or "namespace" in definition.options:
        return definition
    return replace(definition, options={**definition.options, "namespace": (namespace,)})


def group_by_name(definitions: list[Named]) -> dict[str, list[Named]]:
    """Group definitions by the environment they form; one without a name forms its own, named after its platform."""
    taken = {each.name for each, _ in definitions if each.name is not None}
    groups: dict[str, list[Named]] = {}
    for each, platform in definitions:
        name = each.name
        if name is None:
            name, count = platform, 1
            while name in taken:
                count += 1
                name = f"{platform}-{count}"
            taken.add(name)
        groups.setdefault(name, []).append((each, platform))
    return groups


def source_text(named: NamedDefinition) -> str:
    """Write where a definition is, without its environment's name and platform."""
    return print_definition(NamedDefinition(named.path, options=named.options)) if named.options else named.path
