"""Text, numbers, URLs, buffers: what passes data on, and what makes it harmless.

Sources: ECMAScript specification (`Number`, `parseInt`, `encodeURIComponent`), Node.js documentation, "Buffer", "URL",
"Query string", "Utilities", "Zlib"; OWASP Cross Site Scripting Prevention Cheat Sheet (which encoding helps where).
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes
from casemate.model.flow import FlowKind

_HTML: tuple[FlowKind, ...] = ("xss",)
_URL: tuple[FlowKind, ...] = ("xss", "path", "header", "log")
"""Percent-encoding leaves no `<`, quote, slash or line break; `'` and `(` stay, so SQL and shells are not safe."""
_ESCAPE = (
    "escape-html", "html-escaper.escape", "he.encode", "he.escape", "lodash.escape", "underscore.escape",
    "validator.escape", "validator.default.escape", "html-entities.encode", "entities.encode", "entities.escape",
    "entities.encodeHTML", "entities.escapeUTF8", "escape-goat.htmlEscape", "sanitize-html", "xss", "xss.filterXSS",
    "dompurify.sanitize", "isomorphic-dompurify.sanitize", "DOMPurify.sanitize", "xss-filters.inHTMLData",
    "xss-filters.inDoubleQuotedAttr", "Handlebars.escapeExpression", "handlebars.escapeExpression",
    "handlebars.Utils.escapeExpression", "mustache.escape", "ejs.escapeXML", "pug.escape", "lodash/escape",
    "lodash.escape.default", "striptags", "string-strip-html.stripHtml", "markdown-it.utils.escapeHtml",
    "Bun.escapeHTML", "common-tags.safeHtml",
)  # fmt: skip
_NUMBERS = ("Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat", "Boolean", "BigInt", "Math.floor",
            "Math.ceil", "Math.round", "Math.trunc", "Math.abs", "Math.min", "Math.max", "Math.pow", "Math.sqrt",
            "Date.parse", "Symbol", "lodash.toNumber", "lodash.toInteger", "lodash/toInteger", "validator.toInt",
            "validator.toFloat", "validator.toBoolean", "ms")  # fmt: skip
_CHECKS = ("isNaN", "Number.isNaN", "Number.isFinite", "isFinite", "Array.isArray", "Buffer.isBuffer", "Buffer.byteLength",
           "Object.is", "lodash.isString", "lodash.isEmpty", "util.isDeepStrictEqual", "lodash.isEqual", "hasOwnProperty",
           "*.hasOwnProperty", "Object.hasOwn", "*.test", "*.indexOf", "*.lastIndexOf", "*.findIndex", "*.localeCompare",
           "*.charCodeAt", "*.codePointAt", "*.search", "*.getTime")  # fmt: skip
_GUARDS = ("isAlphanumeric", "isAlpha", "isInt", "isNumeric", "isFloat", "isDecimal", "isUUID", "isMongoId", "isHexadecimal",
           "isHash", "isBoolean", "isDate", "isISO8601", "isPort", "isCreditCard", "isMobilePhone", "isPostalCode",
           "isSlug", "isMACAddress", "isIP", "isLocale", "isCurrency", "isBase58", "isJWT", "isLatLong")  # fmt: skip

MODELS: tuple[Model, ...] = (
    *(Cure(name, _HTML) for name in _ESCAPE),
    *(Cure(name) for name in _NUMBERS),
    *(Passes(name) for name in _CHECKS),
    *(Cure(f"{module}.{name}", how="guard") for module in ("validator", "validator.default") for name in _GUARDS),
    *(Cure(name, how="guard") for name in ("uuid.validate", "net.isIP", "net.isIPv4", "net.isIPv6",
                                           "mongoose.isValidObjectId", "mongodb.ObjectId.isValid",
                                           "mongoose.Types.ObjectId.isValid", "Number.isInteger",
                                           "Number.isSafeInteger")),
    *(Cure(name, (*_URL, "ssrf", "redirect")) for name in ("encodeURIComponent", "querystring.escape")), Cure("querystring.stringify", ("ssrf", "redirect", "header")),
    Cure("qs.stringify", ("ssrf", "redirect", "header")),
    Cure("encodeURI", ("header", "log")),
    *(Cure(name, ("regex",)) for name in ("escape-string-regexp", "lodash.escapeRegExp", "lodash/escapeRegExp",
                                          "regexp.escape", "RegExp.escape", "escape-regexp")),
    *(Passes(name, ("*",)) for name in ("String", "decodeURIComponent", "decodeURI", "unescape", "Buffer.from", "Buffer",
                                        "Buffer.concat", "atob", "btoa", "util.format", "util.inspect",
                                        "JSON.parse", "JSON.stringify", "querystring.parse", "qs.parse", "url.parse",
                                        "url.format", "url.resolve", "structuredClone", "zlib.gunzipSync", "zlib.gzipSync",
                                        "zlib.inflateSync", "zlib.brotliDecompressSync", "Object.assign", "Object.freeze",
                                        "Object.fromEntries", "Array.from", "Array.of", "String.raw", "lodash.get",
                                        "lodash.merge", "lodash.cloneDeep", "lodash.pick", "lodash.omit", "lodash.trim",
                                        "he.decode", "entities.decode", "validator.trim", "validator.unescape",
                                        "@aws-sdk/util-dynamodb.unmarshall", "@aws-sdk/util-dynamodb.marshall",
                                        "AWS.DynamoDB.Converter.unmarshall", "iconv-lite.decode")),
    Makes("url.URL", "URL"), Makes("whatwg-url.URL", "URL"), Makes("url.URLSearchParams", "URLSearchParams"),
)  # fmt: skip
