"""Every kind of secret keeps what its own file promises."""

from __future__ import annotations

import re

import pytest

from casemate.analysis.secrets.engine import detectors, leaks_in, portable
from casemate.analysis.secrets.kinds import Service, Token, catalogue
from casemate.analysis.secrets.kinds.template import INDEX, index_text, read, sample
from casemate.analysis.secrets.prefilter import SET_PAYS, Portable

TOKENS = catalogue().tokens
SERVICES = catalogue().services
GOOD = [pytest.param(kind, form, id=f"{kind.id}-{number}") for kind in TOKENS for number, form in enumerate(kind.good)]
BAD = [
    pytest.param(kind, form, id=f"{kind.id}-{number}") for kind in TOKENS for number, form in enumerate(kind.refused)
]
SHAPES = [
    pytest.param(service, shape, id=f"{service.id}-{number}")
    for service in SERVICES
    for number, shape in enumerate(service.shapes)
]


@pytest.mark.parametrize(("kind", "form"), GOOD)
def test_a_kind_is_found_in_its_good_texts(kind: Token, form: str) -> None:
    for seed in range(3):
        found = leaks_in("settings.txt", f"x = {sample(form, seed)}\n".encode())
        assert found, form
        assert {leak.grade for leak in found if leak.kind == kind.id} <= {"public" if kind.public else "credential"}


@pytest.mark.parametrize(("kind", "form"), BAD)
def test_a_kind_is_not_found_in_its_bad_texts(kind: Token, form: str) -> None:
    assert [leak.kind for leak in leaks_in("settings.txt", sample(form).encode()) if leak.kind == kind.id] == []


@pytest.mark.parametrize(("service", "shape"), SHAPES)
def test_a_shape_is_a_template(service: Service, shape: str) -> None:
    assert re.fullmatch(read(shape).pattern, sample(shape)), service.id


def test_ids_are_unique() -> None:
    ids = [kind.id for kind in TOKENS] + [service.id for service in SERVICES]
    assert len(set(ids)) == len(ids)
    assert len(ids) > 250


def test_anchors_stand_in_every_good_text() -> None:
    for kind in TOKENS:
        for form in kind.good:
            text = sample(form)
            plain = text.lower() if kind.caseless else text
            wanted = [anchor.lower() if kind.caseless else anchor for anchor in kind.anchors]
            assert any(anchor in plain for anchor in wanted), (kind.id, form)


def test_a_template_without_fixed_text_has_no_anchor() -> None:
    assert read("{hex:32}").anchors == ()
    assert read("gh{p|o}_{base62:36}") == ("gh(?:p|o)_[0-9A-Za-z]{36}", ("ghp_", "gho_"), ("ghp_", "gho_"), 40)


def test_the_index_is_what_the_templates_say() -> None:
    assert INDEX.read_text("utf-8") == index_text(catalogue().templates()), "run `make docs`"


def test_anchors_are_found_one_by_one_as_in_a_set() -> None:
    prefilter = Portable(detectors())
    texts = [f"X = {sample(form, 5)}\n".encode() for kind in TOKENS for form in kind.good]
    texts += [text.swapcase() for text in texts]
    one_by_one = []
    for text in texts:
        prefilter.read = 0
        one_by_one.append(prefilter.candidates(text))
    prefilter.read = SET_PAYS
    assert [prefilter.candidates(text) for text in texts] == one_by_one


def test_both_engines_name_the_same_detectors_for_what_matches() -> None:
    hyperscan = pytest.importorskip("hyperscan")
    assert hyperscan
    from casemate.analysis.secrets.prefilter import Hyperscan

    native = Hyperscan(detectors())
    for kind in TOKENS:
        for form in kind.good:
            text = f"x = {sample(form)}\n".encode()
            expected = leaks_in("settings.txt", text, portable())
            assert leaks_in("settings.txt", text, native) == expected, kind.id
