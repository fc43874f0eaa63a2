"""Commands, files, code, templates, serialised objects, documents, hashes, random numbers, TLS of Java.

Sources: Java SE API documentation of Runtime ("exec"), ProcessBuilder, java.nio.file, ObjectInputStream ("Warning:
Deserialization of untrusted data is inherently dangerous"), DocumentBuilderFactory, ScriptEngine, MessageDigest,
Cipher, java.util.Random; OWASP XXE Prevention and Deserialization Cheat Sheets.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_XML = (
    ("javax.xml.parsers.DocumentBuilderFactory", "newDocumentBuilder", "javax.xml.parsers.DocumentBuilder"),
    ("javax.xml.parsers.SAXParserFactory", "newSAXParser", "javax.xml.parsers.SAXParser"),
)
_DISALLOW = "http://apache.org/xml/features/disallow-doctype-decl"
_EXTERNAL = "http://xml.org/sax/features/external-general-entities"
_SECURE = (
    "http://javax.xml.XMLConstants/feature/secure-processing",
    "javax.xml.XMLConstants.FEATURE_SECURE_PROCESSING",
)
_WEAK = ("MD5", "md5", "MD2", "MD4", "SHA-1", "SHA1", "sha1", "SHA", "sha-1")
_CIPHERS = ("DES", "ECB", "RC4", "RC2", "Blowfish", "ARCFOUR")
_FILES = (
    "readAllBytes",
    "readString",
    "readAllLines",
    "lines",
    "newBufferedReader",
    "newBufferedWriter",
    "newInputStream",
    "newOutputStream",
    "write",
    "writeString",
    "delete",
    "deleteIfExists",
    "createFile",
    "createDirectory",
    "createDirectories",
    "list",
    "walk",
    "newByteChannel",
)
_STREAMS = (
    "FileInputStream",
    "FileOutputStream",
    "FileReader",
    "FileWriter",
    "RandomAccessFile",
    "PrintWriter",
    "File",
)
_PARSES = (
    "Integer.parseInt",
    "Integer.valueOf",
    "Long.parseLong",
    "Long.valueOf",
    "Double.parseDouble",
    "Double.valueOf",
    "Float.parseFloat",
    "Boolean.parseBoolean",
    "Boolean.valueOf",
    "Short.parseShort",
    "Byte.parseByte",
)
_ESCAPES = (
    "org.apache.commons.text.StringEscapeUtils.escapeHtml4",
    "org.apache.commons.text.StringEscapeUtils.escapeHtml3",
    "org.apache.commons.lang3.StringEscapeUtils.escapeHtml4",
    "org.apache.commons.lang.StringEscapeUtils.escapeHtml",
    "org.springframework.web.util.HtmlUtils.htmlEscape",
    "org.owasp.encoder.Encode.forHtml",
    "org.owasp.encoder.Encode.forHtmlContent",
    "org.owasp.encoder.Encode.forHtmlAttribute",
    "org.jsoup.Jsoup.clean",
    "com.google.common.html.HtmlEscapers.htmlEscaper().escape",
)

MODELS: tuple[Model, ...] = (
    # Commands.
    Makes("java.lang.Runtime.getRuntime", "java.lang.Runtime"),
    Sink("command", "java.lang.Runtime.exec", (0,), cwe="CWE-78"),
    Sink("command", "java.lang.ProcessBuilder", ("*",), cwe="CWE-78"),
    Makes("java.lang.ProcessBuilder", "java.lang.ProcessBuilder"),
    Sink("command", "java.lang.ProcessBuilder.command", ("*",), cwe="CWE-78"),
    Sink("command", "org.apache.commons.exec.CommandLine.parse", (0,), cwe="CWE-78"),
    # Code.
    Makes("javax.script.ScriptEngineManager", "javax.script.ScriptEngineManager"),
    *(
        Makes(f"javax.script.ScriptEngineManager.{name}", "javax.script.ScriptEngine")
        for name in ("getEngineByName", "getEngineByExtension", "getEngineByMimeType")
    ),
    Sink("code", "javax.script.ScriptEngine.eval", (0,), cwe="CWE-94"),
    *(
        Sink("code", name, (0,), cwe="CWE-94")
        for name in (
            "groovy.lang.GroovyShell.evaluate",
            "groovy.util.Eval.me",
            "org.mvel2.MVEL.eval",
            "ognl.Ognl.getValue",
            "org.springframework.expression.spel.standard.SpelExpressionParser.parseExpression",
            "bsh.Interpreter.eval",
            "org.graalvm.polyglot.Context.eval",
        )
    ),
    *(
        Makes(name, name)
        for name in (
            "groovy.lang.GroovyShell",
            "bsh.Interpreter",
            "org.springframework.expression.spel.standard.SpelExpressionParser",
        )
    ),
    Sink("dynamic-import", "java.lang.Class.forName", (0,), part="whole", confidence="medium", cwe="CWE-470"),
    *(
        Sink("dynamic-import", f"java.lang.{name}", (0,), part="whole", cwe="CWE-114")
        for name in ("System.load", "System.loadLibrary")
    ),
    # Templates.
    Sink("template", "org.apache.velocity.app.Velocity.evaluate", (3,), cwe="CWE-1336"),
    Sink("template", "freemarker.template.Template", (1,), cwe="CWE-1336"),
    Sink("template", "com.hubspot.jinjava.Jinjava.render", (0,), cwe="CWE-1336"),
    Makes("com.hubspot.jinjava.Jinjava", "com.hubspot.jinjava.Jinjava"),
    # Files.
    *(Sink("path", f"java.io.{name}", (0, 1), cwe="CWE-22") for name in _STREAMS),
    *(Sink("path", f"java.nio.file.Files.{name}", (0,), cwe="CWE-22") for name in _FILES),
    *(Sink("path", f"java.nio.file.Files.{name}", (0, 1), cwe="CWE-22") for name in ("copy", "move")),
    *(Passes(name, ("*",)) for name in ("java.nio.file.Paths.get", "java.nio.file.Path.of", "java.net.URI.create")),
    *(
        Cure(name, ("path",))
        for name in ("org.apache.commons.io.FilenameUtils.getName", "org.springframework.util.StringUtils.getFilename")
    ),
    # Objects.
    *(
        Makes(name, name)
        for name in (
            "java.io.ObjectInputStream",
            "java.beans.XMLDecoder",
            "org.yaml.snakeyaml.Yaml",
            "com.thoughtworks.xstream.XStream",
            "com.esotericsoftware.kryo.Kryo",
        )
    ),
    Sink("deserialization", "java.io.ObjectInputStream.readObject", ("self",), cwe="CWE-502"),
    Sink("deserialization", "java.io.ObjectInputStream.readUnshared", ("self",), cwe="CWE-502"),
    Sink("deserialization", "java.beans.XMLDecoder.readObject", ("self",), cwe="CWE-502"),
    Sink("deserialization", "org.yaml.snakeyaml.Yaml.load", (0,), confidence="medium", cwe="CWE-502"),
    Sink("deserialization", "com.thoughtworks.xstream.XStream.fromXML", (0,), cwe="CWE-502"),
    Sink("deserialization", "org.apache.commons.lang3.SerializationUtils.deserialize", (0,), cwe="CWE-502"),
    # XML: a factory that was told to is safe from then on.
    *(
        Makes(f"{factory}.{name}", factory)
        for factory, _made, _type in _XML
        for name in ("newInstance", "newDefaultInstance")
    ),
    *(
        Makes(f"{factory}.setFeature", f"{factory}.Safe", "self", (Test(0, "is", (feature,)), Test(1, "is", (value,))))
        for factory, _made, _type in _XML
        for feature, value in ((_DISALLOW, True), (_EXTERNAL, False), *((one, True) for one in _SECURE))
    ),
    *(Makes(f"{factory}.{made}", type_) for factory, made, type_ in _XML),
    *(Makes(f"{factory}.Safe.{made}", f"{type_}.Safe") for factory, made, type_ in _XML),
    *(Passes(f"{type_}.Safe.parse", (0,)) for _factory, _made, type_ in _XML),
    *(Sink("xxe", f"{type_}.parse", (0,), cwe="CWE-611") for _factory, _made, type_ in _XML),
    *(Makes(f"org.{name}", f"org.{name}") for name in ("dom4j.io.SAXReader", "jdom2.input.SAXBuilder")),
    Sink("xxe", "org.dom4j.io.SAXReader.read", (0,), cwe="CWE-611"),
    Sink("xxe", "org.jdom2.input.SAXBuilder.build", (0,), cwe="CWE-611"),
    Makes("org.dom4j.io.SAXReader.setFeature", "org.dom4j.io.SAXReader.Safe", "self", (Test(0, "is", (_DISALLOW,)),)),
    Makes("javax.xml.stream.XMLInputFactory.newInstance", "javax.xml.stream.XMLInputFactory"),
    Makes(
        "javax.xml.stream.XMLInputFactory.setProperty",
        "javax.xml.stream.XMLInputFactory.Safe",
        "self",
        (Test(1, "is", (False,)),),
    ),
    *(
        Sink("xxe", f"javax.xml.stream.XMLInputFactory.{name}", (0,), confidence="medium", cwe="CWE-611")
        for name in ("createXMLStreamReader", "createXMLEventReader")
    ),
    Makes("javax.xml.xpath.XPathFactory.newInstance", "javax.xml.xpath.XPathFactory"),
    Makes("javax.xml.xpath.XPathFactory.newXPath", "javax.xml.xpath.XPath"),
    *(
        Sink("xpath", f"javax.xml.xpath.XPath.{name}", (0,), part="text", cwe="CWE-643")
        for name in ("evaluate", "compile")
    ),
    # Directories.
    *(
        Makes(f"javax.naming.{name}", "javax.naming.directory.DirContext")
        for name in ("directory.InitialDirContext", "ldap.InitialLdapContext", "InitialContext")
    ),
    Sink("ldap", "javax.naming.directory.DirContext.search", (0, 1), part="text", cwe="CWE-90"),
    Sink("ldap", "javax.naming.directory.DirContext.lookup", (0,), part="whole", cwe="CWE-74"),
    Cure("org.owasp.encoder.Encode.forLdap", ("ldap",)),
    Cure("org.springframework.ldap.support.LdapEncoder.filterEncode", ("ldap",)),
    # Text that is filled by calls.
    *(
        Makes(f"java.lang.{name}{method}", f"java.lang.{name}")
        for name in ("StringBuilder", "StringBuffer")
        for method in ("", ".append", ".insert", ".reverse")
    ),
    *(
        Passes(f"java.lang.{name}.{method}", sources, target)
        for name in ("StringBuilder", "StringBuffer")
        for method, sources, target in (
            ("append", (0,), "self"),
            ("insert", (1,), "self"),
            ("toString", ("self",), "return"),
            ("length", (), "return"),
        )
    ),
    # Cures.
    *(Cure(f"java.lang.{name}") for name in _PARSES),
    Cure("java.util.UUID.fromString"),
    Cure("java.math.BigInteger"),
    *(Cure(name, ("xss",)) for name in _ESCAPES),
    Cure("java.net.URLEncoder.encode", ("xss", "path", "header", "log", "ssrf", "redirect")),
    Cure("java.util.regex.Pattern.quote", ("regex",)),
    *(
        Sink("regex", f"java.util.regex.Pattern.{name}", (0,), confidence="medium", cwe="CWE-1333")
        for name in ("compile", "matches")
    ),
    # Cryptography.
    *(
        Misuse("weak-hash", name, "a weak hash: collisions are practical", (Test(0, "is", _WEAK),), cwe="CWE-328")
        for name in ("java.security.MessageDigest.getInstance", "java.security.Signature.getInstance")
    ),
    *(
        Misuse(
            "weak-hash",
            f"org.apache.commons.codec.digest.DigestUtils.{name}",
            "a weak hash: collisions are practical",
            cwe="CWE-328",
        )
        for name in ("md5", "md5Hex", "sha1", "sha1Hex", "sha", "shaHex")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"javax.crypto.{name}.getInstance",
            "a weak cipher or mode",
            (Test(0, "matches", _CIPHERS),),
            cwe="CWE-327",
        )
        for name in ("Cipher", "KeyGenerator", "SecretKeyFactory")
    ),
    Misuse(
        "weak-cipher",
        "javax.crypto.Cipher.getInstance",
        "a cipher in ECB mode, which is the default",
        (Test(0, "is", ("AES",)),),
        cwe="CWE-327",
    ),
    Misuse(
        "hardcoded-key",
        "javax.crypto.spec.SecretKeySpec",
        "a key that is written into the code",
        (Test(0, "constant"),),
        cwe="CWE-321",
    ),
    *(
        Misuse(
            "weak-randomness", name, "numbers that can be predicted, used for a secret", cwe="CWE-338", confidence="low"
        )
        for name in (
            "java.util.Random",
            "java.lang.Math.random",
            "org.apache.commons.lang3.RandomStringUtils.randomAlphanumeric",
            "java.util.concurrent.ThreadLocalRandom.current",
        )
    ),
    Misuse(
        "tls-off",
        "org.apache.http.conn.ssl.NoopHostnameVerifier",
        "the certificate of the other side is not verified",
        cwe="CWE-297",
    ),
    Misuse(
        "tls-off",
        "org.apache.http.conn.ssl.AllowAllHostnameVerifier",
        "the certificate of the other side is not verified",
        cwe="CWE-297",
    ),
    Misuse(
        "token-unverified",
        "com.auth0.jwt.JWT.decode",
        "a token is read without its signature being verified",
        cwe="CWE-347",
        confidence="medium",
    ),
    Misuse(
        "token-unverified",
        "com.auth0.jwt.algorithms.Algorithm.none",
        "a token without signature is accepted",
        cwe="CWE-347",
    ),
)
