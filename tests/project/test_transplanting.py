"""What a definition lacks and another of its kind has is copied to the same place, laid out as what stands there."""

from collections.abc import Mapping

import pytest

from isomorph.drift.compare import compare
from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.said import Sides
from isomorph.project.fix.trials import Workshop
from tests.mutations.reading import read_environment


def mend(platform: str, source: str, target: str, suffix: str = "yaml") -> tuple[Fixed, str]:
    ours, theirs = f"a/web.{suffix}", f"b/web.{suffix}"
    one = read_environment("a", platform, ours, source)

    def compare_with(changed: Mapping[str, str]) -> Sides:
        other = read_environment("b", platform, theirs, changed.get(theirs, target))
        return Sides(one, other, compare([one, other]))

    workshop = Workshop(
        compare=compare_with,
        read={ours: source, theirs: target}.get,
        refuse=lambda path: "" if path == theirs else "is another's",
        shared=lambda changed: "",
    )
    fixed = fix(workshop, lambda finding: True)
    return fixed, fixed.files[0].new if fixed.files else target


COMPOSE = "services:\n  web:\n    image: nginx:1.29\n"
PROBE = '    healthcheck:\n      test: ["CMD", "true"]\n      interval: 10s\n'


@pytest.mark.parametrize(
    ("source", "target", "after"),
    [
        (PROBE, "", PROBE),
        (
            "    deploy:\n      resources:\n        limits:\n          memory: 128M\n",
            "    deploy:\n        replicas: 1 # one\n",
            "    deploy:\n        replicas: 1 # one\n        resources:\n          limits:\n            memory: 128M\n",
        ),
        (
            "    deploy: {resources: {limits: {memory: 128M}}}\n",
            "    deploy: {replicas: 1}\n",
            "    deploy: {replicas: 1, resources: {limits: {memory: 128M}}}\n",
        ),
        ("    cap_drop: [ALL]\n", "", "    cap_drop: [ALL]\n"),
        (
            "    cap_add:\n      - NET_ADMIN\n      - SYS_TIME\n",
            "    cap_add:\n    - NET_ADMIN   # for the tunnel\n",
            "    cap_add:\n    - NET_ADMIN   # for the tunnel\n    - SYS_TIME\n",
        ),
        (
            "    cap_add: [NET_ADMIN, SYS_TIME]\n",
            "    cap_add: [NET_ADMIN]\n",
            "    cap_add: [NET_ADMIN, SYS_TIME]\n",
        ),
    ],
    ids=["mapping", "deep", "braces", "list", "item", "item in brackets"],
)
def test_what_compose_lacks(source: str, target: str, after: str) -> None:
    fixed, mended = mend("compose", COMPOSE + source, COMPOSE + target)
    assert fixed.by_hand == ()
    assert mended == COMPOSE + after


def pod(container: str, more: str = "") -> str:
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n{more}  containers:\n"
        f"    - name: other\n      image: other:1\n    - name: web\n      image: nginx:1.29\n{container}"
    )


PROBES = (
    "      readinessProbe:\n        httpGet:\n          path: /ready\n          port: 80\n        periodSeconds: 5\n"
)
LIMITS = "      resources:\n        limits: {memory: 128Mi}\n"


def test_what_a_container_lacks_is_added_to_that_container() -> None:
    fixed, mended = mend("kubernetes", pod(PROBES + LIMITS), pod(LIMITS))
    assert fixed.by_hand == ()
    assert mended == pod(PROBES + LIMITS), "below what it stands below there"


def test_only_what_is_asked_for_is_copied() -> None:
    own = LIMITS.replace("}", ", cpu: 500m}")
    _, mended = mend("kubernetes", pod(own), pod(LIMITS))
    assert mended == pod(LIMITS.replace("}", ", cpu: 500m}"))


def test_what_a_workload_lacks_is_added_to_the_workload() -> None:
    grace = "  terminationGracePeriodSeconds: 20\n"
    fixed, mended = mend("kubernetes", pod("", grace), pod(""))
    assert fixed.by_hand == ()
    assert sorted(mended.splitlines()) == sorted(pod("", grace).splitlines())


