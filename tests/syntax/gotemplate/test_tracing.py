"""Where a rendered value was written: the template's line, and by `via` the line of the values file behind it."""

import pytest

from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.data import mark_lines, to_table, to_template_data
from isomorph.syntax.gotemplate.render import Rendered, Renderer, TemplateFile
from isomorph.syntax.gotemplate.trace import trace
from isomorph.syntax.tree import Mapping, Node, Pieced, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

VALUES = """\
name: shop
image:
  repository: nginx
  tag: "1.27"
replicas: 3
debug: true
resources:
  limits:
    cpu: 100m
    memory: 1Gi
  requests:
    cpu: 50m
hosts:
  - a.example
  - b.example
env:
  LOG: info
  URL: http://x
note: "it's \\"so\\""
template: "{{ .Values.name }}-web"
lines: |
  first
  second
servers:
  - name: one
    port: 80
  - name: two
    port: 81
ratio: 0.5
"""
OVER = """\
env:
  LOG: warn
extra: 1
"""
HELPERS = """\
{{- define "labels" -}}
app: {{ .Values.name }}
tier: front
{{- end -}}
{{- define "name" -}}
{{ printf "%s-%s" .Release.Name .Values.name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- define "port" -}}
port: {{ .port }}
{{- end -}}
"""


def render(template: str) -> Rendered:
    """Render a template, whose helpers and values are those above."""
    values = parse_one(VALUES, "values.yaml", Dialect.KUBERNETES).root
    over = parse_one(OVER, "over.yaml", Dialect.KUBERNETES).root
    data = {
        "Values": to_template_data(values),
        "Over": to_template_data(over),
        "File": mark_lines("x: 1\nz: 2\n", "files/x.yaml"),
        "Release": to_table({"Name": "r"}),
    }
    files = [
        TemplateFile("c/templates/t.yaml", template, "t.yaml"),
        TemplateFile("c/templates/_h.tpl", HELPERS, "_h.tpl"),
    ]
    return Renderer(files).render("c/templates/t.yaml", data)


def read(template: str) -> Node:
    """Render a template and read what it gives, traced."""
    rendered = render(template)
    root = parse_one(rendered.text, "rendered", Dialect.KUBERNETES).root
    assert root is not None
    return trace(root, rendered)


def find(node: Node, *path: str | int) -> Node:
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node[step]
        else:
            assert isinstance(node, Sequence)
            assert isinstance(step, int)
            node = node[step]
    return node


