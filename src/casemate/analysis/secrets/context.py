"""What stands around a value: the name it is assigned to, and whether it is a secret at all or a stand-in for one."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from casemate.analysis.secrets.shapes import is_random, is_repetitive, sequence_share
from casemate.model.pattern import late

Sense = Literal["password", "secret", "key"]
"""What a name promises: a password (any text), a secret (a generated text), a key (perhaps one)."""

_WORD = late(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+")
_PASSWORD = frozenset({
    "password", "passwd", "pwd", "pass", "passphrase", "passcode", "pw", "psw", "passwort", "passwords", "userpass",
    "dbpass", "dbpassword", "mypassword", "userpassword", "masterpassword", "adminpassword",
    "rootpassword", "userpwd", "dbpwd", "pswd", "passw",
})  # fmt: skip
_PASSWORD_INSIDE = _PASSWORD - {"pw", "psw"}
"""Two letters say so only at the end of a name."""
_SECRET = frozenset({
    "secret", "secrets", "token", "tokens", "credential", "credentials", "creds", "cred", "apikey", "apikeys",
    "accesskey", "secretkey", "privatekey", "authtoken", "accesstoken", "clientsecret", "apisecret", "apitoken",
    "authkey", "bearer", "authorization", "jwt", "hapikey", "appkey", "appsecret", "masterkey", "signingkey",
    "encryptionkey", "mysecret",
})  # fmt: skip
_SECRET_PAIRS = frozenset({
    ("api", "key"), ("access", "key"), ("secret", "key"), ("private", "key"), ("encryption", "key"), ("signing", "key"),
    ("account", "key"), ("shared", "key"), ("master", "key"), ("auth", "key"), ("service", "key"), ("storage", "key"),
    ("jwt", "key"), ("license", "key"), ("licence", "key"), ("function", "key"), ("admin", "key"), ("hmac", "key"),
    ("deploy", "key"), ("ssh", "key"), ("subscription", "key"), ("app", "key"), ("application", "key"),
    ("consumer", "key"), ("write", "key"), ("server", "key"), ("integration", "key"), ("routing", "key"),
    ("activation", "key"), ("security", "key"), ("session", "key"), ("cipher", "key"), ("crypto", "key"),
    ("aes", "key"), ("des", "key"), ("sas", "key"), ("host", "key"), ("project", "key"), ("user", "key"),
    ("client", "key"), ("connection", "string"), ("conn", "str"), ("user", "auth"), ("basic", "auth"),
})  # fmt: skip
_KEY = frozenset({
    "key", "keys", "auth", "access", "private", "salt", "hmac", "dsn", "webhook", "license", "pepper", "nonce", "iv",
    "sid", "sig", "pat", "signature", "cookie", "session",
})  # fmt: skip
_HARMLESS = frozenset({
    "arn", "name", "names", "ids", "url", "urls", "uri", "path", "file", "filename", "dir", "folder", "param",
    "parameter", "ttl", "enabled", "disabled", "region", "table", "bucket", "header", "headers", "length", "len",
    "type", "types", "expiry", "expiration", "expires", "expire", "timeout", "version", "prefix", "suffix", "count",
    "limit", "policy", "issuer", "audience", "endpoint", "host", "port", "field", "fields", "alias", "algorithm",
    "alg", "duration", "seconds", "minutes", "hours", "days", "manager", "provider", "rotation", "required",
    "validity", "use", "usage", "format", "location", "stage", "scope", "scopes", "mode", "size", "index", "store",
    "role", "reference", "ref", "cache", "queue", "topic", "label", "description", "max", "min", "method", "class",
    "function", "schema", "pool", "username", "email", "hint", "template", "group", "tag", "extension", "layer",
    "placeholder", "title", "message", "error", "errors", "regex", "pattern", "regexp", "valid", "invalid",
    "validator", "validation", "rule", "rules", "form", "input", "button", "page", "link", "icon", "css", "color",
    "handler", "callback", "event", "events", "status", "state", "result", "response", "request", "reset", "change",
    "changed", "update", "updated", "created", "date", "time", "timestamp", "hash", "hashed", "digest", "checksum",
    "integrity", "sha", "md", "fingerprint", "thumbprint", "public", "encrypted", "attr", "attribute", "column",
    "property", "option", "options", "setting", "settings", "config", "configuration", "list", "map", "set", "object",
    "array", "interface", "model", "entity", "service", "client", "server", "module", "package", "import", "locale",
    "strategy", "kind", "source", "resource", "action", "operation", "level", "view", "screen", "dialog", "modal",
    "tokenizer", "tokenize", "parser", "lexer", "keyboard", "keyword", "keywords", "keycode", "keydown", "keyup",
    "author", "authors", "authority", "uuid", "guid", "sum", "match", "confirm", "confirmation", "strength",
    "code", "codes", "csproj", "proj", "bits", "bytes", "rate", "quota", "total", "pair", "pairs", "spec", "test",
    "tests", "example",
    "examples", "chars", "char", "characters", "alphabet", "charset", "letters", "digits", "doc", "docs", "comment",
    "note", "ticket", "mask", "regions", "variable", "var",
})  # fmt: skip
_HARMLESS_PAIRS = frozenset({
    ("public", "key"), ("primary", "key"), ("foreign", "key"), ("partition", "key"), ("sort", "key"), ("hash", "key"),
    ("range", "key"), ("object", "key"), ("row", "key"), ("cache", "key"), ("s3", "key"), ("publishable", "key"),
    ("client", "token"),
    ("next", "token"), ("page", "token"), ("continuation", "token"), ("sync", "token"), ("parameter", "key"),
    ("map", "key"), ("public", "token"), ("csrf", "token"), ("xsrf", "token"), ("authenticity", "token"),
    ("verification", "token"), ("request", "token"), ("change", "token"), ("action", "token"), ("purchase", "token"),
    ("output", "token"), ("input", "token"), ("grant", "token"), ("upload", "token"), ("pagination", "token"),
    ("websocket", "key"), ("socket", "key"), ("lock", "token"), ("task", "token"), ("starting", "token"),
    ("result", "key"), ("sequence", "token"), ("output", "key"), ("input", "key"), ("cursor", "token"),
    ("resume", "token"), ("start", "key"),
    ("evaluated", "key"), ("exclusive", "key"), ("last", "key"), ("attribute", "key"), ("tag", "key"),
    ("csrftoken", "token"), ("idempotency", "token"), ("idempotency", "key"), ("state", "token"),
    ("translation", "key"),
    ("group", "key"), ("composite", "key"), ("unique", "key"), ("natural", "key"), ("candidate", "key"),
    ("kms", "key"), ("cmk", "key"), ("shard", "key"), ("message", "key"), ("lookup", "key"), ("dedupe", "key"),
    ("image", "key"), ("file", "key"), ("document", "key"), ("data", "key"), ("item", "key"), ("config", "key"),
    ("context", "key"), ("property", "key"), ("field", "key"), ("record", "key"), ("react", "key"), ("arrow", "key"),
    ("logical", "id"), ("node", "auth"), ("sub", "key"), ("registry", "key"), ("storage", "access"), ("pub", "key"),
})  # fmt: skip
_TRAILING = frozenset({
    "value", "val", "str", "string", "default", "raw", "base", "b", "prod", "production", "dev", "live", "staging",
    "old", "new", "env", "data", "text", "plain", "current", "primary", "secondary", "main", "sample", "here",
})  # fmt: skip
"""Words behind the telling one that change nothing: `API_KEY_VALUE`, `token2`, `passwordProd`."""

_STANDS_IN = late(
    r"example|placeholder|change_?-?me|changeit|dummy|replace|insert|redacted|masked|lorem|foobar|your[-_ .]|^your|"
    r"(?:^|[^a-z])my[-_]?(?:secret|password|token|api|key|super)|<[^>]{1,80}>|x{5}|\*{3}|\.{3}|todo|fixme|not-?a-?real|fake|"
    r"some[-_ ]?(?:secret|token|key|password|value)|[-_ ]here$|^here[-_ ]|(?:^|[-_ ])goes[-_ ]|super[-_]?secret|"
    r"[-_]?sample[-_]?|testing|wrong|incorrect|\bmock|example$|enter[-_ ]|provide[-_ "
    r"]|fill[-_ ]?in|test[-_]?(?:key|token|secret|password|value|api)|"
    r"(?:key|token|secret|password)[-_]?(?:test|123|value)$|^(?:secret|token|password|passwd|key|api[-_]?key)[-_]?\d*$"
)
_WHOLE = late(
    r"none|null|nil|undefined|true|false|yes|no|on|off|default|empty|optional|required|string|str|text|varchar|number|"
    r"int|integer|bool|boolean|object|array|any|void|hidden|secure|plain|plaintext|"
    r"public|private|internal|unknown|test|"
    r"tests|tbd|n/?a|abc|abcd|foo|bar|baz|qux|value|data|self|this|user|username|login|auth|basic|bearer|oauth2?|"
    r"jwt|saml|openid|header|query|body|cookie|session|file|path|json|xml|yaml|env|config|settings|input|output|"
    r"enabled|disabled|always|never|read|write|write-only|readonly|admin|root|guest|localhost|invalid|valid|expired|"
    r"missing|incorrect|wrong|forgot|reset|confirm|current|new|old|create|update|delete|get|post|put|patch|"
    r"securestring|generated|automatic|auto|rsa|ecdsa|ed25519|aes|des|hmac|sha\d*|md5|pbkdf2|bcrypt|argon2|scrypt|"
    r"select|submit|cancel|passwords?|credentials?|permissions?|authorization|authentication|"
    r"keepass|lastpass|1password|dashlane|bitwarden|changeit|letmein|pass|secrets?|tokens?|keys?|"
    r"utf-?8|utf-?16|latin-?1|ascii|iso-?8859-?1|jsondecode|base64decode|static|"
    r"dynamic|global|local|shared|type|name|id|email|phone|code|label|description|"
    r"title"
)
_REFERENCE = late(
    r"(?i)^(?:arn:|@microsoft\.keyvault|projects/|ssm:|secretsmanager:|vault[:/]|"
    r"secret[:/]|secrets?[:/.]|op://|aws-ssm:|"
    r"azure-?keyvault|gcp-?secret|keyvault|awssm|ref\+|file:|env[:.]|sops:|enc\[|enc\(|\{cipher\}|\{aes|"
    r"\$ansible_vault|process\.env|os\.(?:environ|getenv)|system\.getenv|import\.meta|env\[|getenv|config[.\[]|"
    r"settings[.\[]|var\.|local\.|data\.|module\.|secrets\.|self\.|this\.|params?[.\[]|"
    r"props[.\[]|event[.\[]|request[.\[]|"
    r"req[.\[]|ctx[.\[]|context[.\[]|options?[.\[]|opts[.\[]|args[.\[]|parameters?[.(\[]|"
    r"variables?[.(\[]|outputs?[.\[]|"
    r"aws_[a-z_]+\.|azurerm_[a-z_]+\.|google_[a-z_]+\.|random_[a-z]+\.|tls_[a-z_]+\.|each\.|kubernetes_[a-z_]+\.|"
    r"!(?:ref|sub|getatt|importvalue|join|secret|env)\b|fn::|ref:|cf\(|ssm\(|env\(|lookup\(|"
    r"new\s|await\s|function|lambda|return\s|async\s|typeof|import\s)"
)
_INSIDE = late(
    r"\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|%\(|%[sdrv@](?![0-9a-zA-Z])|\{[A-Za-z_][\w.]*\}|"
    r"(?:^|[^\w])\$[A-Za-z_]{3,}|\{\}|\{[0-9]\}|\]\(|\\\(|::|"
    r"^\$|^%[A-Za-z_]{2,40}%$|%[A-Z][A-Z0-9_]{2,40}%|^&|^~/|^\./|^\.\./|^[A-Z]:\\|^__\w+__$|^@\w+@$"
)
_PATH = late(r"^/?[\w.~-]+(?:/[\w.~-]+)+/?$")
_ADDRESS = late(r"^[a-z][a-z0-9+.-]{1,20}://")
_MAIL = late(r"^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$")
_DATE = late(r"^\d{4}-\d{2}-\d{2}(?:[T ].*)?$")
_VERSION = late(r"^(?:[a-z][a-z0-9]*[-_.@])*[v^~]?\d+(?:\.\d+)+(?:[-.][A-Za-z0-9]+)*$|^[v^~]?\d+(?:\.\d+)+")
_CONSTANT = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MEMBER = late(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+")
_TEST_PATH = late(
    r"(?i)(?:^|/)(?:tests?|specs?|__tests__|__mocks__|fixtures?|testdata|test[-_](?:data|"
    r"resources|fixtures)|mocks?|e2e|"
    r"unit|integration[-_]?tests?)(?:/|$)|(?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|tests|spec|mock|stub))\.[a-z]{1,5}$"
)
_CODE = frozenset({
    "py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "java", "kt", "kts", "scala", "go", "rs", "rb", "php", "cs", "fs",
    "vb", "swift", "m", "mm", "c", "h", "cc", "cpp", "hpp", "dart", "lua", "pl", "pm", "r", "ex", "exs", "erl", "clj",
    "cljs", "groovy", "jl", "vue", "svelte", "css", "scss", "less", "html", "htm", "ipynb", "sol", "hs", "ml", "elm",
})  # fmt: skip
_LOCKS = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "poetry.lock",
    "uv.lock", "pdm.lock", "pipfile.lock", "cargo.lock", "gemfile.lock", "composer.lock", "go.sum",
    "packages.lock.json", "gradle.lockfile", "pubspec.lock", "mix.lock", "flake.lock", "podfile.lock",
    ".terraform.lock.hcl", "record",
})  # fmt: skip
_DRAWN = (".map", ".svg", ".snap", ".min.js", ".min.css")
_PYLOCK = late(r"pylock[\w.-]*\.toml")
_PROSE = late(
    r"(?i)(?:\.(?:md|mdx|markdown|rst|adoc|asciidoc|textile|org|wiki)|(?:^|/)(?:readme|changelog|changes|history|news|contributing)"
    r"[^/]{0,20})$"
)
_ALLOW_LISTS = late(
    r"(?:^|/)(?:\.gitallowed|\.gitleaks\.toml|gitleaks\.toml|\.gitleaksignore|\.secrets\.baseline|[^/]*\.secrets\.baseline|"
    r"\.?gitleaks[^/]{0,20}baseline[^/]{0,10}|\.trufflehog[^/]{0,20}|\.gitguardian\.ya?ml|\.talismanrc|\.secretlintignore)$"
)
_BINARY = frozenset({
    "png", "jpg", "jpeg", "gif", "ico", "bmp", "tif", "tiff", "webp", "avif", "psd", "mp3", "mp4", "m4a", "m4v", "mov",
    "avi", "mkv", "webm", "wav", "ogg", "flac", "woff", "woff2", "ttf", "otf", "eot", "pdf", "exe", "dll", "so",
    "dylib",
    "a", "o", "obj", "lib", "class", "pyc", "pyo", "pyd", "wasm", "node", "parquet", "avro", "orc", "npy", "npz", "pkl",
    "pt", "onnx", "h5", "db", "sqlite", "sqlite3", "7z", "rar", "iso", "dmg", "deb", "rpm", "bin", "dat", "mmdb", "glb",
    "gltf", "fbx",
})  # fmt: skip
_DOCUMENTED = frozenset({
    "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "00000000-0000-0000-0000-000000000000",
    "12345678-1234-1234-1234-123456789012", "your-256-bit-secret", "AKIAIOSFODNN7XXXXXXX",
    # the storage emulator's key, published by Microsoft ("Use the Azurite emulator")
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    # the Cosmos DB emulator's key, published by Microsoft ("Develop locally using the emulator")
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
})  # fmt: skip


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, whatever joins them.

    >>> words_of("stripeAPIKey_v2")
    ('stripe', 'api', 'key', 'v', '2')
    """
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=8192)
def sense_of(name: str) -> Sense | None:
    """What a name says about its value; None when it says that the value is something else.

    >>> sense_of("DB_PASSWORD"), sense_of("stripeApiKey"), sense_of("SECRET_ARN"), sense_of("primary_key")
    ('password', 'secret', None, None)
    """
    words = list(words_of(name))
    while words and (words[-1].isdigit() or words[-1] in _TRAILING or len(words[-1]) == 1):
        words.pop()
    if not words or words[-1] in _HARMLESS or words[-1] in {"id", "user"}:
        return None
    pairs = list(pairwise(words))
    if "public" in words[-3:] or (pairs and pairs[-1] in _HARMLESS_PAIRS):
        return None
    if words[-1] in _PASSWORD or (words[-1] not in _KEY and any(word in _PASSWORD_INSIDE for word in words[-3:])):
        return "password"
    if any(word in _SECRET for word in words[-3:]) or any(pair in _SECRET_PAIRS for pair in pairs[-3:]):
        return "secret"
    glued = words[-1]
    if glued.endswith(("password", "passwd", "passphrase")):
        return "password"
    if glued.endswith(("secret", "token", "apikey", "secretkey", "accesskey", "privatekey")):
        return "secret"
    if any(word in _KEY for word in words[-2:]) or glued.endswith("key"):
        return "key"
    return None


