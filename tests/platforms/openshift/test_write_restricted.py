"""What is written runs under restricted-v2, or its author is told why not: over everything that the model can say."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.fields import FIELDS
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, File, Mount, Port, Security, Workload
from isomorph.platforms.kubernetes.reader import read as read_kubernetes
from isomorph.platforms.openshift.writer import to_documents
from isomorph.platforms.platform import WriteOptions
from tests.field_examples import EXAMPLES
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import pod as pod_text
from tests.platforms.openshift.openshift_texts import pods, read_text
from tests.platforms.openshift.scc import is_confirmed, pods_in, refusals
from tests.properties.test_comparison import applications

Written = tuple[list[dict[str, Any]], tuple[Diagnostic, ...]]
SCC = re.compile(r"`oc adm policy add-scc-to-user ([a-z0-9-]+) -z [a-z0-9-]+`$")


def write(application: Application, platform: str = "compose") -> Written:
    definition = normalise(Definition(application, platform), resolve_configurations=False)
    documents, draft = to_documents(definition, WriteOptions())
    return documents, draft.finish()


def container(**said: Any) -> Written:
    """Write one workload of one container."""
    shared = {key: said.pop(key) for key in ("volumes",) if key in said}
    ports = said.pop("ports", {})
    web = Workload("web", ports=ports, containers={"web": Container(**{"image": Image("web", tag="1"), **said})})
    return write(Application(workloads={"web": web}, **shared))


def check(written: Written) -> None:
    """Each Pod runs and says so in full, or what keeps it from that is told with the constraint that it needs."""
    documents, diagnostics = written
    told = [each.message for each in diagnostics if each.code == "refused"]
    assert all(SCC.search(message) for message in told)
    for name, pod in pods_in(documents).items():
        refused = refusals(pod)
        assert bool(refused) == any(name in message.partition(":")[0] for message in told), refused
        assert bool(refused) or is_confirmed(pod)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field(field: str) -> None:
    check(write(EXAMPLES[field].application))


@given(applications)
@settings(max_examples=150, deadline=None)
def test_any_model(application: Application) -> None:
    check(write(application))


def test_a_usual_workload_says_all_that_admission_asks_for() -> None:
    documents, diagnostics = container()
    (pod,) = pods_in(documents).values()
    assert pod["containers"][0]["securityContext"] == {
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert diagnostics == ()


def test_a_user_and_a_group_are_left_to_the_project() -> None:
    documents, diagnostics = container(security=Security(user="1000", group="2000", read_only_root=True))
    (pod,) = pods_in(documents).values()
    assert not {"runAsUser", "runAsGroup"} & pod["containers"][0]["securityContext"].keys()
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert [each.code for each in diagnostics] == ["lost", "lost"]
    assert "must be open to that group" in diagnostics[0].message


def test_a_group_of_volumes_is_left_to_the_project() -> None:
    text = pod_text(spec="securityContext: {fsGroup: 2000, fsGroupChangePolicy: OnRootMismatch, runAsUser: 5}")
    definition = read_kubernetes(source("a.yaml"), memory_context({"a.yaml": text}))
    documents, draft = to_documents(normalise(definition), WriteOptions())
    (pod,) = pods_in(documents).values()
    assert pod["securityContext"] == {"fsGroupChangePolicy": "OnRootMismatch"}
    assert refusals(pod) == []
    assert [each.message.partition(" is not")[0] for each in draft.finish()] == [
        "web: the group of volumes 2000",
        "web: the user 5",
    ]


def test_files_that_only_their_owner_would_read_are_told() -> None:
    files = {"/a": File("x", mode=0o400), "/b": File("x", mode=0o444), "/c": File("x")}
    _, diagnostics = container(files=files)
    assert [(each.code, each.path[-2:], each.message) for each in diagnostics if each.path[-1:] == ("mode",)] == [
        (
            "approximated",
            ("/a", "mode"),
            "web: /a has the mode 0440 instead of 0400: under restricted-v2 the group of the Pod's volumes may read it",
        )
    ]


HOST = {"web//var/run/docker.sock": Volume("host", host_path="/var/run/docker.sock")}


@pytest.mark.parametrize(
    ("said", "words", "constraint"),
    [
        ({"security": Security(user="0")}, "it runs as root", "anyuid"),
        ({"security": Security(privileged=True)}, "it is privileged", "privileged"),
        (
            {"security": Security(capabilities_added=("NET_BIND_SERVICE", "CHOWN", "SETUID"))},
            "it adds the capabilities CHOWN, SETUID",
            "privileged",
        ),
        ({"security": Security(no_new_privileges=False)}, "it may gain privileges", "anyuid"),
        ({"ports": {"80/tcp": Port(80, 80)}}, "it listens on port 80, which only root may", "anyuid"),
        (
            {"volumes": HOST, "mounts": {"/var/run/docker.sock": Mount("web//var/run/docker.sock")}},
            "it mounts the machine's /var/run/docker.sock",
            "hostmount-anyuid",
        ),
    ],
)
def test_what_needs_another_constraint_is_written_as_meant_and_told(
    said: dict[str, Any], words: str, constraint: str
) -> None:
    documents, diagnostics = container(**said)
    (pod,) = pods_in(documents).values()
    assert refusals(pod)
    assert pod["containers"][0].get("securityContext", {}).keys().isdisjoint({"runAsNonRoot", "seccompProfile"})
    (told,) = [each for each in diagnostics if each.code == "refused"]
    assert told.message.startswith(f"web: {words}, and so does not run under restricted-v2: ")
    found = SCC.search(told.message)
    assert found is not None
    assert found.group(1) == constraint


def test_the_account_of_the_workload_is_named() -> None:
    text = pod_text("securityContext: {privileged: true}", "serviceAccountName: robot")
    definition = read_kubernetes(source("a.yaml"), memory_context({"a.yaml": text}))
    _, draft = to_documents(normalise(definition), WriteOptions())
    (told,) = [each for each in draft.finish() if each.code == "refused"]
    assert told.message.endswith("`oc adm policy add-scc-to-user privileged -z robot`")
    assert told.origin is not None
    assert text.splitlines()[told.origin.line - 1][told.origin.column - 1 :].startswith("true}")


def test_a_service_port_below_1024_is_no_port_of_a_container() -> None:
    _, diagnostics = container(ports={"80/tcp": Port(80, 8080)})
    assert diagnostics == ()


def test_what_was_openshift_already_keeps_every_word_and_gets_none() -> None:
    said = "securityContext: {runAsUser: 1001, allowPrivilegeEscalation: true}"
    definition = read_text(pods(container=f"image: 'web:1', {said}"), pods("plain", "image: 'web:1'"))
    documents, draft = to_documents(normalise(definition), WriteOptions())
    found = pods_in(documents)
    assert found["web"]["containers"][0]["securityContext"] == {"runAsUser": 1001, "allowPrivilegeEscalation": True}
    assert "securityContext" not in found["plain"]["containers"][0]
    assert [each.code for each in draft.finish()] == ["refused", "refused"]


def test_what_does_not_run_is_told_of_what_was_provisioned_too() -> None:
    web = Workload("web", containers={"web": Container(image=Image("web"), security=Security(user="0", group="5"))})
    definition = Definition(Application(workloads={"web": web}), "score")
    _, draft = to_documents(definition, WriteOptions(quiet=frozenset(("web",))))
    assert [each.code for each in draft.finish()] == ["refused"]
