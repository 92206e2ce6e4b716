"""What a run provisions is in the state after it, and the next run finds it there."""

from collections.abc import Collection
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.provisioning.contract import Realised, Request, Resource, Result, ServicePort, Target, WorkloadService
from isomorph.provisioning.engine import Provisioned, provision
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.recording import has_changed, list_kept, record_run
from isomorph.provisioning.secrecy import iterate_leaves
from isomorph.provisioning.state import EnvironmentState, State, WorkloadState, find_unused, prune
from isomorph.provisioning.state_file import STATE_FILE, read_state, write_state
from tests.provisioning.provisioners import Given, read_score

EMPTY = EnvironmentState("compose")
TARGET = Target("compose")
PASSWORDS = iter(f"Pw{number}aVeryRandom{number}" for number in range(100, 200))


def make_database(request: Request) -> Result:
    """Give a database with a password that it keeps, and tell the others of its instance."""
    state = {"password": request.state.get("password") or next(PASSWORDS), "service": f"pg-{request.guid[:4]}"}
    return Result(
        state=state,
        outputs={"host": state["service"], "code word": state["password"], "port": 5432, 7: "seven"},  # type: ignore[dict-item]
        shared={"instances": {request.guid: {"words": f"use {state['password']}!"}}},
        secrets=frozenset({"code word"}),
    )


def score(name: str, resources: str) -> str:
    return (
        f"apiVersion: score.dev/v1b1\nmetadata: {{name: {name}}}\n"
        f"containers: {{main: {{image: nginx}}}}\nresources: {resources}\n"
    )


def run(before: EnvironmentState, *workloads: tuple[str, str]) -> tuple[Provisioned, EnvironmentState]:
    """Provision workloads (name, resources), and record it."""
    definition: Definition = read_score(*(score(*workload) for workload in workloads))
    provisioned = provision(
        definition,
        [Given("db", make_database), Given("copy", lambda request: Result(outputs=request.resource.parameters))],
        TARGET,
        kept=list_kept(before),
        shared=before.shared,
    )
    users: dict[str, Collection[str]] = {
        uid: [
            name for name, workload in definition.application.workloads.items() if uid in workload.dependencies.values()
        ]
        for uid in provisioned.resources
    }
    files = {name: WorkloadState(f"{name}.yaml") for name, _ in workloads}
    return provisioned, record_run(before, provisioned, files, users)


OWN, SHARED = "{db: {type: db}}", "{db: {type: db, id: main}}"


def test_a_second_run_finds_what_the_first_made() -> None:
    first, after = run(EMPTY, ("cart", OWN), ("web", SHARED), ("shop", SHARED))
    assert {uid: resource.users for uid, resource in after.resources.items()} == {
        "db.default#cart.db": ("cart",),
        "db.default#main": ("shop", "web"),
    }
    second, again = run(after, ("cart", OWN), ("web", SHARED), ("shop", SHARED))
    assert again == after
    for uid, realised in first.resources.items():
        assert second.resources[uid].guid == realised.guid
        assert second.resources[uid].result == realised.result
        assert not has_changed(after, realised.resource)
        assert has_changed(EMPTY, realised.resource)


def test_secrets_are_known_wherever_they_stand() -> None:
    _, after = run(
        EMPTY, ("cart", "{db: {type: db}, copy: {type: copy, params: {a: 'x ${resources.db.code word} y', b: z}}}")
    )
    database, copy = after.resources["db.default#cart.db"], after.resources["copy.default#cart.copy"]
    assert database.secrets == {("state", "password"), ("outputs", "code word")}
    assert database.outputs["7"] == "seven"
    assert copy.secrets == {("outputs", "a")}
    assert after.shared_secrets == {("instances", database.guid, "words")}


