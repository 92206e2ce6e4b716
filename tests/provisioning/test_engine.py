"""Resources given to provisioners: which, in what order, with what, and what is kept."""

import gc
import re
import time
from typing import Any

import pytest

from isomorph.model.errors import Diagnostic, EngineFailed, InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import SecretValue
from isomorph.platforms.context import Source
from isomorph.platforms.score.reader import read
from isomorph.provisioning.contract import (
    Fragments,
    Realised,
    Request,
    Resource,
    Result,
    ServicePort,
    Target,
    WorkloadService,
)
from isomorph.provisioning.engine import (
    Catalogue,
    Kept,
    list_services,
    merge_fragments,
    patch_state,
    provision,
    random_guid,
)
from isomorph.provisioning.resolving import resolve_definition
from tests.memory_context import memory_context
from tests.provisioning.provisioners import Given, read_score, web, web_text

COMPOSE = Target("compose", project="shop", mounts=".mounts")
KUBERNETES = Target("kubernetes", namespace="shop")


def a_resource(type_: str = "redis", class_: str = "default", id_: str = "web.it") -> Resource:
    return Resource(uid=f"{type_}.{class_}#{id_}", type=type_, class_=class_, id=id_, workload="web")


ANY, LARGE = Given("redis", uri="any"), Given("redis", uri="large", class_="large")
MAIN, LARGE_MAIN = Given("redis", uri="main", id_="main"), Given("redis", uri="both", class_="large", id_="main")


@pytest.mark.parametrize(
    ("provisioners", "resource", "uri"),
    [
        ((ANY, LARGE), a_resource(class_="large"), "any"),
        ((LARGE, ANY), a_resource(class_="large"), "large"),
        ((LARGE, ANY), a_resource(), "any"),
        ((LARGE_MAIN, MAIN, LARGE, ANY), a_resource(class_="large", id_="main"), "both"),
        ((MAIN, LARGE_MAIN), a_resource(class_="large", id_="main"), "main"),
        ((LARGE_MAIN, MAIN, LARGE, ANY), a_resource(class_="large"), "large"),
        ((Given("dns"), Given("redis", uri="first"), Given("redis", uri="second")), a_resource(), "first"),
    ],
)
def test_the_first_that_matches_by_type_class_and_id(
    provisioners: tuple[Given, ...], resource: Resource, uri: str
) -> None:
    assert Catalogue(provisioners).match(resource).uri == uri


