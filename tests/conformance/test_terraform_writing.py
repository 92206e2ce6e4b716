"""What we write is what Terraform takes: laid out as its formatter has it, valid, and to it what it is to our reader.

The provider itself is in no package index, so an engine has its schemas (tests/engines/terraform): Terraform checks the names,
types and numbers of arguments and blocks by them, and the references between resources, as with the provider.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from platform import machine
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.terraform.kubernetes_names import RESOURCES, words_of
from isomorph.platforms.terraform.reader import read as read_terraform
from isomorph.platforms.terraform.writer import write
from tests.conformance.conftest import engine
from tests.conformance.test_any_model import webs
from tests.conformance.test_writing import SOURCES
from tests.corpus.reading import read
from tests.field_examples import EXAMPLES
from tests.platforms.terraform.test_write_configuration import with_database
from tests.platforms.terraform.writing import define
from tests.properties.test_comparison import applications
from tests.provisioned import shop

pytestmark = pytest.mark.engine

SCHEMAS = json.loads((Path(__file__).parents[1] / "engines" / "terraform" / "kubernetes.json").read_text("utf-8"))
MACHINE = f"linux_{'arm64' if machine() in ('aarch64', 'arm64') else 'amd64'}"
OPTIONS = WriteOptions(name="shop", secrets=True)

#: Words of the provider that are in no table: what is no field of Kubernetes, and what nobody writes.
OWN_WORDS = re.compile(r"wait_\w+|\w+_wo|\w+_wo_revision|target_state|target_cpu_utilization_percentage")

few = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Terraform:
    """The real terraform, offline, with the provider that has the schemas."""

    def __init__(self, program: str, provider: Path, folder: Path) -> None:
        self._program = program
        self._plugins = folder / "plugins"
        self._settings = folder / "terraform.rc"
        self._settings.write_text("disable_checkpoint = true\n", "utf-8")
        version = SCHEMAS["version"]
        place = self._plugins / "registry.terraform.io" / SCHEMAS["provider"] / version / MACHINE
        place.mkdir(parents=True)
        (place / f"terraform-provider-kubernetes_v{version}").symlink_to(provider)

    def run(self, folder: Path, *args: str) -> str:
        """Run terraform in a folder; gives what it prints, and fails where terraform does."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TF_")},
            "TF_CLI_CONFIG_FILE": str(self._settings),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }
        done = subprocess.run(
            [self._program, *args],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def initialise(self, folder: Path) -> None:
        """Make a folder ready, from what is on this machine alone."""
        self.run(folder, "init", "-no-color", f"-plugin-dir={self._plugins}")

    def check(self, outputs: Mapping[str, tuple[OutputFile, ...]]) -> None:
        """Have the formatter and the validation look at configurations, each of them a module of one that has them all."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            calls: list[str] = []
            for key, files in outputs.items():
                place(files, folder / key)
                variables = re.findall(r'^variable "(\w+)"', str(files[0].content), re.MULTILINE)
                arguments = "".join(f'  {each} = "x"\n' for each in variables)
                calls.append(f'module "{key}" {{\n  source = "./{key}"\n{arguments}}}\n')
            assert self.run(folder, "fmt", "-check", "-diff", "-recursive", "-no-color") == ""
            (folder / "main.tf").write_text("\n".join(calls), "utf-8")
            self.initialise(folder)
            self.run(folder, "validate", "-no-color")

    def plan(self, folder: Path) -> Any:
        """Plan what is in a folder; gives the plan as Terraform shows it."""
        self.initialise(folder)
        self.run(folder, "plan", "-no-color", "-out=plan.bin")
        return json.loads(self.run(folder, "show", "-json", "plan.bin"))


def place(files: tuple[OutputFile, ...], folder: Path) -> None:
    """Put written files into a folder."""
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(file.content), "utf-8")


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform with a provider to check by."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not installed")
    return Terraform(program, engine("terraform-provider-kubernetes"), tmp_path_factory.mktemp("terraform"))


@pytest.mark.parametrize("platform", ["compose", "kubernetes", "score"])
def test_every_field_is_valid(terraform: Terraform, platform: str) -> None:
    terraform.check(
        {
            re.sub(r"\W", "_", field): write(define(example.application, platform), OPTIONS).files
            for field, example in EXAMPLES.items()
        }
    )


@few
@given(st.lists(applications, min_size=20, max_size=20), st.lists(webs, min_size=20, max_size=20))
def test_any_model_is_valid(terraform: Terraform, several: list[Application], more: list[Application]) -> None:
    written = (write(define(each), OPTIONS).files for each in (*several, *more))
    terraform.check({f"m{number}": files for number, files in enumerate(written)})


def test_what_real_projects_say_is_valid(terraform: Terraform, corpus: Path) -> None:
    definitions = {re.sub(r"\W", "_", path): read(platform, corpus / path) for platform, path in SOURCES}
    definitions |= {"shop": shop(), "database": define(with_database({"database": "x"}, HOST="host", PW="password"))}
    terraform.check({key: write(each, OPTIONS).files for key, each in definitions.items()})


def read_here(folder: Path, **options: tuple[str, ...]) -> Definition:
    """Read a configuration from disk."""
    context = Context(LocalFiles([str(folder)]), LocalEngines(), {})
    return normalise(read_terraform(Source(str(folder), options), context))


def without_name(definition: Definition) -> Application:
    return replace(definition.application, name=None)


@pytest.mark.parametrize("field", ["", "file.secret", "container.sidecar", "route.host", "scale.autoscaling"])
def test_a_plan_says_what_the_configuration_says(terraform: Terraform, field: str, tmp_path: Path) -> None:
    definition = define(EXAMPLES[field].application) if field else shop()
    place(write(definition, OPTIONS).files, tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps(terraform.plan(tmp_path)), "utf-8")
    planned = read_here(tmp_path, plan=(str(tmp_path / "plan.json"),))
    assert planned.application.workloads
    assert without_name(planned) == without_name(read_here(tmp_path))


def compare(type_: str, kind: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """Give where a type of the table differs from one of the provider."""
    if (type_, kind) in seen:
        return
    seen.add((type_, kind))
    said, known = SCHEMAS["types"][kind], words_of(type_)
    yield from (f"{type_}: no word {word}" for word in said if word not in known and not OWN_WORDS.fullmatch(word))
    for word, field in known.items():
        text = str(said.get(word, ""))
        required, text = text.endswith("!"), text.removesuffix("!")
        many, inner = text.endswith("*"), text.removesuffix("*")
        expected = {
            "text": ("string",),
            "mode": ("string",),
            "int": ("string", "number"),
            "bool": ("bool",),
            "list": ("list(string)", "list(number)"),
            "map": ("map(string)",),
        }.get(field.form)
        if not text:
            yield f"{type_}.{word}: the provider has no such word"
        elif expected is not None:
            if text not in expected:
                yield f"{type_}.{word}: {text}, not {field.form}"
        elif inner not in SCHEMAS["types"] or (field.form == "blocks" and not many):
            yield f"{type_}.{word}: {text}, not {field.form}"
        else:
            yield from compare(field.of, inner, seen)
        if required and not field.required:
            yield f"{type_}.{word}: the provider requires it"


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_table_has_the_words_of_the_provider(resource: str) -> None:
    found = list(compare(RESOURCES[resource].of, SCHEMAS["resources"][resource], set()))
    assert found == (
        ["CronJobSpec.timezone: the provider has no such word"] if resource == "kubernetes_cron_job" else []
    )
