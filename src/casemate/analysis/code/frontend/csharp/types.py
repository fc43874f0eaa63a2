"""Types of well-known namespaces that handlers use, by the name that a file gives them.

A file does not say which of its `using`s a type comes from, and since .NET 6 the project may give the `using`s; so the
names are listed with the namespace by which the models know them. Where several packages have a type of one name and
one meaning (`SqlCommand` of System.Data.SqlClient and of Microsoft.Data.SqlClient), it stands under one of them.

Sources: .NET API browser; Azure Functions C# developer references (in-process and isolated); aws-lambda-dotnet and
Functions Framework for .NET READMEs; documentation of the packages.
"""

from __future__ import annotations

import re

NAMESPACES: dict[str, str] = {
    "System": "Array AppDomain Activator BitConverter Buffer Console Convert DateTime DateTimeOffset Decimal Double"
    " Enum"
    " Environment Exception Guid Lazy Math Random String TimeSpan Tuple Type Uri UriBuilder Version"
    " ArgumentException InvalidOperationException AggregateException Int16 Int32 Int64 Boolean Byte Char Single",
    "System.Collections.Generic": "Dictionary List HashSet Queue Stack LinkedList SortedDictionary SortedList SortedSet"
    " KeyValuePair",
    "System.Collections.Concurrent": "ConcurrentDictionary ConcurrentQueue ConcurrentBag ConcurrentStack",
    "System.Collections.Specialized": "NameValueCollection",
    "System.Collections": "ArrayList Hashtable",
    "System.Data": "CommandType DataTable SqlDbType IDbConnection IDbCommand",
    "System.Data.Common": "DbConnection DbCommand",
    "System.Data.SqlClient": "SqlCommand SqlConnection SqlDataAdapter SqlParameter SqlConnectionStringBuilder",
    "System.Diagnostics": "Process ProcessStartInfo Debug Trace DataReceivedEventHandler",
    "System.DirectoryServices": "DirectorySearcher DirectoryEntry",
    "System.DirectoryServices.Protocols": "SearchRequest LdapConnection",
    "System.Globalization": "CultureInfo NumberStyles",
    "System.IO": "BinaryReader BinaryWriter Directory DirectoryInfo File FileInfo FileMode FileStream MemoryStream Path"
    " Stream StreamReader StreamWriter StringReader StringWriter",
    "System.IO.Compression": "ZipFile ZipArchive GZipStream",
    "System.Linq": "Enumerable",
    "System.Linq.Dynamic.Core": "DynamicExpressionParser",
    "System.Net": "Cookie Dns HttpWebRequest NetworkCredential ServicePointManager WebClient WebRequest WebUtility"
    " HttpStatusCode IPAddress",
    "System.Net.Http": "HttpClient HttpClientHandler HttpMethod HttpRequestMessage HttpResponseMessage StringContent"
    " SocketsHttpHandler IHttpClientFactory WebRequestHandler",
    "System.Net.Mail": "MailMessage SmtpClient MailAddress",
    "System.Net.Sockets": "Socket TcpClient NetworkStream",
    "System.Net.Security": "SslStream",
    "System.Reflection": "Assembly",
    "System.Runtime.Serialization": "NetDataContractSerializer DataContractSerializer",
    "System.Runtime.Serialization.Formatters.Binary": "BinaryFormatter",
    "System.Runtime.Serialization.Formatters.Soap": "SoapFormatter",
    "System.Runtime.Serialization.Json": "DataContractJsonSerializer",
    "System.Runtime.Loader": "AssemblyLoadContext",
    "System.Security.Cryptography": "Aes AesManaged AesCryptoServiceProvider AesGcm CipherMode DES"
    " DESCryptoServiceProvider DSA HMACMD5 HMACSHA1 HMACSHA256 MD5 MD5CryptoServiceProvider MD5Cng RC2"
    " RC2CryptoServiceProvider RSA RSACryptoServiceProvider RandomNumberGenerator RNGCryptoServiceProvider"
    " Rfc2898DeriveBytes Rijndael RijndaelManaged SHA1 SHA1Managed SHA1CryptoServiceProvider SHA1Cng SHA256 SHA512"
    " TripleDES TripleDESCryptoServiceProvider HashAlgorithm SymmetricAlgorithm KeyedHashAlgorithm HashAlgorithmName",
    "System.Text": "Encoding StringBuilder",
    "System.Text.Encodings.Web": "HtmlEncoder JavaScriptEncoder UrlEncoder",
    "System.Text.Json": "JsonDocument JsonSerializer JsonElement",
    "System.Text.Json.Nodes": "JsonNode JsonObject JsonArray",
    "System.Text.RegularExpressions": "Regex RegexOptions Match",
    "System.Threading": "Thread CancellationToken",
    "System.Threading.Tasks": "Task Parallel",
    "System.Web": "HttpUtility HttpCookie",
    "System.Web.Script.Serialization": "JavaScriptSerializer SimpleTypeResolver",
    "System.Web.UI": "LosFormatter ObjectStateFormatter",
    "System.Xml": "DtdProcessing XmlDocument XmlReader XmlReaderSettings XmlTextReader XmlUrlResolver XmlResolver"
    " XmlSecureResolver",
    "System.Xml.Linq": "XDocument XElement",
    "System.Xml.Serialization": "XmlSerializer",
    "System.Xml.XPath": "XPathDocument XPathNavigator XPathExpression",
    "System.Xml.Xsl": "XslCompiledTransform XsltSettings",
    "Microsoft.AspNetCore.Builder": "WebApplication WebApplicationBuilder",
    "Microsoft.AspNetCore.Html": "HtmlString",
    "Microsoft.AspNetCore.Http": "CookieOptions HttpContext HttpRequest HttpResponse IFormFile IFormCollection ISession"
    " Results TypedResults SameSiteMode IHttpContextAccessor IHeaderDictionary IQueryCollection",
    "Microsoft.AspNetCore.Mvc": "ActionResult ApiController BadRequestObjectResult ConflictObjectResult ContentResult"
    " Controller ControllerBase FileContentResult FromBody FromForm FromHeader FromQuery FromRoute FromServices"
    " HttpDelete HttpGet HttpPatch HttpPost HttpPut IActionResult JsonResult LocalRedirectResult NotFoundObjectResult"
    " ObjectResult OkObjectResult PhysicalFileResult RedirectResult Route StatusCodeResult UnauthorizedObjectResult"
    " UnprocessableEntityObjectResult ValidateAntiForgeryToken AcceptVerbs NonAction ProblemDetails",
    "Microsoft.AspNetCore.Authorization": "AllowAnonymous Authorize",
    "Microsoft.AspNetCore.Components": "MarkupString",
    "Microsoft.AspNetCore.Mvc.Rendering": "IHtmlHelper",
    "Microsoft.Azure.Functions.Worker": "Function HttpTrigger QueueTrigger BlobTrigger ServiceBusTrigger"
    " EventHubTrigger CosmosDBTrigger TimerTrigger EventGridTrigger AuthorizationLevel FunctionContext TimerInfo"
    " KafkaTrigger RabbitMQTrigger SignalRTrigger ActivityTrigger OrchestrationTrigger TableInput BlobInput"
    " CosmosDBInput SqlTrigger SqlInput",
    "Microsoft.Azure.Functions.Worker.Http": "HttpRequestData HttpResponseData HttpCookie",
    "Microsoft.Azure.WebJobs": "FunctionName ExecutionContext Blob Queue CosmosDB Table ServiceBus EventHub Sql",
    "Microsoft.CodeAnalysis.CSharp.Scripting": "CSharpScript",
    "Microsoft.CodeAnalysis.CSharp": "CSharpSyntaxTree CSharpCompilation",
    "Microsoft.CSharp": "CSharpCodeProvider",
    "Microsoft.Extensions.Configuration": "IConfiguration ConfigurationBuilder IConfigurationRoot",
    "Microsoft.Extensions.Logging": "ILogger ILoggerFactory",
    "Microsoft.IdentityModel.Tokens": "SymmetricSecurityKey TokenValidationParameters SigningCredentials"
    " SecurityAlgorithms",
    "Microsoft.IdentityModel.JsonWebTokens": "JsonWebTokenHandler JsonWebToken",
    "System.IdentityModel.Tokens.Jwt": "JwtSecurityTokenHandler JwtSecurityToken",
    "Microsoft.EntityFrameworkCore": "DbContext DbSet DbContextOptions",
    "Microsoft.Data.Sqlite": "SqliteCommand SqliteConnection",
    "Npgsql": "NpgsqlCommand NpgsqlConnection NpgsqlDataSource",
    "MySql.Data.MySqlClient": "MySqlCommand MySqlConnection MySqlDataAdapter",
    "Oracle.ManagedDataAccess.Client": "OracleCommand OracleConnection",
    "Dapper": "SqlMapper DynamicParameters",
    "Newtonsoft.Json": "JsonConvert JsonSerializerSettings TypeNameHandling",
    "Newtonsoft.Json.Linq": "JObject JArray JToken",
    "MongoDB.Bson": "BsonDocument BsonRegularExpression",
    "MongoDB.Bson.Serialization": "BsonSerializer",
    "MongoDB.Driver": "MongoClient IMongoCollection IMongoDatabase Builders",
    "RestSharp": "RestClient RestRequest",
    "Serilog": "Log",
    "NLog": "LogManager",
    "log4net": "ILog",
    "RazorLight": "RazorLightEngine RazorLightEngineBuilder",
    "RazorEngine": "Engine",
    "Scriban": "Template",
    "YamlDotNet.Serialization": "Deserializer DeserializerBuilder",
    "MessagePack": "MessagePackSerializer",
    "ProtoBuf": "Serializer",
    "Ganss.Xss": "HtmlSanitizer",
    "NCalc": "Expression",
    "Amazon.Lambda.Annotations": "LambdaFunction FromBody FromHeader FromQuery FromRoute LambdaStartup HttpResults",
    "Amazon.Lambda.Annotations.APIGateway": "HttpApi RestApi HttpResults",
    "Amazon.Lambda.APIGatewayEvents": "APIGatewayCustomAuthorizerRequest APIGatewayHttpApiV2ProxyRequest"
    " APIGatewayHttpApiV2ProxyResponse APIGatewayProxyRequest APIGatewayProxyResponse",
    "Amazon.Lambda.ApplicationLoadBalancerEvents": "ApplicationLoadBalancerRequest ApplicationLoadBalancerResponse",
    "Amazon.Lambda.CloudWatchEvents.ScheduledEvents": "ScheduledEvent",
    "Amazon.Lambda.CloudWatchEvents": "CloudWatchEvent",
    "Amazon.Lambda.Core": "ILambdaContext ILambdaLogger LambdaLogger LambdaSerializer",
    "Amazon.Lambda.DynamoDBEvents": "DynamoDBEvent",
    "Amazon.Lambda.KinesisEvents": "KinesisEvent",
    "Amazon.Lambda.RuntimeSupport": "LambdaBootstrapBuilder",
    "Amazon.Lambda.S3Events": "S3Event",
    "Amazon.Lambda.SNSEvents": "SNSEvent",
    "Amazon.Lambda.SQSEvents": "SQSEvent SQSBatchResponse",
    "Amazon.Lambda.SimpleEmailEvents": "SimpleEmailEvent",
    "AWS.Lambda.Powertools.Logging": "Logger",
    "Google.Cloud.Functions.Framework": "IHttpFunction ICloudEventFunction",
    "Google.Cloud.SecretManager.V1": "SecretManagerServiceClient AccessSecretVersionResponse",
    "CloudNative.CloudEvents": "CloudEvent",
    "Azure.Security.KeyVault.Secrets": "SecretClient KeyVaultSecret",
    "Azure.Identity": "DefaultAzureCredential ManagedIdentityCredential",
    "Azure.Storage.Blobs": "BlobClient BlobContainerClient BlobServiceClient",
    "Azure.Storage.Blobs.Specialized": "BlockBlobClient AppendBlobClient PageBlobClient",
    "Azure.Storage.Queues": "QueueClient QueueServiceClient",
    "Azure.Storage.Files.DataLake": "DataLakeServiceClient DataLakeFileSystemClient DataLakeFileClient"
    " DataLakeDirectoryClient",
    "Azure.Storage.Files.Shares": "ShareServiceClient ShareClient ShareDirectoryClient ShareFileClient",
    "Azure.Data.Tables": "TableClient TableServiceClient",
    "Azure.Data.AppConfiguration": "ConfigurationClient",
    "Azure.Messaging.EventHubs.Producer": "EventHubProducerClient",
    "Azure.Messaging.EventHubs.Consumer": "EventHubConsumerClient",
    "Azure.Security.KeyVault.Keys": "KeyClient",
    "Azure.Security.KeyVault.Keys.Cryptography": "CryptographyClient",
    "Azure.Security.KeyVault.Certificates": "CertificateClient",
    "Azure.Storage.Queues.Models": "QueueMessage",
    "Azure.Messaging.ServiceBus": "ServiceBusClient ServiceBusReceivedMessage ServiceBusMessage ServiceBusSender"
    " ServiceBusReceiver ServiceBusProcessor ServiceBusAdministrationClient",
    "Azure.Messaging.EventHubs": "EventData",
    "Azure.Messaging.EventGrid": "EventGridEvent EventGridPublisherClient",
    "Microsoft.Azure.Cosmos": "CosmosClient Container QueryDefinition",
    "Amazon.S3": "AmazonS3Client IAmazonS3",
    "Amazon.DynamoDBv2": "AmazonDynamoDBClient IAmazonDynamoDB",
    "Amazon.DynamoDBv2.DataModel": "DynamoDBContext DynamoDBContextBuilder DynamoDBTable IDynamoDBContext",
    "Amazon.DynamoDBv2.DocumentModel": "Table ITable TableBuilder",
    "Amazon.S3.Transfer": "TransferUtility ITransferUtility",
    "Amazon.SecretsManager.Extensions.Caching": "SecretsManagerCache ISecretsManagerCache",
    "AWS.Lambda.Powertools.Parameters": "ParametersManager",
    "AWS.Lambda.Powertools.Parameters.SimpleSystemsManagement": "ISsmProvider",
    "AWS.Lambda.Powertools.Parameters.SecretsManager": "ISecretsProvider",
    "Amazon.SQS": "AmazonSQSClient IAmazonSQS",
    "Amazon.SimpleNotificationService": "AmazonSimpleNotificationServiceClient IAmazonSimpleNotificationService",
    "Amazon.SecretsManager": "AmazonSecretsManagerClient IAmazonSecretsManager",
    "Amazon.SecretsManager.Model": "GetSecretValueRequest",
    "Amazon.SimpleSystemsManagement": "AmazonSimpleSystemsManagementClient IAmazonSimpleSystemsManagement",
    "Amazon.SimpleSystemsManagement.Model": "GetParameterRequest",
}

