"""Where naive translations drift: one test a fact, over whole definitions, so that a reader can look each one up."""

from typing import Any

import pytest
import yaml

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Exec, Http, Role, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.table import load_reader, load_writer
from tests.memory_context import memory_context

SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}


def read(platform: str, text: str, **files: str) -> Definition:
    """Read a definition's text; other files by name, with `__` for a dot."""
    others = {name.replace("__", "."): content for name, content in files.items()}
    return normalise(load_reader(platform)(Source("input.yaml"), memory_context({"input.yaml": text, **others})))


def write(definition: Definition, platform: str) -> Written:
    return load_writer(platform)(definition, WriteOptions(name="shop"))


def generate(definition: Definition, platform: str) -> Definition:
    written = write(definition, platform)
    context = memory_context({file.path: file.content for file in written.files})
    path = "." if written.files[0].in_folder else written.files[0].path
    return normalise(load_reader(platform)(Source(path), context))


def compose_of(definition: Definition) -> dict[str, Any]:
    """The Compose file that is written, as data (octal numbers as Compose reads them)."""
    content = write(definition, "compose").files[0].content
    parsed: dict[str, Any] = yaml.safe_load(content)
    return parsed


def manifests_of(definition: Definition, kind: str) -> list[dict[str, Any]]:
    """The manifests of a kind that are written, as data."""
    content = write(definition, "kubernetes").files[0].content
    return [document for document in yaml.safe_load_all(content) if document and document["kind"] == kind]


def pod_of(definition: Definition, kind: str = "Deployment") -> dict[str, Any]:
    pod: dict[str, Any] = manifests_of(definition, kind)[0]["spec"]["template"]["spec"]
    return pod


def shown(one: Definition, other: Definition) -> list[Finding]:
    findings = compare([Environment("one", one), Environment("other", other)]).findings
    return [finding for finding in findings if finding.verdict in SHOWN]


def told(one: Definition, other: Definition) -> list[tuple[str, str]]:
    return [(finding.rule, finding.subject) for finding in shown(one, other)]


def workload(definition: Definition, name: str = "web") -> Workload:
    return definition.application.workloads[name]


def container(definition: Definition, name: str = "web") -> Container:
    return next(each for each in workload(definition, name).containers.values() if each.role is Role.MAIN)


def score(body: str, *, name: str = "web") -> str:
    """A Score file with one container `main` whose further keys are given, indented by four."""
    return f"apiVersion: score.dev/v1b1\nmetadata:\n  name: {name}\ncontainers:\n  main:\n    image: nginx:1\n{body}"


def compose(body: str) -> str:
    """A Compose file with one service `web` whose further keys are given, indented by four."""
    return f"services:\n  web:\n    image: nginx:1\n{body}"


def deployment(body: str, pod: str = "", name: str = "web") -> str:
    """A Deployment with one container whose further keys are given, indented by eight."""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n"
        f"  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n{pod}      containers:\n      - name: {name}\n"
        f"        image: nginx:1\n{body}"
    )


def test_01_command_and_args_are_entrypoint_and_command() -> None:
    definition = read("score", score('    command: ["/bin/a"]\n    args: ["b", "c"]\n'))
    service = compose_of(definition)["services"]["web"]
    assert (service["entrypoint"], service["command"]) == (["/bin/a"], ["b", "c"])
    pod = pod_of(definition)["containers"][0]
    assert (pod["command"], pod["args"]) == (["/bin/a"], ["b", "c"])


@pytest.mark.parametrize(
    ("body", "command", "args"),
    [
        ("    command: []\n", None, None),
        ('    command: ""\n', None, None),
        ("    entrypoint: []\n", (), None),
        ("", None, None),
    ],
)
def test_02_empty_lists_mean_what_the_engine_makes_of_them(
    body: str, command: tuple[str, ...] | None, args: tuple[str, ...] | None
) -> None:
    found = container(read("compose", compose(body)))
    assert (found.command or None, found.args or None) == (command or None, args or None)
    assert (found.command == ()) == (command == ())


def test_03_strings_are_words_and_health_check_strings_are_a_shells() -> None:
    definition = read("compose", compose('    command: a "b c"\n    healthcheck: {test: a "b c"}\n'))
    assert container(definition).args == ("a", "b c")
    readiness = container(definition).readiness
    assert readiness is not None
    assert readiness.check == Exec(("/bin/sh", "-c", 'a "b c"'))


NASTY = "x$X $Y ${Z} $$ $(V) ${W:-d} %{q} {{t}}"


