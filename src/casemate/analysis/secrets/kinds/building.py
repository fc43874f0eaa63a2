"""Tools around code: feature flags, tests, translation, documentation, build caches, editors.

Source: DevCycle "SDK keys", Statsig "Server secret keys", Unleash "API tokens", Flagsmith "Server keys",
Cypress "Record key", Chromatic, Applitools, LambdaTest, Transifex, WakaTime "API key", Open VSX, Expo, RevenueCat,
Code climate and DeepSource, Mergify, Zuplo, Kong Konnect "Personal access tokens", Temporal, RapidAPI, WordPress
"Security keys", WooCommerce "REST API keys".
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token("devcycle-key", "DevCycle key", "dvc_{client|server|mobile}_{word:30-60}"),
    token("statsig-key", "Statsig key", "console-{base62:40-46}", "secret-{base62:40-46}", bits=5.2),
    framed(
        "unleash-token",
        "Unleash token",
        r"(?:[^0-9A-Za-z_*-]|\A)(?P<secret>[0-9A-Za-z_*-]{1,40}:(?:production|development|staging|default|prod|test|dev|qa|uat)\.[0-9a-f]{56,64})(?:[^0-9A-Za-z]|\z)",
        anchors=(
            ":production.",
            ":development.",
            ":staging.",
            ":default.",
            ":prod.",
            ":test.",
            ":dev.",
            ":qa.",
            ":uat.",
        ),
        good=("Authorization: *:production.{hex:56}", "token = default:development.{hex:64}"),
        bad=("sha256:file.{x:56}",),
        bits=3.0,
    ),
    token("flagsmith-key", "Flagsmith server key", "ser.{base62:20-24}", bits=5.2),
    token("chromatic-token", "Chromatic token", "chpt_{hex:15}", "chpt_{lower:12-40}"),
    token("lambdatest-key", "LambdaTest key", "LT_{base62:40-50}"),
    token("wakatime-key", "WakaTime key", "waka_{uuid}", "waka_{tok|sec|acc}_{base62:40-90}"),
    token("openvsx-token", "Open VSX token", "ovsxat_{uuid}", "ovsxp_{uuid}"),
    token("revenuecat-key", "RevenueCat secret key", "sk_{base62:29-31}", bits=5.4),
    token("deepsource-token", "DeepSource token", "dsp_{lower:38-44}"),
    token("mergify-key", "Mergify application key", "mergify_application_key_{word:40-80}"),
    token("zuplo-key", "Zuplo key", "zpka_{hex:32}_{hex:8}"),
    token("kong-token", "Kong Konnect token", "{kpat|spat}_{base62:40-60}"),
    token("localstack-token", "LocalStack token", "ls-{word:8}-{word:4}-{word:4}-{word:4}-{word:12}", bits=4.8),
    token("rapidapi-key", "RapidAPI key", "{lower:10}msh{lower:15}p1{lower:6}jsn{lower:12}"),
    token("branch-key", "Branch key", "key_{live|test}_{base62:32}"),
    token(
        "onfido-token",
        "Onfido token",
        "api_{live|sandbox}.{word:11}.{word:32}",
        "api_{live|sandbox}_{us|ca|eu}.{word:11}.{word:32}",
    ),
    token("kolide-key", "Kolide key", "k2sk_v1_{base62:24}"),
    token("imagekit-key", "ImageKit private key", "private_{b64:22-30}="),
    token("metabase-key", "Metabase key", "mb_{b64:43}=", edge="word"),
    token("calcom-key", "Cal.com key", "cal_live_{hex:32}", "cal_{hex:32}"),
    token("dub-key", "Dub key", "dub_{base62:24}"),
    token("axiom-token", "Axiom token", "{xaat|xapt}-{uuid}"),
    token("plain-key", "Plain key", "plainApiKey_uk_{base62:20-60}", "plainApiKey_{base62:20-60}"),
    token("liveblocks-key", "Liveblocks key", "sk_{prod|dev}_{word:40-70}", bits=4.8),
    token("growthbook-key", "GrowthBook key", "secret_{admin|readonly|user}_{b64:40-60}"),
    token("thunderstore-token", "Thunderstore token", "tss_{base62:36}"),
    token("lichess-token", "Lichess token", "lip_{base62:20}", "lio_{base62:32}"),
    token("cfx-key", "Cfx.re server key", "cfxk_{base62:20}_{base62:6}"),
    token("google-hmac-key", "Google Cloud Storage HMAC key id", "GOOG1E{upper:55}", "GOOG{upper:10}", bits=4.8),
    framed(
        "wordpress-key",
        "WordPress key or salt",
        r"define\(\s{0,6}[\"'](?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)[\"'],\s{0,20}[\"']"
        r"(?P<secret>[ -~]{50,80}?)[\"'](?:\s{0,6}\)|\z)",
        anchors=("AUTH_KEY", "AUTH_SALT", "LOGGED_IN_KEY", "LOGGED_IN_SALT", "NONCE_KEY", "NONCE_SALT"),
        looked_for=(r"(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)[\"'],",),
        good=("define('AUTH_KEY',         '{text:64}');", "define( 'NONCE_SALT', '{base62:64}' );"),
        bad=("define('AUTH_KEY', 'put your unique phrase here');", "define('AUTH_KEY', getenv('AUTH_KEY'));"),
        bits=4.4,
    ),
    token("woocommerce-key", "WooCommerce key", "{ck|cs}_{hex:40}"),
    service(
        "developer-tool-key",
        "key of a developer tool",
        "applitools bitrise buildbuddy chromatic codecov codemagic codescene configcat coveralls cypress "
        "devcycle eppo flagsmith gitea codeberg growthbook kameleoon lambdatest localstack mergify "
        "percyio posteditor qaseio semaphoreci statsig testrail transifex "
        "unleash wakatime freemius gitalk gitguardian wpengine appcenter revenuecat adapty qonversion "
        "wandb neptuneai clearml dagshub mlflow roboflow labelbox scaleai apimatic appsynergy cashboard "
        "checkvist clickhelp cliengo clientary cloudelements cloudimage cloudmersive cloudplan cloze convier "
        "countrylayer customerguru dfuse duply envoyapi eraserio exportsdk fileio finage fmfw formio getemail "
        "getemails instamojo linemessaging salesmate signalwire signaturit sugester "
        "technicalanalysis unifyid upwave webscraping freshworks pganalyze deviantart coderabbit",
        "{uuid}",
        "{hex:32}",
        "{hex:40}",
        "{hex:64}",
        "{base62:32}",
        "{base62:40}",
        "{base62:24}",
        "{base62:20}",
        "1/{hex:40}",
        "{word:20-80}",
    ),
    service(
        "developer-word-key",
        "key of a developer tool",
        "argos happo nightwatch rainforest reflect sauce xray zephyr comet impala magnetic blogger signable teletype",
        "{uuid}",
        "{hex:32}",
        "{hex:40}",
        "{base62:32}",
        "{base62:40}",
        "{word:20-64}",
        alone=False,
    ),
)
