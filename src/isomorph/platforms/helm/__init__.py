"""Helm: charts, rendered by our template engine or a real `helm`, and read as the manifests that they become.

    reader.py        definition -> model: the order of the passes
    options.py       the options of a definition
    archive.py       packed charts, read in memory and with limits
    ignoring.py      `.helmignore`
    chart.py         what a chart is: its files, its own values, what it declares
    loading.py       a folder or a packed chart -> chart
    dependencies.py  conditions, tags, aliases and imported values
    set_values.py    the grammar of `--set`
    given_values.py  values files and `--set` as options
    values.py        values of several sources laid over each other
    value_schema.py  values.schema.json, its faults told where the values are written
    template_data.py what templates see; globbing.py: the patterns of `.Files.Glob`
    rendering.py     templates -> documents, by our own engine
    made_up.py       what a chart makes up anew at each installation
    engine.py        templates -> documents, by a real `helm`; tracing.py: with the places that our rendering knows
    hooks.py         which documents run, and which are kept beside
    writer.py        definitions of one or many environments -> a chart: the order of the passes
    write_sections.py, write_objects.py, write_pod.py, write_stores.py, write_surroundings.py
                     objects -> templates, one aspect each
    write_lift.py, write_values.py, write_rows.py
                     what becomes a value, and what is said about each
    write_nodes.py   pieces of a template and their text
    support.py, defaults.py  what a chart can say, and what its silence means

Extras that a reader keeps are Kubernetes' own, at the places that its package names.
"""