def is_harmless(name: str) -> bool:
    """Whether the last two words of a name say that its value opens nothing.

    >>> is_harmless("clientToken"), is_harmless("accessToken")
    (True, False)
    """
    return tuple(words_of(name)[-2:]) in _HARMLESS_PAIRS


def is_documented(value: str) -> bool:
    """Whether it is an example that a provider's documentation prints for everybody."""
    return value in _DOCUMENTED or "EXAMPLE" in value


@lru_cache(maxsize=2048)
def stands_in(value: str) -> bool:
    """Whether the value is written to be replaced: a placeholder, a type name, a row of one character.

    >>> stands_in("<your-key>"), stands_in("changeme"), stands_in("xxxxxxxx"), stands_in("k3Jx9QpLm2Vw7RtZ")
    (True, True, True, False)
    """
    text = value.strip().strip("\"'`").lower()
    if not text or is_documented(value) or _WHOLE.fullmatch(text):
        return True
    if len(text) <= 80 and _STANDS_IN.search(text):
        return True
    if len(text) > 80 and re.search(r"x{8}|\*{5}|example|placeholder", text):
        return True
    return is_repetitive(text)


_SEALED = late(r"^A[gQ][A-D][0-9A-Za-z+/]{150,}")
"""A value that a cluster's sealing key has encrypted (Bitnami Sealed Secrets)."""


