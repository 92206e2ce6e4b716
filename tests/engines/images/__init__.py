"""Images that behave as the official ones where the tests look: what each adds to the one root file system."""

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Image(NamedTuple):
    """What an image adds: files (of this folder, or an engine by its name) by their places, and the image's settings."""

    files: dict[Path | str, str]
    changes: tuple[str, ...]


#: The last part of an image's name, its tag apart -> what it is.
IMAGES = {
    "postgres": Image(
        {HERE / "postgres.sh": "/entrypoint.sh"},
        (
            f"ENV PATH=/usr/lib/postgresql/15/bin:{SEARCH}",
            'ENTRYPOINT ["sh", "/entrypoint.sh"]',
            'CMD ["postgres"]',
            "VOLUME /var/lib/postgresql/data",
        ),
    ),
    "rabbitmq": Image(
        {HERE / "rabbitmq.sh": "/entrypoint.sh"},
        (f"ENV PATH={SEARCH}", 'ENTRYPOINT ["sh", "/entrypoint.sh"]', 'CMD ["rabbitmq-server"]'),
    ),
    "vault": Image({"vault": "/bin/vault"}, (f"ENV PATH={SEARCH}", 'CMD ["vault", "server", "-dev"]')),
    "python": Image({}, (f"ENV PATH={SEARCH}", 'CMD ["python3"]')),
}


def find_image(name: str) -> Image:
    """Give what a definition's image is made of; raises KeyError for one that nobody made."""
    return IMAGES[name.split("@")[0].rpartition("/")[2].split(":")[0]]
