"""What the user gives about packages: exploitation data, VEX documents, bills of others, attestations."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casemate.analysis.supply.attesting import Expected, expectations, read_attestations
from casemate.analysis.supply.exploitation import read_exploitation
from casemate.analysis.supply.given import Given
from casemate.analysis.supply.reporting import affected
from casemate.analysis.supply.vex.purls import in_range, parse_purl
from casemate.analysis.supply.vex.statements import read_vex
from casemate.analysis.system import System
from casemate.errors import UsageError
from casemate.inventory.build import build
from casemate.model.dependency import Dependency, Ecosystem, Locked, Package
from casemate.model.finding import CRITICAL, HIGH, MEDIUM
from casemate.model.location import Span
from casemate.sources.discover import discover
from casemate.sources.lockfiles.bills import read_bill
from casemate.sources.lockfiles.digests import digests_of
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = date(2026, 11, 24)
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: hello/
      FunctionUrlConfig: {AuthType: NONE}
"""


def system(given: Given | None = None, extra: Mapping[str, str] | None = None) -> System:
    files = {
        "template.yaml": TEMPLATE,
        "hello/app.py": "import yaml\n\ndef handler(event, context):\n    return yaml.safe_load('1')\n",
        "hello/requirements.txt": "PyYAML==5.1\n",
        **(extra or {}),
    }
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    found = System(build(discover(tree, Options()).readings), TODAY, tree=tree)
    found.supply = given
    return found


def yaml_of(found: System) -> Dependency:
    return next(one for one in found.dependencies if one.package.name == "pyyaml")


# -- exploitation
def test_severity_follows_exploitation_and_says_so(tmp_path: Path) -> None:
    code = {"hello/app.py": "import yaml\n\ndef handler(event, context):\n    return yaml.load(event['body'])\n"}
    plain, quiet = system(extra=code), system()
    found = affected(yaml_of(plain), plain)
    assert found is not None
    assert found.severity == HIGH
    assert "so a weak function stands open to anyone" in found.evidence["severity"]
    assert "Hello calls yaml.load (hello/app.py:4)" in found.message
    unread = affected(yaml_of(quiet), quiet)
    assert unread is not None
    assert unread.severity == MEDIUM
    kev, epss = tmp_path / "kev.json", tmp_path / "epss.csv.gz"
    kev.write_text(json.dumps({"dateReleased": "2026-11-01T00:00:00Z", "vulnerabilities": [
        {"cveID": "CVE-2020-1747", "dateAdded": "2026-10-01", "knownRansomwareCampaignUse": "Known"}]}))  # fmt: skip
    epss.write_bytes(gzip.compress(
        b"#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\n"
        b"CVE-2020-14343,0.51,0.98\nCVE-2019-20477,0.0004,0.1\n"
    ))  # fmt: skip
    given = system(Given(read_exploitation(kev, epss)), code)
    raised = affected(yaml_of(given), given)
    assert raised is not None
    assert raised.severity == CRITICAL
    assert "is exploited (CISA's catalogue, since 2026-10-01, by ransomware too)" in raised.evidence["severity"]
    only = system(Given(read_exploitation(None, epss)), code)
    scored = affected(yaml_of(only), only)
    assert scored is not None
    assert "EPSS 51.0% for CVE-2020-14343: exploitation is likely" in scored.evidence["severity"]


def test_the_catalogue_as_csv_and_files_that_are_neither(tmp_path: Path) -> None:
    file = tmp_path / "kev.csv"
    file.write_text(
        "cveID,vendorProject,dateAdded,knownRansomwareCampaignUse\nCVE-2021-44228,Apache,2021-12-10,Known\n"
    )
    found = read_exploitation(file, None)
    assert (found.kev["CVE-2021-44228"].since, found.kev_date) == ("2021-12-10", "2021-12-10")
    for text in ("", "{", "cveID\nnothing\n", "[" * 100_000, "{}"):
        file.write_text(text)
        with pytest.raises(UsageError):
            read_exploitation(file, None)
        with pytest.raises(UsageError):
            read_exploitation(None, file)
    with pytest.raises(UsageError):
        read_exploitation(tmp_path / "none", None)
    file.write_bytes(b"\x1f\x8bdamaged")
    with pytest.raises(UsageError):
        read_exploitation(file, None)


