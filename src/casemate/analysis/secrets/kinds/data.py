"""Databases, search, content.

Source: MongoDB Atlas, Databricks "personal access tokens", Confluent, Algolia, Airtable "personal access tokens",
Contentful, Elastic, Snowflake documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token(
        "databricks-token",
        "Databricks token",
        "dapi{hex:32}",
        "dapi{hex:32}-{digit:1}",
        "dose{hex:32}",
        "dapi{lower:32}",
    ),
    token("airtable-token", "Airtable personal access token", "pat{base62:14}.{hex:64}"),
    token("airtable-key", "Airtable API key", "key{base62:14}", bits=5.4),
    token("contentful-token", "Contentful token", "CFPAT-{word:40-64}"),
    token("clickhouse-key", "ClickHouse Cloud key", "4b1d{base62:38}"),
    token("mongodb-atlas-secret", "MongoDB Atlas secret", "mdb_sa_sk_{word:40}"),
    token("elastic-key", "Elastic Cloud key", "essu_{b64:40-120}"),
    token("aiven-token", "Aiven token", "aivenv1{b64:380-400}"),
    token("sanity-token", "Sanity token", "sk{base62:80-180}", bits=5.4),
    token("xata-key", "Xata key", "xau_{base62:38}"),
    token("astra-token", "Astra DB token", "AstraCS:{word:20-24}:{hex:64}", edge="open"),
    token("fauna-secret", "Fauna secret", "fn{A|AE}{word:36-38}", bits=5.4),
    token("hygraph-token", "Hygraph token", "hyg_{base62:60}"),
    token("prisma-token", "Prisma platform token", "pdp_{base62:40}"),
    framed(
        "database-url",
        "password in a database address",
        r"(?i:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|"
        r"sqlserver|cockroachdb|clickhouse|oracle|db2|couchdb|neo4j(?:\+s)?|bolt|"
        r"nats|kafka|mqtts?|ldaps?|smtps?|imaps?|ftps?|sftp|ssh|jdbc:[a-z:]{2,30})"
        r"(?:\+[a-z0-9]{1,20})?://[^\s:@/\"'<>]*:(?P<secret>[^\s@\"'<>]{2,})@[^\s\"'<>/]+",
        anchors=("://",),
        looked_for=(r"://[^\s:@/\"'<>]*:[^\s@\"'<>]{2,}@[^\s\"'<>/]",),
        good=(
            "postgres://shop:{base62:12}@db.example.net:5432/shop",
            "mongodb+srv://app:{base62:16}@cluster0.abcde.mongodb.net",
        ),
        bad=(
            "postgres://user:password@localhost:5432/db",
            "mysql://user:${DB_PASSWORD}@db/shop",
            "postgres://<user>:<password>@host/db",
            "redis://user:{{password}}@cache",
        ),
    ),
    service("algolia-key", "Algolia key", "algolia", "{hex:32}", "{lower:32}"),
    service("airtable-legacy-key", "Airtable key", "airtable", "{base62:17}", "key{base62:14}"),
    service("confluent-key", "Confluent key", "confluent kafka", "{base62:64}", "{b64:64}", "{upper:16}", "{lower:16}"),
    service("contentful-key", "Contentful key", "contentful", "{word:43}"),
    service(
        "content-key",
        "content service key",
        "storyblok prismic buttercms contentstack sanity kontent dato ghost wordpress "
        "webflow butter cosmicjs strapi hygraph graphcms wistia vimeo mux cloudinary "
        "imagekit imgix bannerbear apitemplate restpack screenshotapi screenshotlayer "
        "urlbox browshot html2pdf pdflayer docparser craftmypdf convertapi cloudconvert "
        "zamzar filestack uploadcare transloadit placid shotstack pdfshift apiflash "
        "docraptor pspdfkit browserstack saucelabs lambdatest scrapinghub scraperapi "
        "scrapingbee scrapingant scrapestack scrapfly zenrows zenscrape webscraper "
        "apify dataforseo serpapi serpstack diggernaut phantombuster",
        "{base62:24}",
        "{hex:40}",
        "{lower:40}",
        "{hex:24}",
        "{base62:32}",
        "{lower:32}",
        "{hex:32}",
        "{base62:48}",
        "{lower:50}",
        "{hex:64}",
        "{base62:16}",
        "{base62:39}",
        "{base62:40}",
        "{base62:64}",
        "{uuid}",
        "{upper:7}-{upper:7}-{upper:7}-{upper:7}",
        "scp-{live|test}-{hex:32}",
        "{word:60}",
        "{base62:20-24}",
        "{upper:80}",
    ),
    service(
        "database-key",
        "database key",
        "mongodb mongo atlas redis redislabs elastic elasticsearch opensearch "
        "snowflake databricks singlestore cockroach fauna faunadb rockset influx "
        "influxdb timescale questdb couchbase arangodb neo4j hasura dgraph typesense "
        "meilisearch pinecone weaviate qdrant milvus zilliz firebolt motherduck "
        "tinybird aiven",
        "{uuid}",
        "{base62:64}",
        "{base62:24}",
        "{base62:32}",
        "{word:86}",
        "{text:60-400}",
        "{hex:64}",
        alone=False,
    ),
)
