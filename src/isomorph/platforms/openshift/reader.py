"""An OpenShift definition to the model: what Kubernetes' reader reads, with Templates, DeploymentConfigs and Routes.

Options of a definition: `namespace`; `param` (NAME=VALUE) and `param-file` give the parameters of Templates, as
`oc process` takes them.
"""

from isomorph.model.application import Definition
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.controllers import Pods
from isomorph.platforms.kubernetes.reader import Member, collect, read_objects
from isomorph.platforms.kubernetes.reading import Objects, Reading
from isomorph.platforms.kubernetes.services import Offered
from isomorph.platforms.openshift.deployments import Prepared
from isomorph.platforms.openshift.keeping import PLATFORM, find_own, keep_others
from isomorph.platforms.openshift.known import GROUPS
from isomorph.platforms.openshift.parameters import read_given
from isomorph.platforms.openshift.routes import read_routes
from isomorph.platforms.openshift.templates import expand_templates, settle


def read(source: Source, context: Context) -> Definition:
    """Read manifests as `oc apply -f` takes them, Templates as `oc process` makes them.

    Raises InvalidInput for what the API server could not take either, with its position.
    """
    reading = Reading()
    objects = Objects(GROUPS)
    given = read_given(source, context)
    namespace = source.option("namespace")
    sources = (*collect(source, context, objects, reading), *given.files)
    unresolved = expand_templates(objects, namespace, given, reading)
    prepared = Prepared(objects, reading)

    def join(found: Objects, all_pods: list[Pods], services: dict[tuple[str, str], Offered], reading: Reading) -> None:
        prepared.finish(all_pods, unresolved, reading)
        read_routes(found, services, reading)
        keep_others(found, reading)

    member = Member(PLATFORM, find_own(objects), join)
    return settle(read_objects(objects, reading, sources, namespace, member), unresolved)