_SAME = {
    "Microsoft.Data.SqlClient": "System.Data.SqlClient", "MySqlConnector": "MySql.Data.MySqlClient",
    "System.Data.SQLite": "Microsoft.Data.Sqlite", "Microsoft.Azure.WebJobs": "Microsoft.Azure.Functions.Worker",
    "Microsoft.Azure.WebJobs.Extensions.Http": "Microsoft.Azure.Functions.Worker",
}  # fmt: skip
"""Namespaces with the same types as another."""


_CLIENT = re.compile(r"^(?:I?Amazon([A-Z]\w*)Client|IAmazon([A-Z]\w*))$")
"""Clients of AWS and their interfaces: their names say the service, whatever namespace they stand in."""


def _listed() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for namespace, names in NAMESPACES.items():
        for name in names.split():
            table.setdefault(name, []).append(f"{namespace}.{name}")
    return {name: tuple(found) for name, found in table.items()}


TYPES: dict[str, tuple[str, ...]] = _listed()
"""A simple name -> the full names that it may mean."""


def full_name(name: str, usings: frozenset[str] | set[str]) -> str | None:
    """The full name of a type of a library by its simple name, the namespaces in use deciding between several."""
    found = TYPES.get(name.removesuffix("Attribute") or name)
    if found is None:
        match = _CLIENT.match(name)
        return None if match is None else f"Amazon.{match[1] or match[2]}.{name}"
    if len(found) == 1:
        return found[0]
    same = {_SAME.get(one, one) for one in usings} | set(usings)
    return next((one for one in found if one.rpartition(".")[0] in same), found[0])


def qualified(dotted: str) -> str | None:
    """The full name of a type that is written with its namespace."""
    namespace, _, name = dotted.removeprefix("global::").rpartition(".")
    namespace = _SAME.get(namespace, namespace)
    return next((one for one in TYPES.get(name, ()) if one == f"{namespace}.{name}"), None)
