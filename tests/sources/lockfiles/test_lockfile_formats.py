"""Every format: names, versions, scopes, and the exact line of each package."""

from __future__ import annotations

import textwrap

import pytest

from casemate.model.dependency import Locked, PackageFile, Requirement
from casemate.sources.lockfiles.formats import FORMATS, parser_of, wanted

PYTHON = """
[[package]]
name = "requests"
version = "2.32.3"
files = [{file = "requests-2.32.3.tar.gz", hash = "sha256:00"}]

[package.dependencies]
idna = ">=2.5"

[[package]]
name = "idna"
version = "3.7"
"""

LOCKS: list[tuple[str, str, list[tuple[str, str, int]]]] = [
    ("poetry.lock", PYTHON, [("requests", "2.32.3", 2), ("idna", "3.7", 10)]),
    ("pdm.lock", PYTHON, [("requests", "2.32.3", 2), ("idna", "3.7", 10)]),
    (
        "uv.lock",
        """
        version = 1

        [[package]]
        name = "shop"
        version = "0.1.0"
        source = { virtual = "." }
        dependencies = [{ name = "requests" }]

        [[package]]
        name = "requests"
        version = "2.32.3"
        source = { registry = "https://registry.example.com/simple" }
        sdist = { url = "https://registry.example.com/requests.tar.gz", hash = "sha256:00" }
        """,
        [("requests", "2.32.3", 10)],
    ),
    (
        "pylock.toml",
        """
        lock-version = "1.0"

        [[packages]]
        name = "idna"
        version = "3.7"
        wheels = [{ name = "idna-3.7-py3-none-any.whl", hashes = { sha256 = "00" } }]
        """,
        [("idna", "3.7", 4)],
    ),
    (
        "Pipfile.lock",
        """
        {
            "default": {
                "idna": {
                    "hashes": ["sha256:00"],
                    "version": "==3.7"
                }
            },
            "develop": {
                "pytest": {"version": "==8.0.0"}
            }
        }
        """,
        [("idna", "3.7", 3), ("pytest", "8.0.0", 9)],
    ),
    (
        "package-lock.json",
        """
        {
          "lockfileVersion": 1,
          "dependencies": {
            "a": {
              "version": "1.0.0",
              "requires": {"b": "^2.0.0"},
              "dependencies": {
                "b": {"version": "2.1.0", "integrity": "sha512-0"}
              }
            },
            "b": {"version": "1.0.0", "dev": true}
          }
        }
        """,
        [("a", "1.0.0", 4), ("b", "2.1.0", 8), ("b", "1.0.0", 11)],
    ),
    (
        "npm-shrinkwrap.json",
        """
        {
          "lockfileVersion": 3,
          "packages": {
            "": {"dependencies": {"a": "^1.0.0", "alias": "npm:@scope/real@1.2.3"}},
            "node_modules/a": {"version": "1.0.0", "license": "MIT", "hasInstallScript": true},
            "node_modules/alias": {
              "name": "@scope/real",
              "version": "1.2.3"
            },
            "node_modules/a/node_modules/b": {"version": "2.0.0", "resolved": "git+ssh://git@git.example.com/b.git#0123"},
            "packages/member": {"version": "0.0.1"},
            "node_modules/member": {"resolved": "packages/member", "link": true}
          }
        }
        """,
        [("a", "1.0.0", 5), ("@scope/real", "1.2.3", 6), ("b", "2.0.0", 10)],
    ),
    (
        "yarn.lock",
        """
        # yarn lockfile v1


        "@scope/a@^1.0.0", "@scope/a@~1.0.1":
          version "1.0.2"
          resolved "https://registry.example.com/@scope/a/-/a-1.0.2.tgz#0123"
          integrity sha512-0
          dependencies:
            b "^2.0.0"

        b@^2.0.0:
          version "2.3.4"
          resolved "https://registry.example.com/b/-/b-2.3.4.tgz#4567"
        """,
        [("@scope/a", "1.0.2", 4), ("b", "2.3.4", 11)],
    ),
    (
        "sub/yarn.lock",
        """
        __metadata:
          version: 8

        "alias@npm:real@^1.0.0":
          version: 1.0.2
          resolution: "real@npm:1.0.2"
          checksum: 10c0/00
          languageName: node
          linkType: hard

        "shop@workspace:.":
          version: 0.0.0-use.local
          resolution: "shop@workspace:."
        """,
        [("real", "1.0.2", 4)],
    ),
    (
        "pnpm-lock.yaml",
        """
        lockfileVersion: '9.0'
        importers:
          .:
            dependencies:
              a:
                specifier: ^1.0.0
                version: 1.0.0(c@3.0.0)
            devDependencies:
              t:
                specifier: ^4.0.0
                version: 4.0.0
        packages:
          a@1.0.0:
            resolution: {integrity: sha512-0}
          c@3.0.0:
            resolution: {integrity: sha512-0}
          t@4.0.0:
            resolution: {integrity: sha512-0}
        snapshots:
          a@1.0.0(c@3.0.0):
            dependencies:
              c: 3.0.0
          c@3.0.0: {}
          t@4.0.0: {}
        """,
        [("a", "1.0.0", 13), ("c", "3.0.0", 15), ("t", "4.0.0", 17)],
    ),
    (
        "old/pnpm-lock.yaml",
        """
        lockfileVersion: 5.4
        dependencies:
          '@scope/a': 1.0.0_c@3.0.0
        packages:
          /@scope/a/1.0.0_c@3.0.0:
            resolution: {integrity: sha512-0}
            dev: false
          /c/3.0.0:
            resolution: {integrity: sha512-0}
            dev: true
            requiresBuild: true
        """,
        [("@scope/a", "1.0.0", 5), ("c", "3.0.0", 8)],
    ),
    (
        "bun.lock",
        """
        {
          "lockfileVersion": 1,
          "workspaces": {"": {"name": "shop", "dependencies": {"a": "^1.0.0",}}},
          "packages": {
            "a": ["a@1.0.0", "", {"dependencies": {"b": "^2"}}, "sha512-0"],
            "b": ["b@2.0.0", "", {}, "sha512-0"],
          },
        }
        """,
        [("a", "1.0.0", 5), ("b", "2.0.0", 6)],
    ),
    (
        "go.mod",
        """
        module example.com/shop

        go 1.22.1

        require (
        \texample.com/a v1.2.3
        \texample.com/b v0.0.0-20200101000000-abcdefabcdef // indirect
        )
        replace example.com/a => example.com/fork v1.2.4
        """,
        [
            ("example.com/fork", "1.2.4", 9),
            ("example.com/b", "0.0.0-20200101000000-abcdefabcdef", 7),
            ("stdlib", "1.22.1", 3),
        ],
    ),
    (
        "go.sum",
        """
        example.com/a v1.2.3 h1:00=
        example.com/a v1.2.3/go.mod h1:11=
        """,
        [("example.com/a", "1.2.3", 1)],
    ),
    (
        "gradle.lockfile",
        """
        # a comment
        com.example:a:1.0=compileClasspath,runtimeClasspath
        com.example:b:2.0=testRuntimeClasspath
        empty=
        """,
        [("com.example:a", "1.0", 2), ("com.example:b", "2.0", 3)],
    ),
    (
        "Gemfile.lock",
        """
        GEM
          remote: https://gems.example.com/
          specs:
            a (1.0.0-x86_64-linux)
              b (~> 2.0)
            b (2.0.1)

        DEPENDENCIES
          a (~> 1.0)
        """,
        [("a", "1.0.0", 4), ("b", "2.0.1", 6)],
    ),
    (
        "packages.lock.json",
        """
        {
          "version": 1,
          "dependencies": {
            "net8.0": {
              "Acme.Core": {
                "type": "Direct",
                "resolved": "1.2.0",
                "contentHash": "00"
              },
              "own": {"type": "Project"}
            }
          }
        }
        """,
        [("Acme.Core", "1.2.0", 5)],
    ),
    (
        "packages.config",
        """
        <?xml version="1.0"?>
        <packages>
          <package id="Acme.Core" version="1.2.0" />
        </packages>
        """,
        [("Acme.Core", "1.2.0", 3)],
    ),
    (
        "Cargo.lock",
        """
        version = 3

        [[package]]
        name = "shop"
        version = "0.1.0"

        [[package]]
        name = "serde"
        version = "1.0.1"
        source = "registry+https://registry.example.com/index"
        checksum = "00"
        """,
        [("serde", "1.0.1", 8)],
    ),
    (
        "composer.lock",
        """
        {
            "packages": [
                {"name": "acme/core", "version": "v1.2.0", "license": ["MIT"]}
            ],
            "packages-dev": []
        }
        """,
        [("acme/core", "1.2.0", 3)],
    ),
]

