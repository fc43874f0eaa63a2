"""Services whose keys carry no mark and that fit no other family, and frames of single products.

Source: each provider's page on API keys; Jenkins "Installing: post-installation setup wizard", Vault "Seal/unseal"
and "AppRole", Kubernetes "Bootstrap tokens", Django `get_random_secret_key`, ThingsBoard "HTTP device API", Tableau
"Personal access tokens", Azure Container Registry "Admin account", Tines "Webhooks".
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

_SHAPES = (
    "{hex:32}",
    "{lower:32}",
    "{base62:32}",
    "{hex:40}",
    "{lower:40}",
    "{base62:40}",
    "{uuid}",
    "{hex:64}",
    "{base62:64}",
    "{base62:20}",
    "{base62:24}",
    "{hex:24}",
    "{hex:48}",
)

KINDS = (
    token("bitbucket-datacenter-token", "Bitbucket Data Center token", "BBDC-{b64:40-60}", edge="open"),
    token(
        "airtable-oauth-token",
        "Airtable OAuth token",
        "oaa{base62:14}.v1.{word:40-400}.{hex:64}",
        edge="open",
    ),
    token("photoroom-key", "PhotoRoom key", "sk_pr_{word:2-24}_{hex:40}", "sandbox_{hex:40}"),
    token("scale-live-key", "Scale AI key", "live_{hex:32}", bits=3.0),
    framed(
        "licence-key",
        "licence or activation key",
        r"(?i:(?:activation|licen[cs]e|product|serial)[ _-]?(?:key|code|number)?)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
        r"(?P<secret>[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4})(?:[^0-9A-Za-z-]|\z)",
        anchors=("activation", "license", "licence", "product", "serial"),
        looked_for=tuple(
            word + r"[ _-]?(?:key|code|number)?[\"']?[ \t]*[:=][ \t]*[\"']?[0-9A-Z]{5}-"
            for word in ("activation", "licen[cs]e", "product", "serial")
        ),
        caseless=True,
        good=("Activation key: {upper:5}-{upper:5}-{upper:5}-{upper:5}-{upper:5}",),
        bad=("Product key: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX", "serial number: 12-34"),
        bits=4.6,
    ),
    token("rootly-token", "Rootly token", "rootly_{hex:64}"),
    token("besttime-key", "BestTime private key", "pri_{hex:32}"),
    framed(
        "launchdarkly-key",
        "LaunchDarkly key",
        r"(?P<secret>(?:sdk|api)-[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12})",
        anchors=("sdk-", "api-"),
        looked_for=(r"(?:sdk|api)-[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}",),
        good=("LD_KEY=sdk-{uuid}", "api-{uuid}"),
        bad=("sdk-{x:8}-{x:4}-{x:4}-{x:4}-{x:12}",),
        edge="word",
        bits=4.0,
    ),
    token(
        "newrelic-region-license",
        "New Relic key with a region",
        "{lower:4}xx{hex:30}NRAL",
        "{lower:4}xx{hex:30-36}-NRMA",
    ),
    framed(
        "azure-registry-password",
        "Azure Container Registry password",
        r"(?P<secret>[0-9A-Za-z+/]{42}\+ACR[0-9A-Za-z+/]{6})",
        anchors=("+ACR",),
        good=("docker login -p {base62:42}+ACR{base62:6} shop.azurecr.io",),
        bad=("docker login -p {x:42}+ACR{x:6} shop.azurecr.io",),
        edge="word",
        bits=4.6,
    ),
    framed(
        "django-secret-key",
        "Django secret key",
        r"(?P<secret>django-insecure-[a-z0-9!@#$%^&*(_=+)-]{50})",
        anchors=("django-insecure-",),
        good=("SECRET_KEY = 'django-insecure-{lower:50}'",),
        bad=("SECRET_KEY = 'django-insecure-key'",),
        bits=4.6,
    ),
    framed(
        "vault-unseal-key",
        "Vault unseal or recovery key",
        r"(?i:unseal|recovery) key(?: [1-9])?: (?P<secret>[0-9A-Za-z+/]{43}[0-9A-Za-z+/=])",
        anchors=("unseal key", "recovery key"),
        caseless=True,
        good=("Unseal Key 2: {base62:44}",),
        bad=("Unseal Key 1: (will be hidden)",),
        bits=4.6,
    ),
    framed(
        "vault-approle-secret",
        "Vault AppRole secret id",
        r"role[_-]?id[0-9]?[^\n]*\n(?:[^\n]*\n){0,4}?[^\n]*secret_?id[0-9]?[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
        r"(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
        anchors=("secret_id", "secretid"),
        looked_for=(r"secret_?id[0-9]?[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?[0-9a-f]{8}-",),
        caseless=True,
        good=("role_id = {uuid}\nsecret_id = {uuid}\n",),
        bad=("secret_id = {uuid}\n", "role_id = x\nsecret_id = $SECRET_ID\n"),
    ),
    framed(
        "jenkins-initial-password",
        "first administrator password of Jenkins",
        r"proceed to installation:\s{1,8}(?P<secret>[0-9a-f]{30,32})",
        anchors=("proceed to installation:",),
        good=("Please use the following password to proceed to installation:\n\n{hex:32}\n",),
        bad=("to proceed to installation:\n\n<password>\n",),
    ),
    framed(
        "kubernetes-bootstrap-token",
        "Kubernetes bootstrap token",
        r"(?:bootstrap-token|discovery-token|join[^\n]{1,80}--token)[ =:\"']{1,3}(?P<secret>[0-9a-z]{6}\.[0-9a-z]{16})",
        anchors=("bootstrap-token", "discovery-token", "--token"),
        looked_for=(
            r"bootstrap-token[ =:\"']{1,3}[0-9a-z]{6}\.",
            r"discovery-token[ =:\"']{1,3}[0-9a-z]{6}\.",
            r"--token[ =:\"']{1,3}[0-9a-z]{6}\.",
        ),
        good=("kubeadm join 10.0.0.1:6443 --token {lower:6}.{lower:16}", "--tls-bootstrap-token {lower:6}.{lower:16}"),
        bad=("kubeadm join 10.0.0.1:6443 --token $TOKEN", "--discovery-token <token>"),
    ),
    framed(
        "codeclimate-reporter",
        "Code Climate reporter id",
        r"CC_TEST_REPORTER_ID[\"']?[ ]{0,4}[:=][ ]{0,4}[\"']?(?P<secret>[0-9a-f]{64})",
        anchors=("CC_TEST_REPORTER_ID",),
        good=("CC_TEST_REPORTER_ID: {hex:64}",),
        bad=("CC_TEST_REPORTER_ID: ${{ secrets.CC }}",),
    ),
    framed(
        "thingsboard-device-token",
        "ThingsBoard device token in an address",
        r"/api/v1/(?P<secret>[0-9A-Za-z]{20})/(?:telemetry|attributes|rpc|claim)",
        anchors=("/api/v1/",),
        looked_for=(r"/api/v1/[0-9A-Za-z]{20}/",),
        good=("https://things.example.net/api/v1/{base62:20}/telemetry",),
        bad=("https://things.example.net/api/v1/$ACCESS_TOKEN/telemetry",),
        bits=4.8,
    ),
    framed(
        "tableau-token",
        "Tableau personal access token",
        r"(?:[^0-9A-Za-z+/]|\A)(?P<secret>[0-9A-Za-z+/]{22}==:[0-9A-Za-z]{32})(?:[^0-9A-Za-z]|\z)",
        anchors=("==:",),
        good=("token = {base62:22}==:{base62:32}",),
        bad=("token = {x:22}==:{x:32}",),
        bits=5.0,
    ),
    framed(
        "tines-webhook",
        "Tines webhook",
        r"\.tines\.com/webhook/(?P<secret>[0-9a-z]{32}/[0-9a-z]{32,64})",
        anchors=(".tines.com/webhook/",),
        good=("https://shop.tines.com/webhook/{hex:32}/{hex:32}",),
        bad=("https://shop.tines.com/webhook/path/secret",),
    ),
    framed(
        "power-automate-signature",
        "signed address of a Power Automate or Logic Apps trigger",
        r"(?:logic\.azure\.com|powerplatform\.com)[^\s\"'<>]*/(?:invoke|run)?\?[^\s\"'<>]*\bsig=(?P<secret>[0-9A-Za-z_-]{40,64})",
        anchors=("logic.azure.com", "powerplatform.com"),
        good=(
            "https://prod-1.westeurope.logic.azure.com:443/workflows/{hex:32}/triggers/manual/paths/invoke?sv=1&sig={base62:43}",
        ),
        bad=("https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=<sig>",),
        bits=4.6,
    ),
    service(
        "further-service-key",
        "service key",
        "abyssale adzuna aeroworkflow airvisual alconost alegra aletheiaapi allsports ambee apacta api2cart apideck "
        "apifonica apptivo artsy autodesk bitbar blocknative borgbase bscscan budibase bulbul bulksms caflou "
        "captaindata carboninterface cexio chatfule clinchpad clockworksms cloverly codequiry coinlib companyhub "
        "conversiontools dailyco deepai dnscheck documo dotdigital dovico dronahq dwolla dyspatch eagleeyenetworks "
        "easyinsight ecostruxureit edenai enablex extractorapi feedier fetchrss fibery flowflu formsite fxmarket "
        "getgeoapi getgist glassnode gocanvas groovehq gtmetrix gyazo hiveage hybiscus interseller invoiceocean "
        "ipquality jumpcloud kanbantool karmacrm larksuite lendflow lessannoyingcrm livestorm magicbell mailsac "
        "meistertask meraki metaapi mindmeister mockaroo nasdaqdatalink netsuite neutrinoapi onedesk onfleet "
        "pandascore parsehub parseur photoroom pinata planviewleankit planyo pollsapi portainer postageapp powrbot "
        "prospectcrm qase qubole reachmail reallysimplesystems rechargepayments robinhood saladcloud sheety sigopt "
        "simfin simplesat smooch surveyanyplace surveysparrow teamgate thousandeyes tineswebhook tokeet veriphone "
        "vpnapi vyte web3storage wepay zenkit avaza exchangerate metrilo formcraft vatlayer timezoneapi tefter "
        "holistic stackhawk",
        *_SHAPES,
    ),
    service(
        "further-word-key",
        "service key",
        "agora atera deputy percy ramp twist geocode sirv roaring cannyio enigma oanda luno humanity caspio demio "
        "goodday solarwinds aylien airship spectralops openvpn rabbitmq postgres redhat brandfetch",
        *_SHAPES,
        "{word:20-64}",
        alone=False,
    ),
)
