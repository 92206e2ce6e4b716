"""Real engines for tests: how they are built, found and started."""