def test_a_score_that_is_no_number_is_none(tmp_path: Path) -> None:
    file = tmp_path / "epss.csv"
    file.write_text("cve,epss,percentile\nCVE-2020-1747,much,0.1\nCVE-2020-14343,7,0.1\nCVE-2019-20477,0.2,0.3")
    found = read_exploitation(None, file)
    assert found.score([]) is None
    assert found.score_of("CVE-2020-1747") is None
    assert found.score_of("CVE-2020-14343") is None
    assert found.score_of("CVE-2019-20477") == (0.2, 0.3)


# -- VEX
def openvex(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "us",
            "timestamp": "2026-11-20T00:00:00Z", "version": 1, "statements": statements}  # fmt: skip


def statement(name: str, product: object = "pkg:pypi/pyyaml@5.1", **more: str) -> dict[str, Any]:
    listed = [{"@id": product}] if isinstance(product, str) else product
    return {"vulnerability": {"name": name}, "products": listed, "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path", **more}  # fmt: skip


def exempted(tmp_path: Path, body: object, systems: tuple[str, ...] = ()) -> set[str]:
    """The ids of the weaknesses of PyYAML 5.1 that a document excepts."""
    from casemate.analysis.supply.reporting import groups_of

    file = tmp_path / "vex.json"
    file.write_text(json.dumps(body))
    found, vex = system(), read_vex([file], systems)
    one = yaml_of(found)
    return {group[0].name for group in groups_of(one) if vex.exempts(one, group)}


def test_openvex_excepts_by_alias_product_version_and_time(tmp_path: Path) -> None:
    name = "CVE-2020-1747"
    assert exempted(tmp_path, openvex([statement(name)])) == {name}
    assert exempted(tmp_path, openvex([statement("PYSEC-2020-96")])) == {name}
    assert exempted(tmp_path, openvex([statement(name, "pkg:pypi/PyYAML")])) == {name}
    assert exempted(tmp_path, openvex([statement(name, "pkg:pypi/pyyaml@5.2")])) == set()
    assert exempted(tmp_path, openvex([statement(name, "pkg:npm/pyyaml@5.1")])) == set()
    assert exempted(tmp_path, openvex([statement(name, status="affected")])) == set()
    assert exempted(tmp_path, openvex([statement(name, status="fixed")])) == {name}
    later = statement(name, status="under_investigation", timestamp="2026-11-23T00:00:00Z")
    assert exempted(tmp_path, openvex([later, statement(name)])) == set()


def test_openvex_products_with_parts_mean_the_parts_of_this_system(tmp_path: Path) -> None:
    part = [{"@id": "pkg:generic/shop", "subcomponents": [{"@id": "pkg:pypi/pyyaml@5.1"}]}]
    body = openvex([statement("CVE-2020-1747", part)])
    assert exempted(tmp_path, body) == set()
    assert exempted(tmp_path, body, ("shop",)) == {"CVE-2020-1747"}
    assert exempted(tmp_path, body, ("pkg:generic/shop",)) == {"CVE-2020-1747"}


def test_statements_without_what_they_need_are_told(tmp_path: Path) -> None:
    file = tmp_path / "vex.json"
    bare = statement("CVE-2020-1747")
    del bare["justification"]
    odd = statement("CVE-2020-1747", justification="because")
    file.write_text(json.dumps(openvex([bare, odd, statement("CVE-2020-1747", []), statement("CVE-1999-0001", "x")])))
    vex = read_vex([file])
    assert len(vex.statements) == 1
    assert [note.code for note in vex.diagnostics] == ["vex-statement-ignored"]
    assert [note.code for note in vex.unknown(system().dependencies)] == ["vex-product-unknown"]
    for text in ("", "[]", "{}", "[" * 100_000, '{"bomFormat": "SPDX"}'):
        file.write_text(text)
        with pytest.raises(UsageError):
            read_vex([file])


def cyclonedx(analysis: dict[str, str], affects: dict[str, Any]) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "name": "PyYAML", "bom-ref": "yaml", "purl": "pkg:pypi/pyyaml@5.1"}],
        "vulnerabilities": [{"id": "CVE-2020-1747", "analysis": analysis, "affects": [affects]}]}  # fmt: skip


