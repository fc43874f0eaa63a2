"""What makes data harmless, and what only hands it on: escaping, numbers, checks, coders, readers of settings.

Sources: Python documentation, "html", "urllib.parse", "re", "Built-in Types", "uuid", "base64", "json", "configparser",
"xml.sax.saxutils"; bleach, nh3, MarkupSafe API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes, Sink, Test

_HTML = (
    "html.escape", "cgi.escape", "markupsafe.escape", "markupsafe.escape_silent", "flask.escape",
    "flask.Markup.escape", "markupsafe.Markup.escape", "jinja2.escape", "jinja2.utils.escape",
    "werkzeug.utils.escape", "django.utils.html.escape", "django.utils.html.conditional_escape",
    "django.utils.html.strip_tags", "bleach.clean", "bleach.linkify", "nh3.clean", "nh3.clean_text",
    "lxml.html.clean.clean_html", "lxml_html_clean.clean_html", "tornado.escape.xhtml_escape",
    "xml.sax.saxutils.escape", "bottle.html_escape", "mako.filters.html_escape",
)  # fmt: skip
_CLEAN = (
    "fractions.Fraction",
    "datetime.datetime.fromtimestamp", "dateutil.parser.parse", "bson.ObjectId", "bson.objectid.ObjectId",
    "numpy.int64", "numpy.float64", "zlib.crc32", "zlib.adler32", "binascii.crc32", "time.strptime",
    "phonenumbers.parse",
)  # fmt: skip
_HASHES = (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512",
    "blake2b", "blake2s"
)  # fmt: skip
_QUOTE = (
    "urllib.parse.quote", "urllib.parse.quote_plus", "urllib.quote", "urllib.quote_plus",
    "urllib.parse.urlencode", "urllib.urlencode", "six.moves.urllib.parse.quote", "requests.utils.quote",
    "tornado.escape.url_escape", "django.utils.http.urlencode"
)  # fmt: skip
_CODERS = (
    "base64.b32encode", "base64.b16encode", "base64.b85encode", "base64.encodebytes", "binascii.b2a_hex",
    "binascii.b2a_base64",
    "base64.b32decode", "base64.b16decode", "base64.b85decode", "base64.a85decode", "base64.decodebytes",
    "binascii.a2b_base64", "binascii.a2b_hex", "bytes.fromhex", "urllib.unquote_plus", "rapidjson.loads",
    "msgpack.unpackb", "msgpack.packb", "csv.reader", "csv.DictReader", "urllib.parse.parse_qs",
    "urllib.parse.parse_qsl", "urllib.parse.urljoin", "urllib.parse.urlunparse", "urllib.parse.urlunsplit",
    "urllib.parse.unquote_to_bytes", "cgi.parse_qs", "zlib.compress", "gzip.compress", "bz2.decompress",
    "lzma.decompress", "io.StringIO", "io.BytesIO", "string.capwords", "operator.itemgetter", "itertools.chain",
    "itertools.islice", "collections.ChainMap", "shlex.split", "difflib.get_close_matches",
    "yaml.safe_load_all", "toml.loads", "tomllib.loads", "tomli.loads", "email.message_from_string",
    "email.message_from_bytes", "email.header.decode_header", "xmltodict.parse", "dataclasses.asdict",
    "dataclasses.replace", "boto3.dynamodb.types.TypeDeserializer.deserialize", "dynamodb_json.json_util.loads",
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    *(Cure(name, ("xss",)) for name in _HTML),
    Cure("xml.sax.saxutils.quoteattr", ("xss", "xpath")),
    *(Cure(name, ()) for name in _CLEAN),
    *(Cure(f"builtins.{name}", ()) for name in ("int", "float", "bool", "len", "ord", "hash")),
    *(Makes(f"hashlib.{name}", "hashlib.Hash") for name in _HASHES),
    Makes("hashlib.new", "hashlib.Hash"),
    *(Cure(f"hashlib.Hash.{name}", ()) for name in ("hexdigest", "digest")),
    # Encoded whole, data stays one part of a URL: it is no host, no header, no path and no tag.
    *(Cure(name, ("redirect", "ssrf", "header", "xss", "log", "ldap", "xpath", "sql")) for name in _QUOTE),
    *(Cure(name, ("path",), when=(Test("safe", "is", ("",)),)) for name in ("urllib.parse.quote", "urllib.quote")),
    Cure("urllib.parse.quote_plus", ("path",)),
    # Regular expressions.
    Cure("re.escape", ("regex",)),
    Cure("regex.escape", ("regex",)),
    *(
        Sink("regex", f"{module}.{name}", (0, "pattern"), cwe="CWE-1333")
        for module in ("re", "regex")
        for name in ("compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split")
    ),
    Makes("regex.compile", "re.Pattern"),
    *(Makes(f"regex.{name}", "re.Match") for name in ("match", "search", "fullmatch")),
    *(Passes(f"regex.{name}", (1, "string")) for name in ("match", "search", "findall", "finditer", "split")),
    *(Passes(f"regex.{name}", (1, "repl", 2, "string")) for name in ("sub", "subn")),
    *(Passes(f"re.{name}", (1, "string")) for name in ("split",)),
    Passes("re.subn", (1, "repl", 2, "string")),
    *(Passes(f"re.Pattern.{name}", (0, "string")) for name in ("split",)),
    Passes("re.Pattern.subn", (0, "repl", 1, "string")),
    *(Passes(f"re.Match.{name}", ("self",)) for name in ("group", "groups", "groupdict")),
    *(Passes(f"re.Match.{name}", ()) for name in ("start", "end", "span", "lastindex", "pos")),
    # Checks: the whole of the data is of a harmless form where they hold.
    *(
        Cure(f"validators.{name}", (), how="guard")
        for name in ("email", "uuid", "domain", "slug", "ipv4", "ipv6", "md5", "sha256")
    ),
    Cure(
        "email_validator.validate_email",
        ("command", "path", "ssrf", "redirect", "xss", "header", "log"),
        how="argument",
    ),
    # Handing on.
    *(Passes(name, ("*",)) for name in _CODERS),
    *(Makes(name, "io.StringIO") for name in ("io.StringIO", "StringIO.StringIO")),
    *(Passes(f"io.StringIO.{name}", ("self",)) for name in ("getvalue", "read", "readline", "readlines")),
    Passes("io.StringIO.write", (0,), "self"),
    Makes("io.BytesIO", "io.BytesIO"),
    *(Passes(f"io.BytesIO.{name}", ("self",)) for name in ("getvalue", "read", "readline", "readlines", "getbuffer")),
    Passes("io.BytesIO.write", (0,), "self"),
    # Nothing of what they are given comes back.
    *(
        Passes(name, ())
        for name in (
            "time.sleep",
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.date.today",
            "uuid.uuid3",
            "uuid.uuid5",
            "os.urandom",
            "print",
            "hasattr",
            "platform.system",
            "inspect.stack",
            "gc.collect",
        )
    ),
)
