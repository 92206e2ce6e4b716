"""Making a project of what a team has: definitions read, Score files of all of them, and what still differs."""
