"""Rendering a set of templates: what is wrong is one error at its line, and hostile templates end in one, too."""

from time import process_time
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.gotemplate import bounds
from isomorph.syntax.gotemplate.data import WHOLE, Items, Methods, Table, to_key, to_table, to_template_data
from isomorph.syntax.gotemplate.render import Renderer, TemplateFile
from isomorph.syntax.tree import Mapping, Scalar
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one


def render(text: str, data: dict[str, Any] | None = None, **others: str) -> str:
    """Render a text with other templates beside it, named `NAME.tpl`."""
    files = [TemplateFile(f"c/templates/{name}.tpl", other, f"{name}.tpl") for name, other in others.items()]
    renderer = Renderer([TemplateFile("c/templates/t.yaml", text, "chart/t.yaml"), *files])
    return renderer.render("c/templates/t.yaml", data or {}).text


def fail(text: str, data: dict[str, Any] | None = None, **others: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        render(text, data, **others)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n{{ fail `no way` }}", 2, "the chart refuses: no way"),
        ("{{ required `give a name` .name }}", 1, "the chart refuses: give a name"),
        ("a\n  {{ .a.b }}", 2, "no field `b`"),
        ("{{ nosuch }}", 1, "function 'nosuch' not defined"),
        ("a\nb\n{{ if true }}", 3, "unexpected EOF"),
        ("{{ `x", 1, "unterminated raw quoted string"),
        ("a\n{{ upper 1 }}", 2, "`upper` takes a string as argument 1, and it is given an int"),
        ("{{ upper .a }}", 1, "`upper` takes a string as argument 1, and it is given nothing (nil)"),
        ("{{ include `none` . }}", 1, "there is no template 'none'"),
        ("{{ eq 1 `a` }}", 1, "`eq` failed: incompatible types for comparison"),
        ("{{ range true }}{{ end }}", 1, "range can't iterate over a bool"),
        ("{{ mustRegexMatch `(` `a` }}", 1, "`mustRegexMatch` failed"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, line: int, words: str) -> None:
    fault = fail(text)
    assert fault.origin is not None
    assert (fault.origin.file, fault.origin.line) == ("chart/t.yaml", line)
    assert words in fault.message


def test_a_failure_in_a_helper_is_at_the_helper() -> None:
    fault = fail("{{ include `x` . }}", h="\n{{ define `x` }}\n{{ fail `inside` }}{{ end }}")
    assert str(fault.origin) == "h.tpl:3:4"
    assert fault.message == "the chart refuses: inside"


def test_a_failure_in_a_template_of_the_values_is_at_the_value() -> None:
    values = to_template_data(parse_one("a: 1\nt: '{{ fail `x` }}'\n", "values.yaml", Dialect.KUBERNETES).root)
    assert str(fail("{{ tpl .t . }}", values).origin) == "values.yaml:2:4"
    values = to_template_data(parse_one("a: 1\nt: '{{ if }}'\n", "values.yaml", Dialect.KUBERNETES).root)
    assert str(fail("{{ tpl .t . }}", values).origin) == "values.yaml:2:4"


GROWTH = "{{ $x := repeat 1000 `a` }}{{ range until 100 }}{{ $x = %s }}{{ end }}{{ $x }}"
HARM = {
    "loops": "{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}",
    "until": "{{ until 999999999 }}",
    "range over a number": "{{ range 999999999 }}{{ end }}",
    "output": "{{ range until 9999 }}{{ repeat 90000 `a` }}{{ end }}",
    "repeat": "{{ repeat 999999999 `a` }}",
    "indent": "{{ indent 999999999 `a` }}",
    "width": "{{ printf `%999999999d` 1 }}",
    "precision": "{{ printf `%.999999999f` 1.0 }}",
    "width by argument": "{{ printf `%*d` 999999999 1 }}",
    "random": "{{ randAlphaNum 999999999 }}",
    "chart that includes itself": "{{ define `x` }}{{ include `x` . }}{{ end }}{{ include `x` . }}",
    "template that calls itself": "{{ define `x` }}{{ template `x` . }}{{ end }}{{ template `x` . }}",
    "text that renders itself": "{{ tpl .self . }}",
    "mapping in itself": "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ $d }}",
    "mapping in itself, copied": "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ deepCopy $d }}",
    "parentheses": f"{{{{ {'(' * 5000}1{')' * 5000} }}}}",
    "blocks": "{{ if 1 }}" * 5000 + "{{ end }}" * 5000,
    "class": "{{ `x`.__class__ }}",
    "class of a value": "{{ .text.__class__ }}",
    "method": "{{ .text.format }}",
    "method of a mapping": "{{ .map.clear.x }}",
    "lookup": "{{ .files.__gotemplate_lookup__ `x` }}",
    "call": "{{ call .text }}",
    "file": "{{ readFile `/etc/passwd` }}",
    "environment": "{{ env `HOME` }}",
}
for growth in ("print $x $x", "printf `%s%s` $x $x", "cat $x $x", "list $x $x | join ``", "replace `a` `aaaa` $x"):
    HARM[growth] = GROWTH % growth
for growth in (
    "quote $x",
    "squote $x $x",
    "b64enc $x",
    "list $x $x",
    "dict `a` $x `b` $x",
    "toJson $x",
    "html (list $x $x)",
):
    HARM[growth] = GROWTH % growth


class Files(Methods, Table):
    callable_names = frozenset({"Get"})

    def Get(self, name: str) -> str:
        return str(self.get(name, ""))

    def secret(self) -> str:
        return "not for templates"


@pytest.mark.parametrize("name", HARM)
def test_templates_that_mean_harm_end_in_an_error(name: str) -> None:
    data = {"text": "x", "map": to_table({}), "self": "{{ tpl .self . }}", "files": Files({to_key("a"): "b"})}
    assert fail(HARM[name], data).origin is not None


def test_what_contains_itself_is_no_json() -> None:
    assert render("{{ $d := dict }}{{ $_ := set $d `d` $d }}[{{ toJson $d }}{{ toYaml $d }}]") == "[]"


def test_what_only_takes_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "TIME_LIMIT", 0.2)
    loop = (
        "{{ range until 300 }}{{ range until 300 }}{{ $_ := sha512sum `x` | regexMatch `^(a*)*$` }}{{ end }}{{ end }}"
    )
    assert "took longer" in fail(loop).message


