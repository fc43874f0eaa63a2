"""Code hosts.

Source: GitHub "Token prefixes", GitLab "Token overview", Atlassian "API tokens" and Bitbucket "Repository access
tokens", Gitea and Sourcegraph administration documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token
from casemate.analysis.secrets.shapes import prefixed_crc32

KINDS = (
    token(
        "github-token",
        "GitHub token",
        "gh{p|o|u|s|r}_{base62:36}",
        check=prefixed_crc32,
        bad=("ghp_{base62:20}", "ghp_{x:36}"),
    ),
    token(
        "github-fine-grained-token",
        "GitHub fine-grained token",
        "github_pat_{base62:22}_{base62:59}",
        "github_pat_{base62:60-82}",
        "github_pat_{word:82}",
    ),
    token(
        "github-installation-token", "GitHub app installation token", "ghs_{digit:6-10}_eyJ{word:16-800}", edge="open"
    ),
    token("gitlab-token", "GitLab personal, project or group token", "glpat-{word:20-64}"),
    token(
        "gitlab-prefixed-token",
        "GitLab token",
        "gl{rt|dt|ft|soat|ffct}-{word:20-64}",
        "glptt-{lower:40}",
        "glimt-{word:25}",
        "glagent-{word:50-128}",
        "gloas-{lower:64}",
    ),
    token("gitlab-job-token", "GitLab job token", "glcbt-{word:20-64}", "glcbt-{hex:1-5}_{word:20-64}"),
    token("gitlab-runner-registration", "GitLab runner registration token", "GR1348941{word:20-22}"),
    framed(
        "gitlab-session",
        "GitLab session cookie",
        r"_gitlab_session=(?P<secret>[0-9a-z]{32})",
        anchors=("_gitlab_session=",),
        good=("Cookie: _gitlab_session={lower:32}",),
        bad=("Cookie: _gitlab_session=",),
    ),
    token("bitbucket-app-password", "Bitbucket app password", "ATBB{base62:24-32}"),
    token("bitbucket-access-token", "Bitbucket access token", "ATCTT3xFfG{word:60-260}", edge="open"),
    token("atlassian-token", "Atlassian API token", "ATATT3{word:60-260}", edge="open"),
    token(
        "sourcegraph-token",
        "Sourcegraph access token",
        "sgp_{hex:16}_{hex:40}",
        "sgp_local_{hex:40}",
        "sgp_{hex:16}_local_{hex:40}",
        "sgp_{base62:40-64}",
    ),
    service("sourcegraph-legacy-token", "Sourcegraph token", "sourcegraph", "{hex:40}"),
    service("bitbucket-key", "Bitbucket key", "bitbucket", "{lower:30-32}", "{word:32}", "{word:64}"),
    service(
        "jira-key",
        "Atlassian key",
        "atlassian jira confluence trello",
        "{lower:24}",
        "{base62:24}",
        "{hex:32}",
        "{hex:64}",
        "{lower:32}",
        "{lower:64}",
    ),
    service("gitter-token", "Gitter token", "gitter", "{word:40}"),
    service("github-secret", "GitHub secret", "github gh", "{hex:40}", "{hex:20}", alone=False),
    service("gitlab-secret", "GitLab secret", "gitlab", "{word:20}", "{hex:64}", alone=False),
)
