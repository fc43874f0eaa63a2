"""Text that becomes code, and modules that are chosen at run time.

Sources: Python documentation, "Built-in Functions", "importlib", "runpy", "code", "timeit"; pandas and numexpr API
references (`eval` evaluates the text with Python's own machinery).
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Passes, Sink

_CODE = (
    ("eval", (0, "source", "expression")),
    ("exec", (0, "source", "object")),
    ("compile", (0, "source")),
)

MODELS: tuple[Model, ...] = (
    *(
        Sink("code", f"{lead}{name}", arguments, cwe="CWE-94")
        for name, arguments in _CODE
        for lead in ("", "builtins.")
    ),
    Sink("code", "execfile", (0,), cwe="CWE-94"),  # Python 2
    Passes("compile", ()),  # reported there, not where the code object runs
    Passes("builtins.compile", ()),
    Makes("code.InteractiveInterpreter", "code.InteractiveInterpreter"),
    Makes("code.InteractiveConsole", "code.InteractiveInterpreter"),
    *(
        Sink("code", f"code.InteractiveInterpreter.{name}", (0,), cwe="CWE-94")
        for name in ("runsource", "runcode", "push")
    ),
    Sink("code", "code.compile_command", (0, "source"), cwe="CWE-94"),
    Sink("code", "codeop.compile_command", (0, "source"), cwe="CWE-94"),
    Sink("code", "timeit.timeit", (0, "stmt", 1, "setup"), cwe="CWE-94"),
    Sink("code", "timeit.repeat", (0, "stmt", 1, "setup"), cwe="CWE-94"),
    Sink("code", "timeit.Timer", (0, "stmt", 1, "setup"), cwe="CWE-94"),
    Sink("code", "cProfile.run", (0, "statement"), cwe="CWE-94"),
    Sink("code", "profile.run", (0, "statement"), cwe="CWE-94"),
    Sink("code", "pdb.run", (0, "statement"), cwe="CWE-94"),
    Sink("code", "types.FunctionType", (0,), cwe="CWE-94"),
    Sink("code", "_testcapi.run_in_subinterp", (0,), cwe="CWE-94"),
    Sink("code", "_xxsubinterpreters.run_string", (1,), cwe="CWE-94"),
    Sink("dynamic-import", "runpy.run_path", (0, "path_name"), cwe="CWE-829"),
    Sink("dynamic-import", "runpy.run_module", (0, "mod_name"), cwe="CWE-829"),
    Sink("dynamic-import", "importlib.import_module", (0, "name"), part="whole", cwe="CWE-829"),
    Sink("dynamic-import", "importlib.__import__", (0, "name"), part="whole", cwe="CWE-829"),
    Sink("dynamic-import", "__import__", (0, "name"), part="whole", cwe="CWE-829"),
    Sink("dynamic-import", "builtins.__import__", (0, "name"), part="whole", cwe="CWE-829"),
    Sink("dynamic-import", "imp.load_source", (1, "pathname"), cwe="CWE-829"),
    Sink("dynamic-import", "imp.load_module", (2, "pathname"), cwe="CWE-829"),
    Sink("dynamic-import", "importlib.util.spec_from_file_location", (1, "location"), cwe="CWE-829"),
    Sink("dynamic-import", "werkzeug.utils.import_string", (0, "import_name"), part="whole", cwe="CWE-829"),
    Sink(
        "dynamic-import", "django.utils.module_loading.import_string", (0, "dotted_path"), part="whole", cwe="CWE-829"
    ),
    Sink("dynamic-import", "pydoc.locate", (0, "path"), part="whole", cwe="CWE-829"),
    Sink("code", "numexpr.evaluate", (0, "ex"), cwe="CWE-94"),
    Sink("code", "pandas.eval", (0, "expr"), cwe="CWE-94"),
    Makes("pandas.DataFrame", "pandas.DataFrame"),
    *(Makes(f"pandas.{name}", "pandas.DataFrame") for name in ("read_csv", "read_json", "read_parquet", "read_excel")),
    Sink("code", "pandas.DataFrame.eval", (0, "expr"), cwe="CWE-94"),
    Sink("code", "pandas.DataFrame.query", (0, "expr"), cwe="CWE-94"),
    Sink("code", "sympy.sympify", (0, "a"), cwe="CWE-94"),
    Sink("code", "sympy.parsing.sympy_parser.parse_expr", (0, "s"), cwe="CWE-94"),
    Sink("code", "asteval.Interpreter.eval", (0, "expr"), confidence="medium", cwe="CWE-94"),
)
