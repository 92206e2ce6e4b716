"""Charts as folders and as packed files; what is hostile, broken or no chart is one clear error."""

import gzip
import io

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.origin import Origin
from isomorph.platforms.helm.archive import LARGEST, MOST_FILES
from isomorph.platforms.helm.ignoring import Ignored
from isomorph.platforms.helm.reader import read
from tests.memory_context import memory_context, source
from tests.platforms.helm.charts import (
    CHART,
    DEPLOYMENT,
    chart,
    codes,
    config,
    container_of,
    origin_of,
    pack,
    read_chart,
    text_of,
)


def test_a_chart_is_named_by_its_folder_its_chart_yaml_or_where_one_stands() -> None:
    for path in ("shop", "shop/", "./shop", "shop/Chart.yaml"):
        assert container_of(read_chart(path=path)).image == Image("shop/web", tag="1")
    here = {name.removeprefix("shop/"): content for name, content in chart().items()}
    definition = read_chart(here, ".")
    where = origin_of(definition, "workloads", "web", "scale", "replicas")
    assert (where.file, where.via[0].file) == ("templates/web.yaml", "values.yaml")


def test_a_packed_chart_is_read_in_memory() -> None:
    packed = pack(chart())
    definition = read_chart({"shop-1.0.0.tgz": packed}, "shop-1.0.0.tgz")
    assert container_of(definition).image == Image("shop/web", tag="1")
    assert definition.sources == ("shop-1.0.0.tgz",)
    where = origin_of(definition, "workloads", "web", "scale", "replicas")
    assert str(where) == "shop-1.0.0.tgz/shop/templates/web.yaml:6:13"
    piped = read(source("-"), memory_context(standard_input=packed))
    assert piped.application == definition.application


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shop/../../evil.yaml", "'shop/../../evil.yaml' is a path out of the archive"),
        ("/etc/passwd", "'/etc/passwd' is a path out of the archive"),
        ("shop\\..\\..\\evil.yaml", "is a path out of the archive"),
        ("c:/evil.yaml", "'c:/evil.yaml' is a path out of the archive"),
        ("Chart.yaml", "Chart.yaml is not in a folder"),
        ("evil.yaml", "'evil.yaml' is outside of the chart's folder"),
    ],
)
def test_an_archive_that_would_write_outside_of_itself_is_refused(name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match="the packed chart is refused") as caught:
        read_chart({"shop.tgz": pack({**chart(), name: "x"})}, "shop.tgz")
    assert message in caught.value.message
    assert caught.value.origin == Origin("shop.tgz")


def test_links_in_an_archive_are_refused() -> None:
    packed = pack(chart(), links={"shop/templates/link.yaml": "/etc/passwd"})
    with pytest.raises(InvalidInput, match=r"shop/templates/link.yaml is a link or a device"):
        read_chart({"shop.tgz": packed}, "shop.tgz")


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as stream:
        chunk = b"\0" * (1 << 20)
        for _ in range((LARGEST >> 20) + 30):
            stream.write(chunk)
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(InvalidInput, match=f"unpacks to more than {LARGEST} bytes"):
        read_chart({"bomb.tgz": out.getvalue()}, "bomb.tgz")


def test_an_archive_of_very_many_files_is_refused() -> None:
    with pytest.raises(InvalidInput, match=f"more than {MOST_FILES} files"):
        read_chart({"many.tgz": pack({f"shop/{number}": "" for number in range(MOST_FILES + 1)})}, "many.tgz")


