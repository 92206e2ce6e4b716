"""What tests of written configurations share: a definition written, and what was written read again."""

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Workload
from isomorph.platforms.kubernetes.reader import read as read_kubernetes
from isomorph.platforms.kubernetes.writer import write as write_kubernetes
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.terraform.reader import read as read_terraform
from isomorph.platforms.terraform.writer import write
from tests.memory_context import memory_context, source

OPTIONS = WriteOptions(name="shop", secrets=True)
HEAD = 'terraform {\n  required_providers {\n    kubernetes = {\n      source  = "hashicorp/kubernetes"\n'


def define(application: Application, platform: str = "compose") -> Definition:
    """Give what a reader would."""
    return normalise(Definition(application, platform))


def of_container(**said: object) -> Application:
    """Give an application whose one workload, `web`, has one container."""
    container = Container(**said)  # type: ignore[arg-type]
    return Application(name="shop", workloads={"web": Workload("web", names=("web",), containers={"web": container})})


def files_of(written: Written) -> dict[str, str]:
    """Give the texts of what was written, by their paths."""
    return {file.path: str(file.content) for file in written.files}


def text_of(application: Application, platform: str = "compose", options: WriteOptions = OPTIONS) -> str:
    """Write an application; gives the main file after the block that every one begins with."""
    return files_of(write(define(application, platform), options))["main.tf"].partition("\n}\n")[2].strip("\n")


def read_back(files: tuple[OutputFile, ...]) -> Definition:
    """Read a written configuration."""
    context = memory_context({f"infra/{file.path}": file.content for file in files})
    return normalise(read_terraform(source("infra"), context))


def through_kubernetes(definition: Definition, options: WriteOptions = OPTIONS) -> Application:
    """Give what Kubernetes' reader makes of what its writer writes."""
    (file,) = write_kubernetes(definition, options).files
    return normalise(read_kubernetes(source("m.yaml"), memory_context({"m.yaml": file.content}))).application
