"""One module a verb: arguments, printing, exit codes, no logic."""
