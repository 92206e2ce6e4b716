"""Outputs in place of references: texts, images, secrets and volumes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Definition, Extra, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image, parse_image
from isomorph.model.origin import Origin
from isomorph.model.text import Address, Output, Placeholder, SecretValue, Text
from isomorph.model.workload import Container, Mount
from isomorph.provisioning.contract import Realised, Resource, Result
from isomorph.provisioning.resolving import (
    find_secrets,
    parse_marks,
    resolve_definition,
    secret_key,
    secret_name,
    to_plain,
    to_text,
)
from tests.provisioning.provisioners import web

UID = "redis.default#web.it"


def realised(outputs: dict[str, Any], *secrets: str, uid: str = UID, workload: str = "web") -> dict[str, Realised]:
    resource = Resource(uid=uid, type=uid.partition(".")[0], id=uid.partition("#")[2], workload=workload)
    result = Result(outputs=outputs, secrets=frozenset(secrets))
    return {
        uid: Realised(resource=resource, guid="1", provisioner="memory://it", result=result, secrets=result.secrets)
    }


def resolve(container: str, outputs: dict[str, Any], *secrets: str) -> Definition:
    return resolve_definition(web("it: {type: redis}", container), realised(outputs, *secrets))


def container_of(definition: Definition) -> Container:
    return definition.application.workloads["web"].containers["main"]


def variable(text: str, outputs: dict[str, Any], *secrets: str) -> Text:
    return container_of(resolve(f"    variables: {{V: '{text}'}}\n", outputs, *secrets)).variables["V"]


@pytest.mark.parametrize(
    ("text", "outputs", "value"),
    [
        ("${resources.it.host}", {"host": "h"}, "h"),
        ("a ${resources.it.host}:${resources.it.port}", {"host": "h", "port": 5432}, "a h:5432"),
        ("${resources.it.tls.ca.name}", {"tls": {"ca": {"name": "n"}}}, "n"),
        (r"${resources.it.a\.b}", {"a.b": "dot"}, "dot"),
        ("${resources.it.tls}", {"tls": {"b": 1, "a": [True, None]}}, '{"a":[true,null],"b":1}'),
        ("${resources.it.on}", {"on": True}, "true"),
        ("${resources.it.none}", {"none": None}, "null"),
        ("${resources.it.ratio}", {"ratio": 0.5}, "0.5"),
        ("$$${resources.it.host}$${x}", {"host": "$$"}, "$$$${x}"),
        ("${resources.it.var}", {"var": Placeholder("${VAR}", "VAR")}, (Placeholder("${VAR}", "VAR"),)),
        ("${resources.it.url}", {"url": ("a:", SecretValue("s", "k"))}, ("a:", SecretValue("s", "k"))),
        (
            "x-${resources.it.password}",
            {"password": "\U0001f510\U0001f4acredis-1_password\U0001f4ac\U0001f510"},
            ("x-", SecretValue("redis-1", "password")),
        ),
    ],
)
def test_texts(text: str, outputs: dict[str, Any], value: Text) -> None:
    assert variable(text, outputs) == value


@pytest.mark.parametrize(
    ("text", "outputs", "said"),
    [
        (
            "${resources.it.hots}",
            {"host": "h", "port": 1},
            f"{UID} has no output 'hots' (did you mean host? its outputs are host, port; from memory://it)",
        ),
        ("${resources.it.host}", {}, f"{UID} has no output 'host' (its outputs are none; from memory://it)"),
        (
            "${resources.it.tls.cert}",
            {"tls": {"ca": 1}},
            f"output tls of {UID} has no key 'cert' (there are ca)",
        ),
        ("${resources.it.host.x}", {"host": "h"}, "output host is a value and has no keys"),
        ("${resources.it}", {"host": "h"}, f"{UID} is a resource, and no text (name an output of it: host)"),
    ],
)
def test_outputs_that_are_not_there(text: str, outputs: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        variable(text, outputs)
    assert error.value.origin == Origin("a.score.yaml", 6, 20)
    assert said in str(error.value)


def test_a_resource_that_nobody_provisioned() -> None:
    definition = web("it: {type: redis}", "    variables: {V: '${resources.it.host}'}\n")
    with pytest.raises(InvalidInput, match=f"there is no resource {UID}"):
        resolve_definition(definition, realised({}, uid="redis.default#web.other"))


def test_files_are_resolved_and_literal_ones_are_not() -> None:
    definition = resolve(
        "    files:\n"
        "      /a: {content: 'host=${resources.it.host}'}\n"
        "      /b: {content: 'host=${resources.it.host}', noExpand: true}\n",
        {"host": "h"},
    )
    contents = {path: file.content for path, file in container_of(definition).files.items()}
    assert contents == {"/a": "host=h", "/b": "host=${resources.it.host}"}


def test_two_outputs_that_are_an_address_together() -> None:
    text = "${resources.it.host}:${resources.it.port} ${resources.it.port}:${resources.it.host} ${resources.it.host}:1"
    definition = web("it: {type: redis}", f"    variables: {{V: '{text}'}}\n")
    address = Address("api", "api")
    result = Result(
        outputs={"host": "api", "port": 8080},
        references={"host": (address,)},
        pairs={("host", "port"): (replace(address, port=80),)},
    )
    one = replace(realised({})[UID], result=result)
    assert container_of(resolve_definition(definition, {UID: one})).variables["V"] == (
        replace(address, port=80),
        " 8080:",
        address,
        " ",
        replace(address, port=1),
    )


def test_command_and_args() -> None:
    definition = web("it: {type: redis}", "    command: [run]\n")
    main = replace(container_of(definition), args=("--host", (Output(UID, "host"), ":1")))
    web_ = replace(definition.application.workloads["web"], containers={"main": main})
    application = replace(definition.application, workloads={"web": web_})
    resolved = resolve_definition(replace(definition, application=application), realised({"host": "h"}))
    assert (container_of(resolved).command, container_of(resolved).args) == (("run",), ("--host", "h:1"))


@pytest.mark.parametrize(
    ("image", "output", "meant"),
    [
        ((Output(UID, "v"),), "ghcr.io/a/b:1.2", Image("a/b", "ghcr.io", "1.2")),
        (("ghcr.io/a/b:", Output(UID, "v")), "1.2", Image("a/b", "ghcr.io", "1.2")),
        ((Output(UID, "v"), "/b:1"), "localhost:5000", Image("b", "localhost:5000", "1")),
        (("a/b@", Output(UID, "v")), "sha256:00", Image("a/b", digest="sha256:00")),
        ("a/b:1", "unused", Image("a/b", tag="1")),
    ],
)
def test_images(image: Text, output: str, meant: Image) -> None:
    definition = web("it: {type: redis}")
    main = replace(container_of(definition), image=parse_image(image))
    web_ = replace(definition.application.workloads["web"], containers={"main": main})
    application = replace(definition.application, workloads={"web": web_})
    resolved = resolve_definition(replace(definition, application=application), realised({"v": output}))
    assert container_of(resolved).image == meant


def test_a_secret_output_is_a_reference_and_its_value_in_a_secret() -> None:
    definition = resolve(
        "    variables: {URL: 'redis://u:${resources.it.password}@h', PW: '${resources.it.password}'}\n",
        {"password": "s3cr3t-value"},
        "password",
    )
    reference = SecretValue("redis.default.web.it", "password")
    assert container_of(definition).variables == {"URL": ("redis://u:", reference, "@h"), "PW": (reference,)}
    assert definition.application.secrets == {"redis.default.web.it": Secret({"password": "s3cr3t-value"})}
    assert definition.diagnostics == ()


def test_all_of_a_secret_and_what_holds_one_are_secret() -> None:
    outputs = {"tls": {"key": "kkk", "port": 1}, "all": {"pin": 1234, "user": "u"}}
    definition = resolve(
        "    variables: {A: '${resources.it.tls.key}', B: '${resources.it.tls}', C: '${resources.it.tls.port}', "
        "D: '${resources.it.all.pin}'}\n",
        outputs,
        "tls.key",
        "all",
    )
    name = "redis.default.web.it"
    assert container_of(definition).variables == {
        "A": (SecretValue(name, "tls.key"),),
        "B": (SecretValue(name, "tls"),),
        "C": "1",
        "D": (SecretValue(name, "all.pin"),),
    }
    assert definition.application.secrets == {
        name: Secret({"tls.key": "kkk", "tls": '{"key":"kkk","port":1}', "all.pin": "1234"})
    }


def test_what_looks_secret_and_is_not_said_to_be_is_told_once() -> None:
    definition = resolve(
        "    variables: {A: '${resources.it.password}', B: '${resources.it.password}', C: '${resources.it.url}', "
        "D: '${resources.it.host}'}\n",
        {"password": "hidden", "url": "redis://u:hidden@h", "host": "h"},
    )
    assert container_of(definition).variables["A"] == "hidden"
    assert [(each.code, each.origin) for each in definition.diagnostics] == [
        ("secret-in-clear", Origin("a.score.yaml", 6, 20)),
        ("secret-in-clear", Origin("a.score.yaml", 6, 82)),
    ]
    assert not any("hidden" in each.message for each in definition.diagnostics)


def test_a_reference_in_the_providers_text_is_no_secret_in_clear() -> None:
    mark = "\U0001f510\U0001f4acn_k\U0001f4ac\U0001f510"
    definition = resolve("    variables: {A: '${resources.it.password}'}\n", {"password": mark})
    assert definition.diagnostics == ()


@pytest.mark.parametrize(
    ("outputs", "volume", "mount", "extras"),
    [
        ({"type": "volume", "source": "data-1"}, ("data-1", Volume("persistent")), Mount("data-1"), []),
        ({"source": "data-1"}, ("data-1", Volume("persistent")), Mount("data-1"), []),
        (
            {"type": "volume", "source": "data-1", "volume": {"subpath": "in"}, "read_only": True},
            ("data-1", Volume("persistent")),
            Mount("data-1", "in", True),
            [],
        ),
        ({"type": "bind", "source": "./x"}, ("web//d", Volume("host", host_path="./x")), Mount("web//d"), []),
        ({"type": "tmpfs", "tmpfs": {"size": 99}}, ("web//d", Volume("memory", size=99)), Mount("web//d"), []),
        ({"source": {"emptyDir": {}}}, ("web/it", Volume("ephemeral")), Mount("web/it"), []),
        ({"source": {"hostPath": {"path": "/x"}}}, ("web/it", Volume("host", host_path="/x")), Mount("web/it"), []),
        (
            {"source": {"persistentVolumeClaim": {"claimName": "c", "readOnly": True}}},
            ("c", Volume("persistent", external=True)),
            Mount("c", read_only=True),
            [],
        ),
        (
            {"source": {"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}},
            ("web/it", Volume("memory")),
            Mount("web/it"),
            [{"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}],
        ),
        (
            {"source": {"nfs": {"server": "s", "path": "/p"}}},
            ("web/it", Volume("persistent", external=True)),
            Mount("web/it"),
            [{"nfs": {"server": "s", "path": "/p"}}],
        ),
    ],
)
@pytest.mark.parametrize("source", ["${resources.it}", "${resources.it.source}"])
def test_volumes(
    source: str, outputs: dict[str, Any], volume: tuple[str, Volume], mount: Mount, extras: list[dict[str, Any]]
) -> None:
    definition = resolve(f"    volumes: {{/d: {{source: '{source}'}}}}\n", outputs)
    assert definition.application.volumes == dict([volume])
    assert container_of(definition).mounts == {"/d": mount}
    origin = Origin("a.score.yaml", 6, 28)
    kept = [Extra("kubernetes", ("volumes", "web/it"), ("source",), value, origin) for value in extras]
    assert [extra for extra in definition.extras if extra.platform != "score"] == kept
    assert definition.origins.find(("volumes", volume[0])) == origin


@pytest.mark.parametrize("outputs", [{"host": "h"}, {"type": "cluster", "source": "x"}, {"source": ""}, {"source": {}}])
def test_what_cannot_be_mounted(outputs: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"resource {UID} cannot be mounted: it is no volume") as error:
        resolve("    volumes: {/d: {source: '${resources.it}'}}\n", outputs)
    assert error.value.origin == Origin("a.score.yaml", 6, 28)


def test_volumes_by_name_stay() -> None:
    definition = resolve("    volumes: {/d: {source: named}}\n", {})
    assert definition.application.volumes == {"named": Volume("persistent", external=True)}


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("redis.default#web.it", "redis.default.web.it"),
        ("Redis.default#web.it", r"redis-default-web-it-[0-9a-f]{8}"),
        ("redis.default#web.a_b", r"redis-default-web-a-b-[0-9a-f]{8}"),
        ("redis.default#" + "a" * 300, r"redis-default-a+-[0-9a-f]{8}"),
    ],
)
def test_secrets_have_names_that_platforms_take(uid: str, name: str) -> None:
    import re

    assert re.fullmatch(name, secret_name(uid))
    assert len(secret_name(uid)) <= 253


def test_names_and_keys_of_secrets_stay_apart() -> None:
    assert secret_name("redis.default#web.a_b") != secret_name("redis.default#web.a-b")
    assert secret_key("a/b") != secret_key("a b")
    assert secret_key("tls.ca") == "tls.ca"


@pytest.mark.parametrize(
    ("outputs", "named", "known", "found"),
    [
        ({"host": "h"}, (), (), ()),
        ({"password": "longsecret", "url": "x://u:longsecret@h"}, ("password",), (), ("password", "url")),
        ({"password": "abc", "url": "abcd", "same": "abc"}, ("password",), (), ("password", "same")),
        ({"tls": {"key": "longsecret"}, "n": {"m": "a longsecret b"}}, ("tls",), (), ("tls", "tls.key", "n.m")),
        ({"url": "x://u:longsecret@h", "host": "h"}, (), ("longsecret",), ("url",)),
        ({"list": ["longsecret"]}, (), ("longsecret",), ("list",)),
        ({"password": "", "host": ""}, ("password",), (), ("password",)),
    ],
)
def test_what_holds_a_secret_is_one(
    outputs: dict[str, Any], named: tuple[str, ...], known: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert find_secrets(outputs, frozenset(named), known) == frozenset(found)


@given(st.text(alphabet="\U0001f510\U0001f4ac_ab", max_size=12))
def test_marks_in_any_text_are_read_without_loss(text: str) -> None:
    assert to_plain(parse_marks(text)) == text


def test_references_inside_data_are_marked_in_its_json() -> None:
    value = {"a": SecretValue("n", "k"), "b": [Placeholder("${X}", "X")]}
    assert to_plain(value) == '{"a":"\U0001f510\U0001f4acn_k\U0001f4ac\U0001f510","b":["${X}"]}'
    assert to_text(value) == ('{"a":"', SecretValue("n", "k"), '","b":["${X}"]}')
