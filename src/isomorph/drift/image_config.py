"""What only the image knows: its command, user, folder, ports and health check.

Two sources settle it where a definition leaves it to the image: an engine's `inspect` JSON (`--image-config FILE`, matched by
RepoTags and RepoDigests), and the Dockerfile of an image that is built. Of a Dockerfile's base, what is not given by an
`inspect` stays unknown.
"""

import posixpath
import re
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.image import Build, Image, complete_image, parse_image, print_image
from isomorph.model.origin import Origin
from isomorph.model.text import is_unresolved
from isomorph.model.workload import Container, Exec, Probe
from isomorph.platforms.context import Context
from isomorph.syntax.dockerfile import (
    Dockerfile,
    Instruction,
    expand,
    parse_dockerfile,
    parse_vector,
    split_flags,
    split_words,
)
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

_SHELL = ("/bin/sh", "-c")
_NANOSECONDS = 1_000_000
_DURATION = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)")
_UNITS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3, "h": 3600e3}


class ImageConfig(msgspec.Struct, frozen=True):
    """What an image brings. `None` is not known; `()`, `""` and `{}` are known to be empty.

    `command` is the ENTRYPOINT and `args` the CMD, both as vectors; `user` empty is root. `ports` are "number/protocol".
    `healthcheck` is a disabled probe where the image is known to bring none. Durations in milliseconds. `origin`: where
    this was read; `origins`: by field, the instruction that said it, where a Dockerfile did.
    """

    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    user: str | None = None
    group: str | None = None
    workdir: str | None = None
    ports: tuple[str, ...] | None = None
    env: dict[str, str | None] | None = None
    healthcheck: Probe | None = None
    stop_signal: str | None = None
    origin: Origin | None = None
    origins: dict[str, Origin] = {}

    def origin_of(self, field: str) -> Origin | None:
        """Give the place of a field: its instruction, else the whole file."""
        return self.origins.get(field, self.origin)


class ImageConfigs:
    """The images whose configuration was given, and the Dockerfiles that were read so far."""

    __slots__ = ("_built", "_by_name", "_context")

    def __init__(self, by_name: dict[str, ImageConfig], context: Context | None = None) -> None:
        self._by_name = by_name
        self._context = context
        self._built: dict[tuple[str, str, str, tuple[tuple[str, str | None], ...]], ImageConfig | None] = {}

    def find(self, image: Image) -> ImageConfig | None:
        """Give what was inspected of an image; a digest decides where there is one."""
        if not self._by_name or is_unresolved(image.repository) or (image.tag is not None and is_unresolved(image.tag)):
            return None
        complete = complete_image(image)
        if complete.digest:
            return self._by_name.get(print_image(msgspec.structs.replace(complete, tag=None)))
        return self._by_name.get(print_image(complete))

    def config_of(self, container: Container, folder: str = ".") -> ImageConfig | None:
        """Give what is known of a container's image: inspected, else built from a Dockerfile below `folder`.

        `folder` is that of the definition, from which a build's context is seen.
        """
        if container.image is not None:
            found = self.find(container.image)
            if found is not None:
                return found
        return self._of_build(container.build, folder) if container.build is not None else None

    def _of_build(self, build: Build, folder: str) -> ImageConfig | None:
        context = self._context
        if context is None or build.context is None or "://" in build.context or build.context.startswith("git@"):
            return None
        args = {name: value if isinstance(value, str) else None for name, value in build.args.items()}
        path = posixpath.normpath(posixpath.join(folder, build.context, build.dockerfile or "Dockerfile"))
        key = (path, build.target or "", folder, tuple(sorted(args.items())))
        if key not in self._built:
            self._built[key] = self._read_build(context, path, build.target, args)
        return self._built[key]

    def _read_build(
        self, context: Context, path: str, target: str | None, args: dict[str, str | None]
    ) -> ImageConfig | None:
        try:
            content = context.files.read_bytes(path) if context.files.is_file(path) else None
        except (InvalidInput, OSError):
            return None  # A context that may not be read is one that tells nothing.
        return None if content is None else read_dockerfile(parse_dockerfile(content, path), self, target, args)


def load_image_configs(files: list[str], context: Context) -> ImageConfigs:
    """Read `inspect` files: a list of images, or one; raises InvalidInput for what is none."""
    by_name: dict[str, ImageConfig] = {}
    for file in files:
        root = parse_one(context.read_input(file, what="image configuration"), file, Dialect.JSON).root
        data = to_data(root)
        items = data if isinstance(data, list) else [data]
        if not items or not all(isinstance(item, dict) for item in items):
            raise InvalidInput(
                "this is no image configuration", Origin(file), "give it what `docker inspect IMAGE` prints"
            )
        for item in items:
            config = _read_inspected(item, Origin(file))
            for name in _names_of(item, Origin(file)):
                by_name[name] = config
    return ImageConfigs(by_name, context)


