"""One workload, two realisations of its database, and a program that knows nothing but its environment.

A real server, a real Terraform; what is written for the workload is all that the program is started with.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.model.text import Address, SecretValue, Text, parts_of
from isomorph.model.workload import Binary
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.terraform.root import read_module
from isomorph.provisioning.assembling import assemble
from isomorph.provisioning.catalogue.table import load_catalogue
from isomorph.provisioning.contract import Provisioner, Target
from isomorph.provisioning.engine import Provisioned, provision
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.recording import list_kept, record_run
from isomorph.provisioning.state import EnvironmentState, WorkloadState
from isomorph.provisioning.terraform.applied import record_applied
from isomorph.provisioning.terraform.applying import apply_root_module
from isomorph.provisioning.terraform.root_module import FILE, collect_modules, write_root_module
from isomorph.syntax.tree import to_data
from tests.provisioning.provisioners import read_score
from tests.provisioning.terraform.postgres_server import ADMIN, PORT, PSQL, PostgresServer

MODULES = Path(__file__).resolve().parent / "modules"

SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: orders}
containers:
  main:
    image: orders:1
    variables:
      DATABASE_URL: postgresql://${resources.db.username}:${resources.db.password}@${resources.db.host}:${resources.db.port}/${resources.db.name}
resources:
  db:
    type: postgres
    class: managed
    params: {name: DATABASE}
"""

ENTRY = """\
- uri: terraform://./modules/postgres
  type: postgres
  class: managed
  variables:
    server: {host: %s, port: %d, socket: %s, admin: %s, psql: %s}
  supported_params: [name, owner_comment]
  expected_outputs: [host, port, name, username, password]
  outputs: {host: address, password: master_password}
"""

PROGRAM = f"""\
exec {PSQL} -X -q -A -t -v ON_ERROR_STOP=1 "$DATABASE_URL" \\
  -c "CREATE TABLE IF NOT EXISTS notes (text text)" \\
  -c "INSERT INTO notes VALUES ('kept')" \\
  -c "SELECT text, current_database() FROM notes"
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    started = PostgresServer()
    yield started
    started.stop()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    if not (shutil.which("terraform") or shutil.which("tofu")):
        pytest.skip("neither terraform nor tofu is installed")
    shutil.copytree(MODULES, tmp_path / "modules")
    (tmp_path / "out" / "terraform").mkdir(parents=True)
    return tmp_path


def shell() -> dict[str, str]:
    """Give the variables of the calling shell, without a configuration of Terraform's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TF_")}


class Run:
    """A definition and its provisioners, with the state from one step to the next."""

    def __init__(self, definition: Definition, provisioners: list[Provisioner], platform: str, project: Path) -> None:
        self.definition = definition
        self.provisioners = provisioners
        self.project = project
        self.folder = project / "out" / "terraform"
        self.platform = platform
        self.environment = EnvironmentState(platform)
        self.provisioned = Provisioned()

    def provision(self) -> Definition:
        """Provision all resources with what the state holds, and give the definition with their outputs."""
        self.provisioned = provision(
            self.definition,
            self.provisioners,
            Target(self.platform),
            kept=list_kept(self.environment),
            shared=self.environment.shared,
        )
        workloads = {name: WorkloadState("a.score.yaml") for name in self.definition.application.workloads}
        users = {uid: list(workloads) for uid in self.provisioned.resources}
        self.environment = record_run(self.environment, self.provisioned, workloads, users)
        return assemble(self.definition, self.provisioned.resources, self.platform)

    def apply(self, destroy: bool = False) -> None:
        """Write the root module, have Terraform apply it, and keep what it gave."""
        realised = self.provisioned.resources
        modules = collect_modules(realised.values())
        (self.folder / FILE).write_text(write_root_module(modules, str(self.project), str(self.folder)))
        applied = apply_root_module(str(self.folder), modules, variables=shell(), destroy=destroy)
        self.environment = record_applied(self.environment, realised, applied)


def make_run(platform: str, project: Path, server: PostgresServer, score: str = SCORE) -> Run:
    entry = ENTRY % (server.host, PORT, server.folder, ADMIN, PSQL)
    provisioners = read_provisioners(entry, "p.provisioners.yaml", Loading(platform, project=str(project)))
    return Run(read_score(score), list(provisioners), platform, project)


