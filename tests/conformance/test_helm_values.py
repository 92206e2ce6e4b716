"""Values before the real helm: `--set` and its kin, files over files, null, dependencies; refusals are refusals."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.model.errors import InvalidInput
from isomorph.platforms.context import Context, Source
from isomorph.platforms.helm.dependencies import process_dependencies
from isomorph.platforms.helm.given_values import read_given
from isomorph.platforms.helm.loading import load_chart
from isomorph.platforms.helm.values import coalesce
from isomorph.platforms.local import LocalFiles
from isomorph.syntax.tree import to_data
from tests.conformance.conftest import engine
from tests.memory_context import MemoryEngines

SHOW = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  values: {{{{ .Values | toJson | quote }}}}\n"
)
META = "apiVersion: v2\nname: {name}\nversion: {version}\n"

OPTIONS: tuple[tuple[str, ...], ...] = (
    ("set=a=1",),
    ("set=a=01", "set=b=0", "set=c=-7", "set=d=+7", "set=e=1.5", "set=f=99999999999999999999"),
    ("set=a=true", "set=b=TRUE", "set=c=null", "set=d=Null", "set=e=~", "set=f="),
    ("set=a.b.c=1,a.b.d=2",),
    ("set=a={x,y,1,true}",),
    ("set=a={}",),
    ("set=a={x,y},b=2",),
    ("set=a[0]=x,a[2]=z",),
    ("set=a[0].b=x,a[0].c=y,a[1].b=z",),
    ("set=a[0][1]=x",),
    ("set=servers[0].port=80,servers[0].host=example",),
    (r"set=a=x\,y",),
    (r"set=nodeSelector.kubernetes\.io/role=master",),
    (r"set=a=\{x\}",),
    ("set=a=b=c",),
    ("set=a= x ",),
    ("set=a=x,",),
    ("set=image.tag=2", "values=one"),
    ("set=list[0]=changed", "values=one"),
    ("set=image=null", "values=one"),
    ("set=image.tag=null",),
    ("set-string=a=1,b=true,c=null", "set=a=2"),
    ('set-json=a={"b":[1,2.5,null,"x"]},c=3',),
    ('set-json={"a":{"b":1}}', "set=a.c=2"),
    ('set-json=a="x"', "set-json=b= ,c=1"),
    ("set-json=a=[1,2],b=null",),
    ("set-file=a=text.txt,b.c=text.txt",),
    ("values=one", "values=two"),
    ("values=two", "values=one"),
    ("values=many",),
    ("set=sub.port=1,global.x=2",),
    ("set=global.region=eu", "values=two"),
    ("set=sub.enabled=false",),
    ("set=tags.front=false",),
    ("set=tags.front=false,sub.enabled=true",),
    ("set=second.enabled=false",),
    ("set=sub.port=null",),
    ("set=sub=null",),
    ("set=nothing.here=null",),
    ("set=image.pullPolicy=null,image.tag=x",),
    # Refused.
    ("set=a",),
    ("set=a,b=1",),
    ("set=a[x]=1",),
    ("set=a[-1]=1",),
    ("set=a[70000]=1",),
    ("set=a={x,y",),
    ("set=a[0]x=1",),
    ("set=a.b.=1",),
    ("set=list.x=1", "values=one"),
    ("set=image[0]=1", "values=one"),
    ("set-json=a={x",),
    ("set=sub=3",),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart with two dependencies of one chart, a condition, tags, globals and values that come up."""
    root = tmp_path_factory.mktemp("values")
    files = {
        "chart/Chart.yaml": META.format(name="shop", version="1.0.0")
        + "dependencies:\n"
        + "  - {name: sub, version: ^1.0.0, condition: 'sub.enabled,global.sub', tags: [front]}\n"
        + "  - {name: sub, version: '>=1.0.0', alias: second, condition: second.enabled,"
        + " import-values: [data, {child: deep.inner, parent: taken}]}\n",
        "chart/values.yaml": "image: {repository: shop/web, tag: '1', pullPolicy: Always}\nlist: [a, b]\nempty: null\n"
        "sub: {port: 8080, host: parent}\nglobal: {region: us, deep: {a: 1}}\nsmall: 1000000\n",
        "chart/templates/out.yaml": SHOW.format(name="shop"),
        "chart/charts/sub/Chart.yaml": META.format(name="sub", version="1.2.3"),
        "chart/charts/sub/values.yaml": "port: 80\nhost: own\nnone: null\nglobal: {own: true, deep: {b: 2}}\n"
        "exports: {data: {imported: yes, image: {tag: up}}}\ndeep: {inner: {x: 1}}\n",
        "chart/charts/sub/templates/out.yaml": SHOW.format(name="{{ .Chart.Name }}"),
        "one": "image: {tag: one, extra: {a: 1}}\nlist: [c]\nsub: {host: null}\n",
        "two": "image: {tag: two, extra: {b: 2}, pullPolicy: null}\nglobal: {region: null, more: 1}\n",
        "many": "a: 1\nb: {c: 2}\n---\nb: {d: 3}\na: null\n",
        "text.txt": "first\nsecond, with a comma\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def ask_helm(folder: Path, options: tuple[str, ...]) -> dict[str, Any] | None:
    """Give the values of each chart as helm has them, by the charts' names; None where it refuses."""
    command = [str(engine("helm")), "template", "release", "chart"]
    for option in options:
        key, _, value = option.partition("=")
        command.append(f"--{key}={value}")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return None
    documents = list(yaml.safe_load_all(done.stdout))
    return {each["metadata"]["name"]: json.loads(each["data"]["values"]) for each in documents}


def ask_ourselves(folder: Path, options: tuple[str, ...]) -> dict[str, Any] | None:
    said: dict[str, tuple[str, ...]] = {}
    for option in options:
        key, _, value = option.partition("=")
        said[key] = (*said.get(key, ()), value)
    context = Context(files=LocalFiles([str(folder)]), engines=MemoryEngines())
    try:
        chart = load_chart("chart", context)
        given = read_given(Source("chart", said), context)
        enabled = process_dependencies(chart, given.values, [])
        values = coalesce(enabled, given.values)
    except InvalidInput:
        return None
    data = to_data(values)
    return {"shop": data, **{each.name: data[each.name] for each in enabled.charts}}


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_values_are_those_of_helm(folder: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ask_helm(folder, options)
    monkeypatch.chdir(folder)
    assert ask_ourselves(folder, options) == expected
