"""Project files of .NET function apps."""

from __future__ import annotations

from casemate.model.value import Fields, Unknown, display, text_of
from casemate.sources import dotnet
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

PROJECT = b"""<Project Sdk="Microsoft.NET.Sdk">
  <!-- <TargetFramework>net4.8</TargetFramework> -->
  <PropertyGroup>
    <Version>6.0</Version>
    <TargetFramework>  net$(Version) </TargetFramework>
    <AzureFunctionsVersion>v4</AzureFunctionsVersion>
    <OutputType>$(Kind)</OutputType>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.NET.Sdk.Functions" Version="4.1.1" />
    <PackageReference Include='Other'><Version>1.0</Version></PackageReference>
  </ItemGroup>
</Project>
"""


def properties(data: bytes) -> Fields:
    reading = dotnet.read(MemoryTree({"src/Orders.csproj": data}), ("src/Orders.csproj",), Options())
    resource = reading.stacks[0].resources["Orders"]
    assert resource.type == "Casemate::DotnetFunctionApp"
    return resource.properties


def test_runtime_with_its_exact_place() -> None:
    found = properties(PROJECT)
    framework = found.get("TargetFramework")
    assert framework is not None
    assert display(framework) == "net6.0"
    assert framework.at == ("src/Orders.csproj", 5, 24, 5, 37)
    assert text_of(found.get("AzureFunctionsVersion")) == "v4"
    assert isinstance(found.get("OutputType"), Unknown)
    packages = found.get("packages")
    assert isinstance(packages, Fields)
    assert {name: display(entry.value) for name, entry in packages.entries.items()} == {
        "Microsoft.NET.Sdk.Functions": "4.1.1",
        "Other": "1.0",
    }


def test_only_function_apps_are_claimed() -> None:
    assert dotnet.claims("a.csproj", PROJECT)
    assert not dotnet.claims("a.csproj", b"<Project><TargetFramework>net6.0</TargetFramework></Project>")
    assert not dotnet.claims("a.xml", PROJECT)


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE p [<!ENTITY a "&a;&a;">]><Project><TargetFramework>&a;</TargetFramework></Project>'
    assert text_of(properties(bomb).get("TargetFramework")) == "&a;"
