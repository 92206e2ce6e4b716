"""What silence means in a Score file: next to nothing, since the platform that it is deployed to decides."""

from isomorph.platforms.platform import Default

_SPEC = "https://docs.score.dev/docs/score-specification/score-spec-reference/"

DEFAULTS: tuple[Default, ...] = (
    Default("port.protocol", "", "tcp", _SPEC),
    Default("volume.read-only", "", "false", _SPEC),
)
