"""A command was run on a virtual machine.

What it does
------------
Reports Run Command, custom script and access extensions, serial console, shareable links of Bastion and automation runbooks that are used
by a user.

Why it matters
--------------
They run as SYSTEM or root, past the network and past the machine's sign-in.

How to respond
--------------
See the script in the machine's log, isolate the machine, revoke the caller's sessions.

When to allow it
----------------
Operators who work this way.

References
----------
- https://attack.mitre.org/techniques/T1651/
- https://learn.microsoft.com/azure/virtual-machines/run-command-overview
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "command-run-on-machine",
    severity=HIGH,
    sources=["azure.activity"],
    tags=["attack.execution", "attack.lateral-movement", "attack.t1651"],
)
def detect() -> Pattern:
    run = event.action.is_(
        "Microsoft.Compute/virtualMachines/runCommand/action", "Microsoft.Compute/virtualMachines/runCommands/write",
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action",
        "Microsoft.Compute/virtualMachines/extensions/write", "Microsoft.SerialConsole/serialPorts/connect/action",
        "Microsoft.Automation/automationAccounts/jobs/write", "Microsoft.Automation/automationAccounts/runbooks/write",
        "Microsoft.Automation/automationAccounts/webhooks/write", "Microsoft.HybridCompute/machines/runCommands/write",
        "Microsoft.Network/bastionHosts/createShareableLinks/action",
    )  # fmt: skip
    return each(run & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.account), every=HOUR)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/V", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/a/providers/microsoft.compute/virtualmachines/v", "action": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Compute/virtualMachines/start/action", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Compute/virtualMachines/start/action", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
