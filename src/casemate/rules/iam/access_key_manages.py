"""A key of Service Bus or Event Hubs whose holder may manage everything.

What it does
------------
Reports shared access rules of Service Bus namespaces, queues, topics and Event Hubs namespaces and hubs that hold the
right `Manage`.

Why it matters
--------------
`Manage` includes `Send` and `Listen` and lets its holder create and delete queues, topics and rules. The key of such a
rule is a password that does not expire: whoever reads it in an app setting can read and forge every message.

How to fix
----------
Give a function `Send` or `Listen` on the one queue or hub, or better no key at all: a managed identity with the role
Azure Service Bus Data Sender or Receiver.

When to allow it
----------------
Tools that set up entities at deployment, whose key no function has.

References
----------
- https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
- https://learn.microsoft.com/azure/event-hubs/authorize-access-shared-access-signature
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.policy import Binding


@rule("access-key-manages", weakness="over-permissive-iam", severity=MEDIUM, tags=["cwe-250", "owasp-sls-06"])
def check(binding: Binding, system: System) -> Iterator[Outcome]:
    if not binding.resource.type.endswith("/authorizationRules"):
        return
    if "manage" in {right.strip().lower() for right in binding.role.text.split(",")}:
        yield Violation(
            f"Whoever has the key of {binding.name} may manage {binding.scope.text}",
            binding.role.at,
            evidence={"rights": binding.role.text},
        )


CASES = [
    bad(
        "terraform",
        """
        resource "azurerm_servicebus_namespace" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          sku                 = "Standard"
        }
        resource "azurerm_servicebus_namespace_authorization_rule" "shop" {
          name         = "shop"
          namespace_id = azurerm_servicebus_namespace.shop.id
          listen       = true
          send         = true
          manage       = true # <- here
        }
        """,
    ),
    good(
        "terraform",
        """
        resource "azurerm_servicebus_queue" "orders" {
          name         = "orders"
          namespace_id = "x"
        }
        resource "azurerm_servicebus_queue_authorization_rule" "orders" {
          name     = "orders"
          queue_id = azurerm_servicebus_queue.orders.id
          listen   = true
          send     = false
          manage   = false
        }
        """,
    ),
]
