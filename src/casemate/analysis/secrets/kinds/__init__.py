"""The kinds of secrets, one file a family of providers. A new file is found by itself."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path

from casemate.analysis.secrets.kinds.kind import Catalogue, Service, Token

__all__ = ["Catalogue", "Service", "Token", "catalogue"]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Every kind of every family."""
    tokens: list[Token] = []
    services: list[Service] = []
    for module in sorted(file.stem for file in Path(__path__[0]).glob("[!_]*.py")):
        kinds = getattr(import_module(f"{__name__}.{module}"), "KINDS", ())
        tokens.extend(kind for kind in kinds if isinstance(kind, Token))
        services.extend(kind for kind in kinds if isinstance(kind, Service))
    return Catalogue(tuple(tokens), tuple(services))
