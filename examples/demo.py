"""What isomorph is for, on real input, in two parts: `make demo`.

1. A Score file becomes a Compose file and Kubernetes manifests; both are read back, and there is no drift between them.
2. Sock Shop's hand-kept Compose file against its hand-kept Kubernetes manifests: the drift. Its exit code is 1, as it
   would be in a pipeline.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "build/demo"

PARTS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    (
        "A Score file, on two platforms: no drift between what was written",
        (
            ("cat examples/score/product/score.yaml", 0),
            (f"isomorph generate examples/score/product/score.yaml --to compose -o {FOLDER}/compose.yaml", 0),
            (f"isomorph generate examples/score/product/score.yaml --to kubernetes -o {FOLDER}/manifests.yaml", 0),
            (f"cat {FOLDER}/compose.yaml", 0),
            (f"isomorph diff compose:{FOLDER}/compose.yaml kubernetes:{FOLDER}/manifests.yaml", 0),
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
    code = subprocess.run(argv, cwd=ROOT, check=False).returncode
    print(flush=True)
    return code


def main() -> int:
    """Run all parts; 1 where a command does not end as it should."""
    os.makedirs(ROOT / FOLDER, exist_ok=True)
    wrong = []
    for number, (title, commands) in enumerate(PARTS, 1):
        print(f"— {number}. {title}\n", flush=True)
        wrong += [command for command, expected in commands if run(command) != expected]
    for command in wrong:
        print(f"this command did not end as it should: {command}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
