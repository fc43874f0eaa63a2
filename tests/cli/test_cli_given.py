"""What is given beside the sources, from outside: flags and configuration of `scan` and `sbom`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casemate.cli.main import main

LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"dependencies": {"lodash": "4.17.4", "node-uuid": "1.4.3"}},
        "node_modules/lodash": {"version": "4.17.4", "integrity": "sha512-" + "A" * 86 + "=="},
        "node_modules/node-uuid": {"version": "1.4.3"},
    },
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEMATE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Runtime: nodejs22.x, Handler: app.handler, CodeUri: .}\n"
    )
    (folder / "app.js").write_text("const _ = require('lodash')\nexports.handler = async (e) => _.template(e.body)()\n")
    (folder / "package.json").write_text('{"dependencies": {"lodash": "4.17.4", "node-uuid": "1.4.3"}}')
    (folder / "package-lock.json").write_text(json.dumps(LOCK))
    monkeypatch.chdir(tmp_path)
    return folder


def scanned(shop: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
    command = ["scan", str(shop), "--root", str(shop), "--rule", "vulnerable-dependency", "--format", "json", "--fail-on",
               "none", "--quiet", *flags]  # fmt: skip
    assert main(command) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def of(report: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in report["findings"] if one["resource"]["name"] == name)
    return found


def test_our_own_vex_suppresses_what_is_out_of_reach(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vex = shop.parent / "vex.json"
    assert main(["sbom", str(shop), "--root", str(shop), "--vex", "openvex", "--now", "2026-11-24", "--output",
                 str(vex)]) == 0  # fmt: skip
    statements = {(one["vulnerability"]["name"], one["status"]) for one in json.loads(vex.read_text())["statements"]}
    assert ("CVE-2015-8851", "not_affected") in statements
    assert ("CVE-2021-23337", "affected") in statements
    capsys.readouterr()
    before, after = scanned(shop, capsys), scanned(shop, capsys, "--vex-in", str(vex))
    assert of(before, "node-uuid")["suppressed"] is None
    suppressed = of(after, "node-uuid")["suppressed"]
    assert suppressed["kind"] == "vex"
    assert "vulnerable code not in execute path" in suppressed["reason"]
    kept = of(after, "lodash")
    assert kept["suppressed"] is None
    assert "CVE-2019-10744" in kept["evidence"]["VEX"]
    assert "Hello calls lodash.template (app.js:2)" in kept["message"]


def test_the_vex_of_a_bundle_that_leaves_out_what_is_not_imported(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = shop / "template.yaml"
    template.write_text(template.read_text() + "    Metadata: {BuildMethod: esbuild}\n")
    assert main(["sbom", str(shop), "--root", str(shop), "--vex", "openvex", "--now", "2026-11-24"]) == 0
    body = json.loads(capsys.readouterr().out)
    reasons = {one["vulnerability"]["name"]: one.get("justification") for one in body["statements"]}
    assert reasons["CVE-2015-8851"] == "vulnerable_code_not_present"


def test_the_bill_with_vex_is_valid_by_the_official_schema(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert main(["sbom", str(shop), "--root", str(shop), "--vex", "cyclonedx"]) == 0
    text = capsys.readouterr().out
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    states = {one["id"]: one["analysis"] for one in json.loads(text)["vulnerabilities"]}
    assert (states["CVE-2015-8851"]["state"], states["CVE-2015-8851"]["justification"]) == (
        "not_affected", "code_not_reachable",
    )  # fmt: skip
    assert states["CVE-2021-23337"]["state"] == "exploitable"
    bill = shop.parent / "bill.json"
    bill.write_text(text)
    again = scanned(shop, capsys, "--vex-in", str(bill))
    assert of(again, "node-uuid")["suppressed"]["kind"] == "vex"


def test_settings_of_the_configuration_are_meant_from_its_place(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shop.parent / "conf"
    folder.mkdir()
    (folder / "kev.csv").write_text("cveID,dateAdded\nCVE-2021-23337,2026-01-02\n")
    (folder / "other.sarif").write_text(json.dumps({"runs": [{"tool": {"driver": {"name": "T"}}, "results": [{
        "ruleId": "r", "properties": {"tags": ["CWE-1336"]}, "message": {"text": "m"}, "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "app.js"}}}]}]}]}))  # fmt: skip
    (folder / "casemate.toml").write_text('kev = "kev.csv"\nimport-sarif = ["other.sarif"]\n')
    report = scanned(shop, capsys, "--config", str(folder / "casemate.toml"))
    assert "is exploited" in of(report, "lodash")["evidence"]["severity"]
    assert [one["weakness"] for one in report["findings"] if one["rule"] == "t/r"] == ["template-injection"]


def test_a_bill_of_others_is_taken_in(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bill = shop.parent / "bill.json"
    bill.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "PyYAML", "version": "5.1", "purl": "pkg:pypi/pyyaml@5.1"}]}))  # fmt: skip
    assert of(scanned(shop, capsys, "--import-sbom", f"Hello={bill}"), "pyyaml")["severity"]
    assert main(["sbom", str(shop), "--root", str(shop), "--import-sbom", str(bill)]) == 0
    assert "pkg:pypi/pyyaml@5.1" in {one.get("purl") for one in json.loads(capsys.readouterr().out)["components"]}


def test_provenance_is_judged_and_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sigstore")
    folder = shop.parent / "attested"
    folder.mkdir()
    (shop.parent / "casemate.toml").write_text('[[attest]]\npackage = "npm:lodash"\nrepository = "lodash/lodash"\n')
    report = scanned(shop, capsys, "--config", str(shop.parent / "casemate.toml"), "--attestations", str(folder))
    missing = next(one for one in report["findings"] if one["rule"] == "attestation-missing")
    assert (missing["resource"]["name"], missing["severity"]) == ("lodash", "medium")
    notes = [one["message"] for one in report["diagnostics"] if one["code"] == "attestations-judged"]
    assert notes == ["provenance of packages: 0 verified, 0 signed, 0 failed, 2 missing"]


def test_an_attestation_of_another_file_is_a_finding(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sigstore")
    attested = Path(__file__).parent.parent / "analysis" / "supply" / "attested"
    entry = {"version": "0.1.1", "integrity": "sha512-" + "A" * 86 + "=="}
    packages = {"": {"dependencies": {"@playwright/cli": "0.1.1"}}, "node_modules/@playwright/cli": entry}
    (shop / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    (shop / "package.json").write_text('{"dependencies": {"@playwright/cli": "0.1.1"}}')
    report = scanned(shop, capsys, "--attestations", str(attested))
    failed = next(one for one in report["findings"] if one["rule"] == "attestation-failed")
    assert (failed["severity"], failed["weakness"]) == ("high", "unsigned-code")
    assert "the attested hash is not the one of the lock" in failed["message"]


@pytest.mark.parametrize(
    "flags",
    [["--kev", "none"], ["--epss", "none"], ["--vex-in", "none"], ["--import-sbom", "none"], ["--attestations", "none"],
     ["--import-sarif", "none"]],
)  # fmt: skip
def test_a_file_that_is_not_there_is_a_usage_error(
    shop: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    assert main(["scan", str(shop), "--root", str(shop), *flags]) == 2
    assert flags[0] in capsys.readouterr().err


def test_safe_and_unsafe_fixes_of_versions(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "package-lock.json").unlink()
    rule = ["--rule", "vulnerable-dependency", "--fail-on", "none", "--quiet"]
    main(["scan", str(shop), "--root", str(shop), *rule, "--fix"])
    assert json.loads((shop / "package.json").read_text())["dependencies"]["lodash"] == "4.17.4"
    main(["scan", str(shop), "--root", str(shop), *rule, "--fix", "--unsafe"])
    versions = json.loads((shop / "package.json").read_text())["dependencies"]
    assert versions["node-uuid"] == "1.4.4"
    assert versions["lodash"] != "4.17.4"
    capsys.readouterr()
    assert scanned(shop, capsys)["findings"] == []
