"""Commands, files, code, templates, serialised objects, random numbers, hashes, TLS.

Sources: Go package documentation of os/exec ("Command" does not invoke a shell), os, path/filepath ("Base", "Clean"),
text/template and html/template ("contextually escapes"), encoding/gob, crypto/*, math/rand, crypto/tls, plugin.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "zsh", "cmd", "cmd.exe", "powershell")
_READ = (
    "Open",
    "OpenFile",
    "ReadFile",
    "WriteFile",
    "Create",
    "Remove",
    "RemoveAll",
    "Mkdir",
    "MkdirAll",
    "ReadDir",
    "Truncate",
    "Chmod",
    "Chown",
)
_ATOMS = ("Atoi", "ParseInt", "ParseUint", "ParseFloat", "ParseBool")

MODELS: tuple[Model, ...] = (
    # Without a shell the program must be chosen, or the script that a shell is given.
    Sink("command", "os/exec.Command", (0,), part="whole", cwe="CWE-78"),
    Sink("command", "os/exec.CommandContext", (1,), part="whole", cwe="CWE-78"),
    Sink("command", "os/exec.Command", (2, 3), (Test(0, "is", _SHELLS),), cwe="CWE-78"),
    Sink("command", "os/exec.CommandContext", (3, 4), (Test(1, "is", _SHELLS),), cwe="CWE-78"),
    # A shell that waits for input runs what it is given to read.
    *(
        Makes(f"os/exec.{name}", f"os/exec.{type_}", when=tests)
        for name, place in (("Command", 0), ("CommandContext", 1))
        for type_, tests in (("Shell", (Test(place, "is", _SHELLS),)), ("Cmd", ()))
    ),
    Sink("command", "os/exec.Shell.Stdin", (0,), cwe="CWE-78"),
    Misuse(
        "command",
        "os/exec.Shell.Stdin",
        "a shell runs what the other side of a connection sends",
        (Test(0, "of-type", ("net.Conn",)),),
        cwe="CWE-78",
    ),
    Sink("command", "os.StartProcess", (0,), part="whole", cwe="CWE-78"),
    Sink("command", "syscall.Exec", (0,), part="whole", cwe="CWE-78"),
    Sink("command", "golang.org/x/crypto/ssh.Session.Run", (0,), cwe="CWE-78"),
    Sink("command", "golang.org/x/crypto/ssh.Session.Output", (0,), cwe="CWE-78"),
    Cure("github.com/alessio/shellescape.Quote", ("command",), quoted="outside"),
    Sink("dynamic-import", "plugin.Open", (0,), part="whole", cwe="CWE-829"),
    Sink("code", "github.com/robertkrimen/otto.Otto.Run", (0,), cwe="CWE-94"),
    Sink("code", "github.com/dop251/goja.Runtime.RunString", (0,), cwe="CWE-94"),
    Makes("github.com/robertkrimen/otto.New", "github.com/robertkrimen/otto.Otto"),
    Makes("github.com/dop251/goja.New", "github.com/dop251/goja.Runtime"),
    # Files.
    *(Sink("path", f"os.{name}", (0,), cwe="CWE-22") for name in _READ),
    *(Sink("path", f"os.{name}", (1,), cwe="CWE-22") for name in ("Rename", "Symlink", "Link")),
    *(Sink("path", f"io/ioutil.{name}", (0,), cwe="CWE-22") for name in ("ReadFile", "WriteFile", "ReadDir")),
    Sink("path", "net/http.ServeFile", (2,), cwe="CWE-22"),
    Cure("path/filepath.Base", ("path",)),
    Cure("path.Base", ("path",)),
    Cure("path/filepath.IsLocal", ("path",), how="guard"),
    *(Passes(f"{module}.{name}", ("*",)) for module in ("path", "path/filepath") for name in ("Join", "Clean", "Dir")),
    # Templates: text/template does not escape.
    *(
        Makes(f"{module}.{name}", f"{module}.Template")
        for module in ("text/template", "html/template")
        for name in (
            "New",
            "Must",
            "ParseFiles",
            "ParseGlob",
            "ParseFS",
            "Template.Parse",
            "Template.ParseFiles",
            "Template.New",
            "Template.Funcs",
        )
    ),
    *(
        Sink("template", f"{module}.Template.Parse", (0,), cwe="CWE-1336")
        for module in ("text/template", "html/template")
    ),
    Sink("xss", "text/template.Template.Execute", (1,), confidence="medium", cwe="CWE-79"),
    Sink("xss", "text/template.Template.ExecuteTemplate", (2,), confidence="medium", cwe="CWE-79"),
    *(Sink("xss", f"html/template.{name}", (0,), cwe="CWE-79") for name in ("HTML", "JS", "URL", "HTMLAttr", "CSS")),
    *(Passes(f"html/template.Template.{name}") for name in ("Execute", "ExecuteTemplate")),
    *(
        Cure(name, ("xss",))
        for name in (
            "html.EscapeString",
            "html/template.HTMLEscapeString",
            "text/template.HTMLEscapeString",
            "github.com/microcosm-cc/bluemonday.Policy.Sanitize",
        )
    ),
    *(
        Makes(f"github.com/microcosm-cc/bluemonday.{name}", "github.com/microcosm-cc/bluemonday.Policy")
        for name in ("UGCPolicy", "StrictPolicy", "NewPolicy")
    ),
    *(
        Cure(f"net/url.{name}", ("xss", "path", "header", "log", "ssrf", "redirect"))
        for name in ("QueryEscape", "PathEscape")
    ),
    *(Cure(f"strconv.{name}") for name in _ATOMS),
    Cure("strconv.Quote", ("log", "header")),
    Cure("regexp.QuoteMeta", ("regex",)),
    Cure("github.com/google/uuid.Parse"),
    # Text.
    *(Passes(f"fmt.{name}", ("*",)) for name in ("Sprintf", "Sprint", "Sprintln", "Errorf")),
    *(
        Passes(f"strings.{name}", ("*",))
        for name in (
            "Join",
            "Replace",
            "ReplaceAll",
            "TrimSpace",
            "Trim",
            "ToLower",
            "ToUpper",
            "Split",
            "TrimPrefix",
            "TrimSuffix",
            "Repeat",
            "Fields",
        )
    ),
    *(Passes(f"strings.{name}") for name in ("Contains", "HasPrefix", "HasSuffix", "Index", "Count", "EqualFold")),
    Passes("encoding/json.Unmarshal", (0,), 1),
    Passes("encoding/json.Marshal", (0,)),
    Passes("encoding/base64.StdEncoding.DecodeString", (0,)),
    Passes("io.ReadAll", (0,)),
    Passes("io/ioutil.ReadAll", (0,)),
    Passes("len"),
    Passes("cap"),
    Passes("append", ("*",)),
    # Objects and regular expressions.
    Makes("encoding/gob.NewDecoder", "encoding/gob.Decoder"),
    Sink("deserialization", "encoding/gob.NewDecoder", (0,), confidence="medium", cwe="CWE-502"),
    *(Sink("regex", f"regexp.{name}", (0,), confidence="low", cwe="CWE-1333") for name in ("Compile", "MustCompile")),
    # Cryptography.
    *(
        Misuse("weak-hash", f"crypto/{name}.{made}", "a weak hash: collisions are practical", cwe="CWE-328")
        for name in ("md5", "sha1")
        for made in ("New", "Sum")
    ),
    *(
        Misuse("weak-cipher", callee, "a weak cipher", cwe="CWE-327")
        for callee in ("crypto/des.NewCipher", "crypto/des.NewTripleDESCipher", "crypto/rc4.NewCipher")
    ),
    Misuse(
        "weak-cipher",
        "crypto/rsa.GenerateKey",
        "an RSA key of less than 2048 bits",
        (Test(1, "is", (512, 768, 1024)),),
        cwe="CWE-326",
    ),
    *(
        Misuse(
            "weak-randomness",
            f"{module}.{name}",
            "numbers that can be predicted, used for a secret",
            cwe="CWE-338",
            confidence="low",
        )
        for module in ("math/rand", "math/rand/v2")
        for name in ("Int", "Intn", "Int63", "Int31n", "Read", "Float64", "IntN", "Perm")
    ),
    Misuse(
        "tls-off",
        "crypto/tls.Config.InsecureSkipVerify",
        "the certificate of the other side is not verified",
        (Test(0, "is", (True,)),),
        cwe="CWE-295",
    ),
    Misuse(
        "tls-off",
        "crypto/tls.Config",
        "the certificate of the other side is not verified",
        (Test("0.InsecureSkipVerify", "is", (True,)),),
        cwe="CWE-295",
    ),
    Misuse(
        "tls-off",
        "golang.org/x/crypto/ssh.InsecureIgnoreHostKey",
        "the key of the other side is not verified",
        cwe="CWE-322",
    ),
    *(
        Misuse(
            "hardcoded-key", name, "a key that is written into the code", (Test(argument, "constant"),), cwe="CWE-321"
        )
        for name, argument in (("crypto/aes.NewCipher", 0), ("crypto/hmac.New", 1))
    ),
    *(
        Misuse(
            "token-unverified",
            f"{module}.{name}",
            "a token is read without its signature being verified",
            cwe="CWE-347",
        )
        for module in (
            "github.com/golang-jwt/jwt",
            "github.com/golang-jwt/jwt/v4",
            "github.com/golang-jwt/jwt/v5",
            "github.com/dgrijalva/jwt-go",
        )
        for name in ("Parser.ParseUnverified",)
    ),
    *(
        Makes(f"{module}.NewParser", f"{module}.Parser")
        for module in ("github.com/golang-jwt/jwt/v4", "github.com/golang-jwt/jwt/v5")
    ),
)
