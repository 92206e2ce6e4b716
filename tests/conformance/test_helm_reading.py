"""Charts before the real helm: the same documents in the same order, and the same definition with both."""

from pathlib import Path

import pytest

from isomorph.platforms.context import Context, EngineResult, Engines, Source
from isomorph.platforms.helm.dependencies import process_dependencies
from isomorph.platforms.helm.engine import Rendering, read_output, run_helm
from isomorph.platforms.helm.given_values import read_given
from isomorph.platforms.helm.hooks import sort_documents
from isomorph.platforms.helm.loading import load_chart
from isomorph.platforms.helm.options import read_options
from isomorph.platforms.helm.reader import read
from isomorph.platforms.helm.rendering import RenderedDocument, render_chart
from isomorph.platforms.helm.values import coalesce
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.syntax.tree import to_data
from tests.conformance.conftest import engine
from tests.memory_context import MemoryEngines

CORPUS: tuple[tuple[str, dict[str, tuple[str, ...]]], ...] = (
    ("sock-shop/helm", {}),
    ("sock-shop/helm", {"set": ("zipkin.enabled=true,loadtest.enabled=true",)}),
    ("sock-shop/helm", {"set": ("frontend.replicas=1000000",), "release": ("shop",), "namespace": ("socks",)}),
    ("aks-store-demo/helm", {}),
    ("aks-store-demo/helm", {"set": ("useAzureAd=true,aiService.create=true",)}),
    ("aks-store-demo/helm", {"set": ("useRabbitMQ=false,useDocumentDB=false,orderService.image.tag=9",)}),
)


class Helm(LocalEngines):
    """The helm that was built, wherever the search path leads."""

    def find(self, name: str) -> str | None:
        """Give its path."""
        return str(engine(name)) if name == "helm" else None


def context_of(folder: Path, engines: Engines | None = None) -> Context:
    return Context(files=LocalFiles([str(folder)]), engines=engines or MemoryEngines())


def render_by_both(source: Source, folder: Path) -> tuple[list[RenderedDocument], EngineResult]:
    """Render a chart by our engine, and by helm on a copy."""
    context = context_of(folder, Helm())
    chart = load_chart(source.path, context)
    given = read_given(source, context)
    enabled = process_dependencies(chart, given.values, [])
    values = coalesce(enabled, given.values)
    options = read_options(source, chart)
    result = run_helm(Rendering(chart, enabled, values, options, given, source), context)
    return sort_documents(render_chart(enabled, values, options)), result


def plain(documents: list[RenderedDocument]) -> list[tuple[str, object]]:
    return [(document.template, to_data(document.root)) for document in documents]


@pytest.mark.parametrize(("place", "options"), CORPUS, ids=str)
def test_charts_of_the_corpus_become_the_same_documents(
    place: str, options: dict[str, tuple[str, ...]], corpus: Path
) -> None:
    own, result = render_by_both(Source(str(corpus / place), options), corpus)
    assert result.code == 0, result.stderr
    assert plain(own) == plain(read_output(result.stdout))


@pytest.mark.parametrize(("place", "options"), CORPUS, ids=str)
def test_a_definition_is_the_same_by_both(place: str, options: dict[str, tuple[str, ...]], corpus: Path) -> None:
    source = Source(str(corpus / place), options)
    own = read(source, context_of(corpus))
    by_helm = read(source, context_of(corpus, Helm()))
    assert by_helm.application == own.application
    assert by_helm.origins == own.origins
    assert [each.message for each in by_helm.diagnostics if each.code == "rendered"] == [
        "the chart was rendered by helm"
    ]