@pytest.mark.parametrize(
    ("provisioners", "resource", "said"),
    [
        (
            (ANY, Given("dns")),
            a_resource("reddis"),
            "no provisioner for type 'reddis' (did you mean redis? provisioned types are redis, dns)",
        ),
        ((), a_resource(), "no provisioner for type 'redis' (provisioned types are none)"),
        (
            (LARGE, MAIN),
            a_resource(class_="larg"),
            "no provisioner of type redis for class 'larg' and id 'web.it' "
            "(did you mean class large? there are class large, class any with id main)",
        ),
    ],
)
def test_what_nobody_provisions(provisioners: tuple[Given, ...], resource: Resource, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Catalogue(provisioners).match(resource)
    assert said in str(error.value)


def test_an_unknown_type_is_told_where_it_is_and_before_anything_runs() -> None:
    dns = Given("dns", {"host": "h"})
    with pytest.raises(InvalidInput) as error:
        provision(web("aa: {type: dns}\nbb: {type: ndn}"), [dns], COMPOSE)
    assert error.value.origin == Origin("a.score.yaml", 8, 3)
    assert "did you mean dns?" in error.value.hint
    assert dns.asked == []


def test_names_for_realisations_are_free_and_stay() -> None:
    given = Given("redis", {"host": "h"})
    shared = "aa: {type: redis, id: cache}\nbb: {type: redis, class: big, id: cache}"
    definition = web(f"{shared}\nit: {{type: redis}}\nold: {{type: redis}}")
    kept = {"redis.default#web.old": Kept("guid", "memory://redis", {"name": "web-it"})}
    provision(definition, [given], COMPOSE, kept=kept)
    assert [request.name for request in given.asked] == ["cache-redis", "cache-redis-2", "web-it-2", "web-it"]


def test_all_that_a_provisioner_is_told() -> None:
    definition = web(
        "it: {type: redis, class: large, metadata: {annotations: {aa: bb}}, params: {size: 3, name: 'r-${metadata.name}'}}"
    )
    given = Given("redis", {"host": "h"})
    kept = {"redis.large#web.it": Kept("guid-1", "memory://redis", {"password": "kept"})}
    provision(definition, [given], COMPOSE, kept=kept, shared={"other": 1})
    (request,) = given.asked
    assert request == Request(
        resource=Resource(
            uid="redis.large#web.it",
            type="redis",
            class_="large",
            id="web.it",
            workload="web",
            metadata={"annotations": {"aa": "bb"}},
            parameters={"size": 3, "name": "r-web"},
            origin=Origin("a.score.yaml", 7, 3),
        ),
        guid="guid-1",
        target=COMPOSE,
        state={"password": "kept"},
        shared={"other": 1},
        services={"web": WorkloadService("web")},
        name="web-it",
    )


def test_a_provisioner_is_told_what_is_asked_of_it() -> None:
    definition = web(
        "env: {type: environment}\nrt: {type: route, params: {host: '${resources.env.HOST}', p: '$${resources.env.NO}'}}",
        "    variables: {A: '${resources.env.A}', B: '${resources.env.B.c}', C: '$${resources.env.NO}'}\n"
        "    files: {/f: {content: '${resources.env.FILE}'}}\n",
    )
    environment = Given(
        "environment", lambda request: Result(outputs={name: {"c": name} for name in sorted(request.asked)})
    )
    route = Given("route")
    provision(definition, [environment, route], COMPOSE)
    assert environment.asked[0].asked == frozenset({"A", "B", "FILE", "HOST"})
    assert route.asked[0].asked == frozenset()


def test_params_get_the_outputs_of_earlier_resources() -> None:
    definition = web(
        "aa: {type: route, params: {host: '${resources.zz.host}', url: 'http://${resources.zz.host}:${resources.zz.port}', "
        "tls: '${resources.zz.tls}', deep: ['${resources.zz.tls.ca}', '$${x}']}}\n"
        "zz: {type: dns}"
    )
    route = Given("route")
    provision(definition, [route, Given("dns", {"host": "h", "port": 80, "tls": {"ca": "c"}})], COMPOSE)
    assert route.asked[0].resource.parameters == {
        "host": "h",
        "url": "http://h:80",
        "tls": '{"ca":"c"}',
        "deep": ["c", "${x}"],
    }
    params = definition.application.dependencies["route.default#web.aa"].parameters
    assert params is not None
    assert params["host"] == "${resources.zz.host}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "${resources.zz.hots}",
            "dns.default#web.zz has no output 'hots' (did you mean host? its outputs are host; from memory://dns)",
        ),
        ("${resources.zz.host.x}", "output host is a value and has no keys"),
        ("${resources.zz}", "dns.default#web.zz is a resource, and no text (name an output of it: host)"),
    ],
)
def test_params_that_name_outputs_which_are_not_there(text: str, said: str) -> None:
    definition = web(f"aa: {{type: route, params: {{host: ['{text}']}}}}\nzz: {{type: dns}}")
    with pytest.raises(InvalidInput) as error:
        provision(definition, [Given("route"), Given("dns", {"host": "h"})], COMPOSE)
    assert error.value.origin == Origin("a.score.yaml", 7, 3)
    assert str(error.value).startswith(
        f"a.score.yaml:7:3: resource route.default#web.aa: params.host.0: {text}: {said}"
    )


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (None, []),
        (("hots", "path"), []),
        (("host", "path"), ["did you mean host? memory://route takes host, path"]),
        ((), ["memory://route takes none"]),
    ],
)
def test_params_that_a_provisioner_may_not_know(params: tuple[str, ...] | None, said: list[str]) -> None:
    given = Given("route", params=params)
    done = provision(web("it: {type: route, params: {hots: h}}"), [given], COMPOSE)
    about = "resource route.default#web.it has a param 'hots', which its provisioner may not know: "
    origin = Origin("a.score.yaml", 7, 3)
    assert list(done.diagnostics) == [Diagnostic("unknown-field", about + each, origin) for each in said]
    assert given.asked[0].resource.parameters == {"hots": "h"}


