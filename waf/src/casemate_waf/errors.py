"""The one error of the engine: a rule set that cannot be executed as it is written."""


class RuleSetError(Exception):
    """A rule set is refused: what is wrong, in which file and line, and what can be done about it.

    An engine that ignored what it does not understand would silently protect less than its rules say.
    """

    def __init__(self, message: str, path: str, line: int, hint: str | None = None) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint
