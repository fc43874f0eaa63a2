from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.model.value import Cases, Fields, Items, Literal, Reference, Text, Unknown, Value, display
from casemate.sources.source import Options
from casemate.sources.terraform.loading import Loading
from casemate.sources.terraform.raw import RawResource
from casemate.sources.terraform.source import evaluated
from casemate.sources.tree import MemoryTree


def raw(files: dict[str, str] | str, options: Options | None = None) -> dict[str, RawResource]:
    given_files = {"main.tf": files} if isinstance(files, str) else files
    tree = MemoryTree({path: text.encode() for path, text in given_files.items()})
    paths = [path for path in tree.paths() if path.endswith((".tf", ".tf.json", ".tfvars"))]
    _, roots = evaluated(Loading(tree, options or Options()), tree, paths)
    return {resource.address: resource for _, resources in roots for resource in resources}


def attributes(text: str) -> Fields:
    """The arguments of one resource `aws_x.y` with `text` around and inside of it: lines that start with `:` stand outside."""
    lines = text.strip().splitlines()
    outside = "\n".join(line[1:] for line in lines if line.startswith(":"))
    inside = "\n".join(line for line in lines if not line.startswith(":"))
    return raw(f'{outside}\nresource "aws_x" "y" {{\n{inside}\n}}\n')["aws_x.y"].attributes


def value(expression: str, around: str = "") -> Value:
    found = attributes(f"{around}\nv = {expression}").get("v")
    assert found is not None
    return found


def plain(node: Value | None) -> object:
    """A value as plain data; what is not known as its display in angle brackets."""
    match node:
        case Literal(value=scalar):
            return scalar
        case Items(items=items):
            return [plain(item) for item in items]
        case Fields(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}
        case Cases(cases=cases):
            return {f"<{words}>": plain(case) for words, case in cases}
        case Unknown(kind=kind, source=source):
            return f"<{kind} {source}>"
        case None:
            return None
        case _:
            return display(node)


def test_variables_have_defaults_and_stand_where_they_are_used() -> None:
    found = value("var.n", ':variable "n" {\n:  default = 3\n:}')
    assert plain(found) == 3
    assert found.at.start_line == 5
    assert plain(value("var.n", ':variable "n" {}')) == "<parameter var.n>"
    assert (
        plain(value("var.n", ':variable "n" {\n:  sensitive = true\n:  default = "x"\n:}'))
        == "<secret-parameter var.n>"
    )


def test_tfvars_and_options_in_order_of_precedence() -> None:
    files = {
        "main.tf": 'variable "a" {}\nvariable "b" {}\nvariable "c" {}\nvariable "d" {\n  type = list(string)\n}\n'
        'resource "aws_x" "y" {\n  v = [var.a, var.b, var.c, var.d]\n}\n',
        "terraform.tfvars": 'a = "t"\nb = "t"\nc = "t"\n',
        "more.auto.tfvars": 'b = "auto"\nc = "auto"\n',
        "prod.tfvars": 'c = "prod"\n',
    }
    options = Options(parameters={"d": '["x"]'}, var_files=("prod.tfvars",))
    assert plain(raw(files, options)["aws_x.y"].attributes.get("v")) == ["t", "auto", "prod", ["x"]]


def test_locals_are_lazy_and_circles_end() -> None:
    assert plain(value("local.b", ":locals {\n:  a = 1\n:  b = local.a + 1\n:}")) == 2
    assert plain(value("local.a", ":locals {\n:  a = local.b\n:  b = local.a\n:}")) == "<error local.a>"


def test_references_to_resources_keep_address_and_attribute() -> None:
    found = value("aws_q.r.arn", ':resource "aws_q" "r" {}')
    assert isinstance(found, Reference)
    assert (found.target, found.attribute) == ("aws_q.r", "arn")
    text = value('"${aws_q.r.arn}/*"', ':resource "aws_q" "r" {}')
    assert isinstance(text, Text)
    assert display(text) == "${aws_q.r.arn}/*"
    assert plain(value("aws_q.nothing.arn")) == "<error aws_q.nothing.arn>"


