"""Secrets of AWS, Azure, Google, Vault and OpenBao: `secrets.get("aws-sm://orders/db#password").reveal()`.

The functions are methods of one `cache.Secrets` of the process; `Secrets(ttl=…)` makes another with other settings.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.secrets.cache import Secrets as Secrets
    from casemate_guard.secrets.secret import Secret as Secret
    from casemate_guard.secrets.secret import SecretError as SecretError

    _shared = Secrets()
    get = _shared.get
    get_many = _shared.get_many
    aget = _shared.aget
    aget_many = _shared.aget_many
    newest = _shared.newest
    with_rotation = _shared.with_rotation
    awith_rotation = _shared.awith_rotation
    forget = _shared.forget

_METHODS = {"get", "get_many", "aget", "aget_many", "newest", "with_rotation", "awith_rotation", "forget"}


def __getattr__(name: str) -> object:
    """Imported with the first use."""
    if name in _METHODS:
        from casemate_guard.secrets.cache import Secrets

        shared = globals().setdefault("_made", Secrets())
        globals().update({one: getattr(shared, one) for one in _METHODS})
        return globals()[name]
    if name == "Secrets":
        from casemate_guard.secrets import cache

        return cache.Secrets
    if name in {"Secret", "SecretError"}:
        from casemate_guard.secrets import secret

        return getattr(secret, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
