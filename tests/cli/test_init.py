"""`isomorph init`: what it writes, what it takes over, and that nothing that is there is lost."""

import json
import os
from pathlib import Path

import pytest
import yaml

from isomorph.provisioning.digests import PINS_FILE
from isomorph.provisioning.state_file import STATE_FILE, read_state
from tests.cli.commands import Run, runner
from tests.cli.conftest import COMPOSE, SCORE
from tests.provisioning.servers import answer_files, serve

PROVISIONER = "- {{uri: 'template://{name}', type: redis, {fields}}}\n"
FOR_ALL = PROVISIONER.format(name="all", fields="outputs: 'a: b'")
FOR_COMPOSE = PROVISIONER.format(name="compose", fields="services: 'a: {image: b}'")

REFERENCE_SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: app, variables: {HOST: "${resources.store.host}"}}}
resources: {store: {type: redis}}
"""
REFERENCE_STATE = """\
workloads:
  app:
    spec: {apiVersion: score.dev/v1b1, metadata: {name: app}, resources: {store: {type: redis}}}
    file: score.yaml
    build_configs: {main: {context: ./app}}
resources:
  redis.default#app.store:
    guid: 4a4c8473-dc3b-4cd7-bc86-ec4eb1c2edac
    type: redis
    class: default
    id: app.store
    metadata: {}
    params: {}
    source_workload: app
    provisioner: template://own/redis
    state: {serviceName: redis-AbCdEf, password: 1k5wgq93qEdrhiPb}
    outputs: {host: redis-AbCdEf, port: 6379, username: default, password: 1k5wgq93qEdrhiPb}