def test_outputs_that_were_promised_and_not_given() -> None:
    with pytest.raises(InvalidInput) as error:
        provision(web("it: {type: dns}"), [Given("dns", {"host": "h"}, outputs=("host", "url"))], COMPOSE)
    assert str(error.value) == (
        "memory.provisioners.yaml:7:3: resource dns.default#web.it: memory://dns gave no output url "
        "(it gave host; correct its outputs or its expected_outputs)"
    )


def counting(request: Request) -> Result:
    """Make a name once and keep it; count the runs in the shared state."""
    name = request.state.get("name", f"n-{request.guid[:8]}")
    runs = request.shared.get("runs", 0) + 1
    return Result(outputs={"host": name}, state={"name": name}, shared={"runs": runs})


def test_outputs_are_stable_between_runs() -> None:
    definition = web("aa: {type: dns}\nbb: {type: dns}")
    first = provision(definition, [Given("dns", counting)], COMPOSE)
    kept = {uid: Kept(one.guid, one.provisioner, one.result.state) for uid, one in first.resources.items()}
    second = provision(definition, [Given("dns", counting)], COMPOSE, kept=kept, shared=first.shared)
    assert second.resources == {
        uid: Realised(
            resource=one.resource,
            guid=one.guid,
            provisioner=one.provisioner,
            result=Result(
                outputs=one.result.outputs, state=one.result.state, shared=second.resources[uid].result.shared
            ),
        )
        for uid, one in first.resources.items()
    }
    assert (first.shared, second.shared) == ({"runs": 2}, {"runs": 4})


def test_resources_share_a_state_that_each_sees_patched_by_those_before() -> None:
    def give(request: Request) -> Result:
        patches: dict[str, dict[str, Any]] = {
            "aa": {"pg": {"name": "one", "list": [1]}, "gone": 1},
            "bb": {"pg": {"user": "u"}, "gone": None},
            "cc": {},
        }
        return Result(outputs={"saw": dict(request.shared)}, shared=patches[request.resource.id.partition(".")[2]])

    before = {"kept": {"deep": [1]}}
    done = provision(
        web("aa: {type: db1}\nbb: {type: db1}\ncc: {type: db1}"), [Given("db1", give)], COMPOSE, shared=before
    )
    assert done.shared == {"kept": {"deep": [1]}, "pg": {"name": "one", "list": [1], "user": "u"}}
    assert done.resources["db1.default#web.cc"].result.outputs["saw"] == done.shared
    assert before == {"kept": {"deep": [1]}}
    assert done.resources["db1.default#web.aa"].result.shared["pg"] == {"name": "one", "list": [1]}


@pytest.mark.parametrize(
    ("state", "patch", "after"),
    [
        ({"a": 1}, {"a": None}, {}),
        ({"a": 1}, {"b": None}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}, {"a": {"c": 2, "d": 3}}),
        ({"a": 1}, {"a": {"b": None, "c": {"d": None}}}, {"a": {"c": {}}}),
        ({"a": [1, 2]}, {"a": [{"b": None}]}, {"a": [{"b": None}]}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
    ],
)
def test_patches(state: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]) -> None:
    assert patch_state(state, patch) == after


def test_a_patch_stays_the_provisioners_own() -> None:
    patch: dict[str, Any] = {"a": {"b": [{"c": 1}]}}
    state = patch_state({}, patch)
    patch_state(state, {"a": {"d": 2}})
    state["a"]["b"][0]["c"] = 9
    assert patch == {"a": {"b": [{"c": 1}]}}


