"""No secret of a definition is in the page, on whichever platform the definition is written."""

from pathlib import Path

import pytest

from isomorph.platforms.table import PLATFORMS
from tests.cli.commands import runner

HIDDEN = "Hunter2isTheSecret"
VALUES = {name: f"{HIDDEN}{name.upper()}" for name in ("token", "password", "database", "option", "file", "other")}
SCORE = """\
apiVersion: score.dev/v1b1
metadata: {{ name: web }}
containers:
  main:
    image: example/web:{version}
    command: [serve, --password, {option}, --level, "{version}"]
    variables:
      LEVEL: level-{version}
      API_TOKEN: {token}
      REGION: region-{version}
      DB_PASSWORD: {password}
      ZONE: zone-{version}
      DATABASE_URL: "postgres://app:{database}@db:5432/app"
      MODE: mode-{version}
    files:
      /etc/app.ini:
        content: |
          level = {version}
          password = {file}
          mode = {version}
service:
  ports: {{ web: {{ port: 80{version}, targetPort: 8080 }} }}
"""


@pytest.mark.parametrize("platform", [each.name for each in PLATFORMS if each.writes and each.name != "score"])
def test_no_secret_is_in_the_page_and_the_lines_are(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run = runner(capsys)
    for version in "12":
        (tmp_path / f"score{version}.yaml").write_text(SCORE.format(version=version, **VALUES), encoding="utf-8")
        code, _, err = run("convert", f"score:score{version}.yaml", "--to", platform, "-o", f"out{version}/")
        assert code == 0, err
    written = "".join(each.read_text(encoding="utf-8") for each in tmp_path.glob("out*/**/*") if each.is_file())
    assert HIDDEN in written, "the test shows nothing where no secret is written"
    code, page, err = run("diff", f"a={platform}:out1", f"b={platform}:out2", "--format", "html", "-v")
    assert code == 1, err
    assert HIDDEN not in page + err
    assert page.count("<mark>") >= 4
    assert "level-1" in page
