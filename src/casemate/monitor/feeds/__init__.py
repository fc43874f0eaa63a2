"""Where events come from: one file a transport. A feed gives batches and is told when one is safely kept."""