def test_04_every_dollar_is_doubled_on_compose() -> None:
    definition = read(
        "kubernetes", deployment(f'        args: ["{NASTY}"]\n'.replace("$(V)", "$$(V)").replace("$$ ", "$$$$ "))
    )
    written = write(definition, "compose").files[0].content
    assert isinstance(written, str)
    assert "x$$X $$Y $${Z}" in written
    assert container(generate(definition, "compose")).args == container(definition).args


def test_05_a_parenthesis_after_a_dollar_is_escaped_on_kubernetes() -> None:
    definition = read("score", score('    args: ["$$(V) $$X"]\n    variables: {A: "$$(V)"}\n'))
    pod = pod_of(definition)["containers"][0]
    assert pod["args"] == ["$$(V) $X"]
    assert {"name": "A", "value": "$$(V)"} in pod["env"]
    again = container(generate(definition, "kubernetes"))
    assert (again.args, again.variables["A"]) == (("$(V) $X",), "$(V)")


def test_08_variables_refer_only_to_earlier_ones() -> None:
    body = "        env:\n        - {name: A, value: x}\n        - {name: B, value: $(A)-$(C)}\n        - {name: C, value: z}\n"
    assert container(read("kubernetes", deployment(body))).variables["B"] == "x-$(C)"


def test_09_names_that_are_no_identifiers_survive() -> None:
    definition = read("score", score("    variables: {a.b-c: x}\n"))
    for platform in ("compose", "kubernetes"):
        assert container(generate(definition, platform)).variables == {"a.b-c": "x"}


def test_10_kubernetes_injects_no_service_variables() -> None:
    assert pod_of(read("score", score("")))["enableServiceLinks"] is False


@pytest.mark.parametrize(
    "value",
    ["no", "y", "on", "012", "0o14", "1_000", "1e3", "2020-01-01", "~", "null", "", "12:30:45", "=", "0x1f", ".5"],
)
def test_11_strings_stay_strings_in_every_dialect(value: str) -> None:
    definition = read("score", score(f"    variables: {{A: '{value}'}}\n"))
    for platform in ("compose", "kubernetes"):
        assert container(generate(definition, platform)).variables == {"A": value}


def test_13_file_modes_are_octal_where_they_are_written_and_one_number_in_between() -> None:
    definition = read("score", score('    files: {/etc/a: {content: x, mode: "0640"}}\n'))
    assert container(definition).files["/etc/a"].mode == 0o640
    volumes = pod_of(definition)["volumes"][0]["configMap"]
    assert 416 in {volumes.get("defaultMode"), *(item.get("mode") for item in volumes.get("items", []))}
    for platform in ("compose", "kubernetes"):
        assert container(generate(definition, platform)).files["/etc/a"].mode == 0o640


def test_14_cpu_is_one_amount() -> None:
    half = [
        container(read("compose", compose("    cpus: 0.5\n"))).compute.limits,
        container(read("compose", compose("    deploy: {resources: {limits: {cpus: '0.50'}}}\n"))).compute.limits,
        container(read("kubernetes", deployment("        resources: {limits: {cpu: 500m}}\n"))).compute.limits,
        container(read("score", score("    resources: {limits: {cpu: 500m}}\n"))).compute.limits,
    ]
    assert half == [{"cpu": 500}] * 4


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1k", 1 << 10), ("1kb", 1 << 10), ("1M", 1 << 20), ("1MiB", 1 << 20), ("1g", 1 << 30), ("7", 7)],
)
def test_15_compose_memory_is_a_power_of_1024(written: str, amount: int) -> None:
    assert container(read("compose", compose(f"    mem_limit: {written}\n"))).compute.limits == {"memory": amount}


def test_15_kubernetes_memory_is_decimal_unless_it_says_i() -> None:
    body = "        resources: {limits: {memory: 1M}, requests: {memory: 1Mi}}\n"
    compute = container(read("kubernetes", deployment(body))).compute
    assert (compute.limits, compute.requests) == ({"memory": 10**6}, {"memory": 1 << 20})
    limits = compose_of(read("kubernetes", deployment(body)))["services"]["web"]["deploy"]["resources"]["limits"]
    assert str(limits["memory"]) == "1000000"


def test_16_upper_case_k_is_kilo() -> None:
    definition = read("score", score("    resources: {limits: {memory: 512K}}\n"))
    assert container(definition).compute.limits == {"memory": 512_000}
    assert "K" not in str(pod_of(definition)["containers"][0]["resources"]["limits"]["memory"]).replace("Ki", "")


def test_17_limits_and_requests_are_said_on_both() -> None:
    definition = read(
        "score", score("    resources: {limits: {cpu: '1', memory: 1Gi}, requests: {cpu: 500m, memory: 512Mi}}\n")
    )
    for platform in ("compose", "kubernetes"):
        assert container(generate(definition, platform)).compute == container(definition).compute


