"""YAML as Kubernetes tools and Compose really read it, with positions, and a writer that neither misreads.

read.py      text -> documents of nodes that know where they were written
dialects.py  what a plain scalar means to whom
faults.py    the parser's complaints as messages that say what to do
emit.py      plain data -> text
"""
