"""Identity providers and social networks.

Source: Okta "API token management", Auth0, Clerk, Stytch, Facebook "Access tokens", X/Twitter, LinkedIn, Twitch
documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    framed(
        "okta-token",
        "Okta API token",
        r"(?i:okta|ssws)[^\n]{0,60}?[^0-9A-Za-z_-](?P<secret>00[0-9A-Za-z_-]{40})(?:[^0-9A-Za-z_-]|\z)",
        anchors=("okta", "ssws", "Okta", "OKTA", "SSWS", "oKta"),
        good=("SSWS 00{base62:40}",),
        bad=("SSWS 00{x:40}", "00000000000000000000000000000000000000000"),
        bits=5.6,
    ),
    token("facebook-token", "Facebook access token", "EAAC{base62:60-300}", "EAACEdEose0cBA{base62:20-300}", bits=5.0),
    framed(
        "facebook-app-token",
        "Facebook app token",
        r"(?:[^0-9A-Za-z]|\A)(?P<secret>[0-9]{13,17}(?:\||%7[cC])[0-9A-Za-z_-]{27})(?:[^0-9A-Za-z_-]|\z)",
        anchors=("|", "%7c", "%7C"),
        looked_for=(r"[0-9]{4}\|[0-9A-Za-z_-]{27}", r"[0-9]{4}%7[cC][0-9A-Za-z_-]{27}"),
        good=("token = {digit:15}|{base62:27}",),
        bad=("| 1234567890123 | something |",),
        bits=4.8,
    ),
    token("twitter-bearer-token", "Twitter bearer token", "AAAAAAAAAAAAAAAAAAAAA{text:34-120}", bits=4.0),
    token("intra42-secret", "42 school secret", "s-s4t2{ud|af}-{hex:64}"),
    token("workos-key", "WorkOS key", "sk_{live|test}_a2V5{base62:40-100}"),
    token("dropbox-token", "Dropbox token", "sl.{word:130-160}", "sl.u.{word:130-1200}", "sl.B{word:130-160}"),
    token(
        "authress-key",
        "Authress key",
        "{sc|ext|scauth|authress}_{lower:5-30}.{lower:4-6}.acc_{lower:10-32}.{b64:30-120}",
        "{sc|ext|scauth|authress}_{lower:5-30}.{lower:4-6}.acc-{lower:10-32}.{b64:30-120}",
        edge="open",
    ),
    token("zoho-token", "Zoho token", "1000.{hex:32}.{hex:32}"),
    token("salesforce-token", "Salesforce session", "00D{base62:12-15}!{text:90-120}", bits=4.6),
    token("adobe-secret", "Adobe client secret", "p8e-{word:32}"),
    token("canva-secret", "Canva client secret", "cnvca{base62:51}"),
    token("jumpcloud-key", "JumpCloud key", "jca_{base62:36}"),
    token("trello-token", "Trello token", "ATTA{hex:72}"),
    token("socket-key", "Socket key", "sktsec_{word:30-60}"),
    token("coveo-key", "Coveo key", "xx{uuid}"),
    token("salesforce-consumer-key", "Salesforce consumer key", "3MVG9{url:60-90}", public=True),
    token("fullstory-key", "FullStory key", "{na1|eu1}.{b64:60-120}", bits=5.2),
    token("logicmonitor-token", "LogicMonitor token", "lm{b|a}_{word:40-90}"),
    token("aws-legacy-key-id", "AWS legacy identifier", "A3T{upper:17}", bits=4.8),
    service("okta-key", "Okta key", "okta", "{word:42}", "{word:40}", "{word:64}", alone=False),
    service("auth0-key", "Auth0 key", "auth0", "{word:64}", "{word:32}", alone=False),
    service(
        "social-key",
        "social network key",
        "facebook fb instagram twitter linkedin pinterest snapchat tiktok reddit "
        "tumblr flickr foursquare spotify soundcloud vimeo twitch dailymotion "
        "medium meetup eventbrite yelp strava fitbit lastfm disqus mastodon vk "
        "weibo line kakao naver",
        "{hex:32}",
        "{base62:25}",
        "{base62:50}",
        "{digit:15}-{base62:20}",
        "{base62:14}",
        "{base62:16}",
        "{lower:30}",
        "{base62:32}",
        "{word:27}",
        "{hex:40}",
        "{lower:35}",
        "{base62:128}",
        "{base62:44}",
        "{digit:6-20}-{base62:40}",
        "{text:80-120}",
        "{lower:32}",
        "{word:34}",
    ),
    service("adobe-key", "Adobe key", "adobe adobeio", "{hex:32}", "{base62:12}", "p8e-{word:32}"),
    service(
        "identity-key",
        "identity key",
        "onelogin pingidentity keycloak fusionauth clerk stytch descope ory authy "
        "duo yubico persona onfido jumio trulioo veriff idnow socure plivo userfrosting",
        "{hex:64}",
        "{base62:40}",
        "{base62:32}",
        "{word:43}",
        "{uuid}",
    ),
)