def test_count_and_for_each_are_unrolled_where_known() -> None:
    found = raw(
        'resource "aws_a" "n" {\n  count = 2\n  i = count.index\n}\n'
        'resource "aws_b" "m" {\n  for_each = { k = "v" }\n  x = "${each.key}-${each.value}"\n}\n'
        'resource "aws_c" "l" {\n  one = aws_a.n[1].arn\n  all = aws_a.n[*].arn\n  old = aws_a.n.*.arn\n  map = aws_b.m["k"].arn\n'
        "  each = [for r in aws_b.m : r.id]\n}\n"
        'resource "aws_d" "none" {\n  count = 0\n}\n'
    )
    assert list(found) == ["aws_a.n[0]", "aws_a.n[1]", 'aws_b.m["k"]', "aws_c.l"]
    assert plain(found["aws_a.n[1]"].attributes.get("i")) == 1
    assert plain(found['aws_b.m["k"]'].attributes.get("x")) == "k-v"
    assert plain(found["aws_c.l"].attributes) == {
        "one": "${aws_a.n[1].arn}",
        "all": ["${aws_a.n[0].arn}", "${aws_a.n[1].arn}"],
        "old": ["${aws_a.n[0].arn}", "${aws_a.n[1].arn}"],
        "map": '${aws_b.m["k"].arn}',
        "each": ['${aws_b.m["k"].id}'],
    }


def test_unknown_repetition_is_one_instance_under_a_condition() -> None:
    found = raw(
        'variable "on" {}\nvariable "names" {}\n'
        'resource "aws_a" "n" {\n  count = var.on ? 1 : 0\n}\nresource "aws_b" "m" {\n  for_each = var.names\n  x = each.value\n}\n'
        'resource "aws_c" "l" {\n  a = aws_a.n[0].arn\n}\n'
    )
    assert found["aws_a.n"].condition == "if var.on"
    assert found["aws_b.m"].condition == "for each of var.names"
    assert plain(found["aws_c.l"].attributes.get("a")) == "${aws_a.n.arn}"


def test_conditionals() -> None:
    around = ':variable "on" {}\n:variable "off" {\n:  default = false\n:}'
    # a default is what one deployment takes, not what all do: both branches stay
    assert plain(value('var.off ? "a" : "b"', around)) == {"<if var.off>": "a", "<else of var.off>": "b"}
    assert plain(value('true ? "a" : "b"', around)) == "a"
    assert plain(value('var.on ? "a" : "b"', around)) == {"<if var.on>": "a", "<else of var.on>": "b"}
    assert plain(value('"x-${var.on ? "a" : "b"}"', around)) == {"<if var.on>": "x-a", "<else of var.on>": "x-b"}
    assert plain(value('var.on == "" && false', around)) is False


def test_dynamic_blocks() -> None:
    body = attributes(
        ':variable "more" {}\n:variable "on" {}\n'
        'dynamic "rule" {\n  for_each = [1, 2]\n  content {\n    port = rule.value\n  }\n}\n'
        'dynamic "other" {\n  for_each = var.on ? [1] : []\n  iterator = it\n  content {\n    port = it.value\n  }\n}\n'
        'dynamic "third" {\n  for_each = var.more\n  content {\n    port = third.value\n  }\n}\nrule {\n  port = 9\n}'
    )
    assert plain(body.get("rule")) == [{"port": 1}, {"port": 2}, {"port": 9}]
    assert plain(body.get("other")) == {"<if var.on>": [{"port": 1}], "<else of var.on>": ""}
    assert plain(body.get("third")) == {
        "<for each of var.more>": [{"port": "<parameter third.value>"}],
        "<no element in var.more>": "<conditional var.more>",
    }


