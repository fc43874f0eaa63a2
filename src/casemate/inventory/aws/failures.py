"""Where events go whose processing failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.linking import FUNCTION, by_function
from casemate.inventory.logic import some
from casemate.inventory.reading import Props
from casemate.model.setting import Setting, Unresolved

if TYPE_CHECKING:
    from casemate.inventory.context import Context
    from casemate.model.entity import Link
    from casemate.model.resource import Resource

_NAME = "DeadLetterConfig.TargetArn"


def dead_letter(resource: Resource, context: Context) -> Setting[bool]:
    """Whether a function keeps events whose asynchronous processing failed: in a dead-letter queue or destination.

    Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    """
    own = context.props(resource).present(_NAME, "failed events are dropped after the retries")
    if own.declared:
        return own
    for config in by_function(context, "AWS::Lambda::EventInvokeConfig", "FunctionName").get(
        context.id(resource.key), ()
    ):
        failed = context.props(config).present("DestinationConfig.OnFailure.Destination")
        if failed.declared:
            return failed
    return own


def kept(function: Link, context: Context, own: Setting[bool] | None = None) -> Setting[bool]:
    """Whether failed events of a push trigger are kept: by the function, or by the trigger's `own` queue."""
    resource = scanned(function, context)
    if resource is None or resource.type != FUNCTION:
        outside: Setting[bool] = Unresolved(_NAME, function.at, "the function is not declared in what was scanned")
        return outside if own is None else some(outside, own)
    its = dead_letter(resource, context)
    return its if own is None else some(its, own)


def redriven(source: Link, context: Context) -> Setting[bool]:
    """Whether a queue moves messages that keep failing to another one."""
    queue = scanned(source, context)
    if queue is None:
        return Unresolved("RedrivePolicy", source.at, "the queue is not declared in what was scanned")
    return Props(queue.properties, queue.at).present("RedrivePolicy", "messages return to the queue until they expire")


def scanned(link: Link, context: Context) -> Resource | None:
    """The declared resource, of any stack, that a link leads to."""
    if link.target is None:
        return None
    return context.world.resource(link.target)