shared_state: {}
compose_project: demo
mounts_directory: .score-compose/mounts
patching_templates: ["- {op: set, path: name, value: x}\\n"]
"""


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, and a home elsewhere."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    return here


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


@pytest.fixture
def reference(folder: Path) -> Path:
    """A project of the reference tool for Compose."""
    own = folder / ".score-compose"
    own.mkdir()
    (own / "state.yaml").write_text(REFERENCE_STATE)
    (own / "zz-default.provisioners.yaml").write_text(FOR_COMPOSE)
    (own / "00-own.provisioners.yaml").write_text(FOR_ALL)
    (folder / "score.yaml").write_text(REFERENCE_SCORE)
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def project() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(Path("isomorph.yaml").read_text())
    return loaded


def test_a_new_project(folder: Path, run: Run) -> None:
    assert run("init") == (
        0,
        "",
        "isomorph.yaml written\nscore.yaml written\nnext: isomorph generate score.yaml --to compose\n",
    )
    assert project() == {"workloads": ["score.yaml"], "environments": {}}
    before = snapshot(folder)
    code, _, err = run("init")
    assert (code, snapshot(folder)) == (0, before)
    assert err.startswith("isomorph.yaml is there and was left as it is\n")
    assert run("generate", "score.yaml", "--to", "compose")[0] == 0


def test_names_and_further_files_are_added(folder: Path, run: Run) -> None:
    assert run("init", "--no-sample", "-p", "shop", "--no-default-provisioners", "-q") == (0, "", "")
    assert project() == {
        "name": "shop",
        "workloads": ["score.yaml"],
        "environments": {},
        "default-provisioners": False,
    }
    assert not Path("score.yaml").exists()
    run("init", "-f", "other.yaml", "--project", "store")
    assert (project()["name"], project()["workloads"]) == ("store", ["score.yaml", "other.yaml"])
    assert "# The environments: the definitions that form each one" in Path("isomorph.yaml").read_text()
    code, _, err = run("init", "-p", "No Name")
    assert (code, "--project 'No Name' is no name" in err) == (2, True)


def test_definitions_become_environments_and_score_files(folder: Path, run: Run) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    code, _, err = run("init", "--from", "local=compose.yaml")
    assert code == 0
    assert err.endswith(
        "isomorph.yaml written\nscore.yaml written\n"
        "nothing differs: isomorph check is silent, and fails as soon as something does\n"
        "next: in CI: isomorph check --ci\n"
    )
    assert project() == {
        "workloads": ["score.yaml"],
        "environments": {"local": {"definitions": ["compose:compose.yaml"]}},
    }
    written = yaml.safe_load(Path("score.yaml").read_text())
    assert (written["metadata"]["name"], written["containers"]["web"]["image"]) == ("web", "nginx:1.29")
    before = snapshot(folder)
    assert run("init", "--from", "local=compose.yaml")[0] == 0
    assert run("init", "--from", "./compose.yaml")[0] == 0
    assert snapshot(folder) == before
    Path("more.yaml").write_text(COMPOSE.replace("web", "worker"))
    run("init", "--from", "local=compose:more.yaml?profile=x", "--from", "more.yaml")
    assert project()["environments"] == {
        "local": {"definitions": ["compose:compose.yaml", "compose:more.yaml?profile=x"]},
        "compose": {"definitions": ["compose:more.yaml"]},
    }


def test_several_workloads_become_score_files_in_folders(folder: Path, run: Run) -> None:
    Path("compose.yaml").write_text("services: {web: {image: nginx}, worker: {image: busybox}}\n")
    run("init", "--from", "compose.yaml")
    assert project()["workloads"] == ["score/*/score.yaml"]
    assert sorted(map(str, Path("score").rglob("*.yaml"))) == ["score/web/score.yaml", "score/worker/score.yaml"]
    assert run("generate", "--all-envs", "-o", "out", "-q")[0] == 0
    assert sorted(yaml.safe_load(Path("out/compose/compose.yaml").read_text())["services"]) == ["web", "worker"]


def test_score_files_that_are_there_are_the_workloads(folder: Path, run: Run) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    Path("web.yaml").write_text(SCORE)
    run("init", "--from", "compose.yaml", "--from", "score:web.yaml")
    assert project() == {
        "workloads": ["web.yaml"],
        "environments": {"compose": {"definitions": ["compose:compose.yaml"]}},
    }
    assert not Path("score.yaml").exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("../x.yaml", "../x.yaml is outside this folder, and so no part of a project here"),
        ("-", "standard input is no part of a project"),
        ("nowhere.yaml", "definition nowhere.yaml does not exist"),
        ("a=.", "holds .score-compose and .score-k8s, which are environments of their own: leave a= out"),
    ],
)
def test_what_cannot_be_taken_over_leaves_nothing_behind(reference: Path, run: Run, source: str, message: str) -> None:
    (reference / ".score-k8s").mkdir()
    (reference / ".score-k8s" / "state.yaml").write_text("workloads: {}\n")
    before = snapshot(reference)
    code, _, err = run("init", "--from", source)
    assert (code, message in err) == (2, True)
    assert snapshot(reference) == before


def test_a_reference_tools_project_goes_on(reference: Path, run: Run) -> None:
    code, _, err = run("init", "--from", ".")
    assert code == 0
    assert f"{STATE_FILE} took over 1 resource of compose, their secrets sealed\n" in err
    assert project() == {
        "name": "demo",
        "workloads": ["score.yaml"],
        "environments": {
            "compose": {
                "definitions": ["compose:compose.yaml"],
                "provisioners": [
                    ".score-compose/00-own.provisioners.yaml",
                    ".score-compose/zz-default.provisioners.yaml",
                ],
                "patch-templates": ["patch-templates/compose-1.tpl"],
            }
        },
    }
    assert Path("patch-templates/compose-1.tpl").read_text() == "- {op: set, path: name, value: x}\n"
    assert b"1k5wgq93qEdrhiPb" not in Path(STATE_FILE).read_bytes()
    state = read_state(".", os.environ)
    environment = state.environments["compose"]
    assert (state.project, environment.mounts) == ("demo", ".score-compose/mounts")
    assert environment.given == {"app": {"builds": {"main": {"context": "./app"}}}}
    assert environment.resources["redis.default#app.store"].outputs["password"] == "1k5wgq93qEdrhiPb"
    before = snapshot(reference)
    code, _, err = run("init", "--from", ".")
    assert (code, snapshot(reference)) == (0, before)
    assert f"{STATE_FILE} has compose already and was left as it is\n" in err


def test_a_reference_tools_project_in_a_folder(reference: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(reference.parent)
    assert run("init", "--from", "old=here")[0] == 0
    assert project()["workloads"] == ["here/score.yaml"]
    entry = yaml.safe_load(Path("isomorph.yaml").read_text())["environments"]["old"]
    assert entry["definitions"] == ["compose:here/compose.yaml"]
    assert entry["provisioners"][0] == "here/.score-compose/00-own.provisioners.yaml"
    environment = read_state(".", os.environ).environments["old"]
    assert environment.workloads["app"].file == "here/score.yaml"


def test_workloads_that_are_gone_are_told(reference: Path, run: Run) -> None:
    Path("score.yaml").unlink()
    _, _, err = run("init", "--from", ".", "--no-sample")
    assert "workload app is not taken over: its Score file score.yaml is not in the project [missing-file]" in err
    assert project()["workloads"] == []


def test_both_tools_of_a_real_sample(corpus: Path, folder: Path, run: Run) -> None:
    sample = corpus / "reference-outputs" / "projects" / "resource-provisioning"
    for name, content in snapshot(sample).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    before = snapshot(folder)
    assert run("init", "--from", ".")[0] == 0
    after = snapshot(folder)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"isomorph.yaml", STATE_FILE}
    assert project()["workloads"] == ["score.yaml", "score2.yaml"]
    assert project()["environments"] == {
        "compose": {
            "definitions": ["compose:compose.yaml"],
            "provisioners": [".score-compose/zz-default.provisioners.yaml"],
        },
        "kubernetes": {
            "definitions": ["kubernetes:manifests.yaml"],
            "provisioners": [".score-k8s/zz-default.provisioners.yaml"],
        },
    }
    uids = ["redis.default#main-cache", "redis.default#workload-two.cache-c"]
    for environment in read_state(".", os.environ).environments.values():
        assert list(environment.resources) == uids


def test_provisioner_files_are_listed_before_those_that_were_there(folder: Path, run: Run) -> None:
    for name in ("a", "b", "c"):
        Path(f"{name}.provisioners.yaml").write_text(FOR_ALL)
    Path("isomorph.yaml").write_text("# mine\nprovisioners:\n  - a.provisioners.yaml  # the first\n")
    run("init", "--no-sample", "--provisioners", "b.provisioners.yaml", "--provisioners", "./c.provisioners.yaml")
    text = (
        "# mine\nprovisioners:\n  - b.provisioners.yaml\n  - c.provisioners.yaml\n"
        "  - a.provisioners.yaml  # the first\n"
    )
    assert Path("isomorph.yaml").read_text() == text
    run("init", "--no-sample", "--provisioners", "b.provisioners.yaml")
    assert Path("isomorph.yaml").read_text() == text


def test_a_file_for_one_platform_goes_to_its_environments(folder: Path, run: Run) -> None:
    Path("c.provisioners.yaml").write_text(FOR_COMPOSE)
    environments = (
        "environments:\n  local: {definitions: ['compose:c.yaml']}\n  prod: {definitions: ['kubernetes:m.yaml']}\n"
    )
    Path("isomorph.yaml").write_text(environments)
    run("init", "--no-sample", "--provisioners", "c.provisioners.yaml")
    assert project()["environments"] == {
        "local": {"definitions": ["compose:c.yaml"], "provisioners": ["c.provisioners.yaml"]},
        "prod": {"definitions": ["kubernetes:m.yaml"]},
    }
    Path("p.tpl").write_text("[]")
    run("init", "--no-sample", "--patch-templates", "p.tpl", "--env", "prod")
    assert yaml.safe_load(Path("isomorph.yaml").read_text())["environments"]["prod"]["patch-templates"] == ["p.tpl"]
    code, _, err = run("init", "--no-sample", "--patch-templates", "p.tpl", "--env", "prd")
    assert (code, "there is no environment 'prd'; did you mean prod?" in err) == (2, True)


def test_what_is_fetched_is_pinned(folder: Path, run: Run) -> None:
    with serve(answer_files({"/p.yaml": FOR_ALL.encode()})) as host:
        url = f"http://{host}/p.yaml"
        code, _, err = run("init", "--no-sample", "--provisioners", url)
        assert (code, f"{url} fetched and pinned\n" in err) == (0, True)
        assert run("init", "--no-sample", "--provisioners", f"http://{host}/other.yaml")[0] == 3
    assert project()["provisioners"] == [url]
    assert url in Path(PINS_FILE).read_text()
    code, out, _ = run("provisioners", "list", "--to", "compose", "--type", "redis")
    assert code == 0
    assert "template://all" in out.split("isomorph://")[0]


def test_files_from_elsewhere_are_copied_in(folder: Path, run: Run) -> None:
    outside = folder.parent / "shared.provisioners.yaml"
    outside.write_text(FOR_ALL)
    run("init", "--no-sample", "--provisioners", "../shared.provisioners.yaml")
    assert project()["provisioners"] == ["provisioners/shared.provisioners.yaml"]
    assert Path("provisioners/shared.provisioners.yaml").read_text() == FOR_ALL
    outside.write_text(FOR_COMPOSE)
    code, _, err = run("init", "--no-sample", "--provisioners", str(outside))
    assert (code, "is there, and is not what" in err) == (2, True)
    assert Path("provisioners/shared.provisioners.yaml").read_text() == FOR_ALL


def test_a_file_that_no_platform_can_use_is_refused(folder: Path, run: Run) -> None:
    Path("x.provisioners.yaml").write_text("- {uri: 'template://x', tpye: redis}\n")
    code, _, err = run("init", "--provisioners", "x.provisioners.yaml")
    assert code == 2
    assert err.startswith("isomorph: x.provisioners.yaml:1:")
    assert list(snapshot(folder)) == ["x.provisioners.yaml"]


def test_a_file_that_cannot_be_changed_is_said_so(folder: Path, run: Run) -> None:
    text = "provisioners: &all [a.provisioners.yaml]\npatch-templates: *all\n"
    Path("isomorph.yaml").write_text(text)
    Path("b.provisioners.yaml").write_text(FOR_ALL)
    code, _, err = run("init", "--no-sample", "--provisioners", "b.provisioners.yaml")
    assert code == 2
    assert "isomorph.yaml cannot be changed, since it is laid out in an unusual way" in err
    assert "provisioners: [b.provisioners.yaml]" in err
    assert Path("isomorph.yaml").read_text() == text


JOB = """\
job "shop" {
  group "web" {
    task "web" {
      driver = "docker"
      config {
        image = "shop/web:1"
      }
      env {
        TOKEN = "kept-out-of-sight"
        DATABASE_URL = "postgres://shop:kept-out-too@db.service.consul:5432/orders"
      }
    }
  }
  group "worker" {
    task "worker" {
      driver = "docker"
      config {
        image = "shop/worker:1"
      }
    }
  }
}
"""


def test_a_job_of_several_workloads_is_one_file_and_stays_it(folder: Path, run: Run) -> None:
    Path("shop.nomad.hcl").write_text(JOB)
    code, _, err = run("init", "--from", "shop.nomad.hcl")
    assert (code, "secrets are in no Score file: set DATABASE_URL_PASSWORD, TOKEN where it is deployed" in err) == (
        0,
        True,
    )
    assert "isomorph check cannot tell" not in err
    assert not any(b"kept-out" in content for name, content in snapshot(folder).items() if name.startswith("score/"))
    run("baseline", "write")
    assert run("check", "--fail-on", "note")[:2] == (0, "")
    Path("shop.nomad.hcl").write_text(JOB.replace("shop/worker:1", "shop/worker:2"))
    code, out, _ = run("check", "--fail-on", "note")
    assert (code, "nomad (generated)" in out) == (1, True)


def test_environments_are_aligned_where_names_do_not_show_what_is_one(folder: Path, run: Run) -> None:
    store = "services:\n  cart: {image: 'shop/cart:1'}\n  web: {image: 'shop/web:1'}\n"
    Path("local.yaml").write_text(store)
    Path("prod.yaml").write_text(store.replace("cart:", "basket-service:", 1))
    code, _, err = run("init", "--from", "local=compose:local.yaml", "--from", "prod=compose:prod.yaml")
    assert (code, "cart is one workload: cart in local, basket-service in prod\n" in err) == (0, True)
    assert project()["align"] == {"cart": {"local": "cart", "prod": "basket-service"}}
    before = snapshot(folder)
    assert run("init", "--from", "local=compose:local.yaml")[0] == 0
    assert snapshot(folder) == before
    Path("prod.yaml").write_text(Path("prod.yaml").read_text().replace("shop/cart:1", "store/basket:2"))
    _, out, _ = run("check", "--fail-on", "note")
    assert ("image.repository" in out, "workload.missing" in out.partition("to mend")[0]) == (True, False)


CLUSTER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.28
          resources: {limits: {memory: 64Mi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: exporter}
spec:
  selector: {matchLabels: {app: exporter}}
  template:
    metadata: {labels: {app: exporter}}
    spec: {containers: [{name: exporter, image: "shop/exporter:1"}]}
"""