def test_dynamic_blocks_over_a_default_are_there_as_it_says() -> None:
    body = attributes(
        ':variable "none" { default = [] }\n:variable "null" { default = null }\n:variable "one" { default = [{ port = 4 }] }\n'
        ":locals {\n:  all = { for one in var.one : one.port => one }\n:}\n"
        'dynamic "empty" {\n  for_each = var.none\n  content {\n    port = empty.value\n  }\n}\n'
        'dynamic "null" {\n  for_each = var.null[*]\n  content {\n    port = null.value\n  }\n}\n'
        'dynamic "full" {\n  for_each = local.all\n  content {\n    port = full.value.port\n  }\n}\n'
    )
    assert body.get("empty") is None
    assert body.get("null") is None
    assert plain(body.get("full")) == [{"port": 4}]


def test_functions_of_the_language() -> None:
    assert plain(value('[for s in ["b", "a"] : upper(s)]')) == ["B", "A"]
    assert plain(value("{ for k, v in { a = 1, b = 2 } : k => v if v > 1 }")) == {"b": 2}
    assert plain(value('try(local.x.nothing, "d")', ":locals {\n:  x = {}\n:}")) == "d"
    assert plain(value("can(local.x.nothing)", ":locals {\n:  x = {}\n:}")) is False
    assert plain(value('cidrsubnet("10.0.0.0/16", 8, 2)')) == "10.0.2.0/24"
    assert plain(value("merge({ a = 1 }, { a = 2, b = 3 })")) == {"a": 2, "b": 3}
    assert plain(value('join("/", [aws_q.r.arn, "*"])', ':resource "aws_q" "r" {}')) == "${aws_q.r.arn}/*"
    assert plain(value('format("%s/%03d%%", aws_q.r.arn, 7)', ':resource "aws_q" "r" {}')) == "${aws_q.r.arn}/007%"
    assert plain(value('replace("a.b", "/[.]/", "-")')) == "a-b"
    assert plain(value('replace("aaa", "/(a+)+$/", "-")')) == "-"
    assert plain(value("timestamp()")) == "<function timestamp()>"
    assert plain(value('lookup({ a = 1 }, "b", 2)')) == 2
    assert plain(value("flatten([[1], [[2]], 3])")) == [1, 2, 3]
    assert plain(value('element(["a", "b"], 3)')) == "b"
    assert plain(value('coalesce("", null, "x")')) == "x"
    assert plain(value('lower("A-${var.p}-B")', ':variable "p" {}')) == "a-${var.p}-b"


def test_regular_expressions_are_those_of_re2() -> None:
    cases = {
        'regex("[a-z]+", "53453453.345345aaabbbccc23454")': "aaabbbccc",
        'regex("(\\\\d+)-(\\\\w+)?", "12-")': ["12", None],
        'regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<host>[^/?#]*))?", "https://x.org/")': {"scheme": "https", "host": "x.org"},
        'regexall("[ab]", "abc")': ["a", "b"],
        'regexall("x", "abc")': [],
        'replace("a-b_c", "/[-_]/", "")': "abc",
        'replace("prod-eu", "/(\\\\w+)-(\\\\w+)/", "$2.$${1}")': "eu.prod",
        'can(regex("^x", "abc"))': False,
        'can(regex("^a", "abc"))': True,
        'try(regex("x", "abc"), "none")': "none",
        'regex("(", "abc")': "<error regex(…)>",
        'md5("a")': "0cc175b9c0f1b6a831c399e269772661",
        'base64sha256("a")': "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=",
        'substr(sha512("a"), 0, 8)': "1f40fc92",
    }  # fmt: skip
    found = {expression: plain(value(expression)) for expression in cases}
    assert {
        key: [None if item == "" else item for item in item_] if isinstance(item_, list) else item_
        for key, item_ in found.items()
    } == cases


def test_a_hostile_expression_takes_linear_time() -> None:
    assert plain(value(f'can(regex("^(a+)+$", "{"a" * 5000}!"))')) is False


