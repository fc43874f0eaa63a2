"""`gcloud … deploy` commands, and the commands in the steps of a Cloud Build configuration.

Sources: Google Cloud documentation, "gcloud run deploy", "gcloud functions deploy", "Build configuration file schema".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Items, Literal, Unknown, Value, display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBSTITUTION = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|\$\(|`")
_PAIRS = {
    # flag: argument of the Terraform schema that it sets
    "--runtime": "runtime",
    "--service-account": "service_account_email",
    "--ingress": "ingress_settings",
    "--ingress-settings": "ingress_settings",
    "--max-instances": "max_instances",
    "--memory": "available_memory_mb",
    "--timeout": "timeout",
    "--entry-point": "entry_point",
    "--vpc-connector": "vpc_connector",
    "--image": "image",
    "--source": "source",
    "--security-level": "https_trigger_security_level",
    "--trigger-topic": "trigger_topic",
    "--trigger-bucket": "trigger_bucket",
}
_INGRESS = {
    "all": "ALLOW_ALL",
    "internal-only": "ALLOW_INTERNAL_ONLY",
    "internal": "ALLOW_INTERNAL_ONLY",
    "internal-and-gclb": "ALLOW_INTERNAL_AND_GCLB",
    "internal-and-cloud-load-balancing": "ALLOW_INTERNAL_AND_GCLB",
}
_VARIABLES = frozenset({"--set-env-vars", "--update-env-vars"})
_SECRETS = frozenset({"--set-secrets", "--update-secrets"})
_SWITCHES = frozenset(
    {"--allow-unauthenticated", "--no-allow-unauthenticated", "--trigger-http", "--gen2", "--no-gen2", "--quiet", "-q"}
)


@dataclass(slots=True)
class Deployment:
    """One command. `words`: its flags as (flag, value, place); `open_at`: where it lets anybody in."""

    product: str
    name: str
    at: Span
    body: Span
    arguments: dict[str, Entry] = field(default_factory=dict)
    variables: dict[str, Entry] = field(default_factory=dict)
    secrets: list[Value] = field(default_factory=list)
    open_at: Span | None = None
    second: bool = False


def deployed(words: list[tuple[str, Span]], body: Span) -> Iterator[Resource]:
    """What one command deploys: its words after `gcloud`, with their places. `body`: the whole command."""
    deployment = _deployment(words, body)
    if deployment is not None:
        yield from _built(deployment)


def steps(document: Fields) -> Iterator[list[tuple[str, Span]]]:
    """The `gcloud` commands that steps of a Cloud Build configuration are: words after `gcloud`, with their places."""
    for step in _steps(document):
        image, entry = text_of(step.get("name")) or "", text_of(step.get("entrypoint")) or ""
        listed = _listed(step)
        if entry == "gcloud" or (not entry and image.partition(":")[0].endswith(("/gcloud", "/gcloud-slim"))):
            yield listed
        elif listed and listed[0][0] == "gcloud":
            yield listed[1:]


def scripts(document: Fields) -> Iterator[Literal]:
    """The shell scripts of the steps: `script`, and what a shell gets as an argument."""
    for step in _steps(document):
        script = step.get("script")
        if isinstance(script, Literal):
            yield script
        if (text_of(step.get("entrypoint")) or "").endswith("sh"):
            for text, at in _listed(step):
                if " " in text:
                    yield Literal(text, at)


def _steps(document: Fields) -> Iterator[Fields]:
    listed = document.get("steps")
    for step in listed.items if isinstance(listed, Items) else ():
        if isinstance(step, Fields):
            yield step


def _listed(step: Fields) -> list[tuple[str, Span]]:
    args = step.get("args")
    if isinstance(args, Literal):
        return [(word, args.at) for word in display(args).split()]
    return [(display(item), item.at) for item in args.items] if isinstance(args, Items) else []


def _deployment(words: list[tuple[str, Span]], body: Span) -> Deployment | None:
    texts = [word for word, _ in words if word not in {"alpha", "beta"}]
    if len(texts) < 3 or texts[0] not in {"run", "functions"} or texts[1] != "deploy":
        return None
    flags = list(_flags([pair for pair in words if pair[0] not in {"alpha", "beta"}][2:]))
    name = next(((value, at) for flag, value, at in flags if not flag and value), None)
    if name is None:
        return None
    deployment = Deployment(texts[0], name[0], name[1], body)
    for flag, value, at in flags:
        if flag == "--allow-unauthenticated":
            deployment.open_at = at
        elif flag == "--no-allow-unauthenticated":
            deployment.open_at = None
        elif flag == "--gen2":
            deployment.second = True
        elif flag == "--trigger-http":
            deployment.arguments["trigger_http"] = Entry(at, Literal(True, at))
        elif flag in _VARIABLES:
            for key, text in _pairs(value):
                deployment.variables[key] = Entry(at, _known(text, at))
        elif flag in _SECRETS:
            deployment.secrets += [_secret(key, text, at) for key, text in _pairs(value)]
        elif flag in _PAIRS:
            argument = _PAIRS[flag]
            text = _INGRESS.get(value, value) if argument == "ingress_settings" else value
            deployment.arguments[argument] = Entry(at, _known(text, at))
    kept = Unknown("a deployment that names none keeps the service account of the one before it", name[1], "import")
    deployment.arguments.setdefault("service_account_email", Entry(name[1], kept))
    return deployment


def _flags(words: list[tuple[str, Span]]) -> Iterator[tuple[str, str, Span]]:
    """(flag, value, place of the value or flag); words that belong to no flag have flag ''."""
    position = 0
    while position < len(words):
        word, at = words[position]
        position += 1
        if not word.startswith("-"):
            yield "", word, at
        elif "=" in word:
            flag, _, value = word.partition("=")
            yield flag, value, at
        elif word in _SWITCHES or position >= len(words) or words[position][0].startswith("--"):
            yield word, "", at
        else:
            yield word, words[position][0], words[position][1]
            position += 1


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """`A=1,B=2`, or with another separator `^:^A=1:B=2` (gcloud topic escaping)."""
    separator = ","
    if text.startswith("^") and "^" in text[1:]:
        separator, _, text = text[1:].partition("^")
    for pair in text.split(separator or ","):
        key, found, value = pair.partition("=")
        if found:
            yield key.strip(), value


def _known(text: str, at: Span) -> Value:
    """A text with substitutions, of Cloud Build or of the shell, is not known."""
    if _SUBSTITUTION.search(text):
        return Unknown("a substitution at deployment", at, "parameter", text)
    return Literal(int(text) if re.fullmatch(r"\d{1,9}", text) else text, at)


def _secret(key: str, text: str, at: Span) -> Value:
    name, _, version = text.partition(":")
    words = {"key": key, "secret": name, "version": version or "latest"}
    return Fields({word: Entry(at, Literal(value, at)) for word, value in words.items()}, at)


def _built(deployment: Deployment) -> Iterator[Resource]:
    at, name = deployment.at, deployment.name
    entries = dict(deployment.arguments)
    entries["name"] = Entry(at, Literal(name, at))
    if deployment.product == "run":
        type_, iam, argument = "google_cloud_run_service", "google_cloud_run_service_iam_member", "service"
        entries = _run(deployment, entries)
    elif deployment.second:
        type_, iam, argument = (
            "google_cloudfunctions2_function",
            "google_cloudfunctions2_function_iam_member",
            "cloud_function",
        )
        entries = _second_generation(deployment, entries)
    else:
        type_, iam, argument = (
            "google_cloudfunctions_function",
            "google_cloudfunctions_function_iam_member",
            "cloud_function",
        )
        if deployment.variables:
            entries["environment_variables"] = Entry(at, Fields(deployment.variables, at))
        if deployment.secrets:
            entries["secret_environment_variables"] = Entry(at, Items(deployment.secrets, at))
    yield Resource(
        type=type_,
        name=name,
        key=name,
        at=at,
        body=deployment.body,
        properties=Fields(entries, deployment.body),
        dialect="google",
    )
    if deployment.open_at is not None:
        place = deployment.open_at
        words = {
            argument: name,
            "role": "roles/run.invoker" if deployment.product == "run" else "roles/cloudfunctions.invoker",
            "member": "allUsers",
        }
        properties = Fields({key: Entry(place, Literal(value, place)) for key, value in words.items()}, place)
        yield Resource(
            type=iam,
            name=name,
            key=f"{name}/invoker",
            at=place,
            body=place,
            properties=properties,
            dialect="google",
            implied_by=name,
        )


def _run(deployment: Deployment, entries: dict[str, Entry]) -> dict[str, Entry]:
    """The arguments of `gcloud run deploy` where `google_cloud_run_service` has them."""
    at = deployment.at
    variables: list[Value] = [
        Fields({"name": Entry(entry.key_at, Literal(key, entry.key_at)), "value": entry}, entry.key_at)
        for key, entry in deployment.variables.items()
    ]
    container = {"env": Entry(at, Items(variables, at))}
    if "image" in entries:
        container["image"] = entries["image"]
    spec = {"containers": Entry(at, Fields(container, at))}
    for source, target in (("service_account_email", "service_account_name"), ("timeout", "timeout_seconds")):
        if source in entries:
            spec[target] = entries[source]
    notes: dict[str, Entry] = {}
    if "max_instances" in entries:
        notes["autoscaling.knative.dev/maxScale"] = entries["max_instances"]
    if "vpc_connector" in entries:
        notes["run.googleapis.com/vpc-access-connector"] = entries["vpc_connector"]
    template = {"spec": Entry(at, Fields(spec, at)), "metadata": Entry(at, _annotated(notes, at))}
    found = {"name": entries["name"], "template": Entry(at, Fields(template, at))}
    if "ingress_settings" in entries:
        found["metadata"] = Entry(at, _annotated({"run.googleapis.com/ingress": entries["ingress_settings"]}, at))
    return found


def _annotated(notes: dict[str, Entry], at: Span) -> Fields:
    return Fields({"annotations": Entry(at, Fields(notes, at))}, at)


def _second_generation(deployment: Deployment, entries: dict[str, Entry]) -> dict[str, Entry]:
    """The arguments of `gcloud functions deploy --gen2` where `google_cloudfunctions2_function` has them."""
    at = deployment.at
    renamed = {
        "service_account_email": "service_account_email",
        "ingress_settings": "ingress_settings",
        "max_instances": "max_instance_count",
        "available_memory_mb": "available_memory",
        "timeout": "timeout_seconds",
        "vpc_connector": "vpc_connector",
    }
    service = {target: entries[source] for source, target in renamed.items() if source in entries}
    if deployment.variables:
        service["environment_variables"] = Entry(at, Fields(deployment.variables, at))
    if deployment.secrets:
        service["secret_environment_variables"] = Entry(at, Items(deployment.secrets, at))
    build: dict[str, Entry] = {key: entries[key] for key in ("runtime", "entry_point") if key in entries}
    return {
        "name": entries["name"],
        "service_config": Entry(at, Fields(service, at)),
        "build_config": Entry(at, Fields(build, at)),
    }
