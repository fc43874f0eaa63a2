"""What calls mean for the signs: names of functions as code spells them, and texts that give an attack away."""

from __future__ import annotations

from casemate.model.pattern import late

NETWORK = frozenset({
    "requests.get", "requests.post", "requests.put", "requests.request", "urllib.request.urlopen",
    "urllib.request.urlretrieve", "urllib.request.Request", "urllib2.urlopen", "urllib.urlopen", "httpx.get",
    "httpx.post", "http.client.HTTPSConnection", "http.client.HTTPConnection", "socket.create_connection",
    "socket.gethostbyname", "socket.getaddrinfo",
    "http.request", "http.get", "https.request", "https.get", "node:http.request", "node:https.request",
    "node:https.get", "node:http.get", "axios", "axios.get", "axios.post", "axios.request", "node-fetch", "got",
    "got.post", "request", "request.post", "needle.post", "superagent.post", "dns.lookup", "dns.resolve",
    "dns.resolve4", "dns.promises.lookup", "net.connect", "net.createConnection", "fetch", "navigator.sendBeacon",
})  # fmt: skip
"""Calls that reach another machine."""
SENDS = frozenset({"sendto", "sendall", "send", "connect", "request", "post", "put", "write", "end", "emit"})
"""Methods by which data leaves an object that one of the calls above has made."""
RUNS = frozenset({
    "os.system", "os.popen", "os.execv", "os.execl", "os.execvp", "os.startfile", "os.spawnl", "subprocess.Popen",
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.getoutput",
    "pty.spawn", "child_process.exec", "child_process.execSync", "child_process.spawn", "child_process.spawnSync",
    "child_process.execFile", "child_process.execFileSync", "child_process.fork", "node:child_process.exec",
    "node:child_process.execSync", "node:child_process.spawn", "node:child_process.execFile",
})  # fmt: skip
"""Calls that start a program."""
EVALUATES = frozenset({
    "exec", "eval", "Function", "vm.runInThisContext", "vm.runInNewContext", "vm.runInContext", "vm.Script",
    "node:vm.runInThisContext", "node:vm.runInNewContext", "builtins.exec", "builtins.eval", "globalThis.eval",
    "global.eval", "window.eval", "types.FunctionType",
})  # fmt: skip
"""Calls that run text as code."""
DECODES = frozenset({
    "base64.b64decode", "base64.urlsafe_b64decode", "base64.b32decode", "base64.b16decode", "base64.a85decode",
    "base64.b85decode", "base64.standard_b64decode", "base64.decodebytes", "binascii.unhexlify", "binascii.a2b_base64",
    "binascii.a2b_hex", "codecs.decode", "zlib.decompress", "lzma.decompress", "bz2.decompress", "gzip.decompress",
    "marshal.loads", "bytes.fromhex", "bytearray.fromhex", "atob", "unescape", "String.fromCharCode",
    "zlib.inflateSync", "zlib.gunzipSync", "zlib.brotliDecompressSync", "zlib.unzipSync", "crypto.createDecipheriv",
    "crypto.createDecipher", "node:crypto.createDecipheriv", "decodeURIComponent", "cryptography.fernet.Fernet",
    "Crypto.Cipher.AES.new",
})  # fmt: skip
"""Calls that turn what cannot be read into text."""
CIPHERS = frozenset({"crypto.createDecipheriv", "crypto.createDecipher", "node:crypto.createDecipheriv"})
BLOB = 60
"""Characters from which on a literal counts as a blob; shorter ones are words."""
PRIVATE = late(
    r"\.aws[/\\]credentials|\.ssh[/\\](?:id_\w{2,12}\b|\*|$)|(?:^|[/\\])\.(?:pypirc|netrc|git-credentials|npmrc)$"
    r"|\.docker[/\\]config\.json|/etc/(?:passwd|shadow)\b|\.kube[/\\]config|Login Data$|wallet\.dat|\.gnupg"
    r"|Exodus[/\\]|MetaMask|Local Storage[/\\]leveldb|\.bash_history"
)
"""Files of a user that no library has business with."""
DROP = late(
    r"https?://(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|discord(?:app)?\.com/api/webhooks/|api\.telegram\.org/bot"
    r"|webhook\.site|pipedream\.net|\.ngrok(?:-free)?\.(?:io|app)|requestbin|hookbin\.com|beeceptor\.com"
    r"|\.oast(?:ify)?\.\w{2,8}\b|burpcollaborator\.net|interact\.sh|transfer\.sh|pastebin\.com/raw|paste\.ee/r"
    r"|\.onion\b|anonfiles\.com|gofile\.io"
)
"""Addresses that take whatever is sent to them from anybody, and bare numbers."""
LOCAL = late(r"https?://(?:127\.|0\.0\.0\.0|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)")
SHELL = late(
    r"(?:curl|wget|Invoke-WebRequest|iwr|Start-BitsTransfer|certutil)\b[^\n]{0,400}?(?:\|\s{0,4}(?:ba|z|da)?sh\b"
    r"|\|\s{0,4}(?:node|python3?|perl|iex)\b|&&\s{0,4}(?:chmod|\./|start\b|sh\b|bash\b)|;\s{0,4}(?:chmod|\./|sh\b|bash\b)"
    r"|-o\s{0,4}\S{1,200}\.(?:exe|sh|bin|dll)\b)"
    r"|base64\s{1,4}(?:-d|-D|--decode)\b[^\n]{0,200}\|\s{0,4}(?:ba|z)?sh\b"
    r"|powershell(?:\.exe)?\b[^\n]{0,200}\s-e(?:nc|ncodedcommand)?\s{1,4}[A-Za-z0-9+/=]{20}"
    r"|bash\s{1,4}-i\s{1,4}>&|/dev/tcp/"
)
"""Command lines that fetch and run at once, decode and run, or open a shell to somebody else."""
