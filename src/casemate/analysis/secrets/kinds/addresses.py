"""Addresses that open something by themselves: nodes of chains, incoming webhooks, log inputs, signed links.

Source: Infura "Endpoints", Alchemy "API overview", QuickNode "Authentication", Ankr, GetBlock and Chainstack guides,
Slack "Incoming webhooks" and "Workflow webhooks", Mattermost "Incoming webhooks", Google Chat "Register the webhook",
Lark and Feishu "Custom bot", DingTalk "Custom robot", WeCom "Group robot", Healthchecks "Ping URLs", Loggly "HTTP
endpoint", Sumo Logic "HTTP source", Discord and Guilded webhooks, Cloudinary "URL", Home Assistant, n8n, Bitrise.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, token

KINDS = (
    framed(
        "chain-node-address",
        "address of a chain's node with its key",
        r"(?:\.infura\.io/(?:ws/)?v3/(?P<secret>[0-9a-f]{32}))",
        anchors=(".infura.io/",),
        good=("https://mainnet.infura.io/v3/{hex:32}", "wss://sepolia.infura.io/ws/v3/{hex:32}"),
        bad=("https://mainnet.infura.io/v3/YOUR-PROJECT-ID",),
        bits=3.0,
    ),
    framed(
        "alchemy-address",
        "Alchemy address with its key",
        r"\.(?:g\.alchemy\.com|alchemyapi\.io)/(?:nft/|v[0-9]/)?v[0-9]/(?P<secret>[0-9A-Za-z_-]{32})(?:[^0-9A-Za-z_-]|\z)",
        anchors=("alchemy.com/", "alchemyapi.io/"),
        good=("https://eth-mainnet.g.alchemy.com/v2/{base62:32}",),
        bad=("https://eth-mainnet.g.alchemy.com/v2/your-api-key",),
        bits=4.8,
    ),
    framed(
        "node-provider-address",
        "address of a chain's node with its key",
        r"(?:\.qui(?:c)?knode\.(?:pro|io)/|rpc\.ankr\.com/[a-z_]{2,30}/|go\.getblock\.io/|\.p2pify\.com/|"
        r"\.core\.chainstack\.com/|\.blastapi\.io/|\.nodereal\.io/v1/|\.blockpi\.network/v1/rpc/|"
        r"\.tatum\.io/|rpc\.tenderly\.co/fork/|\.gateway\.tenderly\.co/)(?P<secret>[0-9a-f]{32,64}|[0-9a-f-]{36})",
        anchors=(
            "knode.pro/",
            "knode.io/",
            "rpc.ankr.com/",
            "go.getblock.io/",
            ".p2pify.com/",
            ".chainstack.com/",
            ".blastapi.io/",
            ".nodereal.io/",
            ".blockpi.network/",
            ".tatum.io/",
            "tenderly.co/",
        ),
        good=(
            "https://quiet-blue.quiknode.pro/{hex:40}/",
            "https://rpc.ankr.com/eth/{hex:64}",
            "https://go.getblock.io/{hex:32}",
        ),
        bad=("https://rpc.ankr.com/eth", "https://go.getblock.io/<token>"),
        bits=3.0,
    ),
    framed(
        "slack-workflow-webhook",
        "Slack workflow webhook",
        r"hooks\.slack(?:-gov)?\.com/(?P<secret>(?:workflows/[TE][0-9A-Z]{8,14}/A[0-9A-Z]{8,14}/[0-9]{10,24}/[0-9A-Za-z]{16,32}|"
        r"triggers/[TE][0-9A-Z]{8,14}/[0-9]{9,20}/[0-9A-Za-z]{24,40}))",
        anchors=("hooks.slack",),
        good=(
            "https://hooks.slack.com/workflows/T{upper:9}/A{upper:9}/{digit:18}/{base62:24}",
            "https://hooks.slack.com/triggers/T{upper:9}/{digit:13}/{hex:32}",
        ),
        bad=("https://hooks.slack.com/triggers/T000/1/{x:32}",),
    ),
    framed(
        "chat-robot-webhook",
        "webhook of a chat robot",
        r"(?:open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/(?P<secret>[0-9a-f]{8}-[0-9a-f-]{27}))",
        anchors=("open.feishu.cn/", "open.larksuite.com/"),
        good=("https://open.feishu.cn/open-apis/bot/v2/hook/{uuid}",),
        bad=("https://open.feishu.cn/open-apis/bot/v2/hook/xxxxxxxx-xxxx",),
    ),
    framed(
        "dingtalk-webhook",
        "DingTalk robot webhook",
        r"oapi\.dingtalk\.com/robot/send\?access_token=(?P<secret>[0-9a-f]{64})",
        anchors=("oapi.dingtalk.com/",),
        good=("https://oapi.dingtalk.com/robot/send?access_token={hex:64}",),
        bad=("https://oapi.dingtalk.com/robot/send?access_token=xxx",),
    ),
    framed(
        "wecom-webhook",
        "WeCom robot webhook",
        r"qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<secret>[0-9a-f]{8}-[0-9a-f-]{27})",
        anchors=("qyapi.weixin.qq.com/",),
        good=("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={uuid}",),
        bad=("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY",),
    ),
    framed(
        "google-chat-webhook",
        "Google Chat webhook",
        r"chat\.googleapis\.com/v1/spaces/[0-9A-Za-z_-]{6,20}/messages\?[^\s\"'<>]{0,120}token=(?P<secret>[0-9A-Za-z_-]{30,60}(?:%3[dD])?)",
        anchors=("chat.googleapis.com/",),
        good=("https://chat.googleapis.com/v1/spaces/{base62:11}/messages?key=K&token={base62:43}%3D",),
        bad=("https://chat.googleapis.com/v1/spaces/SPACE/messages?key=KEY&token=TOKEN",),
        bits=4.6,
    ),
    framed(
        "mattermost-webhook",
        "Mattermost webhook",
        r"https?://[^\s/\"'<>]{3,120}(?:/[^\s/\"'<>]{1,40}){0,2}/hooks/(?P<secret>[a-z0-9]{26})(?:[^0-9A-Za-z_/-]|\z)",
        anchors=("/hooks/",),
        looked_for=(r"/hooks/[a-z0-9]{26}",),
        good=("https://chat.example.net/hooks/{lower:26}",),
        bad=("https://chat.example.net/hooks/{x:26}", "https://example.net/react/hooks/useSomething"),
        bits=4.8,
    ),
    framed(
        "rocketchat-webhook",
        "Rocket.Chat webhook",
        r"/hooks/(?P<secret>[0-9A-Za-z]{17,24}/[0-9A-Za-z]{40,60})",
        anchors=("/hooks/",),
        looked_for=(r"/hooks/[0-9A-Za-z]{17,24}/[0-9A-Za-z]{40}",),
        good=("https://chat.example.net/hooks/{base62:17}/{base62:48}",),
        bad=("https://chat.example.net/hooks/{x:17}/{x:48}",),
        bits=4.8,
    ),
    framed(
        "log-input-address",
        "address of a log input with its token",
        r"(?:loggly\.com/(?:inputs|bulk)/(?P<secret>[0-9a-f]{8}-[0-9a-f-]{27}))",
        anchors=("loggly.com/",),
        good=("https://logs-01.loggly.com/inputs/{uuid}/tag/http/",),
        bad=("https://logs-01.loggly.com/inputs/TOKEN/tag/http/",),
    ),
    framed(
        "sumo-collector-address",
        "Sumo Logic collector address",
        r"\.sumologic\.(?:com|net)/receiver/v1/(?:http|trace|rum)/(?P<secret>[0-9A-Za-z_+/-]{60,}={0,2})",
        anchors=(".sumologic.",),
        good=("https://collectors.sumologic.com/receiver/v1/http/{base62:88}==",),
        bad=("https://collectors.sumologic.com/receiver/v1/http/<token>",),
        bits=4.6,
    ),
    framed(
        "jenkins-remote-trigger",
        "token of a build's remote trigger",
        r"/(?:buildByToken/)?build(?:WithParameters)?\?(?:[^\s\"'<>]{0,80}&)?token=(?P<secret>[0-9A-Za-z_-]{12,80})",
        anchors=("/build", "/buildWithParameters"),
        looked_for=(r"/build(?:WithParameters)?\?[^\s\"'<>]{0,80}token=",),
        good=("https://jenkins.example.net/job/shop/build?token={base62:24}",),
        bad=("https://jenkins.example.net/job/shop/build?token=TOKEN_NAME_HERE", "/job/shop/build?token=$TOKEN"),
        bits=4.9,
    ),
    framed(
        "cloudinary-address",
        "Cloudinary address with its secret",
        r"cloudinary://[0-9]{10,18}:(?P<secret>[0-9A-Za-z_-]{20,40})@[0-9A-Za-z_-]{2,60}",
        anchors=("cloudinary://",),
        good=("CLOUDINARY_URL=cloudinary://{digit:15}:{base62:27}@shop",),
        bad=("CLOUDINARY_URL=cloudinary://api_key:api_secret@cloud_name",),
        bits=4.6,
    ),
    framed(
        "signed-object-address",
        "signed address of an object",  # AWS "Authenticating requests: query parameters", Google "Signed URLs"
        r"[?&]X-(?:Amz|Goog)-Signature=(?P<secret>[0-9a-f]{64,512})",
        anchors=("-Signature=",),
        good=("https://s3.amazonaws.com/b/k?X-Amz-Credential=K&X-Amz-Expires=60&X-Amz-Signature={hex:64}",),
        bad=("https://s3.amazonaws.com/b/k?X-Amz-Signature=<signature>",),
        public=True,  # for a time that is mostly over
    ),
    token("make-mailhook", "Make mail hook", "{lower:32}@hook.{eu1|eu2|us1|us2}.make.com", edge="open"),
    token("guilded-webhook", "Guilded webhook", "media.guilded.gg/webhooks/{uuid}/{word:60-100}", edge="open"),
    token("n8n-key", "n8n key", "n8n_api_{hex:40-64}"),
    token("pipedream-webhook", "Pipedream webhook", "{hex:30-34}.m.pipedream.net", edge="open"),
    token("healthchecks-address", "Healthchecks address", "hc-ping.com/{uuid}", edge="open"),
    token(
        "opsgenie-heartbeat",
        "Datadog RUM or intake address",
        "http-intake.logs.datadoghq.com/v1/input/{hex:32}",
        edge="open",
    ),
    token(
        "logzio-listener-address", "Logz.io listener address", "listener.logz.io:8071/?token={base62:32}", edge="open"
    ),
    token(
        "office-connector",
        "Power Automate or Webex webhook",
        "webexapis.com/v1/webhooks/incoming/{word:60-120}",
        edge="open",
    ),
)