def check_says(run: Run) -> set[tuple[str, str, str]]:
    """Give what check tells: compared with, workload, rule."""
    _, out, _ = run("check", "--fail-on", "note", "--format", "json", "--ci")
    findings = json.loads(out)["findings"] if out else []
    return {
        (each["compared_with"], each["workload"], each["rule"])
        for each in findings
        if each["verdict"] in ("drift", "missing", "unresolved")
    }


def test_what_is_generated_after_adoption_is_what_is_there(folder: Path, run: Run) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    Path("cluster.yaml").write_text(CLUSTER)
    assert run("init", "--from", "local=compose.yaml", "--from", "prod=kubernetes:cluster.yaml")[0] == 0
    assert {workload for compared, workload, _ in check_says(run) if compared == "generated"} == set()
    assert ("pair", "web", "image.tag") in check_says(run)
    assert run("generate", "--all-envs", "-o", "out", "-q")[0] == 0
    services = yaml.safe_load(Path("out/local/compose.yaml").read_text())["services"]
    assert list(services) == ["web"]
    manifests = list(yaml.safe_load_all(Path("out/prod/manifests.yaml").read_text()))
    workloads = [each for each in manifests if each["kind"] == "Deployment"]
    assert sorted(each["metadata"]["name"] for each in workloads) == ["exporter", "web"]
    run("baseline", "write", "-q")
    Path("cluster.yaml").write_text(CLUSTER.replace("exporter:1", "exporter:2"))
    assert check_says(run) == {("generated", "exporter", "image.tag")}, "what one environment alone says counts, too"


