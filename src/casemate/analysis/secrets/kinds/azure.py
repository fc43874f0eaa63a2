"""Microsoft Azure.

Source: "Azure storage connection strings", "Entra application credentials", Azure DevOps "personal access tokens"
(the fixed signature of 84 character tokens), "Shared access signatures".
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    framed(
        "azure-storage-key",
        "Azure storage account key",
        r"(?i:accountkey|account_key|storage_?-?(?:account_?-?)?(?:access_?-?)"
        r"?key|sharedaccesskey)[\"']?[ \t]{0,20}(?:=>|=|:|,)[ \t]{0,20}[\"']?(?P<secret>[0-9A-Za-z+/]{"
        r"42,86}={1,2})",
        anchors=("accountkey", "account_key", "storage", "sharedaccesskey"),
        good=(
            "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={base62:86}==;EndpointSuffix=core.windows.net",
            "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={base62:43}=",
            'storage_account_key = "{base62:86}=="',
        ),
        bad=(
            # the well-known key of the storage emulator, documented by Microsoft
            "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
            "AccountKey=<key>;",
            "AccountKey={x:86}==",
        ),
        caseless=True,
        bits=4.6,
    ),
    framed(
        "azure-configuration-secret",
        "Azure App Configuration connection string",
        r"Endpoint=https://[0-9A-Za-z.-]{3,80}\.azconfig\.io;Id=[^;\s\"']{4,80};Secret=(?P<secret>[0-9"
        r"A-Za-z+/]{36,90}={0,2})",
        anchors=(".azconfig.io;",),
        good=("Endpoint=https://shop.azconfig.io;Id=0-l0-s0:{base62:20};Secret={b64:43}",),
        bad=("Endpoint=https://shop.azconfig.io;Id=0-l0-s0:abc;Secret=<secret>",),
    ),
    framed(
        "azure-client-secret",
        "Microsoft Entra client secret",
        r"(?:[^0-9A-Za-z_.~-]|\A)(?P<secret>[0-9A-Za-z_.~-]{3}[0-9]Q~[0-9A-Za-z_.~-]{31,34})(?:[^0-9A-Za-z_.~-]|\z)",
        anchors=tuple(f"{digit}Q~" for digit in range(10)),
        good=("client_secret={base62:3}8Q~{base62:34}", "'{base62:3}7Q~{base62:31}'"),
        bad=("client_secret={base62:3}8Q~{base62:12}", "client_secret={x:3}8Q~{x:34}"),
        bits=4.6,
    ),
    framed(
        "azure-signature",
        "Azure shared access signature",
        r"[?&;\"']s[ivrep]{1,3}=[^\s\"'<>]+&sig=(?P<secret>[0-9A-Za-z%+/]{43,64}(?:%3[dD]|=))",
        anchors=("&sig=",),
        good=("https://shop.blob.core.windows.net/c/b?sv=2024-08-04&se=2027-01-01&sr=b&sp=r&sig={base62:43}%3D",),
        bad=("https://shop.blob.core.windows.net/c/b?sv=2024-08-04&sr=b&sp=r&sig=<signature>",),
        bits=4.6,
    ),
    framed(
        "azure-function-key",
        "Azure Functions key in a URL",
        r"\.azurewebsites\.net/[^\s\"'<>]*[?&]code=(?P<secret>[0-9A-Za-z_/+%-]{40,80}(?:={0,2}|(?:%3[dD]){0,2}))",
        anchors=(".azurewebsites.net/",),
        good=("https://shop.azurewebsites.net/api/orders?code={base62:54}==",),
        bad=("https://shop.azurewebsites.net/api/orders?code=<your-function-key>",),
        bits=4.6,
    ),
    framed(
        "azure-signed-key",
        "Azure key with Microsoft's signature",
        r"(?P<secret>[0-9A-Za-z+/_-]{52}(?:JQQJ[79][79]|AzFu|AAAAAC|ACDbt|AzCa|APIM|"
        r"\+ACDb|\+AMC|\+ARm|\+ASt|AIoT|AzSe)[0-9A-Za-z+/=]{4,28})",
        anchors=(
            "JQQJ99",
            "JQQJ77",
            "JQQJ79",
            "JQQJ97",
            "AzFu",
            "AAAAAC",
            "ACDbt",
            "AzCa",
            "APIM",
            "+ACDb",
            "+AMC",
            "+ARm",
            "+ASt",
            "AIoT",
            "AzSe",
        ),
        looked_for=("JQQJ[79][79]", "AzFu", "AAAAAC", "ACDbt", "AzCa", "APIM", "AIoT", "AzSe", r"\+A(?:CDb|MC|Rm|St)"),
        good=("pat = {base62:52}JQQJ99BAACAAAAAAAAAAAAASAZDO{base62:4}", "key: {base62:52}AzFu{base62:6}=="),
        bad=("pat = {x:52}JQQJ99BAACAAAAAAAAAAAAASAZDO{x:4}",),
        bits=4.6,
        edge="word",
    ),
    token("azure-webpubsub-key", "Azure connection string", "AccessKey={b64:43}=;Version=1.0;", edge="open"),
    framed(
        "azure-password-sql",
        "password in a database connection string",
        r"(?i)(?:server|data source|host|user id|uid|initial catalog|database)"
        r"=[^\"'\n]+;[ ]{0,4}(?:password|pwd)=(?P<secret>[^;\"'\s<>]{4,})",
        anchors=("password=", "pwd="),
        good=("Server=db.example.net;Database=shop;User Id=shop;Password={base62:12};",),
        bad=("Server=db;User Id=shop;Password={your_password};", "Server=db;User Id=shop;Password=$(dbPassword);"),
        caseless=True,
    ),
    service(
        "azure-devops-token",
        "Azure DevOps token",
        "azuredevops vsts azdo azpipelines",
        "{lower:52}",
        "{base62:76}JQQJ{base62:4}",
    ),
    service(
        "azure-key",
        "Azure key",
        "azure openai cognitive cosmos cosmosdb azuresearch azuremaps applicationinsights "
        "appinsights batch iothub eventgrid eventhub servicebus",
        "{hex:32}",
        "{base62:52}",
        "{b64:43}",
        "{b64:86}",
        "{base62:84}",
        alone=False,
    ),
    service("azure-apim-key", "Azure API Management subscription key", "ocpapimsubscription apim", "{hex:32}"),
    service("powerbi-token", "Power BI token", "powerbi", "{base62:40-90}"),
)
