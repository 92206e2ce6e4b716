"""Options of charts that name files: found from the project file, and readable wherever they are."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.definitions import parse_definition
from isomorph.project.project_file import parse_project
from isomorph.project.root import open_context
from tests.memory_context import memory_context

PROJECT = """\
environments:
  prod:
    definitions:
      - "helm:deploy/chart?values=prod.yaml&set-file=a=one.txt,b.c={two.txt}&set=x=y.yaml&release=shop"
"""


def test_paths_are_relative_to_the_project_file() -> None:
    project = parse_project(PROJECT.encode(), "shop", memory_context({}))
    (definition,) = project.environments["prod"].definitions
    assert definition.path == "shop/deploy/chart"
    assert definition.options == {
        "values": ("shop/prod.yaml",),
        "set-file": ("a=shop/one.txt,b.c={shop/two.txt}",),
        "set": ("x=y.yaml",),
        "release": ("shop",),
    }


def test_files_that_options_name_may_be_read_and_others_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = tmp_path / "project" / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (chart / "templates" / "out.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: out}\ndata: {text: {{ .Values.motd | quote }}}\n"
    )
    (tmp_path / "values.yaml").write_text("other: 1\n")
    (tmp_path / "motd.txt").write_text("hello")
    monkeypatch.chdir(tmp_path / "project")
    named = parse_definition("helm:chart?values=../values.yaml&set-file=motd=../motd.txt")
    read = load_reader("helm")
    definition = read(Source(named.path, named.options), open_context([named]))
    assert definition.application.configurations["out"].values == {"text": "hello"}
    with pytest.raises(InvalidInput, match="outside the project"):
        read(Source(named.path, named.options), open_context([parse_definition("helm:chart")]))
