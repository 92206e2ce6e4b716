"""What `fix` does to the rest of a project: whatever the gate compares, nothing is found that was not before."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from isomorph.drift.declared import OPEN
from isomorph.drift.finding import Report
from isomorph.model.errors import InvalidInput
from isomorph.project.fix.consequences import key_of, keys_of
from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.rewriting import rewrite
from isomorph.project.fix.workshop import Pair, open_workshop
from isomorph.project.gate import Gate, run_gate
from isomorph.project.opening import open_project
from tests.mutations.table import MUTATIONS, Mutation

DATA = Path(__file__).parents[1] / "mutations/data"
TODAY = "2026-01-02"
ENVIRONMENTS = {"laptop": "compose", "staging": "compose", "production": "kubernetes", "canary": "kubernetes"}
FILES = {"compose": "compose.yaml", "kubernetes": "kubernetes.yaml"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def check() -> Report:
    project, context = open_project()
    return run_gate(Gate(project=project, today=TODAY), context)


def mend(source: str, target: str) -> Fixed:
    """Mend as `fix --write` does."""
    project, context = open_project()
    workshop = open_workshop(Pair(project=project, source=source, target=target, today=TODAY), context)
    fixed = fix(workshop, lambda finding: True)
    rewrite(fixed.files)
    return fixed


def abouts(report: Report) -> set[tuple[str, ...]]:
    """Give what the gate finds: in which kind of comparison, and what about."""
    findings = [each for each in report.findings if each.verdict in OPEN]
    return {(each.compared_with, each.workload, each.rule, each.subject) for each in findings}


SERVICE = "services:\n  web:\n    image: nginx:{}\n"
PAIR = """\
environments:
  staging: {definitions: ["compose:staging.yaml"]}
  production: {definitions: ["compose:production.yaml"]}
