"""A variable that is added stands beside the others, laid out as they are, in every syntax."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.said import Sides
from isomorph.project.fix.trials import Workshop
from tests.memory_context import memory_context

SOURCE = """\
services:
  web:
    image: nginx:1.29
    environment: {FIRST: "1", LEVEL: info, LAST: "it's x"}
"""


def mend(platform: str, path: str, files: dict[str, str]) -> tuple[Fixed, dict[str, str]]:
    """Give what is mended of a definition so that it has what the source has, and its files' texts."""

    def read(name: str, kind: str, file: str, texts: dict[str, str]) -> Environment:
        return Environment(name, normalise(load_reader(kind)(Source(file), memory_context(texts))), ((kind, file),))

    source = read("a", "compose", "a.yaml", {"a.yaml": SOURCE})

    def compare_with(changed: object) -> Sides:
        assert isinstance(changed, dict)
        target = read("b", platform, path, {**files, **changed})
        return Sides(source, target, compare([source, target]))

    workshop = Workshop(compare=compare_with, read=files.get, refuse=lambda path: "", shared=lambda changed: "")
    fixed = fix(workshop, lambda finding: finding.rule == "variable.missing")
    return fixed, {**files, **{file.path: file.new for file in fixed.files}}


def compose(environment: str) -> str:
    return f"services:\n  web:\n    image: nginx:1.29\n{environment}    restart: always\n"


MAPPING = "    environment:\n      LEVEL: info  # as little as possible\n"
LIST = "    environment:\n      - LEVEL=info\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            MAPPING,
            '    environment:\n      FIRST: "1"\n      LEVEL: info  # as little as possible\n      LAST: "it\'s x"\n',
        ),
        (LIST, '    environment:\n      - FIRST=1\n      - LEVEL=info\n      - "LAST=it\'s x"\n'),
        ("    environment: {LEVEL: info}\n", '    environment: {LEVEL: info, LAST: "it\'s x", FIRST: "1"}\n'),
        ("", '    environment:\n      FIRST: "1"\n      LAST: "it\'s x"\n      LEVEL: "info"\n'),
    ],
    ids=["mapping", "list", "braces", "nothing"],
)
def test_variables_of_compose(before: str, after: str) -> None:
    fixed, files = mend("compose", "b.yaml", {"b.yaml": compose(before)})
    assert fixed.by_hand == ()
    assert sorted(files["b.yaml"].splitlines()) == sorted(compose(after).splitlines())


def test_lines_end_as_the_others_of_the_file_do() -> None:
    _, files = mend("compose", "b.yaml", {"b.yaml": compose(MAPPING).replace("\n", "\r\n")})
    assert files["b.yaml"].count("\r\n") == files["b.yaml"].count("\n") == 8


POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: nginx:1.29\n"
)


def test_variables_of_kubernetes() -> None:
    _, files = mend(
        "kubernetes", "b.yaml", {"b.yaml": POD + "      env:\n        - name: LEVEL\n          value: info\n"}
    )
    assert files["b.yaml"] == POD + (
        '      env:\n        - name: FIRST\n          value: "1"\n        - name: LEVEL\n          value: info\n'
        '        - name: LAST\n          value: "it\'s x"\n'
    )


def test_variables_of_kubernetes_in_braces() -> None:
    _, files = mend("kubernetes", "b.yaml", {"b.yaml": POD + "      env:\n        - {name: LEVEL, value: info}\n"})
    lines = files["b.yaml"].splitlines()[-3:]
    assert lines[0] == '        - {name: FIRST, value: "1"}'
    assert lines[2] == '        - {name: LAST, value: "it\'s x"}'


def test_the_first_variables_of_a_container_stand_below_its_image() -> None:
    fixed, files = mend("kubernetes", "b.yaml", {"b.yaml": POD})
    assert fixed.by_hand == ()
    assert files["b.yaml"].startswith(POD + "      env:\n        - name: ")


def test_variables_of_a_job_keep_their_column() -> None:
    job = (
        'job "a" {\n  group "web" {\n    task "web" {\n      driver = "docker"\n      config {\n'
        '        image = "nginx:1.29"\n      }\n      env {\n        LEVEL   = "info"\n      }\n    }\n  }\n}\n'
    )
    _, files = mend("nomad", "b.nomad.hcl", {"b.nomad.hcl": job})
    entry = '        LEVEL   = "info"\n'
    assert files["b.nomad.hcl"] == job.replace(entry, f'        FIRST   = "1"\n{entry}        LAST    = "it\'s x"\n')


@pytest.mark.parametrize(
    "empty", ["", "\n      env {}", "\n      env {\n      }", "\n      env {\n        # None yet.\n      }"]
)
def test_the_first_variables_of_a_job_stand_in_a_block_of_their_own(empty: str) -> None:
    job = (
        'job "a" {\n  group "web" {\n    task "web" {\n      driver = "docker"\n      config {\n'
        f'        image = "nginx:1.29"\n      }}{empty}\n    }}\n  }}\n}}\n'
    )
    fixed, files = mend("nomad", "b.nomad", {"b.nomad": job})
    assert fixed.by_hand == ()
    remark = "        # None yet.\n" if "None" in empty else ""
    names = ("FIRST", "LAST", "LEVEL")
    written = files["b.nomad"]
    assert written.startswith(job.partition("\n      env")[0].removesuffix("\n    }\n  }\n}\n"))
    block = written[written.index("      env {\n") : written.index("      }\n    }\n  }")]
    assert block.startswith(f"      env {{\n{remark}        ")
    assert sorted(line.split(" =")[0].strip() for line in block.splitlines() if "=" in line) == list(names)


def test_variables_in_json_keep_their_commas() -> None:
    app = '{\n  "id": "/web",\n  "container": {"docker": {"image": "nginx:1.29"}},\n  "env": {\n    "LEVEL": "info"\n  }\n}\n'
    _, files = mend("marathon", "b.json", {"b.json": app})
    entry = '    "LEVEL": "info"'
    assert files["b.json"] == app.replace(entry, f'    "FIRST": "1",\n{entry},\n    "LAST": "it\'s x"')


def test_variables_in_a_file_of_their_own() -> None:
    files = {"b.yaml": compose("    env_file: [web.env]\n"), "web.env": "# Settings\nLEVEL=info\n"}
    fixed, mended = mend("compose", "b.yaml", files)
    assert (fixed.by_hand, mended["b.yaml"]) == ((), files["b.yaml"])
    assert mended["web.env"] == '# Settings\nFIRST=1\nLEVEL=info\nLAST="it\'s x"\n'