def test_an_environment_that_is_added_later_says_what_it_says_otherwise(folder: Path, run: Run) -> None:
    Path("compose.yaml").write_text(COMPOSE)
    Path("cluster.yaml").write_text(CLUSTER)
    run("init", "--from", "local=compose.yaml")
    before = Path("score.yaml").read_bytes()
    assert run("init", "--from", "prod=kubernetes:cluster.yaml")[0] == 0
    assert Path("score.yaml").read_bytes() == before
    assert yaml.safe_load(Path("isomorph.yaml").read_text())["environments"]["prod"] == {
        "definitions": ["kubernetes:cluster.yaml"],
        "workloads": ["score/prod/exporter/score.yaml"],
        "overrides": ["score/overrides/prod.yaml"],
    }
    (said,) = yaml.safe_load_all(Path("score/overrides/prod.yaml").read_text())
    assert (said["metadata"], said["containers"]["web"]["image"]) == ({"name": "web"}, "nginx:1.28")
    assert {workload for compared, workload, _ in check_says(run) if compared == "generated"} == set()


FLASK = """\
services:
  web:
    image: shop/web:1
    environment: {DATABASE_URL: "postgres://shop:s3cret-word@db:5432/shop", LEVEL: info}
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:15-alpine
    ports: ["5432:5432"]
    volumes: ["data:/var/lib/postgresql/data"]
    environment: {POSTGRES_USER: shop, POSTGRES_PASSWORD: s3cret-word, POSTGRES_DB: shop}
    healthcheck: {test: [CMD-SHELL, "pg_isready -U shop"], interval: 5s, timeout: 3s, retries: 9}
volumes: {data: {}}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("postgres:15-alpine", "postgres:16-alpine", {("generated", "db", "image.tag")}),
        ("/shop", "/other", {("generated", "web", "variable.value")}),
        ("LEVEL: info", "LEVEL: debug", {("generated", "web", "variable.value")}),
        ("s3cret-word@", "another-word@", set()),
        ("interval: 5s", "interval: 6s", set()),
    ],
)
def test_a_server_that_a_resource_stands_for_is_no_drift_until_it_is_another(
    folder: Path, run: Run, old: str, new: str, told: set[tuple[str, str, str]]
) -> None:
    Path("compose.yaml").write_text(FLASK)
    code, _, err = run("init", "--from", "compose.yaml")
    assert (code, "db is a resource of type postgres, for web\n" in err) == (0, True)
    assert "nothing differs: isomorph check is silent" in err
    resource = yaml.safe_load(Path("score.yaml").read_text())["resources"]["db"]
    assert resource == {
        "type": "postgres",
        "metadata": {"annotations": {"compose.score.dev/publish-port": "5432"}},
        "params": {"version": "15"},
    }
    Path("compose.yaml").write_text(FLASK.replace(old, new))
    assert check_says(run) == told


SECRETIVE = """\
services:
  web:
    image: shop/web:1
    volumes: ["./app.conf:/etc/app.conf"]
    command: ["--password", "hunter22-word", "--level", "info"]
    environment: {QUEUE: "amqp://me:one-more-word@queue.example:5672/orders"}
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("app.conf", "info", "debug", "file.content"),
        ("compose.yaml", '"info"', '"debug"', "process.args"),
        ("compose.yaml", "/orders", "/other", "variable.value"),
        ("app.conf", "token-word", "token-changed", ""),
        ("compose.yaml", "hunter22-word", "hunter33-word", ""),
    ],
)
def test_what_stands_beside_a_secret_is_compared(
    folder: Path, run: Run, file: str, old: str, new: str, rule: str
) -> None:
    Path("compose.yaml").write_text(SECRETIVE)
    Path("app.conf").write_text("API_TOKEN=token-word\nLEVEL=info\n")
    assert run("init", "--from", "compose.yaml")[0] == 0
    for name, content in snapshot(folder).items():
        secrets = (b"token-word", b"hunter22-word", b"one-more-word")
        assert name in ("compose.yaml", "app.conf") or not any(each in content for each in secrets), name
    assert run("check", "--fail-on", "note")[:2] == (0, "")
    Path(file).write_text(Path(file).read_text().replace(old, new))
    assert run("check", "--fail-on", "note", "-q")[0] == bool(rule)
    assert check_says(run) == ({("generated", "web", rule)} if rule else set())
