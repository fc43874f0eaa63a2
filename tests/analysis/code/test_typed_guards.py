"""Checks that Go, Java and C# make of data before they use it: patterns, prefixes, hosts, lists of what is allowed."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import walked

GO = """
package main
import (
    "context"
    "database/sql"
    "net/http"
    "net/url"
    "os"
    "os/exec"
    "path/filepath"
    "regexp"
    "slices"
    "strings"
    "github.com/aws/aws-lambda-go/events"
    "github.com/aws/aws-lambda-go/lambda"
    "github.com/gin-gonic/gin"
    "gorm.io/gorm"
)
var word = regexp.MustCompile(`^[a-z]{1,20}$`)
var allowed = map[string]bool{"a": true, "b": true}
var db *gorm.DB
var raw *sql.DB
func run(v string) { exec.Command("sh", "-c", "ls "+v).Run() }
func handler(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
    q := req.QueryStringParameters["q"]
    BODY
    return events.APIGatewayProxyResponse{}, nil
}
func main() { lambda.Start(handler) }
"""
JAVA = """
package x;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.regex.Pattern;
public class App {
    private static final Pattern WORD = Pattern.compile("[a-z]{1,20}");
    void run(String v) throws Exception { new ProcessBuilder("sh", "-c", "ls " + v).start(); }
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) throws Exception {
        String q = event.getQueryStringParameters().get("q");
        BODY
        return null;
    }
}
"""
CSHARP = """
using System; using System.Net.Http; using System.Threading.Tasks; using Microsoft.Azure.Cosmos;
using Amazon.Lambda.APIGatewayEvents; using Amazon.Lambda.Core;
public class Function {
    static readonly HttpClient http = new();
    static readonly Container container = new CosmosClient("x").GetContainer("d", "c");
    public async Task<APIGatewayProxyResponse> Handler(APIGatewayProxyRequest request, ILambdaContext context) {
        request.Headers.TryGetValue("x", out var q);
        BODY
        return null;
    }
}
"""
CODE = {"go": ("main.go", GO), "java": ("App.java", JAVA), "csharp": ("Function.cs", CSHARP)}
CASES: list[tuple[str, str, str]] = [
    ("go", "run(q)", "command"),
    ("go", "if !allowed[q] { return events.APIGatewayProxyResponse{}, nil }\nrun(q)", ""),
    ("go", "if allowed[q] { return events.APIGatewayProxyResponse{}, nil }\nrun(q)", "command"),
    ("go", "if !word.MatchString(q) { return events.APIGatewayProxyResponse{}, nil }\nrun(q)", ""),
    ("go", 'if ok, _ := regexp.MatchString("[a-z]", q); !ok { return events.APIGatewayProxyResponse{}, nil }\nrun(q)', "command"),
    ("go", 'if !slices.Contains([]string{"a", "b"}, q) { return events.APIGatewayProxyResponse{}, nil }\nrun(q)', ""),
    ("go", 'os.ReadFile(filepath.Join("/data", q))', "path"),
    ("go", 'p := filepath.Join("/data", q)\nif !strings.HasPrefix(p, "/data/") { return events.APIGatewayProxyResponse{}, nil }\nos.ReadFile(p)', ""),
    ("go", 'if !strings.HasPrefix(q, "/data/") { return events.APIGatewayProxyResponse{}, nil }\nos.ReadFile(q)', "path"),
    ("go", 'u, err := url.Parse(q)\nif err != nil || u.Host != "api.example.com" { return events.APIGatewayProxyResponse{}, nil }\nhttp.Get(u.String())', ""),
    ("go", 'u, err := url.Parse(q)\nif err != nil || u.Hostname() != "api.example.com" { return events.APIGatewayProxyResponse{}, nil }\nhttp.Get(q)', ""),
    ("go", 'u, err := url.Parse(q)\nif err != nil || u.Scheme != "https" { return events.APIGatewayProxyResponse{}, nil }\nhttp.Get(u.String())', "ssrf"),
    ("go", "db.Order(q).Find(nil)", "sql"),
    ("go", 'gin.Default().GET("/:id", func(c *gin.Context) { raw.Exec("DELETE FROM u WHERE id=" + c.Param("id")) })', "sql"),
    ("java", "run(q);", "command"),
    ("java", 'if (!q.matches("[a-z]{1,20}")) return null;\nrun(q);', ""),
    ("java", 'if (!q.matches(".*[a-z].*")) return null;\nrun(q);', "command"),
    ("java", "if (!WORD.matcher(q).matches()) return null;\nrun(q);", ""),
    ("java", "if (!WORD.matcher(q).find()) return null;\nrun(q);", "command"),
    ("java", 'if (!Pattern.matches("[a-z]+", q)) return null;\nrun(q);', ""),
    ("java", 'if (!"a".equals(q)) return null;\nrun(q);', ""),
    ("java", 'Files.readAllBytes(Paths.get("/data", q));', "path"),
    ("java", 'Path base = Paths.get("/data");\nPath p = base.resolve(q).normalize();\nif (!p.startsWith(base)) throw new SecurityException();\nFiles.readAllBytes(p);', ""),
    ("java", 'Path base = Paths.get("/data");\nPath p = base.resolve(q);\nif (!p.startsWith(base)) throw new SecurityException();\nFiles.readAllBytes(p);', "path"),
    ("java", "new URL(q).openStream();", "ssrf"),
    ("java", 'URI u = URI.create(q);\nif (!"api.example.com".equals(u.getHost())) return null;\nu.toURL().openStream();', ""),
    ("go", 'var sb strings.Builder\nsb.WriteString("ls ")\nsb.WriteString(q)\nrun(sb.String())', "command"),
    ("java", "enum Tool { ls, ps }\nrun(Tool.valueOf(q).name());", ""),
    ("java", "record Filter(String v) { static Filter of(String v) { return new Filter(v); } }\nrun(Filter.of(q).v());", "command"),
    ("csharp", 'if (!Enum.TryParse<HttpStatus>(q, out var t)) return null;\nawait http.GetStringAsync("https://" + t);', ""),
    ("csharp", 'if (!System.Text.RegularExpressions.Regex.IsMatch(q, @"^[a-z]{1,9}\\z")) return null;\nawait http.GetStringAsync(q);', ""),
    ("csharp", "await http.GetStringAsync(q);", "ssrf"),
    ("csharp", 'var u = new Uri(q);\nif (u.Host != "api.example.com") return null;\nawait http.GetStringAsync(u);', ""),
    ("csharp", 'container.GetItemQueryIterator<dynamic>(new QueryDefinition("SELECT * FROM c WHERE c.o = @o").WithParameter("@o", q));', ""),
    ("csharp", "container.GetItemQueryIterator<dynamic>(new QueryDefinition($\"SELECT * FROM c WHERE c.o = '{q}'\"));", "nosql"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "body", "kind"), CASES)
def test_a_check_counts_for_what_it_rules_out(language: str, body: str, kind: str) -> None:
    path, code = CODE[language]
    facts = walked({path: code.replace("BODY", body)}).facts
    kinds = {flow.kind for one in facts for flow in one.flows}
    assert kinds & {"command", "path", "ssrf", "sql", "nosql"} == ({kind} if kind else set())
