"""Infrastructure tools, secret managers, build systems.

Source: HashiCorp Vault "Tokens", Terraform Cloud "API tokens", Doppler "Token formats", 1Password "Service accounts",
age, Docker Swarm, CircleCI, Buildkite, Pulumi, Octopus, Harness.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token("vault-token", "Vault token", "hv{s|b|r}.{word:24-300}"),
    framed(
        "vault-legacy-token",
        "Vault token",
        r"(?:[^0-9A-Za-z_.]|\A)(?P<secret>[sbr]\.[0-9A-Za-z]{24})(?:[^0-9A-Za-z_.(]|\z)",
        anchors=("s.", "b.", "r."),
        looked_for=(r"(?:[^0-9A-Za-z_.]|\A)[sbr]\.[0-9A-Za-z]{24}",),
        good=("token: s.{base62:24}",),
        bad=("s.SomeVeryLongPropertyNameX", "token: s.{x:24}"),
        bits=5.4,
    ),
    token("terraform-token", "Terraform Cloud token", "{base62:14}.atlasv1.{word:60-70}", edge="open"),
    token(
        "doppler-token",
        "Doppler token",
        "dp.{pt|ct|scim|audit|sa|said}.{base62:40-50}",
        "dp.st.{lower:2-35}.{base62:40-50}",
        "dp.st.{base62:40-50}",
    ),
    token("infisical-token", "Infisical token", "st.{hex:24}.{hex:32}.{hex:32}", "st.{uuid}.{hex:32}.{hex:32}"),
    token("onepassword-token", "1Password service account token", "ops_eyJ{b64:250-1200}", edge="open"),
    token(
        "onepassword-secret-key",
        "1Password secret key",
        "A3-{upper:6}-{upper:6}-{upper:5}-{upper:5}-{upper:5}-{upper:5}",
        "A3-{upper:6}-{upper:11}-{upper:5}-{upper:5}-{upper:5}",
    ),
    token("bitwarden-token", "Bitwarden access token", "0.{uuid}.{base62:30}:{b64:22}", edge="open"),
    token("pulumi-token", "Pulumi token", "pul-{hex:40}"),
    framed(
        "age-key",
        "age secret key",
        r"(?P<secret>AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})(?:[^0-9A-Z]|\z)",
        anchors=("AGE-SECRET-KEY-1",),
        good=("AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE",),
        bad=("AGE-SECRET-KEY-1...",),
        edge="word",
    ),
    token("docker-swarm-key", "Docker Swarm key", "SWMKEY-1-{word:43}", "SWMTKN-1-{lower:50}-{lower:25}", edge="open"),
    token("octopus-key", "Octopus Deploy key", "API-{upper:25-32}", bits=5.0),
    token("harness-token", "Harness token", "{pat|sat}.{word:22}.{base62:24}.{base62:20}"),
    token("prefect-token", "Prefect token", "pn{u|b}_{base62:36}"),
    token(
        "circleci-token", "CircleCI token", "CCIP{AT|RJ}_{base62:22}_{lower:40-70}", "CCIPAT_{base62:20-24}_{hex:40}"
    ),
    token("buildkite-token", "Buildkite token", "bk{ua|aa|at}_{lower:40}", "bkct_{word:40-120}"),
    token("deno-token", "Deno deploy token", "dd{p|w|o}_{base62:36}"),
    token(
        "sidekiq-secret", "Sidekiq licence credential", "{hex:8}:{hex:8}@{gems|enterprise}.contribsys.com", edge="open"
    ),
    token("openshift-token", "OpenShift token", "sha256~{word:43}"),
    token("settlemint-token", "SettleMint token", "sm_{aat|pat|sat}_{base62:16}"),
    token("rancher-token", "Rancher token", "token-{lower:5}:{lower:54}"),
    token("okteto-token", "Okteto token", "okteto_{base62:40}"),
    token("wundergraph-token", "Cosmo token", "cosmo_{hex:32}"),
    framed(
        "wireguard-key",
        "WireGuard private key",
        r"(?i:private_?key|preshared_?key)[ \t]{0,4}=[ \t]{0,4}[\"']?(?P<secret>[0-9A-Za-z+/]{42}[0-9A-Za-z+/=]=)",
        anchors=("privatekey", "private_key", "presharedkey", "preshared_key"),
        caseless=True,
        good=("PrivateKey = {base62:43}=",),
        bad=("PrivateKey = <private key>=",),
        bits=4.6,
    ),
    framed(
        "kubeconfig-key",
        "client key of a cluster configuration",
        r"client-key-data[\"']?:[ \t]{0,4}[\"']?(?P<secret>LS0tLS1CRUdJTi[0-9A-Za-z+/=]{60,})",
        anchors=("client-key-data",),
        good=("client-key-data: LS0tLS1CRUdJTi{b64:200}",),
        bad=("client-key-data: REDACTED",),
    ),
    framed(
        "rails-master-key",
        "Rails master key",
        r"(?i:rails_master_key|secret_key_base)[\"']?[ \t]{0,4}(?:=|:)[ \t]{0,4}[\"']?(?P<secret>[0-9a-f]{32,})",
        anchors=("rails_master_key", "secret_key_base"),
        caseless=True,
        good=("RAILS_MASTER_KEY={hex:32}", "secret_key_base: {hex:128}"),
        bad=('secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>',),
    ),
    service("vault-key", "Vault key", "vault unseal", "{b64:43}", "{hex:64}", "{word:24-26}", alone=False),
    service(
        "terraform-key",
        "HashiCorp token",
        "terraform vagrant tfe hashicorp consul nomad",
        "{base62:14}.atlasv1.{word:60-70}",
        "{uuid}",
        alone=False,
    ),
    service(
        "ci-key",
        "build service key",
        "circleci travis travisci buildkite drone droneci codeship semaphoreci "
        "wercker appveyor bitrise jenkins teamcity bamboo concourse codefresh "
        "buddy gocd spacelift env0 octopus harness snapcraft",
        "{hex:40}",
        "{base62:22}",
        "{base62:32}",
        "{hex:64}",
        "{uuid}",
        "{hex:34}",
        "{word:20-22}",
        "{lower:32}",
    ),
    service(
        "device-cloud-key",
        "platform key",
        "adafruit particle blynk losant ubidots thingsboard thingspeak balena mqtt thethings",
        "{word:32}",
        "{lower:20}",
        "{lower:40}",
        "{word:40}",
        "aio_{base62:28}",
    ),
    service(
        "integration-key",
        "data tool key",
        "dbt fivetran airbyte stitch stitchdata segment mulesoft anypoint tibco boomi workato tray celigo",
        "{uuid}",
        "{hex:40}",
        "{lower:35}",
        "{hex:64}",
    ),
)
