"""Formats that can name code to run when they are read.

Sources: Python documentation, "pickle" (warning), "marshal", "shelve"; PyYAML documentation, "Loading YAML";
jsonpickle, dill, joblib, NumPy (`allow_pickle`), pandas, PyTorch (`weights_only`) API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Misuse, Model, Passes, Sink, Test

_PICKLES = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "pickle5", "six.moves.cPickle", "marshal")
_SAFE_LOADERS = ("yaml.SafeLoader", "yaml.CSafeLoader", "yaml.BaseLoader", "yaml.CBaseLoader", "yaml.loader.SafeLoader",
                 "yaml.cyaml.CSafeLoader", "yaml.loader.BaseLoader")  # fmt: skip
_UNSAFE = "CWE-502"

MODELS: tuple[Model, ...] = (
    *(
        Sink("deserialization", f"{module}.{name}", (0, "data", "s", "file", "str"), cwe=_UNSAFE)
        for module in _PICKLES
        for name in ("loads", "load")
    ),
    *(Makes(f"{module}.Unpickler", "pickle.Unpickler") for module in _PICKLES if module != "marshal"),
    Sink("deserialization", "pickle.Unpickler.load", ("self",), cwe=_UNSAFE),
    Sink("deserialization", "pickle.Unpickler.__init__", (0,), cwe=_UNSAFE),
    Sink("deserialization", "shelve.open", (0, "filename"), confidence="medium", cwe=_UNSAFE),
    *(
        Sink(
            "deserialization",
            f"yaml.{name}",
            (0, "stream"),
            when,
            cwe=_UNSAFE,
        )
        for name in ("load", "load_all")
        for when in (
            (Test(1, "absent"), Test("Loader", "absent")),
            (Test(1, "is-not", _SAFE_LOADERS),),
            (Test("Loader", "is-not", _SAFE_LOADERS),),
        )
    ),
    # Before PyYAML 6 the loader that nobody named made whatever the text says, from wherever the text came.
    *(
        Misuse(
            "deserialization",
            f"yaml.{name}",
            "no loader is named: versions before 6 run what the text names",
            (Test(1, "absent"), Test("Loader", "absent"), Test(0, "not-constant")),
            cwe=_UNSAFE,
            confidence="medium",
        )
        for name in ("load", "load_all")
    ),
    *(
        Sink("deserialization", f"yaml.{name}", (0, "stream"), cwe=_UNSAFE)
        for name in ("unsafe_load", "unsafe_load_all")
    ),
    *(
        Sink("deserialization", f"yaml.{name}", (0, "stream"), confidence="medium", cwe=_UNSAFE)
        for name in ("full_load", "full_load_all")
    ),
    Makes("ruamel.yaml.YAML", "ruamel.yaml.UnsafeYAML", when=(Test("typ", "is", ("unsafe",)),)),
    Sink("deserialization", "ruamel.yaml.UnsafeYAML.load", (0, "stream"), cwe=_UNSAFE),
    Sink(
        "deserialization", "ruamel.yaml.load", (0, "stream"), (Test(1, "absent"), Test("Loader", "absent")), cwe=_UNSAFE
    ),
    *(
        Sink("deserialization", f"jsonpickle.{name}", (0, "string"), cwe=_UNSAFE)
        for name in ("decode", "loads", "unpickler.decode", "unpickler.Unpickler.restore")
    ),
    Sink("deserialization", "joblib.load", (0, "filename"), cwe=_UNSAFE),
    Sink("deserialization", "sklearn.externals.joblib.load", (0, "filename"), cwe=_UNSAFE),
    Sink("deserialization", "numpy.load", (0, "file"), (Test("allow_pickle", "is", (True,)),), cwe=_UNSAFE),
    Sink("deserialization", "pandas.read_pickle", (0, "filepath_or_buffer"), cwe=_UNSAFE),
    Sink("deserialization", "torch.load", (0, "f"), (Test("weights_only", "is", (False,)),), cwe=_UNSAFE),
    Sink(
        "deserialization", "torch.load", (0, "f"), (Test("weights_only", "absent"),), confidence="medium", cwe=_UNSAFE
    ),
    Sink("deserialization", "keras.models.load_model", (0, "filepath"), confidence="medium", cwe=_UNSAFE),
    Sink("deserialization", "tensorflow.keras.models.load_model", (0, "filepath"), confidence="medium", cwe=_UNSAFE),
    Sink("deserialization", "multiprocessing.connection.Connection.recv", ("self",), confidence="low", cwe=_UNSAFE),
    Sink(
        "deserialization", "django.core.signing.loads", (0,), (Test("serializer", "matches", ("pickle",)),), cwe=_UNSAFE
    ),
    *(Passes(f"yaml.{name}", (0,)) for name in ("load", "load_all", "full_load", "unsafe_load", "dump", "safe_dump")),
    *(Passes(f"pickle.{name}", (0,)) for name in ("loads", "dumps")),
)
