"""What a function was called with: `recognise` names the trigger, `decode` turns the event into typed leaves.

Nothing is imported here; `casemate_guard.events.decode` is the door.
"""
