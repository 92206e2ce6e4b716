"""Every real definition of the corpus reads; those that cannot be read whole say so in one diagnostic."""

from pathlib import Path

import pytest

from isomorph.model.native import parse_native, print_native
from tests.corpus.reading import has_kubectl, keys, read, shown

DEFINITIONS: list[tuple[str, str, int]] = [
    ("compose", "sock-shop/compose/docker-compose.yml", 15),
    ("compose", "sock-shop/swarm/docker-compose.yml", 13),
    ("kubernetes", "sock-shop/kubernetes", 15),
    ("compose", "aks-store-demo/compose/docker-compose.yml", 10),
    ("compose", "aks-store-demo/compose/docker-compose-quickstart.yml", 4),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-all-in-one.yaml", 9),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-quickstart.yaml", 4),
    ("nomad", "sock-shop/nomad", 18),
    ("nomad", "sock-shop/nomad/weavedemo.nomad", 14),
    ("compose", "reference-outputs/samples/onlineboutique/compose.yaml", 14),
    ("kubernetes", "reference-outputs/samples/onlineboutique/manifests.yaml", 12),
]
KUSTOMIZATIONS = ["base", "overlays/dev", "overlays/kaito"]
AZD = ["ai-service", "makeline-service", "order-service", "product-service", "store-admin", "store-front"]
WITHOUT_THEIR_ENV_FILE = {"ai-service", "makeline-service", "order-service"}


@pytest.mark.parametrize(("platform", "path", "workloads"), DEFINITIONS)
def test_a_definition_reads_and_does_not_differ_from_itself(
    corpus: Path, platform: str, path: str, workloads: int
) -> None:
    definition = read(platform, corpus / path)
    assert len(definition.application.workloads) == workloads
    assert keys(shown(definition, definition)) == set()


@pytest.mark.parametrize(("platform", "path", "workloads"), DEFINITIONS)
def test_its_model_survives_json(corpus: Path, platform: str, path: str, workloads: int) -> None:
    definition = read(platform, corpus / path)
    again = parse_native(print_native(definition))
    assert again == definition
    assert len(again.application.workloads) == workloads


@pytest.mark.parametrize(("platform", "path", "workloads"), DEFINITIONS)
def test_every_value_has_an_origin_in_a_file_that_was_read(
    corpus: Path, platform: str, path: str, workloads: int
) -> None:
    definition = read(platform, corpus / path)
    assert len(definition.application.workloads) == workloads
    for key in definition.application.workloads:
        origin = definition.origins.exact(("workloads", key))
        assert origin is not None
        assert (corpus / origin.file).read_text().splitlines()[origin.line - 1]


@pytest.mark.parametrize("folder", KUSTOMIZATIONS)
def test_a_kustomization_reads(corpus: Path, folder: str) -> None:
    if not has_kubectl():
        pytest.skip("kubectl is not installed")
    definition = read("kubernetes", corpus / "aks-store-demo/kustomize" / folder)
    assert {"order-service", "rabbitmq", "store-front"} <= set(definition.application.workloads)


@pytest.mark.parametrize("overlay", AZD)
def test_an_overlay_without_its_env_file_is_one_diagnostic(corpus: Path, overlay: str) -> None:
    if not has_kubectl():
        pytest.skip("kubectl is not installed")
    definition = read("kubernetes", corpus / "aks-store-demo/kustomize/overlays/azd" / overlay)
    failed = [each for each in definition.diagnostics if each.code == "engine-failed"]
    assert len(failed) == (1 if overlay in WITHOUT_THEIR_ENV_FILE else 0)
    assert bool(definition.application.workloads) == (overlay not in WITHOUT_THEIR_ENV_FILE)
