"""What belongs to one container: image, process, files, volumes, compute, security."""

import pytest

from tests.drift.judging import judge, pod, reason, service, shown, told

BOTH = "kubernetes kubernetes"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("redis", "docker.io/library/redis:latest"),
        ("redis:7", "index.docker.io/library/redis:7"),
        ("shop/web:1", "docker.io/shop/web:1"),
    ],
)
def test_image_names_in_normal_form_are_equal(one: str, other: str) -> None:
    compose = f"services:\n  web:\n    image: {one}\n"
    assert shown(judge(compose, pod().replace("shop/web:1", other)), "image.re") == []
    assert shown(judge(compose, pod().replace("shop/web:1", other)), "image.t") == []


def test_the_parts_of_an_image_differ_one_by_one() -> None:
    compose = "services:\n  web:\n    image: ghcr.io/shop/web:2\n"
    assert shown(judge(compose, pod()), "image") == [
        "drift image.registry: ghcr.io | docker.io",
        "drift image.tag: 2 | 1",
    ]


def test_a_tag_that_is_not_known_is_unresolved() -> None:
    compose = "services:\n  web:\n    image: shop/web:${TAG}\n"
    assert shown(judge(compose, pod()), "image") == ["unresolved image.tag: ${TAG} | 1"]


def test_an_image_that_is_built_here_and_pulled_there() -> None:
    report = judge("services:\n  web:\n    build: ./web\n", pod())
    assert told(report, "image.build") == ["expected image.build: ./web | -"]
    assert reason(report, "image.build") == "built locally"
    assert shown(report, "image") == []


def test_the_default_pull_policy_depends_on_the_tag() -> None:
    latest = "services:\n  web:\n    image: shop/web\n"
    assert told(judge(latest, pod().replace("web:1", "web")), "image.pull") == ["expected image.pull-policy: - | -"]
    assert told(judge(service(""), pod()), "image.pull") == []
    assert told(judge(service("pull_policy: missing"), pod()), "image.pull") == [
        "default image.pull-policy: missing | -"
    ]


def test_where_both_replace_the_entrypoint_the_vectors_are_one() -> None:
    compose = service('entrypoint: ["/app", "serve"]\ncommand: ["--port=80"]')
    kubernetes = pod('command: ["/app"]\nargs: ["serve", "--port=80"]')
    assert shown(judge(compose, kubernetes), "process") == []
    other = pod('command: ["/app"]\nargs: ["serve", "--port=81"]')
    assert shown(judge(compose, other), "process") == [
        'drift process.command: ["/app", "serve", "--port=80"] | ["/app", "serve", "--port=81"]'
    ]


def test_where_one_leaves_the_entrypoint_to_the_image_both_vectors_are_judged() -> None:
    report = judge(service('command: ["-d", "60"]'), pod('command: ["/bin/sh"]\nargs: ["-c", "loop"]'))
    assert shown(report, "process") == [
        'drift process.command: - | ["/bin/sh"]',
        'drift process.args: ["-d", "60"] | ["-c", "loop"]',
    ]


def test_empty_arguments_leave_it_to_the_image() -> None:
    assert shown(judge(service("command: []"), pod()), "process") == []


def test_secret_arguments_are_masked() -> None:
    report = judge(service('command: ["--password", "hunter2", "--token=abc", "--keyboard=us"]'), pod('args: ["-v"]'))
    assert shown(report, "process") == [
        'drift process.args: ["--password", "***", "--token=***", "--keyboard=us"] | ["-v"]'
    ]


def test_a_workload_has_one_time_to_stop_on_kubernetes() -> None:
    compose = service("stop_grace_period: 20s", more="  side:\n    image: shop/side:1\n    network_mode: service:web\n")
    kubernetes = pod(spec="terminationGracePeriodSeconds: 20", more="        - {name: side, image: 'shop/side:1'}\n")
    assert shown(judge(compose, kubernetes), "process") == []
    later = kubernetes.replace("Seconds: 20", "Seconds: 21")
    assert shown(judge(compose, later), "process") == ["drift web process.stop-grace: 20s | 21s"]


CONFIG = """configs:
  app:
    content: |
      {"a": 1, "b": [2, 3]}
"""
CONFIG_MAP = """      volumes:
        - name: app
          configMap: {name: app}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  app.json: |
    CONTENT
"""
MOUNTED = "volumeMounts:\n- {name: app, mountPath: /etc/app.json, subPath: app.json}"
TARGET = "configs: [{source: app, target: /etc/app.json}]"


def test_files_that_hold_data_compare_as_data() -> None:
    compose = service(TARGET, more=CONFIG)
    same = pod(MOUNTED, more=CONFIG_MAP.replace("CONTENT", '{"b": [2,3], "a": 1}'))
    assert shown(judge(compose, same), "file") == []
    other = pod(MOUNTED, more=CONFIG_MAP.replace("CONTENT", '{"b": [3,2], "a": 1}'))
    (line,) = shown(judge(compose, other), "file")
    assert line.startswith("drift file.content /etc/app.json: ")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", []),
        ("0644", []),
        ("0400", ["drift file.mode /etc/app.json: - | 0400"]),
    ],
)
def test_modes_that_one_side_says(mode: str, expected: list[str]) -> None:
    said = f"configMap: {{name: app, defaultMode: {mode}}}" if mode else "configMap: {name: app}"
    more = CONFIG_MAP.replace("CONTENT", '{"a": 1, "b": [2, 3]}').replace("configMap: {name: app}", said)
    assert told(judge(service(TARGET, more=CONFIG), pod(MOUNTED, more=more)), "file") == expected