def test_another_provisioner_does_not_get_the_state_of_the_one_before() -> None:
    definition = web("it: {type: dns}")
    kept = {"dns.default#web.it": Kept("guid-1", "memory://old", {"name": "n"})}
    with pytest.raises(InvalidInput) as error:
        provision(definition, [Given("dns")], COMPOSE, kept=kept)
    assert "was provisioned by memory://old, and memory://dns matches it now" in str(error.value)
    assert error.value.origin == Origin("a.score.yaml", 7, 3)
    given = Given("dns")
    provision(definition, [given], COMPOSE, kept=kept, replace_changed=True)
    assert (given.asked[0].guid, given.asked[0].state) == ("guid-1", {})


def test_a_shared_resource_is_provisioned_once() -> None:
    definition = read_score(
        web_text("one: {type: redis, id: main}", "    variables: {H: '${resources.one.host}'}\n", name="aa"),
        web_text("two: {type: redis, id: main}", "    variables: {H: '${resources.two.host}'}\n", name="bb"),
    )
    given = Given("redis", {"host": "h"})
    done = provision(definition, [given], COMPOSE)
    assert [request.resource.workload for request in given.asked] == ["aa"]
    resolved = resolve_definition(definition, done.resources).application.workloads
    assert {name: each.containers["main"].variables for name, each in resolved.items()} == {
        "aa": {"H": "h"},
        "bb": {"H": "h"},
    }


def test_a_secret_that_a_param_takes_along_is_secret_in_what_is_made_of_it() -> None:
    definition = web(
        "db: {type: postgres}\napp: {type: proxy, params: {password: '${resources.db.password}'}}",
        "    variables: {A: '${resources.app.url}', B: '${resources.app.host}'}\n",
    )
    proxy = Given(
        "proxy",
        lambda request: Result(outputs={"url": f"x://u:{request.resource.parameters['password']}@h", "host": "h"}),
    )
    done = provision(
        definition, [Given("postgres", {"password": "very-secret"}, secrets=("password",)), proxy], COMPOSE
    )
    assert proxy.asked[0].resource.parameters == {"password": "very-secret"}
    assert done.resources["proxy.default#web.app"].secrets == frozenset({"url"})
    variables = resolve_definition(definition, done.resources).application.workloads["web"].containers["main"].variables
    assert variables == {"A": (SecretValue("proxy.default.web.app", "url"),), "B": "h"}


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            InvalidInput("no such port", hint="name one"),
            InvalidInput,
            "memory.provisioners.yaml:7:3: resource dns.default#web.it: no such port (name one)",
        ),
        (InvalidInput("bad", Origin("x.yaml", 2, 1)), InvalidInput, "x.yaml:2:1: resource dns.default#web.it: bad"),
        (EngineFailed("prog failed"), EngineFailed, "resource dns.default#web.it: prog failed"),
    ],
)
def test_what_a_provisioner_raises_names_the_resource(error: Exception, kind: type[Exception], said: str) -> None:
    def give(request: Request) -> Result:
        raise error

    with pytest.raises(kind) as raised:
        provision(web("it: {type: dns}"), [Given("dns", give)], COMPOSE)
    assert str(raised.value) == said


@pytest.mark.parametrize("part", ["outputs", "state", "shared"])
@pytest.mark.parametrize(("depth", "refused"), [(100, False), (101, True), (50_000, True)])
def test_results_may_not_nest_without_end(part: str, depth: int, refused: bool) -> None:
    deep: dict[str, Any] | list[Any] = {}
    for index in range(depth - 1):
        deep = [deep] if index % 2 else {"a": deep}
    said: dict[str, Any] = {part: {"a": deep}}
    given = Given("dns", lambda request: Result(**said))
    if refused:
        with pytest.raises(InvalidInput, match=r"web.it: the .* that memory://dns gave are nested deeper than 100"):
            provision(web("it: {type: dns}"), [given], COMPOSE)
    else:
        definition = web("it: {type: dns}", "    variables: {A: '${resources.it.a}'}\n" if part == "outputs" else "")
        resolve_definition(definition, provision(definition, [given], COMPOSE).resources)


