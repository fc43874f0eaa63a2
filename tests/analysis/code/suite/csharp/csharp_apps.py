"""C# applications: each unsafe one with its safe twin."""

from __future__ import annotations


def _lambda(body: str, *, usings: str = "", members: str = "") -> dict[str, str]:
    """A Lambda function behind API Gateway; `p` is from the query string."""
    return {
        "Function.cs": f"""
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Amazon.Lambda.APIGatewayEvents;
        using Amazon.Lambda.Core;
        {usings}
        namespace App;
        public class Function
        {{
            {members}
            public async Task<APIGatewayProxyResponse> FunctionHandler(APIGatewayProxyRequest request, ILambdaContext context)
            {{
                string p = request.QueryStringParameters["p"];
                {body}
                return new APIGatewayProxyResponse {{ StatusCode = 200 }};
            }}
        }}
    """
    }


def _function(body: str, *, usings: str = "", members: str = "", level: str = "Anonymous") -> dict[str, str]:
    """An Azure function in process; `p` is from the query string."""
    return {
        "Api.cs": f"""
        using System;
        using System.IO;
        using Microsoft.AspNetCore.Http;
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.Azure.WebJobs;
        using Microsoft.Azure.WebJobs.Extensions.Http;
        using Microsoft.Extensions.Logging;
        {usings}
        namespace App
        {{
            public static class Api
            {{
                {members}
                [FunctionName("Api")]
                public static async Task<IActionResult> Run(
                    [HttpTrigger(AuthorizationLevel.{level}, "get", "post", Route = null)] HttpRequest req, ILogger log)
                {{
                    string p = req.Query["p"];
                    {body}
                    return new OkResult();
                }}
            }}
        }}
    """
    }


