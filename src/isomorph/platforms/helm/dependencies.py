"""The charts that a chart depends on: which are switched on, what they are called, and which values come up from them.

Source: Helm's package chart/v2/util (`ProcessDependencies`): an alias is a name of its own, tags count less than conditions,
the first condition that is a boolean counts, and imported values count less than the chart's own.
"""

from msgspec.structs import replace

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import Chart, Dependency
from isomorph.platforms.helm.values import EMPTY, coalesce, find, lay_over
from isomorph.syntax.tree import Mapping, Scalar

MOST_CHARTS = 1_000
"""Charts that one definition may come to by aliases of aliases."""


def process_dependencies(chart: Chart, given: Mapping, diagnostics: list[Diagnostic]) -> Chart:
    """Give a chart with just the dependencies that are on, under the names it knows them by."""
    counter = [0]
    return _import_values(_enable(chart, given, "", diagnostics, counter))


def list_missing(chart: Chart) -> list[Dependency]:
    """Give what a chart declares and does not hold."""
    there = {inner.name for inner in chart.charts}
    return [dependency for dependency in chart.declared if dependency.name not in there]


def _enable(chart: Chart, given: Mapping, path: str, diagnostics: list[Diagnostic], counter: list[int]) -> Chart:
    counter[0] += 1
    if counter[0] > MOST_CHARTS:
        raise InvalidInput(f"the chart comes to more than {MOST_CHARTS} charts", chart.origin, "see its aliases")
    if not chart.declared:
        # Charts that nobody declared are always on, and what they declare themselves is not looked at: so does Helm.
        return chart
    declared = chart.declared
    charts = [inner for inner in chart.charts if not any(_fits(inner, each) for each in declared)]
    for each in declared:
        found = next((inner for inner in chart.charts if _fits(inner, each)), None)
        if found is not None:
            charts.append(replace(found, name=each.known_as))
    named = replace(chart, charts=tuple(charts))
    values = coalesce(named, given)
    off = {each.known_as for each in declared if not _is_on(each, values, path)}
    _tell_missing(chart, off, diagnostics)
    left = [
        _enable(inner, values, f"{path}{inner.name}.", diagnostics, counter)
        for inner in charts
        if inner.name not in off
    ]
    return replace(named, charts=tuple(left), declared=tuple(each for each in declared if each.known_as not in off))


def _tell_missing(chart: Chart, off: set[str], diagnostics: list[Diagnostic]) -> None:
    for each in list_missing(chart):
        if each.known_as in off:
            continue
        version = f" {each.version}" if each.version else ""
        folder = chart.place or "."
        message = (
            f"chart {each.name}{version} is not in {folder}/charts, and what it runs was not read;"
            f" `helm dependency update {folder}` fetches it"
        )
        diagnostics.append(Diagnostic("missing-reference", message, each.origin))


def _fits(chart: Chart, dependency: Dependency) -> bool:
    """Tell whether a chart is the one that is declared."""
    return chart.name == dependency.name and in_range(chart.text("version"), dependency.version)


def in_range(version: str, wanted: str) -> bool:
    """Tell whether a version is one of a range, as Helm reads both."""
    wanted = wanted.strip()
    if wanted in ("", "*"):
        return "-" not in version  # A release that comes before another is asked for by name only.
    if wanted == version:
        return True
    from gotpl.funcs.sprig.semver import semver_compare_result

    result = semver_compare_result(wanted, version)
    return result.error is None and result.value is True  # A range that means nothing fits nothing.


def _is_on(dependency: Dependency, values: Mapping, path: str) -> bool:
    """Tell whether tags and conditions leave a dependency on."""
    on = True
    tags = values.get("tags")
    if isinstance(tags, Mapping):
        said = [node.value for tag in dependency.tags if isinstance(node := tags.get(tag), Scalar)]
        on = True in said or False not in said
    for condition in dependency.condition.strip().split(","):
        node = find(values, f"{path}{condition}") if condition else None
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
    return on


def _import_values(chart: Chart) -> Chart:
    """Give a chart whose own values have those that it imports from its dependencies, theirs first."""
    if chart.charts:
        chart = replace(chart, charts=tuple(_import_values(inner) for inner in chart.charts))
    if not chart.declared:
        return chart
    own = coalesce(chart, EMPTY, keep_null=True)
    imported = EMPTY
    for dependency in chart.declared:
        for child, parent in dependency.imports:
            table = find(own, f"{dependency.known_as}.{child}")
            if isinstance(table, Mapping):
                imported = lay_over(imported, _place(table, parent, dependency.origin), keep_null=True)
    return replace(chart, values=lay_over(own, imported, keep_null=True))


def _place(table: Mapping, path: str, origin: Origin) -> Mapping:
    """Give a mapping under a path with points; `.` is the top."""
    if path == ".":
        return table
    for name in reversed(path.split(".")):
        table = Mapping(origin, {name: table}, {name: Scalar(origin, name, name)})
    return table