def to_environment(
    definition: Definition, workload: str = "orders", addresses: dict[str, str] | None = None
) -> dict[str, str]:
    """Give what a platform starts the only container of a workload with: secrets from their stores, names from its DNS."""
    application = definition.application

    def spell(text: Text) -> str:
        words = []
        for part in parts_of(text):
            if isinstance(part, SecretValue):
                value = application.secrets[part.name].values[part.key]
                assert value is not None
                assert not isinstance(value, Binary)
                words.append(spell(value))
            elif isinstance(part, Address):
                words.append((addresses or {})[part.name] + (f":{part.port}" if part.port else ""))
            else:
                assert isinstance(part, str), part
                words.append(part)
        return "".join(words)

    (container,) = application.workloads[workload].containers.values()
    return {name: spell(text) for name, text in container.variables.items()}


def run_program(environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
def test_a_row_is_written_and_read_through_what_terraform_made(
    platform: str, project: Path, server: PostgresServer
) -> None:
    run = make_run(platform, project, server, SCORE.replace("name: DATABASE}", f"name: on_{platform}}}"))
    run.provision()
    run.apply()
    definition = run.provision()
    environment = to_environment(definition)
    assert list(environment) == ["DATABASE_URL"]
    assert run_program(environment) == f"kept|on_{platform}"

    secret = definition.application.secrets["orders-db"]
    assert secret.provisioned
    assert list(secret.values) == ["password"]
    url = definition.application.workloads["orders"].containers["main"].variables["DATABASE_URL"]
    assert SecretValue("orders-db", "password") in parts_of(url)

    written = (run.folder / "terraform.tfstate").stat().st_mtime_ns
    run.apply()
    assert (run.folder / "terraform.tfstate").stat().st_mtime_ns == written, "nothing changed, and it was applied"
    assert to_environment(run.provision()) == environment
    assert run.provisioned.diagnostics == ()
    assert run_program(environment) == f"kept|on_{platform}\nkept|on_{platform}"


@pytest.mark.parametrize("form", ["state file", "show -json"])
def test_what_was_applied_is_read_back_and_leads_to_the_server(
    form: str, project: Path, server: PostgresServer
) -> None:
    name = f"read_from_{form.partition(' ')[0].strip('-')}"
    run = make_run("compose", project, server, SCORE.replace("name: DATABASE}", f"name: {name}}}"))
    run.provision()
    run.apply()
    environment = to_environment(run.provision())
    assert run_program(environment) == f"kept|{name}"

    state = run.folder / "terraform.tfstate"
    if form == "show -json":
        shown = subprocess.run(
            ["terraform", "show", "-json"], cwd=run.folder, env=shell(), capture_output=True, text=True, check=True
        ).stdout
        state = run.folder / "state.json"
        state.write_text(shown)
    context = Context(files=LocalFiles([str(project)]), engines=LocalEngines())
    module = read_module(Source(str(run.folder), {"state": (str(state),)}), context)
    said = json.loads(
        subprocess.run(
            ["terraform", "output", "-json"], cwd=run.folder, env=shell(), capture_output=True, text=True, check=True
        ).stdout
    )
    assert set(module.outputs) == set(said)
    assert said, "the module has outputs"
    for key, output in said.items():
        value = to_data(module.outputs[key].value)
        if output["sensitive"]:
            assert str(output["value"]) not in str(value), "a secret stays out of what is read"
            assert str(output["value"]) in {value for each in module.secrets.values() for value in each.values()}
        else:
            assert value == output["value"], key
    (called,) = module.modules
    assert to_data(called.arguments["name"]) == name
    host, port = (next(said[key]["value"] for key in said if key.endswith(f"__{end}")) for end in ("address", "port"))
    assert f"@{host}:{port}/{name}" in environment["DATABASE_URL"]


def test_a_row_is_written_and_read_through_what_the_catalogue_made(server: PostgresServer) -> None:
    definition = read_score(SCORE)
    provisioned = provision(definition, load_catalogue("compose"), Target("compose"))
    assembled = assemble(definition, provisioned.resources, "compose")
    server.start_like_the_image(to_environment(assembled, "orders-db"))
    environment = to_environment(assembled, addresses={"orders-db": server.host})
    assert list(environment) == ["DATABASE_URL"]
    assert run_program(environment).startswith("kept|orders")
