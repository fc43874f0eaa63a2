"""Loads a rule set from a folder: finds the files, puts them in order, and applies directives that change rules.

The order is the one that the CRS documents ("Installation", "Plugins"): setup, `*-config.conf` and `*-before.conf` of
the plugins, rules, `*-after.conf` of the plugins.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from casemate_waf import parsing
from casemate_waf.auditing import DIRECTIVES, check
from casemate_waf.errors import RuleSetError
from casemate_waf.patterns import compiled
from casemate_waf.reading import MAX_FILE, Directive, actions, directives
from casemate_waf.rewrites import Rewriter
from casemate_waf.rules import Limits, Marker, Place, Rule, RuleSet

_OWN_ID = 2_147_483_647
"""The id of the rule that the paranoia level becomes: the last that ModSecurity takes, and nobody's."""

_SWITCHES = {"on": "On", "off": "Off", "detectiononly": "DetectionOnly"}
_NUMBERS = {
    "secrequestbodylimit": "request_body",
    "secrequestbodynofileslimit": "request_body_without_files",
    "secresponsebodylimit": "response_body",
    "secargumentslimit": "arguments",
    "secrequestbodyjsondepthlimit": "json_depth",
}
_REFUSED = {
    "secruleinherit": "rules are not inherited between folders",
    "secrulescript": "it runs Lua",
    "secremoterules": "it reads rules from a remote host",
    "secremoterulesfailaction": "it reads rules from a remote host",
    "secgeolookupdb": "there is no location database",
    "sechttpblkey": "it asks a remote list",
    "sechashengine": "it changes responses",
    "seccontentinjection": "it changes responses",
    "secstreaminbodyinspection": "streams are not inspected",
    "secstreamoutbodyinspection": "streams are not inspected",
}
_WITHOUT_EFFECT = (
    "secaudit", "secdebug", "seccollectiontimeout", "secdatadir", "sectmp", "secupload", "secserversignature",
    "secunicodemapfile", "seccookieformat", "seccookiev0separator", "secpcrematchlimit", "secstatusengine",
    "secinterceptonerror", "secsensorid", "secwebappid", "secrequestbodyinmemorylimit", "secxmlexternalentity",
    "sectmpsaveuploadedfiles", "secconnengine", "secguardianlog", "secchrootdir", "secdisablebackendcompression",
    "secruleperftime",
)  # fmt: skip


def load(folder: Path, *, setup: Path | None = None, paranoia: int | None = None) -> RuleSet:
    """Load the rule set in `folder`: the root of a CRS release, its `rules` folder, or any folder of `*.conf` files.

    `setup` is a SecLang file that is read first; without it `crs-setup.conf` or its `.example` is taken where there is
    one. A setup that does not say that it is the CRS's own (`tx.crs_setup_version`) is read after that one. `paranoia`
    (1 to 4) sets the blocking and the detection level whatever the setup says.

    Raises `RuleSetError` with file and line for anything that cannot be executed as it is written, `OSError` when a
    file cannot be read.
    """
    loader = _Loader(folder)
    for path in _setup_files(folder, setup):
        loader.read(path)
    before, after = _plugins(folder)
    for path in before[0]:
        loader.read(path)
    if paranoia is not None:
        loader.raise_to(paranoia)
    for path in (*before[1], *_rule_files(folder), *after):
        loader.read(path)
    return loader.finished()


def parse(text: str, path: str = "rules.conf", *, folder: Path | None = None) -> RuleSet:
    """Load a rule set from text. Its data files are looked for in `folder`."""
    loader = _Loader(folder or Path())
    loader.take(directives(text, path), folder or Path())
    return loader.finished()


def _home(folder: Path) -> Path:
    """The root of the release when `folder` is its `rules` folder."""
    return folder.parent if folder.name == "rules" and not (folder / "rules").is_dir() else folder