APPS: dict[str, dict[str, str]] = {
    "command": _lambda("""
                Process.Start("/bin/sh", "-c \\"ls " + p + "\\""); // !command
                Process.Start(new ProcessStartInfo { FileName = "/bin/bash", Arguments = $"-c \\"cat {p}\\"" }); // !command
                Process.Start(p); // !command
                Process.Start("/bin/sh", "-c ls");
    """),
    "command twins": _lambda("""
                var count = int.Parse(p);
                Process.Start("/bin/sh", $"-c \\"head -n {count}\\"");
                var info = new ProcessStartInfo("/usr/bin/convert");
                info.ArgumentList.Add(p);
                Process.Start(info);
                string command = p;
                if (7 * 42 - 200 > 10) command = "ls";
                Process.Start("/bin/sh", "-c " + command);
    """),
    "command set by properties": _lambda("""
                var process = new Process();
                process.StartInfo.FileName = "/bin/sh";
                process.StartInfo.Arguments = "-c " + p; // !command
                process.StartInfo.UseShellExecute = false;
                process.Start();
                var other = new Process { StartInfo = new ProcessStartInfo("ls", "-l") };
                other.Start();
    """),
    "sql": _lambda(
        """
                using var connection = new SqlConnection(Environment.GetEnvironmentVariable("DB"));
                var command = new SqlCommand("select * from t where id = '" + p + "'", connection); // !sql
                using var other = connection.CreateCommand();
                other.CommandText = $"delete from t where id = {p}"; // !sql
    """,
        usings="using Microsoft.Data.SqlClient;",
    ),
    "sql twins": _lambda(
        """
                using var connection = new SqlConnection(Environment.GetEnvironmentVariable("DB"));
                var command = new SqlCommand("select * from t where id = @id", connection);
                command.Parameters.AddWithValue("@id", p);
                using var reader = await command.ExecuteReaderAsync();
                if (!Guid.TryParse(p, out var id)) return new APIGatewayProxyResponse { StatusCode = 400 };
                var byId = new SqlCommand($"select * from t where id = '{p}'", connection);
                var again = new SqlCommand($"select * from t where id = '{id}'", connection);
                var allowed = new HashSet<string> { "name", "age" };
                if (allowed.Contains(p)) { new SqlCommand("select * from t order by " + p, connection); }
    """,
        usings="using System.Data.SqlClient;",
    ),
    "dapper": _lambda(
        """
                using var db = new NpgsqlConnection("x");
                var a = await db.QueryAsync<Row>($"select * from t where a = '{p}'"); // !sql
                var b = await db.QueryAsync<Row>("select * from t where a = @p", new { p });
                db.Execute("delete from t where a = " + p); // !sql
                db.Execute("delete from t where a = @p", new { p });
    """,
        usings="using Dapper; using Npgsql;",
    ),
    "entity framework": {
        "UsersController.cs": """
        using Microsoft.AspNetCore.Mvc;
        using Microsoft.EntityFrameworkCore;
        namespace App;
        public class Store : DbContext { public DbSet<User> Users { get; set; } }
        public class User { public int Id { get; set; } public string Name { get; set; } }
        [ApiController]
        [Route("users")]
        public class UsersController : ControllerBase
        {
            private readonly Store _store;
            public UsersController(Store store) { _store = store; }
            [HttpGet("{name}")]
            public IActionResult Find(string name, int page)
            {
                _store.Users.FromSqlRaw($"select * from users where name = '{name}'"); // !sql
                _store.Users.FromSqlInterpolated($"select * from users where name = {name}");
                _store.Users.FromSqlRaw("select * from users where name = {0}", name);
                _store.Users.FromSqlRaw($"select * from users offset {page}");
                _store.Database.ExecuteSqlRaw("delete from users where name = '" + name + "'"); // !sql
                _store.Database.ExecuteSqlInterpolated($"delete from users where name = {name}");
                return Ok();
            }
        }
    """
    },
    "files": _lambda("""
                File.ReadAllText("/data/" + p); // !path
                File.WriteAllText(Path.Combine("/data", p), "x"); // !path
                Directory.Delete(Path.Combine("/data", p), true); // !path
                using var stream = new FileStream($"/data/{p}", FileMode.Open); // !path
                using var reader = new StreamReader("/data/" + p); // !path
    """),
    "files twins": _lambda("""
                File.ReadAllText(Path.Combine("/data", Path.GetFileName(p)));
                var full = Path.GetFullPath(Path.Combine("/data", p));
                if (!full.StartsWith("/data/")) throw new ArgumentException("path");
                File.ReadAllText(full);
                var name = p switch { "a" => "a.txt", "b" => "b.txt", _ => "c.txt" };
                File.ReadAllText("/data/" + name);
                using var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(request.Body));
                using var reader = new StreamReader(body);
    """),
    "hosts": _lambda(
        """
                await client.GetAsync(p); // !ssrf
                await client.GetStringAsync($"https://{p}/api"); // !ssrf
                await client.GetAsync($"https://api.example.com/items/{p}");
                var message = new HttpRequestMessage(HttpMethod.Get, p); // !ssrf
                var old = System.Net.WebRequest.Create(p); // !ssrf
                await client.GetAsync(Environment.GetEnvironmentVariable("BASE") + "/items/" + p);
    """,
        members="private static readonly HttpClient client = new HttpClient();",
    ),
    "hosts twins": _lambda("""
                var client = new HttpClient();
                var uri = new Uri(p);
                if (uri.Host != "api.example.com") return new APIGatewayProxyResponse { StatusCode = 400 };
                await client.GetAsync(uri);
                if (p == "https://a.example.com/x" || p == "https://b.example.com/x") { await client.GetAsync(p); }
    """),
    "documents": _lambda(
        """
                var document = new XmlDocument();
                document.XmlResolver = new XmlUrlResolver(); // !xxe
                document.LoadXml(request.Body);
                var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse }; // !xxe
                var safe = new XmlDocument { XmlResolver = null };
                safe.LoadXml(request.Body);
                var strict = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };
                using var reader = XmlReader.Create(new StringReader(request.Body), strict);
                safe.SelectSingleNode("/users/user[@name='" + p + "']"); // !xpath
                safe.SelectSingleNode("/users/user[@name='fixed']");
    """,
        usings="using System.Xml;",
    ),
    "objects": _lambda(
        """
                var data = Convert.FromBase64String(request.Body);
                var one = new BinaryFormatter().Deserialize(new MemoryStream(data)); // !deserialization
                var settings = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.All }; // !deserialization
                var two = JsonConvert.DeserializeObject<Order>(request.Body, settings);
                var three = JsonConvert.DeserializeObject<Order>(request.Body);
                var none = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.None };
    """,
        usings="using Newtonsoft.Json; using System.Runtime.Serialization.Formatters.Binary;",
    ),
    "typed body": {
        "Function.cs": """
        using System.Text.Json;
        using Amazon.Lambda.APIGatewayEvents;
        using Amazon.Lambda.Core;
        using Npgsql;
        public record Order(string Name, int Count);
        public class Item { public Guid Id { get; set; } public string Title { get; set; } = ""; }
        public class Function
        {
            public void FunctionHandler(APIGatewayHttpApiV2ProxyRequest request, ILambdaContext context)
            {
                var order = JsonSerializer.Deserialize<Order>(request.Body);
                var item = JsonSerializer.Deserialize<Item>(request.Body);
                new NpgsqlCommand("select 1 where a = '" + order.Name + "'"); // !sql
                new NpgsqlCommand("select 1 where a = " + order.Count);
                new NpgsqlCommand($"select 1 where a = '{item.Id}'");
                new NpgsqlCommand($"select 1 where a = '{item.Title}'"); // !sql
            }
        }
    """
    },
    "directories": _lambda(
        """
                var searcher = new DirectorySearcher("(uid=" + p + ")"); // !ldap
                searcher.Filter = $"(&(objectClass=user)(uid={p}))"; // !ldap
                searcher.Filter = $"(uid={Encoder.LdapFilterEncode(p)})";
                searcher.Filter = "(objectClass=user)";
    """,
        usings="using System.DirectoryServices;",
    ),
    "pages": _function("""
                    if (p == "1") return new ContentResult { Content = "<h1>" + p.Trim() + "</h1>", ContentType = "text/html" };
                    if (p == "2") return new ContentResult { Content = "<h1>" + req.Query["q"] + "</h1>", ContentType = "text/html" }; // !xss
                    var safe = System.Net.WebUtility.HtmlEncode(p);
                    return new ContentResult { Content = "<h1>" + safe + "</h1>", ContentType = "text/html" };
    """),
    "pages of a gateway": _lambda("""
                var headers = new Dictionary<string, string> { { "Content-Type", "text/html" } };
                if (request.Path == "/a") {
                    return new APIGatewayProxyResponse { Body = $"<p>{p}</p>", Headers = headers }; // !xss
                }
                return new APIGatewayProxyResponse { Body = "<p>" + p + "</p>",
                    Headers = new Dictionary<string, string> { ["Content-Type"] = "application/json" } };
    """),
    "redirects": _function("""
                    if (req.Method == "GET") return new RedirectResult(p); // !redirect
                    if (p.StartsWith("/") && !p.StartsWith("//")) return new LocalRedirectResult(p);
                    return new RedirectResult("/home?next=" + p);
    """),
    "controller": {
        "HomeController.cs": """
        using Microsoft.AspNetCore.Mvc;
        public class HomeController : Controller
        {
            public IActionResult Go(string url)
            {
                if (Url.IsLocalUrl(url)) return Redirect(url);
                return Redirect(url); // !redirect
            }
            public IActionResult Page([FromQuery] string name) => Content("<b>" + name + "</b>", "text/html"); // !xss
            public IActionResult Text([FromQuery] string name) => Content(name, "text/plain");
            public IActionResult Read()
            {
                var file = Request.Query["file"];
                return PhysicalFile("/srv/" + file, "text/plain"); // !path
            }
            private string Inside(string name) => System.IO.File.ReadAllText(name);
        }
    """
    },
    "minimal api": {
        "Program.cs": """
        using Microsoft.Data.Sqlite;
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAWSLambdaHosting(LambdaEventSource.HttpApi);
        var app = builder.Build();
        app.MapGet("/a/{name}", (string name) => Find(name));
        app.MapGet("/b/{id}", (int id) => new SqliteCommand("select * from t where id = " + id));
        app.MapPost("/c", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var text = await reader.ReadToEndAsync();
            System.Diagnostics.Process.Start("/bin/sh", "-c " + text); // !command
            return Results.Content("<p>" + text + "</p>", "text/html"); // !xss
        });
        app.Run();
        static object Find(string name) => new SqliteCommand("select * from t where name = '" + name + "'"); // !sql
    """
    },
    "isolated worker": {
        "Functions.cs": """
        using Microsoft.Azure.Functions.Worker;
        using Microsoft.Azure.Functions.Worker.Http;
        public class Functions
        {
            private readonly ILogger<Functions> _logger;
            private readonly HttpClient _http;
            public Functions(ILogger<Functions> logger, HttpClient http) { _logger = logger; _http = http; }
            [Function("Proxy")]
            public async Task<HttpResponseData> Run(
                [HttpTrigger(AuthorizationLevel.Function, "get", Route = "proxy/{host}")] HttpRequestData req, string host)
            {
                var body = await _http.GetStringAsync("https://" + host + "/"); // !ssrf
                var response = req.CreateResponse();
                await response.WriteStringAsync("<p>" + req.Query["q"] + "</p>"); // !xss
                await response.WriteStringAsync("done");
                return response;
            }
            [Function("Queue")]
            public void Queue([QueueTrigger("jobs")] string message)
            {
                System.Diagnostics.Process.Start("/bin/bash", "-c " + message); // !command
            }
            [Function("Typed")]
            public void Typed([ServiceBusTrigger("jobs")] ServiceBusReceivedMessage message)
            {
                System.IO.File.ReadAllText("/data/" + message.Body.ToString()); // !path
            }
            [Function("Timer")]
            public void Timer([TimerTrigger("0 */5 * * * *")] TimerInfo timer)
            {
                System.Diagnostics.Process.Start("/bin/bash", "-c " + timer.ScheduleStatus);
            }
            [Function("Blob")]
            public void Blob([BlobTrigger("in/{name}")] Stream content, string name)
            {
                System.IO.File.Delete("/tmp/" + name); // !path
            }
        }
    """
    },
    "queue of lambda": {
        "Function.cs": """
        using Amazon.Lambda.Core;
        using Amazon.Lambda.SQSEvents;
        using Amazon.Lambda.S3Events;
        public class Function
        {
            public async Task FunctionHandler(SQSEvent sqs, ILambdaContext context)
            {
                foreach (var record in sqs.Records)
                {
                    await Handle(record);
                }
            }
            private async Task Handle(SQSEvent.SQSMessage message)
            {
                Process.Start("/bin/sh", "-c " + message.Body); // !command
                Process.Start("/bin/sh", "-c " + message.MessageId);
            }
            public void OnObject(S3Event s3, ILambdaContext context)
            {
                var key = s3.Records[0].S3.Object.Key;
                File.ReadAllText("/data/" + key); // !path
                File.ReadAllText("/data/" + s3.Records[0].S3.Bucket.Name);
            }
        }
    """
    },
    "annotations": {
        "Functions.cs": """
        using Amazon.Lambda.Annotations;
        using Amazon.Lambda.Annotations.APIGateway;
        public class Functions
        {
            [LambdaFunction]
            [HttpApi(LambdaHttpMethod.Get, "/x/{name}")]
            public IHttpResult Get(string name, [FromQuery] int page, [FromHeader(Name = "x-y")] string header)
            {
                File.ReadAllText("/data/" + name); // !path
                File.ReadAllText("/data/" + page);
                File.ReadAllText("/data/" + header); // !path
                return HttpResults.Ok();
            }
        }
    """
    },
    "google": {
        "Function.cs": """
        using Google.Cloud.Functions.Framework;
        using Microsoft.AspNetCore.Http;
        public class Function : IHttpFunction
        {
            public async Task HandleAsync(HttpContext context)
            {
                string name = context.Request.Query["name"];
                await context.Response.WriteAsync("<p>" + name + "</p>"); // !xss
                await context.Response.WriteAsync("<p>" + HtmlEncoder.Default.Encode(name) + "</p>");
                context.Response.Redirect(name); // !redirect
                context.Response.Cookies.Append("a", "b"); // !cookie
                context.Response.Cookies.Append("a", "b", new CookieOptions { Secure = true, HttpOnly = true });
                context.Response.Cookies.Append("a", "b", new CookieOptions { Secure = true }); // !cookie
            }
        }
    """
    },
    "cookies": _function("""
                    var options = new CookieOptions();
                    options.Secure = true;
                    options.HttpOnly = true;
                    req.HttpContext.Response.Cookies.Append("a", "b", options);
                    var other = new CookieOptions { HttpOnly = true, Secure = false };
                    req.HttpContext.Response.Cookies.Append("a", "b", other); // !cookie
                    req.HttpContext.Session.SetString("user", p); // !trust-boundary
                    req.HttpContext.Session.SetString("user", "fixed");
    """),
    "cryptography": _lambda(
        """
                using var md5 = MD5.Create(); // !weak-hash
                var hash = SHA1.HashData(new byte[0]); // !weak-hash
                using var good = SHA256.Create();
                using var des = DES.Create(); // !weak-cipher
                using var aes = Aes.Create();
                aes.Mode = CipherMode.ECB; // !weak-cipher
                aes.Mode = CipherMode.CBC;
                aes.Key = Encoding.UTF8.GetBytes("0123456789abcdef"); // !hardcoded-key
                aes.IV = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }; // !hardcoded-key
                aes.Key = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("KEY"));
                var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("a very secret signing key")); // !hardcoded-key
    """,
        usings="using System.Security.Cryptography; using System.Text; using Microsoft.IdentityModel.Tokens;",
    ),
    "random": _lambda(
        """
                var random = new Random(); // !weak-randomness
                var token = random.Next().ToString("x");
                var strong = RandomNumberGenerator.GetBytes(16);
    """,
        usings="using System.Security.Cryptography;",
    ),
    "certificates": _lambda("""
                var trusting = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true }; // !tls-off
                var other = new HttpClientHandler();
                other.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator; // !tls-off
                System.Net.ServicePointManager.ServerCertificateValidationCallback += (s, c, ch, e) => { return true; }; // !tls-off
                var checking = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => e == SslPolicyErrors.None };
    """),
    "tokens": _lambda(
        """
                var handler = new JwtSecurityTokenHandler();
                var token = handler.ReadJwtToken(p); // !token-unverified
                var loose = new TokenValidationParameters { ValidateLifetime = false }; // !token-unverified
                var strict = new TokenValidationParameters { ValidateLifetime = true, ValidateIssuer = true };
                handler.ValidateToken(p, strict, out var validated);
    """,
        usings="using System.IdentityModel.Tokens.Jwt; using Microsoft.IdentityModel.Tokens;",
    ),
    "code": _lambda(
        """
                var result = await CSharpScript.EvaluateAsync(p); // !code
                var fixedResult = await CSharpScript.EvaluateAsync("1 + 1");
                Assembly.LoadFrom(p); // !dynamic-import
                Assembly.Load("App.Plugins");
                Regex.IsMatch("text", p); // !regex
                Regex.IsMatch("text", Regex.Escape(p));
                Regex.IsMatch(p, "^[a-z]+$");
    """,
        usings="using Microsoft.CodeAnalysis.CSharp.Scripting; using System.Reflection; using System.Text.RegularExpressions;",
    ),
    "errors": _function("""
                    try { int.Parse("x"); }
                    catch (FormatException error)
                    {
                        log.LogError(error, "failed");
                        if (req.Method == "GET") return new BadRequestObjectResult(new { message = error.Message }); // !verbose-error
                        if (req.Method == "PUT") return new ObjectResult(error.ToString()) { StatusCode = 500 }; // !verbose-error
                        return new BadRequestObjectResult("the number is not valid");
                    }
    """),
    "secrets logged": {
        "Job.cs": """
        using Azure.Identity;
        using Azure.Security.KeyVault.Secrets;
        using Microsoft.Azure.WebJobs;
        public class Job
        {
            [FunctionName("Job")]
            public async Task Run([QueueTrigger("jobs")] string message, ILogger log)
            {
                var client = new SecretClient(new Uri(Environment.GetEnvironmentVariable("VAULT")), new DefaultAzureCredential());
                KeyVaultSecret secret = await client.GetSecretAsync("db");
                log.LogInformation($"connecting with {secret.Value}"); // !sensitive-log
                log.LogInformation("connecting");
                Audit(log, secret.Value); // !sensitive-log
                var url = Environment.GetEnvironmentVariable("URL") + "?code=" + Environment.GetEnvironmentVariable("CODE");
                log.LogInformation("calling " + url); // !sensitive-log
            }
            private static void Audit(ILogger logger, string text) { logger.LogWarning("audit: " + text); }
        }
    """
    },
    "containers": _lambda("""
                var options = new Dictionary<string, string> { ["a"] = p, ["b"] = "ls" };
                Process.Start("/bin/sh", "-c " + options["b"]);
                Process.Start("/bin/sh", "-c " + options["a"]); // !command
                options["a"] = "ls";
                Process.Start("/bin/sh", "-c " + options["a"]);
                if (options.TryGetValue("b", out var known)) Process.Start("/bin/sh", "-c " + known);
                var list = new List<string> { "x", p, "y" };
                list.RemoveAt(1);
                Process.Start("/bin/sh", "-c " + list[1]);
                list.Add(p);
                Process.Start("/bin/sh", "-c " + list.Last()); // !command
                var text = new System.Text.StringBuilder();
                text.Append("-c ").Append(p);
                Process.Start("/bin/sh", text.ToString()); // !command
                foreach (var pair in options) { Process.Start("/bin/sh", "-c " + pair.Value); }
                var (first, second) = (p, "ls");
                Process.Start("/bin/sh", "-c " + second);
                Process.Start("/bin/sh", "-c " + first); // !command
    """),
    "queries over sequences": _lambda("""
                var words = p.Split(',').Where(word => word.Length > 2).Select(word => word.Trim()).ToList();
                Process.Start("/bin/sh", "-c " + string.Join(" ", words)); // !command
                var numbers = p.Split(',').Select(int.Parse).Select(number => number + 1);
                Process.Start("/bin/sh", "-c " + string.Join(" ", numbers));
                var fixedWords = new[] { "a", "b" }.Select(word => word + "!");
                Process.Start("/bin/sh", "-c " + string.Concat(fixedWords));
                var found = from word in p.Split(',') where word != "" select word + ".txt";
                Process.Start("/bin/sh", "-c " + found.First()); // !command
                Process.Start("/bin/sh", string.Format("-c {0} {1}", "ls", p)); // !command
                Process.Start("/bin/sh", string.Format("-c {0}", "ls"));
    """),
    "classes": {
        "Function.cs": """
        using Amazon.Lambda.APIGatewayEvents;
        using Amazon.Lambda.Core;
        namespace App;
        public class Function
        {
            private readonly Runner _runner = new Runner("/bin/sh");
            private string Last { get; set; } = "";
            public void FunctionHandler(APIGatewayProxyRequest request, ILambdaContext context)
            {
                var p = request.PathParameters["p"];
                _runner.Run(p);
                _runner.Run(Cleaner.Number(p));
                Last = p;
                _runner.Raw(Last.Quoted());
                var job = new Job { Name = p, Kind = "ls" };
                _runner.Kind(job);
                string Local(string value) => "echo " + value;
                _runner.Other(Local("x"));
            }
        }
    """,
        "Runner.cs": """
        namespace App;
        public class Runner
        {
            private readonly string _shell;
            public Runner(string shell) { _shell = shell; }
            public void Run(string text) { System.Diagnostics.Process.Start(_shell, "-c " + text); } // !command
            public void Raw(string text) => System.Diagnostics.Process.Start("/bin/sh", text); // !command
            public void Kind(Job job) { System.Diagnostics.Process.Start("/bin/sh", job.Kind); System.Diagnostics.Process.Start("/bin/sh", job.Name); // !command
            }
            public void Other(string text) { System.Diagnostics.Process.Start("/bin/sh", text); }
        }
        public class Job { public string Name { get; set; } public string Kind { get; set; } }
    """,
        "Helpers.cs": """
        namespace App;
        public static class Cleaner { public static string Number(string text) => int.Parse(text).ToString(); }
        public static class Texts { public static string Quoted(this string text) => "'" + text + "'"; }
    """,
    },
    "inherited": {
        "Function.cs": """
        using Amazon.Lambda.APIGatewayEvents;
        using Amazon.Lambda.Core;
        public abstract class Base
        {
            protected string Folder = "/data/";
            protected abstract string Name(APIGatewayProxyRequest request);
            public string FunctionHandler(APIGatewayProxyRequest request, ILambdaContext context) => Read(Name(request));
            protected virtual string Read(string name) => File.ReadAllText(Folder + name); // !path
        }
        public class Loose : Base
        {
            protected override string Name(APIGatewayProxyRequest request) => request.QueryStringParameters["name"];
        }
        public class Strict : Base
        {
            protected override string Name(APIGatewayProxyRequest request) => "fixed";
        }
    """
    },
    "patterns": _lambda(
        """
                if (p is not { Length: > 3 } name) return new APIGatewayProxyResponse { StatusCode = 400 };
                Process.Start("/bin/sh", "-c " + name); // !command
                object boxed = p;
                if (boxed is string text && text.Length > 1) Process.Start("/bin/sh", "-c " + text); // !command
                string tool;
                switch (p) { case "a": tool = "ls"; break; case "b": tool = "ps"; break; default: tool = "id"; break; }
                Process.Start("/bin/sh", "-c " + tool);
                var kind = 3 switch { > 5 => p, _ => "ls" };
                Process.Start("/bin/sh", "-c " + kind);
                var copy = new Job(p, "ls") with { Name = "fixed" };
                Process.Start("/bin/sh", "-c " + copy.Name);
    """,
        members="public record Job(string Name, string Kind);",
    ),
    "cosmos": _lambda(
        """
                var query = new QueryDefinition("select * from c where c.name = '" + p + "'"); // !nosql
                var bound = new QueryDefinition("select * from c where c.name = @name").WithParameter("@name", p);
                BsonDocument.Parse("{ name: '" + p + "' }"); // !nosql
    """,
        usings="using Microsoft.Azure.Cosmos; using MongoDB.Bson;",
    ),
}
