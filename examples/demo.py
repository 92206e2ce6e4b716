"""What isomorph is for, on real input, in three parts: `make demo`.

1. A Score file becomes a Compose file and Kubernetes manifests; both are read back, and there is no drift between them.
2. A Score file that needs a message broker gets one on each platform, its password where secrets belong.
3. Sock Shop's hand-kept Compose file against its hand-kept Kubernetes manifests: the drift. Its exit code is 1, as it
   would be in a pipeline.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "demo"
"""The project of the demonstration, made anew each time; the key of its state stands beside it."""

PARTS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    (
        "A Score file, on two platforms: no drift between what was written",
        (
            ("cat examples/score/product/score.yaml", 0),
            ("isomorph generate examples/score/product/score.yaml --to compose -o compose.yaml", 0),
            ("isomorph generate examples/score/product/score.yaml --to kubernetes -o manifests.yaml", 0),
            ("cat compose.yaml", 0),
            ("isomorph diff compose:compose.yaml kubernetes:manifests.yaml", 0),
        ),
    ),
    (
        "A Score file and the message broker that it needs, on two platforms",
        (
            ("cat examples/score/order/score.yaml", 0),
            ("isomorph generate examples/score/order/score.yaml --to compose -o store/compose.yaml --quiet", 0),
            ("isomorph generate examples/score/order/score.yaml --to kubernetes -o store/manifests.yaml --quiet", 0),
            ("cat store/compose.yaml", 0),
            ("isomorph diff compose:store/compose.yaml kubernetes:store/manifests.yaml", 0),
        ),
    ),
    (
        "Sock Shop, kept by hand on Compose and on Kubernetes: what has drifted",
        (
            (
                "isomorph diff compose:examples/sock-shop/compose/docker-compose.yml kubernetes:examples/sock-shop/kubernetes",
                1,
            ),
        ),
    ),
)


def run(command: str) -> int:
    """Run one command of the demonstration, shown as it would be typed."""
    print(f"\033[1m$ {command}\033[0m" if sys.stdout.isatty() else f"$ {command}", flush=True)
    program, *arguments = shlex.split(command)
    argv = [sys.executable, "-m", "isomorph", *arguments] if program == "isomorph" else [program, *arguments]
    environment = {**os.environ, "ISOMORPH_KEY_FILE": str(FOLDER.parent / "demo-key")}
    code = subprocess.run(argv, cwd=FOLDER, env=environment, check=False).returncode
    print(flush=True)
    return code


def main() -> int:
    """Run all parts; 1 where a command does not end as it should."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(ROOT / "examples", FOLDER / "examples")
    wrong = []
    for number, (title, commands) in enumerate(PARTS, 1):
        print(f"— {number}. {title}\n", flush=True)
        wrong += [command for command, expected in commands if run(command) != expected]
    for command in wrong:
        print(f"this command did not end as it should: {command}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
