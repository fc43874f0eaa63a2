"""Databases and other hosts.

Sources: ADO.NET, "Configuring parameters and parameter data types"; EF Core, "SQL Queries" (FromSql and
FromSqlInterpolated make parameters of what is interpolated, FromSqlRaw does not); Dapper README; Azure Cosmos DB,
"Parameterized queries"; MongoDB C# driver; .NET API browser, "HttpClient", "WebRequest".
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Sink

_CWE = "CWE-89"
_DRIVERS = (
    ("System.Data.SqlClient", "Sql"), ("Npgsql", "Npgsql"), ("MySql.Data.MySqlClient", "MySql"),
    ("Microsoft.Data.Sqlite", "Sqlite"), ("Oracle.ManagedDataAccess.Client", "Oracle"),
)  # fmt: skip
_COMMANDS = (*(f"{package}.{name}Command" for package, name in _DRIVERS), "System.Data.IDbCommand",
             "System.Data.Common.DbCommand")  # fmt: skip
_CONNECTIONS = (*(f"{package}.{name}Connection" for package, name in _DRIVERS), "System.Data.IDbConnection",
                "System.Data.Common.DbConnection")  # fmt: skip
_DAPPER = tuple(
    f"{name}{form}" for name in ("Query", "QueryFirst", "QueryFirstOrDefault", "QuerySingle", "QuerySingleOrDefault",
                                 "QueryMultiple", "Execute", "ExecuteScalar", "ExecuteReader") for form in ("", "Async")
)  # fmt: skip
_RAW = ("FromSqlRaw", "ExecuteSqlRaw", "ExecuteSqlRawAsync", "SqlQueryRaw")
_HTTP = tuple(
    f"{name}{form}" for name in ("Get", "Post", "Put", "Delete", "Patch", "GetString", "GetByteArray", "GetStream",
                                 "GetFromJson", "PostAsJson", "PutAsJson") for form in ("", "Async")
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    *(Sink("sql", command, (0,), cwe=_CWE) for command in _COMMANDS),
    *(Sink("sql", command, ("CommandText",), cwe=_CWE) for command in _COMMANDS),
    *(Sink("sql", f"{command}.CommandText", (0,), cwe=_CWE) for command in _COMMANDS),
    *(Makes(command, command) for command in _COMMANDS),
    *(Makes(f"{one}.CreateCommand", command) for one, command in zip(_CONNECTIONS, _COMMANDS, strict=True)),
    *(Makes(one, one) for one in _CONNECTIONS),
    *(Sink("sql", f"{package}.{name}DataAdapter", (0,), cwe=_CWE) for package, name in _DRIVERS),
    *(Sink("sql", f"{one}.{name}", (0,), part="text", cwe=_CWE) for one in _CONNECTIONS for name in _DAPPER),
    *(Sink("sql", f"*.{name}", (0,), part="text", confidence="medium", cwe=_CWE)
      for name in _DAPPER if name not in {"Execute", "ExecuteAsync", "Query"}),
    *(Sink("sql", f"*.{name}", (0,), cwe=_CWE) for name in _RAW),
    *(Sink("sql", f"Microsoft.EntityFrameworkCore.{owner}.{name}", (0,), cwe=_CWE)
      for owner in ("DbSet", "DbContext.Database") for name in _RAW),
    # Documents.
    Sink("nosql", "Microsoft.Azure.Cosmos.QueryDefinition", (0,), part="text", cwe="CWE-943"),
    Sink("nosql", "*.GetItemQueryIterator", (0,), part="text", confidence="medium", cwe="CWE-943"),
    Sink("nosql", "Microsoft.Azure.Cosmos.Container.GetItemQueryIterator", (0,), part="text", cwe="CWE-943"),
    Sink("nosql", "MongoDB.Bson.BsonDocument.Parse", (0,), cwe="CWE-943"),
    Sink("nosql", "MongoDB.Bson.Serialization.BsonSerializer.Deserialize", (0,), part="text", cwe="CWE-943"),
    # Other hosts.
    *(Makes(name, name)
      for name in ("System.Net.Http.HttpClient", "System.Net.WebClient", "System.Net.Sockets.TcpClient")),
    Makes("System.Net.Http.IHttpClientFactory.CreateClient", "System.Net.Http.HttpClient"),
    *(Sink("ssrf", f"System.Net.Http.HttpClient.{name}", (0,), part="whole", cwe="CWE-918") for name in _HTTP),
    Sink("ssrf", "System.Net.Http.HttpClient.BaseAddress", (0,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "System.Net.Http.HttpClient", ("BaseAddress",), part="whole", cwe="CWE-918"),
    Sink("ssrf", "System.Net.Http.HttpRequestMessage", (1,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "System.Net.Http.HttpRequestMessage", ("RequestUri",), part="whole", cwe="CWE-918"),
    Sink("ssrf", "System.Net.Http.HttpRequestMessage.RequestUri", (0,), part="whole", cwe="CWE-918"),
    *(Sink("ssrf", f"System.Net.{name}", (0,), part="whole", cwe="CWE-918")
      for name in ("WebRequest.Create", "WebRequest.CreateHttp", "HttpWebRequest.Create")),
    *(Sink("ssrf", f"System.Net.WebClient.{name}", (0,), part="whole", cwe="CWE-918")
      for name in ("DownloadString", "DownloadData", "DownloadFile", "UploadString", "UploadData", "OpenRead",
                   "DownloadStringTaskAsync", "DownloadDataTaskAsync", "OpenReadTaskAsync", "UploadStringTaskAsync")),
    Sink("ssrf", "RestSharp.RestClient", (0,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "System.Net.Sockets.TcpClient", (0,), part="whole", cwe="CWE-918"),
    *(Sink("ssrf", f"System.Net.Sockets.{name}", (0,), part="whole", cwe="CWE-918")
      for name in ("TcpClient.Connect", "TcpClient.ConnectAsync", "Socket.Connect", "Socket.ConnectAsync")),
)  # fmt: skip
