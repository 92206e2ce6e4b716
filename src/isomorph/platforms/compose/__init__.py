"""Docker Compose: the Compose Specification as docker compose v2 reads it."""
