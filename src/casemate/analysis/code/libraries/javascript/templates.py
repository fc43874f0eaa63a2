"""Templates: text that is compiled runs code; values put in unescaped are HTML.

Sources: references of dustjs-linkedin (CVE-2021-4264), EJS (`<%-`, options as code), Pug, Handlebars ("SafeString"),
Mustache, Nunjucks ("autoescape", "renderString"), lodash (`_.template`), doT, Eta, Liquid, Marko; PortSwigger,
"Server-side template injection".
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes, Sink, Test

_COMPILED = (
    "ejs.render",
    "ejs.compile",
    "pug.render",
    "pug.compile",
    "pug.compileClient",
    "jade.render",
    "jade.compile",
    "handlebars.compile",
    "handlebars.precompile",
    "Handlebars.compile",
    "hogan.js.compile",
    "lodash.template",
    "underscore.template",
    "lodash/template",
    "lodash.template.default",
    "nunjucks.renderString",
    "nunjucks.compile",
    "nunjucks.Environment.renderString",
    "nunjucks.Template",
    "dot.template",
    "dot.compile",
    "eta.render",
    "eta.compile",
    "eta.Eta.renderString",
    "swig.render",
    "swig.compile",
    "swig-templates.render",
    "twig.twig",
    "vash.compile",
    "velocityjs.render",
    "velocityjs.parse",
    "art-template.compile",
    "art-template.render",
    "template7.compile",
    "squirrelly.render",
    "squirrelly.compile",
    "liquidjs.Liquid.parseAndRender",
    "whiskers.render",
    "ect.render",
    "marko.compile",
    "edge.js.renderRaw",
    "haml.render",
    "hamljs.render",
    "jsrender.templates",
    "just.render",
)
_ESCAPED = (
    (("ejs.render",), ("<%-",)),
    (("eta.render", "eta.Eta.renderString"), ("<%~",)),
    (("pug.render",), ("!=", "!{")),
    (("nunjucks.Environment.renderString",), ("safe", "autoescape")),
    (("lodash.template", "lodash/template", "underscore.template"), ("<%=", "${")),
)
"""Functions that render text, with what stands in a template where data is put in as it is."""
_DUST = ("dustjs-linkedin", "dustjs-helpers", "dust", "@linkedin/dustjs")
_FILES = (
    "ejs.renderFile",
    "pug.renderFile",
    "pug.compileFile",
    "nunjucks.render",
    "eta.renderFile",
    "swig.renderFile",
    "consolidate.ejs",
    "consolidate.pug",
    "consolidate.handlebars",
)

MODELS: tuple[Model, ...] = (
    *(Sink("template", name, (0,), cwe="CWE-1336") for name in _COMPILED),
    *(
        Sink("template", f"{module}.{name}", (0,), cwe="CWE-1336")
        for module in _DUST
        for name in ("compile", "compileFn", "renderSource", "loadSource")
    ),
    # dust evaluates what a helper's parameter holds: a context from a request is enough where `{@if}` is used.
    *(Sink("code", f"{module}.render", (1,), confidence="medium", cwe="CWE-94") for module in _DUST),
    *(Sink("code", f"{module}.renderSource", (1,), confidence="medium", cwe="CWE-94") for module in _DUST),
    *(Sink("path", name, (0,), part="any", cwe="CWE-22") for name in _FILES),
    # The whole request as options lets it set the engine's own options.
    *(Sink("template", name, (2, 1), part="whole", confidence="low", cwe="CWE-94") for name in ("ejs.renderFile",)),
    Makes("nunjucks.configure", "nunjucks.Environment"),
    Makes("nunjucks.Environment", "nunjucks.Environment"),
    Makes("eta.Eta", "eta.Eta"),
    Makes("liquidjs.Liquid", "liquidjs.Liquid"),
    Sink("xss", "handlebars.SafeString", (0,), cwe="CWE-79"),
    Sink("xss", "Handlebars.SafeString", (0,), cwe="CWE-79"),
    Sink("xss", "nunjucks.runtime.SafeString", (0,), cwe="CWE-79"),
    Passes("ejs.renderFile"),
    Passes("pug.renderFile"),
    Passes("nunjucks.render"),
    *(
        Cure(name, ("xss", "template"), argument=1, when=(Test(0, "lacks", ("{{{", "{{&"), maybe=True),))
        for name in ("mustache.render", "Mustache.render", "mustache.to_html")
    ),
    # A template that is written out, and escapes whatever it puts in.
    *(Cure(name, ("xss",), argument="*", when=(Test(0, "lacks", raw),)) for names, raw in _ESCAPED for name in names),
    *(
        Makes(f"{module}.compile", "handlebars.Escaping", when=(Test(0, "lacks", ("{{{", "{{&", "SafeString")),))
        for module in ("handlebars", "Handlebars")
    ),
    Cure("handlebars.Escaping", ("xss",), argument="*"),
)
