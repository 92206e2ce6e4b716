"""What a container runs: command and arguments as vectors, working directory, and how it is stopped."""

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.outside import compare_outside
from isomorph.drift.reasons import SERVICE_DISCOVERY
from isomorph.drift.secret_values import compare_values, secrets_in, tell_values
from isomorph.drift.spelling import normal_path, print_duration, print_vector
from isomorph.drift.texts import show_text, text_key, what_settles
from isomorph.drift.verdicts import DRIFT, EXPECTED, Pair
from isomorph.model.secrecy import MASK, is_secret_name, mask_text
from isomorph.model.text import SecretValue, Text

if TYPE_CHECKING:
    from isomorph.drift.image_config import ImageConfig

_CLEARED_BY_EMPTY = frozenset(("compose",))
"""Platforms on which an empty command clears the image's entrypoint; elsewhere empty is as if not said."""

_STOPS_AS_ONE = frozenset(("kubernetes",))
"""Platforms that give all containers of a workload one time to stop (terminationGracePeriodSeconds)."""

_OPTION = re.compile(r"(-{1,2}[A-Za-z0-9_.-]+|[A-Za-z_][A-Za-z0-9_.-]*)(=(.*))?", re.DOTALL)


def read_process(place: Place) -> None:
    """Add the facts on a container's process, but for its vectors, which are judged together."""
    container = place.container
    assert container is not None
    if container.workdir is not None:
        path = (*place.base, "workdir")
        place.facts["process.workdir", ""] = Fact(normal_path(container.workdir), path, "process.workdir")
    if container.stop_signal is not None:
        path = (*place.base, "stop_signal")
        place.facts["process.stop-signal", ""] = Fact(normal_signal(container.stop_signal), path, "process.stop-signal")
    if container.stop_grace is not None:
        path = (*place.base, "stop_grace")
        place.facts["process.stop-grace", ""] = Fact(
            print_duration(container.stop_grace), path, "process.stop-grace", container.stop_grace
        )