MANIFESTS: list[tuple[str, str, list[tuple[str, str, int]]]] = [
    (
        "requirements.txt",
        """
        # a comment
        -r more.txt
        -c constraints.txt
        --extra-index-url https://packages.example.com/simple
        Flask[async]==2.0.1 ; python_version > "3.8"  # why
        requests>=2,<3 \\
            --hash=sha256:00
        tool @ git+https://git.example.com/tool.git@main
        ./local
        https://files.example.com/wheel-1.2.0-py3-none-any.whl
        """,
        [("Flask", "==2.0.1", 5), ("requests", "<3,>=2", 6), ("tool", "", 8), ("wheel", "==1.2.0", 10)],
    ),
    (
        "pyproject.toml",
        """
        [build-system]
        requires = ["hatchling>=1"]

        [project]
        name = "shop"
        dependencies = [
            "requests>=2",
            # "commented==1",
            "flask==2.0.1",
        ]

        [dependency-groups]
        dev = ["pytest"]
        """,
        [("hatchling", ">=1", 2), ("requests", ">=2", 7), ("flask", "==2.0.1", 9), ("pytest", "", 13)],
    ),
    (
        "poetry/pyproject.toml",
        """
        [tool.poetry.dependencies]
        python = "^3.11"
        requests = "^2.0"
        flask = {version = "2.0.1", optional = true}
        fork = {git = "https://git.example.com/fork.git"}
        """,
        [("requests", ">=2.0,<3", 3), ("flask", "==2.0.1", 4), ("fork", "", 5)],
    ),
    (
        "setup.cfg",
        """
        [metadata]
        name = shop

        [options]
        install_requires =
            requests>=2
            flask==2.0.1
        """,
        [("requests", ">=2", 6), ("flask", "==2.0.1", 7)],
    ),
    (
        "Pipfile",
        """
        [packages]
        requests = "*"
        flask = "==2.0.1"
        """,
        [("requests", "", 2), ("flask", "==2.0.1", 3)],
    ),
    (
        "package.json",
        """
        {
          "dependencies": {
            "a": "^1.0.0",
            "b": "npm:real@2.0.0",
            "c": "owner/c#main",
            "d": "file:../d"
          },
          "devDependencies": {"t": "4.0.0"}
        }
        """,
        [("a", "^1.0.0", 3), ("real", "2.0.0", 4), ("c", "", 5), ("d", "", 6), ("t", "4.0.0", 8)],
    ),
    (
        "pom.xml",
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <properties><a.version>1.2.3</a.version></properties>
          <dependencyManagement><dependencies>
            <dependency><groupId>com.example</groupId><artifactId>b</artifactId><version>2.0</version></dependency>
          </dependencies></dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>com.example</groupId>
              <artifactId>a</artifactId>
              <version>${a.version}</version>
            </dependency>
            <dependency>
              <groupId>com.example</groupId>
              <artifactId>b</artifactId>
              <scope>test</scope>
            </dependency>
          </dependencies>
        </project>
        """,
        [("com.example:a", "1.2.3", 9), ("com.example:b", "2.0", 14)],
    ),
    (
        "gradle/libs.versions.toml",
        """
        [versions]
        a = "1.0"
        [libraries]
        a = { module = "com.example:a", version.ref = "a" }
        b = "com.example:b:2.0"
        """,
        [("com.example:a", "1.0", 4), ("com.example:b", "2.0", 5)],
    ),
    (
        "shop.csproj",
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><CoreVersion>1.2.0</CoreVersion></PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Acme.Core" Version="$(CoreVersion)" />
            <PackageReference Include="Acme.Test" PrivateAssets="all"><Version>[2.0,3.0)</Version></PackageReference>
          </ItemGroup>
        </Project>
        """,
        [("Acme.Core", "1.2.0", 4), ("Acme.Test", "[2.0,3.0)", 5)],
    ),
    (
        "Cargo.toml",
        """
        [dependencies]
        serde = "1.0"
        other = { package = "real", version = "=2.0.0" }

        [dev-dependencies.tester]
        version = "3"
        """,
        [("serde", "1.0", 2), ("real", "=2.0.0", 3), ("tester", "3", 5)],
    ),
    (
        "Gemfile",
        """
        source "https://gems.example.com"
        ruby "3.3.0"

        gem "rack", "~> 2.2", ">= 2.2.3"
        gem 'rails', '7.0.1', require: false
        gem "own", git: "https://git.example.com/own.git"

        group :development, :test do
          gem "rspec"
        end
        """,
        [("rack", "~> 2.2, >= 2.2.3", 4), ("rails", "7.0.1", 5), ("own", "", 6), ("rspec", "", 9)],
    ),
]


