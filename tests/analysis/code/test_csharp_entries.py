from __future__ import annotations

import subprocess
import sys

import pytest
from tests.analysis.code.walking import found, walked

from casemate.analysis.code.project import Project
from casemate.analysis.code.unit import Wanted, walk_unit
from casemate.sources.tree import MemoryTree

_API = """
    using Microsoft.Azure.WebJobs;
    public static class Api
    {{
        [FunctionName("Convert")]
        public static void Run([HttpTrigger(AuthorizationLevel.{level}, "get")] HttpRequest req)
        {{
            System.Diagnostics.Process.Start("/bin/sh", "-c " + req.Query["p"]);
        }}
    }}
"""


@pytest.mark.parametrize(("level", "exposure"), [("Anonymous", "public"), ("Function", "authenticated")])
def test_the_trigger_says_who_can_call(level: str, exposure: str) -> None:
    (facts,) = walked({"Api.cs": _API.format(level=level)}).facts
    assert (facts.name, facts.flows[0].kind, facts.flows[0].exposure) == ("Convert", "command", exposure)


def test_what_the_inventory_knows_goes_first() -> None:
    (facts,) = walked(
        {"Api.cs": _API.format(level="Anonymous")}, Wanted("Api.Run", ("http",), "internal", ("f",))
    ).facts
    assert facts.flows[0].exposure == "internal"


_TWO = """
    using Amazon.Lambda.Core;
    using Amazon.Lambda.APIGatewayEvents;
    public class Function
    {
        public string One(APIGatewayProxyRequest request, ILambdaContext context) => File.ReadAllText("/a/" + request.Body);
        public string Two(APIGatewayProxyRequest request, ILambdaContext context) => File.ReadAllText("/b/" + request.Body);
        public string Own(Order order, ILambdaContext context) => File.ReadAllText("/c/" + order.Name + order.Count);
    }
    public class Order { public string Name { get; set; } public int Count { get; set; } }
"""


def test_the_handler_of_the_template_is_the_one_that_is_entered() -> None:
    names = [facts.name for facts in walked({"Function.cs": _TWO}, Wanted("Function.Two", ("http",), "public")).facts]
    assert "Function.Two" in names
    assert "Function.One" not in names
    assert found({"Function.cs": _TWO}) == ["path:5", "path:6", "path:7"]


def test_types_are_looked_for_in_the_project_of_the_file() -> None:
    entry = """
        using Amazon.Lambda.APIGatewayEvents;
        public class Function { public void Handler(APIGatewayProxyRequest r, ILambdaContext c) { new Tool().Run(r.Body); } }
    """
    runs = 'public class Tool { public void Run(string text) { Process.Start("/bin/sh", "-c " + text); } }'
    harmless = "public class Tool { public void Run(string text) { } }"
    files = {"src/A/Function.cs": entry, "src/B/Tool.cs": runs, "src/A/Tool.cs": harmless,
             "src/A/A.csproj": "<Project></Project>", "src/B/B.csproj": "<Project></Project>"}  # fmt: skip
    assert found(files) == []
    del files["src/A/Tool.cs"]
    assert found(files) == []
    files["src/A/A.csproj"] = '<Project><ProjectReference Include="..\\\\B\\\\B.csproj" /></Project>'.replace(
        "\\\\", "\\"
    )
    assert found(files) == ["src/B/Tool.cs:command:1"]


def test_an_own_type_hides_that_of_a_library() -> None:
    own = "public class Process { public static void Start(string a, string b) { } }"
    text = """
        using Amazon.Lambda.APIGatewayEvents;
        public class Function { public void H(APIGatewayProxyRequest r, ILambdaContext c) { Process.Start("sh", "-c " + r.Body); } }
    """
    assert found({"Function.cs": text}) == ["command:2"]
    assert found({"Function.cs": text, "Process.cs": own}) == []


def test_other_languages_need_nothing_of_csharp() -> None:
    program = (
        "import sys\n"
        "from casemate.analysis.code.project import Project\n"
        "from casemate.analysis.code.unit import walk_unit\n"
        "from casemate.sources.tree import MemoryTree\n"
        "files = {'app.py': b'import os\\ndef handler(event, context):\\n    os.system(event[\"x\"])\\n'}\n"
        "walk_unit(Project(MemoryTree(files), files), 'app.py', [])\n"
        "print([name for name in sys.modules if 'csharp' in name or 'c_sharp' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_syntax_that_is_not_understood_is_said() -> None:
    files = {"A.cs": b"class A { void F() { var x = = ; } }"}
    walked_ = walk_unit(Project(MemoryTree(files), files), "A.cs", [])
    assert walked_.failed == ""
    assert walked_.errors


def test_where_cloudformation_wants_its_answer_is_no_callers_choice() -> None:
    text = """
        using Amazon.Lambda.Core;
        using System.Text.Json;
        public class Function
        {
            public async Task FunctionHandler(object request, ILambdaContext context)
            {
                var wanted = JsonSerializer.Deserialize(request.ToString(), Own.Default.Request);
                await new HttpClient().PutAsync(wanted.ResponseURL, null);
                await new HttpClient().PutAsync(wanted.Other, null);
            }
        }
    """
    assert found({"Function.cs": text}) == ["ssrf:9"]
