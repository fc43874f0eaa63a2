"""Data of a caller in the text of an SQL statement.

What it does
------------
Follows data that a caller controls into the *text* of a statement given to a database driver, an ORM's raw query, the
RDS Data API, Athena, Redshift or Spark. Data in the parameters of a statement (`execute(sql, (name,))`) is safe and
not reported; so are numbers and names from a fixed list.

Why it matters
--------------
The caller reads, changes or deletes data that the function's account may reach, across tenants.

How to fix
----------
Use placeholders and pass the data as parameters. Names of tables and columns cannot be parameters: choose them from a
fixed list.

When to allow it
----------------
Text that a fixed list or a number conversion has made harmless is recognised.

References
----------
- https://cwe.mitre.org/data/definitions/89.html
- https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("sql-injection", weakness="sql-injection", severity=HIGH, tags=["cwe-89", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "sql":
        yield reported(flow, "a caller can change what the statement does", HIGH)


CASES = [
    bad(
        "python",
        """
        import sqlite3


        def handler(event, context):
            name = event["pathParameters"]["name"]
            connection = sqlite3.connect("/tmp/app.db")
            return connection.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()  # <- here
    """,
    ),
    good(
        "python",
        """
        import sqlite3


        def handler(event, context):
            name = event["pathParameters"]["name"]
            connection = sqlite3.connect("/tmp/app.db")
            return connection.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchall()
    """,
    ),
    bad(
        "javascript",
        """
        const mysql = require("mysql2");
        const connection = mysql.createConnection({ host: process.env.HOST });

        exports.handler = (event, context, callback) => {
          const id = event.pathParameters.id;
          connection.query("SELECT * FROM users WHERE id = " + id, callback); // <- here
        };
    """,
    ),
    good(
        "javascript",
        """
        const mysql = require("mysql2");
        const connection = mysql.createConnection({ host: process.env.HOST });

        exports.handler = (event, context, callback) => {
          connection.query("SELECT * FROM users WHERE id = ?", [event.pathParameters.id], callback);
        };
    """,
    ),
]