def show(origin: Origin) -> str:
    """Give an origin as `file:line < values file:line, …`."""
    via = ", ".join(f"{place.file}:{place.line}" for place in origin.via)
    return f"{origin.file}:{origin.line}" + (f" < {via}" if via else "")


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ("{{ .Values.name }}", "values.yaml:1"),
        ("{{ .Values.replicas }}", "values.yaml:5"),
        ("{{ .Values.ratio }}", "values.yaml:29"),
        ("{{ .Values.debug }}", "values.yaml:6"),
        ("{{ not .Values.debug }}", "values.yaml:6"),
        ("{{ .Values.name | quote }}", "values.yaml:1"),
        ("{{ .Values.name | squote }}", "values.yaml:1"),
        ("{{ .Values.note | quote }}", "values.yaml:19"),
        ("{{ .Values.note | toJson }}", "values.yaml:19"),
        ('"{{ .Values.name }}"', "values.yaml:1"),
        ("{{ .Values.name | upper | trunc 2 }}", "values.yaml:1"),
        ("{{ .Values.name | b64enc }}", "values.yaml:1"),
        ("{{ .Values.name | sha256sum }}", "values.yaml:1"),
        ('{{ .Values.name | trimPrefix "s" | trimSuffix "p" }}', "values.yaml:1"),
        ('{{ .Values.name | replace "o" "0" }}', "values.yaml:1"),
        ('{{ .Values.name | regexReplaceAll "o" "0" }}', "values.yaml:1"),
        ('{{ regexReplaceAll "o" .Values.name "0" }}', "values.yaml:1"),
        ('{{ .Values.none | default "x" }}', ""),
        ("{{ .Values.none | default .Values.name }}", "values.yaml:1"),
        ("{{ default 1 .Values.replicas }}", "values.yaml:5"),
        ("{{ coalesce .Values.none .Values.name }}", "values.yaml:1"),
        ("{{ ternary .Values.name .Values.note .Values.debug }}", "values.yaml:1"),
        ('{{ required "needed" .Values.name }}', "values.yaml:1"),
        ("{{ int .Values.replicas }}", "values.yaml:5"),
        ("{{ add .Values.replicas 1 }}", "values.yaml:5"),
        ("{{ .Values.replicas | toString | quote }}", "values.yaml:5"),
        ("{{ $x := .Values.name }}{{ $x }}", "values.yaml:1"),
        ("{{ $x := .Values.image }}{{ $x.tag }}", "values.yaml:4"),
        ("{{ with .Values.image }}{{ .tag }}{{ end }}", "values.yaml:4"),
        ("{{ if .Values.debug }}{{ .Values.name }}{{ end }}", "values.yaml:1"),
        ('{{ index .Values.image "tag" }}', "values.yaml:4"),
        ('{{ get .Values.image "tag" }}', "values.yaml:4"),
        ('{{ dig "image" "tag" "x" .Values }}', "values.yaml:4"),
        ("{{ first .Values.hosts }}", "values.yaml:14"),
        ("{{ last .Values.hosts }}", "values.yaml:15"),
        ("{{ (last .Values.servers).port }}", "values.yaml:28"),
        ('{{ (dict "a" .Values.name).a }}', "values.yaml:1"),
        ('{{ (merge (dict "x" 1) .Values.image).tag }}', "values.yaml:4"),
        ("{{ (mergeOverwrite (deepCopy .Values.env) .Over.env).LOG }}", "over.yaml:2"),
        ("{{ (mergeOverwrite (deepCopy .Values.env) .Over.env).URL }}", "values.yaml:18"),
        ("{{ (merge (deepCopy .Values.env) .Over.env).LOG }}", "values.yaml:17"),
        ('{{ (pick .Values.env "URL").URL }}', "values.yaml:18"),
        ('{{ (omit .Values.env "LOG").URL }}', "values.yaml:18"),
        ("{{ (deepCopy .Values.env).URL }}", "values.yaml:18"),
        ("{{ (toYaml .Values.env | fromYaml).URL }}", "values.yaml:18"),
        ("{{ (toJson .Values.env | fromJson).LOG }}", "values.yaml:17"),
        ('{{ "{{ .Values.image.tag }}" | replace "image" "image" | len }}', ""),
        ("{{ tpl .Values.template . | len }}", "values.yaml:1, values.yaml:20"),
        ('{{ split "." (first .Values.hosts) | values | last }}', "values.yaml:14"),
        ('{{ .Values.hosts | join "," | quote }}', "values.yaml:14, values.yaml:15"),
        ('{{ printf "%s:%v" .Values.name .Values.replicas | quote }}', "values.yaml:1, values.yaml:5"),
        ("{{ cat .Values.name .Values.image.tag }}", "values.yaml:1, values.yaml:4"),
        ("{{ print .Values.name .Values.image.tag }}", "values.yaml:1, values.yaml:4"),
        ('{{ list .Values.name .Values.image.tag | join "-" }}', "values.yaml:1, values.yaml:4"),
        ("{{ .Values.env.URL }}/{{ .Values.name }}", "values.yaml:18, values.yaml:1"),
        ("{{ (.File | fromYaml).z }}", "files/x.yaml:2"),
        ("{{ .Release.Name }}", ""),
    ],
)
def test_a_value_is_at_its_template_and_behind_it_the_values(action: str, place: str) -> None:
    scalar = find(read(f"a: 1\nkey: {action}\n"), "key")
    assert show(scalar.origin) == "t.yaml:2" + (f" < {place}" if place else "")


def test_the_pieces_of_a_text_have_their_own_places() -> None:
    node = find(read("image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\n"), "image")
    assert isinstance(node, Pieced)
    assert [(node.text[piece.start : piece.end], show(piece.origin)) for piece in node.pieces] == [
        ("nginx", "t.yaml:1 < values.yaml:3"),
        (":", "t.yaml:1"),
        ("1.27", "t.yaml:1 < values.yaml:4"),
    ]
    assert show(node.origin_at(node.text.index("1.27"))) == "t.yaml:1 < values.yaml:4"


