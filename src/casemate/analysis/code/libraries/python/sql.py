"""SQL: drivers, the interfaces of the cloud, and what object mappers take as text. Parameters are another argument.

Sources: PEP 249 (DB-API 2.0); documentation of sqlite3, psycopg, PyMySQL, MySQL Connector, asyncpg, SQLAlchemy ("Using
Textual SQL"), Django ("Performing raw SQL queries", `extra`, `RawSQL`), peewee, DuckDB, BigQuery, Snowflake, AWS Data
Wrangler (awswrangler).
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Model, Passes, Sink

_SQL = (0, "sql", "query", "operation", "statement", "sql_script")
_EXECUTE = (
    "execute",
    "executemany",
    "executescript",
    "callproc",
    "mogrify",
    "execute_async",
    "execute_string",
    "copy_expert",
)
_CURSORS = (
    "sqlite3.Connection",
    "sqlite3.Cursor",
    "psycopg2.connection",
    "psycopg2.cursor",
    "psycopg.Connection",
    "psycopg.Cursor",
    "psycopg.AsyncConnection",
    "psycopg.AsyncCursor",
    "pymysql.Connection",
    "pymysql.Cursor",
    "mysql.connector.Connection",
    "mysql.connector.Cursor",
    "MySQLdb.Connection",
    "MySQLdb.Cursor",
    "pyodbc.Connection",
    "pyodbc.Cursor",
    "cx_Oracle.Connection",
    "cx_Oracle.Cursor",
    "oracledb.Connection",
    "oracledb.Cursor",
    "pymssql.Connection",
    "pymssql.Cursor",
    "pg8000.Connection",
    "pg8000.Cursor",
    "redshift_connector.Connection",
    "redshift_connector.Cursor",
    "snowflake.connector.Connection",
    "snowflake.connector.Cursor",
    "duckdb.Connection",
    "pyathena.Connection",
    "pyathena.Cursor",
    "aiosqlite.Connection",
    "aiosqlite.Cursor",
    "aiomysql.Connection",
    "aiomysql.Cursor",
    "aiopg.Connection",
    "aiopg.Cursor",
    "django.db.Connection",
    "django.db.Cursor",
    "sqlalchemy.Connection",
    "sqlalchemy.Engine",
    "sqlalchemy.Session",
    "clickhouse_driver.Client",
    "trino.Connection",
    "trino.Cursor",
    "prestodb.Connection",
    "prestodb.Cursor",
    "hdbcli.Connection",
    "hdbcli.Cursor",
    "cassandra.Session",
    "vertica_python.Connection",
    "vertica_python.Cursor",
)
_CONNECTS = {
    "sqlite3": "sqlite3", "psycopg2": "psycopg2", "psycopg": "psycopg", "pymysql": "pymysql", "MySQLdb": "MySQLdb",
    "mysql.connector": "mysql.connector", "pyodbc": "pyodbc", "cx_Oracle": "cx_Oracle", "oracledb": "oracledb",
    "pymssql": "pymssql", "redshift_connector": "redshift_connector", "snowflake.connector": "snowflake.connector",
    "pyathena": "pyathena", "aiosqlite": "aiosqlite", "aiomysql": "aiomysql", "aiopg": "aiopg", "duckdb": "duckdb",
    "pg8000.dbapi": "pg8000", "pg8000": "pg8000", "pysqlite2.dbapi2": "sqlite3", "sqlite3.dbapi2": "sqlite3",
    "trino.dbapi": "trino", "prestodb.dbapi": "prestodb", "hdbcli.dbapi": "hdbcli", "vertica_python": "vertica_python",
}  # fmt: skip


def _connection(driver: str) -> str:
    return f"{driver}.{'connection' if driver == 'psycopg2' else 'Connection'}"


def _cursor(driver: str) -> str:
    return f"{driver}.{'cursor' if driver == 'psycopg2' else 'Cursor'}"


_DRIVERS = sorted(set(_CONNECTS.values()))
_TEXTS = ("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlalchemy.literal_column",
          "sqlalchemy.sql.literal_column", "sqlalchemy.sql.expression.literal_column")  # fmt: skip
_QUERYSET = "django.db.models.QuerySet"

MODELS: tuple[Model, ...] = (
    *(Makes(f"{module}.connect", _connection(driver)) for module, driver in _CONNECTS.items()),
    *(Makes(f"{_connection(driver)}.cursor", _cursor(driver)) for driver in _DRIVERS),
    *(Makes(f"{owner(driver)}.execute", _cursor(driver)) for driver in _DRIVERS for owner in (_connection, _cursor)),
    *(Sink("sql", f"{type_}.{name}", _SQL, part="text", cwe="CWE-89") for type_ in _CURSORS for name in _EXECUTE),
    *(Sink("sql", f"*.{name}", _SQL, part="text", confidence="medium", cwe="CWE-89") for name in _EXECUTE[:3]),
    # What a query gives back is not the text of the query.
    *(Passes(f"{type_}.{name}", ()) for type_ in _CURSORS for name in _EXECUTE),
    *(Passes(f"*.{name}", ()) for name in _EXECUTE[:3]),
    *(Passes(f"{_cursor(driver)}.{name}", ()) for driver in _DRIVERS for name in ("fetchall", "fetchone", "fetchmany")),
    # asyncpg, databases, DuckDB, BigQuery, …
    Makes("asyncpg.connect", "asyncpg.Connection"),
    Makes("asyncpg.create_pool", "asyncpg.Connection"),
    Makes("asyncpg.Connection.acquire", "asyncpg.Connection"),
    *(
        Sink("sql", f"{type_}.{name}", _SQL, part="text", cwe="CWE-89")
        for type_ in ("asyncpg.Connection", "databases.Database")
        for name in (
            "execute",
            "executemany",
            "fetch",
            "fetchrow",
            "fetchval",
            "prepare",
            "cursor",
            "fetch_all",
            "fetch_one",
            "fetch_val",
            "iterate",
        )
    ),
    Makes("databases.Database", "databases.Database"),
    *(
        Sink("sql", f"duckdb.{owner}{name}", _SQL, part="text", cwe="CWE-89")
        for owner in ("", "Connection.")
        for name in ("sql", "query")
    ),
    Sink("sql", "duckdb.execute", _SQL, part="text", cwe="CWE-89"),
    Makes("google.cloud.bigquery.Client", "google.cloud.bigquery.Client"),
    *(
        Sink("sql", f"google.cloud.bigquery.Client.{name}", _SQL, part="text", cwe="CWE-89")
        for name in ("query", "query_and_wait")
    ),
    Makes("google.cloud.spanner.Client", "google.cloud.spanner.Client"),
    Sink("sql", "*.execute_sql", _SQL, part="text", confidence="medium", cwe="CWE-89"),
    *(Sink("sql", f"pandas.{name}", _SQL, part="text", cwe="CWE-89") for name in ("read_sql", "read_sql_query")),
    *(
        Sink("sql", f"{module}.{name}", _SQL, part="text", cwe="CWE-89")
        for module in (
            "awswrangler.athena",
            "awswrangler.redshift",
            "awswrangler.postgresql",
            "awswrangler.mysql",
            "awswrangler.data_api.rds",
        )
        for name in ("read_sql_query", "start_query_execution", "unload")
    ),
    *(
        Makes(f"pyspark.sql.{name}", "pyspark.sql.SparkSession")
        for name in ("SparkSession.builder.getOrCreate", "SparkSession")
    ),
    Sink("sql", "pyspark.sql.SparkSession.sql", _SQL, part="text", cwe="CWE-89"),
    Makes("cassandra.cluster.Cluster", "cassandra.Cluster"),
    Makes("cassandra.Cluster.connect", "cassandra.Session"),
    Sink("sql", "cassandra.Session.prepare", _SQL, part="text", cwe="CWE-89"),
    # The cloud's own interfaces, through boto3.
    Sink("sql", "boto3.rds-data.execute_statement", ("sql",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.rds-data.batch_execute_statement", ("sql",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.rds-data.execute_sql", ("sqlStatements",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.redshift-data.execute_statement", ("Sql",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.redshift-data.batch_execute_statement", ("Sqls",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.athena.start_query_execution", ("QueryString",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.timestream-query.query", ("QueryString",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.s3.select_object_content", ("Expression",), part="text", cwe="CWE-89"),
    Sink("sql", "boto3.logs.start_query", ("queryString",), part="text", confidence="medium", cwe="CWE-943"),
    # SQLAlchemy: text() is where text becomes SQL.
    *(Sink("sql", name, (0, "text"), part="text", cwe="CWE-89") for name in _TEXTS),
    *(Passes(name, ()) for name in _TEXTS),
    *(Makes(f"sqlalchemy.{name}", "sqlalchemy.Engine") for name in ("create_engine", "engine.create_engine")),
    *(Makes(f"sqlalchemy.Engine.{name}", "sqlalchemy.Connection") for name in ("connect", "begin", "raw_connection")),
    *(Makes(f"sqlalchemy.orm.{name}", "sqlalchemy.Session") for name in ("Session", "scoped_session")),
    Makes("sqlalchemy.orm.sessionmaker", "sqlalchemy.sessionmaker"),
    Makes("sqlalchemy.sessionmaker.__call__", "sqlalchemy.Session"),
    *(Makes(f"sqlalchemy.{name}", "sqlalchemy.Select") for name in ("select", "insert", "update", "delete")),
    *(Passes(f"sqlalchemy.{name}", ()) for name in ("select", "insert", "update", "delete")),
    Makes("flask_sqlalchemy.SQLAlchemy", "flask_sqlalchemy.SQLAlchemy"),
    Makes("flask_sqlalchemy.SQLAlchemy.session", "sqlalchemy.Session"),
    Makes("flask_sqlalchemy.SQLAlchemy.engine", "sqlalchemy.Engine"),
    Sink("sql", "flask_sqlalchemy.SQLAlchemy.text", (0,), part="text", cwe="CWE-89"),
    *(
        Sink("sql", f"*.{name}", (0,), part="text", confidence="low", cwe="CWE-89")
        for name in ("from_statement", "order_by", "filter", "having")
    ),
    # Django
    Makes("django.db.connection", "django.db.Connection"),
    Makes("django.db.connection.cursor", "django.db.Cursor"),
    Makes("django.db.Connection.cursor", "django.db.Cursor"),
    Makes("django.db.connections[]", "django.db.Connection"),
    *(
        Sink("sql", name, (0, "raw_query", "sql"), part="text", cwe="CWE-89")
        for name in (
            "*.objects.raw",
            f"{_QUERYSET}.raw",
            "django.db.models.expressions.RawSQL",
            "django.db.models.RawSQL",
        )
    ),
    Sink("sql", "*.raw", (0,), part="text", confidence="medium", cwe="CWE-89"),
    *(
        Sink(
            "sql",
            f"{name}.extra",
            ("select", "where", "tables", "order_by", 0),
            confidence="medium",
            cwe="CWE-89",
        )
        for name in ("*", _QUERYSET)
    ),
    # peewee, Pony, records, tortoise
    *(Sink("sql", f"peewee.{name}", (0,), part="text", cwe="CWE-89") for name in ("SQL", "RawQuery")),
    *(
        Makes(f"peewee.{name}", "peewee.Database")
        for name in ("SqliteDatabase", "PostgresqlDatabase", "MySQLDatabase", "Database")
    ),
    Sink("sql", "peewee.Database.execute_sql", (0, "sql"), part="text", cwe="CWE-89"),
    Makes("records.Database", "records.Database"),
    Sink("sql", "records.Database.query", (0, "query"), part="text", cwe="CWE-89"),
    Sink("sql", "pony.orm.select", (0,), part="text", confidence="medium", cwe="CWE-89"),
    Sink("sql", "pony.orm.raw_sql", (0,), part="text", cwe="CWE-89"),
    Sink("sql", "dataset.Database.query", (0,), part="text", cwe="CWE-89"),
    Makes("dataset.connect", "dataset.Database"),
    *(Sink("sql", f"{module}.sql.SQL", (0, "string"), part="text", cwe="CWE-89") for module in ("psycopg2", "psycopg")),
    # Quoting.
    *(
        Cure(name, ("sql",))
        for name in (
            "psycopg2.sql.Identifier",
            "psycopg2.sql.Literal",
            "psycopg.sql.Identifier",
            "psycopg.sql.Literal",
            "psycopg2.extensions.quote_ident",
            "psycopg2.extensions.adapt",
        )
    ),
    *(
        Cure(name, ("sql",), quoted="inside")
        for name in (
            "pymysql.converters.escape_string",
            "pymysql.escape_string",
            "MySQLdb.escape_string",
            "pymysql.Connection.escape_string",
        )
    ),
    Cure("pymysql.Connection.escape", ("sql",)),
    Cure("pymysql.Connection.literal", ("sql",)),
)
