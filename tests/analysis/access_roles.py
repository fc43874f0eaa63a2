"""What the tests of access share: the roles of a CloudFormation template, and statements one at a time."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.policy import Role, Statement

Json = dict[str, object]


def system_of(resources: Mapping[str, object]) -> System:
    """The system of a template with these resources."""
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    return System(build(discover(MemoryTree({"t.json": text.encode()}), Options()).readings), date(2026, 11, 24))


def role(*statements: Json, trusts: str = "lambda.amazonaws.com", **properties: object) -> Json:
    """A role with an inline policy of these statements."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}]}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies, **properties},
    }


def allow(actions: object, resources: object = "*", **more: object) -> Json:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: object, resources: object = "*", **more: object) -> Json:
    """A Deny statement."""
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def one_role(system: System, name: str = "R") -> Role:
    """The role of this name."""
    (found,) = [one for one in system.inventory.roles if one.name == name]
    return found


def policy_statement(**given: object) -> Statement:
    """One statement of a queue's policy, as the inventory has it."""
    document = {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", **given}]}
    system = system_of({
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "P": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": document}},
    })  # fmt: skip
    (policy,) = system.inventory.policies
    (statement,) = policy.statements
    return statement