def _setup_files(folder: Path, setup: Path | None) -> Iterator[Path]:
    own = next(
        (
            place / name
            for name in ("crs-setup.conf", "crs-setup.conf.example")
            for place in (folder, _home(folder))
            if (place / name).is_file()
        ),
        None,
    )
    if own is not None and (setup is None or "tx.crs_setup_version=" not in setup.read_text("utf-8", "replace")):
        yield own
    if setup is not None:
        yield setup


def _rule_files(folder: Path) -> list[Path]:
    inner = folder / "rules"
    place = inner if inner.is_dir() else folder
    setup = ("crs-setup.conf", "modsecurity.conf")
    return sorted(path for path in place.glob("*.conf") if path.is_file() and path.name not in setup)


def _plugins(folder: Path) -> tuple[tuple[list[Path], list[Path]], list[Path]]:
    place = _home(folder) / "plugins"
    config, before, after = (sorted(place.glob(f"*-{kind}.conf")) for kind in ("config", "before", "after"))
    return (config, before), after


class _Loader:
    """Collects what the files say, in order."""

    def __init__(self, root: Path) -> None:
        self._root = _home(root)
        self._items: list[Rule | Marker] = []
        self._limits: dict[str, object] = {}
        self._audit: list[tuple[str, str]] = []
        self._defaults: dict[int, parsing.Default] = {}
        self._rewriter = Rewriter()
        self._notes = self._rewriter.notes
        self._signature: str | None = None
        self._seen: dict[int, Place] = {}
        self._draft: parsing.Draft | None = None
        self._reading: list[Path] = []

    def read(self, path: Path) -> None:
        """Read one file."""
        if path.stat().st_size > MAX_FILE:
            raise RuleSetError(f"the file is larger than {MAX_FILE} bytes", self._shown(path), 1)
        if path.resolve() in self._reading or len(self._reading) > 16:
            raise RuleSetError("the file includes itself", self._shown(path), 1)
        self._reading.append(path.resolve())
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        self.take(directives(text, self._shown(path)), path.parent)
        self._reading.pop()

    def take(self, found: Iterator[Directive], folder: Path) -> None:
        """Apply directives; `folder` is where their data files are."""
        for directive in self._rewriter.of(found):
            self._directive(directive, folder)
        if self._draft is not None:
            raise RuleSetError("the last rule says chain, and nothing follows", *self._draft.rule.place)

    def raise_to(self, paranoia: int) -> None:
        """Set the paranoia level, by the variables of CRS 4 and 3."""
        names = ("blocking_paranoia_level", "detection_paranoia_level", "paranoia_level", "executing_paranoia_level")
        sets = ",".join(f"setvar:tx.{name}={paranoia}" for name in names)
        source = f'SecAction "id:{_OWN_ID},phase:1,pass,nolog,t:none,{sets}"'
        self.take(directives(source, "--paranoia"), self._root)

    def finished(self) -> RuleSet:
        """The rule set."""
        limits = Limits(**self._limits)  # type: ignore[arg-type] # every name and type comes from this module
        return RuleSet(tuple(self._items), limits, self._signature, tuple(self._notes), tuple(self._audit))

    def _shown(self, path: Path) -> str:
        try:
            return path.resolve().relative_to(self._root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()

    def _directive(self, directive: Directive, folder: Path) -> None:
        name, place = directive.name.lower(), directive.place
        if self._draft is not None and name != "secrule":
            raise RuleSetError("a chained rule must follow at once", *place)
        if name in ("secrule", "secaction"):
            self._rule(directive, folder)
        elif name in _CHANGES:
            _CHANGES[name](self, directive)
        elif name in ("include", "includeoptional"):
            self._include(directive, folder)
        elif name in _REFUSED:
            raise RuleSetError(f"{directive.name} is refused: {_REFUSED[name]}", *place)
        elif name in DIRECTIVES:
            value = " ".join(directive.arguments)
            check(name, value, place)
            self._audit.append((name, value))
        elif name.startswith(_WITHOUT_EFFECT):
            self._notes.append((place, f"{directive.name} has no effect here"))
        else:
            self._limit(directive)

    def _rule(self, directive: Directive, folder: Path) -> None:
        draft = parsing.link_and_rule(directive, self._defaults, self._words(folder), self._draft)
        self._draft = draft if draft.chained else None
        if draft.chained:
            return
        rule = draft.rule
        if not rule.id:
            raise RuleSetError("the rule has no id", *rule.place)
        if rule.id in self._seen:
            first = self._seen[rule.id]
            raise RuleSetError(f"rule {rule.id} is there already, at {first.path}:{first.line}", *rule.place)
        self._seen[rule.id] = rule.place
        self._items.append(rule)

    def _words(self, folder: Path) -> parsing.Reader:
        def read(name: str, place: Place) -> list[bytes]:
            path = folder / name
            if not path.resolve().is_relative_to(self._root.resolve()):
                raise RuleSetError(f"the data file {name} is outside of the rule set", *place)
            try:
                lines = path.read_bytes().split(b"\n")
            except OSError as error:
                raise RuleSetError(f"the data file {name} cannot be read: {error.strerror}", *place) from None
            bare = (line.strip() for line in lines)
            return [line for line in bare if line and not line.startswith(b"#")]

        return read

    def _include(self, directive: Directive, folder: Path) -> None:
        for pattern in directive.arguments:
            parts = Path(pattern).parts
            if Path(pattern).is_absolute() or ".." in parts:
                raise RuleSetError("Include may not leave the rule set", *directive.place)
            found = sorted(folder.glob(pattern))
            if not found and directive.name.lower() == "include":
                raise RuleSetError(f"Include finds nothing for {pattern}", *directive.place)
            for path in found:
                self.read(path)

    def _limit(self, directive: Directive) -> None:
        name, value = directive.name.lower(), " ".join(directive.arguments)
        if name == "secruleengine" and value.lower() in _SWITCHES:
            self._limits["engine"] = _SWITCHES[value.lower()]
        elif name in _NUMBERS and value.isdigit():
            self._limits[_NUMBERS[name]] = int(value)
        elif name in ("secrequestbodyaccess", "secresponsebodyaccess") and value.lower() in ("on", "off"):
            self._limits["request_body_access" if "request" in name else "response_body_access"] = value.lower() == "on"
        elif name in ("secrequestbodylimitaction", "secresponsebodylimitaction"):
            key = "reject_large_request" if "request" in name else "reject_large_response"
            self._limits[key] = value.lower() == "reject"
        elif name == "secresponsebodymimetype":
            self._limits["response_types"] = tuple(word.lower() for word in value.split())
        elif name == "secresponsebodymimetypesclear":
            self._limits["response_types"] = ()
        elif name == "secargumentseparator" and len(value) == 1:
            self._limits["separator"] = value.encode()
        else:
            raise RuleSetError(f"{directive.name} {value[:40]} is not supported", *directive.place)

    def _marker(self, directive: Directive) -> None:
        self._items.append(Marker(_first(directive), directive.place))

    def _default(self, directive: Directive) -> None:
        phase, default = parsing.default(directive)
        self._defaults[phase] = default

    def _sign(self, directive: Directive) -> None:
        self._signature = _first(directive)

    def _remove_by_id(self, directive: Directive) -> None:
        ranges = parsing.identifiers(directive.arguments, directive.place)
        self._keep(lambda rule: not any(low <= rule.id <= high for low, high in ranges))

    def _remove_by_tag(self, directive: Directive) -> None:
        takes = compiled(_first(directive), directive.place).search
        self._keep(lambda rule: not any(takes(tag.encode()) for tag in rule.tags))

    def _remove_by_message(self, directive: Directive) -> None:
        takes = compiled(_first(directive), directive.place).search
        self._keep(lambda rule: not (rule.message and takes(rule.message.plain or b"")))

    def _keep(self, wanted: Callable[[Rule], bool]) -> None:
        self._items = [item for item in self._items if isinstance(item, Marker) or wanted(item)]

    def _retarget_by_id(self, directive: Directive) -> None:
        ranges = parsing.identifiers(directive.arguments[:1], directive.place)
        self._retarget(directive, lambda rule: any(low <= rule.id <= high for low, high in ranges))

    def _retarget_by_tag(self, directive: Directive) -> None:
        takes = compiled(_first(directive), directive.place).search
        self._retarget(directive, lambda rule: any(takes(tag.encode()) for tag in rule.tags))

    def _retarget_by_message(self, directive: Directive) -> None:
        takes = compiled(_first(directive), directive.place).search
        self._retarget(directive, lambda rule: rule.message is not None and bool(takes(rule.message.plain or b"")))

    def _retarget(self, directive: Directive, wanted: Callable[[Rule], bool]) -> None:
        if len(directive.arguments) != 2:
            raise RuleSetError(f"{directive.name} needs a rule and its new targets", *directive.place)
        written = directive.arguments[1]  # a comma separates too, but may be part of a pattern
        added = parsing.targets(written if "/" in written else written.replace(",", "|"), directive.place)
        for index, item in enumerate(self._items):
            if isinstance(item, Rule) and wanted(item):
                first = item.links[0]
                links = (first._replace(targets=first.targets + added), *item.links[1:])
                self._items[index] = item._replace(links=links)

    def _change_action(self, directive: Directive) -> None:
        ranges = parsing.identifiers(directive.arguments[:1], directive.place)
        changed = dict(actions(" ".join(directive.arguments[1:]), directive.place))
        unknown = set(changed) - {"pass", "block", "deny", "drop", "allow", "log", "nolog", "status"}
        if unknown:
            raise RuleSetError(f"SecRuleUpdateActionById cannot change {', '.join(sorted(unknown))}", *directive.place)
        for index, item in enumerate(self._items):
            if isinstance(item, Rule) and any(low <= item.id <= high for low, high in ranges):
                self._items[index] = self._acting(item, changed)

    def _acting(self, rule: Rule, changed: dict[str, str | None]) -> Rule:
        for name, value in changed.items():
            if name in ("log", "nolog"):
                rule = rule._replace(logs=name == "log")
            elif name == "status":
                rule = rule._replace(status=int(value) if value and value.isdigit() else 403)
            elif name == "block":
                rule = rule._replace(disruptive=self._defaults.get(rule.phase, parsing.Default()).disruptive)
            else:
                rule = rule._replace(disruptive=f"{name}:{value}" if value else name)
        return rule


def _first(directive: Directive) -> str:
    if not directive.arguments:
        raise RuleSetError(f"{directive.name} needs an argument", *directive.place)
    return directive.arguments[0]


_CHANGES: dict[str, Callable[[_Loader, Directive], None]] = {
    "seccomponentsignature": _Loader._sign,  # noqa: SLF001 - the table of this module's own class
    "secdefaultaction": _Loader._default,  # noqa: SLF001
    "secmarker": _Loader._marker,  # noqa: SLF001
    "secruleremovebyid": _Loader._remove_by_id,  # noqa: SLF001
    "secruleremovebymsg": _Loader._remove_by_message,  # noqa: SLF001
    "secruleremovebytag": _Loader._remove_by_tag,  # noqa: SLF001
    "secruleupdateactionbyid": _Loader._change_action,  # noqa: SLF001
    "secruleupdatetargetbyid": _Loader._retarget_by_id,  # noqa: SLF001
    "secruleupdatetargetbymsg": _Loader._retarget_by_message,  # noqa: SLF001
    "secruleupdatetargetbytag": _Loader._retarget_by_tag,  # noqa: SLF001
}
