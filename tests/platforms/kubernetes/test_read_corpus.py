"""Real definitions read without error, and say what a person reads in them."""

from pathlib import Path

import pytest

from isomorph.model.workload import Exposure, Http, Kind, Port, Probe
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.reader import read
from isomorph.platforms.local import LocalEngines, LocalFiles
from tests.conftest import find_corpus

CORPUS = find_corpus()
MANIFESTS = (
    sorted(CORPUS.glob("**/manifests.yaml")) + sorted(CORPUS.glob("aks-store-demo/kubernetes/*.yaml")) if CORPUS else []
)


def context(corpus: Path) -> Context:
    return Context(LocalFiles([str(corpus)]), LocalEngines())


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_manifest_of_the_corpus_is_read(path: Path, corpus: Path) -> None:
    definition = read(Source(str(path)), context(corpus))
    assert definition.application.workloads
    assert not [
        item for item in definition.diagnostics if item.code in ("unknown-field", "missing-reference", "ambiguous")
    ]


def test_sock_shop(corpus: Path) -> None:
    definition = read(Source(str(corpus / "sock-shop" / "kubernetes")), context(corpus))
    workloads = definition.application.workloads
    assert len(workloads) == 15
    assert {workload.namespace for workload in workloads.values()} == {"sock-shop", "loadtest"}
    front_end = workloads["front-end"]
    assert front_end.ports == {
        "80/tcp": Port(80, 8079, exposures=(Exposure("load-balancer", 80), Exposure("node", 30001)))
    }
    carts = workloads["carts"].containers["carts"]
    assert carts.liveness == Probe(Http(80, "/health"), period=3000, initial_delay=300_000)
    assert list(workloads["rabbitmq"].containers) == ["rabbitmq", "rabbitmq-exporter"]
    assert {key: port.offered for key, port in workloads["rabbitmq"].ports.items()} == {
        "5672/tcp": True,
        "9090/tcp": True,
        "15672/tcp": False,
    }


def test_aks_store(corpus: Path) -> None:
    path = corpus / "aks-store-demo" / "kubernetes" / "aks-store-all-in-one.yaml"
    definition = read(Source(str(path)), context(corpus))
    workloads = definition.application.workloads
    assert {name for name, workload in workloads.items() if workload.kind is Kind.STATEFUL} == {
        "documentdb",
        "rabbitmq",
    }
    assert definition.application.secrets["rabbitmq-secrets"].values == {
        "RABBITMQ_DEFAULT_USER": "username",
        "RABBITMQ_DEFAULT_PASS": "password",
    }
