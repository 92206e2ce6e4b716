"""Real definitions, written as Terraform's resources and read again: the judge finds nothing between them."""

from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader
from isomorph.platforms.terraform.writer import write
from tests.platforms.terraform.judging import define, judge


def written(definition: Definition) -> dict[str, str]:
    """Give the text files of the configuration that a definition becomes."""
    files = write(normalise(definition, resolve_configurations=False), WriteOptions(name="shop", secrets=True)).files
    return {file.path: file.content for file in files if isinstance(file.content, str)}


@pytest.mark.parametrize(
    ("platform", "place", "workloads"),
    [("kubernetes", "sock-shop/kubernetes", 15), ("helm", "sock-shop/helm", 14), ("compose", "sock-shop/compose", 15)],
)
def test_what_real_projects_say_is_the_same_in_resources(
    corpus: Path, platform: str, place: str, workloads: int
) -> None:
    context = Context(LocalFiles([str(corpus)]), LocalEngines(), {})
    definition = load_reader(platform)(Source(str(corpus / place)), context)
    again = define(written(definition))
    assert len(again.application.workloads) == workloads
    assert judge(definition, again) == []
    origins = [again.origins.find(("workloads", key)) for key in again.application.workloads]
    assert all(origin is not None and origin.file == "infra/main.tf" for origin in origins)
