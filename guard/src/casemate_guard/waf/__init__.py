"""The WAF engine: reads SecLang (the OWASP CRS loads unchanged) and decides about one request, response or event.

This is the plain reference executor: it does what the rules say, rule by rule and value by value, and is the oracle
for any faster one. Nothing is imported until it is used: `loading.load` makes a `rules.RuleSet`, and
`executor.Transaction` runs it.
"""
