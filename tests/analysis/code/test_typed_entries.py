from __future__ import annotations

from textwrap import dedent

from casemate.analysis.code.interpret.machine import Machine
from casemate.analysis.code.libraries import models_of
from casemate.analysis.code.project import Project
from casemate.analysis.code.typed_entries import typed_entries
from casemate.analysis.code.values import Thing
from casemate.sources.tree import MemoryTree


def entries(path: str, text: str, wanted: str | None = None) -> dict[str, list[str]]:
    """The entries of a file by name, each with what its parameters are: a library's type, `data`, or `-`."""
    language = "go" if path.endswith(".go") else "java"
    files = {path: dedent(text).encode()}
    project = Project(MemoryTree(files), files)
    machine = Machine(project, models_of(language))
    module = project.run(machine, path, language)
    assert module is not None
    found: dict[str, list[str]] = {}
    for entry in typed_entries(machine, module, wanted):
        found[entry.name] = [
            (value.path or ("data" if value.taint else "-")) if isinstance(value, Thing) else "-"
            for value in entry.arguments
        ]
    return found


def test_go_functions_that_take_a_request() -> None:
    text = """
    package main
    import ("context"; "net/http"; "github.com/gin-gonic/gin"; "github.com/aws/aws-lambda-go/events")
    func web(w http.ResponseWriter, r *http.Request) {}
    func page(c *gin.Context) {}
    func proxy(ctx context.Context, e events.APIGatewayProxyRequest) error { return nil }
    func helper(a string) {}
    """
    assert entries("main.go", text) == {
        "web": ["net/http.ResponseWriter", "net/http.Request"],
        "page": ["github.com/gin-gonic/gin.Context"],
        "proxy": ["context.Context", "github.com/aws/aws-lambda-go/events.APIGatewayProxyRequest"],
    }


def test_a_go_function_with_an_event_of_its_own_is_the_one_that_is_started() -> None:
    text = """
    package main
    import ("context"; "github.com/aws/aws-lambda-go/lambda")
    type Input struct { Name string }
    func handle(ctx context.Context, in Input) (string, error) { return in.Name, nil }
    func other(in Input) {}
    func main() { lambda.Start(handle) }
    """
    assert entries("main.go", text) == {"handle": ["-", "data"]}


def test_java_handlers_servlets_and_controllers() -> None:
    text = """
    package app;
    import javax.servlet.http.*;
    import org.springframework.web.bind.annotation.*;
    import org.springframework.jdbc.core.JdbcTemplate;
    class A extends HttpServlet {
      protected void doGet(HttpServletRequest req, HttpServletResponse res) {}
      void helper(String a) {}
    }
    class B {
      private final JdbcTemplate db;
      B(JdbcTemplate db) { this.db = db; }
      @GetMapping("/x") String x(@RequestParam("q") String q, @PathVariable int n) { return q; }
    }
    class C {
      public String handleRequest(java.util.Map<String, Object> event, Context context) { return ""; }
    }
    """
    assert entries("A.java", text) == {
        "A.doGet": ["javax.servlet.http.HttpServletRequest", "javax.servlet.http.HttpServletResponse"],
        "B.x": ["data", "-"],
        "C.handleRequest": ["data", "-"],
    }


def test_what_the_platform_calls_is_an_entry_whatever_its_types() -> None:
    text = "package app; class A { public String run(String in) { return in; } String other(String in) { return in; } }"
    assert entries("A.java", text, "app.A::run") == {"A.run": ["data"]}