def test_what_is_in_a_secret_file_is_not_shown_even_by_its_digest() -> None:
    compose = service(
        "configs: [{source: app, target: /etc/token}]", more=CONFIG.replace('{"a": 1, "b": [2, 3]}', "one")
    )
    kubernetes = pod(
        "volumeMounts:\n- {name: app, mountPath: /etc/token, subPath: app.json}",
        more=CONFIG_MAP.replace("CONTENT", "two"),
    )
    assert shown(judge(compose, kubernetes), "file") == ["drift file.content /etc/token: *** | ***"]


def test_a_file_on_one_side_only() -> None:
    assert [line.split(":")[0] for line in shown(judge(service(TARGET, more=CONFIG), pod()))] == [
        "missing file.missing /etc/app.json"
    ]


def test_a_folder_that_is_bound_whole_is_one_file_missing() -> None:
    assert shown(judge(service("volumes: ['./conf:/etc/conf']"), pod()), "file") == [
        "missing file.missing /etc/conf: ./conf (not read) | -"
    ]


def test_a_volume_where_the_other_side_has_files_of_the_project() -> None:
    kubernetes = pod(
        "volumeMounts: [{name: data, mountPath: /data}]",
        more="      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n",
    )
    assert shown(judge(service("volumes: ['./data:/data']"), kubernetes)) == [
        "drift volume.kind /data: project files | persistent"
    ]


def test_volumes_compare_by_path_whatever_they_are_called() -> None:
    compose = service("volumes: ['store:/data/']", more="volumes: {store: {}}\n")
    kubernetes = pod(
        "volumeMounts: [{name: data, mountPath: /data}]",
        more="      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n",
    )
    assert shown(judge(compose, kubernetes)) == []
    assert shown(judge(compose, pod()), "volume") == ["missing volume.missing /data: persistent | -"]


def limits(text: str) -> str:
    return f"resources: {{{text}}}"


def test_kubernetes_requests_what_the_limit_says() -> None:
    only = pod(limits("limits: {memory: 1Gi}"))
    both = pod(limits("limits: {memory: 1Gi}, requests: {memory: 1Gi}"))
    less = pod(limits("limits: {memory: 1Gi}, requests: {memory: 512Mi}"))
    assert told(judge(only, both, BOTH), "compute") == ["default compute.requests memory: - | 1Gi"]
    assert shown(judge(only, less, BOTH), "compute") == ["drift compute.requests memory: 1Gi | 512Mi"]
    compose = service("deploy: {resources: {limits: {memory: 1G}}}")
    assert told(judge(compose, only), "compute") == ["expected compute.requests memory: - | -"]


def test_a_reservation_of_cpu_can_be_written_in_compose() -> None:
    assert shown(judge(service(""), pod(limits("requests: {cpu: 250m}"))), "compute") == [
        "drift compute.requests cpu: - | 250m"
    ]


def capabilities(text: str) -> str:
    return f"securityContext: {{capabilities: {{{text}}}}}"


@pytest.mark.parametrize(
    ("compose", "kubernetes", "expected"),
    [
        ("cap_drop: [all]", "drop: [ALL]", []),
        ("cap_add: [CAP_CHOWN]", "add: [CHOWN]", []),
        ("cap_add: [CHOWN]", "", ["default security.capability CHOWN: add | -"]),
        ("cap_add: [SYS_TIME]", "", ["drift security.capability SYS_TIME: add | -"]),
        ("cap_drop: [CHOWN]", "", ["drift security.capability CHOWN: drop | -"]),
        ("cap_drop: [SYS_TIME]", "", ["default security.capability SYS_TIME: drop | -"]),
        (
            "cap_drop: [CHOWN]",
            "drop: [ALL]",
            ["drift security.capability ALL: - | drop", "default security.capability CHOWN: drop | -"],
        ),
        ("cap_drop: [ALL]\ncap_add: [CHOWN]", "drop: [ALL]", ["drift security.capability CHOWN: add | -"]),
    ],
)  # fmt: skip
def test_capabilities(compose: str, kubernetes: str, expected: list[str]) -> None:
    assert told(judge(service(compose), pod(capabilities(kubernetes))), "security") == expected


def test_flags_that_say_the_default_are_the_default() -> None:
    flags = "securityContext: {privileged: false, readOnlyRootFilesystem: false, allowPrivilegeEscalation: true}"
    assert {line.split()[0] for line in told(judge(service(""), pod(flags)), "security")} == {"default"}


def test_root_by_name_and_number() -> None:
    assert shown(judge(service("user: root"), pod("securityContext: {runAsUser: 0}")), "security") == []


def test_secrets_in_scripts_checks_and_settings_are_masked() -> None:
    compose = service(
        'command: ["sh", "-c", "run --password hunter2 --db-token=hunter3 && echo API_KEY=hunter4"]\n'
        'healthcheck: {test: ["CMD", "ping", "--password=hunter5"]}\n' + TARGET,
        more=CONFIG.replace('{"a": 1, "b": [2, 3]}', "password = hunter6"),
    )
    kubernetes = pod(MOUNTED, more=CONFIG_MAP.replace("CONTENT", "password = hunter7"))
    report = judge(compose, kubernetes)
    assert {each.rule for each in report.findings} >= {"process.args", "probe.missing", "file.content"}
    assert "hunter" not in repr(report.findings)
