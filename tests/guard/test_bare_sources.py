"""The wheel holds bared sources: the same program on the same lines."""

from __future__ import annotations

import ast
from pathlib import Path
from runpy import run_path

import pytest

GUARD = Path(__file__).parents[2] / "guard"
MODULES = sorted((GUARD / "src").rglob("*.py"))
bared = run_path(str(GUARD / "hatch_build.py"))["bared"]


class Stripped(ast.NodeTransformer):
    """A tree without what the hook takes away."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.visit_body(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.visit_body(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self.visit_body(node, is_class=True)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self.visit_body(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self.visit_body(node)

    def visit_body(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module | ast.If,
        *,
        is_class: bool = False,
    ) -> ast.AST:
        kept: list[ast.stmt] = []
        for one in node.body:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                continue
            if isinstance(one, ast.If) and isinstance(one.test, ast.Name) and one.test.id == "TYPE_CHECKING":
                continue
            if isinstance(one, ast.Pass):
                continue
            if isinstance(one, ast.AnnAssign) and not is_class and one.value is not None:
                plain = ast.Assign([one.target], one.value)
                kept.append(ast.copy_location(plain, one))
            else:
                kept.append(one)
        node.body = kept
        if is_class:
            for each in kept:
                if not isinstance(each, ast.AnnAssign):
                    self.visit(each)
            return node
        self.generic_visit(node)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(
                    node,
                    name,
                    [
                        ast.copy_location(ast.Assign([one.target], one.value), one)
                        if isinstance(one, ast.AnnAssign)
                        and one.value is not None
                        and not isinstance(node, ast.ClassDef)
                        else one
                        for one in block
                        if not isinstance(one, ast.Pass)
                    ],
                )
        return super().generic_visit(node)


def program(source: str) -> str:
    return ast.dump(Stripped().visit(ast.parse(source)))


@pytest.mark.slow
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(GUARD / "src").as_posix())
def test_the_program_is_the_same_on_the_same_lines(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    bare = bared(source)
    assert program(bare) == program(source)
    places = [
        [
            (node.name, node.lineno)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        for text in (source, bare)
    ]
    assert places[0] == places[1]


def test_what_is_hard_to_cut() -> None:
    source = (
        '"""Ä docstring."""\n'
        "from typing import NamedTuple\n"
        "TYPE_CHECKING = False\n"
        "if TYPE_CHECKING:\n"
        "    from x import (\n"
        "        Y,\n"
        "    )\n"
        "class Pair(NamedTuple):\n"
        '    """Two."""\n'
        '    a: int = 1  # "kept"\n'
        "class Empty:\n"
        '    """Nothing but this."""\n'
        "def ö(ä: 'dict[str, # int]' = {}, *b: int, **c: str) -> 'a -> b':  # comment\n"
        '    """\n'
        "    Several lines.\n"
        '    """\n'
        "    d: int = 1\n"
        "    if d:\n"
        "        return lambda e: (ä, d, '# no comment', e, '''\n"
        "    kept\n"
        "    ''')\n"
    )
    bare = bared(source)
    names: dict[str, object] = {}
    exec(bare, names)  # noqa: S102 - our own text
    assert len(bare.splitlines()) == len(source.splitlines())
    assert names["Pair"](a=2).a == 2  # type: ignore[operator]
    assert names["ö"](1)(2)[2:] == ("# no comment", 2, "\n    kept\n    ")  # type: ignore[operator]
    assert "comment\n" not in bare
    assert "Several" not in bare
