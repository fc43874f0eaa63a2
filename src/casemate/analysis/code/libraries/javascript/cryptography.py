"""Hashes, ciphers, random numbers, keys.

Sources: Node.js documentation, "Crypto" (createCipher is deprecated: it derives the key by MD5 and has no IV), MDN
"Math.random" ("does not provide cryptographically secure random numbers"); NIST SP 800-131A (SHA-1, DES, RC4);
README of crypto-js, node-forge, bcrypt.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Misuse, Model, Passes, Test

_WEAK = ("md5", "MD5", "md4", "MD4", "md2", "sha1", "SHA1", "sha-1", "SHA-1", "rsa-md5", "RSA-MD5", "rsa-sha1",
         "RSA-SHA1", "ripemd", "rmd160")  # fmt: skip
_CIPHERS = ("des-", "-ecb", "rc4", "rc2", "des3", "desx", "bf-", "blowfish", "cast", "idea", "seed-")
_HASH = "a weak hash: collisions are practical"
_CIPHER = "a weak cipher or mode"
_KEY = "a key or initialisation vector that is written into the code"

MODELS: tuple[Model, ...] = (
    *(Misuse("weak-hash", f"crypto.{name}", _HASH, (Test(0, "is", _WEAK),), cwe="CWE-328")
      for name in ("createHash", "createSign", "createVerify", "hash")),
    Misuse("weak-hash", "crypto.createHmac", _HASH, (Test(0, "is", ("md5", "MD5", "md4")),), cwe="CWE-328"),
    *(Misuse("weak-hash", f"crypto.{name}", _HASH, (Test(4, "is", _WEAK[:4]),), cwe="CWE-328")
      for name in ("pbkdf2", "pbkdf2Sync")),
    *(Misuse("weak-hash", name, _HASH, cwe="CWE-328")
      for name in ("crypto-js.MD5", "crypto-js.SHA1", "crypto-js.RIPEMD160", "crypto-js/md5", "crypto-js/sha1", "md5",
                   "md5-hex", "sha1", "js-md5", "js-sha1", "blueimp-md5", "node-forge.md.md5.create",
                   "node-forge.md.sha1.create", "md5.js", "object-hash.MD5")),
    Makes("crypto.createHash", "crypto.Hash"), Makes("crypto.createHmac", "crypto.Hmac"),
    *(Misuse("weak-cipher", f"crypto.{name}", _CIPHER, (Test(0, "matches", _CIPHERS),), cwe="CWE-327")
      for name in ("createCipheriv", "createDecipheriv")),
    *(Misuse("weak-cipher", f"crypto.{name}", "a cipher without a random initialisation vector", cwe="CWE-327")
      for name in ("createCipher", "createDecipher")),
    *(Misuse("weak-cipher", f"crypto-js.{name}.{act}", _CIPHER, cwe="CWE-327")
      for name in ("DES", "TripleDES", "RC4", "RC4Drop", "Rabbit") for act in ("encrypt", "decrypt")),
    Misuse("weak-cipher", "crypto-js.AES.encrypt", _CIPHER, (Test("2.mode", "is", ("crypto-js.mode.ECB",)),),
           cwe="CWE-327"),
    *(Misuse("weak-cipher", "crypto.generateKeyPair" + form, "an RSA key of less than 2048 bits",
             (Test(0, "is", ("rsa",)), Test("1.modulusLength", "is", (512, 768, 1024))), cwe="CWE-326")
      for form in ("", "Sync")),
    *(Misuse("hardcoded-key", f"crypto.{name}", _KEY,
             (Test(argument, "constant"), Test(argument, "is-not", (None, ""))), cwe="CWE-321")
      for name, argument in (("createCipheriv", 1), ("createCipheriv", 2), ("createHmac", 1),
                             ("createDecipheriv", 1))),
    *(Misuse("hardcoded-key", name, _KEY, (Test(1, "constant"),), cwe="CWE-321")
      for name in ("jsonwebtoken.sign", "jsonwebtoken.verify", "crypto-js.AES.encrypt", "crypto-js.AES.decrypt")),
    Misuse("hardcoded-key", "express-session", _KEY, (Test("0.secret", "constant"),), cwe="CWE-321"),
    Misuse("hardcoded-key", "cookie-session", _KEY, (Test("0.keys", "constant"),), cwe="CWE-321"),
    # Only wrong where the number is a secret: the rule looks at what it is used for.
    Misuse("weak-randomness", "Math.random", "numbers that can be predicted, used for a secret", cwe="CWE-338",
           confidence="low"),
    *(Misuse("weak-randomness", name, "numbers that can be predicted, used for a secret", cwe="CWE-338",
             confidence="low")
      for name in ("crypto.pseudoRandomBytes", "random-seed", "chance.Chance.string", "lodash.random",
                   "underscore.random")),
    *(Passes(name) for name in ("crypto.randomBytes", "crypto.randomUUID", "crypto.randomInt", "uuid.v4", "uuid.v1",
                                "nanoid.nanoid", "Math.random", "Date.now", "ulid.ulid", "cuid")),
    *(Passes(f"crypto.{owner}.digest") for owner in ("Hash", "Hmac")),
    *(Passes(name) for name in ("bcrypt.hash", "bcrypt.hashSync", "bcryptjs.hash", "bcryptjs.hashSync", "argon2.hash",
                                "bcrypt.compare", "bcryptjs.compare", "crypto.timingSafeEqual", "crypto.scryptSync",
                                "crypto.pbkdf2Sync", "crypto.scrypt")),
)  # fmt: skip
