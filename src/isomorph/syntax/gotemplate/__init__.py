"""Go templates as Helm renders them, traced: each character of what they give knows the template's line and the values behind it.

text.py       Text: a str whose stretches know where they came from; cutting.py cuts and joins them
data.py       to_template_data(node): what templates are given; Values, and Methods for objects with methods
bounds.py     what keeps a hostile template from taking the machine, for provisioners' templates, too
render.py     Renderer: templates and data -> Rendered; rewriting.py prepares them for gotpl, faults.py says what is wrong
trace.py      trace(node, rendered): a tree parsed from what was rendered, with the templates' positions
printing.py   values as Go's `fmt` prints them; yamltext.py, jsontext.py, tomltext.py: as YAML, JSON and TOML
functions/    Helm's functions and Sprig's, by name in table.py

    renderer = Renderer([TemplateFile("shop/templates/web.yaml", text, "chart/templates/web.yaml"), …])
    rendered = renderer.render("shop/templates/web.yaml", {"Values": to_template_data(values), "Files": files, …})
    trees = [trace(document.root, rendered) for document in parse_yaml(rendered.text, …) if document.root]

Data that no file holds (`.Release`, `.Chart`, `.Template`) is plain dicts, lists and scalars, or what `to_table` makes of them.
Whole numbers are float64 in Helm's values; a Scalar with the tag `data.WHOLE` stays one, as `--set` makes them.
"""