_LONGEST_VARIABLE = 16
"""Characters beyond which what stands behind `$` is asked whether it was generated."""


@lru_cache(maxsize=2048)
def refers(value: str) -> bool:
    """Whether the value names where the secret is, or is put together when the program runs.

    >>> refers("${DB_PASSWORD}"), refers("process.env.KEY"), refers("{{resolve:ssm:x}}"), refers("S3cr#t!")
    (True, True, True, False)
    """
    text = value.strip()
    if text.startswith("$") and len(text) > _LONGEST_VARIABLE and is_random(text[1:], 5.0):  # nobody names so
        return False
    return (
        _INSIDE.search(text) is not None
        or _REFERENCE.match(text) is not None
        or _SEALED.match(text) is not None
        or _CONSTANT.fullmatch(text) is not None
        or (
            _PATH.match(text) is not None
            and (text.startswith("/") or sequence_share(text) < 0.1)
            and _is_wordy_path(text)
        )
        or _ADDRESS.match(text) is not None
        or _MAIL.match(text) is not None
        or _DATE.match(text) is not None
        or _VERSION.match(text) is not None
    )


def _is_wordy_path(text: str) -> bool:
    """A path is made of words; a base64 text with slashes is not."""
    parts = [part for part in text.split("/") if part]
    return all(not (any(c.isdigit() for c in part) and any(c.isupper() for c in part)) for part in parts) and (
        len(text) < 80 or text.startswith("/")
    )