def read(path: str, text: str) -> PackageFile:
    parse = parser_of(path)
    assert parse is not None
    return parse(path, (textwrap.dedent(text).strip("\n") + "\n").encode())


def found(file: PackageFile) -> dict[str, Locked | Requirement]:
    entries: list[Locked | Requirement] = [*file.locked, *file.requirements]
    return {one.spelled: one for one in entries}


@pytest.mark.parametrize(("path", "text", "expected"), LOCKS, ids=[path for path, _, _ in LOCKS])
def test_locks(path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    file = read(path, text)
    assert [(one.spelled, one.version, one.at.start_line) for one in file.locked] == expected
    assert file.partial is None
    assert not file.diagnostics


@pytest.mark.parametrize(("path", "text", "expected"), MANIFESTS, ids=[path for path, _, _ in MANIFESTS])
def test_manifests(path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    file = read(path, text)
    assert [(one.spelled, one.range, one.at.start_line) for one in file.requirements] == expected
    assert file.partial is None


def test_every_format_has_a_case() -> None:
    tried = {path for path, _, _ in (*LOCKS, *MANIFESTS)}
    for module, _ in FORMATS:
        assert any(parser_of(path).__module__.endswith(f".{module}") for path in tried), module
    assert all(wanted(path) for path in tried)
    assert not any(wanted(path) for path in ("app.py", "template.yaml", "tsconfig.json", "notes.txt", "src/lock.json"))


@pytest.mark.parametrize("path", [path for path, _, _ in (*LOCKS, *MANIFESTS)])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\xff",
        b"{",
        b"[[[",
        b"<a><b>",
        b"- - -",
        b"\0" * 50,
        b"{}",
        b"[]",
        b"null",
        b"[package]\nname = 1",
    ],
)
def test_no_input_makes_a_parser_raise(path: str, data: bytes) -> None:
    parse = parser_of(path)
    assert parse is not None
    assert parse(path, data).path == path


