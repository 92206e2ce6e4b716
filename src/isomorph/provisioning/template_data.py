"""What a template or program is told of a resource, and how it spells a reference to a Secret.

Reference tools write one into the middle of a string, as `🔐💬NAME_KEY💬🔐`, and so it stands in parameters, outputs and
the state; it is parsed where an output becomes a text.
"""

from typing import Any

from isomorph.provisioning.contract import Request, WorkloadService

OPEN, CLOSE = "🔐💬", "💬🔐"


def encode_secret_reference(name: str, key: str) -> str:
    """Spell a reference to a key of a Secret; a Secret's name holds no `_`, so the first one ends it."""
    if not name or "_" in name or not key:
        raise ValueError(f"no name and key of a Secret: {name!r}, {key!r}")
    return f"{OPEN}{name}_{key}{CLOSE}"


def has_secret_reference(value: Any) -> bool:
    """Tell whether plain data holds the spelling of a reference anywhere."""
    if isinstance(value, str):
        return OPEN in value
    if isinstance(value, dict):
        return any(has_secret_reference(item) for item in value.values())
    return isinstance(value, list) and any(has_secret_reference(item) for item in value)


def patch_shared(shared: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Give the shared state after a patch: mappings are merged, None deletes (RFC 7386); neither argument is changed."""
    merged = dict(shared)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            before = merged.get(key)
            merged[key] = patch_shared(before if isinstance(before, dict) else {}, value)
        else:
            merged[key] = value
    return merged


class TemplateData(dict[str, Any]):
    """The fields of a template's `.`: like Go's struct, and unlike a mapping, it has no field that is not listed."""

    def __gotemplate_lookup__(self, field: str) -> Any:  # The name under which gotpl asks.
        if field in self:
            return self[field]
        from gotpl.errors import TemplateExecutionError

        raise TemplateExecutionError(f"there is no field .{field}; there are {', '.join('.' + name for name in self)}")


def to_template_data(request: Request, services: dict[str, Any]) -> TemplateData:
    """Give the data of a resource's templates for the request's platform; `Init` is empty until it is rendered.

    `services` are the request's, in the templates' form: they are as many as workloads, so they are not made for each resource.
    """
    resource, target = request.resource, request.target
    data = TemplateData(
        Uid=resource.uid,
        Type=resource.type,
        Class=resource.class_,
        Id=resource.id,
        Params=resource.parameters,
        Metadata=resource.metadata,
        Init={},
        State=request.state,
        Shared=request.shared,
        SourceWorkload=resource.workload,
        WorkloadServices=services,
    )
    if target.family == "compose":
        data["ComposeProjectName"] = target.project
        data["MountsDirectory"] = target.mounts
    else:
        data["Guid"] = request.guid
        data["Namespace"] = target.namespace
    return data


def copy_plain(value: Any) -> Any:
    """Copy plain data for templates that change what they are given."""
    if isinstance(value, dict):
        return {key: copy_plain(item) for key, item in value.items()}
    return [copy_plain(item) for item in value] if isinstance(value, list) else value


def to_template_services(services: dict[str, WorkloadService]) -> dict[str, Any]:
    """Give the workloads' services with Go's field names; ports stand under their name and, where free, their number."""
    return {
        workload: {
            "ServiceName": service.name,
            "Ports": _by_name_and_number(
                {
                    name: {"Name": port.name, "Port": port.port, "TargetPort": port.target, "Protocol": port.protocol}
                    for name, port in service.ports.items()
                },
                "Port",
            ),
        }
        for workload, service in services.items()
    }


def to_program_input(request: Request) -> dict[str, Any]:
    """Give what a program reads on its standard input.

    Empty collections are `{}` where Go writes `null` for some; `ServiceName` has no other name in Go's JSON.
    """
    resource, target = request.resource, request.target
    data: dict[str, Any] = {
        "resource_uid": resource.uid,
        "resource_type": resource.type,
        "resource_class": resource.class_,
        "resource_id": resource.id,
        "resource_params": resource.parameters,
        "resource_metadata": resource.metadata,
        "source_workload": resource.workload,
        "workload_services": {
            workload: {"ServiceName": service.name, "ports": _program_ports(service)}
            for workload, service in request.services.items()
        },
        "resource_state": request.state,
        "shared_state": request.shared,
    }
    if target.family == "compose":
        data["compose_project_name"] = target.project
        data["mount_directory_path"] = target.mounts
    else:
        data["resource_guid"] = request.guid
        data["namespace"] = target.namespace
    return data


def _program_ports(service: WorkloadService) -> dict[str, Any]:
    return _by_name_and_number(
        {
            name: {"name": port.name, "port": port.port, "target_port": port.target, "protocol": port.protocol}
            for name, port in service.ports.items()
        },
        "port",
    )


def _by_name_and_number(ports: dict[str, Any], number: str) -> dict[str, Any]:
    """Add every port under its number too, unless a port has that for its name; of two with one number the first."""
    table = dict(ports)
    for port in ports.values():
        table.setdefault(str(port[number]), port)
    return table
