"""Passwords on command lines, in calls and in the settings of servers, each behind the sign of its own program.

Source: the manual pages of mysql(1), sshpass(1), redis-cli and redis.conf, keytool, docker login, ldapsearch(1),
smbclient(1), net use, lftp(1), xfreerdp(1), plink, psexec, sqlcmd, htpasswd(1), openssl(1), chpasswd(8), sudo(8),
wpa_supplicant.conf(5), mongosh, zip(1), snmpcmd(1).
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed

_ON_LINE = r"[^\n|;&]{0,200}?[ ]"
_BEFORE = (
    r"\bmysql\w{0,8}\b" + _ON_LINE + r"-p",
    r"\bmariadb[\w-]{0,8}\b" + _ON_LINE + r"-p",
    r"\bsshpass[ ]{1,4}-p[ ]{0,4}",
    r"\bredis-cli\b" + _ON_LINE + r"-a[ ]{1,4}",
    r"\b(?:requirepass|masterauth)[ \t=]{1,8}",
    r"-(?:src|dest)?(?:store|key)pass[ ]{1,4}",
    r"\b(?:docker|podman|registry|skopeo|oras|crane|buildah)[ ]login\b" + _ON_LINE + r"-p[ ]{0,4}",
    r"\bldap(?:search|modify|add|delete|passwd|whoami|compare)\b" + _ON_LINE + r"-w[ ]{0,4}",
    r"\b(?:smbclient|rpcclient|smbmap|smbget)\b" + _ON_LINE + r"-U[ ]{0,4}[\"']?[^\s%\"']{1,60}%",
    r"\bnet[ ]use\b[^\n]{0,160}?/user:[^\s]{1,80}[ ]{1,4}",
    r"\blftp\b" + _ON_LINE + r"-u[ ]{0,4}[\"']?[^\s,\"']{1,60},",
    r"\bxfreerdp\b" + _ON_LINE + r"/p:",
    r"\b(?:plink|pscp|psftp|putty|kitty)(?:\.exe)?\b" + _ON_LINE + r"-pw[ ]{1,4}",
    r"\b[Pp][Ss][Ee]xec(?:64)?(?:\.exe)?\b" + _ON_LINE + r"[-/]p[ ]{1,4}",
    r"\b(?:sqlcmd|osql|isql)\b" + _ON_LINE + r"-P[ ]{0,4}",
    r"\bhtpasswd[ ]{1,4}-\w{0,4}b\w{0,4}[ ]{1,4}[^\s]{1,80}[ ]{1,4}[^\s]{1,60}[ ]{1,4}",
    r"-pass(?:in|out)?[ ]{1,4}[\"']?pass:",
    r"\bmongo(?:sh|dump|restore|import|export)?\b" + _ON_LINE + r"-p[ ]{1,4}",
    r"\b(?:un)?zip\b" + _ON_LINE + r"-P[ ]{1,4}",
    r"\bsnmp(?:walk|get|set|bulkwalk|trap)\b" + _ON_LINE + r"-[AX][ ]{1,4}",
    r"\bpsk[ \t]{0,4}=[ \t]{0,4}",
)
_TAKES = (
    r"(?:sudo[ ]{1,4}(?:-\w{1,8}[ ]{1,4}){0,3}-S|(?:sudo[ ]{1,4})?chpasswd|(?:sudo[ ]{1,4})?passwd[ ]{1,4}--stdin|"
    r"(?:docker|podman|helm|gh|az)[ ][^\n|]{0,120}?(?:--password-stdin|--with-token)|kinit\b|cryptsetup\b)"
)
"""Programs that take a password from their input."""

KINDS = (
    framed(
        "command-password",
        "password on a command line",
        r"(?:" + "|".join(_BEFORE) + r")[\"']?(?P<secret>[^\s\"'`$<>{}|;\\(-][^\s\"'`<>{}|;\\]{3,80})",
        anchors=(
            "mysql",
            "mariadb",
            "sshpass",
            "redis-cli",
            "requirepass",
            "masterauth",
            "storepass",
            "keypass",
            " login",
            "ldapsearch",
            "ldapmodify",
            "ldapadd",
            "ldapdelete",
            "ldappasswd",
            "ldapwhoami",
            "ldapcompare",
            "smbclient",
            "rpcclient",
            "smbmap",
            "smbget",
            "net use",
            "lftp",
            "xfreerdp",
            "plink",
            "pscp",
            "psftp",
            "putty",
            "kitty",
            "sexec",
            "sExec",
            "SExec",
            "SEXEC",
            "sqlcmd",
            "osql",
            "isql",
            "htpasswd",
            "pass:",
            "mongo",
            "zip",
            "snmp",
            "psk",
        ),
        looked_for=tuple(
            before.replace(r"\b", "") + r"[\"']?[^\s\"'`$<>{}|;\\(-][^\s\"'`<>{}|;\\]{3}" for before in _BEFORE
        ),
        good=(
            "mysqldump -u root -p'{base62:12}' shop > dump.sql",
            "sshpass -p {base62:12} ssh root@10.0.0.5",
            "redis-cli -h cache -a {base62:14} ping",
            "requirepass {base62:20}",
            "keytool -genkey -alias shop -storepass {base62:12}",
            "docker login -u shop -p {base62:16} registry.example.net",
            "net use Z: \\\\srv\\share /user:shop\\svc {base62:12}",
            "openssl rsa -in k.pem -passin pass:{base62:12}",
            'psk="{base62:14}"',
        ),
        bad=(
            "mysqldump -u root -p$PASSWORD shop",
            "mysql -u root -p < dump.sql",
            "sshpass -p $PASS ssh root@10.0.0.5",
            "docker login -u shop --password-stdin",
            "docker login -u shop -p ${TOKEN} registry.example.net",
            "net use Z: \\\\srv\\share /user:shop %PASS%",
            "openssl rsa -in k.pem -passin env:PASS",
            "mongodump -p password",
        ),
        by_line=True,
    ),
    framed(
        "piped-password",
        "password given to a command through a pipe",
        r"\becho[ ]{1,4}(?:-[neE]{1,3}[ ]{1,4})?[\"']?(?:[^\s:\"'|$`]{1,60}:)?"
        r"(?P<secret>[^\s\"'|$`<>{}(%][^\s\"'|`<>{}]{3,80})[\"']?[ ]{0,4}\|[ ]{0,4}" + _TAKES,
        anchors=("echo",),
        looked_for=(r"echo[ ][^\n|]{4,160}\|[ ]{0,4}" + _TAKES.replace(r"\b", ""),),
        good=(
            "echo 'deploy:{base62:12}' | chpasswd",
            "echo {base62:12} | sudo -S apt-get update",
            "echo {base62:20} | docker login -u shop --password-stdin",
        ),
        bad=(
            'echo "$PASSWORD" | docker login -u shop --password-stdin',
            "echo password | sudo -S true",
            "echo text | sudo tee file",
        ),
        by_line=True,
    ),
    framed(
        "call-credentials",
        "user and password given to a call",
        r"(?:(?:BasicAuth|basicAuth|basic_auth|SetBasicAuth|HTTPBasicAuth|HTTPDigestAuth|NetworkCredential|"
        r"PasswordAuthentication|UsernamePasswordCredentials?|UserPassword|PasswordCredentials?|Credentials\.basic|"
        r"(?i:smtp|ftp|imap|mail|server|session|client|conn)\w{0,12}\.login|\bauth[ ]?=[ ]?)\(\s{0,12}|"
        r"(?:mysqli?_connect|DirectoryEntry|getConnection|new[ ]PDO|new[ ]mysqli)"
        r"\(\s{0,12}[\"'][^\"'\n]{0,200}[\"'],\s{0,12})"
        r"[\"'][^\"'\n]{1,200}[\"'],\s{0,12}[\"'](?P<secret>[^\s\"'<>{}$][^\s\"'<>{}]{3,80})[\"']\s{0,12}[,)]",
        anchors=(
            "Auth(",
            "_auth(",
            "Credential(",
            "Credentials(",
            "Authentication(",
            "UserPassword(",
            "Credentials.basic(",
            ".login(",
            "_connect(",
            "DirectoryEntry(",
            "getConnection(",
            "PDO(",
            "mysqli(",
            "auth=(",
            "auth = (",
            "auth =(",
            "auth= (",
        ),
        good=(
            "requests.get(url, auth=('shop', '{base62:14}'))",
            'req.SetBasicAuth("shop", "{base62:14}")',
            'smtp.login("shop@example.net", "{base62:14}")',
            'DriverManager.getConnection("jdbc:mysql://db/shop", "shop", "{base62:14}")',
        ),
        bad=(
            "requests.get(url, auth=('user', 'password'))",
            "requests.get(url, auth=(user, password))",
            'smtp.login("user", os.environ["SMTP_PASSWORD"])',
            'new NetworkCredential("shop", "", "CORP")',
            'new NetworkCredential("shop", "changeme", "CORP")',
        ),
        edge="open",
    ),
    framed(
        "request-tool-key",
        "key in a collection of requests",  # Postman "Collection Format", auth
        r"\"(?:apikey|bearer|oauth2)\"\s{0,8}:\s{0,8}\[[^\]]{0,400}?\"key\"\s{0,8}:\s{0,8}\"(?:value|token|accessToken)\"\s{0,8},"
        r"\s{0,12}\"value\"\s{0,8}:\s{0,8}\"(?P<secret>[^\"\s{}<>$]{12,400})\"",
        anchors=('"apikey"', '"bearer"', '"oauth2"'),
        good=('"auth": {"apikey": [{"key": "key", "value": "x-api-key"}, {"key": "value", "value": "{base62:32}"}]}',),
        bad=('"auth": {"apikey": [{"key": "value", "value": "{{apiKey}}"}]}',),
        bits=4.6,
    ),
)
