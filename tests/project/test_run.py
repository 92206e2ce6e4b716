"""Runs of `generate` in a project add to each other, forget nothing, and put secrets where secrets belong."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.commands import Run

OUTPUTS = {"compose": "compose.yaml", "kubernetes": "manifests.yaml"}


def generate(run: Run, *args: str, platform: str = "compose") -> str:
    code, _, said = run("generate", *args, "--to", platform, "-o", OUTPUTS[platform])
    assert code == 0, said
    return said


def services(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text())["services"]
    return found


def resources(folder: Path, environment: str = "compose") -> dict[str, Any]:
    lines = (folder / ".isomorph" / "state.yaml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    found: dict[str, Any] = json.loads(text)["environments"][environment]["resources"]
    return found


def variables(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines if "=" in line)}


@pytest.fixture
def bare(shop: Path) -> Path:
    """The project without workloads of its own: each is named on the command line."""
    (shop / "isomorph.yaml").write_text("")
    return shop


def test_runs_add_to_each_other(run: Run, bare: Path) -> None:
    generate(run, "services/shop.yaml")
    assert sorted(services(bare)) == ["router", "shop", "shop-db"]
    generate(run, "services/mail.yaml")
    assert sorted(services(bare)) == ["mail", "router", "shared-redis", "shop", "shop-db"]


@pytest.mark.parametrize("platform", OUTPUTS)
def test_the_same_again_is_the_same(run: Run, bare: Path, platform: str) -> None:
    generate(run, "services", platform=platform)
    first = {path: path.read_bytes() for path in bare.rglob("*") if path.is_file() and "cache" not in path.parts}
    (bare / OUTPUTS[platform]).unlink()
    generate(run, platform=platform)
    assert {path: path.read_bytes() for path in first} == first


def test_what_was_said_of_a_workload_is_said_again(run: Run, bare: Path) -> None:
    shop = bare / "services" / "shop.yaml"
    shop.write_text(shop.read_text().replace("registry.example.com/shop:1.0", "."))
    generate(run, "services/shop.yaml", "-i", "shop:7", "--override-property", "containers.main.variables.COLOUR=blue")
    generate(run, "services/mail.yaml")
    again = services(bare)["shop"]
    assert (again["image"], again["environment"]["COLOUR"]) == ("shop:7", "blue")
    generate(run, "services/shop.yaml", "-i", "shop:8")
    again = services(bare)["shop"]
    assert (again["image"], again["environment"]["COLOUR"]) == ("shop:8", "red")


def test_an_overridden_password_is_not_in_clear_in_the_state(run: Run, bare: Path) -> None:
    generate(run, "services/shop.yaml", "--override-property", "containers.main.variables.COLOUR=hunter2hunter2")
    assert "hunter2hunter2" not in (bare / ".isomorph" / "state.yaml").read_text()


def test_a_build_takes_the_place_of_the_image(run: Run, bare: Path) -> None:
    generate(run, "services/shop.yaml", "--build", "main=./shop")
    assert services(bare)["shop"]["build"] == "./shop"
    generate(run, "services/shop.yaml", "--build", 'main={"context": "./shop", "args": {"MODE": "fast"}}')
    assert services(bare)["shop"]["build"] == {"context": "./shop", "args": {"MODE": "fast"}}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--build", "side=./shop"), "shop has no such container; there are main"),
        (("--build", "main"), "is not CONTAINER=FOLDER"),
        (("--build", 'main={"kontext": "x"}'), "unknown key 'kontext'"),
        (("--publish", "80:shop"), "is not HOST:REF:PORT"),
        (("--publish", "8080:shoop:80"), "did you mean shop?"),
        (("--publish", "5432:postgres.default#shop.db.hostt:5432"), "no output 'hostt'"),
        (("--publish", "99999:shop:80"), "a number from 1 to 65535"),
        (("--image", "a b"), "is no image"),
    ],
)
def test_flags_that_mean_nothing(run: Run, bare: Path, args: tuple[str, ...], message: str) -> None:
    code, _, said = run("generate", "services/shop.yaml", "--to", "compose", "-o", "compose.yaml", *args)
    assert code == 2
    assert message in said
    assert not (bare / "compose.yaml").exists()


def test_ports_of_the_machine_lead_to_workloads_and_resources(run: Run, bare: Path) -> None:
    publish = ("-p", "8081:shop:80", "-p", "127.0.0.1:5433:postgres.default#shop.db.host:5432")
    generate(run, "services/shop.yaml", *publish)
    assert services(bare)["shop"]["ports"] == ["8081:8080"]
    assert services(bare)["shop-db"]["ports"] == ["127.0.0.1:5433:5432"]


def test_a_workload_that_is_gone_is_told_and_its_resources_are_kept_until_they_are_pruned(run: Run, bare: Path) -> None:
    generate(run, "services/shop.yaml", "services/mail.yaml")
    (bare / "services" / "mail.yaml").unlink()
    said = generate(run)
    assert "workload mail is gone with its file services/mail.yaml" in said
    assert "nothing uses redis.default#shared any more; --prune drops it" in said
    assert "redis.default#shared" in resources(bare)
    assert "shared-redis" not in services(bare)
    said = generate(run, "--prune")
    assert "redis.default#shared was dropped" in said
    assert "redis.default#shared" not in resources(bare)
    assert "postgres.default#shop.db" in resources(bare)


def test_a_workload_that_moved_or_is_renamed_keeps_its_password(run: Run, bare: Path) -> None:
    generate(run, "services/shop.yaml")
    before = variables(bare)["SHOP_DB_PASSWORD"]
    (bare / "services" / "shop.yaml").rename(bare / "shop.yaml")
    assert "workload shop moved from services/shop.yaml to shop.yaml" in generate(run, "shop.yaml")
    assert variables(bare)["SHOP_DB_PASSWORD"] == before
    score = bare / "shop.yaml"
    score.write_text(score.read_text().replace("name: shop", "name: store"))
    assert "workload shop of shop.yaml is now called store" in generate(run, "shop.yaml")
    assert before in variables(bare).values()


def test_secrets_are_in_the_env_file_only_and_the_users_own_lines_stay(run: Run, bare: Path) -> None:
    (bare / ".env").write_text("# mine\nCOLOUR=blue\n")
    generate(run, "services/shop.yaml")
    generate(run, "services/shop.yaml")
    text = (bare / ".env").read_text()
    assert text.startswith("# mine\nCOLOUR=blue\n")
    assert text.count("SHOP_DB_PASSWORD=") == 1
    assert stat.S_IMODE((bare / ".env").stat().st_mode) == 0o600
    password = variables(bare)["SHOP_DB_PASSWORD"]
    assert len(password) >= 24
    holders = [path for path in bare.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert holders == [bare / ".env"]


def test_an_env_file_elsewhere_also_lists_what_is_left_open(run: Run, bare: Path) -> None:
    mail = bare / "services" / "mail.yaml"
    mail.write_text(
        mail.read_text().replace("variables: {", 'variables: {REGION: "${resources.env.REGION}", ')
        + "  env: {type: environment}\n"
    )
    generate(run, "services/mail.yaml", "--env-file", "config/mail.env")
    lines = (bare / "config" / "mail.env").read_text().splitlines()
    assert "REGION=" in lines
    assert not (bare / ".env").exists()


def test_secrets_do_not_go_to_standard_output(run: Run, bare: Path) -> None:
    code, out, said = run("generate", "services/shop.yaml", "--to", "compose")
    assert (code, out) == (2, "")
    assert "the result is 2 files (compose.yaml, .env); name a file or folder with -o" in said
    assert not (bare / ".isomorph" / "state.yaml").exists()


def test_a_run_that_fails_leaves_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {web: {image: nginx}}\n"
    (tmp_path / "score.yaml").write_text(score + "resources: {it: {type: postgrez}}\n")
    code, _, said = run("generate", "score.yaml", "--to", "compose", "-o", "compose.yaml")
    assert (code, "did you mean postgres?" in said) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["score.yaml"]


def test_without_a_project_and_without_resources_nothing_is_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {web: {image: nginx}}\n"
    (tmp_path / "score.yaml").write_text(score)
    assert run("generate", "score.yaml", "--to", "compose", "-o", "compose.yaml")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compose.yaml", "score.yaml"]


def test_environments_of_the_project_each_get_their_own(run: Run, shop: Path) -> None:
    (shop / "prod.yaml").write_text("containers: {main: {variables: {COLOUR: gold}}}\n")
    (shop / "isomorph.yaml").write_text(
        "name: market\nworkloads: [services/shop.yaml]\nenvironments:\n"
        "  local: {definitions: ['compose:compose.yaml']}\n"
        "  production: {definitions: ['kubernetes:deploy/manifests.yaml'], overrides: [prod.yaml], namespace: market}\n"
    )
    code, _, said = run("generate", "--all-envs")
    assert code == 0, said
    assert yaml.safe_load((shop / "compose.yaml").read_text())["name"] == "market"
    assert services(shop)["shop"]["environment"]["COLOUR"] == "red"
    manifests = (shop / "deploy" / "manifests.yaml").read_text()
    assert "value: gold" in manifests
    assert "namespace: market" in manifests
    states = {name: resources(shop, name)["postgres.default#shop.db"]["guid"] for name in ("local", "production")}
    assert len(set(states.values())) == 2


def test_what_a_person_wrote_is_not_replaced_by_an_environment(run: Run, shop: Path) -> None:
    (shop / "isomorph.yaml").write_text(
        "workloads: [services/shop.yaml]\nenvironments: {local: {definitions: ['compose:compose.yaml']}}\n"
    )
    (shop / "compose.yaml").write_text("services: {mine: {image: nginx}}\n")
    code, _, said = run("generate", "--env", "local")
    assert code == 2
    assert "compose.yaml is there and was not generated by isomorph" in said
    assert "mine" in (shop / "compose.yaml").read_text()
    (shop / "compose.yaml").unlink()
    assert run("generate", "--env", "local")[0] == 0
    assert run("generate", "--env", "local")[0] == 0


def test_an_environment_that_is_not_there(run: Run, shop: Path) -> None:
    (shop / "isomorph.yaml").write_text("environments: {production: {definitions: ['compose:c.yaml']}}\n")
    code, _, said = run("generate", "services/shop.yaml", "--env", "produktion")
    assert code == 2
    assert "did you mean production?" in said


def test_one_environment_is_for_one_platform(run: Run, shop: Path) -> None:
    generate(run, platform="kubernetes")
    (shop / "isomorph.yaml").write_text(
        "workloads: [services/*.yaml]\nenvironments: {kubernetes: {definitions: ['compose:c.yaml']}}\n"
    )
    code, _, said = run("generate", "--env", "kubernetes")
    assert code == 2
    assert "environment kubernetes was generated for kubernetes, and not for compose" in said


def test_an_image_may_hold_a_placeholder(run: Run, bare: Path) -> None:
    shop = bare / "services" / "shop.yaml"
    shop.write_text(
        shop.read_text().replace("registry.example.com/shop:1.0", "${resources.dns.host}/shop:${metadata.name}")
    )
    generate(run, "services/shop.yaml")
    assert services(bare)["shop"]["image"] == "shop.localhost/shop:shop"
