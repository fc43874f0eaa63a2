"""Detections that hold events against the inventory: what the code can do, who deploys, what feeds what."""
