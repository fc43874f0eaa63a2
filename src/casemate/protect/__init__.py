"""From the inventory to protection at run time: the guard policy of each function.

`policies.compiled` is the door. It joins what starts a function (`triggers`, with the schemas of `bodies` and
`envelopes`), what its code calls (`actions`, `endpoints`) and what else its code does (`conduct`); `files` puts the
result beside the handlers and tells drift; `learning` makes schemas of recorded events.
"""
