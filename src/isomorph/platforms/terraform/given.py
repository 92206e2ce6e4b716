"""What is given to the variables of a root module, the later over the earlier.

The shell's TF_VAR_NAME, terraform.tfvars, terraform.tfvars.json, *.auto.tfvars and *.auto.tfvars.json by their names, then the
options `var-file` and `var`. Source: https://developer.hashicorp.com/terraform/language/values/variables
"""

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.platforms.context import Context, Source
from isomorph.syntax.hcl.scope import Given, given_by_argument, given_by_environment
from isomorph.syntax.hcl.variables import read_variable_file

ENVIRONMENT = "TF_VAR_"

_DEFAULT = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")


class GivenValues:
    """The values by the names of variables, and the files that they are in; `strict` are those that must be declared."""

    def __init__(self) -> None:
        self.values: dict[str, Given] = {}
        self.sources: list[str] = []
        self.strict: dict[str, Given] = {}

    def add_file(self, path: str, context: Context) -> None:
        self.values |= read_variable_file(context.read_input(path, what="variable file"), path)
        self.sources.append(path)

    def check(self, declared: object) -> list[Diagnostic]:
        """Refuse an option for a variable that is not declared, and tell such values of files, as Terraform does."""
        assert isinstance(declared, dict)
        told = []
        for name, given in self.values.items():
            if name in declared or given.from_environment:
                continue
            if name in self.strict:
                message = f"a value is given to variable {name}, which is not declared"
                hint = f'add `variable "{name}" {{ … }}`, or correct the name'
                raise InvalidInput(message, given.origin, hint)
            message = f"variable {name} has a value here, and is declared nowhere"
            told.append(Diagnostic("ignored", message, given.origin))
        return told


def read_given(source: Source, folder: str, context: Context) -> GivenValues:
    """Gather what is given; a `var-file` is a path from the current folder, or from that of the configuration."""
    given = GivenValues()
    given.values |= given_by_environment(context.environment, ENVIRONMENT)
    names = context.files.list_folder(folder or ".")
    automatic = sorted(name for name in names if name.endswith(_AUTOMATIC))
    for name in (*(each for each in _DEFAULT if each in names), *automatic):
        path = f"{folder}/{name}" if folder else name
        if context.files.is_file(path):
            given.add_file(path, context)
    for path in source.options.get("var-file", ()):
        beside = f"{folder}/{path}" if folder and not path.startswith("/") else path
        given.add_file(beside if not context.files.is_file(path) and context.files.is_file(beside) else path, context)
    for text in source.options.get("var", ()):
        name, value = given_by_argument(text)
        given.values[name] = given.strict[name] = value
    return given
