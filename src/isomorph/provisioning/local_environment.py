"""`local-env://`: outputs that Compose itself reads from the environment, or an .env file, when it runs."""

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder
from isomorph.provisioning.contract import Request, Result
from isomorph.provisioning.entry import SHARED_KEYS, Entry, EntryNode


class LocalEnvironmentProvisioner(Entry, kw_only=True):
    """Answers every output `NAME` that is asked for with the placeholder `${NAME}`."""

    def provision(self, request: Request) -> Result:
        """Give the outputs that references ask for; raises InvalidInput for parameters and for what is no variable."""
        resource = request.resource
        if resource.parameters:
            raise InvalidInput(f"{resource.uid} takes no params", resource.origin, "remove them")
        for name in sorted(request.asked):
            if not is_variable_name(name):
                hint = "a name has letters, digits and `_`, and begins with no digit"
                raise InvalidInput(f"{name!r}, asked of {resource.uid}, is no variable", resource.origin, hint)
        return Result(outputs={name: Placeholder(f"${{{name}}}", name) for name in sorted(request.asked)})


def is_variable_name(name: str) -> bool:
    """Tell whether Compose reads `${NAME}` as a variable."""
    return name.isascii() and name.isidentifier()


def read_local_environment(entry: EntryNode, platform: str) -> LocalEnvironmentProvisioner:
    """Read an entry whose scheme is `local-env`; raises InvalidInput for a platform that reads no environment."""
    entry.check_keys(SHARED_KEYS, {})
    if platform != "compose":
        message = f"local-env:// serves Compose only: nothing reads an environment for {platform}"
        raise InvalidInput(message, entry.node["uri"].origin, "write a template that gives the outputs")
    return LocalEnvironmentProvisioner(**entry.head())
