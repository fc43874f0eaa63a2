"""Queries of other databases: operators and scripts instead of values, expressions put together of text.

Sources: MongoDB manual, "$where", "Server-side JavaScript"; PyMongo API reference; Redis documentation, EVAL; Amazon
DynamoDB API reference, "PartiQL", "Condition and filter expressions"; Azure Cosmos DB Python SDK, `query_items`.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Passes, Sink

_COLLECTION = "pymongo.collection.Collection"
_FILTERED = [
    "find",
    "find_one",
    "find_one_and_update",
    "find_one_and_delete",
    "find_one_and_replace",
    "update_one",
    "update_many",
    "delete_one",
    "delete_many",
    "replace_one",
    "count_documents",
    "distinct",
    "aggregate",
]
_EXPRESSIONS = (
    "FilterExpression",
    "KeyConditionExpression",
    "ConditionExpression",
    "UpdateExpression",
    "ProjectionExpression",
)
_OPERATIONS = ("query", "scan", "get_item", "put_item", "update_item", "delete_item", "get_paginator")

MODELS: tuple[Model, ...] = (
    *(
        Makes(f"{module}.{name}", "pymongo.MongoClient")
        for module in ("pymongo", "motor.motor_asyncio", "pymongo.mongo_client")
        for name in ("MongoClient", "AsyncIOMotorClient", "AsyncMongoClient")
    ),
    *(
        Makes(f"pymongo.MongoClient.{name}", "pymongo.database.Database")
        for name in ("get_database", "get_default_database")
    ),
    Makes("pymongo.MongoClient[]", "pymongo.database.Database"),
    Makes("pymongo.database.Database[]", _COLLECTION),
    Makes("pymongo.database.Database.get_collection", _COLLECTION),
    *(
        Sink("nosql", f"{_COLLECTION}.{name}", (0, "filter", "pipeline"), part="filter", cwe="CWE-943")
        for name in _FILTERED
    ),
    *(Sink("nosql", f"{_COLLECTION}.{name}", ("0.$where", "filter.$where"), cwe="CWE-943") for name in _FILTERED),
    *(Sink("nosql", f"*.{name}", ("0.$where",), confidence="medium", cwe="CWE-943") for name in _FILTERED),
    *(
        Sink("nosql", f"*.{name}", (0,), part="filter", confidence="medium", cwe="CWE-943")
        for name in ("find_one", "find_one_and_update", "delete_many", "update_many", "count_documents")
    ),
    *(
        Sink("nosql", f"pymongo.database.Database.{name}", (0,), part="whole", cwe="CWE-943")
        for name in ("command", "eval")
    ),
    Sink("nosql", "bson.code.Code", (0, "code"), cwe="CWE-943"),
    *(Passes(f"{_COLLECTION}.{name}", ()) for name in _FILTERED),
    *(Makes(f"redis.{name}", "redis.Redis") for name in ("Redis", "StrictRedis", "from_url", "Redis.from_url")),
    *(
        Sink("nosql", f"redis.Redis.{name}", (0, "script"), cwe="CWE-943")
        for name in ("eval", "register_script", "script_load")
    ),
    Sink("nosql", "redis.Redis.execute_command", (0,), part="whole", cwe="CWE-943"),
    Sink("trust-boundary", "redis.Redis.set", (0,), part="whole", confidence="low", cwe="CWE-501"),
    # DynamoDB: statements and expressions are text, values belong into their own parameters.
    Sink("nosql", "boto3.dynamodb.execute_statement", ("Statement",), part="text", cwe="CWE-943"),
    Sink("nosql", "boto3.dynamodb.batch_execute_statement", ("Statements",), part="text", cwe="CWE-943"),
    Sink("nosql", "boto3.dynamodb.execute_transaction", ("TransactStatements",), part="text", cwe="CWE-943"),
    *(Sink("nosql", f"boto3.dynamodb.{name}", _EXPRESSIONS, part="text", cwe="CWE-943") for name in _OPERATIONS),
    # The whole table, by whatever attribute the attacker names.
    *(Passes(f"boto3.dynamodb.conditions.{name}", ()) for name in ("Key", "Attr")),
    Makes("azure.cosmos.CosmosClient", "azure.cosmos.CosmosClient"),
    *(
        Makes(f"azure.cosmos.CosmosClient.{name}", "azure.cosmos.DatabaseProxy")
        for name in ("get_database_client", "create_database_if_not_exists")
    ),
    *(
        Makes(f"azure.cosmos.DatabaseProxy.{name}", "azure.cosmos.ContainerProxy")
        for name in ("get_container_client", "create_container_if_not_exists")
    ),
    Sink("nosql", "azure.cosmos.ContainerProxy.query_items", (0, "query"), part="text", cwe="CWE-943"),
    Sink("nosql", "*.query_items", (0, "query"), part="text", confidence="medium", cwe="CWE-943"),
    Sink("nosql", "azure.data.tables.TableClient.query_entities", (0, "query_filter"), part="text", cwe="CWE-943"),
    *(
        Makes(f"elasticsearch.{name}", "elasticsearch.Elasticsearch")
        for name in ("Elasticsearch", "AsyncElasticsearch")
    ),
    Makes("opensearchpy.OpenSearch", "elasticsearch.Elasticsearch"),
    Sink(
        "nosql",
        "elasticsearch.Elasticsearch.search",
        ("body", "query"),
        part="whole",
        confidence="medium",
        cwe="CWE-943",
    ),
    *(Makes(f"neo4j.{name}", "neo4j.Driver") for name in ("GraphDatabase.driver", "Driver")),
    Makes("neo4j.Driver.session", "neo4j.Session"),
    *(
        Sink("nosql", f"neo4j.{name}", (0, "query"), part="text", cwe="CWE-943")
        for name in ("Session.run", "Driver.execute_query", "Transaction.run")
    ),
    Makes("influxdb.InfluxDBClient", "influxdb.InfluxDBClient"),
    Sink("nosql", "influxdb.InfluxDBClient.query", (0, "query"), part="text", cwe="CWE-943"),
)
