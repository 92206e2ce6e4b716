"""Stack files to the model, as `docker stack deploy` understands them.

files --loading--> one tree --preparing--> Compose's form --compose's reader--> model --templates--> model. Options of a
definition: `file` (more files that are merged), `env-file` (loaded into the shell beforehand), `stack` (its name).
"""

from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.text import Text
from isomorph.model.workload import Container, Kind, Workload
from isomorph.platforms.compose.environment import Environment
from isomorph.platforms.compose.paths import folder_of
from isomorph.platforms.compose.reader import read_project
from isomorph.platforms.compose.reading import Reading, Rules
from isomorph.platforms.context import Context, Source
from isomorph.platforms.swarm import PLATFORM
from isomorph.platforms.swarm.loading import StackLoader, find_files, read_shell
from isomorph.platforms.swarm.preparing import Preparation
from isomorph.platforms.swarm.templates import read_templates

RULES = Rules(
    platform=PLATFORM,
    deployed=True,
    kinds={
        "replicated": Kind.SERVICE,
        "global": Kind.DAEMON,
        "replicated-job": Kind.JOB,
        "global-job": Kind.JOB,
    },
    exposures={"": "node", "ingress": "node", "host": "host"},
    raw_env_files=True,
)


def read(source: Source, context: Context) -> Definition:
    """Read a stack; raises InvalidInput with the position of what `docker stack deploy` would refuse."""
    paths = find_files(source, context)
    folder = "." if paths[0] == "-" else folder_of(paths[0])
    environment = read_shell(context, folder, tuple(source.options.get("env-file", ())))
    loader = StackLoader(context)
    root = loader.load(paths, environment, folder)
    if "services" not in root:
        raise InvalidInput("the stack file has no services", root.origin, "write them below `services:`")
    preparation = Preparation()
    reading = Reading(context, preparation.prepare(root), folder, environment, RULES)
    reading.diagnostics += preparation.diagnostics
    reading.extras += preparation.extras
    definition = read_project(reading, loader, source.option("stack"))
    application = _settle_variables(definition.application, environment)
    return replace(definition, application=application)


def _settle_variables(application: Application, environment: Environment) -> Application:
    """Fill in what the shell has for variables that are said to be empty, and tell templates from texts.

    The shell's value wins over an empty one (docker/cli, cli/compose/loader/loader.go, updateEnvironment).
    """

    def settle(name: str, text: Text) -> Text:
        if text == "" and environment.shell.get(name):
            return environment.shell[name]
        return read_templates(text)

    def settle_container(container: Container) -> Container:
        variables = {name: settle(name, text) for name, text in container.variables.items()}
        return container if variables == container.variables else replace(container, variables=variables)

    def settle_workload(workload: Workload) -> Workload:
        containers = {name: settle_container(container) for name, container in workload.containers.items()}
        return replace(workload, containers=containers)

    workloads = {key: settle_workload(workload) for key, workload in application.workloads.items()}
    return replace(application, workloads=workloads)
