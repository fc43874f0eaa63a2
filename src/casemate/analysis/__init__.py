"""Facts derived from the inventory: code, access, flow, and beside them network, secrets and supply."""
