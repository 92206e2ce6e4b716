"""How definitions are written down: trees of nodes that know where they were written, and their readers and writers."""
