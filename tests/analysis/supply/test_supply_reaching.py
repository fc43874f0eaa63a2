"""Whether code reaches a package: imports through files, weak names, and what makes that unknown."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from datetime import date

import pytest

from casemate.analysis.supply.matching import match
from casemate.analysis.supply.reaching import State
from casemate.analysis.supply.reporting import affected
from casemate.analysis.supply.symbols import SYMBOLS, weak_names
from casemate.analysis.supply.vex.stating import stated
from casemate.analysis.supply.weighing import weigh
from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.model.dependency import Dependency
from casemate.model.finding import LOW
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


def system(files: dict[str, str], *, runtime: str = "python3.12") -> System:
    template = f"""
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: {runtime}
          Handler: app.handler
          CodeUri: .
          FunctionUrlConfig: {{AuthType: NONE}}
    """
    texts = {"template.yaml": template, **files}
    tree = MemoryTree({path: textwrap.dedent(text).lstrip().encode() for path, text in texts.items()})
    return System(build(discover(tree, Options()).readings), date(2026, 11, 24), tree=tree)


def of(found: System, name: str) -> Dependency:
    return next(one for one in found.dependencies if one.package.name == name)


def state(found: System, name: str, *names: str) -> State:
    assert found.reach is not None
    return found.reach.of(of(found, name), names).state


REQUIREMENTS = {"requirements.txt": "PyYAML==5.1\nlodash==1\n"}
LOAD = ("yaml.load", "yaml.full_load")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import yaml\ndef handler(e, c): return yaml.load(e)", "called"),
        ("import yaml as y\ndef handler(e, c): return y.load(e)", "called"),
        ("from yaml import load\ndef handler(e, c): return load(e)", "called"),
        ("from yaml import load as l\ndef handler(e, c): return list(map(l, e))", "called"),
        ("def handler(e, c):\n    import yaml\n    return yaml.load(e)", "called"),
        ("import importlib\ny = importlib.import_module('yaml')\ndef handler(e, c): return y.load(e)", "called"),
        ("import yaml\ndef handler(e, c): return yaml.safe_load(e)", "imported"),
        ("import yaml\ndef handler(e, c): return getattr(yaml, e)(e)", "mentioned"),
        ("from yaml import *\ndef handler(e, c): return load(e)", "mentioned"),
        ("import yaml\ndef other(e): return yaml.load(e)\ndef handler(e, c): return e", "imported"),
        ("import yaml\ndef other(e): return yaml.load(e)\ndef handler(e, c): return other(e)", "called"),
        ("import yaml, x\n@x.route('/')\ndef other(e): return yaml.load(e)\ndef handler(e, c): return e", "called"),
        (
            "try:\n    import yaml as y\nexcept ImportError:\n    import json as y\ndef handler(e, c): return y.load(e)",
            "mentioned",
        ),
        ("def handler(e, c): return e", "absent"),
        ("def handler(e, c): return __import__(e)", "unknown"),
        ("APPS = ['yaml.apps.Config']\ndef handler(e, c): return e", "unknown"),
        ("def handler(e, c): return eval(e)", "unknown"),
        ("def handler(e, c:\n    return ((", "unknown"),
    ],
)
def test_python(code: str, expected: State) -> None:
    found = system({**REQUIREMENTS, "app.py": code})
    assert state(found, "pyyaml", *LOAD) == expected


def test_imports_are_followed_through_files_and_packages() -> None:
    files = {
        **REQUIREMENTS,
        "app.py": "from lib import parsing\ndef handler(e, c): return parsing.parse(e)\n",
        "lib/__init__.py": "",
        "lib/parsing.py": "from . import deep\ndef parse(e): return deep.go(e)\n",
        "lib/deep.py": "import yaml\ndef go(e): return yaml.load(e)\ndef unused(e): return yaml.full_load(e)\n",
        "never.py": "import yaml\nyaml.full_load('x')\n",
    }
    found = system(files)
    assert found.reach is not None
    reached = found.reach.of(of(found, "pyyaml"), ("yaml.load",))
    assert (reached.state, reached.at and (reached.at.path, reached.at.start_line)) == ("called", ("lib/deep.py", 2))
    assert state(found, "pyyaml", "yaml.full_load") == "imported"


def test_settings_that_a_framework_loads_by_name_are_read_too() -> None:
    files = {
        **REQUIREMENTS,
        "app.py": "import os\nos.environ['SETTINGS'] = 'shop.settings'\ndef handler(e, c): return e\n",
        "shop/__init__.py": "",
        "shop/settings.py": "import yaml\nAPPS = yaml.load('[]')\n",
    }
    assert state(system(files), "pyyaml", *LOAD) == "called"


def test_code_in_a_template_is_placed_there() -> None:
    files = {
        "template.yaml": """
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: python3.12
              Handler: index.handler
              Code:
                ZipFile: |
                  import yaml
                  def handler(event, context):
                      return yaml.load(event)
        """,
        "requirements.txt": "PyYAML==5.1\n",
    }
    found = system(files)
    one = replace(of(found, "pyyaml"), functions=("template.yaml#Hello",))
    assert found.reach is not None
    reached = found.reach.of(one, LOAD)
    assert (reached.state, reached.at and (reached.at.path, reached.at.start_line)) == ("called", ("template.yaml", 11))


PACKAGE = {
    "package.json": '{"dependencies": {"lodash": "4.17.4", "minimist": "1.2.0"}}',
    "package-lock.json": json.dumps(
        {
            "lockfileVersion": 3,
            "packages": {
                "": {"dependencies": {"lodash": "4.17.4", "minimist": "1.2.0"}},
                "node_modules/lodash": {"version": "4.17.4"},
                "node_modules/minimist": {"version": "1.2.0"},
            },
        }
    ),
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("const _ = require('lodash'); exports.handler = async (e) => _.template(e)()", "called"),
        ("const { template } = require('lodash'); exports.handler = async (e) => template(e)()", "called"),
        ("const template = require('lodash/template'); exports.handler = async (e) => template(e)()", "called"),
        ("const _ = require('lodash'); const { template: t } = _; exports.handler = async (e) => t(e)()", "called"),
        ("import _ from 'lodash'; export const handler = async (e) => _.template(e)()", "called"),
        ("import * as _ from 'lodash'; export const handler = async (e) => _.template(e)()", "called"),
        ("exports.handler = async (e) => require('lodash').template(e)()", "called"),
        ("const _ = require('lodash'); exports.handler = async (e) => _.map(e, (x) => x)", "imported"),
        ("const _ = require('lodash'); exports.handler = async (e) => e.run(_)", "mentioned"),
        ("const _ = require('lodash'); exports.handler = async (e) => _(e).chain().template().value()", "mentioned"),
        ("const fp = require('lodash/fp'); exports.handler = async (e) => fp.template(e)()", "mentioned"),
        (
            "const _ = require('lodash'), s = require('s'); exports.handler = async (e) => s.template(_.map(e))",
            "imported",
        ),
        ("export { template } from 'lodash'; export const handler = async (e) => e", "mentioned"),
        ("exports.handler = async (e) => e", "absent"),
        ("exports.handler = async (e) => require(e.name)", "unknown"),
    ],
)
def test_javascript(code: str, expected: State) -> None:
    found = system({**PACKAGE, "app.js": code}, runtime="nodejs22.x")
    assert state(found, "lodash", "lodash.template") == expected


def test_exports_from_other_files_are_followed() -> None:
    files = {
        **PACKAGE,
        "app.mjs": "export * from './inner.mjs'\n",
        "inner.mjs": "import _ from 'lodash'\nexport const handler = async (e) => _.template(e)()\n",
    }
    assert state(system(files, runtime="nodejs22.x"), "lodash", "lodash.template") == "called"


def test_a_package_that_is_itself_the_function() -> None:
    code = "const argv = require('minimist'); exports.handler = async (e) => argv(e)"
    assert state(system({**PACKAGE, "app.js": code}, runtime="nodejs22.x"), "minimist", "minimist()") == "called"
    code = "const argv = require('minimist'); exports.handler = async (e) => e"
    assert state(system({**PACKAGE, "app.js": code}, runtime="nodejs22.x"), "minimist", "minimist()") == "imported"


def test_what_is_proven_to_be_out_of_reach_is_low_and_stated_so() -> None:
    found = system({**PACKAGE, "app.js": "const _ = require('lodash'); exports.handler = async (e) => _.map(e)"},
                   runtime="nodejs22.x")  # fmt: skip
    one = of(found, "lodash")
    groups = {group[0].name: group for group in match(one).groups}
    template = stated(one, groups["CVE-2021-23337"], found)
    assert (template.status, template.justification) == ("not_affected", "vulnerable_code_not_in_execute_path")
    unnamed = stated(one, groups["CVE-2020-8203"], found)  # other functions may reach it too
    assert unnamed.status == "under_investigation"
    absent = of(found, "minimist")
    verdict = affected(absent, found)
    assert verdict is not None
    assert verdict.severity == LOW
    assert verdict.message.endswith("no function that ships it imports it")
    assert {stated(absent, group, found).status for group in match(absent).groups} == {"not_affected"}


def test_without_a_whole_lock_nothing_is_proven() -> None:
    found = system({"package.json": PACKAGE["package.json"], "app.js": "exports.handler = async (e) => e"},
                   runtime="nodejs22.x")  # fmt: skip
    one = of(found, "minimist")
    assert {stated(one, group, found).status for group in match(one).groups} == {"under_investigation"}


def test_a_call_is_stated_with_what_to_do() -> None:
    code = "const _ = require('lodash'); exports.handler = async (e) => _.template(e.body)()"
    found = system({**PACKAGE, "app.js": code}, runtime="nodejs22.x")
    one = of(found, "lodash")
    group = next(group for group in match(one).groups if group[0].name == "CVE-2021-23337")
    said = stated(one, group, found)
    assert (said.status, said.detail) == ("affected", "Hello calls lodash.template (app.js:1)")
    assert said.action.startswith("go to lodash ")


def test_the_table_of_weak_functions_names_sources_and_no_package_twice_for_one_id() -> None:
    assert len({id_ for row in SYMBOLS for id_ in row.ids}) >= 60
    assert all(row.ids and row.names for row in SYMBOLS)
    pairs = [(row.package, id_) for row in SYMBOLS for id_ in row.ids]
    assert len(pairs) == len(set(pairs))
    assert weak_names(()) is None


def test_the_exposure_that_counts_is_that_of_the_function_which_calls() -> None:
    template = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Open:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.12
          Handler: app.handler
          CodeUri: .
          FunctionUrlConfig: {AuthType: NONE}
      Night:
        Type: AWS::Serverless::Function
        Properties: {Runtime: python3.12, Handler: night.handler, CodeUri: .}
    """
    quiet, loud = (
        "import yaml\ndef handler(e, c): return yaml.safe_load('1')\n",
        "import yaml\ndef handler(e, c): yaml.load(e)\n",
    )
    for open_, night, words in ((quiet, loud, "only the system itself"), (loud, quiet, "anyone can call")):
        found = system({"template.yaml": template, "app.py": open_, "night.py": night, **REQUIREMENTS})
        one = of(found, "pyyaml")
        group = next(group for group in match(one).groups if group[0].name == "CVE-2020-1747")
        weight = weigh(
            group, one, {"template.yaml#Open": "public", "template.yaml#Night": "internal"}, found.reach, None
        )
        assert any(words in reason for reason in weight.why)
        verdict = affected(one, found)
        assert verdict is not None
        assert "calls yaml.load" in verdict.message
