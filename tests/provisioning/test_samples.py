"""Whole projects with the files of the reference tools and the community: every resource comes out, and stays."""

from pathlib import Path

import pytest

from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader
from isomorph.provisioning.contract import Target
from isomorph.provisioning.engine import provision
from isomorph.provisioning.files import FileProvisioner, Loading, load_provisioners
from isomorph.provisioning.template import TemplateProvisioner

FOLDERS = {"compose": "score-compose", "kubernetes": "score-k8s"}


def load(corpus: Path, platform: str) -> list[FileProvisioner]:
    """Load the default file, and after it the community's templates for types that it does not have."""
    files, loading = LocalFiles([str(corpus)]), Loading(platform)
    default = load_provisioners(
        files, [], [str(corpus / "reference-provisioners" / f"{platform}.provisioners.yaml")], loading
    )
    known = {one.type for one in default}
    paths = map(str, corpus.glob(f"community-provisioners/*/{FOLDERS[platform]}/*.provisioners.yaml"))
    custom = load_provisioners(files, paths, [], loading)
    return default + [one for one in custom if one.type not in known and isinstance(one, TemplateProvisioner)]


@pytest.mark.parametrize(
    ("platform", "sample", "least"),
    [
        ("compose", "score-examples/samples/onlineboutique", 15),
        ("kubernetes", "score-examples/samples/onlineboutique", 15),
        ("compose", "score-examples/samples/traderx", 15),
        ("compose", "score-examples/samples/aks-store-demo", 8),
        ("compose", "score-compose-examples/08-service-port-resource", 1),
        ("kubernetes", "score-compose-examples/08-service-port-resource", 1),
    ],
)
def test_a_sample_is_provisioned_whole(platform: str, sample: str, least: int, corpus: Path) -> None:
    context = Context(LocalFiles([str(corpus)]), LocalEngines())
    definition = normalise(load_reader("score")(Source(str(corpus / sample)), context))
    made = provision(definition, load(corpus, platform), Target(platform, project="p", mounts="mounts"))
    assert set(made.resources) == set(definition.application.dependencies)
    assert len(made.resources) >= least
    silent = {realised.resource.type for realised in made.resources.values() if not realised.result.outputs}
    assert silent <= {"route"}
