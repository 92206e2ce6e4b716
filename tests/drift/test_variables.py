"""Variables: one side only, other values, addresses by what they mean, secrets, what is not known."""

from tests.drift.judging import judge, kubernetes_service, message, pod, reason, service, shown, told


def env(**values: str) -> str:
    """Lines of a Compose service."""
    return "environment:\n" + "\n".join(f"  {name}: {value!r}" for name, value in values.items())


def container(**values: str) -> str:
    """Lines of a Kubernetes container."""
    return "env:\n" + "\n".join(f"- {{name: {name}, value: {value!r}}}" for name, value in values.items())


def secret(name: str = "TOKEN", key: str = "token") -> str:
    return f"env:\n- name: {name}\n  valueFrom: {{secretKeyRef: {{name: web, key: {key}}}}}"


API = """  api:
    image: shop/api:1
    expose: ["9000"]
"""
API_POD = "---\n" + pod("ports: [{containerPort: 9000}]", "api") + kubernetes_service("api", "80:9000")


def test_a_variable_on_one_side_only_is_missing_whatever_it_holds() -> None:
    assert shown(judge(service(env(A="1", EMPTY="")), pod(container(A="1"))), "variable") == [
        "missing variable.missing EMPTY: " + " | -"  # Said to be empty is not the same as not said.
    ]


def test_another_value() -> None:
    assert shown(judge(service(env(A="1")), pod(container(A="2"))), "variable") == ["drift variable.value A: 1 | 2"]


def test_the_same_value_in_other_spellings_is_equal() -> None:
    assert shown(judge(service("environment: [A=1, 'B=yes']"), pod(container(B="yes", A="1"))), "variable") == []


def test_an_address_is_the_workload_and_port_that_it_reaches() -> None:
    compose = service(env(URL="http://api:9000/v1"), more=API)
    for name in ("api", "api.default", "api.default.svc", "api.default.svc.cluster.local"):
        for port in ("", ":80"):
            kubernetes = pod(container(URL=f"http://{name}{port}/v1"), more=API_POD)
            assert shown(judge(compose, kubernetes)) == []


def test_a_bare_name_is_an_address_where_the_other_side_has_a_qualified_one() -> None:
    compose = service(env(HOST="api", QUEUE="orders"), more=API)
    kubernetes = pod(container(HOST="api.default.svc.cluster.local", QUEUE="orders"), more=API_POD)
    assert shown(judge(compose, kubernetes)) == []


def test_bare_names_are_equal_where_each_is_its_sides_own_name_of_one_workload() -> None:
    renamed = API.replace("  api:", "  api-x7:").replace("    image", "    labels: {a: b}\n    image")
    compose = service(env(HOST="api-x7"), more=renamed)
    assert shown(judge(compose, pod(container(HOST="api"), more=API_POD)), "variable") == []
    assert shown(judge(compose, pod(container(HOST="web"), more=API_POD)), "variable") == [
        "drift variable.value HOST: api-x7 | web"
    ]


def test_the_port_behind_a_service_is_wrong_where_peers_reach_the_container() -> None:
    compose = service(env(URL="http://api:80"), more=API)
    kubernetes = pod(container(URL="http://api:80"), more=API_POD)
    report = judge(compose, kubernetes)
    assert shown(report) == ["drift reference.dangling api:80: api:80 | -"]
    assert message(report, "reference.dangling") == (
        "web: URL refers to api:80, which nobody offers on a: the connection fails."
    )


def test_a_peer_that_nobody_offers() -> None:
    compose = service(env(URL="http://api:9000/"), more=API)
    kubernetes = pod(container(URL="http://app:80/"), more=API_POD)
    assert shown(judge(compose, kubernetes)) == ["drift reference.dangling app: - | app"]


def test_a_user_before_a_host_is_no_host() -> None:
    compose = service(env(URL="http://guest:guest@api:9000/"), more=API)
    report = judge(compose, pod(container(URL="http://me:guest@api:80/"), more=API_POD))
    assert shown(report) == ["drift variable.value URL: http://guest:***@api:9000/ | http://me:***@api:80/"]