def is_member(value: str) -> bool:
    """Whether it reads like `object.member`: an expression of a program."""
    return _MEMBER.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def in_test(path: str) -> bool:
    """Whether a file belongs to tests."""
    return _TEST_PATH.search(path) is not None


@lru_cache(maxsize=1024)
def is_prose(path: str) -> bool:
    """Whether a file is documentation: what it shows is mostly an example.

    >>> is_prose("docs/setup.md"), is_prose("app/settings.py")
    (True, False)
    """
    return _PROSE.search(path) is not None


@lru_cache(maxsize=1024)
def is_allow_list(path: str) -> bool:
    """Whether a file lists findings of a scanner that somebody has looked at."""
    return _ALLOW_LISTS.search(path) is not None


def holds_text(path: str) -> bool:
    """Whether a file of this name may hold text; what does not is not opened."""
    return path.rpartition(".")[2].lower() not in _BINARY


def is_code(path: str) -> bool:
    """Whether a bare word in the file is an expression and not a text."""
    return path.rpartition(".")[2].lower() in _CODE


def is_machine_made(path: str) -> bool:
    """Lock files, source maps, snapshots, drawings, records of installed packages: full of hashes, written by tools."""
    folder, _, name = path.lower().rpartition("/")
    return (
        name in _LOCKS
        or name.endswith(_DRAWN)
        or folder.endswith(".dist-info")
        or (name.startswith("pylock") and _PYLOCK.fullmatch(name) is not None)
    )
