"""Files of Terraform -> folders of declarations, and the values that stand beside them in `tfvars` files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.value import Literal, Value
from casemate.sources.syntax import hcl, hcl_json
from casemate.sources.syntax.document import decode, whole
from casemate.sources.syntax.hcl_nodes import Broken, Call, File, Path
from casemate.sources.terraform.expressions import Evaluator, Scope
from casemate.sources.terraform.folders import Folder
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span
    from casemate.sources.source import Options
    from casemate.sources.syntax.hcl_nodes import Step
    from casemate.sources.tree import Tree

KIND = "terraform"
TFVARS = (".tfvars", ".tfvars.json")
_FIXED = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")


class Loading:
    """Reads and parses; every file read ends as an `Input`."""

    def __init__(self, tree: Tree, options: Options) -> None:
        self._tree = tree
        self._options = options
        self.inputs: dict[str, Input] = {}
        self.diagnostics: list[Diagnostic] = []
        self._values: dict[str, File] = {}

    def folders(self, paths: Sequence[str]) -> dict[str, Folder]:
        """The declarations of these files by folder. Override files come last, as Terraform has it."""
        folders: dict[str, Folder] = {}
        for path in sorted(paths, key=lambda path: (folder_of(path), _is_override(path), path)):
            file = self._parsed(path)
            if file is not None:
                folders.setdefault(folder_of(path), Folder(folder_of(path))).add(file)
        return folders

    def _parsed(self, path: str) -> File | None:
        data = self._tree.read(path)
        if data is None:
            problems: tuple[Diagnostic, ...] = (Diagnostic("unreadable", "cannot be read", whole(path)),)
            text = None
        else:
            text, problems = decode(data, path)
        if text is None:
            self.diagnostics.extend(problems)
            self.inputs[path] = Input(path, KIND, "failed", problems[0].message)
            return None
        file = _syntax(path, text)
        self.diagnostics.extend(file.diagnostics)
        if not file.is_partial:
            self.inputs[path] = Input(path, KIND, "understood")
        else:
            reason = next(diagnostic.message for diagnostic in file.diagnostics if diagnostic.level == "error")
            useful = bool(file.body.blocks or file.body.arguments)
            self.inputs[path] = Input(path, KIND, "partial" if useful else "failed", reason)
        return file

    def given(self, folder: Folder, tfvars: Sequence[str], evaluator: Evaluator) -> dict[str, Value]:
        """The values of a root module's variables.

        Later ones win: terraform.tfvars, *.auto.tfvars, --var-file, --param.

        Source: Terraform documentation, "Assign values to input variables", "Variable definition precedence".
        """
        base = f"{folder.path}/" if folder.path else ""
        automatic = sorted(path for path in tfvars if folder_of(path) == folder.path and path.endswith(_AUTOMATIC))
        chosen = (
            [base + name for name in _FIXED]
            + automatic
            + [path for path in self._options.var_files if path.endswith(TFVARS)]
        )
        scope = Scope(_Nothing(), {})
        found: dict[str, Value] = {}
        for path in chosen:
            file = self._value_file(path)
            if file is not None:
                found.update(
                    {name: evaluator.evaluate(argument.value, scope) for name, argument in file.body.arguments.items()}
                )
        for name, text in self._options.parameters.items():
            if name in folder.variables:
                found[name] = _option(name, text, folder, evaluator, scope)
        return found

    def _value_file(self, path: str) -> File | None:
        if path not in self._values:
            if self._tree.size(path) is None:
                return None
            file = self._parsed(path)
            if file is None:
                return None
            self._values[path] = file
        return self._values[path]

    def leave_out(self, tfvars: Sequence[str]) -> None:
        """Account for the value files that no root module loads by itself."""
        for path in tfvars:
            if path not in self.inputs:
                self.inputs[path] = Input(path, KIND, "excluded", "loaded only when it is named: --var-file")


def _is_override(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name in {"override.tf", "override.tf.json"} or name.endswith(("_override.tf", "_override.tf.json"))


def _syntax(path: str, text: str) -> File:
    if path.endswith(".tfvars.json"):
        return hcl_json.values(text, path)
    return hcl_json.parse(text, path) if path.endswith(".json") else hcl.parse(text, path)


def _option(name: str, text: str, folder: Folder, evaluator: Evaluator, scope: Scope) -> Value:
    """A value from the command line.

    An expression where the variable's type is not a string, else text. It stands at the variable's name.
    """
    block = folder.variables[name]
    at = block.labels[0][1]
    type_ = block.body.arguments.get("type")
    is_string = type_ is None or (isinstance(type_.value, Path) and type_.value.root == "string")
    if not is_string or (type_ is not None and isinstance(type_.value, Call)):
        node = hcl.parse_expression(text, at)
        if not isinstance(node, Broken):
            return evaluator.evaluate(node, scope)
    return Literal(text, at)


class _Nothing:
    """The names of a value file: none."""

    def named(self, root: str, steps: Sequence[Step], at: Span) -> tuple[Value, int] | None:  # noqa: ARG002 - the protocol of names
        return None

    def words(self, at: Span) -> str:  # noqa: ARG002
        return "an expression"

    def rests_on_default(self, at: Span) -> bool:  # noqa: ARG002
        return False

    def text_file(self, name: Value, at: Span) -> Value:
        return _refused(name, at)

    def template_file(self, name: Value, variables: Value, at: Span) -> Value:  # noqa: ARG002
        return _refused(name, at)

    def exists(self, name: Value, at: Span) -> Value:
        return _refused(name, at)

    def file_set(self, folder: Value, pattern: Value, at: Span) -> Value:  # noqa: ARG002
        return _refused(folder, at)

    def file_digest(self, function: str, name: Value, at: Span) -> Value:  # noqa: ARG002
        return _refused(name, at)


def _refused(_: Value, at: Span) -> Value:
    from casemate.model.value import Unknown

    return Unknown("a value file may not read files", at, "error")
