"""Rendering by a real `helm` where there is one, else by our own engine; which of them it was is told.

`helm template` runs on a copy of the chart in a folder of its own, without dependencies that are not there (it would
refuse the chart), without schemas (they may name addresses; the values were checked before) and with nobody's home, so
that neither plugins nor repositories are there. It says what the documents are; where their values are written is known
from our own rendering, laid over it.
"""

import re

import msgspec

from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, EngineResult, Source
from isomorph.platforms.helm.chart import FILE, REQUIREMENTS, Chart
from isomorph.platforms.helm.dependencies import list_missing
from isomorph.platforms.helm.given_values import GivenValues
from isomorph.platforms.helm.made_up import WORD, depends_on_chance, list_made_up, mark, place_secrets
from isomorph.platforms.helm.options import Options
from isomorph.platforms.helm.rendering import RenderedDocument, render_chart
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.syntax.tree import Mapping, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

ENGINE = "helm"
_COPY = "chart"
_SOURCE = re.compile(r"^---\n# Source: (.*)\n", re.MULTILINE)
_PLACE = re.compile(r"([^\s()]+/templates/[^\s():]+):(\d{1,9})(?::(\d{1,9}))?")


class Rendering(msgspec.Struct, frozen=True):
    """What is rendered: the chart as it was loaded, the same with just what is on, and all that it is given."""

    loaded: Chart
    chart: Chart
    values: Mapping
    options: Options
    given: GivenValues
    source: Source


def render(rendering: Rendering, context: Context, reading: Reading) -> list[RenderedDocument]:
    """Render a chart; raises InvalidInput where its templates fail, with the place of what does."""
    origin = rendering.loaded.origin
    if context.engines.find(ENGINE) is None:
        documents = _render_own(rendering, reading)
        reading.say("rendered", "the chart was rendered by the built-in engine, because helm is not installed", origin)
        return documents
    own: list[RenderedDocument] = []
    fault: InvalidInput | None = None
    try:
        own = _render_own(rendering, reading)
    except InvalidInput as error:
        fault = error
    result = run_helm(rendering, context)
    if result.code != 0:
        raise fault or _to_fault(result.stderr, rendering)
    from isomorph.platforms.helm.tracing import lay_over_documents

    built = read_output(result.stdout)
    documents, differing = lay_over_documents(built, own, _list_templates(rendering.chart, ""))
    reading.say("rendered", "the chart was rendered by helm" + _add_remark(fault, differing), origin)
    return documents


def _render_own(rendering: Rendering, reading: Reading) -> list[RenderedDocument]:
    """Render by our own engine; twice where something may be made up."""
    documents = render_chart(rendering.chart, rendering.values, rendering.options, reading.diagnostics)
    if not depends_on_chance(rendering.chart):
        return documents
    again = render_chart(rendering.chart, rendering.values, rendering.options)
    documents = place_secrets(mark(documents, again))
    for origin in list_made_up(documents):
        reading.count("rendered", f"what the chart makes up at each installation is {WORD!r} here", origin)
    return documents


def _add_remark(fault: InvalidInput | None, differing: int) -> str:
    if fault is not None:
        return f"; the built-in engine could not, so that places are those of whole templates: {fault}"
    if differing:
        places = "one place" if differing == 1 else f"{differing} places"
        return f", whose values hold at {places} where the built-in engine gives others"
    return ""


def run_helm(rendering: Rendering, context: Context) -> EngineResult:
    """Run `helm template` on copies of all that it needs."""
    from isomorph.platforms.helm.set_values import rename_files

    options = rendering.options
    files = {f"{_COPY}/{file.name}": file.data for file in rendering.loaded.raw}
    _drop_missing(rendering.loaded, files)
    args = ["template", options.release, _COPY, "--skip-schema-validation"]
    args.append(f"--kube-version={options.kube_version.text}")
    if options.namespace is not None:
        args.append(f"--namespace={options.namespace}")
    args += [f"--api-versions={version}" for version in options.api_versions]
    for number, file in enumerate(rendering.given.files):
        files[f"values/{number}.yaml"] = file.data
        args.append(f"--values=values/{number}.yaml")
    for key in ("set-json", "set", "set-string"):
        args += [f"--{key}={text}" for text in rendering.source.options.get(key, ())]
    names = {path: f"texts/{number}" for number, path in enumerate(rendering.given.texts)}
    files.update({names[path]: content for path, content in rendering.given.texts.items()})
    args += [
        f"--set-file={rename_files(text, names.__getitem__)}" for text in rendering.source.options.get("set-file", ())
    ]
    try:
        return context.engines.run(ENGINE, args, files)
    except EngineFailed as failed:
        raise InvalidInput(f"{failed}; the chart was not read", rendering.loaded.origin) from None


def _drop_missing(chart: Chart, files: dict[str, bytes]) -> None:
    """Take declarations of charts that are not there out of the copy."""
    missing = {dependency.name for dependency in list_missing(chart)}
    if not missing:
        return
    from isomorph.syntax.yaml.emit import emit_yaml

    for name in (FILE, REQUIREMENTS):
        content = files.get(f"{_COPY}/{name}")
        documents = parse_yaml(content, name, Dialect.KUBERNETES) if content is not None else []
        data = to_data(documents[0].root) if documents else None
        if isinstance(data, dict) and isinstance(data.get("dependencies"), list):
            data["dependencies"] = [each for each in data["dependencies"] if each.get("name") not in missing]
            files[f"{_COPY}/{name}"] = emit_yaml(data, dialect=Dialect.KUBERNETES).encode()
    for name in ("Chart.lock", "requirements.lock"):
        files.pop(f"{_COPY}/{name}", None)


def read_output(output: str) -> list[RenderedDocument]:
    """Read the documents that helm prints, each after the name of its template."""
    parts = _SOURCE.split(output)
    found: list[RenderedDocument] = []
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        documents = parse_yaml(text, f"<{ENGINE}>", Dialect.KUBERNETES, doubled=[])
        found += [RenderedDocument(name, document.root) for document in documents if document.root is not None]
    return found


def _list_templates(chart: Chart, parent: str) -> dict[str, str]:
    """Give the file of each template by the name that Helm has for it."""
    path = f"{parent}/charts/{chart.name}" if parent else chart.name
    found = {f"{path}/{file.name}": file.file for file in chart.templates}
    for inner in chart.charts:
        found.update(_list_templates(inner, path))
    return found


def _to_fault(errors: str, rendering: Rendering) -> InvalidInput:
    """Give what helm says when it refuses a chart, at the place that it names."""
    lines = [line.strip() for line in errors.splitlines() if line.strip() and not line.startswith("level=")]
    message = " ".join(lines).removeprefix("Error: ").removesuffix(" Use --debug flag to render out invalid YAML")
    origin = rendering.loaded.origin
    found = _PLACE.search(message)
    file = _list_templates(rendering.chart, "").get(found[1]) if found else None
    if found is not None and file is not None:
        origin = Origin(file, max(1, int(found[2])), int(found[3] or 0) + 1)
    return InvalidInput(f"helm refuses the chart: {message}", origin, "see what `helm template` says of it")
