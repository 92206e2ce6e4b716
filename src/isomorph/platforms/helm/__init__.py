"""Helm: charts, rendered by our template engine or a real `helm`, and read as the manifests that they become.

reader.py        definition -> model: the order of the passes
options.py       the options of a definition
archive.py       packed charts, read in memory and with limits
ignoring.py      `.helmignore`
chart.py         what a chart is: its files, its own values, what it declares
loading.py       a folder or a packed chart -> chart
dependencies.py  conditions, tags, aliases and imported values
set_values.py    the grammar of `--set`
values.py        values of several sources laid over each other
value_schema.py  values.schema.json, its faults told where the values are written
given_values.py  values files and `--set` as options
rendering.py     what templates see, and the documents that they become
engine.py        the same by a real `helm`
hooks.py         which documents run, and which are kept beside
support.py, defaults.py  what a chart can say, and what its silence means
"""
