"""A project that is adopted, its drift noted: whatever is changed then is one new cause, and fails the gate.

Once with a Compose file and manifests of the same shop, whose changes the other platform or the Score files tell; and on every
platform with two environments that are alike at first.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from isomorph.__main__ import main
from tests.mutations import marathon_table, nomad_table, openshift_table, swarm_table, terraform_table
from tests.mutations.table import MUTATIONS, Mutation

DATA = Path(__file__).parent / "data"
FILES = ("compose.yaml", "kubernetes.yaml")
OPEN = ("drift", "missing", "unresolved")

PLATFORMS = {
    "compose.yaml": "compose",
    "kubernetes.yaml": "kubernetes",
    "kubernetes-more.yaml": "kubernetes",
    nomad_table.FILE: "nomad",
    swarm_table.FILE: "swarm",
    marathon_table.FILE: "marathon",
    openshift_table.FILE: "openshift",
    terraform_table.FILE: "terraform",
    terraform_table.CLOUDS: "terraform",
}
ALL = (
    *MUTATIONS,
    *nomad_table.MUTATIONS,
    *swarm_table.MUTATIONS,
    *marathon_table.MUTATIONS,
    *openshift_table.MUTATIONS,
    *terraform_table.MUTATIONS,
    *terraform_table.CLOUD_MUTATIONS,
)

SEVERAL = {
    "stack-network.reach-x": "who is no longer reached loses those who reached it, and each is told",
    "marathon.json-volume.kind-_var_lib_web": "a volume of the task is another volume, and the folder of the machine one more",
    "shop.tf-dependency.missing-orders": "between the environments it is a database, to the Score files a server",
}
"""Changes that are more than one cause, and why."""

UNKNOWN = {
    (
        "shop.nomad.hcl-variable.value-API_URL",
        'name     = "app"',
    ): "who answers to a name that no job registers is not known",
    (
        "openshift-variable.value-SESSION_KEY",
        "value: fixed",
    ): "the parameter's value is made when the template is processed",
}
"""Changes after which it is not known whether anything differs: they are told, and fail under --strict only."""


@contextmanager
def adopted(folder: Path, home: Path, definitions: list[str]) -> Iterator[None]:
    """Work in a folder that is adopted from definitions, its drift noted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(home))
        assert main(["init", "-q", *(f"--from={definition}" for definition in definitions)]) == 0
        assert main(["baseline", "write", "-q"]) == 0
        assert check() == (0, set()), "what was there is no news"
        yield


def check() -> tuple[int, set[str]]:
    """Run the gate: its exit code, and the causes of what it tells."""
    code = main(
        ["check", "-q", "--ci", "--fail-on", "note", "--format", "json", "-o", os.devnull, "--report=json=report"]
    )
    findings = json.loads(Path("report").read_text())["findings"]
    return code, {finding["cause"] for finding in findings if finding["verdict"] in OPEN}


def change(file: Path, mutation: Mutation) -> tuple[int, set[str]]:
    """Run the gate with a file changed."""
    original = file.read_text()
    assert original.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    try:
        file.write_text(original.replace(mutation.old, mutation.new))
        return check()
    finally:
        file.write_text(original)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of a Compose file and manifests."""
    folder = tmp_path_factory.mktemp("adopted")
    for name in FILES:
        shutil.copy(DATA / name, folder)
    with adopted(folder, tmp_path_factory.mktemp("home"), list(FILES)):
        yield folder


@pytest.mark.parametrize(
    "mutation", [each for each in MUTATIONS if each.file in FILES], ids=lambda mutation: mutation.name
)
def test_a_change_beside_another_platform_is_one_new_cause(shop: Path, mutation: Mutation) -> None:
    code, causes = change(shop / mutation.file, mutation)
    assert (code, len(causes)) == (1, 1), causes


@pytest.fixture(scope="module", params=PLATFORMS)
def twins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of two environments of one platform that are alike; gives the second one's file."""
    name: str = request.param
    folder = tmp_path_factory.mktemp("twins")
    definitions = []
    for environment in ("staging", "production"):
        place = folder / environment
        place.mkdir()
        shutil.copy(DATA / name, place)
        for file, text in swarm_table.SETTINGS.items():
            (place / file).write_text(text)
        path = environment if name.endswith(".tf") else f"{environment}/{name}"
        definitions.append(f"{environment}={PLATFORMS[name]}:{path}")
    with adopted(folder, tmp_path_factory.mktemp("home"), definitions):
        yield folder / "production" / name


def test_every_change_of_one_of_two_alike_is_one_new_cause(twins: Path) -> None:
    wrong = {}
    mutations = [each for each in ALL if each.file == twins.name]
    for mutation in mutations:
        code, causes = change(twins, mutation)
        if (code, len(causes) == 1) != (
            int((mutation.name, mutation.new) not in UNKNOWN),
            mutation.name not in SEVERAL,
        ):
            wrong[mutation.name, mutation.new] = (code, causes)
    assert mutations
    assert wrong == {}