def _names_of(item: dict[str, Any], origin: Origin) -> list[str]:
    """Give the complete names of an inspected image."""
    names = [name for key in ("RepoTags", "RepoDigests") for name in _strings(item.get(key)) if "<none>" not in name]
    if not names:
        hint = (
            "inspect the image, not the container" if "State" in item else "give the image a tag and inspect it again"
        )
        raise InvalidInput("this image configuration says no RepoTags and no RepoDigests", origin, hint)
    complete = [complete_image(parse_image(name)) for name in names]
    return [print_image(msgspec.structs.replace(image, tag=None) if image.digest else image) for image in complete]


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _read_inspected(item: dict[str, Any], origin: Origin) -> ImageConfig:
    config = item.get("Config") or item.get("config") or {}
    if not isinstance(config, dict):
        raise InvalidInput("`Config` of this image configuration is no mapping", origin, "inspect the image again")
    user, _, group = str(config.get("User") or "").partition(":")
    ports = config.get("ExposedPorts")
    env: dict[str, str | None] = {}
    for entry in _strings(config.get("Env")):
        name, _, env[name] = entry.partition("=")
    return ImageConfig(
        command=tuple(_strings(config.get("Entrypoint"))),
        args=tuple(_strings(config.get("Cmd"))),
        user=user,
        group=group or None,
        workdir=str(config.get("WorkingDir") or "/"),
        ports=tuple(_port(port) for port in ports) if isinstance(ports, dict) else (),
        env=env,
        healthcheck=_read_inspected_check(config.get("Healthcheck")),
        stop_signal=str(config.get("StopSignal") or "SIGTERM"),
        origin=origin,
    )


def _read_inspected_check(data: Any) -> Probe:
    """Read a health check; its times are in nanoseconds, and 0 is silence."""
    if not isinstance(data, dict):
        return Probe(disabled=True)
    test = tuple(_strings(data.get("Test")))
    if not test or test[0] == "NONE":
        return Probe(disabled=True)
    command = (*_SHELL, *test[1:]) if test[0] == "CMD-SHELL" else test[1:]
    return Probe(
        Exec(command),
        period=_milliseconds(data.get("Interval")),
        timeout=_milliseconds(data.get("Timeout")),
        grace=_milliseconds(data.get("StartPeriod")),
        failures=data.get("Retries") if isinstance(data.get("Retries"), int) and data["Retries"] > 0 else None,
    )


