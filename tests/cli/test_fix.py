"""`isomorph fix` and `isomorph promote`: what is edited, what is told, and what is never touched."""

import os
from pathlib import Path

import pytest

from tests.cli.commands import Run

PROJECT = """\
environments:
  staging: {definitions: ["compose:staging.yaml"]}
  production: {definitions: ["compose:deploy/production.yaml"]}
"""
STAGING = """\
services:
  web:
    image: nginx:1.30
    environment: {LEVEL: debug, MODE: fast, API_TOKEN: s-token, DB: "postgres://db.staging.example.com/shop"}
    deploy: {replicas: 1}
"""
PRODUCTION = """\
# Who is on call: see the wiki.
services:
  web:
    image: nginx:1.29   # pinned
    environment:
      LEVEL: "info"
      API_TOKEN: p-token
      DB: postgres://db.example.com/shop
    deploy:
      replicas: 3
"""
MENDED = PRODUCTION.replace("1.29", "1.30").replace('"info"\n', '"debug"\n      MODE: "fast"\n').replace(": 3", ": 1")


@pytest.fixture
def mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "isomorph.yaml").write_text(PROJECT)
    (tmp_path / "staging.yaml").write_text(STAGING)
    (tmp_path / "deploy/production.yaml").write_text(PRODUCTION)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "deploy/production.yaml"


FIX = ("fix", "--from", "staging", "--to", "production")


def test_a_diff_is_shown_and_nothing_is_written(mended: Path, run: Run) -> None:
    code, out, err = run(*FIX)
    assert (code, mended.read_text()) == (1, PRODUCTION)
    assert "-    image: nginx:1.29   # pinned\n+    image: nginx:1.30   # pinned\n" in out
    assert "4 findings can be mended in 1 file: --write does it; 2 findings left to you" in err


def test_what_is_written_is_what_was_shown(mended: Path, run: Run) -> None:
    mended.chmod(0o640)
    code, _, err = run(*FIX, "--write")
    assert (code, mended.read_text()) == (1, MENDED)
    assert mended.stat().st_mode & 0o777 == 0o640
    assert "mended 4 findings in 1 file; 2 findings left to you" in err
    _, out, err = run(*FIX, "--write")
    assert (out, mended.read_text()) == ("", MENDED)
    assert "nothing is mended" in err


def test_secrets_and_addresses_are_told_with_both_places_and_not_copied(mended: Path, run: Run) -> None:
    _, out, err = run(*FIX)
    lines = [line for line in err.splitlines() if "by hand" in line]
    assert [line.split(":")[0] for line in lines] == ["deploy/production.yaml"] * 2
    assert "secrets are not copied" in lines[0]
    assert "(staging: staging.yaml:4:56)" in lines[0]
    assert "an address is an environment's own" in lines[1]
    assert not any(token in out + err for token in ("s-token", "p-token"))


def test_only_what_is_asked_for(mended: Path, run: Run) -> None:
    code, _, _ = run(*FIX, "--rule", "image.*", "--workload", "w*", "--write")
    assert (code, mended.read_text()) == (0, PRODUCTION.replace("1.29", "1.30"))


def test_quiet_prints_the_diff_and_that_something_is_left(mended: Path, run: Run) -> None:
    _, out, err = run(*FIX, "-q")
    assert out.startswith("--- a/deploy/production.yaml")
    assert err == "2 findings left to you (without -q they are told)\n"
    assert run(*FIX, "-q", "--rule", "image.tag")[2] == ""


def test_promote_leaves_what_is_the_environments_own(mended: Path, run: Run) -> None:
    run("promote", "staging", "production", "--write")
    assert mended.read_text() == MENDED.replace("replicas: 1", "replicas: 3")


def test_what_the_team_means_stays(mended: Path, run: Run) -> None:
    Path("isomorph.yaml").write_text(PROJECT + 'expect: [{rule: image.tag, reason: "later"}]\n')
    run(*FIX, "--write")
    assert mended.read_text() == MENDED.replace("1.30", "1.29")


def test_names_that_mean_nothing_are_told_with_the_nearest(mended: Path, run: Run) -> None:
    code, _, err = run("fix", "--from", "stagin", "--to", "production")
    assert (code, "did you mean" in err and "staging" in err) == (2, True)
    assert run(*FIX, "--rule", "image.tog")[0] == 2
    assert run(*FIX, "--workload", "wob")[0] == 2
    assert run("promote", "production", "production")[0] == 2


