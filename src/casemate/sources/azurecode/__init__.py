"""Azure functions that are declared in code.

Python's v2 and Node's v4 programming models, and the attributes of .NET and Java. Read as text by what surrounds a
call, never run; `functionjson` asks for them below a `host.json`.

Each becomes a `Casemate::AzureCodeFunction` whose `bindings` read like those of a function.json.

Source: Azure documentation, "Azure Functions Python developer guide" (v2), "Azure Functions Node.js developer guide"
(v4), "Azure Functions HTTP trigger" (authLevel and its default by language).
"""

from __future__ import annotations

from casemate.sources.azurecode.functions import SUFFIXES, CodeFunction, declared

__all__ = ["SUFFIXES", "CodeFunction", "declared"]
