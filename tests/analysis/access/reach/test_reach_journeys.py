"""The worst ways from the internet: which are shown, in which order, and in which words."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

from tests.analysis.access.reach.test_reach import TABLE, arn, function, shop
from tests.analysis.access_roles import Json, allow, role, system_of
from tests.outputs import sample

from casemate.analysis.access.reach.journeys import Journeys, from_internet
from casemate.analysis.access.reach.rules import Rules
from casemate.analysis.system import System
from casemate.outputs import render
from casemate.outputs.paths import render_journeys, render_svg, sentence


def journeys(resources: Json, most: int = 12) -> tuple[System, Journeys]:
    system = system_of(resources)
    return system, from_internet(Rules(system), most)


def test_from_the_internet_to_a_table_via_two_functions() -> None:
    system, found = journeys(shop())
    (journey,) = found.shown
    assert sentence(journey, system.inventory) == "From the internet to table T via two functions"
    assert render_journeys(found, system.inventory).splitlines()[1].startswith("└─ can invoke function F — ")


def test_the_worst_is_first_and_the_rest_is_counted() -> None:
    resources: Json = {
        **shop(),
        "S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "s"}},
        "R4": role(allow("secretsmanager:GetSecretValue", {"Ref": "S"}), allow("lambda:InvokeFunction", arn("Admin"))),
        "R": role(allow("lambda:InvokeFunction", [arn("G"), arn("K")])),
        "K": function("R4"),
        "R5": role(allow("*")),
        "Admin": function("R5"),
        "Public": {**TABLE, "Properties": {"TableName": "public"}},
    }
    system, found = journeys(resources)
    words = [sentence(journey, system.inventory) for journey in found.shown]
    assert words[:2] == [
        "From the internet to role R5 via three functions",
        "From the internet to secret S via two functions",
    ]
    assert len(words) == 4
    _, few = journeys(resources, most=1)
    assert (len(few.shown), few.left_out) == (1, 3)
    assert "and 3 more ways" in render_journeys(few, system.inventory)


def test_a_doubtful_way_is_taken_only_where_there_is_no_other() -> None:
    resources: Json = {
        **shop(),
        "R": role(allow("lambda:InvokeFunction", arn("G")), allow("dynamodb:GetItem", {"Ref": "Unknown"})),
    }
    system, found = journeys(resources)
    (journey,) = found.shown
    assert journey.certain
    assert sentence(journey, system.inventory).endswith("via two functions")
    resources["G"] = function("R3b")
    resources["R3b"] = role()
    system, found = journeys(resources)
    (journey,) = found.shown
    assert sentence(journey, system.inventory) == "From the internet to table T via one function, perhaps"


def test_nothing_is_said_where_nothing_is_reached() -> None:
    system, found = journeys({"R": role(allow("dynamodb:GetItem", arn("T"))), "F": function(), "T": TABLE})
    assert found == Journeys((), 0)
    assert render_journeys(found, system.inventory) == ""


def test_the_html_report_has_the_picture_and_each_way() -> None:
    resources = shop()
    resources["T"] = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "<script>alert(1)</script>"}}
    system, found = journeys(resources)
    context = sample.context(journeys=found, inventory=system.inventory, graph_svg=None)
    page = render("html", sample.report(), context)
    assert '<h2 id="paths">From the internet</h2>' in page
    assert "<summary>From the internet to table T via two functions</summary>" in page
    assert render_svg(found.reach, system.inventory) in page
    assert page == render("html", sample.report(), context)
    assert page.count("<script>") == 1
    assert "From the internet" not in render("html", sample.report(), sample.context())


def test_ids_of_a_page_are_its_elements_alone() -> None:
    from casemate.outputs.graph import render_inventory

    system, found = journeys(shop())
    graph = render_inventory(system.inventory)
    context = sample.context(journeys=found, inventory=system.inventory, graph_svg=graph)
    ids: Counter[str] = Counter()

    class Ids(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            ids.update(value for name, value in attrs if name == "id" and value)

    Ids().feed(render("html", sample.report(), context))
    assert [id_ for id_, count in ids.items() if count > 1] == []
