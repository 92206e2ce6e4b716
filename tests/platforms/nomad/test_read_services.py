"""Ports, services and their checks."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Check, Exec, Exposure, Grpc, Http, Port, Probe, Route, Tcp
from tests.platforms.nomad.jobs import container_of, extras, job, network, only, place, read_text

HTTP = 'type = "http"\npath = "/health"\n'


def service(*checks: str, more: str = "") -> str:
    inner = "".join(f'check {{\n{check}\ninterval = "10s"\ntimeout = "2s"\n}}\n' for check in checks)
    return f'{network("http=8080")}\nservice {{\nname = "front"\nport = "http"\n{more}\n{inner}}}'


def probes(*checks: str, more: str = "") -> tuple[Probe | None, Probe | None]:
    container = container_of(read_text(job(group=service(*checks, more=more))))
    return container.readiness, container.liveness


def test_a_port_is_the_containers_own() -> None:
    workload = only(read_text(job(group=network("http=8080 admin=9000:9090 same=7000: free="))))
    assert workload.ports == {
        "8080/tcp": Port(8080, 8080, name="http", offered=False),
        "9090/tcp": Port(9090, 9090, name="admin", exposures=(Exposure("host", 9000),)),
        "7000/tcp": Port(7000, 7000, name="same", exposures=(Exposure("host", 7000),)),
    }


def test_a_service_offers_its_port_under_names() -> None:
    definition = read_text(job(group=service()))
    workload = only(definition)
    assert workload.names == ("front", "front.service.consul")
    assert workload.ports == {"8080/tcp": Port(8080, 8080, name="http")}
    assert place(definition, "names", "front") == (10, 12)


def test_a_service_of_nomad_has_no_name_in_dns() -> None:
    assert only(read_text(job(group=service(more='provider = "nomad"')))).names == ("front",)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("${JOB}-${TASKGROUP}-${TASK}", "web-web-web"),
        ("${BASE}", "web-web-web"),
        ("${NOMAD_JOB_NAME}-x", "web-x"),
    ],
)
def test_names_are_filled_in(name: str, full: str) -> None:
    definition = read_text(job(task=f'service {{\nname = "{name}"\nport = "http"\n}}', group=network("http=80")))
    assert only(definition).names == (full, f"{full}.service.consul")


def test_ports_of_old_jobs() -> None:
    task = 'resources {\n  network {\n    mbits = 10\n    port "http" {\n      static = "80"\n    }\n  }\n}'
    definition = read_text(job(task=task, config="port_map = {\n  http = 8080\n}", mode="host"))
    assert only(definition).ports == {"8080/tcp": Port(8080, 8080, name="http", exposures=(Exposure("host", 80),))}
    assert definition.diagnostics == ()


@pytest.mark.parametrize(
    ("check", "asked"),
    [
        (HTTP, Http(8080, "/health")),
        (HTTP + 'protocol = "https"\nheader {\nA = ["1", "2"]\n}', Http(8080, "/health", "HTTPS", None, {"A": "1, 2"})),
        ('type = "tcp"', Tcp(8080)),
        ('type = "tcp"\nport = "9"', Tcp(9)),
        ('type = "grpc"\ngrpc_service = "x"', Grpc(8080, "x")),
        ('type = "script"\ncommand = "/check"\nargs = ["a"]', Exec(("/check", "a"))),
    ],
)
def test_types_of_checks(check: str, asked: Check) -> None:
    readiness, liveness = probes(check)
    assert readiness == Probe(asked, period=10_000, timeout=2_000)
    assert liveness is None


RESTART = 'check_restart {\nlimit = 3\ngrace = "30s"\n}'


def test_a_check_that_restarts_is_both() -> None:
    asked = Http(8080, "/health")
    assert probes(HTTP + RESTART) == (
        Probe(asked, period=10_000, timeout=2_000),
        Probe(asked, period=10_000, timeout=2_000, grace=30_000, failures=3),
    )


def test_a_check_that_only_restarts_is_liveness() -> None:
    readiness, liveness = probes(f'{HTTP}{RESTART}\non_update = "ignore"')
    assert readiness is None
    assert liveness is not None
    assert liveness.failures == 3


def test_one_check_each() -> None:
    readiness, liveness = probes(
        'type = "tcp"\nfailures_before_critical = 2\nsuccess_before_passing = 4', HTTP + RESTART
    )
    assert readiness == Probe(Tcp(8080), period=10_000, timeout=2_000, failures=2, successes=4)
    assert liveness is not None
    assert liveness.check == Http(8080, "/health")


def test_a_limit_of_none_restarts_nothing() -> None:
    assert probes(HTTP + "check_restart {\nlimit = 0\n}")[1] is None


def test_what_restarts_may_stand_in_the_service() -> None:
    assert probes(HTTP, more=RESTART)[1] is not None


def test_a_third_check_is_kept() -> None:
    definition = read_text(job(group=service(HTTP, 'type = "tcp"')))
    assert [each.code for each in definition.diagnostics] == ["not-modelled"]
    assert extras(definition)["workloads", "web", "service", 0, "check"] == [
        {"type": "tcp", "interval": "10s", "timeout": "2s"}
    ]


def test_the_mesh_is_told() -> None:
    definition = read_text(job(group=service(more="connect {\nsidecar_service {}\n}")))
    assert [each.code for each in definition.diagnostics] == ["not-modelled"]
    assert only(definition).names == ("front", "front.service.consul", "front.virtual.consul")


def test_what_a_service_says_besides_is_kept() -> None:
    definition = read_text(job(group=service(more='tags = ["a"]\nmeta {\nb = "c"\n}')))
    kept = {key[2:]: value for key, value in extras(definition).items()}
    assert kept == {("service", 0, "tags"): ["a"], ("service", 0, "meta"): {"b": "c"}}


def test_a_check_of_no_type() -> None:
    with pytest.raises(InvalidInput, match="'ping' is no type of check"):
        probes('type = "ping"')


def test_a_port_that_is_not_there_is_told() -> None:
    definition = read_text(job(group=service(HTTP + 'port = "other"')))
    assert [each.code for each in definition.diagnostics] == ["missing-reference"]


def tags(*written: str) -> str:
    return "tags = [" + ", ".join(f'"{tag}"' for tag in written) + "]"


RULE = "traefik.http.routers.web.rule=Host(`shop.example.com`) && PathPrefix(`/store`)"


def test_tags_of_traefik_are_routes() -> None:
    definition = read_text(
        job(group=service(more=tags("traefik.enable=true", RULE, "traefik.http.routers.web.tls=true")))
    )
    assert only(definition).routes == {
        "shop.example.com/store": Route("shop.example.com", "/store", 8080, "prefix", tls=True)
    }
    assert extras(definition) == {}
    assert place(definition, "routes", "shop.example.com/store") == (12, 36)


def test_tags_beside_routes_are_kept_with_them() -> None:
    definition = read_text(job(group=service(more=tags("blue", RULE))))
    assert list(only(definition).routes) == ["shop.example.com/store"]
    assert extras(definition) == {("workloads", "web", "routes", "service", 0, "tags"): ["blue", RULE]}


@pytest.mark.parametrize(
    "written",
    [
        ["traefik.enable=false", RULE],
        ["traefik.http.routers.web.rule=Header(`a`, `b`)"],
        ["traefik.http.routers.web.entrypoints=web"],
    ],
)
def test_tags_that_are_no_routes(written: list[str]) -> None:
    definition = read_text(job(group=service(more=tags(*written))))
    assert only(definition).routes == {}
    assert extras(definition) == {("workloads", "web", "service", 0, "tags"): written}
