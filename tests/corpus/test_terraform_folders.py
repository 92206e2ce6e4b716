"""Every Terraform folder of the corpus reads: what it makes, what it leaves open, and where that is."""

from pathlib import Path

import pytest

from isomorph.model.text import Placeholder, parts_of, print_text
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.terraform.module import CalledModule, Module, Resource
from isomorph.platforms.terraform.root import read_module
from isomorph.syntax.hcl.body import Interpolated, text_of
from isomorph.syntax.tree import Scalar, to_data

FOLDERS: list[tuple[str, tuple[str, ...], int, int, list[str]]] = [
    ("sock-shop/terraform", (), 7, 0, []),
    ("sock-shop/swarm/infra/aws", (), 6, 0, ["deprecated"]),
    ("sock-shop/swarm/infra/gcloud", (), 5, 0, ["unset-variable", "missing-file", "missing-file", "deprecated"]),
    ("aks-store-demo/terraform", (), 6, 1, ["unset-variable", "unset-variable"]),
    (
        "aks-store-demo/terraform",
        (
            "location=westeurope",
            "environment=dev",
            "deploy_azure_container_registry=true",
            "deploy_azure_cosmosdb=true",
            "deploy_azure_openai=true",
            "deploy_azure_servicebus=true",
            "deploy_observability_tools=true",
        ),
        27,
        5,
        [],
    ),
]


def read(folder: Path, variables: tuple[str, ...] = ()) -> Module:
    context = Context(LocalFiles([str(folder)]), LocalEngines())
    return read_module(Source(str(folder), {"var": variables} if variables else {}), context)


@pytest.mark.parametrize(("path", "variables", "resources", "modules", "codes"), FOLDERS)
def test_a_folder_reads(
    corpus: Path, path: str, variables: tuple[str, ...], resources: int, modules: int, codes: list[str]
) -> None:
    module = read(corpus / path, variables)
    assert (len(module.resources), len(module.modules)) == (resources, modules)
    assert [each.code for each in module.diagnostics] == codes


def test_the_load_balancer_of_sock_shop_leads_to_its_node_ports(corpus: Path) -> None:
    balancer = read(corpus / "sock-shop/terraform").find("aws_elb.ci-sockshop-k8s-elb")
    assert isinstance(balancer, Resource)
    listeners = to_data(balancer.body["listener"])
    assert [(each["lb_port"], each["instance_port"]) for each in listeners] == [(80, 30001), (9411, 30002)]


def test_the_registry_modules_of_aks_store_keep_what_tells_what_they_are(corpus: Path) -> None:
    module = read(corpus / "aks-store-demo/terraform", FOLDERS[-1][1])
    bus = module.find("module.sb")
    assert isinstance(bus, CalledModule)
    assert (bus.address, bus.source, bus.version) == (
        "module.sb[0]",
        "Azure/avm-res-servicebus-namespace/azurerm",
        "0.4.0",
    )
    assert list(to_data(bus.arguments["queues"])) == ["orders"]
    name = bus.arguments["name"]
    assert isinstance(name, Interpolated)
    assert print_text(name.parts) == "sb-dev${random_pet.example.id}${random_integer.example.result}"


def test_outputs_say_of_what_they_are_attributes(corpus: Path) -> None:
    module = read(corpus / "aks-store-demo/terraform", FOLDERS[-1][1])
    node = module.outputs["AZURE_COSMOS_DATABASE_URI"].value
    assert isinstance(node, Scalar)
    (part,) = [each for each in parts_of(text_of(node)) if isinstance(each, Placeholder)]
    link = module.attribute_of(part)
    assert link is not None
    assert (link.address, link.attribute) == ("module.db[0]", ("name",))
