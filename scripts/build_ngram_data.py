"""Builds the character model that tells words from random text: `src/casemate/analysis/secrets/data/bigrams.json`.

    python scripts/build_ngram_data.py FOLDER

FOLDER holds ordinary source text, for example the standard library of a Python installation
(`python -c "import sysconfig; print(sysconfig.get_path('stdlib'))"`). What is kept are 29 x 29 numbers: how surprising
it is, in sixteenths of a bit, that one character follows another inside of the words that people write. The hash of the
input is recorded.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

ALPHABET = "^abcdefghijklmnopqrstuvwxyz0_"
"""Start of a run, the letters (case is folded), any digit, anything else."""
TARGET = Path(__file__).resolve().parent.parent / "src/casemate/analysis/secrets/data/bigrams.json"
_RUN = re.compile(r"\b[A-Za-z_][A-Za-z0-9_]{2,40}\b")
"""Names and words; no numbers, and no hexadecimal ones."""
_STEP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def fold(text: str) -> str:
    """The text in the model's alphabet."""
    return "".join(
        character if "a" <= character <= "z" else "0" if character.isdigit() else "_" for character in text.lower()
    )


def main(folder: Path) -> None:
    """Count, smooth, write."""
    words: Counter[str] = Counter()
    digest = sha256()
    for file in sorted(folder.rglob("*.py")):
        if "test" in file.parts or "site-packages" in file.parts:
            continue
        data = file.read_bytes()
        digest.update(data)
        for run in _RUN.findall(data.decode("utf-8", "replace")):
            words.update(_STEP.sub("_", run).split("_"))
    pairs: Counter[tuple[str, str]] = Counter()
    for word, count in words.items():
        if not word:
            continue
        weight = 1 + math.log2(count)  # a word counts for what it is, not for how often it is used
        previous = "^"
        for character in fold(word):
            pairs[previous, character] += weight
            previous = character
    rows = []
    for first in ALPHABET:
        total = sum(pairs[first, second] for second in ALPHABET) + len(ALPHABET)
        rows.extend(min(255, round(16 * -math.log2((pairs[first, second] + 1) / total))) for second in ALPHABET)
    TARGET.write_text(
        json.dumps(
            {
                "alphabet": ALPHABET,
                "input_sha256": digest.hexdigest(),
                "words": len(words),
                "sixteenths": bytes(rows).hex(),
            }
        )
        + "\n",
        "utf-8",
    )
    print(f"{TARGET}: {len(words)} words")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