_SIGNALS = {"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "6": "SIGABRT", "9": "SIGKILL", "10": "SIGUSR1"}
_SIGNALS |= {"12": "SIGUSR2", "15": "SIGTERM", "28": "SIGWINCH"}


def normal_signal(signal: str) -> str:
    """Give a signal's name in full: `TERM`, `sigterm` and `15` are `SIGTERM`."""
    upper = signal.upper()
    return _SIGNALS.get(upper) or (upper if upper.startswith("SIG") else f"SIG{upper}")


def weigh_process(pair: Pair, scope: Scope) -> None:
    """Judge both sides' processes.

    Where both replace the image's entrypoint by another, command and arguments are one vector under `process.command`, since
    it does not matter where the one ends and the other begins.
    """
    a, b = scope.sides
    if _is_plainly_same(a, b):
        pair.equal += 1
    else:
        _weigh_vectors(pair, scope)
    for rule in ("process.workdir", "process.stop-signal"):
        key = (rule, "")
        ours, theirs = a.facts.get(key), b.facts.get(key)
        if ours is None and theirs is None:
            pair.weigh_silence(scope, rule, "")
        else:
            pair.weigh(scope, rule, "", ours, theirs)


def _is_plainly_same(a: Place, b: Place) -> bool:
    """Tell whether both sides say the same two vectors, without a reference in them."""
    ours, theirs = a.container, b.container
    assert ours is not None
    assert theirs is not None
    if ours.command != theirs.command or ours.args != theirs.args:
        return False
    if a.image is not None or b.image is not None:
        return False
    return all(isinstance(word, str) for word in (*(ours.command or ()), *(ours.args or ())))


def _weigh_vectors(pair: Pair, scope: Scope) -> None:
    a, b = scope.sides
    commands = [_vector(place, "command") for place in (a, b)]
    arguments = [_vector(place, "args") for place in (a, b)]
    if a.image is not None or b.image is not None:
        _fill_vectors(scope, commands, arguments)
    if commands[0] is not None and commands[1] is not None and not _differ_in_arguments(commands, arguments):
        joined = [_joined(commands[0], arguments[0]), _joined(commands[1], arguments[1])]
        _weigh_words(pair, scope, "process.command", _pointed(joined[0], joined[1]), _pointed(joined[1], joined[0]))
    else:
        _weigh_words(pair, scope, "process.command", *commands)
        _weigh_words(pair, scope, "process.args", *arguments)


def _differ_in_arguments(commands: list[Fact | None], arguments: list[Fact | None]) -> bool:
    """Tell whether both sides run one command, with other arguments."""
    (command, other), (mine, yours) = commands, arguments
    if command is None or other is None or mine is None or yours is None:
        return False
    return bool(command.key == other.key and mine.key != yours.key)


def _weigh_words(pair: Pair, scope: Scope, rule: str, a: Fact | None, b: Fact | None) -> None:
    """Judge a vector; two that are the same but for what stores hold, by those values."""
    if a is not None and b is not None and a.key == b.key:
        tell_values(pair, scope, rule, "", (a, b), (a.key.secrets, b.key.secrets))
    elif a is None or b is None or not _weigh_outside(pair, scope, rule, a, b):
        pair.weigh(scope, rule, "", a, b)


def _weigh_outside(pair: Pair, scope: Scope, rule: str, a: Fact, b: Fact) -> bool:
    """Judge two vectors that differ only in what is outside of both definitions; False where they differ in more."""
    mine, yours = a.key, b.key
    if len(mine.words) != len(yours.words):
        return False
    detail = compare_outside(pair.a, pair.b, zip(mine.words, yours.words, strict=True))
    if detail is None or compare_values(pair.a, mine.secrets, pair.b, yours.secrets) is DRIFT:
        return False
    if detail:
        pair.tell(scope, rule, "", a, b, EXPECTED, f"{SERVICE_DISCOVERY}: {detail}")
    else:
        pair.equal += 1
    return True


def weigh_stop_grace(pair: Pair, scopes: list[Scope]) -> None:
    """Judge the time that the containers of a workload are given to stop.

    Kubernetes gives one time to the whole workload: against it, the longest of the other side's containers counts, and
    it is told once, for the first container.
    """
    rule = "process.stop-grace"
    if any(place.view.family in _STOPS_AS_ONE for place in scopes[0].sides):
        first = scopes[0]
        ours = _longest([scope.a for scope in scopes])
        theirs = _longest([scope.b for scope in scopes])
        _weigh_grace(pair, first, ours, theirs)
        return
    for scope in scopes:
        _weigh_grace(pair, scope, scope.a.facts.get((rule, "")), scope.b.facts.get((rule, "")))


def _longest(places: list[Place]) -> Fact | None:
    said = [fact for place in places if (fact := place.facts.get(("process.stop-grace", ""))) is not None]
    return max(said, key=lambda fact: int(fact.key), default=None)


def _weigh_grace(pair: Pair, scope: Scope, ours: Fact | None, theirs: Fact | None) -> None:
    if ours is None and theirs is None:
        pair.weigh_silence(scope, "process.stop-grace", "")
    else:
        pair.weigh(scope, "process.stop-grace", "", ours, theirs)


def _fill_vectors(scope: Scope, commands: list[Fact | None], arguments: list[Fact | None]) -> None:
    """Give a silent side the vectors that its image brings, where the other side says one.

    A side that replaces the image's entrypoint gets none of its arguments.
    """
    if not any((*commands, *arguments)):
        return
    for index, place in enumerate(scope.sides):
        config = place.image
        if config is None or commands[index] is not None:
            continue
        if arguments[index] is None and config.args:
            arguments[index] = _image_vector(place, config, config.args, "args")
        if config.command and commands[1 - index] is not None:
            commands[index] = _image_vector(place, config, config.command, "command")


def _image_vector(place: Place, config: "ImageConfig", words: tuple[str, ...], part: str) -> Fact:
    paths: list[tuple[str, ...]] = [(*place.base, "image") for _ in words]
    value = print_vector(mask_vector(list(words)))
    return Fact(value, paths[0], f"process.{part}", _Vector(words, paths), from_image=config.origin_of(part))


def _vector(place: Place, part: str) -> Fact | None:
    """Give one vector of a side; an empty one leaves it to the image, but for Compose's empty entrypoint."""
    container = place.container
    assert container is not None
    words: tuple[Text, ...] | None = getattr(container, part)
    if words is None or (not words and (part == "args" or place.view.family not in _CLEARED_BY_EMPTY)):
        return None
    return _vector_fact(place, words, [(*place.base, part, str(index)) for index in range(len(words))], part)


def _joined(command: Fact, args: Fact | None) -> Fact:
    """Give command and arguments as one vector."""
    if args is None:
        return command
    key = _Vector(
        command.key.words + args.key.words, command.key.paths + args.key.paths, command.key.secrets + args.key.secrets
    )
    value = f"{command.value[:-1]}, {args.value[1:]}" if command.key.words else args.value
    return replace(command, value=value, key=key, unresolved=command.unresolved or args.unresolved)


def _vector_fact(place: Place, words: tuple[Text, ...], paths: list[tuple[str, ...]], part: str) -> Fact:
    view = place.view
    keys = tuple(word if isinstance(word, str) else text_key(view, word) for word in words)
    shown = [word if isinstance(word, str) else show_text(word) for word in words]
    settles = next((found for word in words if (found := what_settles(word))), "")
    path = (*place.base, part)
    secrets = [secret for word in words for secret in secrets_in(word)]
    return Fact(
        print_vector(mask_vector(shown)), path, f"process.{part}", _Vector(keys, paths, secrets), False, settles
    )


class _Vector:
    """A vector's words as they are compared, where each was written, and the secrets in them."""

    __slots__ = ("paths", "secrets", "words")

    def __init__(
        self, words: tuple[str, ...], paths: list[tuple[str, ...]], secrets: list[SecretValue] | None = None
    ) -> None:
        self.words = words
        self.paths = paths
        self.secrets = secrets or []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Vector) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)


def _pointed(fact: Fact, other: Fact) -> Fact:
    """Let a vector point at its first word that the other side has not."""
    mine, theirs = fact.key, other.key
    for index, word in enumerate(mine.words):
        if index >= len(theirs.words) or theirs.words[index] != word:
            return replace(fact, path=mine.paths[index])
    return fact


def mask_vector(words: list[str]) -> list[str]:
    """Mask the values of arguments whose names say that they are secret: `--password=x`, `--password x`."""
    masked: list[str] = []
    hide = False
    curl = any(word.rpartition("/")[2] == "curl" for word in words)
    for word in words:
        if " " in word:
            masked.append(mask_text(word))
            hide = False
            continue
        if hide and not word.startswith("-"):
            masked.append(MASK)
            hide = False
            continue
        hide = False
        if word.startswith("-") or "=" in word:
            match = _OPTION.fullmatch(word)
            if match is not None and is_secret_name(match.group(1)):
                if match.group(2):
                    masked.append(f"{match.group(1)}={MASK}")
                    continue
                hide = word.startswith("-")
        if curl and masked and masked[-1] in ("-u", "--user") and ":" in word:
            word = f"{word.partition(':')[0]}:{MASK}"
        masked.append(mask_text(word))
    return masked