def test_cyclonedx_vex_by_reference_version_and_range(tmp_path: Path) -> None:
    good = {"state": "not_affected", "justification": "code_not_reachable"}
    name = {"CVE-2020-1747"}
    assert exempted(tmp_path, cyclonedx(good, {"ref": "yaml"})) == name
    assert exempted(tmp_path, cyclonedx(good, {"ref": "urn:cdx:1/1#pkg%3Apypi%2Fpyyaml%405.1"})) == name
    assert exempted(tmp_path, cyclonedx(good, {"ref": "yaml", "versions": [{"range": "vers:pypi/>=5.0|<5.2"}]})) == name
    assert exempted(tmp_path, cyclonedx(good, {"ref": "yaml", "versions": [{"range": "vers:pypi/>=5.2"}]})) == set()
    assert exempted(tmp_path, cyclonedx(good, {"ref": "yaml", "versions": [{"version": "5.1.0"}]})) == name
    assert exempted(tmp_path, cyclonedx({"state": "not_affected"}, {"ref": "yaml"})) == set()
    assert exempted(tmp_path, cyclonedx({"state": "resolved"}, {"ref": "yaml"})) == name
    assert exempted(tmp_path, cyclonedx({"state": "exploitable"}, {"ref": "yaml"})) == set()


@pytest.mark.parametrize(
    ("vers", "version", "holds"),
    [
        ("vers:npm/>=1.0.0|<2.0.0", "1.5.0", True), ("vers:npm/>=1.0.0|<2.0.0", "2.0.0", False),
        ("vers:npm/<1.0.0", "0.9.0", True), ("vers:npm/<1.0.0|>=2.0.0|<=2.5.0", "2.5.0", True),
        ("vers:npm/<1.0.0|>=2.0.0|<=2.5.0", "1.5.0", False), ("vers:npm/1.2.3", "1.2.3", True),
        ("vers:npm/!=1.2.3", "1.2.3", False), ("vers:npm/*", "9.9.9", True), ("vers:npm/>=x", "1.0.0", False),
        ("1.0.0", "1.0.0", False),
    ],
)  # fmt: skip
def test_version_ranges_of_vers(vers: str, version: str, *, holds: bool) -> None:
    assert in_range("npm", vers, version) is holds


def test_package_urls_are_read() -> None:
    assert parse_purl("pkg:npm/%40scope/name@1.0.0?x=y#z") == ("npm", "@scope/name", "1.0.0")
    assert parse_purl("pkg:npm/@scope/name") == ("npm", "@scope/name", None)
    assert parse_purl("pkg:maven/org.a/b@1") == ("Maven", "org.a:b", "1")
    assert parse_purl("pkg:golang/github.com/a/b@v1.2.0") == ("Go", "github.com/a/b", "1.2.0")
    assert parse_purl("pkg:generic/shop@2") == (None, "shop", "2")
    for text in ("", "pkg:", "pkg:npm", "pkg:npm/", "npm/a", "pkg:npm/" + "a" * 3_000):
        assert parse_purl(text) is None


def test_a_finding_leaves_out_what_is_excepted_while_others_remain(tmp_path: Path) -> None:
    file = tmp_path / "vex.json"
    file.write_text(json.dumps(openvex([statement("CVE-2020-1747")])))
    found = system(Given(vex=read_vex([file])))
    verdict = affected(yaml_of(found), found)
    assert verdict is not None
    assert "CVE-2020-1747" not in verdict.message
    assert verdict.evidence["VEX"].startswith("CVE-2020-1747 not counted: not affected")


