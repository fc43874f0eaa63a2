"""The system that the traffic comes from: accounts, functions with what their code calls, people, a pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.monitor.knowing import PLATFORM
from casemate.monitor.knowledge import Knowledge, relation

if TYPE_CHECKING:
    from random import Random

_CALLS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "dynamodb": (("dynamodb", "GetItem", True), ("dynamodb", "PutItem", False), ("dynamodb", "Query", True)),
    "s3": (("s3", "GetObject", True), ("s3", "PutObject", False)),
    "secrets": (("secretsmanager", "GetSecretValue", True),),
    "kms": (("kms", "Decrypt", True), ("kms", "GenerateDataKey", True)),
    "sns": (("sns", "Publish", False),),
    "states": (("states", "StartExecution", False),),
    "ssm": (("ssm", "GetParameter", True),),
    "lambda": (("lambda", "Invoke", False),),
}
_RUNTIMES = ("python3.12", "python3.12", "nodejs20.x", "nodejs22.x", "provided.al2023")


@dataclass(frozen=True, slots=True)
class Fn:
    """A function: its deployed name, account, role, runtime, calls as (service, API, read only), secrets, address."""

    name: str
    account: str
    role: str
    runtime: str
    calls: tuple[tuple[str, str, bool], ...]
    secrets: tuple[str, ...]
    addresses: tuple[str, ...]
    layers: tuple[str, ...]
    looping: bool = False

    @property
    def agent(self) -> str:
        """The user agent of its SDK."""
        if self.runtime.startswith("python"):
            return (
                f"Boto3/1.34.145 md/Botocore#1.34.145 os/linux#5.10 lang/python#3.12 exec-env/AWS_Lambda_{self.runtime}"
            )
        if self.runtime.startswith("nodejs"):
            return f"aws-sdk-js/3.600.0 os/linux#5.10 lang/js md/nodejs#20.14 exec-env/AWS_Lambda_{self.runtime}"
        return "aws-sdk-go-v2/1.30.1 os/linux lang/go#1.22 md/GOOS#linux api/dynamodb#1.34.1"


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is known of the system."""

    functions: tuple[Fn, ...]
    accounts: tuple[str, ...]
    people: tuple[str, ...]
    partner: str = "444455556666"
    knowledge: Knowledge = field(default_factory=Knowledge)


def world(chance: Random, *, accounts: int = 4, functions: int = 120) -> World:
    """A system of so many accounts and functions."""
    numbers = tuple(f"{chance.randrange(10**11, 10**12)}" for _ in range(accounts))
    made = tuple(_function(chance, chance.choice(numbers), number) for number in range(functions))
    people = tuple(f"person{number}@example.com" for number in range(12))
    partner = "444455556666"
    return World(made, numbers, people, partner, _knowledge(made, numbers, partner))


def _function(chance: Random, account: str, number: int) -> Fn:
    families = chance.sample(sorted(_CALLS), chance.randint(1, 4))
    calls = tuple(call for family in families for call in _CALLS[family])
    secrets = (
        tuple(f"app/{number}/secret{index}" for index in range(chance.randint(1, 3))) if "secrets" in families else ()
    )
    addresses = tuple(f"3.{chance.randrange(8, 250)}.{chance.randrange(256)}.{chance.randrange(256)}" for _ in range(3))
    return Fn(
        f"shop-Function{number}-{chance.randrange(16**12):012X}",
        account,
        f"arn:aws:iam::{account}:role/shop-Function{number}Role-{chance.randrange(16**8):08X}",
        chance.choice(_RUNTIMES),
        calls,
        secrets,
        addresses,
        (f"arn:aws:lambda:eu-west-1:{account}:layer:shared:{chance.randint(1, 9)}",) if chance.random() < 0.4 else (),
        looping=number % 40 == 0,
    )


def _knowledge(functions: tuple[Fn, ...], accounts: tuple[str, ...], partner: str) -> Knowledge:
    managed = [one for one in functions if not one.runtime.startswith("provided")]
    can = {(one.name, call[1]) for one in functions for call in one.calls}
    can |= {(one.name, call) for one in functions for call in PLATFORM}
    return Knowledge(
        {
            "functions": relation((one.name,) for one in functions),
            "function_roles": relation((one.role,) for one in functions),
            "function_sessions": relation((one.role, one.name) for one in functions),
            "followed": relation((one.name,) for one in functions),
            "can_call": relation(can),
            "managed_function_roles": relation((one.role,) for one in managed),
            "python_function_roles": relation((one.role,) for one in functions if one.runtime.startswith("python")),
            "nodejs_function_roles": relation((one.role,) for one in functions if one.runtime.startswith("nodejs")),
            "looping": relation((one.name,) for one in functions if one.looping),
            "declared_layers": relation((one.name, layer) for one in functions for layer in one.layers),
            "pipeline_roles": relation((f"arn:aws:iam::{account}:role/deploy",) for account in accounts),
            "pipeline_actors": relation(()),
            "trusted_accounts": relation([*((account,) for account in accounts), (partner,)]),
            "declared_functions_with_url": relation((one.name,) for one in functions[:3]),
        }
    )
