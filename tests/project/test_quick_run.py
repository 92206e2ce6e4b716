"""A run after a small change writes what a run of everything would write, and touches no more than it must."""

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import Run
from tests.project.conftest import MAIL

OUTPUTS = {
    "compose": "compose.yaml",
    "swarm": "stack.yaml",
    **dict.fromkeys(("kubernetes", "minikube", "openshift"), "manifests.yaml"),
}

# What changes in services/shop.yaml, and whether that can be written alone.
CHANGES: dict[str, tuple[str, str, bool]] = {
    "an image": ("shop:1.0", "shop:1.1", True),
    "a variable's value": ("COLOUR: red", "COLOUR: blue", True),
    "a further variable": ("COLOUR: red", "COLOUR: red\n      SIZE: big", True),
    "a variable with an output that was asked for before": (
        "COLOUR: red",
        "DB: '${resources.db.host}:${resources.db.port}/${resources.db.username}'",
        True,
    ),
    "a file's content": ("Welcome to", "Be welcome to", True),
    "arguments": ("    variables:", "    args: [--fast]\n    variables:", True),
    "a limit": ("    variables:", "    resources: {limits: {memory: 64Mi}}\n    variables:", True),
    "an output that nobody asked for": ("COLOUR: red", "NAME: '${resources.db.database}'", False),
    "a port": ("targetPort: 8080", "targetPort: 8081", False),
    "a peer whom it did not know": ("COLOUR: red", "PEER: http://other-1:80/", False),
    "a further resource": ("  dns: {type: dns}", "  dns: {type: dns}\n  cache: {type: redis}", False),
    "a resource's param": ("db: {type: postgres}", "db: {type: postgres, params: {version: '16'}}", False),
    "a further file": ("files:", "files:\n      /etc/shop/more: {content: more}", False),
    "a further container": ("containers:", "containers:\n  side: {image: registry.example.com/side:1}", False),
    "its name": ("name: shop", "name: store", False),
}
#: A stack's configuration is called by what it says: another name, and all is written.
WHOLE = {("swarm", "a file's content")}


def generate(run: Run, platform: str, *options: str) -> str:
    code, _, said = run("generate", "--to", platform, "-o", OUTPUTS[platform], *options)
    assert code == 0, said
    return said


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("platform", OUTPUTS)
def test_a_changed_file_comes_out_as_if_all_were_written(run: Run, shop: Path, platform: str, change: str) -> None:
    old, new, alone = CHANGES[change]
    generate(run, platform)
    score, output = shop / "services" / "shop.yaml", shop / OUTPUTS[platform]
    before = output.read_text()
    assert score.read_text().count(old) == 1
    score.write_text(score.read_text().replace(old, new))
    said = generate(run, platform)
    assert ("1 of 8 workloads changed" in said) is (alone and (platform, change) not in WHOLE)
    quick = output.read_text()
    assert quick != before
    shutil.rmtree(shop / ".isomorph" / "cache")
    assert "workloads changed" not in generate(run, platform)
    assert output.read_text() == quick


@pytest.mark.parametrize("change", CHANGES)
def test_in_kyaml_as_well(run: Run, shop: Path, change: str) -> None:
    old, new, alone = CHANGES[change]
    generate(run, "kubernetes")
    assert "workloads changed" not in generate(run, "kubernetes", "--format", "kyaml")
    score, output = shop / "services" / "shop.yaml", shop / OUTPUTS["kubernetes"]
    before = output.read_text()
    assert before.startswith('---\n{\n  apiVersion: "')
    score.write_text(score.read_text().replace(old, new))
    assert ("1 of 8 workloads changed" in generate(run, "kubernetes", "--format", "kyaml")) is alone
    quick = output.read_text()
    assert quick != before
    shutil.rmtree(shop / ".isomorph" / "cache")
    generate(run, "kubernetes", "--format", "kyaml")
    assert output.read_text() == quick


@pytest.mark.parametrize("platform", OUTPUTS)
def test_changes_add_up(run: Run, shop: Path, platform: str) -> None:
    generate(run, platform)
    for number in (1, 2, 3):
        score = shop / "services" / f"other-{number}.yaml"
        score.write_text(score.read_text().replace("other:", "another:"))
        assert "1 of 8 workloads changed" in generate(run, platform)
    quick = (shop / OUTPUTS[platform]).read_text()
    assert quick.count("another:") == 3
    shutil.rmtree(shop / ".isomorph" / "cache")
    generate(run, platform)
    assert (shop / OUTPUTS[platform]).read_text() == quick


def test_nothing_changed_is_nothing_written(run: Run, shop: Path) -> None:
    generate(run, "compose")
    before = (shop / "compose.yaml").stat()
    assert "0 of 8 workloads changed" in generate(run, "compose")
    assert (shop / "compose.yaml").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize(
    "touch",
    [
        lambda shop: (shop / "compose.yaml").write_text("services: {}\n"),
        lambda shop: (shop / "compose.yaml").unlink(),
        lambda shop: (shop / "services" / "post.yaml").write_text(MAIL.replace("mail", "post")),
        lambda shop: (shop / "services" / "other-1.yaml").unlink(),
        lambda shop: (shop / "isomorph.yaml").write_text("name: shop\nworkloads: [services/*.yaml]\n"),
        lambda shop: next((shop / ".isomorph" / "cache").glob("*.msgpack")).write_bytes(b"no cache"),
    ],
    ids=["the output was edited", "the output is gone", "a new file", "a file is gone", "the project", "the cache"],
)
def test_all_is_done_when_more_than_a_workload_changed(run: Run, shop: Path, touch) -> None:  # type: ignore[no-untyped-def]
    generate(run, "compose")
    touch(shop)
    assert "workloads changed" not in generate(run, "compose")
    assert "shop:1.0" in (shop / "compose.yaml").read_text()


def test_the_cache_holds_no_secret(run: Run, shop: Path) -> None:
    generate(run, "compose")
    password = next(line for line in (shop / ".env").read_text().splitlines() if line.startswith("SHOP_DB_PASSWORD"))
    secret = password.split("'")[1].encode()
    assert len(secret) >= 24
    assert all(secret not in path.read_bytes() for path in (shop / ".isomorph").rglob("*") if path.is_file())


def test_what_an_environment_says_otherwise_stays(run: Run, shop: Path) -> None:
    (shop / "isomorph.yaml").write_text(
        "workloads: [services/*.yaml]\nenvironments:\n  local:\n    definitions: ['compose:compose.yaml']\n"
        "    builds: {shop: src/shop}\n    overrides: [local.yaml]\n"
    )
    (shop / "local.yaml").write_text("metadata: {name: shop}\ncontainers: {main: {variables: {COLOUR: gold}}}\n")
    assert run("generate", "--env", "local")[0] == 0
    score = shop / "services" / "shop.yaml"
    score.write_text(score.read_text().replace("shop:1.0", "shop:1.1"))
    said = run("generate", "--env", "local")[2]
    assert "1 of 8 workloads changed" in said
    quick = (shop / "compose.yaml").read_text()
    assert all(text in quick for text in ("shop:1.1", "build: ./src/shop", "COLOUR: gold"))
    shutil.rmtree(shop / ".isomorph" / "cache")
    assert run("generate", "--env", "local")[0] == 0
    assert (shop / "compose.yaml").read_text() == quick