def test_a_probe_that_holds_a_secret_is_not_copied() -> None:
    probe = PROBE.replace('"true"', '"check", "--password=hunter2"')
    fixed, mended = mend("compose", COMPOSE + probe, COMPOSE)
    assert mended == COMPOSE
    assert len(fixed.by_hand) == 1


def job(config: str, more: str = "", env: str = "") -> str:
    return (
        f'job "a" {{\n  group "web" {{\n    task "web" {{\n{more}      driver = "docker"\n      config {{\n'
        f'        image = "nginx:1.29"\n{config}      }}\n{env}    }}\n  }}\n}}\n'
    )


def test_what_a_job_lacks_is_added_to_the_block_of_the_same_name() -> None:
    config, more = '        cap_drop = ["ALL"]\n', '      kill_timeout = "20s"\n'
    fixed, mended = mend("nomad", job(config, more), job("", ""), "nomad.hcl")
    assert fixed.by_hand == ()
    assert sorted(mended.splitlines()) == sorted(job(config, more).splitlines())
    assert mended.index("image") < mended.index("cap_drop") < mended.index("}")


def test_a_list_of_several_lines_is_copied_whole() -> None:
    config = '        cap_drop = [\n          "ALL",\n        ]\n'
    fixed, mended = mend("nomad", job(config), job(""), "nomad.hcl")
    assert (mended, fixed.by_hand) == (job(config), ())


def deployment(more: str, image: str = '          image = "nginx:1.29"\n') -> str:
    return (
        'resource "kubernetes_deployment_v1" "web" {\n  metadata {\n    name = "web"\n  }\n  spec {\n'
        '    selector {\n      match_labels = { app = "web" }\n    }\n    template {\n      metadata {\n'
        '        labels = { app = "web" }\n      }\n      spec {\n        container {\n          name = "web"\n\n'
        f"{image}{more}        }}\n      }}\n    }}\n  }}\n}}\n"
    )


SECURITY = """\
          security_context {
            capabilities {
              drop = ["ALL"]
            }
          }
"""


def test_a_line_is_copied_with_the_blocks_around_it_that_are_missing() -> None:
    fixed, mended = mend("terraform", deployment(SECURITY), deployment(""), "tf")
    assert (mended, fixed.by_hand) == (deployment(SECURITY), ())


def test_an_attribute_stands_below_the_others_as_they_are_aligned() -> None:
    one = '          image             = "nginx:1.29"\n'
    policy = '          image_pull_policy = "Always"\n'
    _, mended = mend("terraform", deployment("", one + policy), deployment("", one), "tf")
    assert mended == deployment("", one + policy)


def test_what_refers_to_something_is_not_copied() -> None:
    limits = "          resources {\n            limits = { memory = var.memory }\n          }\n"
    variable = 'variable "memory" {\n  default = "128Mi"\n}\n'
    fixed, mended = mend("terraform", variable + deployment(limits), deployment(""), "tf")
    assert (mended, len(fixed.by_hand)) == (deployment(""), 1)


def test_a_definition_of_another_kind_gives_nothing_to_copy() -> None:
    job = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: 'nginx:1.29'}]\n"
    one = read_environment("a", "compose", "a.yaml", COMPOSE + "    cap_drop: [ALL]\n")
    other = read_environment("b", "kubernetes", "b.yaml", job)
    texts = {"a.yaml": COMPOSE + "    cap_drop: [ALL]\n", "b.yaml": job}
    sides = Sides(one, other, compare([one, other]))
    workshop = Workshop(compare=lambda _: sides, read=texts.get, refuse=lambda _: "", shared=lambda _: "")
    fixed = fix(workshop, lambda finding: finding.rule == "security.capability")
    assert (fixed.files, [each.reason for each in fixed.by_hand]) == (
        (),
        ["b has no value there that could be replaced"],
    )