def test_scopes_integrity_and_places_of_values() -> None:
    file = read(*LOCKS[6][:2])
    one = found(file)
    assert isinstance(one["a"], Locked)
    assert (one["a"].direct, one["a"].install_script, one["a"].licence, one["a"].integrity) == (
        True,
        True,
        "MIT",
        False,
    )
    assert isinstance(one["b"], Locked)
    assert (one["b"].direct, one["b"].source, one["b"].integrity) == (False, "git", None)
    assert file.members == ("packages/member",)
    pnpm = found(read(*LOCKS[9][:2]))
    assert [pnpm[name].scope for name in ("a", "c", "t")] == ["runtime", "runtime", "development"]
    package = found(read(*MANIFESTS[5][:2]))["a"]
    assert isinstance(package, Requirement)
    assert package.version_at is not None
    assert (package.version_at.start_column, package.version_at.end_column) == (11, 17)


def test_requirements_options() -> None:
    file = read(*MANIFESTS[0][:2])
    assert [(include.path, include.constraint) for include in file.includes] == [
        ("more.txt", False),
        ("constraints.txt", True),
    ]
    assert [(index.url, index.extra) for index in file.indexes] == [("https://packages.example.com/simple", True)]
    one = found(file)
    assert isinstance(one["requests"], Requirement)
    assert one["requests"].hashes
    assert one["tool"].source == "git"
    assert one["Flask"].package.name == "flask"
    assert isinstance(one["Flask"], Requirement)
    assert one["Flask"].extras == ("async",)
    odd = read("requirements.txt", "requests=>2")
    assert odd.partial is not None
    assert odd.diagnostics[0].at.start_line == 1


def test_xml_with_entities_of_its_own_is_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;">]><project>&y;</project>'
    file = read("pom.xml", bomb)
    assert file.partial is not None
    assert "document type" in file.diagnostics[0].message
    deep = "<a>" * 5_000
    assert "deeper" in read("pom.xml", deep).diagnostics[0].message
