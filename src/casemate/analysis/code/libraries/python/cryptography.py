"""Hashes, randomness, ciphers and keys.

Sources: Python documentation, "hashlib" (usedforsecurity), "random" (warning), "secrets", "crypt"; pyca/cryptography
documentation, "Symmetric encryption", "Hazmat"; PyCryptodome documentation, "Cipher"; NIST SP 800-131A.
"""

from __future__ import annotations

from casemate.analysis.code.libraries.python._literals import written
from casemate.analysis.code.models import Makes, Misuse, Model, Passes, Test

_SECURITY = (Test("usedforsecurity", "absent"), Test("usedforsecurity", "is", (True, 1)))
"""Unless the call says that it is not for security: nothing, or True."""
_NAMES = tuple(name for weak in ("md4", "md5", "md5-sha1", "sha1", "sha-1", "sha") for name in (weak, weak.upper()))
_COLLIDES = "the hash is broken: two inputs with one value can be made"
_RANDOM = [
    "random",
    "randint",
    "randrange",
    "uniform",
    "choice",
    "choices",
    "sample",
    "shuffle",
    "getrandbits",
    "randbytes",
    "triangular",
    "betavariate",
    "expovariate",
    "gauss",
    "normalvariate",
    "lognormvariate",
    "vonmisesvariate",
    "gammavariate",
    "paretovariate",
    "weibullvariate",
    "binomialvariate",
]
_GUESSED = "the next values can be computed from a few: secrets, or random.SystemRandom, cannot be guessed"
_ECB = "equal blocks stay equal: ECB shows the structure of what it hides"
_OLD = "the cipher is broken"
_MODE = "cryptography.hazmat.primitives.ciphers.modes"
_ALGORITHMS = ("cryptography.hazmat.primitives.ciphers.algorithms", "cryptography.hazmat.decrepit.ciphers.algorithms")
_PYCRYPTO = ("Crypto.Cipher", "Cryptodome.Cipher")
_BLOCK = ("AES", "DES", "DES3", "Blowfish", "CAST", "ARC2")

