"""What a program gave when it ran last, for those who must not run it: checks compare, and change nothing."""

from isomorph.model.text import Placeholder, Text
from isomorph.provisioning.contract import Provisioner, Request, Result
from isomorph.provisioning.entry import Entry
from isomorph.provisioning.references import join_path
from isomorph.provisioning.state import EnvironmentState


class RecordedProvisioner(Entry, kw_only=True):
    """Stands for a provisioner that is a program: answers with the outputs that the state keeps.

    Of a resource that was never provisioned every output that somebody asks for is unresolved.
    """

    environment: EnvironmentState

    def provision(self, request: Request) -> Result:
        """Give what is known of the resource."""
        known = self.environment.resources.get(request.resource.uid)
        if known is None or known.provisioner != self.uri:
            return Result(references={name: _unknown(request.resource.uid, name) for name in sorted(request.asked)})
        secrets = frozenset(join_path(place[1:]) for place in known.secrets if place[:1] == ("outputs",))
        return Result(outputs=known.outputs, state=known.state, secrets=secrets)


def _unknown(uid: str, name: str) -> Text:
    return (Placeholder(f"{uid}.{name}"),)


def stand_in(provisioners: list[Provisioner], environment: EnvironmentState) -> list[Provisioner]:
    """Give the provisioners with every program replaced by what it gave before."""
    from isomorph.provisioning.command import CommandProvisioner

    return [_stand_in(each, environment) if isinstance(each, CommandProvisioner) else each for each in provisioners]


def _stand_in(provisioner: Entry, environment: EnvironmentState) -> RecordedProvisioner:
    said = {name: getattr(provisioner, name) for name in Entry.__struct_fields__}
    return RecordedProvisioner(**said, environment=environment)
