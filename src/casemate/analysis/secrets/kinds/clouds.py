"""Hosting, networks and other clouds.

Source: DigitalOcean "personal access tokens", Cloudflare "API tokens", Fly.io, Heroku, Linode, Alibaba, Tencent,
Yandex, Netlify, Vercel, Supabase, PlanetScale documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token("akamai-token", "Akamai client or access token", "akab-{lower:16}-{lower:16}", "akaa-{lower:16}-{lower:16}"),
    token("digitalocean-token", "DigitalOcean token", "do{p|o|r}_v1_{hex:64}"),
    framed(
        "digitalocean-spaces-key",
        "DigitalOcean Spaces key",
        r"(?:[^0-9A-Za-z_]|\A)(?P<secret>DO00[0-9A-Z]{16})(?:[^0-9A-Za-z_]|\z)",
        anchors=("DO00",),
        good=("key = DO00{upper:16}",),
        bad=("key = DO00",),
    ),
    token("cloudflare-token", "Cloudflare token", "cf{ut|k|at}_{base62:40-56}"),
    token("cloudflare-ca-key", "Cloudflare origin CA key", "v1.0-{hex:24}-{hex:146}"),
    token("heroku-key", "Heroku API key", "HRKU-{word:60}", "HRKU-AA{word:58}", "HRKU-{uuid}"),
    token("fly-token", "Fly.io token", "fo1_{word:43}", "fm{1a|1r|2}_{b64:100-1600}", edge="open"),
    framed(
        "alibaba-key-id",
        "Alibaba Cloud access key id",
        r"(?:[^0-9A-Za-z]|\A)(?P<secret>LTAI[0-9A-Za-z]{12,20})(?:[^0-9A-Za-z]|\z)",
        anchors=("LTAI",),
        good=("id = LTAI{base62:20}",),
        bad=("id = LTAI{x:20}",),
        bits=4.6,
    ),
    framed(
        "tencent-key-id",
        "Tencent Cloud secret id",
        r"(?:[^0-9A-Za-z]|\A)(?P<secret>AKID[0-9A-Za-z]{32})(?:[^0-9A-Za-z]|\z)",
        anchors=("AKID",),
        good=("id = AKID{base62:32}",),
        bad=("id = AKID{x:32}",),
        bits=4.6,
    ),
    token(
        "yandex-key",
        "Yandex Cloud key",
        "AQVN{word:35-38}",
        "YC{word:38}",
        "t1.{upper:1}{word:1-10}.{word:80-200}",
        "y{0|1|2|3}_{word:50-60}",
        bits=4.8,
    ),
    token("netlify-token", "Netlify token", "nf{p|c|o|u|b}_{base62:36}"),
    token("vercel-token", "Vercel token", "vc{p|i|a|r|k}_{base62:56}"),
    token("vercel-blob-token", "Vercel Blob token", "vercel_blob_rw_{base62:16}_{base62:30}"),
    token("supabase-token", "Supabase token", "sbp_{lower:40}", "sbp_v0_{hex:40}", "sb_secret_{word:31}"),
    token("supabase-publishable-key", "Supabase publishable key", "sb_publishable_{word:31}", public=True),
    token("planetscale-token", "PlanetScale token", "pscale_{tkn|pw|oauth}_{word:32-64}"),
    token("neon-key", "Neon API key", "napi_{lower:64}"),
    token("unkey-key", "Unkey key", "unkey_{base62:20-30}"),
    token("render-key", "Render API key", "rnd_{base62:32}"),
    token("scaleway-key", "Scaleway access key", "SCW{upper:17}"),
    token("hetzner-token", "Hetzner Cloud token", "hcloud_{base62:64}"),
    token(
        "tailscale-key",
        "Tailscale key",
        "tskey-{api|auth|client|scim|webhook}-{base62:7-20}-{base62:9-50}",
        "tskey-{base62:10-40}",
    ),
    token("ngrok-token", "ngrok token", "cr_{base62:27}", "ak_{base62:27}", bits=5.4),
    token("scalingo-token", "Scalingo token", "tk-us-{word:48}"),
    token("definednetworking-token", "Defined Networking token", "dnkey-{word:26}-{word:52}"),
    token("infracost-key", "Infracost key", "ico-{base62:32}"),
    framed(
        "fastly-key",
        "Fastly API token",
        r"(?i:fastly-key)[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']?(?P<secret>[0-9A-Za-z_-]{32})",
        anchors=("fastly-key", "Fastly-Key", "FASTLY-KEY"),
        good=("Fastly-Key: {base62:32}",),
        bad=("Fastly-Key: $FASTLY_API_TOKEN",),
    ),
    service("cloudflare-key", "Cloudflare key", "cloudflare", "{word:40}", "{hex:37}", "{hex:32}", "{base62:40}"),
    service("heroku-legacy-key", "Heroku API key", "heroku", "{uuid}"),
    service("fastly-token", "Fastly token", "fastly", "{word:32}", "{text:32}"),
    service("alibaba-secret", "Alibaba Cloud secret", "alibaba aliyun", "{base62:30}"),
    service("tencent-secret", "Tencent Cloud secret", "tencent qcloud", "{base62:32}"),
    service("oracle-key", "Oracle Cloud key", "oraclecloud ocid oci", "{text:20}", alone=False),
    service(
        "ibm-secret", "IBM Cloud key", "ibm softlayer bluemix watson", "{word:44}", "{hex:64}", "{uuid}", alone=False
    ),
    service(
        "hosting-key",
        "hosting key",
        "linode vultr hetzner ovh scaleway upcloud kamatera dreamhost godaddy "
        "namecheap gandi dnsimple dnspod bunny stackpath imperva akamai keycdn "
        "render railway koyeb platformsh clevercloud civo equinix packet exoscale "
        "ionos contabo hostinger netlify vercel supabase planetscale neon upstash "
        "appwrite nhost convex buddyns zerotier porkbun yandex",
        "{hex:64}",
        "{base62:64}",
        "{upper:36}",
        "{base62:36}",
        "{hex:40}",
        "{base62:24}",
        "{uuid}",
        "{word:43}",
        "{base62:32}",
        "{base62:40}",
        "{word:40-46}",
        "{hex:32}",
        "{word:94}",
    ),
)
