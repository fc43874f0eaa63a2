"""Deploy commands in shell scripts, makefiles and package.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casemate.model.value import Unknown, display
from casemate.sources.commands import scripts
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from casemate.model.resource import Resource

SHELL = """\
#!/bin/sh
# gcloud functions deploy commented --allow-unauthenticated
gcloud functions deploy hello --gen2 \\
  --runtime=python313 \\
  --trigger-http --allow-unauthenticated \\
  --set-env-vars "MODE=live,KEY=$KEY"
gcloud run deploy web --image="$IMAGE" --no-allow-unauthenticated && echo done
echo gcloud logging read deploy
gcloud functions deploy 'unclosed
"""


def resources(text: str, path: str = "deploy.sh") -> dict[str, Resource]:
    assert scripts.claims(path, text.encode())
    reading = scripts.read(MemoryTree({path: text.encode()}), (path,), Options())
    assert not reading.diagnostics
    assert [entry.status for entry in reading.inputs] == ["understood"]
    return {key: resource for stack in reading.stacks for key, resource in stack.resources.items()}


def test_commands_of_a_shell_script_with_their_places() -> None:
    found = resources(SHELL)
    assert {key: resource.type.rpartition("google_")[2] for key, resource in found.items()} == {
        "hello": "cloudfunctions2_function",
        "hello/invoker": "cloudfunctions2_function_iam_member",
        "web": "cloud_run_service",
    }
    assert found["hello"].at[1:] == (3, 25, 3, 30)
    assert found["hello/invoker"].at.start_line == 5
    service = found["hello"].properties.get("service_config")
    assert service is not None
    assert "'MODE': Literal('live')" in repr(service)
    assert "'KEY': Unknown" in repr(service)


def test_scripts_of_a_package_json() -> None:
    text = '{"scripts": {"build": "tsc",\n "deploy": "npm run build && gcloud functions deploy f --set-env-vars A=\\"b\\""}}'
    found = resources(text, "package.json")
    assert found["f"].at.start_line == 2
    variables = found["f"].properties.get("environment_variables")
    assert variables is not None
    assert display(variables) == "{A: b}"


@pytest.mark.parametrize("written", ["$NAME", "${NAME}", "$(cat name)", "`cat name`", "x-$USER"])
def test_what_the_shell_puts_in_is_not_known(written: str) -> None:
    found = resources(f"gcloud functions deploy f --service-account={written}\n")
    assert isinstance(found["f"].properties.get("service_account_email"), Unknown)


@pytest.mark.parametrize(
    "text", ["echo hello\n", "gcloud auth login\n", "gcloud functions list\n", "make deploy # with gcloud\n"]
)
def test_other_scripts_are_left_alone(text: str) -> None:
    assert not scripts.claims("deploy.sh", text.encode())
