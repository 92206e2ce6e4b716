"""aws_ecs_task_definition and aws_ecs_service: a workload for each service, and for each task that no service runs.

Sources: website/docs/r/ecs_task_definition and ecs_service of hashicorp/aws, and the developer guide of ECS. Under `awsvpc` a
task has an address of its own, under `host` that of its machine, and under `bridge` a port of the machine leads to it. A load
balancer leads to what its listeners say; peers know a service by what Service Connect or service discovery call it.
"""

import re

from msgspec.structs import replace

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder
from isomorph.model.workload import Compute, Container, Exposure, Kind, Port, Restart, Route, Scale, Schedule, Workload
from isomorph.platforms.terraform.encoded import decode_argument
from isomorph.platforms.terraform.module import Module, Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.ecs_containers import CPU_UNITS, order_containers, read_container
from isomorph.platforms.terraform.workloads.joining import add
from isomorph.platforms.terraform.workloads.listeners import find_listeners, read_rules
from isomorph.platforms.terraform.workloads.tables import MIB, Part, resource_of
from isomorph.syntax.hcl.body import FileText
from isomorph.syntax.tree import Mapping, Scalar, Sequence

TASK, SERVICE = "aws_ecs_task_definition", "aws_ecs_service"

_UNITS = {"vcpu": CPU_UNITS, "gb": 1024}
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)")


class Tasks:
    """The tasks and services of a configuration."""

    def __init__(self, module: Module, reading: Reading) -> None:
        self.module = module
        self.reading = reading

    def read(self, workloads: dict[str, Workload]) -> None:
        """Read the services, and the tasks that none of them runs."""
        by_type: dict[str, list[Resource]] = {}
        for each in self.module.resources:
            by_type.setdefault(each.type, []).append(each)
        tasks = [each for each in by_type.get(TASK, []) if each.mode == "managed"]
        used: set[str] = set()
        for service in by_type.get(SERVICE, []):
            task = self._task_of(service, tasks)
            if service.mode != "managed":
                continue
            self.reading.read.add(service.address)
            if task is None:
                part = Part(self.reading, service.body, ())
                message = f"the task definition of {service.address} is not in this configuration"
                self.reading.say("missing-reference", message, part.place("task_definition"))
                continue
            used.add(task.address)
            self._add(_Task(self, task, service, by_type), workloads)
        for task in tasks:
            self.reading.read.add(task.address)
            if task.address not in used:
                self._add(_Task(self, task, None, by_type), workloads)

    def _task_of(self, service: Resource, tasks: list[Resource]) -> Resource | None:
        for link in service.links:
            if link.path == ("task_definition",):
                found = self.module.find(link.address)
                if isinstance(found, Resource) and found.type == TASK:
                    return found
        said = (Part(self.reading, service.body, ()).word("task_definition") or "").rpartition("/")[2].partition(":")[0]
        return next((each for each in tasks if Part(self.reading, each.body, ()).word("family") == said), None)

    def _add(self, task: "_Task", workloads: dict[str, Workload]) -> None:
        workload = task.read()
        if workload is not None:
            add(workload, task.origin, workloads, self.reading)


