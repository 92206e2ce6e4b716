"""One folder a platform: all that is known about it in one place."""
