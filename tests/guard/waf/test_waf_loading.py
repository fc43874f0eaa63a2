from pathlib import Path

import pytest

from casemate_waf.errors import RuleSetError
from casemate_waf.executor import Transaction
from casemate_waf.loading import load
from casemate_waf.message import Request
from casemate_waf.patterns import rewritten
from casemate_waf.rules import RuleSet


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def order(rules: RuleSet) -> list[int]:
    return [rule.id for rule in rules.rules]


def release(folder: Path) -> Path:
    return write(
        folder,
        {
            "crs-setup.conf.example": 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.crs_setup_version=1"',
            "plugins/p-config.conf": 'SecAction "id:2,phase:1,pass,nolog"',
            "plugins/p-before.conf": 'SecAction "id:3,phase:1,pass,nolog"',
            "plugins/p-after.conf": 'SecAction "id:6,phase:1,pass,nolog"',
            "rules/B.conf": 'SecRule ARGS "@pmFromFile words.data" "id:5,phase:2,pass"',
            "rules/A.conf": 'SecComponentSignature "X/1"\nSecAction "id:4,phase:1,pass,nolog"',
            "rules/words.data": "# words\nEvil one\n\n.*\n",
            "rules/C.conf.example": "SecNonesuch",
        },
    )


def test_the_files_of_a_release_are_read_in_order(tmp_path: Path) -> None:
    root = release(tmp_path)
    assert order(load(root)) == [1, 2, 3, 4, 5, 6]
    assert order(load(root / "rules")) == [1, 2, 3, 4, 5, 6]
    assert load(root).signature == "X/1"
    assert load(root).rules[3].place.path == "rules/A.conf"


def test_a_setup_of_ones_own_replaces_or_follows(tmp_path: Path) -> None:
    root = release(tmp_path)
    own = write(tmp_path, {"own.conf": 'SecAction "id:9,phase:1,pass,nolog,setvar:tx.arg_length=4"'}) / "own.conf"
    assert order(load(root, setup=own))[:3] == [1, 9, 2]
    own.write_text('SecAction "id:9,phase:1,pass,nolog,setvar:tx.crs_setup_version=4"')
    assert order(load(root, setup=own))[:2] == [9, 2]


def test_words_of_a_file_are_literal_and_without_case(tmp_path: Path) -> None:
    rules = load(release(tmp_path))
    assert Transaction(rules).run(Request(uri=b"/?a=an+EVIL+ONE")).matches
    assert Transaction(rules).run(Request(uri=b"/?a=a.*b")).matches
    assert not Transaction(rules).run(Request(uri=b"/?a=good+one")).matches


def test_the_paranoia_level_overrides_the_setup(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "crs-setup.conf": 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=1"',
            "a.conf": 'SecRule TX:BLOCKING_PARANOIA_LEVEL|TX:detection_paranoia_level "@eq 3" "id:2,phase:1,pass"',
        },
    )
    assert not Transaction(load(tmp_path)).run(Request()).matches
    assert Transaction(load(tmp_path, paranoia=3)).run(Request()).matches


def test_includes_stay_inside_and_end(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": "Include more/*.txt", "more/b.txt": 'SecAction "id:1"'})
    assert order(load(tmp_path)) == [1]
    (tmp_path / "a.conf").write_text("Include ../x.conf")
    with pytest.raises(RuleSetError, match="may not leave"):
        load(tmp_path)
    (tmp_path / "a.conf").write_text("Include a.conf")
    with pytest.raises(RuleSetError, match="includes itself"):
        load(tmp_path)


def test_settings_without_effect_are_notes(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": "SecAuditLog /x\nSecRuleEngine DetectionOnly\nSecRequestBodyLimit 7"})
    rules = load(tmp_path)
    assert [note for _, note in rules.notes] == ["SecAuditLog has no effect here"]
    assert (rules.limits.engine, rules.limits.request_body) == ("DetectionOnly", 7)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("a++b*+c?+d{2}+", "a+b*c?d{2}"),
        ("(?>ab)c", "(?:ab)c"),
        (r"[a++]\++x\Z", r"[a++]\++x\z"),
        (r"[]+]+\h", r"[]+]+[\t ]"),
    ],
)
def test_rewrites(pattern: str, wanted: str) -> None:
    assert rewritten(pattern) == wanted


def test_a_negated_pattern_is_never_widened(tmp_path: Path) -> None:
    write(tmp_path, {"a.conf": 'SecRule ARGS "!@rx ^a++$" "id:1"'})
    with pytest.raises(RuleSetError, match="needs what RE2 cannot do"):
        load(tmp_path)
