"""Our own starter rules: what is inspected with when nobody points at a rule set. `engine` is the door.

They need neither re2 nor hyperscan: a literal search picks the few rules that can match, and each pattern is bounded
(no repetition in a repetition, no repetition without end over what an attacker can write beside itself).
"""
