"""A version raised in a manifest of each format; what is refused, and why."""

from __future__ import annotations

import pytest

from casemate.edits import applied, lower
from casemate.edits.manifests import entity_of, raised
from casemate.errors import EditError
from casemate.model.finding import Change
from casemate.model.inventory import Inventory
from casemate.sources.lockfiles.formats import parser_of


def edited(path: str, text: str, ecosystem: str, name: str, version: str) -> str:
    data = text.encode()
    change = Change(entity_of(path, ecosystem, name), "set", ("version",), version)
    return applied(data, lower(change, Inventory(), {path: data}.get)).decode()


CASES = [
    ("requirements.txt", "a==1.0  # why\nb>=1\n", "PyPI", "a", "a==1.2  # why\nb>=1\n"),
    ("requirements.txt", "a[x]>=1.0,<1.1 ; python_version > '3'\n", "PyPI", "a",
     "a[x]>=1.2 ; python_version > '3'\n"),
    ("requirements.txt", "a~=1.0.0\r\n", "PyPI", "a", "a~=1.2\r\n"),
    ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["a==1.0", "b"]\n', "PyPI", "a",
     '[project]\nname = "x"\ndependencies = ["a==1.2", "b"]\n'),
    ("pyproject.toml", '[tool.poetry.dependencies]\na = "^1.0"\nb = {version = "*"}\n', "PyPI", "a",
     '[tool.poetry.dependencies]\na = "^1.2"\nb = {version = "*"}\n'),
    ("Pipfile", '[packages]\na = "==1.0"\n', "PyPI", "a", '[packages]\na = "==1.2"\n'),
    ("package.json", '{"dependencies": {"a": "^1.0.0", "b": "1"}}', "npm", "a",
     '{"dependencies": {"a": "^1.2", "b": "1"}}'),
    ("go.mod", "module x\n\nrequire (\n\texample.com/a v1.0.0 // indirect\n)\n", "Go", "example.com/a",
     "module x\n\nrequire (\n\texample.com/a v1.2 // indirect\n)\n"),
    ("pom.xml", ("<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>"
     "<version>1.0</version></dependency></dependencies></project>"), "Maven", "g:a",
     ("<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>"
     "<version>1.2</version></dependency></dependencies></project>")),
    ("x.csproj", '<Project><ItemGroup>\n<PackageReference Include="A" Version="1.0" />\n</ItemGroup></Project>',
     "NuGet", "a", '<Project><ItemGroup>\n<PackageReference Include="A" Version="1.2" />\n</ItemGroup></Project>'),
    ("Cargo.toml", '[package]\nname = "x"\n[dependencies]\na = "1.0"\n', "crates.io", "a",
     '[package]\nname = "x"\n[dependencies]\na = "1.2"\n'),
    ("Gemfile", 'source "https://gems.example.com"\ngem "a", "~> 1.0"\n', "RubyGems", "a",
     'source "https://gems.example.com"\ngem "a", "~> 1.2"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "ecosystem", "name", "after"), CASES)
def test_each_format(path: str, text: str, ecosystem: str, name: str, after: str) -> None:
    assert edited(path, text, ecosystem, name, "1.2") == after
    parse = parser_of(path)
    assert parse is not None
    assert parse(path, after.encode()).partial is None


@pytest.mark.parametrize(
    ("path", "text", "ecosystem", "name", "reason"),
    [
        ("requirements.txt", "a==1.0 --hash=sha256:" + "0" * 64, "PyPI", "a", "records hashes"),
        ("requirements.txt", "a @ git+https://example.com/a.git", "PyPI", "a", "not come from a registry"),
        ("requirements.txt", "b==1.0", "PyPI", "a", "does not stand"),
        ("package.json", '{"dependencies": {"a": "^1 || ^2"}}', "npm", "a", "by hand"),
        ("package.json", "{", "npm", "a", "not understood"),
        ("pom.xml", ("<project><properties><v>1.0</v></properties><dependencies><dependency><groupId>g</groupId>"
         "<artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>"), "Maven", "g:a",
         "set elsewhere"),
    ],
)  # fmt: skip
def test_what_is_refused(path: str, text: str, ecosystem: str, name: str, reason: str) -> None:
    with pytest.raises(EditError, match=reason):
        edited(path, text, ecosystem, name, "1.2")


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("^1.0", "^1.2"), ("~1.0", "~1.2"), ("~> 1.0", "~> 1.2"), ("==1.0", "==1.2"), ("1.0", "1.2"), (">=1.0", ">=1.2"),
        (">=1,<2", ">=1.2,<2"), (">=1,<1.1", ">=1.2"), (">=1, <=1.2", ">=1.2, <=1.2"), (">=1,!=1.2", ">=1.2"),
        (">=1 <2", ">=1.2 <2"), ("[1,2)", None), ("^1 || ^2", None), ("1 - 2", None), ("a,b", None), (">=x,<2", None),
    ],
)  # fmt: skip
def test_ranges_are_raised_as_they_are_spelt(written: str, after: str | None) -> None:
    assert raised(written, "1.2") == after


def test_a_range_of_anything() -> None:
    assert (raised("*", "1.2"), raised("*", "1.2", caret=True), raised("1.x", "1.2", caret=True)) == (
        ">=1.2", "^1.2", "^1.2",
    )  # fmt: skip
