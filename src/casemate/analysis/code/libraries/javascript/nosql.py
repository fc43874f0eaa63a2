"""NoSQL: operators in objects that a request brings, JavaScript in queries, expressions built from text.

Sources: MongoDB manual, "$where", "mapReduce"; MongoDB Node driver and Mongoose references ("sanitizeFilter"); DynamoDB
developer guide, "PartiQL", "Expressions"; Redis "EVAL"; OWASP NoSQL Security Cheat Sheet.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Cure, Makes, Model, Sink

_CWE = "CWE-943"
_FILTERS = (
    "find",
    "findOne",
    "findOneAndUpdate",
    "findOneAndDelete",
    "findOneAndReplace",
    "updateOne",
    "updateMany",
    "deleteOne",
    "deleteMany",
    "replaceOne",
    "countDocuments",
    "count",
    "remove",
    "update",
    "aggregate",
    "findAndModify",
    "where",
    "exists",
)

MODELS: tuple[Model, ...] = (
    Makes("mongodb.MongoClient", "mongodb.Client"),
    Makes("mongodb.MongoClient.connect", "mongodb.Client"),
    Makes("mongodb.Client.connect", "mongodb.Client"),
    Makes("mongodb.Client.db", "mongodb.Db"),
    Makes("mongodb.Db.collection", "mongodb.Collection"),
    Makes("mongodb.Client.collection", "mongodb.Collection"),
    *(Makes(f"mongoose.{name}", "mongoose.Model") for name in ("model", "Model")),
    Makes("mongoose.connection.db", "mongodb.Db"),
    Makes("mongoose.connection.collection", "mongodb.Collection"),
    *(
        Sink("nosql", f"{owner}.{name}", (0,), part="filter", cwe=_CWE)
        for owner in ("mongodb.Collection", "mongoose.Model")
        for name in _FILTERS
    ),
    *(Calls(f"mongodb.Collection.{name}", position) for name in _FILTERS for position in (1, 2)),
    *(
        Sink("nosql", f"{owner}.{name}", ("0.$where",), cwe=_CWE)
        for owner in ("mongodb.Collection", "mongoose.Model")
        for name in _FILTERS
    ),
    Sink("nosql", "mongodb.Collection.mapReduce", (0, 1), cwe=_CWE),
    Sink("nosql", "mongoose.Model.$where", (0,), cwe=_CWE),
    Cure("mongo-sanitize", ("nosql",)),
    Cure("express-mongo-sanitize.sanitize", ("nosql",)),
    Cure("mongodb.ObjectId", ("nosql",)),
    Cure("mongoose.Types.ObjectId", ("nosql",)),
    Cure("mongodb.ObjectID", ("nosql",)),
    Cure("String", ("nosql",)),  # an object becomes text: no operator is left
    *(Makes(name, "redis.Client") for name in ("redis.createClient", "ioredis", "ioredis.Redis", "ioredis.Cluster")),
    Sink("code", "redis.Client.eval", (0,), part="text", cwe="CWE-94"),
    Sink("code", "redis.Client.script", (1,), part="text", cwe="CWE-94"),
    # DynamoDB: statements and expressions are text.
    *(
        Sink("nosql", f"aws.dynamodb.{name}", ("Statement", "Statements"), part="text", cwe=_CWE)
        for name in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")
    ),
    *(
        Sink(
            "nosql",
            f"aws.dynamodb.{name}",
            (
                "FilterExpression",
                "KeyConditionExpression",
                "UpdateExpression",
                "ConditionExpression",
                "ProjectionExpression",
            ),
            part="text",
            cwe=_CWE,
        )
        for name in ("Query", "Scan", "UpdateItem", "PutItem", "DeleteItem", "GetItem")
    ),
    Makes("@azure/cosmos.CosmosClient", "cosmos.Client"),
    Makes("cosmos.Client.database", "cosmos.Database"),
    Makes("cosmos.Database.container", "cosmos.Container"),
    Makes("cosmos.Container.items", "cosmos.Items"),
    Sink("nosql", "cosmos.Items.query", (0, "0.query"), part="text", cwe=_CWE),
)