class _Task:
    """One task definition as one service runs it."""

    def __init__(
        self, tasks: Tasks, task: Resource, service: Resource | None, by_type: dict[str, list[Resource]]
    ) -> None:
        self.reading = tasks.reading
        self.module = tasks.module
        self.by_type = by_type
        self.resource = task
        self.service_resource = service
        named = Part(self.reading, (service or task).body, ())
        self.name = named.word("name" if service is not None else "family") or (service or task).name
        self.path = ("workloads", self.name)
        self.part = Part(self.reading, task.body, self.path)
        self.service = Part(self.reading, service.body, self.path) if service is not None else None
        self.origin = (service or task).origin
        self.mode = self.part.word("network_mode") or "bridge"

    def read(self) -> Workload | None:
        parts = self._definitions()
        if parts is None:
            return None
        self.part.note(self.origin)
        volumes = self._volumes()
        containers = {name: read_container(part, volumes) for name, part in parts.items()}
        containers = self._share(order_containers(parts, containers))
        labels: dict[str, str] = {}
        for part in parts.values():
            node = part.node.get("dockerLabels")
            if isinstance(node, Mapping):
                labels.update({key: each.text for key, each in node.items() if isinstance(each, Scalar)})
        schedule = self._schedule() if self.service is None else None
        kind = self._kind(schedule)
        workload = Workload(
            name=self.name,
            kind=kind,
            schedule=schedule,
            containers=containers,
            ports=self._ports(parts),
            routes=self._routes(),
            names=self._names(),
            scale=self._scale(kind),
            restart=Restart("never") if self.service is None else None,
            host_namespaces=self._host_namespaces(),
            labels=labels,
        )
        self.part.asked |= {"family", "arn", "revision", "id", "container_definitions", "tags", "tags_all"}
        self.part.keep_rest(TASK)
        if self.service is not None:
            self.service.asked |= {"name", "task_definition", "id", "tags", "tags_all", "cluster", "depends_on"}
            self.service.keep_rest(SERVICE)
        return workload

    def _definitions(self) -> dict[str, Part] | None:
        """Give the container definitions by name, None where only an apply tells them."""
        node = self.part.find("container_definitions")
        tree = decode_argument(node, "json") if node is not None else None
        if isinstance(node, FileText):
            self.reading.sources.append(node.file)
        if not isinstance(tree, Sequence):
            place = self.part.place("container_definitions")
            message = f"the containers of {self.resource.address} are not settled; it was not read"
            self.reading.say("known-after-apply", message, place)
            return None
        found: dict[str, Part] = {}
        for item in tree:
            if not isinstance(item, Mapping):
                raise InvalidInput("a container definition is a mapping", item.origin, "write name, image and the rest")
            name = Part(self.reading, item, ()).word("name")
            if not name:
                raise InvalidInput("this container has no name", item.origin, "add `name`")
            if name in found:
                raise InvalidInput(f"two containers are named {name}", item.origin, "rename one of them")
            found[name] = Part(self.reading, item, (*self.path, "containers", name))
        return found

    def _kind(self, schedule: Schedule | None) -> Kind:
        if self.service is None:
            return Kind.JOB if schedule is None else Kind.SCHEDULED
        return Kind.DAEMON if self.service.word("scheduling_strategy") == "DAEMON" else Kind.SERVICE

    def _schedule(self) -> Schedule | None:
        """Give when a rule of EventBridge runs the task; a rate has no cron expression."""
        for target in self.by_type.get("aws_cloudwatch_event_target", []):
            if not any(link.address == self.resource.address for link in target.links):
                continue
            for link in target.links:
                rule = self.module.find(link.address)
                if isinstance(rule, Resource) and rule.type == "aws_cloudwatch_event_rule":
                    part = Part(self.reading, rule.body, self.path)
                    found = _CRON.fullmatch(part.word("schedule_expression", "schedule") or "")
                    self.reading.read |= {target.address, rule.address}
                    if found is not None:
                        return Schedule(" ".join("*" if each == "?" else each for each in found.groups()), "Etc/UTC")
        return None

    def _volumes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for block in self.part.parts("volume"):
            name = block.word("name")
            if not name:
                continue
            key = f"{self.name}/{name}"
            host = block.word("host_path")
            shared = block.part("docker_volume_configuration")
            efs = block.part("efs_volume_configuration")
            if host:
                volume = Volume("host", host_path=host)
            elif efs is not None:
                volume = Volume("persistent", external=True)
                efs.path = ("volumes", key)
                efs.keep_rest("efs_volume_configuration")
            elif shared is not None and shared.word("scope") == "shared":
                volume = Volume("persistent")
            else:
                volume = Volume("ephemeral")
            self.reading.volumes[key] = volume
            self.reading.origins["volumes", key] = block.node.origin
            found[name] = key
        return found

    def _share(self, containers: dict[str, Container]) -> dict[str, Container]:
        """Hold the one container of a task to what the task is given as a whole."""
        total: dict[str, int | Placeholder] = {}
        for name, factor, unit in (("cpu", 1000, "vcpu"), ("memory", MIB, "gb")):
            amount = self._task_amount(name, factor, unit)
            if amount is not None:
                total[name] = amount if name == "memory" or isinstance(amount, Placeholder) else -(-amount // CPU_UNITS)
        if len(containers) != 1 or not total:
            self.part.asked -= {"cpu", "memory"}
            return containers
        ((name, container),) = containers.items()
        limits = {**total, **(container.compute.limits or {})}
        for key in total:
            if key not in (container.compute.limits or {}):
                self.part.note(self.part.place(key), "containers", name, "compute", "limits", key)
        return {name: replace(container, compute=Compute(container.compute.requests, limits))}

    def _task_amount(self, name: str, factor: int, unit: str) -> int | Placeholder | None:
        """Give the task's cpu or memory: in units, or as `.5 vCPU` and `1 GB`."""
        said = (self.part.word(name) or "").lower().replace(" ", "")
        if said.endswith(unit):
            node = self.part.node[name]
            text = said.removesuffix(unit)
            part = Part(
                self.reading, Mapping(node.origin, {name: Scalar(node.origin, text, text, False)}, {}), self.path
            )
            return part.amount(name, factor * _UNITS[unit])
        return self.part.amount(name, factor)

    def _ports(self, parts: dict[str, Part]) -> dict[str, Port]:
        found: dict[str, Port] = {}
        led = self._led_to()
        offered = self._offered()
        for container, part in parts.items():
            for entry in part.parts("portMappings"):
                number = entry.port("containerPort")
                if number is None:
                    continue
                protocol = (entry.word("protocol") or "tcp").lower()
                name = entry.word("name")
                exposures = [*self._host_port(entry)]
                exposures += [Exposure("load-balancer", port) for port in led.get((container, number), ())]
                key = f"{number}/{protocol}"
                is_offered = offered is True or (isinstance(offered, set) and name in offered)
                found[key] = Port(number, number, protocol, name, is_offered or bool(exposures), tuple(exposures))
                self.part.note(entry.node, "ports", key)
        return found

    def _host_port(self, entry: Part) -> list[Exposure]:
        """Give how a port of the machine leads to a task, which under `awsvpc` none does."""
        host = entry.number("hostPort")
        if self.mode in ("awsvpc", "host", "none"):
            return []
        return [Exposure("host", host or None)]

    def _led_to(self) -> dict[tuple[str, int], list[int | None]]:
        """Give the ports of load balancers that lead to a container's port: those of the listeners of its target group."""
        found: dict[tuple[str, int], list[int | None]] = {}
        for container, port, group in self._targeted():
            listeners = [] if group is None else find_listeners(self.module, self.by_type, group)
            ports = [Part(self.reading, each.body, ()).port("port") for each in listeners]
            found.setdefault((container, port), []).extend(ports or [None])
        return found

    def _targeted(self) -> list[tuple[str, int, Resource | None]]:
        """Give the containers' ports to which load balancers lead, with their target groups."""
        found: list[tuple[str, int, Resource | None]] = []
        for block in self.service.parts("load_balancer") if self.service is not None else ():
            port = block.port("container_port")
            group = resource_of(self.reading, block.find("target_group_arn"))
            if port is not None:
                found.append((block.word("container_name") or "", port, group[0] if group is not None else None))
        return found

    def _routes(self) -> dict[str, Route]:
        found: dict[str, Route] = {}
        for _, port, group in self._targeted():
            if group is not None:
                found.update(read_rules(self.reading, self.by_type, group, port, self.path))
        return found

    def _offered(self) -> bool | set[str | None]:
        """Give the names of ports that peers are led to; True where service discovery leads to all of them."""
        if self.service is None:
            return False
        if self.service.parts("service_registries"):
            return True
        connect = self.service.part("service_connect_configuration")
        return {each.word("port_name") for each in connect.parts("service")} if connect is not None else False

    def _names(self) -> tuple[str, ...]:
        if self.service is None:
            return ()
        names: dict[str, None] = {}
        connect = self.service.part("service_connect_configuration")
        for each in connect.parts("service") if connect is not None else ():
            aliases = [alias.word("dns_name") for alias in each.parts("client_alias")]
            names.update(dict.fromkeys(name for name in (*aliases, each.word("discovery_name")) if name))
            if not names and (port := each.word("port_name")):
                names[port] = None
        for each in self.service.parts("service_registries"):
            registered = resource_of(self.reading, each.find("registry_arn"))
            if registered is not None:
                names.update(dict.fromkeys(self._discovered(registered[0])))
        return tuple(names)

    def _discovered(self, resource: Resource) -> list[str]:
        """Give the name that service discovery has for a service, in its domain where that is known."""
        name = Part(self.reading, resource.body, ()).word("name")
        if not name:
            return []
        for link in resource.links:
            found = self.module.find(link.address)
            domain = Part(self.reading, found.body, ()).word("name") if isinstance(found, Resource) else None
            if domain and isinstance(found, Resource) and found.type.startswith("aws_service_discovery_"):
                return [f"{name}.{domain}"]
        return [name]

    def _host_namespaces(self) -> tuple[str, ...]:
        found = ["network"] if self.mode == "host" else []
        found += [word for word, field in (("pid", "pid_mode"), ("ipc", "ipc_mode")) if self.part.word(field) == "host"]
        return tuple(found)

    def _scale(self, kind: Kind) -> Scale:
        if self.service is None or kind is Kind.DAEMON:
            return Scale()
        replicas = self.service.amount("desired_count", 1, "scale", "replicas")
        scale = Scale(0 if replicas is None else replicas)
        for target in self.by_type.get("aws_appautoscaling_target", []):
            if not any(link.address == self.service_resource.address for link in target.links if self.service_resource):
                continue
            self.reading.read.add(target.address)
            part = Part(self.reading, target.body, self.path)
            minimum, maximum = (
                part.number("min_capacity", "scale", "minimum"),
                part.number("max_capacity", "scale", "maximum"),
            )
            scale = replace(scale, minimum=minimum, maximum=maximum, targets=self._targets(target))
        return scale

    def _targets(self, target: Resource) -> dict[str, int]:
        words = {"ECSServiceAverageCPUUtilization": "cpu", "ECSServiceAverageMemoryUtilization": "memory"}
        found: dict[str, int] = {}
        for policy in self.by_type.get("aws_appautoscaling_policy", []):
            if not any(link.address == target.address for link in policy.links):
                continue
            block = Part(self.reading, policy.body, self.path).part("target_tracking_scaling_policy_configuration")
            metric = block.part("predefined_metric_specification") if block is not None else None
            word = words.get(metric.word("predefined_metric_type") or "") if metric is not None else None
            value = block.number("target_value") if block is not None and word else None
            if word and value is not None:
                found[word] = value
                self.reading.read.add(policy.address)
        return found
