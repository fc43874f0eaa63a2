"""What `import package.*` brings: the classes of well-known packages that handlers use.

The Java SE, servlet, Spring and Lambda API documentation list the members of these packages; a package that is not here
binds nothing, as a file alone does not say what is in it.
"""

from __future__ import annotations

CLASSES: dict[str, tuple[str, ...]] = {
    "java.io": (
        "File", "FileInputStream", "FileOutputStream", "FileReader", "FileWriter", "RandomAccessFile", "PrintWriter",
        "BufferedReader", "BufferedWriter", "InputStream", "InputStreamReader", "ObjectInputStream", "OutputStream",
        "ByteArrayInputStream", "ByteArrayOutputStream", "StringReader", "StringWriter",
    ),
    "java.nio.file": ("Files", "Path", "Paths", "FileSystems"),
    "java.net": ("URL", "URI", "Socket", "HttpURLConnection", "URLEncoder", "URLDecoder", "InetAddress"),
    "java.net.http": ("HttpClient", "HttpRequest", "HttpResponse"),
    "java.sql": ("Connection", "DriverManager", "PreparedStatement", "ResultSet", "Statement", "CallableStatement"),
    "java.security": ("MessageDigest", "SecureRandom", "Signature", "KeyPairGenerator", "KeyStore"),
    "java.util": (
        "ArrayList", "HashMap", "HashSet", "LinkedHashMap", "LinkedList", "List", "Map", "Set", "Random", "UUID",
        "Base64", "Optional", "Arrays", "Collections", "Scanner", "TreeMap", "Deque", "ArrayDeque",
        "Iterator", "Objects",
    ),
    "java.util.regex": ("Pattern", "Matcher"),
    "javax.crypto": ("Cipher", "KeyGenerator", "Mac", "SecretKeyFactory"),
    "javax.crypto.spec": ("SecretKeySpec", "IvParameterSpec", "PBEKeySpec", "GCMParameterSpec"),
    "javax.naming": ("InitialContext", "Context"),
    "javax.naming.directory": ("DirContext", "InitialDirContext", "SearchControls"),
    "javax.script": ("ScriptEngine", "ScriptEngineManager"),
    "javax.xml.parsers": ("DocumentBuilder", "DocumentBuilderFactory", "SAXParser", "SAXParserFactory"),
    "javax.xml.xpath": ("XPath", "XPathConstants", "XPathExpression", "XPathFactory"),
    "javax.servlet.http": ("Cookie", "HttpServlet", "HttpServletRequest", "HttpServletResponse", "HttpSession"),
    "jakarta.servlet.http": ("Cookie", "HttpServlet", "HttpServletRequest", "HttpServletResponse", "HttpSession"),
    "javax.ws.rs": ("CookieParam", "FormParam", "GET", "HeaderParam", "POST", "Path", "PathParam", "QueryParam"),
    "jakarta.ws.rs": ("CookieParam", "FormParam", "GET", "HeaderParam", "POST", "Path", "PathParam", "QueryParam"),
    "org.springframework.web.bind.annotation": (
        "CookieValue", "DeleteMapping", "GetMapping", "ModelAttribute", "PathVariable", "PostMapping", "PutMapping",
        "RequestBody", "RequestHeader", "RequestMapping", "RequestParam", "RequestPart", "RestController",
    ),
    "com.amazonaws.services.lambda.runtime": ("Context", "LambdaLogger", "RequestHandler", "RequestStreamHandler"),
    "com.amazonaws.services.lambda.runtime.events": (
        "APIGatewayProxyRequestEvent", "APIGatewayProxyResponseEvent", "APIGatewayV2HTTPEvent",
        "APIGatewayV2HTTPResponse", "DynamodbEvent", "KinesisEvent", "S3Event", "SNSEvent",
        "SQSEvent", "ScheduledEvent",
    ),
}  # fmt: skip
