"""`gcloud` and `gsutil` -> the Terraform google provider's schema.

Sources: Google Cloud documentation, the reference page of each command ("gcloud projects add-iam-policy-binding",
"gcloud compute firewall-rules create", "gcloud sql instances create", …), "gsutil iam", "gsutil acl".
`gcloud run deploy` and `gcloud functions deploy` are read by `sources.google.commands`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Literal
from casemate.sources.commands.words import Placed, fields, items, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.sources.commands.drafts import Drafts
    from casemate.sources.commands.words import Command

SWITCHES = frozenset(
    {
        "--quiet", "-q", "--async", "--no-require-ssl", "--require-ssl", "--assign-ip", "--no-assign-ip", "--backup",
        "--no-backup", "--allow-unauthenticated", "--no-allow-unauthenticated", "--uniform-bucket-level-access",
        "--no-uniform-bucket-level-access", "--public-access-prevention", "--no-public-access-prevention", "--disabled",
        "--gen2", "--no-gen2", "--trigger-http", "--enable-logging", "--no-enable-logging", "--invoker-iam-check",
        "--no-invoker-iam-check", "--clear-env-vars", "--enable-message-ordering",
    }
)  # fmt: skip
"""Flags without a value."""
OF_GSUTIL = frozenset({"-m", "-q", "-D", "-r", "-R", "-f", "-a"})
"""The same of `gsutil`."""
_GRANTS = frozenset({"add-iam-policy-binding", "add-invoker-policy-binding", "add-invoker-iam-policy-binding"})
_SUBJECTS: dict[tuple[str, ...], tuple[str, str]] = {
    # words before the verb: (Terraform resource without `_iam_member`, argument that names what access is given to)
    ("projects",): ("google_project", "project"),
    ("organizations",): ("google_organization", "org_id"),
    ("resource-manager", "folders"): ("google_folder", "folder"),
    ("run", "services"): ("google_cloud_run_service", "service"),
    ("run", "jobs"): ("google_cloud_run_v2_job", "name"),
    ("functions",): ("google_cloudfunctions_function", "cloud_function"),
    ("storage", "buckets"): ("google_storage_bucket", "bucket"),
    ("pubsub", "topics"): ("google_pubsub_topic", "topic"),
    ("pubsub", "subscriptions"): ("google_pubsub_subscription", "subscription"),
    ("secrets",): ("google_secret_manager_secret", "secret_id"),
    ("kms", "keys"): ("google_kms_crypto_key", "crypto_key_id"),
    ("kms", "keyrings"): ("google_kms_key_ring", "key_ring_id"),
    ("iam", "service-accounts"): ("google_service_account", "service_account_id"),
    ("artifacts", "repositories"): ("google_artifact_registry_repository", "repository"),
    ("tasks", "queues"): ("google_cloud_tasks_queue", "name"),
    ("compute", "instances"): ("google_compute_instance", "instance_name"),
}
_BUCKET = re.compile(r"^gs://([^/]+)")
_PREDEFINED = frozenset({"public-read", "public-read-write", "authenticated-read", "publicRead", "publicReadWrite"})


def read(command: Command, drafts: Drafts) -> None:
    """What one `gcloud` command declares."""
    command.plain[:] = [word for word in command.plain if word.text not in {"alpha", "beta"}]
    words = [word.text for word in command.plain]
    verb = next((number for number, word in enumerate(words) if word in _GRANTS), None)
    if verb is not None:
        _grant(command, drafts, tuple(words[:verb]), verb)
        return
    for prefix, reader in _COMMANDS.items():
        if tuple(words[: len(prefix)]) == prefix and len(words) > len(prefix):
            reader(command, drafts, command.plain[len(prefix)])
            return


def _grant(command: Command, drafts: Drafts, subject: tuple[str, ...], verb: int) -> None:
    """`… add-iam-policy-binding THING --member=M --role=R`."""
    known = _SUBJECTS.get(subject)
    name = command.plain[verb + 1] if len(command.plain) > verb + 1 else None
    member, role = command.get("--member"), command.get("--role")
    if known is None or name is None or member is None:
        return
    type_, argument = known
    target = _bare(name)
    draft = drafts.whole(f"{type_}_iam_member", target, command.at)
    draft.set(argument, target.text_value())
    draft.set("member", member.text_value())
    if role is not None:
        draft.set("role", role.text_value())
    elif command.plain[verb].text != "add-iam-policy-binding":
        draft.set("role", Literal("roles/run.invoker", name.at))
    condition = command.get("--condition", "--condition-from-file")
    if condition is not None and condition.text.lower() != "none":
        draft.set("condition", condition.text_value())


def _bare(name: Placed) -> Placed:
    """`gs://bucket` -> `bucket`."""
    match = _BUCKET.match(name.text)
    return name if match is None else Placed(match[1], name.at, known=name.known)


def _firewall(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.whole("google_compute_firewall", name, command.at)
    for flag, argument in (("--direction", "direction"), ("--network", "network")):
        if (word := command.get(flag)) is not None:
            draft.set(argument, word.text_value())
    for flag, argument in (("--source-ranges", "source_ranges"), ("--destination-ranges", "destination_ranges")):
        if (word := command.get(flag)) is not None:
            draft.set(argument, items((part.text_value() for part in split(word)), word.at))
    for flag, argument in (("--source-tags", "source_tags"), ("--source-service-accounts", "source_service_accounts")):
        if (word := command.get(flag)) is not None:
            draft.set(argument, items((part.text_value() for part in split(word)), word.at))
    if command.place("--disabled") is not None:
        draft.set("disabled", Literal(True, name.at))
    action = command.get("--action")
    rules = command.get("--allow", "--rules")
    if rules is None:
        return
    blocks = []
    for rule in split(rules):
        protocol, colon, ports = rule.text.partition(":")
        port = Literal(ports, rule.at) if colon else None
        blocks.append(
            fields(
                rule.at,
                protocol=Placed(protocol, rule.at, known=rule.known).text_value(),
                ports=items([port], rule.at) if port is not None else None,
            )
        )
    denies = action is not None and action.text.upper() == "DENY"
    draft.set("deny" if denies else "allow", items(blocks, rules.at))


def _sql_instance(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.part("google_sql_database_instance", name, command.at)
    network = "settings.ip_configuration"
    if (word := command.get("--authorized-networks")) is not None:
        blocks = [fields(part.at, value=part.text_value()) for part in split(word)]
        draft.set(f"{network}.authorized_networks", items(blocks, word.at))
    for flag, path, value in (
        ("--no-require-ssl", f"{network}.require_ssl", False),
        ("--require-ssl", f"{network}.require_ssl", True),
        ("--assign-ip", f"{network}.ipv4_enabled", True),
        ("--no-assign-ip", f"{network}.ipv4_enabled", False),
        ("--backup", "settings.backup_configuration.enabled", True),
        ("--no-backup", "settings.backup_configuration.enabled", False),
    ):
        if (at := command.place(flag)) is not None:
            draft.set(path, Literal(value, at))
    for flag, path in (
        ("--ssl-mode", f"{network}.ssl_mode"),
        ("--root-password", "root_password"),
        ("--database-version", "database_version"),
    ):
        if (word := command.get(flag)) is not None:
            draft.set(path, word.text_value())


def _sql_user(command: Command, drafts: Drafts, name: Placed) -> None:
    password = command.get("--password")
    if password is not None:
        draft = drafts.whole("google_sql_user", name, command.at)
        draft.set("name", name.text_value())
        draft.set("password", password.text_value())


def _account_key(command: Command, drafts: Drafts, name: Placed) -> None:
    account = command.get("--iam-account")
    if account is not None:
        draft = drafts.whole("google_service_account_key", Placed(name.text, name.at, known=name.known), command.at)
        draft.set("service_account_id", account.text_value())


def _pool_provider(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.whole("google_iam_workload_identity_pool_provider", name, command.at)
    for flag, path in (("--issuer-uri", "oidc.issuer_uri"), ("--attribute-condition", "attribute_condition")):
        if (word := command.get(flag)) is not None:
            draft.set(path, word.text_value())


def _subscription(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.part("google_pubsub_subscription", name, command.at)
    for flag, path in (("--topic", "topic"), ("--push-endpoint", "push_config.push_endpoint")):
        if (word := command.get(flag)) is not None:
            draft.set(path, word.text_value())


def _schedule(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.part("google_cloud_scheduler_job", name, command.at)
    if (word := command.get("--uri")) is not None:
        draft.set("http_target.uri", word.text_value())


def _bucket(command: Command, drafts: Drafts, name: Placed) -> None:
    target = _bare(name)
    draft = drafts.part("google_storage_bucket", target, command.at)
    for flag, path, value in (
        ("--uniform-bucket-level-access", "uniform_bucket_level_access", True),
        ("--no-uniform-bucket-level-access", "uniform_bucket_level_access", False),
    ):
        if (at := command.place(flag)) is not None:
            draft.set(path, Literal(value, at))
    if (at := command.place("--public-access-prevention")) is not None:
        draft.set("public_access_prevention", Literal("enforced", at))
    for flag in ("--predefined-acl", "--predefined-default-object-acl", "--canned-acl"):
        if (word := command.get(flag)) is not None:
            _acl(drafts, command, target, word)
    grant = command.get("--add-acl-grant", "--add-default-object-acl-grant")
    if grant is not None:
        said = dict(part.text.partition("=")[::2] for part in split(grant))
        if "entity" in said:
            _control(drafts, command, target, Placed(said["entity"], grant.at), said.get("role", "READER"))


def _service_update(command: Command, drafts: Drafts, name: Placed) -> None:
    draft = drafts.part("google_cloud_run_v2_service", name, command.at)
    for flag, value in (("--no-invoker-iam-check", True), ("--invoker-iam-check", False)):
        if (at := command.place(flag)) is not None:
            draft.set("invoker_iam_disabled", Literal(value, at))
    for word in command.all("--set-env-vars", "--update-env-vars"):
        for part in split(word):
            key, equals, text = part.text.partition("=")
            if equals:
                held = Placed(text, part.at, known=part.known).text_value()
                draft.add("template.containers.env", fields(part.at, name=Literal(key, part.at), value=held))


_COMMANDS: dict[tuple[str, ...], Callable[[Command, Drafts, Placed], None]] = {
    ("compute", "firewall-rules", "create"): _firewall,
    ("sql", "instances", "create"): _sql_instance,
    ("sql", "instances", "patch"): _sql_instance,
    ("sql", "users", "create"): _sql_user,
    ("sql", "users", "set-password"): _sql_user,
    ("iam", "service-accounts", "keys", "create"): _account_key,
    ("iam", "workload-identity-pools", "providers", "create-oidc"): _pool_provider,
    ("pubsub", "subscriptions", "create"): _subscription,
    ("scheduler", "jobs", "create", "http"): _schedule,
    ("scheduler", "jobs", "update", "http"): _schedule,
    ("storage", "buckets", "create"): _bucket,
    ("storage", "buckets", "update"): _bucket,
    ("run", "services", "update"): _service_update,
}


# -- gsutil
# ----------------------------------------------------------------------------------------------------------------------
def read_gsutil(command: Command, drafts: Drafts) -> None:
    """`gsutil iam ch MEMBER:ROLE gs://B`, `gsutil acl ch -u WHO:RIGHT gs://B`, `gsutil acl set NAME gs://B`."""
    words = [word for word in command.plain if word.text not in {"-m", "-q"}]
    buckets = [_bare(word) for word in (*words, *command.all(*command.flags)) if _BUCKET.match(word.text)]
    if len(words) < 2 or not buckets:
        return
    group, verb = words[0].text, words[1].text
    if group == "iam" and verb == "ch" and "-d" not in command.flags:
        for word in words[2:]:
            member, colon, role = word.text.rpartition(":")
            if colon and not _BUCKET.match(word.text):
                for bucket in buckets:
                    draft = drafts.whole("google_storage_bucket_iam_member", bucket, command.at)
                    draft.set("bucket", bucket.text_value())
                    draft.set("member", Placed(member, word.at, known=word.known).text_value())
                    full = role if role.startswith(("roles/", "projects/")) else f"roles/storage.{role}"
                    draft.set("role", Placed(full, word.at, known=word.known).text_value())
    elif group in {"acl", "defacl"} and verb == "set" and len(words) > 2:
        for bucket in buckets:
            _acl(drafts, command, bucket, words[2])
    elif group in {"acl", "defacl"} and verb == "ch":
        for word in command.all("-u", "-g"):
            entity, _, right = word.text.partition(":")
            for bucket in buckets:
                _control(drafts, command, bucket, Placed(entity, word.at, known=word.known), right)


def _acl(drafts: Drafts, command: Command, bucket: Placed, word: Placed) -> None:
    if word.text in _PREDEFINED:
        draft = drafts.whole("google_storage_bucket_acl", bucket, command.at)
        draft.set("bucket", bucket.text_value())
        draft.set("predefined_acl", word.text_value())


_ENTITIES = {"allusers": "allUsers", "allauthenticatedusers": "allAuthenticatedUsers"}


def _control(drafts: Drafts, command: Command, bucket: Placed, entity: Placed, role: str) -> None:
    draft = drafts.whole("google_storage_bucket_access_control", bucket, command.at)
    draft.set("bucket", bucket.text_value())
    name = _ENTITIES.get(entity.text.lower(), entity.text)
    draft.set("entity", Placed(name, entity.at, known=entity.known).text_value())
    full = {"R": "READER", "W": "WRITER", "O": "OWNER", "": "READER"}.get(role.upper(), role.upper())
    draft.set("role", Literal(full, entity.at))
