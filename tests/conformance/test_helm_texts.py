"""Values of every shape, written as YAML, JSON and text by the real helm and by our engine: the same characters."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from isomorph.syntax.gotemplate.jsontext import print_json
from isomorph.syntax.gotemplate.printing import print_go, quote_go
from isomorph.syntax.gotemplate.yamltext import print_yaml
from tests.conformance.test_helm_templates import run_helm, write_chart

pytestmark = pytest.mark.engine

CHARACTERS = [*"abcXYZ019 -_:#,.[]{}&*!|>'\"%@`?=~\\/<\n\t$()+", "é", "€", "😀", "\u00a0", "\r", "\x07", "  ", "\n\n"]
CHARACTERS += [": ", " #", "- ", "true", "null", "1e3", "0x", "2001-01-01", "yes"]
NUMBERS = (0.0, 1.0, -5.0, 1e6, 123456789.0, 1.5, 1e21, 1e-7, 0.1, 12345678901234567890.0, 3.0)
TEMPLATE = """\
apiVersion: v1
kind: Values
metadata: {name: x}
values:
{{- range .Values.values }}
- {{ list (toYaml .) (toYamlPretty .) (toJson .) (toString . | quote) (toString .) | toJson }}
{{- end }}
"""


class Maker:
    """Makes values that are the same in every run."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        length = self.random.choice((0, 1, 2, 3, 5, 8, 20, 120))
        return "".join(self.random.choice(CHARACTERS) for _ in range(length))

    def value(self, depth: int = 0) -> Any:
        kind = self.random.random()
        if kind < 0.5 or depth > 3:
            return self.word()
        if kind < 0.65:
            return self.random.choice((*NUMBERS, True, False, None))
        if kind < 0.8:
            return [self.value(depth + 1) for _ in range(self.random.randint(0, 3))]
        return {self.word() or "k": self.value(depth + 1) for _ in range(self.random.randint(0, 4))}


def write_all(value: Any) -> list[str]:
    printed = print_go(value)
    return [print_yaml(value), print_yaml(value, pretty=True), print_json(value), quote_go(printed), printed]


@pytest.mark.parametrize("seed", range(3))
def test_helm_writes_the_same_characters(seed: int, tmp_path: Path) -> None:
    maker = Maker(seed)
    values = [maker.value() for _ in range(300)]
    given = json.dumps({"values": values}, ensure_ascii=False)
    output = run_helm(write_chart(tmp_path, "x", {"x/templates/t.yaml": TEMPLATE}, given), tmp_path)
    assert output is not None
    lines = [json.loads(line.removeprefix("- ")) for line in output.splitlines() if line.startswith("- [")]
    assert len(lines) == len(values)
    for value, line in zip(values, lines, strict=True):
        assert write_all(value) == line, value