def test_no_secret_that_was_made_is_in_the_file(tmp_path: Path) -> None:
    _, after = run(EMPTY, ("cart", "{db: {type: db}, copy: {type: copy, params: {a: '${resources.db.code word}'}}}"))
    project, variables = tmp_path / "project", {"HOME": str(tmp_path / "home")}
    project.mkdir()
    write_state(str(project), State("shop", {"local": after}), variables)
    password = after.resources["db.default#cart.db"].state["password"]
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or password.encode() not in path.read_bytes()
    assert (project / STATE_FILE).exists()
    assert read_state(str(project), variables).environments["local"] == after


def test_runs_add_to_each_other_and_what_is_not_used_is_found() -> None:
    _, after = run(EMPTY, ("cart", OWN), ("web", SHARED))
    _, after = run(after, ("shop", SHARED))
    assert sorted(after.workloads) == ["cart", "shop", "web"]
    assert after.resources["db.default#main"].users == ("shop", "web")
    _, after = run(after, ("cart", "{}"), ("web", "{}"))
    assert find_unused(after) == ("db.default#cart.db",)
    assert after.resources["db.default#main"].users == ("shop",)
    guid = after.resources["db.default#cart.db"].guid
    assert guid in after.shared["instances"]
    pruned = prune(after, find_unused(after))
    assert list(pruned.resources) == ["db.default#main"]
    # The other resource wrote the same entry, which so stays.
    assert set(pruned.shared) == {"instances"}
    _, back = run(pruned, ("cart", OWN))
    assert back.resources["db.default#cart.db"].guid != guid


def test_environments_stand_side_by_side(tmp_path: Path) -> None:
    variables = {"HOME": str(tmp_path / "home")}
    project = tmp_path / "project"
    project.mkdir()
    state = State("shop")
    for name in ("local", "production"):
        state = state.with_environment(name, run(EMPTY, ("cart", OWN))[1])
    write_state(str(project), state, variables)
    found = read_state(str(project), variables).environments
    local, production = (found[name].resources["db.default#cart.db"] for name in ("local", "production"))
    assert local.guid != production.guid
    assert local.state["password"] != production.state["password"]


# What the reference tools' own provisioners say that is no secret, by name.
OPEN = """
host port name database username bucket endpoint region vhost server topic num_partitions type source url path target
service serviceName clusterName instanceHostname instanceServiceName instanceUsername instancePort publishPort routeName
path_type hostname shared_kafka_instance_name
"""


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
def test_every_secret_of_the_reference_provisioners_is_sealed(platform: str, corpus: Path) -> None:
    path = corpus / "reference-provisioners" / f"{platform}.provisioners.yaml"
    services = {"web": WorkloadService("web", {"http": ServicePort("http", 80, 8080)})}
    left, sealed = set(), 0
    for provisioner in read_provisioners(path.read_bytes(), str(path), Loading(platform)):
        if not provisioner.uri.startswith("template://") or provisioner.type == "example-provisioner-resource":
            continue
        given = {"host": "h.localhost", "path": "/", "port": "http" if provisioner.type == "service-port" else 80}
        resource = Resource(
            uid=f"{provisioner.type}.default#web.one",
            type=provisioner.type,
            id="web.one",
            workload="web",
            parameters={**given, "workload": "web"},
        )
        asked = Request(resource=resource, guid="6a4c8473-dc3b", target=Target(platform, "shop"), services=services)
        result = provisioner.provision(asked)
        made = Realised(resource=resource, guid=asked.guid, provisioner=provisioner.uri, result=result)
        after = record_run(EnvironmentState(platform), Provisioned({resource.uid: made}, result.shared), {}, {})
        state = after.resources[resource.uid]
        said = {"state": state.state, "outputs": state.outputs}
        open_ = {place: value for place, value in iterate_leaves(said) if place not in state.secrets}
        shared = {place: value for place, value in iterate_leaves(after.shared) if place not in after.shared_secrets}
        # A reference to a Secret of Kubernetes is a name.
        left |= {place[-1] for place, value in (open_ | shared).items() if "\U0001f510" not in str(value)}
        sealed += len(state.secrets)
    assert left - set(OPEN.split()) == set()
    assert sealed > 10
