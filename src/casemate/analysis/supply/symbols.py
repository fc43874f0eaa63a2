"""Which functions of a package are the weak ones, for advisories where that is known: `SYMBOLS`.

Facts that the advisories' own texts state: the public name whose call reaches the weak code. Names are spelt as code
spells them: `module.function`; `*.method` for a method of an object whose class code rarely names; `package()` for a
package that is itself the function. `whole`: nothing else of the package reaches the weak code, so a program that calls
none of these is not affected; where that is not certain it is False, and only "the code calls it" is said.

Each row's ids are the source: the text stands at nvd.nist.gov, github.com/advisories or osv.dev under that id.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from casemate.model.dependency import Advisory, Ecosystem


class Weak(NamedTuple):
    """The weak names of one package in the advisories `ids`."""

    ecosystem: Ecosystem
    package: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    whole: bool = False


def _py(package: str, ids: str, names: str, *, whole: bool = False) -> Weak:
    return Weak("PyPI", package, tuple(ids.split()), tuple(names.split()), whole)


def _js(package: str, ids: str, names: str, *, whole: bool = False) -> Weak:
    return Weak("npm", package, tuple(ids.split()), tuple(names.split()), whole)


SYMBOLS: tuple[Weak, ...] = (
    # -- PyPI
    _py("pyyaml", "CVE-2017-18342", "yaml.load yaml.load_all", whole=True),
    _py("pyyaml", "CVE-2020-1747 CVE-2020-14343", "yaml.load yaml.load_all yaml.full_load yaml.full_load_all "
        "yaml.FullLoader yaml.Loader", whole=True),
    _py("jinja2", "CVE-2016-10745 CVE-2019-10906 CVE-2024-56326 CVE-2025-27516",
        "jinja2.sandbox.SandboxedEnvironment jinja2.sandbox.ImmutableSandboxedEnvironment", whole=True),
    _py("jinja2", "CVE-2014-1402 CVE-2014-0012", "jinja2.FileSystemBytecodeCache", whole=True),
    _py("requests", "CVE-2024-35195", "requests.Session requests.session requests.sessions.Session", whole=True),
    _py("cryptography", "CVE-2023-23931", "*.update_into", whole=True),
    _py("cryptography", "CVE-2018-10903", "*.finalize_with_tag", whole=True),
    _py("cryptography", "CVE-2023-49083",
        "cryptography.hazmat.primitives.serialization.pkcs7.load_pem_pkcs7_certificates "
        "cryptography.hazmat.primitives.serialization.pkcs7.load_der_pkcs7_certificates", whole=True),
    _py("cryptography", "CVE-2024-26130",
        "cryptography.hazmat.primitives.serialization.pkcs12.serialize_key_and_certificates", whole=True),
    _py("cryptography", "CVE-2020-25659", "cryptography.hazmat.primitives.asymmetric.padding.PKCS1v15"),
    _py("pillow", "CVE-2022-22817 CVE-2023-50447", "PIL.ImageMath.eval", whole=True),
    _py("pillow", "CVE-2022-22815 CVE-2022-22816", "PIL.ImagePath.Path", whole=True),
    _py("pillow", "CVE-2024-28219", "PIL.ImageCms.*", whole=True),
    _py("pillow", "CVE-2023-44271", "PIL.ImageDraw.Draw PIL.ImageFont.*"),
    _py("lxml", "CVE-2014-3146 CVE-2018-19787 CVE-2020-27783 CVE-2021-28957 CVE-2021-43818",
        "lxml.html.clean.*", whole=True),
    _py("lxml", "CVE-2022-2309", "lxml.etree.iterwalk lxml.etree.canonicalize", whole=True),
    _py("numpy", "CVE-2019-6446", "numpy.load", whole=True),
    _py("joblib", "CVE-2022-21797", "joblib.Parallel", whole=True),
    _py("mpmath", "CVE-2021-29063", "mpmath.mpmathify mpmath.mpf mpmath.mpc"),
    _py("paramiko", "CVE-2018-7750 CVE-2018-1000805", "*.start_server", whole=True),
    _py("paramiko", "CVE-2022-24302", "*.write_private_key_file", whole=True),
    _py("pyjwt", "CVE-2017-11424 CVE-2022-29217", "jwt.decode jwt.PyJWT jwt.get_unverified_header"),
    _py("python-jose", "CVE-2024-33663", "jose.jwt.decode jose.jws.verify"),
    _py("python-jose", "CVE-2024-33664", "jose.jwe.decrypt", whole=True),
    _py("rsa", "CVE-2020-13757 CVE-2020-25658", "rsa.decrypt", whole=True),
    _py("rsa", "CVE-2016-1494", "rsa.verify", whole=True),
    _py("tornado", "CVE-2023-28370", "tornado.web.StaticFileHandler"),
    _py("werkzeug", "CVE-2019-14806 CVE-2024-34069",
        "werkzeug.debug.DebuggedApplication werkzeug.serving.run_simple *.run"),
    _py("werkzeug", "CVE-2019-14322", "werkzeug.wsgi.SharedDataMiddleware "
        "werkzeug.middleware.shared_data.SharedDataMiddleware"),
    _py("markdown2", "CVE-2018-5773 CVE-2020-11888", "markdown2.markdown markdown2.Markdown markdown2.markdown_path",
        whole=True),
    _py("bleach", "CVE-2018-7753 CVE-2020-6802 CVE-2020-6816 CVE-2020-6817 CVE-2021-23980",
        "bleach.clean bleach.Cleaner bleach.sanitizer.Cleaner", whole=True),
    _py("sqlparse", "CVE-2021-32839", "sqlparse.format", whole=True),
    _py("sqlparse", "CVE-2023-30608 CVE-2024-4340", "sqlparse.parse sqlparse.format sqlparse.split "
        "sqlparse.parsestream", whole=True),
    _py("sqlalchemy", "CVE-2019-7164 CVE-2019-7548", "*.order_by *.group_by", whole=True),
    _py("pycrypto", "CVE-2018-6594", "Crypto.PublicKey.ElGamal.*", whole=True),
    _py("pycrypto", "CVE-2013-7459", "Crypto.Cipher.AES.new Crypto.Cipher.DES.new Crypto.Cipher.DES3.new"),
    _py("pycryptodome", "CVE-2023-52323", "Crypto.Cipher.PKCS1_OAEP.new", whole=True),
    _py("gitpython", "CVE-2022-24439 CVE-2023-40267", "*.clone_from *.clone *.fetch *.pull *.push"),
    _py("nltk", "CVE-2019-14751", "nltk.download nltk.downloader.*", whole=True),
    _py("nltk", "CVE-2021-43854", "nltk.sent_tokenize nltk.word_tokenize nltk.tokenize.*"),
    _py("reportlab", "CVE-2019-17626 CVE-2020-28463 CVE-2023-33733",
        "reportlab.platypus.Paragraph reportlab.platypus.paragraph.Paragraph reportlab.lib.colors.toColor"),
    _py("mako", "CVE-2022-40023", "mako.template.Template mako.lookup.TemplateLookup mako.lexer.Lexer", whole=True),
    _py("ujson", "CVE-2021-45958", "ujson.dumps ujson.dump ujson.encode", whole=True),
    _py("ujson", "CVE-2022-31116 CVE-2022-31117", "ujson.loads ujson.load ujson.decode", whole=True),
    _py("orjson", "CVE-2024-27454", "orjson.loads", whole=True),
    _py("pygments", "CVE-2021-20270 CVE-2021-27291", "pygments.highlight pygments.lex *.get_tokens"),
    _py("pygments", "CVE-2015-8557", "pygments.formatters.ImageFormatter pygments.formatters.img.*"),
    _py("html5lib", "CVE-2016-9909 CVE-2016-9910", "html5lib.serialize html5lib.serializer.*", whole=True),
    _py("py", "CVE-2022-42969", "py.path.svnwc", whole=True),
    _py("setuptools", "CVE-2022-40897 CVE-2024-6345", "setuptools.package_index.*"),
    _py("aiohttp", "CVE-2024-23334", "*.add_static aiohttp.web.static", whole=True),
    _py("aiohttp", "CVE-2021-21330", "aiohttp.web.normalize_path_middleware "
        "aiohttp.web_middlewares.normalize_path_middleware", whole=True),
    _py("python-gnupg", "CVE-2018-12020 CVE-2019-6690", "gnupg.GPG", whole=True),
    _py("openpyxl", "CVE-2017-5992", "openpyxl.load_workbook openpyxl.reader.excel.load_workbook", whole=True),
    _py("python-docx", "CVE-2016-5851", "docx.Document", whole=True),
    _py("cairosvg", "CVE-2021-21236 CVE-2023-27586",
        "cairosvg.svg2png cairosvg.svg2pdf cairosvg.svg2ps cairosvg.svg2svg cairosvg.svg2eps", whole=True),
    _py("svglib", "CVE-2020-10799", "svglib.svglib.svg2rlg", whole=True),
    _py("pypdf2", "CVE-2022-24859 CVE-2023-36810", "PyPDF2.PdfFileReader PyPDF2.PdfReader"),
    _py("idna", "CVE-2024-3651", "idna.encode", whole=True),
    _py("jsonpickle", "CVE-2020-22083", "jsonpickle.decode jsonpickle.loads jsonpickle.Unpickler "
        "jsonpickle.unpickler.decode"),
    _py("babel", "CVE-2021-42771", "babel.Locale babel.Locale.parse babel.localedata.load babel.core.Locale"),
    _py("sentry-sdk", "CVE-2023-28117", "sentry_sdk.integrations.django.DjangoIntegration"),
    _py("xhtml2pdf", "CVE-2024-25885", "xhtml2pdf.pisa.CreatePDF xhtml2pdf.pisa.pisaDocument"),
    _py("py7zr", "CVE-2022-44900", "py7zr.SevenZipFile py7zr.unpack_7zarchive", whole=True),
    _py("feedparser", "CVE-2012-2921", "feedparser.parse", whole=True),
    _py("pyopenssl", "CVE-2018-1000808", "OpenSSL.crypto.load_pkcs12 OpenSSL.crypto.PKCS12"),
    # -- npm
    _js("lodash", "CVE-2018-3721 CVE-2018-16487", "lodash.merge lodash.mergeWith lodash.defaultsDeep", whole=True),
    _js("lodash", "CVE-2019-10744", "lodash.defaultsDeep", whole=True),
    _js("lodash", "CVE-2020-8203", "lodash.zipObjectDeep lodash.set lodash.setWith lodash.update lodash.updateWith "
        "lodash.pick"),
    _js("lodash", "CVE-2021-23337", "lodash.template", whole=True),
    _js("lodash", "CVE-2020-28500", "lodash.toNumber lodash.trim lodash.trimEnd"),
    _js("minimist", "CVE-2020-7598 CVE-2021-44906", "minimist()", whole=True),
    _js("node-serialize", "CVE-2017-5941", "node-serialize.unserialize", whole=True),
    _js("serialize-javascript", "CVE-2019-16769 CVE-2020-7660", "serialize-javascript()", whole=True),
    _js("ejs", "CVE-2017-1000188 CVE-2017-1000189 CVE-2017-1000228 CVE-2022-29078",
        "ejs.render ejs.renderFile ejs.compile"),
    _js("handlebars", "CVE-2019-19919 CVE-2019-20920 CVE-2021-23369 CVE-2021-23383",
        "handlebars.compile handlebars.precompile"),
    _js("underscore", "CVE-2021-23358", "underscore.template", whole=True),
    _js("js-yaml", "CVE-2013-4660 GHSA-8j8c-7jfh-h6hx", "js-yaml.load js-yaml.loadAll"),
    _js("yargs-parser", "CVE-2020-7608", "yargs-parser()"),
    _js("qs", "CVE-2014-7191 CVE-2014-10064 CVE-2017-1000048 CVE-2022-24999", "qs.parse", whole=True),
    _js("ms", "CVE-2015-8315 CVE-2017-20162", "ms()", whole=True),
    _js("marked", "CVE-2022-21680 CVE-2022-21681", "marked() marked.parse marked.marked marked.lexer marked.Lexer "
        "marked.parseInline"),
    _js("node-uuid", "CVE-2015-8851", "node-uuid.v4 node-uuid.v1 node-uuid()"),
    _js("jsonwebtoken", "CVE-2015-9235 CVE-2022-23539 CVE-2022-23540 CVE-2022-23541", "jsonwebtoken.verify"),
    _js("jws", "CVE-2016-1000223", "jws.verify jws.createVerify", whole=True),
    _js("dot-prop", "CVE-2020-8116", "dot-prop.set", whole=True),
    _js("set-value", "CVE-2019-10747 CVE-2021-23440", "set-value()", whole=True),
    _js("mixin-deep", "CVE-2018-3719 CVE-2019-10746", "mixin-deep()", whole=True),
    _js("merge", "CVE-2020-28499", "merge() merge.recursive merge.merge"),
    _js("deep-extend", "CVE-2018-3750", "deep-extend()", whole=True),
    _js("extend", "CVE-2018-16492", "extend()", whole=True),
    _js("hoek", "CVE-2018-3728", "hoek.merge hoek.applyToDefaults hoek.applyToDefaultsWithShallow", whole=True),
    _js("ini", "CVE-2020-7788", "ini.parse ini.decode", whole=True),
    _js("node-forge", "CVE-2020-7720", "node-forge.util.setPath", whole=True),
    _js("node-forge", "CVE-2022-24771 CVE-2022-24772 CVE-2022-24773", "*.verify", whole=True),
    _js("moment", "CVE-2022-24785", "moment.locale moment.lang *.locale", whole=True),
    _js("moment", "CVE-2022-31129", "moment() moment.utc moment.parseZone"),
    _js("ansi-regex", "CVE-2021-3807", "ansi-regex()", whole=True),
    _js("path-parse", "CVE-2021-23343", "path-parse() path-parse.posix path-parse.win32", whole=True),
    _js("glob-parent", "CVE-2020-28469", "glob-parent()", whole=True),
    _js("trim", "CVE-2020-7753", "trim() trim.left trim.right", whole=True),
    _js("semver", "CVE-2022-25883", "semver.Range semver.satisfies semver.validRange semver.maxSatisfying "
        "semver.minSatisfying semver.coerce"),
    _js("minimatch", "CVE-2016-10540 CVE-2022-3517", "minimatch() minimatch.Minimatch minimatch.braceExpand "
        "minimatch.filter minimatch.match minimatch.makeRe"),
    _js("braces", "CVE-2018-1109 CVE-2024-4068", "braces() braces.expand braces.create braces.parse braces.compile"),
    _js("json5", "CVE-2022-46175", "json5.parse", whole=True),
    _js("xml2js", "CVE-2023-0842", "xml2js.parseString xml2js.parseStringPromise xml2js.Parser", whole=True),
    _js("fast-xml-parser", "CVE-2023-34104 CVE-2024-41818", "fast-xml-parser.XMLParser fast-xml-parser.parse"),
    _js("xmldom", "CVE-2021-21366", "xmldom.DOMParser", whole=True),
    _js("vm2", "CVE-2019-10761 CVE-2022-36067 CVE-2023-29017 CVE-2023-37466", "vm2.VM vm2.NodeVM vm2.VMScript"),
    _js("safe-eval", "CVE-2017-16088", "safe-eval()", whole=True),
    _js("static-eval", "CVE-2017-16226 CVE-2021-23334", "static-eval()", whole=True),
    _js("pug", "CVE-2021-21353", "pug.compile pug.compileFile pug.render pug.renderFile pug.compileClient"),
    _js("ua-parser-js", "CVE-2020-7733 CVE-2020-7793 CVE-2021-27292 CVE-2022-25927",
        "ua-parser-js() ua-parser-js.UAParser"),
    _js("tar", "CVE-2021-32803 CVE-2021-32804 CVE-2021-37701 CVE-2021-37712 CVE-2021-37713",
        "tar.extract tar.x tar.Unpack tar.UnpackSync tar.Extract"),
    _js("tar-fs", "CVE-2018-20835 CVE-2024-12905", "tar-fs.extract", whole=True),
    _js("unzipper", "CVE-2018-1002203", "unzipper.Extract", whole=True),
    _js("adm-zip", "CVE-2018-1002204", "*.extractAllTo *.extractAllToAsync *.extractEntryTo", whole=True),
    _js("decompress", "CVE-2020-12265", "decompress()", whole=True),
    _js("morgan", "CVE-2019-5413", "morgan() morgan.compile"),
    _js("shelljs", "CVE-2022-0144", "shelljs.exec shelljs/global.exec"),
    _js("sanitize-html", "CVE-2021-26539 CVE-2021-26540 CVE-2022-25887", "sanitize-html()", whole=True),
    _js("immer", "CVE-2020-28477 CVE-2021-23436", "immer.applyPatches", whole=True),
    _js("object-path", "CVE-2020-15256 CVE-2021-3805 CVE-2021-23434", "object-path.set object-path.del "
        "object-path.insert object-path.push object-path.ensureExists object-path.empty"),
    _js("flat", "CVE-2020-36632", "flat.unflatten", whole=True),
    _js("word-wrap", "CVE-2023-26115", "word-wrap()", whole=True),
    _js("loader-utils", "CVE-2022-37601", "loader-utils.parseQuery loader-utils.getOptions"),
    _js("jsonpath-plus", "CVE-2024-21534 CVE-2025-1302", "jsonpath-plus.JSONPath jsonpath-plus()", whole=True),
    _js("crypto-js", "CVE-2023-46233", "crypto-js.PBKDF2 crypto-js/pbkdf2()", whole=True),
    _js("cookie", "CVE-2024-47764", "cookie.serialize", whole=True),
    _js("body-parser", "CVE-2024-45590", "body-parser.urlencoded body-parser()", whole=True),
    _js("cross-spawn", "CVE-2024-21538", "cross-spawn() cross-spawn.spawn cross-spawn.sync", whole=True),
    _js("tough-cookie", "CVE-2023-26136", "tough-cookie.CookieJar", whole=True),
    _js("dustjs-linkedin", "CVE-2021-4264", "dustjs-linkedin.render dustjs-linkedin.compile dustjs-linkedin.stream "
        "dustjs-linkedin.renderSource dustjs-linkedin.loadSource dustjs-linkedin.compileFn"),
)  # fmt: skip


@cache
def _by_package() -> dict[tuple[str, str], tuple[Weak, ...]]:
    found: dict[tuple[str, str], list[Weak]] = {}
    for row in SYMBOLS:
        found.setdefault((row.ecosystem, row.package), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def weak_names(group: Collection[Advisory]) -> tuple[tuple[str, ...], bool] | None:
    """The weak names of one weakness, and whether they are all there are; None when nobody has written them down.

    `group`: advisories that are one and the same weakness.
    """
    names: dict[str, None] = {}
    is_whole = False
    for advisory in group:
        for row in _by_package().get((advisory.package.ecosystem, advisory.package.name), ()):
            if advisory.ids & frozenset(row.ids):
                names.update(dict.fromkeys(row.names))
                is_whole = is_whole or row.whole
    if not names:
        names.update(dict.fromkeys(_spelt(one, name) for one in group for name in one.symbols))
    return (tuple(names), is_whole) if names else None


def _spelt(advisory: Advisory, name: str) -> str:
    """A function as an advisory's own record names it, spelt as this table does."""
    package = advisory.package.name
    bare = name.strip().removesuffix("()").replace("(", "", 1).replace(")", "", 1)  # GitHub writes (package).name
    if bare == package:
        return f"{package}()"
    if advisory.package.ecosystem == "npm" and not bare.startswith((f"{package}.", "*.")):
        return f"{package}.{bare.rpartition('.')[2]}"
    return bare
