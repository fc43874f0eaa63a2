"""Text that becomes code: eval, Function, timers, vm, modules chosen at run time.

Sources: ECMAScript specification ("eval", "Function"); Node.js documentation, "VM (executing JavaScript)" ("not a
security mechanism"), "Timers"; advisories of vm2, safe-eval, static-eval, notevil, expr-eval, jsonpath.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Makes, Model, Sink, Test

_VM = ("runInContext", "runInNewContext", "runInThisContext", "compileFunction", "Script")
_TIMERS = ("setTimeout", "setInterval", "setImmediate")

MODELS: tuple[Model, ...] = (
    Sink("code", "eval", (0,), cwe="CWE-95"),
    *(Sink("code", name, ("*",), cwe="CWE-95") for name in ("Function", "AsyncFunction", "GeneratorFunction")),
    *(Sink("code", f"{owner}.eval", (0,), cwe="CWE-95") for owner in ("global", "globalThis", "window")),
    # A timer takes text as well, outside of Node; a function given to it is called.
    *(Sink("code", name, (0,), part="text", confidence="medium", cwe="CWE-95") for name in _TIMERS),
    *(Calls(name, 0, (2, 3)) for name in _TIMERS),
    Calls("process.nextTick", 0, (1, 2)), Calls("queueMicrotask", 0),
    *(Calls(f"timers.{name}", 0, (2, 3)) for name in _TIMERS),
    *(Sink("code", f"vm.{name}", (0,), cwe="CWE-94") for name in _VM),
    Makes("vm.Script", "vm.Script"),
    Sink("code", "vm.SourceTextModule", (0,), cwe="CWE-94"),
    Sink("code", "worker_threads.Worker", (0,), (Test("1.eval", "is", (True,)),), cwe="CWE-94"),
    Sink("dynamic-import", "worker_threads.Worker", (0,), part="whole", cwe="CWE-829"),
    *(Sink("dynamic-import", name, (0,), part="whole", cwe="CWE-829")
      for name in ("require", "import", "require.resolve", "module.require", "import-fresh", "requireg",
                   "process.dlopen")),
    *(Sink("code", name, (0,), cwe="CWE-94")
      for name in ("safe-eval", "static-eval", "notevil", "eval", "node-eval", "require-from-string", "_eval",
                   "eval-sandbox", "saferEval", "safer-eval", "jsdom.JSDOM.window.eval", "pyodide.runPython")),
    Makes("vm2.VM", "vm2.VM"), Makes("vm2.NodeVM", "vm2.VM"),
    Sink("code", "vm2.VM.run", (0,), cwe="CWE-94"),
    Makes("isolated-vm.Isolate", "isolated-vm.Isolate"),
    Sink("code", "jsonpath.query", (1,), confidence="medium", cwe="CWE-94"),
    Sink("code", "jsonpath-plus.JSONPath", ("0.path", 0), confidence="medium", cwe="CWE-94"),
    Sink("code", "mathjs.evaluate", (0,), confidence="low", cwe="CWE-94"),
)  # fmt: skip
