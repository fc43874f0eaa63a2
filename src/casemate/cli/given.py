"""What the user gives about packages, from flags and the configuration: files that are read before the scan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from casemate.analysis.supply.given import Given
    from casemate.config import Config
    from casemate.sources.lockfiles.bills import Bill

SETTINGS = ("kev", "epss", "vex-in", "attestations", "import-sbom")
"""Flags of both verbs that set what a configuration may set too."""


def flags(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """The flags that say what else is known of packages."""
    parser.add_argument("--kev", metavar="FILE", help="CISA's catalogue of exploited vulnerabilities (JSON or CSV)")
    parser.add_argument("--epss", metavar="FILE", help="FIRST's EPSS scores (CSV, also gzip)")
    parser.add_argument("--vex-in", action="append", metavar="FILE", help="VEX that excepts weaknesses; may repeat")
    parser.add_argument("--attestations", metavar="DIR", help="verify the provenance of packages by these")
    parser.add_argument(
        "--import-sbom", action="append", metavar="[FUNCTION=]FILE", help="packages of another tool's bill; may repeat"
    )


def given(config: Config, root: Path, names: tuple[str, ...] = ()) -> Given | None:
    """What was given; None when nothing was. Raises `UsageError` for a file that is not what it should be.

    `names`: by which VEX documents may mean what is scanned, beside those of the configuration.
    """
    kev, epss, folder = (_path(config, name) for name in ("kev", "epss", "attestations"))
    documents = _paths(config, "vex-in")
    bills = config.texts("import-sbom")
    if not (kev or epss or folder or documents or bills):
        return None
    from casemate.analysis.supply.given import Given

    exploitation, vex, attestations = None, None, None
    if kev or epss:
        from casemate.analysis.supply.exploitation import read_exploitation

        exploitation = read_exploitation(kev, epss)
    if documents:
        from casemate.analysis.supply.vex.statements import read_vex

        vex = read_vex(documents, (*config.texts("vex-products"), *names))
    if folder:
        from casemate.analysis.supply.attesting import expectations, read_attestations

        expected = expectations(list(config.attest), str(config.file))
        attestations = read_attestations(folder, expected, _path(config, "attestation-root"))
    return Given(exploitation, vex, tuple(_bill(config, text, root) for text in bills), attestations)


def sarif_of(config: Config) -> tuple[Path, ...]:
    """The reports of other tools. Raises `UsageError` when one is not there."""
    found = _paths(config, "import-sarif")
    for file in found:
        if not file.is_file():
            raise UsageError(f"--import-sarif {file}: no file")
    return found


def _placed(config: Config, name: str, text: str) -> Path:
    """A path of the configuration file is meant from where that file lies; others from the working directory."""
    file = config.file
    if file is not None and config.values[name].source == str(file):
        return file.parent / text
    return Path(text)


def _path(config: Config, name: str) -> Path | None:
    text = config.text(name)
    return _placed(config, name, text) if text else None


def _paths(config: Config, name: str) -> tuple[Path, ...]:
    return tuple(_placed(config, name, text) for text in config.texts(name))


def _bill(config: Config, text: str, root: Path) -> Bill:
    from casemate.sources.lockfiles.bills import MAX_BILL, read_bill

    function, equals, name = text.rpartition("=")
    file = _placed(config, "import-sbom", name if equals else text)
    try:
        with file.open("rb") as handle:
            data = handle.read(MAX_BILL + 1)
    except OSError as error:
        raise UsageError(f"--import-sbom {file}: {error.strerror}") from error
    place = file.resolve()
    shown = place.relative_to(root).as_posix() if place.is_relative_to(root) else file.name
    return read_bill(shown, data, function)