def test_pieces_are_found_through_quotes_printf_and_escapes() -> None:
    text = 'a: {{ printf "%s/%s" .Values.name .Values.image.tag | quote }}\n'
    text += 'b: "\\t{{ .Values.name }}\\n{{ .Values.image.tag }}"\n'
    for key in ("a", "b"):
        node = find(read(text), key)
        assert isinstance(node, Pieced)
        assert show(node.origin_at(node.text.index("shop"))).endswith("< values.yaml:1")
        assert show(node.origin_at(node.text.index("1.27"))).endswith("< values.yaml:4")


def test_each_line_of_toyaml_is_at_its_leaf() -> None:
    node = read("spec:\n  resources:\n    {{- toYaml .Values.resources | nindent 4 }}\n")
    expected = {("limits", "cpu"): 9, ("limits", "memory"): 10, ("requests", "cpu"): 12}
    for (group, name), line in expected.items():
        assert show(find(node, "spec", "resources", group, name).origin) == f"t.yaml:3 < values.yaml:{line}"
        parent = find(node, "spec", "resources", group)
        assert isinstance(parent, Mapping)
        assert show(parent.keys[name].origin) == f"t.yaml:3 < values.yaml:{line}"


def test_lists_and_blocks_of_toyaml_are_at_their_lines() -> None:
    node = read(
        "hosts: {{ toYaml .Values.hosts | nindent 2 }}\nservers:\n{{ toYaml .Values.servers }}\nx: {{ toJson .Values.env }}\n"
    )
    assert show(find(node, "hosts", 1).origin) == "t.yaml:1 < values.yaml:15"
    assert show(find(node, "servers", 1, "port").origin) == "t.yaml:3 < values.yaml:28"
    assert show(find(node, "x", "URL").origin) == "t.yaml:4 < values.yaml:18"


def test_what_a_helper_writes_is_at_the_helper() -> None:
    node = read('metadata:\n  name: {{ include "name" . }}\n  labels:\n    {{- include "labels" . | nindent 4 }}\n')
    assert show(find(node, "metadata", "labels", "app").origin) == "_h.tpl:2 < values.yaml:1"
    assert show(find(node, "metadata", "labels", "tier").origin) == "_h.tpl:3"
    assert show(find(node, "metadata", "name").origin) == "_h.tpl:6 < values.yaml:1"


def test_a_called_template_is_at_its_own_lines() -> None:
    node = read('{{ template "labels" . }}\nown: {{ .Values.name }}\n')
    assert show(find(node, "tier").origin) == "_h.tpl:3"
    assert show(find(node, "own").origin) == "t.yaml:2 < values.yaml:1"


def test_values_given_to_a_helper_by_dict_keep_their_places() -> None:
    node = read('{{ include "port" (dict "port" (index .Values.servers 1).port "other" 1) }}\n')
    assert show(find(node, "port").origin) == "_h.tpl:9 < values.yaml:28"


def test_a_range_gives_each_item_its_place() -> None:
    node = read(
        "hosts:\n{{- range $index, $host := .Values.hosts }}\n"
        "  - host: {{ $host | quote }}\n    index: {{ $index }}\n{{- end }}\n"
    )
    assert [show(find(node, "hosts", index, "host").origin) for index in (0, 1)] == [
        "t.yaml:3 < values.yaml:14",
        "t.yaml:3 < values.yaml:15",
    ]
    assert show(find(node, "hosts", 1, "index").origin) == "t.yaml:4"


def test_a_range_over_a_mapping_gives_keys_their_places() -> None:
    node = read(
        "env:\n{{- range $key, $value := .Values.env }}\n  - name: {{ $key }}\n    value: {{ $value | quote }}\n{{- end }}\n"
    )
    assert show(find(node, "env", 1, "name").origin) == "t.yaml:3 < values.yaml:18"
    assert show(find(node, "env", 1, "value").origin) == "t.yaml:4 < values.yaml:18"


def test_a_template_in_the_values_is_at_the_action_that_renders_it() -> None:
    node = find(read("a: 1\nkey: {{ tpl .Values.template . }}\n"), "key")
    assert isinstance(node, Pieced)
    assert [(node.text[piece.start : piece.end], show(piece.origin)) for piece in node.pieces] == [
        ("shop", "t.yaml:2 < values.yaml:1, values.yaml:20"),
        ("-web", "t.yaml:2 < values.yaml:20"),
    ]


