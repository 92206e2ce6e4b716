"""What an apply gave is kept for the next run: sealed where it is secret, and known to resources that need it."""

import shutil
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.model.text import SecretValue
from isomorph.provisioning.assembling import assemble
from isomorph.provisioning.contract import Module, Target
from isomorph.provisioning.engine import Provisioned, provision
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.recording import list_kept, record_run
from isomorph.provisioning.state import EnvironmentState, State, WorkloadState
from isomorph.provisioning.state_file import STATE_FILE, read_state, write_state
from isomorph.provisioning.terraform.applied import Applied, AppliedOutput, record_applied
from isomorph.provisioning.terraform.root_module import collect_modules
from tests.provisioning.provisioners import read_score

SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main:
    image: nginx
    variables: {URL: "http://${resources.store.host}/${resources.user.name}", KEY: "${resources.user.token}"}
resources:
  user:
    type: user
    params: {store: "${resources.store.host}:${resources.store.port}", admin: "x${resources.store.token}"}
  store: {type: store}
"""

ENTRIES = """\
- {uri: 'terraform://./modules/note', type: store, expected_outputs: [host, port, token]}
- {uri: 'terraform://./modules/note', type: user, expected_outputs: [name, token]}
"""

STORE: Applied = {
    "web_store": {
        "host": AppliedOutput("store.example.com"),
        "port": AppliedOutput(9000),
        "token": AppliedOutput("t0k", sensitive=True),
    }
}
USER: Applied = {"web_user": {"name": AppliedOutput("anna"), "token": AppliedOutput("anna-secret-9", sensitive=True)}}


class Environment:
    """An environment whose state is read from its file before each run, and written after."""

    def __init__(self, project: Path, platform: str) -> None:
        self.project = project
        self.platform = platform
        self.variables = {"ISOMORPH_KEY_FILE": str(project.parent / "key")}
        self.definition = read_score(SCORE)
        self.provisioners = read_provisioners(ENTRIES, "p", Loading(platform, project=str(project)))
        self.provisioned = Provisioned()

    @property
    def state(self) -> EnvironmentState:
        state = read_state(str(self.project), self.variables)
        return state.environments.get("prod", EnvironmentState(self.platform))

    def write(self, environment: EnvironmentState) -> None:
        write_state(str(self.project), State().with_environment("prod", environment), self.variables)

    def run(self) -> Definition:
        state = self.state
        self.provisioned = provision(
            self.definition, self.provisioners, Target(self.platform), kept=list_kept(state), shared=state.shared
        )
        users = {uid: ["web"] for uid in self.provisioned.resources}
        self.write(record_run(state, self.provisioned, {"web": WorkloadState("a.score.yaml")}, users))
        return assemble(self.definition, self.provisioned.resources, self.platform)

    def keep(self, applied: Applied) -> None:
        self.write(record_applied(self.state, self.provisioned.resources, applied))

    @property
    def modules(self) -> dict[str, Module]:
        return collect_modules(self.provisioned.resources.values())


@pytest.fixture(params=["compose", "kubernetes"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Environment:
    project = tmp_path / "project"
    shutil.copytree(Path(__file__).resolve().parent / "modules", project / "modules")
    return Environment(project, request.param)


def test_a_resource_waits_for_the_outputs_that_its_params_name(environment: Environment) -> None:
    environment.run()
    assert {name: module.waiting for name, module in environment.modules.items()} == {
        "web_store": False,
        "web_user": True,
    }
    environment.keep(STORE)
    environment.run()
    user = environment.modules["web_user"]
    assert not user.waiting
    assert user.arguments == {"store": "store.example.com:9000", "admin": "xt0k"}
    assert user.secret_arguments == {"admin"}
    environment.keep(USER)
    definition = environment.run()
    assert environment.provisioned.diagnostics == ()
    assert environment.provisioned.messages == ()
    variables = definition.application.workloads["web"].containers["main"].variables
    assert variables == {"URL": "http://store.example.com/anna", "KEY": (SecretValue("web-user", "token"),)}
    assert definition.application.secrets["web-user"].values == {"token": "anna-secret-9"}


def test_secrets_are_sealed_in_the_state_and_the_rest_can_be_read(environment: Environment) -> None:
    environment.run()
    environment.keep(STORE)
    for _ in range(2):  # As it stands right after the apply, and as the next run leaves it.
        text = (environment.project / STATE_FILE).read_text()
        assert "t0k" not in text
        assert '"host": "store.example.com"' in text
        kept = environment.state.resources["store.default#web.store"].state
        assert kept["applied"] == {"host": "store.example.com", "port": 9000}
        assert kept["secret"] == {"token": "t0k"}
        environment.run()