MODELS: tuple[Model, ...] = (
    # Hashes.
    *(
        Misuse("weak-hash", f"hashlib.{name}", _COLLIDES, (used,), cwe="CWE-328")
        for name in ("md5", "sha1")
        for used in _SECURITY
    ),
    *(
        Misuse("weak-hash", "hashlib.new", _COLLIDES, (Test(argument, "is", _NAMES), used), cwe="CWE-328")
        for argument in (0, "name")
        for used in _SECURITY
    ),
    Misuse(
        "weak-hash",
        "hashlib.file_digest",
        _COLLIDES,
        (Test(1, "is", (*_NAMES, "hashlib.md5", "hashlib.sha1")),),
        cwe="CWE-328",
    ),
    *(
        Misuse("weak-hash", f"{module}.new", _COLLIDES, cwe="CWE-328")
        for module in (
            "md5",
            "sha",
            "Crypto.Hash.MD5",
            "Crypto.Hash.SHA1",
            "Crypto.Hash.SHA",
            "Crypto.Hash.MD4",
            "Crypto.Hash.MD2",
            "Cryptodome.Hash.MD5",
            "Cryptodome.Hash.SHA1",
        )
    ),
    Misuse("weak-hash", "cryptography.hazmat.primitives.hashes.MD5", _COLLIDES, cwe="CWE-328"),
    # Also what OAEP and old protocols are made with, where collisions do no harm.
    Misuse("weak-hash", "cryptography.hazmat.primitives.hashes.SHA1", _COLLIDES, cwe="CWE-328", confidence="medium"),
    *(
        Misuse(
            "weak-hash",
            f"passlib.hash.{name}.hash",
            "a hash that is computed too fast to hide a password",
            cwe="CWE-916",
        )
        for name in (
            "md5_crypt",
            "des_crypt",
            "hex_md5",
            "hex_sha1",
            "ldap_md5",
            "ldap_sha1",
            "lmhash",
            "nthash",
            "mysql323",
            "plaintext",
        )
    ),
    *(
        Misuse(
            "weak-hash",
            "crypt.crypt",
            "a hash that is computed too fast to hide a password",
            (Test(1, "is", (f"crypt.METHOD_{name}",)),),
            cwe="CWE-916",
        )
        for name in ("CRYPT", "MD5")
    ),
    # Randomness. How much it matters is for whoever sees what it is used for.
    *(Misuse("weak-randomness", f"random.{name}", _GUESSED, confidence="low", cwe="CWE-330") for name in _RANDOM),
    *(
        Misuse("weak-randomness", f"random.Random.{name}", _GUESSED, confidence="low", cwe="CWE-330")
        for name in _RANDOM
    ),
    *(
        Misuse("weak-randomness", f"numpy.random.{name}", _GUESSED, confidence="low", cwe="CWE-330")
        for name in ("rand", "randint", "random", "bytes", "choice")
    ),
    Makes("random.Random", "random.Random"),
    Makes("random.SystemRandom", "random.SystemRandom"),
    Makes("secrets.SystemRandom", "random.SystemRandom"),
    Passes("random.choices", ("*",)),
    *(Passes(f"random.SystemRandom.{name}", ("*",)) for name in ("choice", "choices", "sample")),
    *(
        Passes(f"random.{name}", ())
        for name in ("random", "randint", "randrange", "uniform", "getrandbits", "randbytes")
    ),
    *(
        Passes(f"secrets.{name}", ())
        for name in ("token_hex", "token_urlsafe", "token_bytes", "randbelow", "randbits", "compare_digest")
    ),
    # Ciphers: pyca/cryptography.
    Misuse("weak-cipher", f"{_MODE}.ECB", _ECB, cwe="CWE-327"),
    *(
        Misuse("weak-cipher", f"{module}.{name}", _OLD, cwe="CWE-327")
        for module in _ALGORITHMS
        for name in ("ARC4", "TripleDES", "Blowfish", "IDEA", "CAST5", "SEED", "RC2")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"{_MODE}.{name}",
            "the initialisation vector is the same each time",
            written(argument),
            cwe="CWE-329",
        )
        for name in ("CBC", "CFB", "OFB", "CTR", "GCM")
        for argument in (0, "initialization_vector", "nonce")
    ),
    *(
        Misuse(
            "hardcoded-key",
            f"{module}.{name}",
            "the key is in the source",
            written(argument),
            cwe="CWE-321",
        )
        for module in _ALGORITHMS[:1]
        for name in ("AES", "AES256", "AES128", "ChaCha20", "Camellia", "SM4")
        for argument in (0, "key")
    ),
    *(
        Misuse("hardcoded-key", name, "the key is in the source", written(argument), cwe="CWE-321")
        for name in (
            "cryptography.fernet.Fernet",
            "cryptography.hazmat.primitives.ciphers.aead.AESGCM",
            "cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305",
        )
        for argument in (0, "key")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"cryptography.hazmat.primitives.asymmetric.{name}.generate_private_key",
            "the key is too short",
            (Test("key_size", "is", (512, 768, 1024)),),
            cwe="CWE-326",
        )
        for name in ("rsa", "dsa")
    ),
    Misuse(
        "weak-cipher",
        "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key",
        "the key is too short",
        (Test(1, "is", (512, 768, 1024)),),
        cwe="CWE-326",
    ),
    # Ciphers: PyCryptodome and PyCrypto.
    *(
        Misuse("weak-cipher", f"{module}.{name}.new", _OLD, cwe="CWE-327")
        for module in _PYCRYPTO
        for name in ("DES", "DES3", "ARC4", "ARC2", "Blowfish", "CAST", "XOR")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"{module}.{name}.new",
            _ECB,
            (Test(argument, "is", (f"{module}.{name}.MODE_ECB", 1)),),
            cwe="CWE-327",
        )
        for module in _PYCRYPTO
        for name in _BLOCK
        for argument in (1, "mode")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"{module}.AES.new",
            "the initialisation vector is the same each time",
            written(argument),
            cwe="CWE-329",
        )
        for module in _PYCRYPTO
        for argument in (2, "iv", "IV", "nonce")
    ),
    *(
        Misuse(
            "hardcoded-key",
            f"{module}.{name}.new",
            "the key is in the source",
            written(argument),
            cwe="CWE-321",
        )
        for module in _PYCRYPTO
        for name in (*_BLOCK, "ARC4", "ChaCha20", "Salsa20")
        for argument in (0, "key")
    ),
    *(
        Misuse(
            "weak-cipher",
            f"{module}.RSA.generate",
            "the key is too short",
            (Test(0, "is", (512, 768, 1024)),),
            cwe="CWE-326",
        )
        for module in ("Crypto.PublicKey", "Cryptodome.PublicKey")
    ),
    # Keys of signatures.
    *(
        Misuse(
            "hardcoded-key",
            "hmac.new",
            "the key is in the source",
            written(argument),
            cwe="CWE-321",
            confidence="medium",
        )
        for argument in (0, "key")
    ),
    *(
        Misuse(
            "weak-hash",
            "hmac.new",
            _COLLIDES,
            (Test(argument, "is", ("md5", "hashlib.md5")),),
            cwe="CWE-328",
            confidence="medium",
        )
        for argument in (2, "digestmod")
    ),
    *(
        Misuse("hardcoded-key", f"itsdangerous.{name}", "the key is in the source", written(0), cwe="CWE-321")
        for name in ("Signer", "TimestampSigner", "Serializer", "URLSafeSerializer", "URLSafeTimedSerializer")
    ),
    # The salt that is known beforehand.
    *(
        Misuse(
            "weak-hash",
            "hashlib.pbkdf2_hmac",
            "the salt is the same each time",
            written(argument),
            cwe="CWE-760",
        )
        for argument in (2, "salt")
    ),
)