def _milliseconds(value: Any) -> int | None:
    return -(-value // _NANOSECONDS) if isinstance(value, int) and value > 0 else None


def _port(text: str) -> str:
    return text if "/" in text else f"{text}/tcp"


class _Stage:
    """A stage of a Dockerfile while its instructions are followed."""

    def __init__(self, base: ImageConfig, origin: Origin) -> None:
        self.fields: dict[str, Any] = {field: getattr(base, field) for field in ImageConfig.__struct_fields__}
        self.fields["origin"] = origin
        self.fields["origins"] = dict(base.origins)
        self.variables: dict[str, str | None] = dict(base.env or {})
        self.shell: tuple[str, ...] = _SHELL

    def config(self) -> ImageConfig:
        """Give what the stage has become."""
        return ImageConfig(**self.fields)


_SCRATCH = ImageConfig((), (), "", None, "/", (), {}, Probe(disabled=True), "SIGTERM")


def read_dockerfile(
    dockerfile: Dockerfile, configs: ImageConfigs, target: str | None, args: dict[str, str | None]
) -> ImageConfig | None:
    """Follow a Dockerfile to the stage `target`, else the last; None where there is no such stage."""
    stages: dict[str, _Stage] = {}
    outer: dict[str, str | None] = {}
    stage: _Stage | None = None
    name = ""
    count = 0
    for instruction in dockerfile.instructions:
        if instruction.name == "FROM":
            if stage is not None and target is not None and target.lower() in (name, str(count - 1)):
                return stage.config()
            base, name = _read_from(instruction, outer, stages, configs, dockerfile.escape)
            stage = _Stage(base, instruction.origin)
            if name:
                stages[name] = stage
            stages[str(count)] = stage
            count += 1
        elif stage is None:
            if instruction.name == "ARG":
                _read_args(instruction.rest, outer, {}, args, dockerfile.escape)
        else:
            _follow(instruction, stage, outer, args, dockerfile.escape)
    if stage is None or (target is not None and target.lower() not in (name, str(count - 1))):
        return None
    return stage.config()


def _read_from(
    instruction: Instruction,
    outer: dict[str, str | None],
    stages: dict[str, _Stage],
    configs: ImageConfigs,
    escape: str,
) -> tuple[ImageConfig, str]:
    """Give what a stage starts with, and its name."""
    _, rest = split_flags(instruction.rest)
    words = split_words(rest, escape)
    if not words:
        raise InvalidInput("FROM names no image", instruction.origin, "name the image that this stage builds on")
    name = words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else ""
    image = expand(words[0], outer, escape)
    if not image:
        return ImageConfig(), name
    before = stages.get(image.lower())
    if before is not None:
        return before.config(), name
    if image == "scratch":
        return _SCRATCH, name
    return configs.find(parse_image(image)) or ImageConfig(), name


def _read_args(
    rest: str, into: dict[str, str | None], outer: dict[str, str | None], args: dict[str, str | None], escape: str
) -> None:
    """Declare build arguments: what the build gives, else the default, else what stands before the first FROM, else unknown."""
    for word in split_words(rest, escape):
        name, equals, default = word.partition("=")
        if name in args:
            into[name] = args[name]
        elif equals:
            into[name] = expand(default, into, escape)
        else:
            into[name] = outer.get(name)


#: The fields that an instruction says.
_SAID_BY: dict[str, tuple[str, ...]] = {
    "ENTRYPOINT": ("command", "args"),
    "CMD": ("args",),
    "USER": ("user", "group"),
    "WORKDIR": ("workdir",),
    "EXPOSE": ("ports",),
    "STOPSIGNAL": ("stop_signal",),
    "HEALTHCHECK": ("healthcheck",),
}


def _follow(
    instruction: Instruction, stage: _Stage, outer: dict[str, str | None], args: dict[str, str | None], escape: str
) -> None:
    """Take one instruction into account."""
    fields, rest = stage.fields, instruction.rest
    for field in _SAID_BY.get(instruction.name, ()):
        fields["origins"][field] = instruction.origin
    match instruction.name:
        case "ARG":
            _read_args(rest, stage.variables, outer, args, escape)
        case "ENV":
            _read_env(rest, stage, escape)
        case "SHELL":
            stage.shell = parse_vector(rest) or stage.shell
        case "ENTRYPOINT":
            fields["command"] = _to_vector(rest, stage)
            fields["args"] = ()  # A new entrypoint clears the CMD of the base.
        case "CMD":
            fields["args"] = _to_vector(rest, stage)
        case "USER":
            user = expand(rest, stage.variables, escape)
            name, _, group = (user or "").partition(":")
            fields["user"], fields["group"] = (name or None) if user else None, group or None
        case "WORKDIR":
            folder = expand(rest, stage.variables, escape)
            if folder is not None and not folder.startswith("/"):
                before = fields["workdir"]
                folder = posixpath.normpath(posixpath.join(before, folder)) if before is not None else None
            fields["workdir"] = folder
        case "EXPOSE":
            ports = [expand(word, stage.variables, escape) for word in split_words(rest, escape)]
            known = [_port(port.lower()) for port in ports if port]
            fields["ports"] = tuple(dict.fromkeys((*(fields["ports"] or ()), *known)))
        case "STOPSIGNAL":
            fields["stop_signal"] = expand(rest, stage.variables, escape)
        case "HEALTHCHECK":
            fields["healthcheck"] = _read_check(instruction, stage)


def _to_vector(rest: str, stage: _Stage) -> tuple[str, ...]:
    """Give the vector of a command: exec form as it is, shell form by the shell."""
    vector = parse_vector(rest)
    return vector if vector is not None else (*stage.shell, rest)


def _read_env(rest: str, stage: _Stage, escape: str) -> None:
    words = split_words(rest, escape)
    env: dict[str, str | None] = dict(stage.fields["env"] or {})
    if words and "=" not in words[0]:
        name, _, value = rest.partition(" ")  # The old form: one variable, the rest of the line its value.
        pairs = [(name, value.strip())]
    else:
        pairs = [(word.partition("=")[0], word.partition("=")[2]) for word in words]
    before = dict(stage.variables)
    for name, value in pairs:
        env[name] = stage.variables[name] = expand(value, before, escape)
    stage.fields["env"] = env


def _read_check(instruction: Instruction, stage: _Stage) -> Probe | None:
    flags, rest = split_flags(instruction.rest)
    word, _, command = rest.partition(" ")
    if word.upper() == "NONE":
        return Probe(disabled=True)
    if word.upper() != "CMD":
        raise InvalidInput("HEALTHCHECK is followed by CMD or NONE", instruction.origin, "write HEALTHCHECK CMD …")
    retries = flags.get("retries", "")
    return Probe(
        Exec(_to_vector(command.strip(), stage)),
        period=_parse_duration(flags.get("interval")),
        timeout=_parse_duration(flags.get("timeout")),
        grace=_parse_duration(flags.get("start-period")),
        failures=int(retries) if retries.isdecimal() and len(retries) < 9 and int(retries) else None,
    )


def _parse_duration(text: str | None) -> int | None:
    """Give a Go duration in milliseconds; None for silence, for 0 and for what is none."""
    if not text:
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text[:64]))
    return round(total) or None
