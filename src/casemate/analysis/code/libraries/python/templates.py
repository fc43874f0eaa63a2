"""Template engines: a template of an attacker runs code; values are escaped only if the engine is told to.

Sources: Jinja2 documentation, "API" (autoescape, SandboxedEnvironment), Mako documentation, "Filtering and Buffering",
Chameleon, Genshi, Cheetah API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_ENVIRONMENTS = ("jinja2.Environment", "jinja2.environment.Environment", "jinja2.nativetypes.NativeEnvironment")

MODELS: tuple[Model, ...] = (
    # Environments that escape, and those that do not (the default).
    *(
        Makes(name, "jinja2.PlainEnvironment", when=(Test("autoescape", "is", (False, None, 0)),))
        for name in _ENVIRONMENTS
    ),
    *(Makes(name, "jinja2.PlainEnvironment", when=(Test("autoescape", "absent"),)) for name in _ENVIRONMENTS),
    *(Makes(name, "jinja2.EscapingEnvironment") for name in _ENVIRONMENTS),
    *(
        Makes(f"jinja2.sandbox.{name}", "jinja2.SandboxedEnvironment")
        for name in ("SandboxedEnvironment", "ImmutableSandboxedEnvironment")
    ),
    *(
        Makes(f"jinja2.PlainEnvironment.{name}", "jinja2.PlainTemplate")
        for name in ("from_string", "get_template", "select_template", "overlay")
    ),
    *(
        Makes(f"jinja2.EscapingEnvironment.{name}", "jinja2.EscapingTemplate")
        for name in ("from_string", "get_template", "select_template")
    ),
    *(Makes(f"jinja2.SandboxedEnvironment.{name}", "jinja2.PlainTemplate") for name in ("from_string", "get_template")),
    Makes("jinja2.Template", "jinja2.EscapingTemplate", when=(Test("autoescape", "is", (True, 1)),)),
    Makes("jinja2.Template", "jinja2.PlainTemplate"),
    # The template itself.
    *(
        Sink("template", f"{owner}.from_string", (0, "source"), part="text", cwe="CWE-1336")
        for owner in ("jinja2.PlainEnvironment", "jinja2.EscapingEnvironment")
    ),
    Sink("template", "jinja2.Template", (0, "source"), part="text", cwe="CWE-1336"),
    *(
        Passes(name, ())
        for name in ("jinja2.Template", "jinja2.PlainEnvironment.from_string", "jinja2.EscapingEnvironment.from_string")
    ),
    *(Passes(f"{owner}.get_template", ()) for owner in ("jinja2.PlainEnvironment", "jinja2.EscapingEnvironment")),
    *(
        Sink("path", f"{owner}.get_template", (0, "name"), confidence="low", cwe="CWE-22")
        for owner in ("jinja2.PlainEnvironment", "jinja2.EscapingEnvironment")
    ),
    Sink("template", "*.from_string", (0,), part="text", confidence="low", cwe="CWE-1336"),
    # What comes out.
    *(Cure(f"jinja2.EscapingTemplate.{name}", ("xss",), argument="*") for name in ("render", "generate", "stream")),
    *(Passes(f"jinja2.PlainTemplate.{name}", ("*",)) for name in ("render", "generate", "stream")),
    # Mako compiles templates to Python.
    *(Makes(f"mako.{name}", "mako.template.Template") for name in ("template.Template",)),
    Sink("template", "mako.template.Template", (0, "text"), part="text", cwe="CWE-1336"),
    Passes("mako.template.Template", ()),
    Passes("mako.template.Template.render", ("*",)),
    Makes("mako.lookup.TemplateLookup", "mako.lookup.TemplateLookup"),
    Makes("mako.lookup.TemplateLookup.get_template", "mako.template.Template"),
    *(
        Sink("template", name, (0,), part="text", cwe="CWE-1336")
        for name in (
            "chameleon.PageTemplate",
            "chameleon.PageTextTemplate",
            "genshi.template.MarkupTemplate",
            "genshi.template.TextTemplate",
            "genshi.template.NewTextTemplate",
            "Cheetah.Template.Template",
            "airspeed.Template",
            "chevron.render",
            "pystache.render",
            "trender.TRender",
            "web.template.Template",
        )
    ),
    Misuse("verbose-error", "cgitb.enable", "the whole traceback goes to the caller", cwe="CWE-209"),
)
