"""Java applications: each unsafe one with its safe twin."""

from __future__ import annotations

_HEAD = """
        package app;
        import com.amazonaws.services.lambda.runtime.Context;
        import com.amazonaws.services.lambda.runtime.RequestHandler;
        import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
        import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
        import java.io.*;
        import java.nio.file.*;
        import java.sql.*;
"""


def _app(body: str, imports: str = "") -> dict[str, str]:
    return {
        "App.java": f"""{_HEAD}        {imports}
        public class App implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {{
          public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {{
            String p = event.getQueryStringParameters().get("p");
            try {{
              {body}
            }} catch (Exception e) {{
              return new APIGatewayProxyResponseEvent().withStatusCode(500);
            }}
            return new APIGatewayProxyResponseEvent().withStatusCode(200);
          }}
        }}
    """
    }


APPS: dict[str, dict[str, str]] = {
    "command": _app("""
              Runtime.getRuntime().exec("ls " + p); // !command
              new ProcessBuilder("sh", "-c", p).start(); // !command
              Runtime.getRuntime().exec("ls");
    """),
    "command twins": _app("""
              String cmd = p;
              if (7 * 42 - 200 > 10) { cmd = "ls"; }
              Runtime.getRuntime().exec(cmd);
              int n = Integer.parseInt(p);
              Runtime.getRuntime().exec("ls " + n);
    """),
    "sql": _app("""
              Connection c = DriverManager.getConnection("x");
              Statement s = c.createStatement();
              s.executeQuery("select * from t where id = '" + p + "'"); // !sql
              PreparedStatement ps = c.prepareStatement("select * from t where id = ?");
              ps.setString(1, p);
              ps.executeQuery();
    """),
    "files": _app("""
              new FileInputStream(new File("/data/" + p)).read(); // !path
              Files.readAllBytes(Paths.get("/data/fixed"));
              Files.readAllBytes(Paths.get("/data", p)); // !path
    """),
    "objects": _app("""
              byte[] b = java.util.Base64.getDecoder().decode(event.getBody());
              new ObjectInputStream(new ByteArrayInputStream(b)).readObject(); // !deserialization
    """),
    "script": _app(
        """
              new ScriptEngineManager().getEngineByName("js").eval(p); // !code
              new ScriptEngineManager().getEngineByName("js").eval("1 + 1");
    """,
        "import javax.script.ScriptEngineManager;",
    ),
    "hash": _app(
        """
              MessageDigest.getInstance("MD5"); // !weak-hash
              MessageDigest.getInstance("SHA-256");
    """,
        "import java.security.MessageDigest;",
    ),
    "containers": _app("""
              java.util.Map<String, String> m = new java.util.HashMap<>();
              m.put("a", p);
              m.put("b", "ls");
              Runtime.getRuntime().exec(m.get("b"));
              Runtime.getRuntime().exec(m.get("a")); // !command
              StringBuilder sb = new StringBuilder();
              sb.append("ls ").append(p);
              Runtime.getRuntime().exec(sb.toString()); // !command
    """),
    "servlet": {
        "Page.java": """
        package app;
        import java.io.*;
        import javax.servlet.http.*;
        import org.owasp.encoder.Encode;
        public class Page extends HttpServlet {
          protected void doGet(HttpServletRequest req, HttpServletResponse res) throws IOException {
            String name = req.getParameter("name");
            res.getWriter().println("<p>" + name + "</p>"); // !xss
            res.getWriter().println("<p>" + Encode.forHtml(name) + "</p>");
            res.sendRedirect(name); // !redirect
          }
        }
    """
    },
    "spring": {
        "Api.java": """
        package app;
        import org.springframework.web.bind.annotation.*;
        import org.springframework.jdbc.core.JdbcTemplate;
        @RestController
        public class Api {
          private final JdbcTemplate jdbc = new JdbcTemplate();
          @GetMapping("/x")
          public Object x(@RequestParam("q") String q) {
            jdbc.queryForList("select * from t where a = ?", q);
            return jdbc.queryForList("select * from t where a = '" + q + "'"); // !sql
          }
        }
    """
    },
    "bucket": {
        "Handler.java": """
        package app;
        import com.amazonaws.services.lambda.runtime.Context;
        import com.amazonaws.services.lambda.runtime.events.S3Event;
        import java.nio.file.Files;
        import java.nio.file.Paths;
        public class Handler {
            public String handleRequest(S3Event event, Context context) throws Exception {
                String key = event.getRecords().get(0).getS3().getObject().getKey();
                Runtime.getRuntime().exec("sh -c convert " + key); // !command
                Files.readAllBytes(Paths.get("/data/" + key)); // !path
                Runtime.getRuntime().exec("ls -l");
                Files.readAllBytes(Paths.get("/data/fixed"));
                return "ok";
            }
        }
    """
    },
    "queue": {
        "Handler.java": """
        package app;
        import com.amazonaws.services.lambda.runtime.Context;
        import com.amazonaws.services.lambda.runtime.events.SQSEvent;
        import java.sql.Connection;
        import java.sql.DriverManager;
        import java.sql.PreparedStatement;
        import java.sql.Statement;
        public class Handler {
            public void handleRequest(SQSEvent event, Context context) throws Exception {
                Connection connection = DriverManager.getConnection("jdbc:mysql://x");
                for (SQSEvent.SQSMessage message : event.getRecords()) {
                    String body = message.getBody();
                    Statement statement = connection.createStatement();
                    statement.executeQuery("select * from t where id = '" + body + "'"); // !sql
                    PreparedStatement prepared = connection.prepareStatement("select * from t where id = ?");
                    prepared.setString(1, body);
                    prepared.executeQuery();
                    statement.executeQuery("select * from t where id = " + Integer.parseInt(body));
                }
            }
        }
    """
    },
    "stored client": {
        "Handler.java": """
        package app;
        import com.amazonaws.services.lambda.runtime.Context;
        import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
        import java.util.HashMap;
        import java.util.Map;
        public class Handler {
            private static final String TOOL = "/opt/tool ";
            public String handleRequest(APIGatewayV2HTTPEvent event, Context context) throws Exception {
                Map<String, String> options = new HashMap<>();
                options.put("name", event.getQueryStringParameters().get("name"));
                options.put("mode", "fast");
                Runtime.getRuntime().exec(TOOL + options.get("name")); // !command
                Runtime.getRuntime().exec(TOOL + options.get("mode"));
                options.put("name", "fixed");
                Runtime.getRuntime().exec(TOOL + options.get("name"));
                return "ok";
            }
        }
    """
    },
}
