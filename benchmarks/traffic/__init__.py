"""A generator of CloudTrail traffic with known truth: a benign system at work, and attacks put into it."""
