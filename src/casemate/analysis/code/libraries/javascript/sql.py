"""SQL: only text that is built from data is dangerous; data given as parameters is not.

Sources: READMEs and references of mysql, mysql2, pg, sqlite3, better-sqlite3, mssql, knex ("Raw"), Sequelize ("Raw
queries"), TypeORM ("EntityManager"), Prisma ("Raw queries": `$queryRawUnsafe`), serverless-mysql, slonik, @databases.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Cure, Makes, Model, Passes, Sink

_CWE = "CWE-89"
_RUN = ("query", "execute")


def _sink(callee: str, *arguments: int | str) -> Sink:
    return Sink("sql", callee, arguments or (0,), part="text", cwe=_CWE)


_MYSQL = ("mysql", "mysql2", "mysql2/promise", "promise-mysql", "serverless-mysql", "mariadb")

_TYPEORM = ("Manager", "Repository", "TreeRepository", "EntityManager", "Connection", "DataSource", "QueryRunner")
"""What TypeORM's queries begin with, by the name of their types; `Manager` stands for what its functions make."""
_TYPEORM_TEXTS = (
    "where", "andWhere", "orWhere", "orderBy", "addOrderBy", "having", "andHaving", "groupBy", "select", "addSelect",
)  # fmt: skip
_TYPEORM_CHAIN = (
    "select", "addSelect", "from", "where", "andWhere", "orWhere", "leftJoin", "innerJoin", "leftJoinAndSelect",
    "innerJoinAndSelect", "orderBy", "addOrderBy", "groupBy", "having", "andHaving", "limit", "offset", "take", "skip",
    "setParameter", "setParameters", "update", "delete", "insert", "into", "set", "values",
)  # fmt: skip
_KNEX_CHAIN = (
    "select", "from", "into", "where", "andWhere", "orWhere", "whereIn", "whereNot", "whereNull", "join", "leftJoin",
    "innerJoin", "orderBy", "groupBy", "having", "limit", "offset", "distinct", "count", "first", "update", "insert",
    "del", "delete", "returning", "table", "withSchema", "modify", "clone",
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    *(
        Makes(f"{module}.{name}", "sql.Connection")
        for module in _MYSQL
        for name in ("createConnection", "createPool", "createPoolCluster")
    ),
    Makes("serverless-mysql", "sql.Connection"),
    Makes("sql.Connection.promise", "sql.Connection"),
    Makes("sql.Connection.getConnection", "sql.Connection"),
    Makes("sql.Connection.connect", "sql.Connection"),
    Makes("sql.Connection.transaction", "sql.Connection"),
    *(_sink(f"sql.Connection.{name}", 0, "0.sql", "0.text") for name in (*_RUN, "prepare", "unprepare")),
    *(Calls(f"sql.Connection.{name}", position) for name in _RUN for position in (1, 2)),
    *(Cure(name, ("sql",)) for module in _MYSQL for name in (f"{module}.escape", f"{module}.escapeId")),
    Cure("sqlstring.escape", ("sql",)),
    Cure("sqlstring.escapeId", ("sql",)),
    Cure("sqlstring.format", ("sql",), argument=1),
    Cure("sql.Connection.escape", ("sql",)),
    Cure("sql.Connection.escapeId", ("sql",)),
    *(Cure(f"{module}.format", ("sql",), argument=1) for module in _MYSQL),
    # PostgreSQL.
    *(
        Makes(f"{module}.{name}", "sql.Connection")
        for module in ("pg", "pg.native", "@neondatabase/serverless", "serverless-postgres")
        for name in ("Client", "Pool")
    ),
    Makes("serverless-postgres", "sql.Connection"),
    Makes("pg-promise", "pg-promise.Init"),
    Makes("pg-promise.Init", "pg-promise.Database"),
    *(
        _sink(f"pg-promise.Database.{name}")
        for name in ("any", "one", "none", "many", "oneOrNone", "manyOrNone", "query", "result", "func", "multi")
    ),
    Cure("pg-format", ("sql",), argument=1),
    Cure("pg-format.literal", ("sql",)),
    Cure("pg-format.ident", ("sql",)),
    Cure("pg-escape.literal", ("sql",)),
    Cure("pg.escapeLiteral", ("sql",)),
    Cure("pg.escapeIdentifier", ("sql",)),
    Cure("sql.Connection.escapeLiteral", ("sql",)),
    Cure("sql.Connection.escapeIdentifier", ("sql",)),
    # Tagged templates take what is put in as parameters; `unsafe` does not.
    *(
        Passes(name)
        for name in (
            "postgres.Sql",
            "slonik.sql",
            "sql-template-strings",
            "@databases/pg.sql",
            "sql-template-tag",
            "@prisma/client.Prisma.sql",
            "drizzle-orm.sql",
            "kysely.sql",
            "@vercel/postgres.sql",
            "@neondatabase/serverless.neon",
            "pg-template-tag",
            "sql-tag",
            "sqlate",
        )
    ),
    Makes("postgres", "postgres.Sql"),
    _sink("postgres.Sql.unsafe"),
    _sink("slonik.sql.unsafe"),
    # SQLite.
    *(
        Makes(name, "sqlite3.Database")
        for name in (
            "sqlite3.Database",
            "better-sqlite3",
            "sqlite.open",
            "node:sqlite.DatabaseSync",
            "sqlite.DatabaseSync",
            "sql.js.Database",
        )
    ),
    *(_sink(f"sqlite3.Database.{name}") for name in ("run", "get", "all", "each", "exec", "prepare")),
    *(Calls(f"sqlite3.Database.{name}", position) for name in ("run", "get", "all", "each") for position in (1, 2)),
    # SQL Server, Oracle, Snowflake.
    *(Makes(f"mssql.{name}", "mssql.Pool") for name in ("connect", "ConnectionPool")),
    Makes("mssql.Pool.connect", "mssql.Pool"),
    Makes("mssql.Pool.request", "mssql.Request"),
    Makes("mssql.Request", "mssql.Request"),
    *(_sink(f"mssql.{owner}{name}") for owner in ("Request.", "Pool.", "") for name in ("query", "batch")),
    # Google's.
    *(
        _sink(f"google.cloud.bigquery.Client.{name}", 0, "0.query")
        for name in ("query", "createQueryJob", "createQueryStream")
    ),
    Makes("@google-cloud/spanner.Spanner", "spanner.Client"),
    *(Makes(f"spanner.Client.{name}", "spanner.Client") for name in ("instance", "database", "getSnapshot")),
    *(
        _sink(f"spanner.Client.{name}", 0, "0.sql")
        for name in ("run", "runStream", "runUpdate", "runPartitionedUpdate")
    ),
    Makes("oracledb.getConnection", "oracledb.Connection"),
    _sink("oracledb.Connection.execute"),
    Makes("tedious.Request", "tedious.Request"),
    _sink("tedious.Request"),
    Makes("snowflake-sdk.createConnection", "snowflake-sdk.Connection"),
    _sink("snowflake-sdk.Connection.execute", "0.sqlText"),
    # Query builders and ORMs: their raw text.
    Makes("knex", "knex.Knex"),
    Makes("knex.knex", "knex.Knex"),
    Makes("knex.Knex", "knex.Builder"),
    *(
        _sink(f"knex.{owner}.{name}")
        for owner in ("Knex", "Builder")
        for name in ("raw", "whereRaw", "orWhereRaw", "orderByRaw", "havingRaw", "groupByRaw", "joinRaw", "fromRaw")
    ),
    *(Makes(f"knex.{owner}.{name}", "knex.Builder") for owner in ("Knex", "Builder") for name in _KNEX_CHAIN),
    *(Makes(f"sequelize{module}", "sequelize.Sequelize") for module in ("", ".Sequelize")),
    *(_sink(f"sequelize.{name}") for name in ("Sequelize.query", "Sequelize.literal", "literal")),
    *(
        Makes(name, "typeorm.Manager")
        for name in (
            "typeorm.getManager",
            "typeorm.getConnection",
            "typeorm.createConnection",
            "typeorm.DataSource",
            "typeorm.getRepository",
        )
    ),
    *(
        Makes(f"typeorm.{owner}.{name}", "typeorm.Manager")
        for owner in _TYPEORM
        for name in ("getRepository", "manager", "createQueryRunner", "createEntityManager", "withRepository")
    ),
    *(Makes(f"typeorm.{owner}.createQueryBuilder", "typeorm.Builder") for owner in _TYPEORM),
    *(_sink(f"typeorm.{owner}.query") for owner in _TYPEORM),
    *(_sink(f"typeorm.Builder.{name}") for name in _TYPEORM_TEXTS),
    *(Makes(f"typeorm.Builder.{name}", "typeorm.Builder") for name in _TYPEORM_CHAIN),
    Makes("@prisma/client.PrismaClient", "prisma.Client"),
    *(_sink(f"prisma.Client.{name}") for name in ("$queryRawUnsafe", "$executeRawUnsafe")),
    Passes("prisma.Client.$queryRaw"),
    Passes("prisma.Client.$executeRaw"),
    *(_sink(f"{name}") for name in ("drizzle-orm.sql.raw", "@prisma/client.Prisma.raw", "kysely.sql.raw")),
    # The Data API and Athena, by the SDK.
    *(
        _sink(f"aws.{service}.{name}", "sql", "sqlStatements")
        for service in ("rds-data", "rdsdata")
        for name in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteSql")
    ),
    _sink("aws.athena.StartQueryExecution", "QueryString"),
    *(_sink(f"aws.{service}.ExecuteStatement", "Sql") for service in ("redshift-data", "redshiftdata")),
    *(_sink(f"aws.{service}.Query", "QueryString") for service in ("timestream-query", "timestreamquery")),
    # An object that is not known: what it is called with decides.
    *(
        Sink("sql", f"*.{name}", (0,), part="text", confidence="medium", cwe=_CWE)
        for name in ("query", "execute", "raw")
    ),
)