def test_what_provisioners_say_is_passed_on_in_order() -> None:
    def give(request: Request) -> Result:
        name = request.resource.id
        return Result(messages=(name,), diagnostics=(Diagnostic("assumed", name),))

    done = provision(web("bb: {type: dns}\naa: {type: dns}"), [Given("dns", give)], COMPOSE)
    assert done.messages == ("web.aa", "web.bb")
    assert done.diagnostics == (Diagnostic("assumed", "web.aa"), Diagnostic("assumed", "web.bb"))


SERVED = """apiVersion: score.dev/v1b1
metadata: {name: web, annotations: {k8s.score.dev/service-name: front}}
containers: {main: {image: nginx}}
service: {ports: {www: {port: 80, targetPort: 8080}, dns: {port: 53, protocol: UDP}, "53": {port: 9953}}}
"""


@pytest.mark.parametrize(("target", "name"), [(COMPOSE, "web"), (KUBERNETES, "front")])
def test_services_by_name(target: Target, name: str) -> None:
    www, dns, odd = ServicePort("www", 80, 8080), ServicePort("dns", 53, 53, "UDP"), ServicePort("53", 9953, 9953)
    ports = {"www": www, "dns": dns, "53": odd}
    assert list_services(read_score(SERVED).application, target) == {"web": WorkloadService(name, ports)}


def made(**fragments: Any) -> Realised:
    result = Result(fragments=Fragments(**fragments))
    return Realised(resource=a_resource(), guid="1", provisioner="x", result=result)


def test_fragments_of_one_name_are_one_and_the_last_counts() -> None:
    claim = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    newer = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {}}
    elsewhere = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}
    unnamed = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "j-"}}
    empty = Fragments()
    merged = merge_fragments(
        [
            made(services={"a": 1, "b": 1}, files={"f": "old"}, manifests=(claim, unnamed)),
            made(services={"a": 2}, files={"f": None}, manifests=(newer, elsewhere, unnamed)),
            made(volumes={"v": {}}, networks={"n": {}}, models={"m": {}}, folders={"d": True}),
        ]
    )
    assert merged == Fragments(
        services={"a": 2, "b": 1},
        networks={"n": {}},
        volumes={"v": {}},
        models={"m": {}},
        folders={"d": True},
        files={"f": None},
        manifests=(newer, unnamed, elsewhere, unnamed),
    )
    assert empty == Fragments()


def test_guids_are_random_uuids() -> None:
    guids = {random_guid() for _ in range(50)}
    assert len(guids) == 50
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each) for each in guids
    )


def test_what_has_no_resources_needs_no_provisioners() -> None:
    definition = web("")
    done = provision(definition, [], COMPOSE)
    assert (done.resources, done.shared) == ({}, {})
    assert resolve_definition(definition, done.resources) == definition


def many(count: int) -> float:
    """Give the seconds of CPU for that many workloads with a database, a DNS name and a route each."""
    resources = "db: {type: postgres}\ndns: {type: dns}\nrt: {type: route, params: {host: '${resources.dns.host}'}}"
    container = (
        "    variables: {U: 'x://u:${resources.db.password}@${resources.db.host}', H: '${resources.dns.host}'}\n"
    )
    stream = "---\n".join(web_text(resources, container, name=f"w{index:05}") for index in range(count))
    definition = read(Source("-"), memory_context(standard_input=stream))
    assert len(definition.application.dependencies) == 3 * count
    provisioners = [
        Given(
            "postgres",
            lambda request: Result(
                outputs={"password": request.guid, "host": "h"},
                secrets=frozenset({"password"}),
                shared={"pg": {request.resource.id: {"user": "u"}}},
            ),
        ),
        Given("dns", {"host": "h"}),
        Given("route"),
    ]
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        done = provision(definition, provisioners, KUBERNETES)
        resolved = resolve_definition(definition, done.resources)
        merge_fragments(done.resources.values())
        spent = time.process_time() - start
    finally:
        gc.enable()
    assert len(resolved.application.secrets) == count
    return spent


def test_time_grows_with_the_number_of_workloads_only() -> None:
    small = min(many(200) for _ in range(3))
    assert many(2000) < 30 * small