# -- bills of others
CDX = {
    "bomFormat": "CycloneDX", "specVersion": "1.4",
    "metadata": {"component": {"type": "application", "name": "shop", "bom-ref": "shop"}},
    "components": [
        {"type": "library", "name": "PyYAML", "version": "5.1", "bom-ref": "y", "purl": "pkg:pypi/pyyaml@5.1",
         "licenses": [{"license": {"id": "MIT"}}],
         "components": [{"type": "library", "name": "left", "version": "1.0.0", "purl": "pkg:npm/left@1.0.0"}]},
        {"type": "library", "name": "libc", "version": "2", "purl": "pkg:deb/debian/libc6@2"},
        {"type": "library", "name": "test", "version": "1", "purl": "pkg:pypi/test@1", "scope": "excluded"},
    ],
    "dependencies": [{"ref": "shop", "dependsOn": ["y"]}, {"ref": "y", "dependsOn": ["pkg:npm/left@1.0.0"]}],
}  # fmt: skip
XML = """<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.2" version="1">
  <components>
    <component type="library" bom-ref="y">
      <name>PyYAML</name><version>5.1</version>
      <licenses><license><id>MIT</id></license></licenses>
      <purl>pkg:pypi/pyyaml@5.1</purl>
    </component>
  </components>
</bom>
"""
SPDX = {
    "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
    "packages": [
        {"SPDXID": "SPDXRef-shop", "name": "shop", "versionInfo": "1"},
        {"SPDXID": "SPDXRef-y", "name": "PyYAML", "versionInfo": "5.1", "licenseConcluded": "MIT", "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/pyyaml@5.1"}]},
        {"SPDXID": "SPDXRef-t", "name": "t", "versionInfo": "1", "externalRefs": [
            {"referenceType": "purl", "referenceLocator": "pkg:npm/t@1.0.0"}]},
    ],
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-shop", "relationshipType": "DESCRIBES"},
        {"spdxElementId": "SPDXRef-shop", "relatedSpdxElement": "SPDXRef-y", "relationshipType": "DEPENDS_ON"},
        {"spdxElementId": "SPDXRef-t", "relatedSpdxElement": "SPDXRef-y", "relationshipType": "DEV_DEPENDENCY_OF"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", [json.dumps(CDX), XML, json.dumps(SPDX, indent=1)], ids=["cyclonedx", "xml", "spdx"])
def test_a_bill_becomes_packages_of_the_function_it_is_of(text: str) -> None:
    bill = read_bill("bill.cdx", text.encode(), "Hello")
    found = system(Given(bills=(bill,)), {"hello/requirements.txt": ""})
    one = yaml_of(found)
    assert (one.version, one.functions, one.at.path, one.direct) == ("5.1", ("template.yaml#Hello",), "bill.cdx", True)
    assert one.licence == "MIT"
    verdict = affected(one, found)
    assert verdict is not None
    assert "CVE-2020-1747" in verdict.message


def test_a_bill_knows_places_scopes_and_what_it_left_out() -> None:
    bill = read_bill("b.json", json.dumps(CDX, indent=1).encode())
    scopes = {one.package.name: one.scope for file in bill.files for one in file.locked}
    assert scopes == {"pyyaml": "runtime", "left": "runtime", "test": "development"}
    assert bill.left_out == 1
    places = {one.package.name: one.at for file in bill.files for one in file.locked}
    assert json.dumps(CDX, indent=1).split("\n")[places["left"].start_line - 1].count("pkg:npm/left@1.0.0") == 1
    nobody = system(Given(bills=(read_bill("b.json", json.dumps(CDX).encode(), "Nobody"),)))
    assert "bill-of-nobody" in {note.code for note in nobody.packages.diagnostics}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b"<bom", b"<other/>", b'{"bomFormat": "CycloneDX"}',
        b'{"bomFormat": "CycloneDX", "components": [1, {"purl": 2, "components": {}}], "dependencies": [{"ref": 1}]}',
        b'{"spdxVersion": "SPDX-2.3", "packages": [{"externalRefs": [1]}], "relationships": [3]}',
        b'<!DOCTYPE bom [<!ENTITY a "b">]><bom><components/></bom>',
    ],
)  # fmt: skip
def test_no_bill_raises(data: bytes) -> None:
    assert read_bill("b", data).path == "b"


# -- attestations
ATTESTED = Path(__file__).with_name("attested")
SOURCE = "sha256:9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"


def locked(ecosystem: Ecosystem, name: str, version: str, *digests: str) -> Dependency:
    at = Span("lock", 1, 1, 1, 1)
    one = Locked(package=Package(ecosystem, name), spelled=name, version=version, at=at, digests=digests)
    return Dependency(package=one.package, name=name, version=version, range="", scope="runtime", direct=True, at=at,
                      manifest=None, lock="lock", source="registry", locked=one)  # fmt: skip


def playwright() -> str:
    body = json.loads((ATTESTED / "playwright-cli-0.1.1.json").read_text())
    from base64 import b64decode

    payload = json.loads(b64decode(body["attestations"][1]["bundle"]["dsseEnvelope"]["payload"]))
    return "sha512:" + str(payload["subject"][0]["digest"]["sha512"])


def test_real_attestations_are_verified_bound_and_compared_with_who_must_sign() -> None:
    pytest.importorskip("sigstore")
    source = locked("PyPI", "pypi-attestations", "0.0.19", SOURCE)
    npm = locked("npm", "@playwright/cli", "0.1.1", playwright())
    good = (
        Expected("pypi:pypi-*", "trailofbits/pypi-attestations", "release.yml"),
        Expected("npm:@playwright/*", "microsoft/playwright-cli", "publish.yml"),
    )
    known = read_attestations(ATTESTED, good)
    for one in (source, npm):
        judged = known.judge(one)
        assert judged is not None
        assert (judged.outcome, judged.reason) == ("verified", "signature, hash and identity agree")
    bare = read_attestations(ATTESTED)
    assert {one.outcome for one in map(bare.judge, (source, npm)) if one} == {"signed"}
    for expected in (
        Expected("pypi:*", "somebody/pypi-attestations"),
        Expected("pypi:*", "trailofbits/pypi-attestations", "other.yml"),
        Expected("pypi:*", "trailofbits/pypi-attestations", issuer="https://gitlab.com"),
    ):
        judged = read_attestations(ATTESTED, [expected]).judge(source)
        assert judged is not None
        assert judged.outcome == "failed"