def test_each_line_of_a_rendered_mapping_is_at_its_leaf() -> None:
    """Charts render whole mappings of their values as templates: `tpl (toYaml .Values.x) .`."""
    node = read("a:\n  {{- tpl (toYaml .Values.resources) . | nindent 2 }}\nb: {{ tpl (toYaml .Values.template) . }}\n")
    assert show(find(node, "a", "limits", "memory").origin) == "t.yaml:2 < values.yaml:10"
    assert show(find(node, "a", "requests", "cpu").origin) == "t.yaml:2 < values.yaml:12"
    assert show(find(node, "b").origin) == "t.yaml:3 < values.yaml:1, values.yaml:20"


def test_the_lines_of_a_block_have_their_places() -> None:
    node = find(read("data: |\n  own\n  {{ .Values.name }}\n  {{- .Values.lines | nindent 2 }}\n"), "data")
    assert isinstance(node, Pieced)
    assert show(node.origin_at(node.text.index("own"))) == "t.yaml:2"
    assert show(node.origin_at(node.text.index("shop"))) == "t.yaml:3 < values.yaml:1"
    assert show(node.origin_at(node.text.index("second"))).startswith("t.yaml:4 < values.yaml:21")


def test_keys_that_a_value_names_have_its_place() -> None:
    node = read("{{ .Values.name }}: 1\n{{ .Values.image.tag | quote }}: 2\n")
    assert isinstance(node, Mapping)
    assert show(node.keys["shop"].origin) == "t.yaml:1 < values.yaml:1"
    assert show(node.keys["1.27"].origin) == "t.yaml:2 < values.yaml:4"


def test_columns_are_those_of_the_action_or_of_the_text() -> None:
    node = read("a: {{ .Values.name }}\nb:   literal\nc: x{{ .Values.name }}\n")
    assert [find(node, key).origin.column for key in "abc"] == [4, 6, 4]


def test_an_action_on_several_lines_is_where_it_starts() -> None:
    node = read('a: 1\nkey: {{\n  printf "%s"\n  (.Values.name | upper)\n}}\nlast: {{/* c */}} {{ .Values.name }}\n')
    assert (find(node, "key").origin.line, find(node, "key").origin.column) == (2, 6)
    assert find(node, "last").origin.line == 6


def test_characters_beyond_ascii_are_counted_as_one() -> None:
    node = read("# äöü €\nkey: ä{{ .Values.name }}{{/* ü */}}\nnext: {{ .Values.name }}\n")
    scalar = find(node, "key")
    assert isinstance(scalar, Pieced)
    assert [piece.origin.column for piece in scalar.pieces] == [6, 7]
    assert (find(node, "next").origin.line, find(node, "next").origin.column) == (3, 7)


def test_places_behind_calls_with_fields_are_right() -> None:
    node = read(
        "a: {{ now.Year }}{{ now.UTC.Year }}-{{ .Values.name }}\nä: {{ now.Unix }}{{ .Values.name }}\nc: {{ .Values.name }}\n"
    )
    first = find(node, "a")
    assert isinstance(first, Pieced)
    assert [piece.origin.column for piece in first.pieces] == [4, 37]
    assert [(find(node, key).origin.line, find(node, key).origin.column) for key in ("ä", "c")] == [(2, 4), (3, 4)]


def test_a_documents_collections_start_where_they_are_written() -> None:
    node = read("a:\n  - b: {{ .Values.name }}\n    c: 1\nd: {}\n")
    assert show(find(node, "a").origin) == "t.yaml:2"
    assert show(find(node, "a", 0).origin) == "t.yaml:2"
    assert show(find(node, "d").origin) == "t.yaml:4"


def test_an_aliased_node_stays_one() -> None:
    node = read("a: &x {k: {{ .Values.name }}}\nb: *x\n")
    assert find(node, "a") is find(node, "b")
    assert show(find(node, "b", "k").origin) == "t.yaml:1 < values.yaml:1"


def test_origins_of_single_characters() -> None:
    rendered = render("a: {{ .Values.name }}\n")
    assert rendered.text == "a: shop\n"
    assert [show(rendered.origin_at(1, column)) for column in (1, 4, 7)] == [
        "t.yaml:1",
        "t.yaml:1 < values.yaml:1",
        "t.yaml:1 < values.yaml:1",
    ]


def test_what_is_not_there_writes_nothing() -> None:
    node = find(read('a: {{ .Values.none }}\nb: "{{ .Values.none }}{{ .Values.name }}"\n'), "b")
    assert isinstance(node, Scalar)
    assert node.value == "shop"
    assert show(node.origin) == "t.yaml:2 < values.yaml:1"