class Finalized:
    """Takes its time when it goes, where Python drops what is raised."""

    def __del__(self) -> None:
        compute(0.2)


def compute(seconds: float) -> None:
    start = process_time()
    while process_time() - start < seconds:
        pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_limit_that_was_dropped_is_kept_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_AGAIN", 0.3)

    @bounds.limit_time(0.1)
    def drop_and_go_on() -> None:
        Finalized()
        compute(5)

    with pytest.raises(bounds.TookTooLong):
        drop_and_go_on()


def test_objects_offer_templates_the_methods_that_they_name() -> None:
    data = {"files": Files({to_key("a"): "b"})}
    assert (
        render("{{ .files.Get `a` }}{{ .files.a }}{{ range $k, $v := .files }}{{ $k }}{{ $v }}{{ end }}", data)
        == "bbab"
    )
    assert render("{{ (.files).Get `a` }}{{ $f := .files }}{{ $f.Get `a` | upper }}{{ .files.secret }}", data) == "bB"


def test_templates_of_charts_above_win_over_those_below() -> None:
    files = [
        TemplateFile("c/charts/d/templates/_h.tpl", "{{ define `who` }}below{{ end }}", "d/_h.tpl"),
        TemplateFile("c/templates/_h.tpl", "{{ define `who` }}above{{ end }}", "_h.tpl"),
        TemplateFile("c/charts/d/templates/t.yaml", "{{ include `who` . }}", "d/t.yaml"),
    ]
    assert Renderer(files).render("c/charts/d/templates/t.yaml", {}).text == "above"
    assert Renderer(files[::-1]).render("c/charts/d/templates/t.yaml", {}).text == "above"


def test_what_a_text_defines_is_its_own() -> None:
    text = '{{ tpl `{{ define "x" }}own{{ end }}{{ include "x" . }}` . }} {{ include `x` . }}'
    assert render(text, h="{{ define `x` }}helper{{ end }}") == "own helper"


def test_values_are_float64_and_what_is_set_int64() -> None:
    node = parse_one("a: 1000000\nb: 5\n", "values.yaml", Dialect.KUBERNETES).root
    assert isinstance(node, Mapping)
    assert isinstance(node["b"], Scalar)
    node.entries["b"] = Scalar(node["b"].origin, 1000000, "1000000", True, WHOLE)
    assert render("{{ .a }} {{ .b }} {{ kindOf .a }} {{ kindOf .b }} {{ toJson . }}", to_template_data(node)) == (
        '1e+06 1000000 float64 int64 {"a":1000000,"b":1000000}'
    )


def test_a_rendering_changes_nothing_of_the_next() -> None:
    renderer = Renderer([TemplateFile("c/templates/t", "{{ $x := list 1 }}{{ $x = append $x 2 }}{{ len $x }}", "t")])
    assert [renderer.render("c/templates/t", {}).text for _ in range(2)] == ["2", "2"]


def test_data_may_be_plain() -> None:
    data = {"a": {"b": [1, "x", None, True]}, "items": Items([1])}
    assert (
        render("{{ .a.b }} {{ .a | toJson }} {{ index .items 0 }}", data)
        == '[1 x <nil> true] {"b":[1,"x",null,true]} 1'
    )