def test_what_is_not_bound_or_was_changed_does_not_verify(tmp_path: Path) -> None:
    pytest.importorskip("sigstore")
    known = read_attestations(ATTESTED)
    outcomes = [
        known.judge(locked("PyPI", "pypi-attestations", "0.0.19", "sha256:" + "0" * 64)),
        known.judge(locked("PyPI", "pypi-attestations", "0.0.19")),
        known.judge(locked("PyPI", "requests", "2.0.0", SOURCE)),
        known.judge(locked("npm", "@playwright/cli", "0.1.1", "sha512:" + "0" * 128)),
    ]
    assert [one.outcome for one in outcomes if one] == ["missing", "missing", "missing", "failed"]
    assert known.judge(locked("Maven", "a:b", "1")) is None
    body = json.loads((ATTESTED / "pypi_attestations-0.0.19.tar.gz.provenance").read_text())
    envelope = body["attestation_bundles"][0]["attestations"][0]["envelope"]
    forged = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://docs.pypi.org/attestations/publish/v1",
              "subject": [{"name": "evil-1.0.tar.gz", "digest": {"sha256": "1" * 64}}], "predicate": None}  # fmt: skip
    envelope["statement"] = b64encode(json.dumps(forged).encode()).decode()
    (tmp_path / "evil.provenance").write_text(json.dumps(body))
    judged = read_attestations(tmp_path).judge(locked("PyPI", "evil", "1.0", "sha256:" + "1" * 64))
    assert judged is not None
    assert judged.outcome == "failed"
    assert "does not verify" in judged.reason


def test_folders_hold_other_things_too(tmp_path: Path) -> None:
    pytest.importorskip("sigstore")
    for number, data in enumerate((b"", b"{", b"[]", b"[" * 50_000, b'{"attestations": [1, {"bundle": 2}]}',
                                   b'{"attestation_bundles": [{"attestations": [{"envelope": 1}]}, 3]}',
                                   b'{"dsseEnvelope": {"payload": "!"}}',
                                   b'{"verification_material": 1, "envelope": 2}')):  # fmt: skip
        (tmp_path / f"{number}.json").write_bytes(data)
    assert read_attestations(tmp_path).judge(locked("npm", "a", "1.0.0", "sha512:" + "0" * 128)) is not None
    with pytest.raises(UsageError):
        read_attestations(tmp_path / "none")


def test_who_must_sign_is_read_from_the_configuration() -> None:
    assert expectations([{"package": "npm:a", "repository": "b/c"}], "x") == (Expected("npm:a", "b/c"),)
    broken: tuple[object, ...] = (
        [{}],
        [{"package": "npm:a"}],
        [{"package": "a", "repository": "b", "other": "c"}],
        ["a"],
        [{"package": 1}],
    )
    for rows in broken:
        with pytest.raises(UsageError):
            expectations(rows, "x")


def test_digests_have_one_spelling() -> None:
    raw = bytes(range(64))
    assert digests_of([f"sha512-{b64encode(raw).decode()}"]) == (f"sha512:{raw.hex()}",)
    assert digests_of(["--hash=sha256:" + "A" * 64, "sha1-xyz", None, "md5:00"]) == ("sha256:" + "a" * 64,)
    assert digests_of(["sha512-!!", "sha256:12", "sha512:" + "0" * 64]) == ()


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4", "1.5", "1.6"])
@pytest.mark.parametrize("kind", ["JSON", "XML"])
def test_bills_of_another_tool_in_every_version(version: str, kind: str) -> None:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component as Part
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion
    from packageurl import PackageURL

    root = Part(name="shop", bom_ref="shop")
    part = Part(name="PyYAML", version="5.1", bom_ref="y", purl=PackageURL("pypi", None, "pyyaml", "5.1"))
    body = Bom(components=[part])
    body.metadata.component = root
    body.register_dependency(root, [part])
    text = make_outputter(body, OutputFormat[kind], SchemaVersion.from_version(version)).output_as_string()
    bill = read_bill(f"bill.{kind.lower()}", text.encode())
    assert [(one.package.name, one.version, one.direct) for file in bill.files for one in file.locked] == [
        ("pyyaml", "5.1", True)
    ]