def test_18_a_tmpfs_is_a_volume_in_memory() -> None:
    definition = read(
        "compose", compose("    volumes:\n      - {type: tmpfs, target: /cache, tmpfs: {size: 1048576}}\n")
    )
    assert pod_of(definition)["volumes"][0]["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Mi"}
    assert told(definition, generate(definition, "kubernetes")) == []


def test_19_probe_timing_is_explicit_where_defaults_differ() -> None:
    definition = read("compose", compose('    healthcheck: {test: ["CMD", "true"]}\n'))
    probe = pod_of(definition)["containers"][0]["readinessProbe"]
    assert (probe["periodSeconds"], probe["timeoutSeconds"], probe["failureThreshold"]) == (30, 30, 3)


def test_20_a_start_period_is_a_startup_probe_with_its_budget() -> None:
    body = '    healthcheck: {test: ["CMD", "true"], interval: 10s, timeout: 2s, retries: 4, start_period: 60s}\n'
    definition = read("compose", compose(body))
    startup = pod_of(definition)["containers"][0]["startupProbe"]
    assert (startup["periodSeconds"], startup["failureThreshold"]) == (10, 10)  # (60 + 4 × 10) / 10
    assert "initialDelaySeconds" not in startup
    assert told(definition, generate(definition, "kubernetes")) == []


def test_21_a_compose_health_check_restarts_nothing() -> None:
    definition = read("compose", compose('    healthcheck: {test: ["CMD", "true"]}\n'))
    assert "livenessProbe" not in pod_of(definition)["containers"][0]


def test_22_a_deployment_restarts_always() -> None:
    definition = read("compose", compose('    restart: "no"\n'))
    written = write(definition, "kubernetes")
    policies = [
        document["spec"]["template"]["spec"].get("restartPolicy", "Always")
        for document in yaml.safe_load_all(written.files[0].content)
        if document and document["kind"] in ("Deployment", "Job")
    ]
    assert policies == ["Never"] or any("restart" in each.message for each in written.diagnostics)


def test_23_the_grace_of_a_stop_is_one_time() -> None:
    definition = read("compose", compose("    stop_grace_period: 1m30s\n"))
    assert pod_of(definition)["terminationGracePeriodSeconds"] == 90


def test_24_an_untagged_image_is_pulled_always_on_kubernetes() -> None:
    untagged = deployment("").replace("nginx:1", "nginx")
    assert told(read("kubernetes", untagged), read("kubernetes", untagged + "        imagePullPolicy: Always\n")) == []
    assert ("image.pull-policy", "") in told(
        read("kubernetes", untagged), read("kubernetes", untagged + "        imagePullPolicy: IfNotPresent\n")
    )


BEFORE = "    before: {main: {ready: complete}}\n"


def test_25_before_is_an_order_on_both() -> None:
    text = score("  prepare:\n    image: busybox:1\n" + BEFORE)
    definition = read("score", text)
    assert [each["name"] for each in pod_of(definition)["initContainers"]] == ["prepare"]
    services = compose_of(definition)["services"]
    waits = [each["depends_on"] for each in services.values() if "depends_on" in each]
    assert any("service_completed_successfully" in str(each) for each in waits)
    assert told(generate(definition, "compose"), generate(definition, "kubernetes")) == []


def test_26_an_http_probe_is_never_dropped() -> None:
    definition = read("score", score("    readinessProbe: {httpGet: {path: /ready, port: 8080}}\n"))
    check = compose_of(definition)["services"]["web"]["healthcheck"]["test"]
    assert "http://localhost:8080/ready" in str(check)
    assert told(generate(definition, "compose"), generate(definition, "kubernetes")) == []


PEERS = (
    deployment("        env: [{name: EMAIL, value: 'http://email:5000'}]\n")
    + "---\n"
    + deployment("        ports: [{containerPort: 8080}]\n", name="email")
    + "---\napiVersion: v1\nkind: Service\nmetadata: {name: email}\nspec:\n  selector: {app: email}\n"
    "  ports: [{port: 5000, targetPort: 8080}]\n"
)


def test_27_a_peers_port_is_the_one_that_peers_reach_there() -> None:
    definition = read("kubernetes", PEERS)
    assert compose_of(definition)["services"]["web"]["environment"] == {"EMAIL": "http://email:8080"}
    assert told(definition, generate(definition, "compose")) == []


def test_27_a_port_that_nobody_offers_dangles() -> None:
    broken = PEERS.replace("http://email:5000", "http://email:5001")
    assert ("reference.dangling", "email:5001") in told(read("kubernetes", PEERS), read("kubernetes", broken))


