"""Packages of Go and Java: other files of the package, and files of other packages."""

from __future__ import annotations

from tests.analysis.code.walking import found

_GO = """\
package main
import (
    "github.com/aws/aws-lambda-go/events"
    "github.com/aws/aws-lambda-go/lambda"
    {imported}
)
func handler(request events.APIGatewayProxyRequest) error {{
    {call}(request.QueryStringParameters["q"])
    return nil
}}
func main() {{ lambda.Start(handler) }}
"""
_RUN = 'import "os/exec"\nfunc Run(c string) { exec.Command(c).Run() }\n'
_JAVA = """\
package app;
import com.amazonaws.services.lambda.runtime.*;
import com.amazonaws.services.lambda.runtime.events.*;
{imported}
public class App implements RequestHandler<APIGatewayProxyRequestEvent, String> {{
  public String handleRequest(APIGatewayProxyRequestEvent event, Context context) {{
    new Runner().run(event.getBody());
    return "";
  }}
}}
"""
_RUNNER = "public class Runner {\n  public void run(String c) throws Exception { Runtime.getRuntime().exec(c); }\n}\n"


def test_another_file_of_a_go_package() -> None:
    files = {"main.go": _GO.format(imported="", call="Run"), "run.go": f"package main\n{_RUN}"}
    assert found(files) == ["run.go:command:3"]


def test_another_go_package_of_the_module() -> None:
    main = _GO.format(imported='"example.org/app/runner"', call="runner.Run")
    files = {"cmd/main.go": main, "runner/run.go": f"package runner\n{_RUN}", "go.mod": "module example.org/app\n"}
    assert found(files) == ["runner/run.go:command:3"]


def test_a_go_package_of_somebody_else_is_not_the_folder_of_that_name() -> None:
    main = _GO.format(imported='"example.org/other/runner"', call="runner.Run")
    files = {"main.go": main, "runner/run.go": f"package runner\n{_RUN}", "go.mod": "module example.org/app\n"}
    assert found(files) == []


def test_another_class_of_a_java_package() -> None:
    files = {"src/app/App.java": _JAVA.format(imported=""), "src/app/Runner.java": f"package app;\n{_RUNNER}"}
    assert found(files) == ["src/app/Runner.java:command:3"]


def test_a_java_class_of_another_package() -> None:
    files = {
        "src/app/App.java": _JAVA.format(imported="import tools.Runner;"),
        "src/tools/Runner.java": f"package tools;\n{_RUNNER}",
    }
    assert found(files) == ["src/tools/Runner.java:command:3"]