def test_file_sets_and_digests() -> None:
    body = 'resource "aws_x" "y" {{\n  for_each = fileset("${{path.module}}/jobs", "{pattern}")\n  v = filemd5("jobs/${{each.value}}")\n}}\n'
    files = {"jobs/a.sh": "a", "jobs/b.sh": "b", "jobs/deep/c.sh": "c", "jobs/d.txt": "d"}

    def keys(pattern: str) -> list[str]:
        return sorted(raw({"main.tf": body.format(pattern=pattern), **files}))

    assert keys("*.sh") == ['aws_x.y["a.sh"]', 'aws_x.y["b.sh"]']
    assert keys("**/*.{sh,txt}") == ['aws_x.y["a.sh"]', 'aws_x.y["b.sh"]', 'aws_x.y["d.txt"]', 'aws_x.y["deep/c.sh"]']
    assert keys("[!a].sh") == ['aws_x.y["b.sh"]']
    assert keys("*.zip") == ["aws_x.y"]  # a build may make them
    found = raw({"main.tf": body.format(pattern="a.sh"), **files})['aws_x.y["a.sh"]']
    assert plain(found.attributes.get("v")) == "0cc175b9c0f1b6a831c399e269772661"
    assert plain(value('fileset("../..", "*")')) == "<attribute fileset(../.., *)>"
    assert plain(value('filesha256("/etc/passwd")')) == "<attribute file(/etc/passwd)>"


def test_what_rests_on_a_default_through_locals_is_not_taken_for_granted() -> None:
    around = ':variable "on" {\n:  default = false\n:}\n:locals {\n:  a = var.on\n:  b = local.a && true\n:}'
    assert plain(value("local.b ? 1 : 2", around)) == {"<if local.b>": 1, "<else of local.b>": 2}
    counted = 'variable "on" {\n  default = false\n}\nlocals {\n  n = var.on ? 1 : 0\n}\nresource "aws_x" "y" {\n  count = local.n\n}\n'
    assert [resource.condition is not None for resource in raw(counted).values()] == [True]
    assert not raw(counted, Options(parameters={"on": "false"}))


def test_an_empty_map_by_default_may_be_filled() -> None:
    text = 'variable "all" {\n  type    = map(string)\n  default = {}\n}\nresource "aws_x" "y" {\n  for_each = var.all\n  v = each.key\n}\n'
    (found,) = raw(text).values()
    assert found.condition == "for each of var.all"
    assert isinstance(found.attributes.get("v"), Unknown)
    assert sorted(raw(text, Options(parameters={"all": "{ a = 1 }"}))) == ['aws_x.y["a"]']


def test_optional_attributes_of_types() -> None:
    around = ':variable "o" {\n:  type = object({ a = string, b = optional(number, 5), c = optional(string) })\n:  default = { a = "x" }\n:}'
    assert plain(value("var.o.b", around)) == 5
    assert plain(value("var.o.c == null", around)) is True


def test_data_sources() -> None:
    around = (
        ':data "aws_caller_identity" "me" {}\n:data "aws_region" "here" {}\n:data "aws_secretsmanager_secret_version" "s" {\n:  secret_id = "x"\n:}\n'
        ':data "aws_ssm_parameter" "p" {\n:  name = "/x"\n:}\n:data "aws_vpc" "v" {}'
    )
    assert plain(
        value('"arn:aws:s3:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}"', around)
    ) == ("arn:aws:s3:${AWS::Region}:${AWS::AccountId}")
    assert plain(value("data.aws_secretsmanager_secret_version.s.secret_string", around)) == (
        "<secret-store data.aws_secretsmanager_secret_version.s.secret_string>"
    )
    assert plain(value("data.aws_ssm_parameter.p.value", around)) == "<parameter-store data.aws_ssm_parameter.p.value>"
    assert plain(value("data.aws_ssm_parameter.p.name", around)) == "/x"
    assert plain(value("data.aws_vpc.v.id", around)) == "<attribute data.aws_vpc.v.id>"


def test_meta_arguments_and_provisioners_are_left_out() -> None:
    found = raw(
        'resource "aws_q" "r" {}\nresource "aws_x" "y" {\n  depends_on = [aws_q.r]\n  provider = aws.eu\n  a = 1\n'
        '  lifecycle {\n    ignore_changes = [a]\n    prevent_destroy = true\n  }\n  provisioner "local-exec" {\n    command = "x"\n  }\n}\n'
    )["aws_x.y"]
    assert plain(found.attributes) == {"a": 1, "lifecycle": [{"prevent_destroy": True}]}
    assert found.depends_on == ("aws_q.r",)


