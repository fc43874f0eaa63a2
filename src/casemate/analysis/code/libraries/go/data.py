"""Databases and directories of Go.

Sources: Go package documentation of database/sql ("never use Sprintf to build queries": "Avoiding SQL injection
risk"), sqlx, pgx, GORM ("Security"), mongo-driver, aws-sdk-go, go-ldap ("EscapeFilter"), antchfx/xmlquery.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes, Sink

_QUERY = (
    "Query",
    "QueryRow",
    "Exec",
    "Prepare",
    "Queryx",
    "QueryRowx",
    "MustExec",
    "Get",
    "Select",
    "NamedExec",
    "NamedQuery",
)
_SHIFTED = {"Get", "Select"}
_TYPES = ("DB", "Tx", "Conn", "Stmt")
_SQL, _SQLX, _PGX = "database/sql", "github.com/jmoiron/sqlx", "github.com/jackc/pgx/v5"
_GORM = "gorm.io/gorm"

MODELS: tuple[Model, ...] = (
    *(
        Makes(f"{module}.{name}", f"{module}.DB")
        for module in (_SQL, _SQLX)
        for name in ("Open", "Connect", "MustConnect", "OpenDB")
    ),
    *(
        Makes(f"{module}.DB.{name}", f"{module}.Tx")
        for module in (_SQL, _SQLX)
        for name in ("Begin", "BeginTx", "Beginx", "MustBegin")
    ),
    *(Makes(f"{module}.DB.Conn", f"{module}.Conn") for module in (_SQL, _SQLX)),
    *(Makes(f"{_PGX}.{name}", f"{_PGX}.Conn") for name in ("Connect", "ConnectConfig")),
    Makes(f"{_PGX}/pgxpool.New", f"{_PGX}.Conn"),
    *(
        Sink("sql", f"{module}.{type_}.{name}", (1 if name in _SHIFTED else 0,), part="text", cwe="CWE-89")
        for module in (_SQL, _SQLX)
        for type_ in _TYPES
        for name in _QUERY
    ),
    *(
        Sink("sql", f"{module}.{type_}.{name}Context", (2 if name in _SHIFTED else 1,), part="text", cwe="CWE-89")
        for module in (_SQL, _SQLX)
        for type_ in _TYPES
        for name in _QUERY
    ),
    *(
        Sink("sql", f"{_PGX}.Conn.{name}", (1,), part="text", cwe="CWE-89")
        for name in ("Query", "QueryRow", "Exec", "Prepare")
    ),
    *(
        Sink("sql", f"*.{name}", (0,), part="text", confidence="medium", cwe="CWE-89")
        for name in ("Query", "QueryRow", "Exec")
    ),
    *(
        Sink("sql", f"*.{name}", (1,), part="text", confidence="medium", cwe="CWE-89")
        for name in ("QueryContext", "ExecContext", "QueryRowContext")
    ),
    Makes(f"{_GORM}.Open", f"{_GORM}.DB"),
    *(
        Makes(f"{_GORM}.DB.{name}", f"{_GORM}.DB")
        for name in ("Model", "Table", "Session", "Debug", "WithContext", "Where", "Select")
    ),
    *(
        Sink("sql", f"{_GORM}.DB.{name}", (0,), part="text", cwe="CWE-89")
        for name in ("Raw", "Exec", "Where", "Or", "Not", "Order", "Having", "Select", "Group", "Joins", "Pluck")
    ),
    *(
        Sink("nosql", f"aws.dynamodb.{name}", ("Statement",), part="text", cwe="CWE-943")
        for name in ("ExecuteStatement",)
    ),
    *(
        Sink(
            "nosql",
            f"aws.dynamodb.{name}",
            ("FilterExpression", "KeyConditionExpression", "UpdateExpression"),
            part="text",
            cwe="CWE-943",
        )
        for name in ("Query", "Scan", "UpdateItem")
    ),
    # Directories and documents.
    *(
        Makes(f"{module}.{name}", f"{module}.Conn")
        for module in ("github.com/go-ldap/ldap/v3", "gopkg.in/ldap.v2")
        for name in ("DialURL", "Dial")
    ),
    *(
        Sink("ldap", f"{module}.NewSearchRequest", (0, 6), part="text", cwe="CWE-90")
        for module in ("github.com/go-ldap/ldap/v3", "gopkg.in/ldap.v2")
    ),
    Cure("github.com/go-ldap/ldap/v3.EscapeFilter", ("ldap",)),
    Cure("gopkg.in/ldap.v2.EscapeFilter", ("ldap",)),
    *(
        Sink("xpath", f"github.com/antchfx/{module}.{name}", (place,), part="text", cwe="CWE-643")
        for module in ("xmlquery", "htmlquery")
        for name, place in (("Find", 1), ("FindOne", 1), ("QueryAll", 1), ("Query", 1))
    ),
    Sink("xpath", "github.com/antchfx/xpath.Compile", (0,), part="text", cwe="CWE-643"),
    Sink("xxe", "github.com/lestrrat-go/libxml2.ParseString", (0,), confidence="medium", cwe="CWE-611"),
    Passes("encoding/xml.Unmarshal", (0,), 1),
)
