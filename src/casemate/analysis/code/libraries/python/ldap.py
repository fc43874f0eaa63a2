"""LDAP filters and names put together of data.

Sources: ldap3 documentation, "Search operation", `ldap3.utils.conv`, `ldap3.utils.dn`; python-ldap documentation,
"ldap.filter", "ldap.dn"; RFC 4515 (filters), RFC 4514 (distinguished names).
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes, Sink, Test

_SEARCHES = ("search", "search_s", "search_st", "search_ext", "search_ext_s")
_OBJECT = "ldap.LDAPObject"

MODELS: tuple[Model, ...] = (
    Makes("ldap3.Connection", "ldap3.Connection"),
    Makes("ldap3.core.connection.Connection", "ldap3.Connection"),
    Sink("ldap", "ldap3.Connection.search", (0, "search_base", 1, "search_filter"), part="text", cwe="CWE-90"),
    *(
        Sink("ldap", f"ldap3.Connection.{name}", (0, "dn"), part="text", cwe="CWE-90")
        for name in ("modify", "delete", "add", "compare", "modify_dn")
    ),
    Sink(
        "ldap",
        "ldap3.Connection.extend.standard.paged_search",
        (0, "search_base", 1, "search_filter"),
        part="text",
        cwe="CWE-90",
    ),
    Sink("ldap", "*.extend.standard.paged_search", (0, "search_base", 1, "search_filter"), part="text", cwe="CWE-90"),
    Sink("ldap", "ldap3.Reader", (3, "query", "base"), part="text", cwe="CWE-90"),
    # A connection that was made elsewhere: the filter says what is searched.
    Sink(
        "ldap",
        "*.search",
        (1, "search_filter"),
        (Test(1, "matches", ("(&(", "(|(", "(uid=", "(cn=", "(mail=", "(sn=", "(samaccountname=", "(objectclass=")),),
        part="text",
        confidence="medium",
        cwe="CWE-90",
    ),
    *(
        Makes(f"ldap.{name}", _OBJECT)
        for name in ("initialize", "open", "init", "ldapobject.LDAPObject", "ldapobject.ReconnectLDAPObject")
    ),
    *(Sink("ldap", f"{_OBJECT}.{name}", (0, "base", 2, "filterstr"), part="text", cwe="CWE-90") for name in _SEARCHES),
    *(
        Sink("ldap", f"{_OBJECT}.{name}", (0, "dn", "who"), part="text", cwe="CWE-90")
        for name in ("modify_s", "delete_s", "add_s", "compare_s")
    ),
    *(
        Sink("ldap", f"*.{name}", (0, 2, "filterstr"), part="text", confidence="medium", cwe="CWE-90")
        for name in _SEARCHES[1:]
    ),
    *(
        Cure(name, ("ldap",))
        for name in (
            "ldap3.utils.conv.escape_filter_chars",
            "ldap3.utils.conv.escape_bytes",
            "ldap3.utils.dn.escape_rdn",
            "ldap.filter.escape_filter_chars",
            "ldap.dn.escape_dn_chars",
            "ldap3.utils.dn.escape_attribute_value",
        )
    ),
    Cure("ldap.filter.filter_format", ("ldap",), argument="*"),
    *(Passes(f"ldap3.Connection.{name}", ()) for name in ("search", "bind", "add", "modify", "delete")),
    *(Passes(f"{_OBJECT}.{name}", ()) for name in _SEARCHES),
)
