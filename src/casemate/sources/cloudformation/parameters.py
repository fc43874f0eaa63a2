"""Parameter values that stand beside a template: `--param`, samconfig.toml.

And parameter files given with `--var-file`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

_PAIR = re.compile(r"""(?:ParameterKey=)?["']?(\w+)["']?(?:,ParameterValue)?=(?:"([^"]*)"|'([^']*)'|(\S+))""")


def given_parameters(tree: Tree, path: str, options: Options) -> dict[str, str]:
    """The values for the template at `path`; `--param` wins over `--var-file` wins over samconfig.toml."""
    given: dict[str, str] = {}
    folder = folder_of(path)
    config = tree.read(f"{folder}/samconfig.toml" if folder else "samconfig.toml")
    if config is not None:
        given.update(_samconfig(config, options.stage or "default"))
    for file in options.var_files:
        data = tree.read(file)
        if data is not None and file.endswith(".json"):
            given.update(_parameter_file(data))
    given.update(options.parameters)
    return given


def _samconfig(data: bytes, environment: str) -> dict[str, str]:
    import tomllib

    try:
        parsed = tomllib.loads(data.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    found: dict[str, str] = {}
    section = parsed.get(environment)
    if not isinstance(section, dict):
        return {}
    for command in ("global", "deploy"):
        table = section.get(command, {})
        parameters = table.get("parameters") if isinstance(table, dict) else None
        overrides = parameters.get("parameter_overrides") if isinstance(parameters, dict) else None
        if isinstance(overrides, list):
            overrides = " ".join(str(item) for item in overrides)
        if isinstance(overrides, dict):
            found.update({str(key): str(value) for key, value in overrides.items()})
        elif isinstance(overrides, str):
            found.update(
                {
                    match[1]: next((group for group in match.groups()[1:] if group is not None), "")
                    for match in _PAIR.finditer(overrides)
                }
            )
    return found


def _parameter_file(data: bytes) -> dict[str, str]:
    """Both forms: `[{"ParameterKey", "ParameterValue"}]` and `{"Parameters": {K: V}}`."""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    if isinstance(parsed, dict):
        inner = parsed.get("Parameters", parsed)
        return {str(key): str(value) for key, value in inner.items()} if isinstance(inner, dict) else {}
    if isinstance(parsed, list):
        return {
            str(item["ParameterKey"]): str(item.get("ParameterValue", ""))
            for item in parsed
            if isinstance(item, dict) and "ParameterKey" in item
        }
    return {}
