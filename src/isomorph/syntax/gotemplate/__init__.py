"""Go templates as Helm renders them, traced: each character of what they give knows the template's line and the values behind it.

text.py      Text: a str whose stretches know where they came from
data.py      to_template_data(node): what templates are given; Methods: objects with methods
render.py    Renderer: templates and data -> Rendered
trace.py     trace(node, rendered): a tree parsed from what was rendered, with the templates' positions
functions/   Helm's functions and Sprig's

    renderer = Renderer([TemplateFile("shop/templates/web.yaml", text, "chart/templates/web.yaml"), …])
    rendered = renderer.render("shop/templates/web.yaml", {"Values": to_template_data(values), "Files": files, …})
    trees = [trace(document.root, rendered) for document in parse_yaml(rendered.text, …) if document.root]

Data that no file holds (`.Release`, `.Chart`, `.Template`) is plain dicts, lists and scalars, or what `to_table` makes of them.
Whole numbers are float64 in Helm's values; a Scalar with the tag `data.WHOLE` stays one, as `--set` makes them.
"""