def test_hostile_growth_is_bounded() -> None:
    doubling = "".join(f":  a{n} = [local.a{n + 1}, local.a{n + 1}]\n" for n in range(40)) + ":  a40 = [1]\n"
    assert 0 < len(display(value("local.a0", f":locals {{\n{doubling}:}}"))) < 5_000_000
    text = "".join(f':  a{n} = "${{local.a{n + 1}}}${{local.a{n + 1}}}"\n' for n in range(40)) + ':  a40 = "xxxxxxxx"\n'
    assert 0 < len(display(value("local.a0", f":locals {{\n{text}:}}"))) < 5_000_000
    chain = "".join(f":  a{n} = [local.a{n + 1}]\n" for n in range(600)) + ":  a600 = 1\n"
    assert isinstance(value("local.a0", f":locals {{\n{chain}:}}"), Items | Unknown)
    loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]"
    assert "error" in str(plain(value(loops)))
    assert "error" in str(plain(value(loops.replace("[for c in range(1000) : c]", "range(1000)"))))
    assert len(raw('resource "a" "b" {\n  count = 1000000000\n}\n')) == 1


EXPRESSIONS = st.sampled_from(
    [
        '"a"',
        '"${var.v}"',
        "var.v",
        "local.l",
        "null",
        "1",
        "true",
        "aws_x.y.arn",
        "aws_x.y[0]",
        "each.value",
        "module.m.o",
        "[1, 2]",
        "{ a = 1 }",
        "data.aws_iam_policy_document.d.json",
        "count.index",
        "[for x in local.l : x]",
        "{ for k, v in var.v : k => v }",
        "local.l[*].a",
        "path.module",
    ]
)
FUNCTIONS = st.sampled_from(
    [
        "join",
        "split",
        "merge",
        "lookup",
        "element",
        "format",
        "length",
        "keys",
        "replace",
        "toset",
        "cidrsubnet",
        "file",
        "jsonencode",
        "jsondecode",
        "try",
        "flatten",
        "substr",
        "range",
        "zipmap",
        "setproduct",
        "templatefile",
        "slice",
        "tonumber",
        "contains",
        "nothing",
        "formatlist",
        "indent",
    ]
)


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(inner, min_size=0, max_size=4).map(", ".join)
    return st.one_of(
        st.builds("{}({})".format, FUNCTIONS, arguments),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("({} == {})".format, inner, inner),
        st.builds("[{}]".format, arguments),
        st.builds("({}).a".format, inner),
        st.builds("({})[{}]".format, inner, inner),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(EXPRESSIONS, calls, max_leaves=12),
    st.recursive(EXPRESSIONS, calls, max_leaves=6),
    st.sampled_from(["count", "for_each", "z"]),
)
def test_no_expression_raises(one: str, other: str, meta: str) -> None:
    raw(
        f'variable "v" {{\n  default = {other}\n}}\nlocals {{\n  l = {other}\n}}\nmodule "m" {{\n  source = "./."\n}}\n'
        f'data "aws_iam_policy_document" "d" {{\n  statement {{\n    actions = {other}\n  }}\n  source_policy_documents = {one}\n}}\n'
        f'resource "aws_x" "y" {{\n  {meta} = {other}\n  policy = {one}\n  dynamic "b" {{\n    for_each = {one}\n'
        f"    content {{\n      c = b.value\n    }}\n  }}\n}}\n"
    )


def test_an_error_in_a_part_is_an_error_of_the_whole() -> None:
    around = ':locals {\n:  one = { a = "x" }\n:}'
    assert plain(value('try([local.one.b], ["none"])', around)) == ["none"]
    assert plain(value("try({ k = local.one.b }, {})", around)) == {}
    assert plain(value('try("${local.one.b}.example", "none")', around)) == "none"
    assert plain(value("try([local.one.a], [])", around)) == ["x"]
    assert plain(value("can([local.one.b])", around)) is False
