"""Google Cloud and Firebase.

Source: "Using API keys", "Service account credentials", "OAuth 2.0 for web server applications", Firebase "Learn
about using and managing API keys" (a web key is an identifier).
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

KINDS = (
    framed(
        "google-api-key",
        "Google API key",
        r"(?P<secret>AIza[0-9A-Za-z_-]{35})(?:[^0-9A-Za-z_-]|\z)",
        anchors=("AIza",),
        good=("GOOGLE_API_KEY = 'AIza{base62:35}'",),
        bad=("maps = 'AIza{x:35}'", "maps = 'AIza{base62:20}'"),
        edge="word",
        named=True,
    ),
    token("google-oauth-secret", "Google OAuth client secret", "GOCSPX-{word:28}"),
    token("google-oauth-token", "Google OAuth access token", "ya29.{word:40-400}"),
    framed(
        "google-refresh-token",
        "Google OAuth refresh token",
        r"[\"' =:](?P<secret>1//0[0-9A-Za-z][0-9A-Za-z_-]{40,})",
        anchors=("1//0",),
        good=("refresh_token = 1//0g{base62:90}",),
        bad=("refresh_token = 1//0...",),
    ),
    framed(
        "google-service-account",
        "Google service account key",
        r"\"private_key_id\"[ \t]{0,4}:[ \t]{0,4}\"(?P<secret>[0-9a-f]{40})\"",
        anchors=('"private_key_id"',),
        good=('"private_key_id": "{hex:40}"',),
        bad=('"private_key_id": "your-private-key-id"',),
    ),
    framed(
        "google-client-id",
        "Google OAuth client id",
        r"(?P<secret>[0-9]{10,14}-[0-9a-z]{32}\.apps\.googleusercontent\.com)",
        anchors=(".apps.googleusercontent.com",),
        good=("client_id = {digit:12}-{lower:32}.apps.googleusercontent.com",),
        bad=("client_id = YOUR_CLIENT_ID.apps.googleusercontent.com",),
        public=True,
    ),
    framed(
        "firebase-server-key",
        "Firebase cloud messaging server key",
        r"(?P<secret>AAAA[0-9A-Za-z_-]{7}:APA91b[0-9A-Za-z_-]{100,})",
        anchors=(":APA91b",),
        good=("key=AAAA{base62:7}:APA91b{base62:134}",),
        bad=("key=AAAA:APA91b...",),
    ),
    token("google-gemini-key", "Google AI key", "AQ.Ab8R{word:40-60}"),
    service("recaptcha-secret", "reCAPTCHA secret", "recaptcha", "6L{word:38}"),
    service(
        "google-key",
        "Google key",
        "google gcp gcloud firebase gmail youtube googlemaps",
        "{word:24}",
        "{word:39}",
        "{base62:32}",
        alone=False,
    ),
)