def test_charts_packed_in_charts_without_end_are_refused() -> None:
    inner = pack({"shop/Chart.yaml": CHART})
    for _ in range(25):
        inner = pack({"shop/Chart.yaml": CHART, "shop/charts/shop-1.0.0.tgz": inner})
    with pytest.raises(InvalidInput, match="charts stand more than 20 deep in one another"):
        read_chart({"deep.tgz": inner}, "deep.tgz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x1f\x8b\x08 and nothing that follows", "the packed chart is broken"),
        (pack(chart())[:-40], "the packed chart is broken"),
        (gzip.compress(b"no archive" * 100), "the packed chart is broken"),
        (gzip.compress(b""), "the packed chart is"),
        (b"apiVersion: v2\n", "this is no packed chart: the file is not gzipped"),
        (pack({"shop/values.yaml": "a: 1\n"}), "the chart has no Chart.yaml"),
    ],
    ids=("cut", "cut at the end", "no archive", "empty", "no gzip", "no chart"),
)
def test_a_broken_archive_is_one_error(content: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart({"shop.tgz": content}, "shop.tgz")
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("", "shop/Chart.yaml:1:1: a Chart.yaml says what the chart is, in a mapping"),
        ("- a\n", "shop/Chart.yaml:1:1: a Chart.yaml says what the chart is, in a mapping"),
        ("apiVersion: v2\nversion: 1.0.0\n", "shop/Chart.yaml:1:1: this chart has no `name` (add `name`)"),
        ("apiVersion: v2\nname: shop\n", "shop/Chart.yaml:1:1: this chart has no `version` (add `version`)"),
        ("name: a/b\nversion: 1.0.0\n", "shop/Chart.yaml:1:7: 'a/b' is no name of a chart"),
        ("name: shop\nversion: one\n", "shop/Chart.yaml:2:10: 'one' is no version of a chart"),
        (f"{CHART}type: plugin\n", "shop/Chart.yaml:5:7: a chart is an application or a library"),
        (f"{CHART}type: library\n", "shop/Chart.yaml:5:7: shop is a library chart"),
        (
            f"{CHART}kubeVersion: <1.20.0\n",
            "shop/Chart.yaml:5:14: chart shop wants Kubernetes <1.20.0, and is read for v1.37.0"
            " (say for which version with ?kube-version=)",
        ),
        (f"{CHART}dependencies: some\n", "shop/Chart.yaml:5:15: `dependencies` of Chart.yaml is a list"),
        (f"{CHART}dependencies: [{{version: 1}}]\n", "shop/Chart.yaml:5:16: this dependency has no `name`"),
        (f"{CHART}dependencies: [{{name: a, alias: a b}}]\n", "shop/Chart.yaml:5:33: 'a b' is no alias of a chart"),
        (f"{CHART}dependencies: [{{name: a}}, {{name: a}}]\n", "shop/Chart.yaml:5:27: two dependencies are called a"),
    ],
)
def test_what_helm_refuses_of_a_chart_yaml_is_refused(metadata: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart(chart(metadata=metadata))
    assert str(caught.value).startswith(message)


def test_a_path_that_is_no_chart() -> None:
    with pytest.raises(InvalidInput, match=r"other has no Chart.yaml, so it is no chart"):
        read_chart({"other/a.yaml": "a: 1"}, "other")
    with pytest.raises(InvalidInput, match="chart none does not exist"):
        read_chart(path="none")


def test_a_chart_of_version_1_without_a_word_about_it() -> None:
    assert container_of(read_chart(chart(metadata="name: shop\nversion: v1.0.0\n"))).image == Image("shop/web", tag="1")


def test_a_number_as_a_version_is_the_text_that_helm_makes_of_it() -> None:
    definition = read_chart(
        chart(config("{{ .Chart.AppVersion | quote }}"), metadata="name: a\nversion: 1.0.0\nappVersion: 1.10\n")
    )
    assert text_of(definition) == "1.1"


def test_what_the_ignore_file_names_is_no_part_of_the_chart() -> None:
    files = {
        **chart({"web.yaml": DEPLOYMENT, "old.yaml": "{{ fail }}", ".hidden.yaml": "{{", "tests/t.yaml": "{{"}),
        "shop/.helmignore": "# comment\n\n/templates/old.yaml\ntests/\n*.bak\n",
        "shop/templates/x.bak": "{{",
    }
    assert codes(read_chart(files)) == []


@pytest.mark.parametrize(
    ("rules", "path", "is_folder", "ignored"),
    [
        ("*.bak", "a/b.bak", False, True),
        ("/*.bak", "a/b.bak", False, False),
        ("a/*", "a/b", False, True),
        ("a/*", "a/b/c", False, False),
        ("docs/", "docs", True, True),
        ("docs/", "docs", False, False),
        ("a?c[0-9]", "abc7", False, True),
        ("a[^b]c", "abc", False, False),
        (r"\*", "*", False, True),
        (r"\*", "a", False, False),
        ("", "templates/.swp", False, True),
        ("", ".hidden", False, False),
        ("a*b*c", "a-b-b-c", False, True),
        ("a*b*c", "a-b-b-d", False, False),
    ],
)
def test_patterns_of_the_ignore_file(rules: str, path: str, is_folder: bool, ignored: bool) -> None:
    assert Ignored(rules.encode()).ignores(path, is_folder) is ignored


@pytest.mark.parametrize("rules", ["a/**", "a[", "[b-a]"])
def test_patterns_that_mean_nothing_are_refused(rules: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart({**chart(), "shop/.helmignore": f"x\n{rules}\n"})
    assert caught.value.origin == Origin("shop/.helmignore", 2)
