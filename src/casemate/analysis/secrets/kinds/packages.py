"""Package registries.

Source: npm "About access tokens", PyPI "API token format" (macaroons), RubyGems, crates.io, NuGet, Docker Hub, JFrog
and Clojars documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token
from casemate.analysis.secrets.shapes import prefixed_crc32

KINDS = (
    token("npm-token", "npm access token", "npm_{base62:36}", check=prefixed_crc32),
    framed(
        "npmrc-token",
        "npm registry token",
        r"//[0-9A-Za-z.-]{3,}(?:[/:][^\s:]*)?/?:_(?:authToken|auth|password)[ "
        r"]{0,4}=[ ]{0,4}[\"']?(?P<secret>[0-9A-Za-z_+/.-]{8,}={0,2})",
        anchors=(":_auth", ":_password"),
        good=("//registry.npmjs.org/:_authToken={uuid}", "//npm.example.net/:_auth={b64:40}"),
        bad=("//registry.npmjs.org/:_authToken=${NPM_TOKEN}",),
    ),
    token("pypi-token", "PyPI API token", "pypi-AgE{I|N}c{word:80-400}"),
    token("rubygems-key", "RubyGems API key", "rubygems_{hex:48}"),
    token("nuget-key", "NuGet API key", "oy2{lower:43}"),
    token("crates-token", "crates.io token", "cio{base62:32}"),
    token("clojars-token", "Clojars deploy token", "CLOJARS_{lower:60}", "CLOJARS_{hex:60}"),
    token("docker-token", "Docker Hub token", "dckr_{pat|oat}_{word:27-32}", edge="open"),
    token("artifactory-key", "JFrog Artifactory API key", "AKCp{base62:60-73}"),
    token("artifactory-reference", "JFrog reference token", "cmVmdGtuOjAx{base62:52}"),
    token("packagist-token", "Packagist token", "packagist_{ack|out|ast|uat|ort}_{hex:64-68}"),
    framed(
        "docker-auth",
        "registry login in a Docker configuration",
        r"\"auths?\\{0,3}\"[ \t]{0,4}:[ \t]{0,4}\\{0,3}\"(?P<secret>[0-9A-Za-z+/_-]{16,}={0,2})\\{0,3}\"",
        anchors=('"auth',),
        looked_for=(r"\"auths?\\{0,3}\"[ \t]{0,4}:[ \t]{0,4}\\{0,3}\"[0-9A-Za-z+/_-]{16}",),
        good=('"auth": "{b64:40}"',),
        bad=('"auth": "<base64>"', '"auth": "required-for-everyone"'),
        bits=5.0,
    ),
    framed(
        "docker-config-secret",
        "registry logins of a cluster's secret",  # Kubernetes "Docker config Secrets"
        r"\.dockerconfig(?:json)?[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?P<secret>[0-9A-Za-z+/]{60,}={0,2})",
        anchors=(".dockerconfig", ".dockercfg"),
        good=(".dockerconfigjson: {b64:120}",),
        bad=(".dockerconfigjson: {{ .Values.pull }}", ".dockerconfigjson: <base64>"),
        bits=4.4,
    ),
    service("jfrog-key", "JFrog key", "jfrog artifactory bintray xray", "{base62:64}", "{base62:73}", "{hex:40}"),
    service("cloudsmith-legacy-key", "Cloudsmith key", "cloudsmith", "{lower:40}"),
    service("librariesio-key", "Libraries.io key", "librariesio libraries", "{lower:32}"),
    service("gemfury-token", "Gemfury token", "gemfury fury", "{base62:20}"),
    service("codemagic-token", "Codemagic token", "codemagic", "{word:40-70}"),
    service("versioneye-key", "VersionEye key", "versioneye", "{word:40}"),
    service("tidelift-key", "Tidelift key", "tidelift", "{base62:32}"),
)