def test_a_link_is_not_followed(mended: Path, run: Run) -> None:
    mended.rename("real.yaml")
    mended.symlink_to("../real.yaml")
    _, out, err = run(*FIX, "--write")
    assert (out, Path("real.yaml").read_text(), mended.is_symlink()) == ("", PRODUCTION, True)
    assert "deploy/production.yaml is a link" in err


def test_a_file_that_may_not_be_written_is_told(mended: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    _, out, err = run(*FIX, "--write")
    assert (out, mended.read_text()) == ("", PRODUCTION)
    assert "deploy/production.yaml may not be written" in err


def test_a_place_that_another_environment_shares_is_not_edited(mended: Path, run: Run) -> None:
    Path("isomorph.yaml").write_text(PROJECT + '  canary: {definitions: ["compose:deploy/production.yaml"]}\n')
    _, out, err = run(*FIX, "--write")
    assert (out, mended.read_text()) == ("", PRODUCTION)
    assert "environment canary has the value from the same place" in err


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    mended: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isomorph.project.fix import rewriting
    from isomorph.provisioning.atomic import read_if_there

    def change(path: str, limit: int = 1 << 20) -> bytes | None:
        mended.write_text(PRODUCTION + "# new\n")
        return read_if_there(path, limit)

    monkeypatch.setattr(rewriting, "read_if_there", change)
    code, _, err = run(*FIX, "--write")
    assert (code, mended.read_text()) == (2, PRODUCTION + "# new\n")
    assert "has changed meanwhile" in err


def test_of_several_files_all_are_written_or_none(mended: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from isomorph.model.errors import UsageError
    from isomorph.project.fix import rewriting
    from isomorph.provisioning.atomic import write_atomically

    mended.write_text(PRODUCTION.replace("nginx:1.29", "nginx:${TAG}"))
    (mended.parent / ".env").write_text("TAG=1.29\n")
    written: list[str] = []

    def fail(path: str, content: bytes, mode: int = 0o600) -> bool:
        written.append(path)
        if len(written) == 2:
            raise UsageError("no space is left")
        return write_atomically(path, content, mode)

    monkeypatch.setattr(rewriting, "write_atomically", fail)
    assert run(*FIX, "--write")[0] == 2
    assert len(written) == 3, "the first file, the one that fails, and the first again"
    assert (mended.parent / ".env").read_text() == "TAG=1.29\n"
    assert mended.read_text() == PRODUCTION.replace("nginx:1.29", "nginx:${TAG}")


def test_a_generated_file_is_generated_again_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  web:\n    image: nginx:1.29\n"
    Path("score.yaml").write_text(score)
    Path("staging.yaml").write_text("services:\n  web:\n    image: nginx:1.30\n")
    Path("isomorph.yaml").write_text("workloads: [score.yaml]\n" + PROJECT.replace("deploy/", ""))
    assert run("generate", "--env", "production")[0] == 0
    before = Path("production.yaml").read_text()
    _, out, err = run(*FIX, "--rule", "image.tag", "--write")
    assert (out, Path("production.yaml").read_text()) == ("", before)
    assert "production.yaml is generated: change the Score file, then isomorph generate --env production" in err


def test_a_charts_value_is_mended_in_the_values_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    Path("chart/templates").mkdir(parents=True)
    Path("chart/Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    Path("chart/values.yaml").write_text("tag: '1.0'\nenv: {}\n")
    Path("chart/templates/web.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
        "        - name: web\n          image: nginx:{{ .Values.tag }}\n          env:\n"
        "            {{- range $k, $v := .Values.env }}\n"
        "            - {name: {{ $k }}, value: {{ $v }}}\n            {{- end }}\n"
    )
    Path("staging.yaml").write_text("tag: '1.30'\nenv: {LEVEL: debug, MODE: fast}\n")
    Path("prod.yaml").write_text("# Production\ntag: '1.29'\nenv:\n  LEVEL: info  # as little as possible\n")
    Path("isomorph.yaml").write_text(
        'environments:\n  staging: {definitions: ["helm:chart?values=staging.yaml"]}\n'
        '  production: {definitions: ["helm:chart?values=prod.yaml"]}\n'
    )
    code, _, _ = run(*FIX, "--write")
    assert (code, Path("prod.yaml").read_text()) == (
        0,
        "# Production\ntag: '1.30'\nenv:\n  LEVEL: debug  # as little as possible\n  MODE: fast\n",
    )


def test_a_project_whose_declarations_name_policies_is_mended_as_it_is_checked(mended: Path, run: Run) -> None:
    Path("isomorph.yaml").write_text(
        PROJECT + 'policy: ["isomorph:recommended"]\nsuppress: [{rule: "policy.*", reason: "one after the other"}]\n'
    )
    code, out, error = run(*FIX, "--rule", "image.tag")
    assert "+    image: nginx:1.30   # pinned" in out, error
    assert "there is no rule" not in error
    assert code in (0, 1)


def test_what_stands_in_the_baseline_is_let_alone(mended: Path, run: Run) -> None:
    run("baseline", "write")
    assert "6 findings of the baseline are let alone (--no-baseline)" in run(*FIX)[2]
    mended.write_text(PRODUCTION.replace("1.29", "1.28"))
    code, _, said = run(*FIX, "--write")
    assert "no longer occur" not in said, "only one pair was compared"
    assert (code, mended.read_text()) == (0, PRODUCTION.replace("1.29", "1.30"))
    run(*FIX, "--no-baseline", "--write")
    assert mended.read_text() == MENDED


def test_what_was_noted_before_is_promoted_all_the_same(mended: Path, run: Run) -> None:
    run("baseline", "write")
    run("promote", "staging", "production", "--write")
    assert mended.read_text() == MENDED.replace("replicas: 1", "replicas: 3")


def test_what_a_values_file_lacks_is_added_under_the_same_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("chart/templates").mkdir(parents=True)
    Path("chart/Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    Path("chart/values.yaml").write_text("args: []\nresources: {}\nsecurity: {}\n")
    Path("chart/templates/web.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
        "        - name: web\n          image: nginx:1.29\n          args:\n            {{- toYaml .Values.args | nindent 12 }}\n"
        "          resources:\n            {{- toYaml .Values.resources | nindent 12 }}\n"
        "          securityContext:\n            {{- toYaml .Values.security | nindent 12 }}\n"
    )
    Path("staging.yaml").write_text(
        "args: [-q, -x]\nresources: {limits: {memory: 256Mi, cpu: 500m}}\nsecurity: {readOnlyRootFilesystem: true}\n"
    )
    Path("prod.yaml").write_text("# Production\nargs: [-q]\nresources:\n  limits:\n    memory: 256Mi\nsecurity: {}\n")
    Path("isomorph.yaml").write_text(
        'environments:\n  staging: {definitions: ["helm:chart?values=staging.yaml"]}\n'
        '  production: {definitions: ["helm:chart?values=prod.yaml"]}\n'
    )
    code, _, error = run(*FIX, "--write")
    assert (code, Path("prod.yaml").read_text()) == (
        0,
        "# Production\nargs: [-q, -x]\nresources:\n  limits:\n    memory: 256Mi\n    cpu: 500m\n"
        "security: {readOnlyRootFilesystem: true}\n",
    ), error


CHART = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:{{ .Values.tag }}
          env:
            - name: MODE
              value: fast
"""
JOB = """\
job "shop" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29"
      }

      env {
        MODE = "fast"
      }
    }
  }
}
"""
ADOPTED = {
    "compose.yaml": "services:\n  web:\n    image: nginx:1.29\n    environment: {MODE: fast}\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "chart/values.yaml": "tag: '1.29'\n",
    "chart/templates/web.yaml": CHART,
    "shop.nomad": JOB,
}
CHANGED = {"compose": "compose.yaml", "helm": "chart/values.yaml", "nomad": "shop.nomad"}


@pytest.mark.parametrize("source", CHANGED)
@pytest.mark.parametrize("base", CHANGED)
@pytest.mark.parametrize("verb", ["fix", "promote"])
def test_an_image_goes_through_all_environments_of_an_adopted_project(
    source: str, base: str, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Whichever environment the Score files are made of, they say the same in the end, and nothing is generated."""
    monkeypatch.chdir(tmp_path)
    for name, text in ADOPTED.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    definitions = {"compose": "compose:compose.yaml", "helm": "helm:chart", "nomad": "nomad:shop.nomad"}
    order = [base, *(name for name in definitions if name != base)]
    assert run("init", *(f"--from={definitions[name]}" for name in order))[0] == 0
    assert run("check")[:2] == (0, "")
    changed = Path(CHANGED[source])
    changed.write_text(changed.read_text().replace("1.29", "1.30"))
    assert run("check")[0] == 1
    for target in (name for name in definitions if name != source):
        names = (source, target) if verb == "promote" else ("--from", source, "--to", target)
        code, _, said = run(verb, *names, "--write")
        assert code == 0, said
    assert run("check")[:2] == (0, "")
    for name, file in CHANGED.items():
        assert Path(file).read_text() == ADOPTED[file].replace("1.29", "1.30"), name