"""


SHARED = "x-image: &image nginx:1.29\nservices:\n  web:\n    image: *image\n  worker:\n    image: *image\n"


def test_what_is_meant_stays(project: Path) -> None:
    declared = 'expect: [{workload: worker, rule: image.tag, reason: "later"}]\n'
    staging = SHARED.replace("1.29", "1.30")
    write(project, {"isomorph.yaml": PAIR + declared, "staging.yaml": staging, "production.yaml": SHARED})
    fixed = mend("staging", "production")
    assert [each.reason for each in fixed.by_hand] == [
        "mended where it is written, it undoes what is declared of image.tag of worker"
    ]
    assert fixed.files == ()


def test_a_third_environment_does_not_differ_from_what_is_edited(project: Path) -> None:
    """A workload that the source does not have takes its image from the same line."""
    write(
        project,
        {
            "isomorph.yaml": f'{PAIR}  laptop: {{definitions: ["compose:laptop.yaml"]}}\n',
            "staging.yaml": SERVICE.format("1.30"),
            "production.yaml": SHARED,
            "laptop.yaml": SERVICE.format("1.30") + "  worker:\n    image: nginx:1.29\n",
        },
    )
    fixed = mend("staging", "production")
    assert [each.reason for each in fixed.by_hand if each.finding.rule == "image.tag"] == [
        "with it image.tag of worker differs from laptop"
    ]
    assert fixed.files == ()


SCORE = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  web: {image: 'nginx:1.29'}  # web\n"


def test_what_score_files_generate_is_mended_with_it(project: Path) -> None:
    files = {"staging.yaml": SERVICE.format("1.30"), "production.yaml": SERVICE.format("1.29")}
    write(project, {"isomorph.yaml": f"workloads: [score.yaml]\n{PAIR}", "score.yaml": SCORE, **files})
    fixed = mend("staging", "production")
    assert [file.path for file in fixed.files] == ["production.yaml", "score.yaml"]
    assert (project / "score.yaml").read_text() == SCORE.replace("1.29", "1.30")
    assert check().findings == ()


def test_an_environment_is_given_overrides_where_it_has_none(project: Path) -> None:
    """What Score files generate for others stays as it is."""
    old, new = SERVICE.format("1.29"), SERVICE.format("1.30") + "    environment: {MODE: fast}\n"
    laptop = '  laptop:\n    definitions: ["compose:laptop.yaml"]\n'
    listed = f"workloads: [score.yaml]\n{PAIR}{laptop}"
    files = {"staging.yaml": new, "production.yaml": old, "laptop.yaml": old}
    write(project, {"isomorph.yaml": listed, "score.yaml": SCORE, **files})
    fixed = mend("staging", "production")
    assert [file.path for file in fixed.files] == ["isomorph.yaml", "overrides/production.yaml", "production.yaml"]
    assert (project / "isomorph.yaml").read_text() == listed.replace(
        '["compose:production.yaml"]', '["compose:production.yaml"], overrides: [overrides/production.yaml]'
    )
    assert (project / "overrides/production.yaml").read_text() == (
        "# What production says otherwise: each document is laid over the Score file of the workload that it names.\n"
        "metadata:\n  name: web\ncontainers:\n  web:\n    image: 'nginx:1.30'\n    variables:\n      MODE: \"fast\"\n"
    )
    assert (project / "score.yaml").read_text() == SCORE
    generated = [each.environments for each in check().findings if each.compared_with == "generated"]
    assert set(generated) == {("staging", "staging (generated)")}, "that differed before"


def test_overrides_that_cannot_be_written_leave_all_as_it_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = SERVICE.format("1.29"), SERVICE.format("1.30")
    laptop = '  laptop: {definitions: ["compose:laptop.yaml"]}\n'
    listed = f"workloads: [score.yaml]\n{PAIR}{laptop}"
    files = {"staging.yaml": new, "production.yaml": old, "laptop.yaml": old}
    write(project, {"isomorph.yaml": listed, "score.yaml": SCORE, **files})
    from isomorph.model.errors import UsageError
    from isomorph.project.fix import rewriting
    from isomorph.provisioning.atomic import write_atomically

    def fail(path: str, content: bytes, mode: int = 0o600) -> bool:
        if path.endswith("production.yaml") and "overrides" not in path and b"1.30" in content:
            raise UsageError("no space is left")
        return write_atomically(path, content, mode)

    monkeypatch.setattr(rewriting, "write_atomically", fail)
    with pytest.raises(UsageError):
        mend("staging", "production")
    assert (project / "isomorph.yaml").read_text() == listed
    assert not (project / "overrides/production.yaml").exists()
    assert (project / "production.yaml").read_text() == old


def test_what_is_kept_by_hand_is_not_to_be_generated(project: Path) -> None:
    old, new = SERVICE.format("1.29"), SERVICE.format("1.30")
    laptop = '  laptop: {definitions: ["compose:laptop.yaml"]}\n'
    listed = f"workloads: [score.yaml]\n{PAIR}{laptop}".replace('production.yaml"]', 'production.yaml"], overrides: []')
    files = {"staging.yaml": new, "production.yaml": old, "laptop.yaml": old}
    write(project, {"isomorph.yaml": listed, "score.yaml": SCORE, **files})
    fixed = mend("staging", "production")
    assert [each.reason for each in fixed.by_hand] == [
        "the Score files say otherwise of production: change that too at score.yaml:4:16, or in the overrides of production"
    ]
    assert mend("production", "staging").by_hand == (), "that is what Score files generate"
    assert check().findings == ()


def test_what_score_files_say_for_all_is_said_otherwise_in_overrides(project: Path) -> None:
    old, new = SERVICE.format("1.29"), SERVICE.format("1.30") + "    environment: {MODE: fast}\n"
    file = "workloads: [score.yaml]\n" + PAIR.replace('production.yaml"]', 'production.yaml"], overrides: [own.yaml]')
    laptop = '  laptop: {definitions: ["compose:laptop.yaml"]}\n'
    own = (
        "# What production says otherwise.\nmetadata: {name: web}\ncontainers:\n  web:\n"
        "    resources: {limits: {memory: 1Gi}}\n"
    )
    limited = old + "    deploy: {resources: {limits: {memory: 1g}}}\n"
    score = SCORE.replace("  web: {image: 'nginx:1.29'}  # web\n", "  web:\n    image: nginx:1.29\n")
    files = {"staging.yaml": new, "production.yaml": limited, "laptop.yaml": old, "own.yaml": own}
    write(project, {"isomorph.yaml": file + laptop, "score.yaml": score, **files})
    fixed = mend("staging", "production")
    assert [each.rule for each in fixed.mended] == ["image.tag", "variable.missing"]
    assert (project / "score.yaml").read_text() == score, "laptop stays as it is"
    assert (project / "own.yaml").read_text() == own + '    image: nginx:1.30\n    variables:\n      MODE: "fast"\n'
    assert [each for each in check().findings if "production (generated)" in each.environments] == []


def test_a_workload_that_overrides_do_not_name_is_named(project: Path) -> None:
    old, new = SERVICE.format("1.29"), SERVICE.format("1.30")
    file = "workloads: [score.yaml]\n" + PAIR.replace('production.yaml"]', 'production.yaml"], overrides: [own.yaml]')
    laptop = '  laptop: {definitions: ["compose:laptop.yaml"]}\n'
    files = {"staging.yaml": new, "production.yaml": old, "laptop.yaml": old, "own.yaml": "# Nothing yet.\n"}
    write(project, {"isomorph.yaml": file + laptop, "score.yaml": SCORE, **files})
    mend("staging", "production")
    assert (project / "own.yaml").read_text() == (
        "# Nothing yet.\n---\nmetadata:\n  name: web\ncontainers:\n  web:\n    image: 'nginx:1.30'\n"
    )


def test_no_policy_is_broken(project: Path) -> None:
    write(
        project,
        {
            "isomorph.yaml": f'{PAIR}policy: ["isomorph:recommended"]\n',
            "staging.yaml": SERVICE.format("1.30") + "    privileged: true\n",
            "production.yaml": SERVICE.format("1.29") + "    privileged: false\n",
        },
    )
    fixed = mend("staging", "production")
    assert [each.rule for each in fixed.mended] == ["image.tag"]
    assert [each.reason for each in fixed.by_hand] == ["with it web breaks policy.no-privileged"]


def _project_file() -> str:
    lines = [f'  {name}: {{definitions: ["{platform}:{name}.yaml"]}}' for name, platform in ENVIRONMENTS.items()]
    return "\n".join(["environments:", *lines, 'policy: ["isomorph:recommended"]', ""])


def _mutate(platform: str, mutations: list[Mutation]) -> str:
    text = (DATA / FILES[platform]).read_text()
    for each in mutations:
        if each.file == FILES[platform] and text.count(each.old) == 1:
            text = text.replace(each.old, each.new)
    return text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_gate_finds_nothing_that_it_did_not_find_before(project: Path, data: st.DataObject) -> None:
    mutations = [each for each in MUTATIONS if each.file in FILES.values()]
    some = st.lists(st.sampled_from(mutations), max_size=4)
    texts = {f"{name}.yaml": _mutate(platform, data.draw(some)) for name, platform in ENVIRONMENTS.items()}
    write(project, {"isomorph.yaml": _project_file(), **texts})
    source, target = data.draw(st.permutations(list(ENVIRONMENTS)))[:2]
    try:
        before = check()
    except InvalidInput:
        reject()
    fixed = mend(source, target)
    after = check()
    assert abouts(after) <= abouts(before)
    left = keys_of(each for each in after.findings if set(each.between) == {source, target})
    assert not left & {key_of(each) for each in fixed.mended}
    assert {name for name in texts if (project / name).read_text() != texts[name]} <= {f"{target}.yaml"}
