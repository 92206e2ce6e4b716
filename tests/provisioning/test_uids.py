"""Uids, owners of shared resources, and definitions that contradict each other."""

import pytest
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.model.workload import Workload
from isomorph.provisioning.uids import Uid, check_shared, list_resources, merge_dependency, parse_uid, print_uid
from tests.provisioning.provisioners import read_score, web, web_text


@pytest.mark.parametrize(
    ("parts", "uid"),
    [
        (("postgres", None, None, "web", "db"), "postgres.default#web.db"),
        (("postgres", "large", None, "web", "db"), "postgres.large#web.db"),
        (("postgres", None, "main.db", "web", "db"), "postgres.default#main.db"),
    ],
)
def test_a_uid_names_the_id_or_the_workload(parts: tuple[str, str | None, str | None, str, str], uid: str) -> None:
    assert print_uid(*parts) == uid
    assert str(parse_uid(uid)) == uid


def test_a_uid_in_parts() -> None:
    assert parse_uid("s3.default#web.a.b") == Uid("s3", "default", "web.a.b")


@pytest.mark.parametrize("text", ["", "postgres", "postgres#db", "postgres.default", "postgres.default#", "a.b.c#d"])
def test_what_is_no_uid(text: str) -> None:
    with pytest.raises(InvalidInput, match="no resource uid"):
        parse_uid(text)


def test_resources_as_they_are_written() -> None:
    definition = web(
        'db: {type: postgres, class: large, metadata: {annotations: {aa.bb/cc: dd}}, params: {v: "${metadata.name}"}}'
    )
    (declared,) = list_resources(definition).values()
    resource = declared.resource
    assert (resource.uid, resource.type, resource.class_, resource.id) == (
        "postgres.large#web.db",
        "postgres",
        "large",
        "web.db",
    )
    assert resource.workload == "web"
    assert resource.parameters == {"v": "${metadata.name}"}
    assert resource.metadata == {"annotations": {"aa.bb/cc": "dd"}}
    assert resource.origin == Origin("a.score.yaml", 7, 3)
    assert declared.scope.metadata == {"name": "web", "annotations": {"example.com/team": "shop"}, "tier": 2}
    assert declared.scope.resources == {"db": "postgres.large#web.db"}


def test_the_first_workload_owns_a_shared_resource() -> None:
    definition = read_score(
        web_text("xx: {type: redis, id: main}", name="aa"), web_text("yy: {type: redis, id: main}", name="bb")
    )
    (declared,) = list_resources(definition).values()
    assert declared.resource.workload == "aa"
    assert declared.resource.id == "main"


def test_a_shared_resource_stays_with_the_workload_that_it_is_known_to_be_of() -> None:
    definition = read_score(
        web_text("xx: {type: redis, id: main, params: {a: b}}", name="aa"),
        web_text("yy: {type: redis, id: main}", name="bb"),
    )
    uid = "redis.default#main"
    for known, workload in (("bb", "bb"), ("gone", "aa"), ("", "aa")):
        declared = list_resources(definition, {uid: known})[uid]
        assert declared.resource.workload == workload
        assert declared.scope.workload == "aa", "params mean what they do where they are written"


def test_who_writes_the_params_owns_a_shared_resource() -> None:
    definition = read_score(
        web_text("xx: {type: redis, id: main}\nzz: {type: dns}", name="aa"),
        web_text('yy: {type: redis, id: main, params: {host: "${resources.zz.host}"}}\nzz: {type: dns}', name="bb"),
    )
    declared = list_resources(definition)["redis.default#main"]
    assert declared.resource.workload == "bb"
    assert declared.scope.resources["zz"] == "dns.default#bb.zz"


def test_a_workload_that_names_what_is_not_defined() -> None:
    application = Application(workloads={"web": Workload("web", dependencies={"db": "postgres.default#web.db"})})
    with pytest.raises(InvalidInput, match=r"names the resource postgres.default#web.db, which is not defined"):
        list_resources(Definition(application, "score"))


def one(file: str, **fields: object) -> Definition:
    dependency = replace(Dependency("redis", id="main"), **fields)
    origins = Origins({("dependencies", "redis.default#main"): Origin(file, 9, 3)})
    return Definition(Application(dependencies={"redis.default#main": dependency}), "score", origins=origins)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"parameters": {"a": 1}}, {"parameters": {"a": 2}}, "other params than at a.yaml:9:3"),
        ({"parameters": {"a": 1}}, {"parameters": {}}, "other params"),
        ({"metadata": {"a": "1"}}, {"metadata": {"a": "2"}}, "other metadata than at a.yaml:9:3"),
        ({}, {"type": "valkey"}, "another type than at a.yaml:9:3"),
        ({}, {"class_": "large"}, "another class than at a.yaml:9:3"),
    ],
)
def test_two_definitions_of_one_resource_must_say_the_same(
    first: dict[str, object], second: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        check_shared([one("a.yaml", **first), one("b.yaml", **second)])
    assert error.value.origin == Origin("b.yaml", 9, 3)
    assert said in str(error.value)
    assert "give one another id" in str(error.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"parameters": {"a": 1}}, {"parameters": {"a": 1}}),
        ({"parameters": {"a": 1}}, {}),
        ({}, {"parameters": {"a": 1}}),
        ({"parameters": {"a": 1}}, {"metadata": {"a": "1"}}),
        ({"class_": "default"}, {}),
    ],
)
def test_what_is_not_said_contradicts_nothing(first: dict[str, object], second: dict[str, object]) -> None:
    check_shared([one("a.yaml", **first), one("b.yaml", **second)])


def test_a_silent_definition_between_two_hides_no_conflict() -> None:
    with pytest.raises(InvalidInput, match="other params"):
        check_shared([one("a.yaml"), one("b.yaml", parameters={"a": 1}), one("c.yaml", parameters={"a": 2})])


def test_definitions_of_one_resource_together() -> None:
    merged = merge_dependency(Dependency("redis", metadata={"a": "1"}), Dependency("redis", parameters={"b": 2}))
    assert merged == Dependency("redis", metadata={"a": "1"}, parameters={"b": 2})
