"""What a platform lacks is copied from what would be generated for it, as a person would write it; and what is not."""

from pathlib import Path

import pytest

from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.workshop import Pair, open_workshop
from isomorph.project.opening import open_project

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.29
"""
SERVICE = "services:\n  web:\n    image: nginx:1.29\n"
JOB = """\
job "web" {
  group "web" {
    task "web" {
      driver = "docker"
      config {
        image = "nginx:1.29"
      }
    }
  }
}
"""
CHART = {"chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "chart/values.yaml": "debug: true\n"}
PLACES = {"helm": ("chart", "chart/templates/web.yaml"), "nomad": ("b.nomad.hcl", "b.nomad.hcl")}
TEMPLATE = MANIFEST + "          {{- if .Values.debug }}\n          stdin: true\n          {{- end }}\n"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def mend(source: tuple[str, str], target: tuple[str, str], **more: str) -> tuple[Fixed, str]:
    """Mend a definition of one platform by one of another; gives what was done, and the text of the other."""
    place, file = PLACES.get(target[0], ("b.yaml", "b.yaml"))
    files = {"a.yaml": source[1], file: target[1]}
    for name, text in {**files, **(CHART if target[0] == "helm" else {}), **more}.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    Path("isomorph.yaml").write_text(
        f'environments:\n  a: {{definitions: ["{source[0]}:a.yaml"]}}\n  b: {{definitions: ["{target[0]}:{place}"]}}\n'
    )
    project, context = open_project()
    workshop = open_workshop(Pair(project=project, source="a", target="b", today="2026-01-02"), context)
    fixed = fix(workshop, lambda finding: True)
    return fixed, fixed.files[0].new if fixed.files else target[1]


def left(fixed: Fixed) -> dict[str, str]:
    return {each.finding.rule: each.reason for each in fixed.by_hand}


def test_limits_of_a_container_are_written_for_a_service_in_its_units() -> None:
    limits = '          resources: {limits: {cpu: 250m, memory: 512Mi}}\n          args: ["-q"]\n'
    fixed, mended = mend(("kubernetes", MANIFEST + limits), ("compose", SERVICE))
    assert left(fixed) == {}
    assert mended == (
        SERVICE + '    command:\n      - -q\n    deploy:\n      resources:\n        limits:\n          cpus: "0.25"\n'
        "          memory: 512M\n"
    )


def test_rights_of_a_service_are_written_for_a_task_of_a_job() -> None:
    rights = "    cap_drop: [ALL]\n    cap_add: [CHOWN]\n    read_only: true\n"
    fixed, mended = mend(("compose", SERVICE + rights), ("nomad", JOB))
    assert {"security.capability", "security.read-only-root"}.isdisjoint(left(fixed)), left(fixed)
    inside = mended[mended.index("config {") : mended.index("}")]
    assert 'cap_drop = ["all"]' in inside
    assert 'cap_add = ["chown"]' in inside, "without it, what was dropped would be more than there"
    assert "readonly_rootfs = true" in inside


def test_a_volume_that_keeps_nothing_is_said_in_both_places() -> None:
    fixed, mended = mend(("compose", SERVICE + "    tmpfs: [/tmp]\n"), ("kubernetes", MANIFEST))
    assert left(fixed) == {}
    assert mended == MANIFEST + (
        "          volumeMounts:\n            - name: tmp\n              mountPath: /tmp\n"
        "      volumes:\n        - name: tmp\n          emptyDir:\n            medium: Memory\n"
    )


def test_what_people_keep_is_not_made_anew() -> None:
    volumes = '    volumes: ["data:/data"]\nvolumes: {data: {}}\n'
    fixed, mended = mend(("compose", SERVICE + volumes), ("kubernetes", MANIFEST))
    assert mended == MANIFEST
    assert left(fixed) == {"volume.missing": "b has no value there that could be replaced"}


def test_a_check_that_needs_a_program_in_the_image_is_left_to_people() -> None:
    probe = "          readinessProbe: {httpGet: {path: /ready, port: 80}}\n"
    fixed, mended = mend(("kubernetes", MANIFEST + probe), ("compose", SERVICE))
    assert mended == SERVICE
    assert left(fixed) == {"probe.missing": "b would check it by a command, and wget may not be in the image"}


def test_a_check_by_the_same_command_is_copied() -> None:
    probe = "          readinessProbe: {exec: {command: [cat, /ready]}}\n"
    fixed, mended = mend(("kubernetes", MANIFEST + probe), ("compose", SERVICE))
    assert left(fixed) == {}
    assert mended.startswith(
        SERVICE + "    healthcheck:\n      test:\n        - CMD\n        - cat\n        - /ready\n"
    )


def test_a_command_is_not_taken_without_its_arguments() -> None:
    words = '          command: ["/bin/sh"]\n          args: ["-c", "curl https://a.example.com"]\n'
    fixed, mended = mend(("kubernetes", MANIFEST + words), ("compose", SERVICE))
    assert mended == SERVICE
    address = "an address is an environment's own"
    assert left(fixed) == {
        "process.command": f"it goes with the rest of the command line: {address}",
        "process.args": address,
    }


def test_a_template_keeps_its_actions() -> None:
    words = '          command: ["/app"]\n          args: ["-q"]\n'
    fixed, mended = mend(("kubernetes", MANIFEST + words + "          stdin: true\n"), ("helm", TEMPLATE))
    assert left(fixed) == {}
    assert mended == TEMPLATE.replace("nginx:1.29\n", f"nginx:1.29\n{words}")


def test_a_secret_of_the_source_is_in_no_text_that_is_copied() -> None:
    probe = "          readinessProbe: {exec: {command: [check, --password=hunter2]}}\n"
    fixed, mended = mend(("kubernetes", MANIFEST + probe), ("compose", SERVICE))
    assert mended == SERVICE
    assert list(left(fixed)) == ["probe.missing"]
