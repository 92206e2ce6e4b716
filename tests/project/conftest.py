"""A project of several Score files whose resources come from the catalogue, and the command."""

from pathlib import Path

import pytest

from tests.cli.commands import Run, runner

SHOP = """\
apiVersion: score.dev/v1b1
metadata: {name: shop}
containers:
  main:
    image: registry.example.com/shop:1.0
    variables:
      DSN: postgres://${resources.db.username}:${resources.db.password}@${resources.db.host}:${resources.db.port}/${resources.db.name}
      MAIL: http://mail:25/send
      COLOUR: red
    files:
      /etc/shop/motd: {content: "Welcome to ${resources.dns.host}"}
service: {ports: {http: {port: 80, targetPort: 8080}}}
resources:
  db: {type: postgres}
  dns: {type: dns}
  route: {type: route, params: {host: "${resources.dns.host}", path: /, port: 80}}
"""
MAIL = """\
apiVersion: score.dev/v1b1
metadata: {name: mail}
containers:
  main:
    image: registry.example.com/mail:2.1
    variables: {QUEUE: "${resources.cache.host}:${resources.cache.port}"}
service: {ports: {smtp: {port: 25, targetPort: 2525}}}
resources:
  cache: {type: redis, id: shared}
"""
OTHERS = """\
apiVersion: score.dev/v1b1
metadata: {name: other-NUMBER}
containers:
  main:
    image: registry.example.com/other:NUMBER
    variables: {SHOP: "http://shop:80/NUMBER"}
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder that is the current one, with a key outside of it."""
    folder = tmp_path / "project"
    (folder / "services").mkdir(parents=True)
    (folder / "isomorph.yaml").write_text("workloads: [services/*.yaml]\n")
    (folder / "services" / "shop.yaml").write_text(SHOP)
    (folder / "services" / "mail.yaml").write_text(MAIL)
    for number in range(6):
        (folder / "services" / f"other-{number}.yaml").write_text(OTHERS.replace("NUMBER", str(number)))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("COLUMNS", "100")
    return folder
