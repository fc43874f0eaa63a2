"""What belongs to no provider.

Private keys (RFC 7468), JSON Web Tokens (RFC 7519), passwords in addresses (RFC 3986), basic and bearer authorisation
headers (RFC 7617, RFC 6750), password hashes.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed
from casemate.analysis.secrets.pem import body_of
from casemate.analysis.secrets.shapes import is_jwt, is_mixed

KINDS = (
    framed(
        "private-key",
        "private key",
        r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,6}PRIVATE KEY(?: BLOCK)?-----(?P<secret>)",
        anchors=("PRIVATE KEY",),
        good=(
            "-----BEGIN RSA PRIVATE" + " KEY-----\n{base62:64}\n{base62:64}\n-----END RSA PRIVATE" + " KEY-----",
            '"-----BEGIN PRIVATE' + ' KEY-----\\n{base62:64}\\n{base62:64}"',
        ),
        bad=(
            "-----BEGIN PUBLIC" + " KEY-----\n{base62:64}\n",
            "-----BEGIN PRIVATE" + " KEY-----\n...\n",
            "-----BEGIN CERTIFICATE-----\n{base62:64}\n",
        ),
        reach=body_of,
    ),
    framed(
        "private-key-base64",
        "private key in base64",
        r"(?:[^0-9A-Za-z+/=]|\A)(?P<secret>LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRVkt|"
        r"BQUklWQVRFIEtFWS0tLS0t|BFQyBQUklWQVRFIEtFWS0t|BPUEVOU1NIIFBSSVZBVEUgS0VZ|"
        r"BFTkNSWVBURUQgUFJJVkFURSBL|BEU0EgUFJJVkFURSBLRVkt)[0-9A-Za-z+/=]{60,})",
        anchors=("LS0tLS1CRUdJTi",),
        good=("key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt{b64:200}",),
        bad=("cert: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t{b64:200}",),
    ),
    framed(
        "putty-key",
        "PuTTY private key",
        r"PuTTY-User-Key-File-[23]: [^\n]{2,40}\n[\s\S]{20,}?Private-Lines: [0-9]{1,3}\r?\n(?P<secret>"
        r"[0-9A-Za-z+/=\r\n]{40,})",
        anchors=("PuTTY-User-Key-File-",),
        good=("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPrivate-Lines: 1\n{b64:48}\n",),
        bad=("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",),
    ),
    framed(
        "jwt",
        "JSON Web Token",
        r"(?:[^0-9A-Za-z_-]|\A)(?P<secret>ey[IJ][0-9A-Za-z_-]{10,}\.ey[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{16,})",
        anchors=("eyJ", "eyI"),
        good=("token = eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIi{base62:40}.{base62:43}",),
        bad=("token = eyJhbGciOiJIUzI1NiJ9", "token = eyJx.eyJy.z"),
        check=is_jwt,
        strict=True,
    ),
    framed(
        "jwt-base64",
        "JSON Web Token in base64",
        r"(?:[^0-9A-Za-z+/]|\A)(?P<secret>ZXlK(?:aGJHY2lPaUp|aGRXUWlPa|amRIa2lPaUp|"
        r"bGJtTWlPaUp|cmFXUWlPaUp|MGVYQWlPaUp)[0-9A-Za-z+/=_-]{60,})",
        anchors=("ZXlK",),
        good=("token: ZXlKaGJHY2lPaUp{b64:120}",),
        bad=("token: ZXlK",),
    ),
    framed(
        "url-password",
        "password in an address",
        r"[A-Za-z][0-9A-Za-z+.-]{1,20}://[^\s:/\"'<>\\`]+:(?P<secret>[^\s@/\"'<>\\`]{3,})@[0-9A-Za-z_\[.{$-]",
        anchors=("://",),
        looked_for=(r"://[^\s:/\"'<>\\`]+:[^\s@/\"'<>\\`]{3,}@[0-9A-Za-z_\[.{$-]",),
        good=("https://deploy:{base62:16}@git.example.net/shop.git",),
        bad=(
            "https://user:password@localhost/",
            "https://user:${TOKEN}@git.example.net",
            "https://$USER:$PASS@git.example.net",
            "https://example.net:8080/@scope/name",
        ),
    ),
    framed(
        "jwk-private-key",
        "private or symmetric JSON Web Key",  # RFC 7518, sections 6.2.2, 6.3.2 and 6.4
        r"\"kty\"[ ]{0,4}:[ ]{0,4}\"(?:(?:RSA|EC|OKP)\"[^{}]+\"d\"|oct\"[^{}]+\"k\")\s{0,4}:\s{0,4}"
        r"\"(?P<secret>[0-9A-Za-z_-]{32,})\"",
        anchors=('"kty"',),
        looked_for=('"kty"',),
        good=(
            '{"kty": "EC", "crv": "P-256", "x": "{base62:43}", "y": "{base62:43}", "d": "{base62:43}"}',
            '{"kty":"oct","alg":"HS256","k":"{base62:43}"}',
        ),
        bad=('{"kty": "EC", "crv": "P-256", "x": "{base62:43}"}',),
        bits=4.6,
    ),
    framed(
        "basic-authorisation",
        "basic authorisation header",
        r"(?i:authorization|auth)[\"']?\]?[ \t]{0,4}[:=,][ \t]{0,4}[bf]?[\"'`]?(?i:basic)"
        r"[ +](?P<secret>[0-9A-Za-z+/_-]{8,}={0,2})",
        anchors=("basic",),
        caseless=True,
        good=("Authorization: Basic {b64:32}",),
        bad=("Authorization: Basic ${credentials}", "Authorization: Basic authentication"),
    ),
    framed(
        "bearer-token",
        "bearer token",
        r"(?i:bearer|ssws|sso-key|genie_?key|authorization[\"']?[ ]{0,2}[:=,][ "
        r"]{0,2}[\"']?(?:token|apikey|api-key|key))[ :=]{1,3}(?P<secret>[0-9A-Za-z+/_.~:-]{16,}={0,2})"
        r"(?:[\"'\s`\\&,;]|\z)",
        anchors=("bearer", "authorization", "ssws", "sso-key", "geniekey", "genie_key"),
        looked_for=(
            r"bearer[ :=]{1,3}[0-9A-Za-z+/_.~:-]{16}",
            r"ssws[ :=]",
            r"sso-key[ :=]",
            r"genie_?key[ :=]",
            r"authorization[\"']?[ ]{0,2}[:=,][ ]{0,2}[\"']?(?:token|apikey|api-key|key)[ :=]",
        ),
        caseless=True,
        good=('-H "Authorization: Bearer {base62:40}"', "'Authorization': 'token {hex:40}'"),
        bad=(
            '-H "Authorization: Bearer $TOKEN"',
            "Authorization: Bearer <your-access-token>",
            "bearer authentication-with-openid-connect",
        ),
        bits=5.2,
    ),
    framed(
        "authorisation-header",
        "key in a request header",
        r"(?i:authorization|x-[a-z0-9-]{0,30}(?:key|token|auth|secret)|api-?key|"
        r"private-token|access-token)[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?(?:[A-Za-z-]{2,16}[ "
        r"])?(?P<secret>[0-9A-Za-z+/_.~!@:-]{12,}={0,2})[\"'\\]",
        anchors=("authorization", "x-", "apikey", "api-key", "private-token", "access-token"),
        looked_for=tuple(
            word + r"[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?(?:[A-Za-z-]{2,16}[ ])?[0-9A-Za-z+/_.~!@:-]{12}"
            for word in (
                "authorization",
                "x-[a-z0-9-]{0,30}(?:key|token|auth|secret)",
                "api-?key",
                "private-token",
                "access-token",
            )
        ),
        caseless=True,
        good=("curl --header 'Authorization: {uuid}'", 'curl -H "X-Api-Key: {base62:32}" https://example.net'),
        bad=("curl -H 'Authorization: $TOKEN'", "allowHeaders: 'X-Api-Key: Content-Type-Header'"),
        bits=4.6,
    ),
    framed(
        "curl-user",
        "user and password for curl",
        r"(?i:curl|wget|http)\b[^\n]*?(?:\\\r?\n[^\n]*?){0,5}[ \t\n](?:-u|--user|"
        r"--proxy-user|-U)[ =]{0,2}[\"']?[^\s:\"'$<{]{1,80}:[\"']?(?P<secret>[^\s\"'<>]{3,})",
        anchors=("-u", "--proxy-user"),
        looked_for=(
            r"[ \t\n]-u[ =]*[\"']?[^\s:\"'$<{]+:",
            r"[ \t\n]--user[ =]*[\"']?[^\s:\"'$<{]+:",
            r"--proxy-user",
        ),
        caseless=True,
        good=(
            "curl -s -u admin:{base62:12} https://example.net",
            'curl --user "deploy:{base62:16}" https://example.net',
        ),
        bad=("curl -u user:$PASSWORD https://example.net", "curl -u user:password https://example.net"),
    ),
    framed(
        "sql-password",
        "password in a database statement",
        r"(?i:identified[ ]{1,4}(?:with[ ]{1,4}[\w\"']{1,40}[ ]{1,4})?(?:by|as)"
        r"(?:[ ]{1,4}password)?[ ]{1,4}[\"']?|(?:login|user|role|encrypted|with)"
        r"[ ]{1,4}(?:[\w$]{1,40}[ ]{1,4}){0,4}password(?:[ ]{1,4}[\"']|[ ]{0,4}=[ "
        r"]{0,4}[\"']?))(?P<secret>[^\s\"'<>;,()]{4,})",
        anchors=("identified", "password"),
        looked_for=(r"identified[ ]+(?:by|with|as)", r" password[ ]*[\"'=]"),
        by_line=True,
        caseless=True,
        good=("CREATE USER shop IDENTIFIED BY '{base62:12}';", "ALTER ROLE shop WITH LOGIN PASSWORD '{base62:12}';"),
        bad=(
            "CREATE USER shop IDENTIFIED BY '${PASSWORD}';",
            "ALTER ROLE shop WITH PASSWORD NULL;",
            "login with password and token",
        ),
    ),
    framed(
        "netrc-password",
        "password in a netrc file",
        r"machine[ \t]{1,8}[^\s]{1,120}\s{1,8}login[ \t]{1,8}[^\s]{1,120}\s{1,8}password"
        r"[ \t]{1,8}(?P<secret>[^\s]{4,200})",
        anchors=("machine",),
        looked_for=(r"login[ \t]{1,8}[^\s]{1,120}\s{1,8}password[ \t]",),
        good=("machine git.example.net\n  login shop\n  password {base62:16}\n",),
        bad=("machine git.example.net\n  login shop\n  password $TOKEN\n",),
    ),
    framed(
        "bundler-credentials",
        "credentials of a gem source",
        r"BUNDLE_[A-Z0-9_]{1,60}__COM[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?[0-9A-Za-z_.-]{1,40}:"
        r"(?P<secret>[0-9A-Za-z_-]{6,80})",
        anchors=("__COM",),
        good=("BUNDLE_GEMS__EXAMPLE__COM: shop:{hex:16}",),
        bad=("BUNDLE_GEMS__EXAMPLE__COM: https://gems.example.com",),
    ),
    framed(
        "secure-string",
        "password made a secure string",
        r"ConvertTo-SecureString(?:[ \t]+-(?:String|AsPlainText|Force))*[ \t]+\\?[\"']?"
        r"(?P<secret>[^\s\"'$()\\-][^\s\"'()\\]{5,120})",
        anchors=("ConvertTo-SecureString",),
        caseless=True,
        good=("$p = ConvertTo-SecureString -String '{base62:14}' -AsPlainText -Force",),
        bad=(
            "ConvertTo-SecureString -String $password -AsPlainText -Force",
            "ConvertTo-SecureString -AsPlainText -Force",
        ),
    ),
    framed(
        "described-token",
        "token that says what it is",  # `acme_sk_…`, `key_…`: how most services mark their keys by now
        r"(?P<secret>(?:[a-z][a-z0-9]{1,15}_){0,3}(?:sk|key|secret|token|tok|pat|apikey|api_key)_"
        r"(?:[a-z][a-z0-9]{1,9}_){0,2}[0-9A-Za-z]{24,120})(?:[^0-9A-Za-z_-]|\z)",
        anchors=("sk_", "key_", "secret_", "token_", "tok_", "pat_"),
        looked_for=(r"(?:sk|key|secret|token|tok|pat)_(?:[a-z][a-z0-9]{1,9}_){0,2}[0-9A-Za-z]{24}",),
        good=("acme_sk_{base62:40}", "key_live_{base62:32}", "x = acme_app_token_{base62:36}"),
        bad=("api_key_{x:32}", "some_token_thatNamesAFunctionOfAProgram", "cache_key_" + "0123456789abcdef" * 2),
        edge="word",
        bits=5.2,
        check=is_mixed,
        strict=True,
    ),
    framed(
        "ntlm-authorisation",
        "NTLM or Negotiate authorisation header",
        r"(?i:authorization)[\"']?[ \t]{0,4}[:=,][ \t]{0,4}[\"'`]?(?i:ntlm|negotiate)[ ]"
        r"(?P<secret>TlRMTVNTUAAD[0-9A-Za-z+/]{30,}={0,2}|YI[0-9A-Za-z+/]{30,}={0,2})",  # the third message answers
        anchors=("ntlm", "negotiate"),
        caseless=True,
        good=("Authorization: NTLM TlRMTVNTUAADAAAA{b64:60}",),
        bad=(
            "WWW-Authenticate: Negotiate",
            "Authorization: NTLM $HEADER",
            "Authorization: NTLM TlRMTVNTUAABAAAA{b64:40}",
        ),
    ),
    framed(
        "kerberos-hash",
        "Kerberos hash",
        r"(?P<secret>\$krb5(?:asrep|tgs|pa)\$[0-9]{1,2}\$[^\s\"'`]{64,})",
        anchors=("$krb5asrep$", "$krb5tgs$", "$krb5pa$"),
        good=("$krb5asrep$23${hex:32}${hex:200}",),
        bad=("$krb5asrep$23$...",),
    ),
    framed(
        "crypt-hash",
        "password hash",
        r"(?P<secret>\$(?:2[abxy]\$[0-9]{2}\$[./0-9A-Za-z]{53}|6\$(?:rounds=[0-9]{1,9}\$)"
        r"?[./0-9A-Za-z]{4,16}\$[./0-9A-Za-z]{86}|5\$[./0-9A-Za-z]{4,16}\$[./0-9A-Za-z]{43}|"
        r"5\$rounds=[0-9]{1,9}\$[./0-9A-Za-z]{4,16}\$[./0-9A-Za-z]{43}|1\$[./0-9A-Za-z]{4,8}\$[./0-9A-Za-z]{22}|[89]\$[./0-9A-Za-z]{14}\$[./0-9A-Za-z]{43}|"
        r"argon2id?\$v=[0-9]{1,3}\$m=[0-9]{1,9},t=[0-9]{1,5},p=[0-9]{1,4}\$[0-9A-Za-z+/]{8,64}\$[0-9A-"
        r"Za-z+/]{16,}|g?y\$[./0-9A-Za-z]{2,8}\$[./0-9A-Za-z]{8,86}\$[./0-9A-Za-z]{43}|"
        r"7\$[./0-9A-Za-z]{11,97}\$[./0-9A-Za-z]{43}))",
        anchors=("$2", "$6$", "$5$", "$1$", "$8$", "$9$", "$argon2", "$y$", "$gy$", "$7$"),
        good=(
            "root:$6${base62:8}${base62:86}:19000",
            "hash: $2b$12${base62:53}",
            "shop:$y$j9T${base62:22}${base62:43}:19000",
        ),
        bad=("$2b$12$short",),
    ),
)
