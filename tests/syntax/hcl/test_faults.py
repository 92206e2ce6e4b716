"""What is wrong with a text is said once, at its place, with what to do. Terraform refuses all of these, too."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.parse import parse_hcl
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Scope

MALFORMED: list[tuple[str, str]] = [
    ("a = 1 b = 2\n", "1:7: `b` where the end of the line is expected, after argument `a`"),
    ("a { b = 1 c = 2 }\n", "1:11: a second argument in a block that begins and ends in one line"),
    ("a { b {} }\n", "1:5: a block in one line cannot hold another block"),
    ("a { b = 1\n}\n", "1:10: the end of the line in a block that begins and ends in one line"),
    ("a {} b {}\n", "1:6: `b` where the end of the line is expected, after the block"),
    ("a =\n", "1:4: the line ends where a value is expected"),
    ("a = 1 +\n", "1:8: the line ends where a value is expected"),
    ("a = b\n+ 1\n", "2:1: `+` where the name of an argument or a block is expected"),
    ("a = b\n  ? c : d\n", "2:3: `?` where the name of an argument or a block is expected"),
    ("a = x & y\n", "1:7: `&` where the end of the line is expected"),
    ("a = b;\n", "1:6: `;` where the end of the line is expected"),
    ('a = "x",\n', "1:8: `,` where the end of the line is expected, after argument `a` (remove the comma)"),
    ("a = 'x'\n", "1:5: `'` where a value is expected (HCL knows double quotes only)"),
    ("a = .5\n", "1:5: `.` where a value is expected"),
    ("a = 5.\n", "1:7: the line ends where the name of an attribute is expected, after `.`"),
    ("a = 01x\n", "1:7: `x` where the end of the line is expected"),
    ("a\n", "1:2: the line ends where `=` or `{` is expected, after `a`"),
    ("a: 1\n", "1:2: `:` where `=` or `{` is expected, after `a` (write `a = …`)"),
    ('a "x" = 1\n', "1:7: `=` where `{` is expected, after `a`"),
    ('"a" = 1\n', "1:1: a string where the name of an argument or a block is expected"),
    ('a "${b}" {\n}\n', "1:3: the label of a block is known beforehand, it holds no `${`"),
    ("a {\n  b {\n  }\n", "1:1: the block that begins here is not closed (add `}`)"),
    ("a = 1\n}\n", "2:1: this brace closes nothing (remove it)"),
    ("a = 1\nb = 2\n  a = 3\n", "3:3: argument `a` is written twice in one block, first at line 1, column 1"),
    ("a = [1 2]\n", "1:8: `2` where `,` is expected, in the list"),
    ("a = [1,\n  2\n", "1:5: the list that begins here is not closed"),
    ("a = (1\n", "1:5: the parenthesis that begins here is not closed"),
    ("a = f(1\n", "1:6: the call of f that begins here is not closed"),
    ("a = f(...)\n", "1:7: `...` where a value is expected"),
    ("a = b[1\n", "1:6: the index that begins here is not closed"),
    ("a = { b = 1 c = 2 }\n", "1:13: `c` after an entry of a map"),
    ("a = { b c }\n", "1:9: `c` where `=` is expected, after a key of a map"),
    ("a = { b = 1\n", "1:5: the map that begins here is not closed (add `}`)"),
    ("a = { b.c = 1 }\n", "1:7: a key of a map is a name or a string"),
    ("a = b ? c\n", "1:10: the line ends where `:` is expected"),
    ("a = [for x y : x]\n", "1:12: `y` where `in` is expected"),
    ("a = { for x in y : x }\n", "1:22: `}` where `=>` is expected"),
    ('a = "x\n', "1:5: the string that begins here is not closed in its line"),
    ('a = "\\q"\n', "1:6: `\\q` is no escape of HCL"),
    ('a = "é\\x41"\n', "1:7: `\\x` is no escape of HCL"),
    ('a = "\\u12"\n', "1:6: `\\u` is no escape of HCL"),
    ('a = "${x"\n', "1:6: the `${` that begins here is not closed (add `}`, or write `$${`)"),
    ('a = "${x y}"\n', "1:10: `y` where `}` is expected"),
    ('a = "${}"\n', "1:8: `}` where a value is expected"),
    ('a = "%{ if x }y"\n', "1:6: `%{ if }` has no end (add `%{ endif }`)"),
    ('a = "%{ for x in y }z%{ endif }"\n', "1:22: `%{ endif }` belongs to no `%{ if }`"),
    ('a = "%{ if x }%{ else }%{ else }%{ endif }"\n', "1:24: `%{ else }` belongs to no `%{ if }`"),
    ('a = "%{ while x }"\n', "1:9: `while` where `if`, `else`, `endif`, `for` or `endfor` is expected"),
    ("a = <<EOT\nx\n", "1:5: the heredoc that begins here is not closed (write `EOT` in a line of its own)"),
    ("a = <<EOT x\nEOT\n", "1:5: a heredoc needs a name, and nothing after it in the line"),
    ("a = <<EOT\n  é ${b\nEOT\n", "3:1: `EOT` where `}` is expected"),
    ("/* x\na = 1\n", "1:1: the comment that begins here is not closed (add `*/`)"),
    ("a = a::b\n", "1:5: `a::b` is the name of a function, and `(` is missing"),
]

WELL_FORMED = [
    "",
    "# only a comment",
    "a = 1 # c",
    "a = 1 // c\n/* d */ b = 2 /* e\n */\n",
    'a {}\nb { c = 1 }\nd "e" f {\n}\n',
    "a-b = 1\n_c = 2\nä = 3\nif = 4\nfor = 5\n",
    "a = 1\r\nb {\r\n  c = 2\r\n}\r\n",
    "a = [\n  1, # one\n  2,\n]\n",
    'a = {\n  b = 1\n  "c" : 2,\n\n  (d) = 3, e = 4\n}\n',
    "a = f(\n  1,\n  g()...\n)\n",
    "a = (\n  b ?\n  c :\n  d\n)\n",
    "a = { b = <<E\nx\nE\n  c = [<<F\ny\nF\n  ]\n}\n",
    'a = "${~ x ~}$${y}%%{z} 100% $5"\n',
    "a = b.c[0][*].d.*.e[f].0\n",
    "\ufeffa = 1\n",
]


@pytest.mark.parametrize(("text", "message"), MALFORMED, ids=[text for text, _ in MALFORMED])
def test_what_is_wrong_is_said_at_its_place(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_hcl(text, "f.hcl")
    assert str(error.value).startswith(f"f.hcl:{message}")


@pytest.mark.parametrize("text", WELL_FORMED)
def test_what_is_right_is_read(text: str) -> None:
    parse_hcl(text, "f.hcl")


def test_bytes_that_are_no_text_are_refused_at_their_place() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_hcl(b'a = 1\nb = "\xff"\n', "f.hcl")
    assert str(error.value) == "f.hcl:2:6: byte 0xff is not valid UTF-8 (save the file as UTF-8)"


#: Files of real projects that Terraform itself no longer reads: a comma after an argument, as HCL 1 took it.
OF_OLD = {"swarm/infra/aws/main.tf": "83:23", "swarm/infra/gcloud/main.tf": "51:27"}


def test_real_files_are_parsed(corpus: Path) -> None:
    files = [path for ending in ("*.tf", "*.nomad", "*.hcl") for path in sorted(corpus.rglob(ending))]
    assert files
    for path in files:
        old = next((place for name, place in OF_OLD.items() if path.as_posix().endswith(name)), None)
        if old is None:
            parse_hcl(path.read_bytes(), path.name)
            continue
        with pytest.raises(InvalidInput, match="remove the comma") as error:
            parse_hcl(path.read_bytes(), path.name)
        assert str(error.value).startswith(f"main.tf:{old}:")


def test_real_jobs_are_read(corpus: Path) -> None:
    for path in sorted(corpus.rglob("*.nomad")):
        body = read_body(path.read_bytes(), path.name, Scope())
        assert [block.type for block in body.blocks] == ["job"]
        assert body.blocks[0].labels == (path.stem,)