def test_28_a_qualified_name_is_the_same_peer_only_in_its_namespace() -> None:
    definition = read("kubernetes", PEERS)
    qualified = PEERS.replace("http://email:5000", "http://email.default.svc.cluster.local:5000")
    assert told(definition, read("kubernetes", qualified)) == []
    elsewhere = PEERS.replace("http://email:5000", "http://email.other.svc.cluster.local:5000")
    assert ("variable.value", "EMAIL") in told(definition, read("kubernetes", elsewhere))


def test_28_a_bare_word_is_not_an_address() -> None:
    one = read("compose", "services:\n  orders: {image: a:1}\n  web: {image: b:1, environment: {QUEUE: orders}}\n")
    assert container(one).variables == {"QUEUE": "orders"}


def test_29_udp_and_tcp_of_one_number_are_two_ports() -> None:
    definition = read("compose", compose('    ports: ["53:53/udp", "53:53/tcp"]\n'))
    again = generate(definition, "kubernetes")
    assert sorted(workload(again).ports) == ["53/tcp", "53/udp"]
    names = [port["name"] for service in manifests_of(definition, "Service") for port in service["spec"]["ports"]]
    assert len(names) == len(set(names))


def test_30_containers_of_one_pod_share_localhost() -> None:
    definition = read("score", score("  side:\n    image: busybox:1\n"))
    services = compose_of(definition)["services"]
    joined = [name for name, each in services.items() if str(each.get("network_mode", "")).startswith("service:")]
    assert len(joined) == len(services) - 1
    assert all("networks" not in services[name] for name in joined)
    assert len(workload(generate(definition, "compose")).containers) == 2


def test_31_long_and_odd_names_become_what_kubernetes_allows() -> None:
    name = "my_" + "long" * 20
    definition = read("compose", f"services:\n  {name}: {{image: a:1, expose: ['80']}}\n")
    for document in manifests_of(definition, "Deployment") + manifests_of(definition, "Service"):
        assert len(document["metadata"]["name"]) <= 63
        assert "_" not in document["metadata"]["name"]
    assert "renamed" in {each.code for each in write(definition, "kubernetes").diagnostics}


def test_32_single_files_keep_their_siblings_and_do_not_collide() -> None:
    definition = read("score", score("    files: {/a/x.ini: {content: one}, /b/x.ini: {content: two}}\n"))
    mounts = pod_of(definition)["containers"][0]["volumeMounts"]
    assert all("subPath" in mount for mount in mounts)
    assert {mount["mountPath"] for mount in mounts} == {"/a/x.ini", "/b/x.ini"}
    for platform in ("compose", "kubernetes"):
        contents = {path: file.content for path, file in container(generate(definition, platform)).files.items()}
        assert contents == {"/a/x.ini": "one", "/b/x.ini": "two"}


def test_33_another_file_content_rolls_the_pods() -> None:
    def annotations(content: str) -> dict[str, str]:
        definition = read("score", score(f"    files: {{/a/x.ini: {{content: {content}}}}}\n"))
        found: dict[str, str] = manifests_of(definition, "Deployment")[0]["spec"]["template"]["metadata"]["annotations"]
        return found

    assert annotations("one") != annotations("two")
    assert annotations("one") == annotations("one")


def test_34_a_bind_mount_is_not_silently_a_host_path() -> None:
    definition = read("compose", compose("    volumes: ['./settings.ini:/etc/settings.ini']\n"), settings__ini="a=b\n")
    assert "hostPath" not in str(manifests_of(definition, "Deployment"))
    assert [document["data"] for document in manifests_of(definition, "ConfigMap")]
    assert told(definition, generate(definition, "kubernetes")) == []


def test_35_a_secret_file_has_the_same_path() -> None:
    text = compose("    secrets: [token]\n") + "secrets: {token: {environment: TOKEN_VALUE}}\n"
    definition = read("compose", text)
    mount = pod_of(definition)["containers"][0]["volumeMounts"][0]
    assert mount["mountPath"] == "/run/secrets/token"
    assert "subPath" in mount
    assert told(definition, generate(definition, "kubernetes")) == []


def test_an_exec_of_wget_is_the_http_probe() -> None:
    one = read(
        "compose", compose('    healthcheck: {test: ["CMD", "wget", "-q", "--spider", "http://localhost:80/x"]}\n')
    )
    other = read("kubernetes", deployment("        readinessProbe:\n          httpGet: {path: /x, port: 80}\n"
                                          "          periodSeconds: 30\n          timeoutSeconds: 30\n"))  # fmt: skip
    assert isinstance(container(other).readiness, object)
    assert Http(80, "/x") is not None
    assert [key for key in told(one, other) if key[0].startswith("probe.")] == []
