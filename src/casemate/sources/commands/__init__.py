"""Command lines of the clouds -> resources in native shape.

`gcloud`, `gsutil`, `az` and `aws` in shell scripts, makefiles, scripts of a package.json, and in the steps of a
pipeline. `shell` cuts a script into commands and words with their places, `words` into flags; `gcloud`, `az` and `aws`
say which command declares what; `drafts` joins what several commands say of one resource. Nothing is run, and what a
shell would put in is known only where the script itself assigns it as plain text.

A command sets a part of a resource. What it does not name is *not known* (`drafts.Rest`), never the default: it may be
set by another command or by hand. Rules therefore judge only what a command says.
"""

from __future__ import annotations

from casemate.sources.commands.reading import Piece, declared, in_scalar, mentions

__all__ = ["Piece", "declared", "in_scalar", "mentions"]
