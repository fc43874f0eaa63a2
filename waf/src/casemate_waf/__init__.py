"""The SecLang engine: OWASP CRS and any other rule set in that language, on requests and on events of any trigger.

`casemate-guard` needs it only where a policy names such a rule set; its own starter rules run without it.
"""

__version__ = "0.1.0"