def test_a_peer_that_nobody_offers_on_either_side_is_no_drift() -> None:
    assert shown(judge(service(env(URL="http://gone:1/")), pod(container(URL="http://gone:1/")))) == []


def test_a_port_that_nobody_offers_on_either_side_is_no_drift() -> None:
    compose = service(env(URL="http://api:1/v1"), more=API)
    assert shown(judge(compose, pod(container(URL="http://api:1/v1"), more=API_POD))) == []
    assert shown(judge(compose, pod(container(URL="http://api:1/v2"), more=API_POD))) == [
        "drift variable.value URL: http://api:1/v1 | http://api:1/v2"
    ]


def test_a_name_kept_for_what_is_outside_does_not_dangle() -> None:
    outside = "---\napiVersion: v1\nkind: Service\nmetadata: {name: legacy}\n"
    outside += "spec:\n  type: ExternalName\n  externalName: db.example.com\n"
    compose = service(env(URL="http://api:9000/"), more=API)
    kubernetes = pod(container(URL="http://legacy:9000/"), more=API_POD + outside)
    assert "drift variable.value URL" in shown(judge(compose, kubernetes))[0]


def test_a_name_that_only_one_side_resolves_is_a_record() -> None:
    compose = service(env(URL="http://store:9000/"), more=API + "    hostname: store\n")
    kubernetes = pod(container(URL="http://store:80/"), more=API_POD)
    assert shown(judge(compose, kubernetes)) == ["drift dns.record store: store | -"]


def test_a_variable_without_a_value_is_unresolved_and_what_settles_it_is_said() -> None:
    report = judge(service(env(TAG="${TAG}")), pod(container(TAG="7")))
    assert shown(report) == ["unresolved variable.value TAG: ${TAG} | 7"]
    assert (
        message(report, "variable.value")
        == "web: whether TAG differs is not known; a value for TAG on a would settle it."
    )


def test_the_same_placeholder_on_both_sides_is_equal() -> None:
    text = service(env(TAG="${TAG}"))
    assert shown(judge(text, text, "compose compose")) == []


def test_a_secret_is_never_shown() -> None:
    report = judge(service(env(DB_PASSWORD="hunter2")), pod(container(DB_PASSWORD="hunter3")))
    assert shown(report) == ["drift variable.value DB_PASSWORD: *** | ***"]
    assert "hunter" not in repr(report.findings)


def test_the_password_in_a_url_is_never_shown() -> None:
    compose = service(env(DSN="amqp://me:hunter2@api:9000/"), more=API)
    report = judge(compose, pod(container(DSN="amqp://me:hunter3@mq.example.com/"), more=API_POD))
    assert "hunter" not in repr(report.findings)
    assert any("variable.value DSN" in line for line in shown(report))


def test_a_secret_that_is_plain_text_on_the_other_side_is_exposed() -> None:
    report = judge(service(env(TOKEN="t0ps3cret")), pod(secret()))
    assert shown(report) == ["drift secret.exposed TOKEN: *** | ***"]
    assert "t0ps3cret" not in repr(report.findings)


def test_a_secret_that_is_not_there_is_missing() -> None:
    assert shown(judge(service(""), pod(secret()))) == ["missing secret.missing TOKEN: - | ***"]


def test_a_secret_left_to_the_shell_is_all_that_compose_can_say() -> None:
    report = judge(service(env(TOKEN="${TOKEN}")), pod(secret()))
    assert told(report, "secret") == ["expected secret.exposed TOKEN: *** | ***"]
    assert reason(report, "secret.exposed") == "cannot say"


def test_a_store_that_is_not_given_may_hold_the_variable() -> None:
    store = "envFrom: [{configMapRef: {name: elsewhere}}]"
    report = judge(service(env(A="1")), pod(store))
    assert shown(report) == ["unresolved variable.missing A: 1 | -"]
    assert "elsewhere" in message(report, "variable.missing")


def test_a_store_that_only_one_definition_takes_from() -> None:
    store = "envFrom: [{configMapRef: {name: elsewhere}}]"
    assert shown(judge(pod(), pod(store), "kubernetes kubernetes")) == [
        "missing variable.missing elsewhere/*: - | elsewhere/*"
    ]
