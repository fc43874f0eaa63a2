"""`casemate completion SHELL`: completion of verbs, flags, formats and rule names, from the parser itself."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

_BASH = """_casemate() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" verb="" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do case "$word" in -*) ;; *) verb="$word"; break ;; esac; done
  case "$verb" in
{cases}
    *) COMPREPLY=($(compgen -W "{verbs}" -- "$current")) ;;
  esac
}}
complete -o default -F _casemate casemate
"""
_FISH_VERB = "complete -c casemate -n __fish_use_subcommand -f -a {verb} -d '{help}'\n"
_FISH_FLAG = "complete -c casemate -n '__fish_seen_subcommand_from {verb}' -l {flag}\n"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The argument of `completion`."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"])


def run(args: argparse.Namespace) -> int:
    """Print the script. zsh takes the bash script through its own bridge."""
    from casemate.cli.main import VERBS

    words = {verb: _words(verb) for verb in VERBS}
    if args.shell == "fish":
        for verb, line in VERBS.items():
            sys.stdout.write(_FISH_VERB.format(verb=verb, help=line.replace("'", "")))
            for word in words[verb]:
                if word.startswith("--"):
                    sys.stdout.write(_FISH_FLAG.format(verb=verb, flag=word[2:]))
        return 0
    cases = "\n".join(
        f'    {verb}) COMPREPLY=($(compgen -W "{" ".join(found)}" -- "$current")) ;;' for verb, found in words.items()
    )
    script = _BASH.format(cases=cases, verbs=" ".join((*VERBS, "--help", "--version")))
    if args.shell == "zsh":
        script = f"autoload -U +X bashcompinit && bashcompinit\n{script}"
    sys.stdout.write(script)
    return 0


def _words(verb: str) -> list[str]:
    """Flags and fixed choices of a verb, and the names of all rules and detections for `explain`."""
    parser = argparse.ArgumentParser()
    import_module(f"casemate.cli.{verb}").arguments(parser)
    found: list[str] = []
    for action in parser._actions:  # noqa: SLF001 - argparse offers no public list
        found.extend(option for option in action.option_strings if option.startswith("--"))
        if action.choices and not action.option_strings:
            found.extend(str(choice) for choice in action.choices)
    if verb == "explain":
        from casemate.engine.catalogue import listings
        from casemate.engine.detections import listed

        found.extend(listing.name for listing in listings())
        found.extend(one.name for one in listed())
    return found
