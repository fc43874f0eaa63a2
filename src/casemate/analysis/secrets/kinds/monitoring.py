"""Monitoring, logs, incidents, quality.

Source: New Relic "API keys", Grafana, Dynatrace "Token format", Sentry "Auth tokens", Datadog "API and application
keys", Splunk HEC, SonarQube "Tokens", Snyk documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    token(
        "newrelic-key",
        "New Relic key",
        "NR{AK|RA|AL}-{upper:27-32}",
        "NRII-{word:32}",
        "NRIQ-{word:32}",
        "NRSP-{lower:20-40}",
    ),
    token("newrelic-license", "New Relic licence key", "{hex:36}NRAL", edge="word"),
    token("newrelic-browser-key", "New Relic browser key", "NRJS-{hex:19}", public=True),
    token("grafana-token", "Grafana token", "glsa_{base62:32}_{hex:8}", "glc_{b64:32-400}"),
    framed(
        "grafana-legacy-key",
        "Grafana API key",
        r"(?:[^0-9A-Za-z+/]|\A)(?P<secret>eyJrIjoi[0-9A-Za-z+/]{60,}={0,2})",
        anchors=("eyJrIjoi",),
        good=("key = eyJrIjoi{base62:80}=",),
        bad=("key = eyJrIjoi",),
    ),
    token(
        "dynatrace-token",
        "Dynatrace token",
        "dt0{c01|s01|s02|s03|s04|s06|s08|s16|a01}.{upper:8-24}.{upper:64}",
        "dt0c01.{lower:24}.{lower:64}",
    ),
    token("sentry-token", "Sentry token", "sntrys_eyJ{b64:60-400}_{b64:43}", "sntry{u|a|i|s}_{hex:64}"),
    framed(
        "sentry-dsn",
        "Sentry address",
        r"https://(?P<secret>[0-9a-f]{32}(?::[0-9a-f]{32})?@(?:[0-9a-z]{1,20}\.ingest\.(?:[a-z]{2}\.)"
        r"?)?sentry\.[0-9a-z.]{2,30}/[0-9]{1,20})",
        anchors=("sentry.",),
        good=("https://{hex:32}@o123.ingest.sentry.io/456",),
        bad=("https://examplePublicKey@o0.ingest.sentry.io/0",),
        public=True,
    ),
    token("datadog-app-key", "Datadog personal key", "ddapp_{base62:34}"),
    token("honeycomb-key", "Honeycomb key", "hc{a|b}{ik|lk|mk}_{lower:58}", "hcaik_{lower:58}", "hcxik_{lower:58}"),
    token("pagerduty-key", "PagerDuty key", "pdus+_{word:20-40}", "u+{word:18}", bits=5.4),
    token("sonar-token", "SonarQube token", "sq{p|u|a}_{hex:40}"),
    framed(
        "sonar-login",
        "SonarQube token",
        r"sonar\.(?:login|token|password)[\"']?[ ,]{0,3}[=:,][ ]{0,3}[\"']?(?P<secret>[0-9a-f]{40})",
        anchors=("sonar.login", "sonar.token", "sonar.password"),
        good=("sonar.login={hex:40}",),
        bad=("sonar.login=${SONAR_TOKEN}",),
    ),
    token("logfire-token", "Logfire token", "pylf_v1_{us|eu|local}_{base62:40-60}"),
    token("posthog-key", "PostHog personal key", "phx_{word:40-70}"),
    token("posthog-project-key", "PostHog project key", "phc_{word:40-50}", public=True),
    token("hawk-key", "StackHawk key", "hawk.{word:20}.{word:20}"),
    token("readme-key", "Readme key", "rdme_{lower:70}"),
    token("hubspot-token", "HubSpot private app token", "pat-{na1|na2|eu1|ap1}-{uuid}"),
    service("datadog-key", "Datadog key", "datadog", "{hex:32}", "{hex:40}", "{base62:40}"),
    service("newrelic-legacy-key", "New Relic key", "newrelic", "{hex:40}", "{base62:32}", "{hex:32}"),
    service("sentry-legacy-token", "Sentry token", "sentry", "{hex:64}"),
    service("snyk-token", "Snyk token", "snyk", "{uuid}"),
    service("sonar-legacy-token", "Sonar token", "sonar sonarqube sonarlogin sonarcloud", "{hex:40}", "{word:40}"),
    service(
        "sumologic-key", "Sumo Logic key", "sumo sumologic", "{base62:14}", "{base62:64}", "su{base62:12}", alone=False
    ),
    service("splunk-hec-token", "Splunk token", "splunk hec", "{uuid}", "{base62:22}"),
    service(
        "monitoring-key",
        "monitoring key",
        "pagerduty opsgenie victorops rollbar bugsnag airbrake honeybadger raygun "
        "logdna loggly papertrail logentries logzio honeycomb lightstep signalfx "
        "wavefront appdynamics instana elasticapm scout appsignal statuscake "
        "statuspage pingdom uptimerobot betterstack betteruptime updown checkly "
        "ghostinspector runscope apimetrics dareboost speedcurve calibre blazemeter "
        "loadmill loader detectify intruder shodan censys virustotal urlscan "
        "securitytrails abuseipdb greynoise alienvault otx ipinfo ipstack ipdata "
        "ipgeolocation ipapi whoxy codeclimate codacy coveralls codecov deepsource "
        "semaphore apollo",
        "{hex:32}",
        "{lower:32}",
        "{lower:24}",
        "{base62:20}",
        "{base62:24}",
        "{hex:64}",
        "{base62:64}",
        "{hex:40}",
        "{lower:40}",
        "{uuid}",
        "{word:20}",
        "u{digit:6-8}-{lower:24}",
        "{lower:60}",
        "{base62:32}",
        "{word:40}",
        "{upper:20}",
    ),
    service(
        "analytics-key",
        "analytics key",
        "amplitude mixpanel segment heap posthog matomo plausible fullstory hotjar "
        "smartlook logrocket keenio kissmetrics appsflyer branch adjust woopra "
        "chartmogul baremetrics databox geckoboard klipfolio metabase mode looker "
        "tableau launchdarkly split optimizely configcat flagsmith unleash refiner "
        "delighted satismeter qualaroo survicate nps wootric userflow userguiding "
        "appcues pendo beamer",
        "{hex:32}",
        "{lower:32}",
        "{base62:32}",
        "{uuid}",
        "{word:40}",
        "{word:43}.{word:43}",
        "sdk-{uuid}",
        "api-{uuid}",
        "{hex:64}",
        "b_{word:44}",
        "{word:28}",
        "{base62:20}",
        "{base62:21}",
        "{base62:64}",
        "{hex:24}",
    ),
)
