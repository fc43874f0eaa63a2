"""Hashes, ciphers, keys, random numbers, certificates, tokens, secrets and logs.

Sources: .NET, CA5350 and CA5351 (weak algorithms), CA5358 (cipher modes), CA5390 (hard-coded keys), CA5359 (certificate
validation), CA5394 (insecure randomness), CA5404 (token validation checks); Microsoft.Extensions.Logging;
Azure Key Vault secrets client, AWS Secrets Manager, Google Secret Manager for .NET.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Misuse, Model, Sink, Source, Test

_C = "System.Security.Cryptography"
_HASHES = ("MD5", "SHA1", "HMACMD5", "HMACSHA1")
_WEAK = "a weak hash: collisions are practical"
_OLD = ("DES", "DESCryptoServiceProvider", "TripleDES", "TripleDESCryptoServiceProvider", "RC2",
        "RC2CryptoServiceProvider")  # fmt: skip
_BLOCK = ("Aes", "AesManaged", "AesCryptoServiceProvider", "Rijndael", "RijndaelManaged", *_OLD)
_KEYED = "a key that is written into the code"
_TRUSTS = "the certificate of the other side is not verified"
_ANY = ("DangerousAcceptAnyServerCertificateValidator",)
_CALLBACKS = ("ServerCertificateCustomValidationCallback", "ServerCertificateValidationCallback",
              "RemoteCertificateValidationCallback")  # fmt: skip
_HANDLERS = ("System.Net.Http.HttpClientHandler", "System.Net.Http.WebRequestHandler", "System.Net.ServicePointManager",
             "System.Net.HttpWebRequest", "System.Net.Http.SocketsHttpHandler.SslOptions")  # fmt: skip
_JWT = "System.IdentityModel.Tokens.Jwt.JwtSecurityTokenHandler"
_TOKENS = "Microsoft.IdentityModel.Tokens.TokenValidationParameters"
_UNREAD = "a token is read without its signature being verified"
_UNCHECKED = "a check of tokens is switched off"
_LOGGERS = ("LogInformation", "LogWarning", "LogError", "LogDebug", "LogTrace", "LogCritical", "Log")
_LOGS = (
    *(f"Microsoft.Extensions.Logging.ILogger.{name}" for name in _LOGGERS),
    *(f"System.Console.{name}" for name in ("WriteLine", "Write", "Error.WriteLine", "Out.WriteLine")),
    *(f"System.Diagnostics.{owner}.{name}" for owner in ("Debug", "Trace") for name in ("WriteLine", "Write")),
    *(f"Amazon.Lambda.Core.{name}" for name in ("LambdaLogger.Log", "ILambdaLogger.LogLine", "ILambdaLogger.Log")),
    *(f"Amazon.Lambda.Core.ILambdaLogger.{name}" for name in _LOGGERS),
    *(f"{owner}.{name}" for owner in ("Serilog.Log", "Serilog.ILogger", "AWS.Lambda.Powertools.Logging.Logger")
      for name in ("Information", "Warning", "Error", "Debug", "Fatal", "Verbose", *_LOGGERS)),
    *(f"log4net.ILog.{name}" for name in ("Info", "Warn", "Error", "Debug")),
)  # fmt: skip
_SECRETS = (
    ("Azure.Security.KeyVault.Secrets.SecretClient", ("GetSecret", "GetSecretAsync"), "a secret of the vault"),
    ("Amazon.SecretsManager.AmazonSecretsManagerClient", ("GetSecretValue", "GetSecretValueAsync"), "a secret"),
    ("Amazon.SecretsManager.IAmazonSecretsManager", ("GetSecretValue", "GetSecretValueAsync"), "a secret"),
    ("Google.Cloud.SecretManager.V1.SecretManagerServiceClient",
     ("AccessSecretVersion", "AccessSecretVersionAsync"), "a secret"),
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    # Hashes.
    *(Misuse("weak-hash", f"{_C}.{name}{form}", _WEAK, cwe="CWE-328")
      for name in _HASHES for form in (".Create", ".HashData", ".HashDataAsync", "CryptoServiceProvider", "Managed",
                                      "Cng")),
    *(Misuse("weak-hash", f"{_C}.{name}", _WEAK, cwe="CWE-328") for name in ("HMACMD5", "HMACSHA1")),
    *(Misuse("weak-hash", f"{_C}.{name}.Create", _WEAK, (Test(0, "matches", ("md5", "sha1", "sha-1")),), cwe="CWE-328")
      for name in ("HashAlgorithm", "KeyedHashAlgorithm", "HMAC")),
    # Ciphers.
    *(Misuse("weak-cipher", f"{_C}.{name}{form}", "a weak cipher", cwe="CWE-327")
      for name in _OLD for form in (("",) if name.endswith("Provider") else (".Create",))),
    *(Misuse("weak-cipher", f"{_C}.{name}.Mode", "a cipher in ECB mode", (Test(0, "is", ("ECB",)),), cwe="CWE-327")
      for name in (*_BLOCK, "SymmetricAlgorithm")),
    *(Misuse("weak-cipher", f"{_C}.{name}", "a cipher in ECB mode", (Test("Mode", "is", ("ECB",)),), cwe="CWE-327")
      for name in _BLOCK),
    *(Misuse("weak-cipher", f"{_C}.{name}.{method}", "a cipher in ECB mode", cwe="CWE-327")
      for name in ("Aes", "SymmetricAlgorithm") for method in ("EncryptEcb", "DecryptEcb")),
    *(Makes(f"{_C}.{name}{form}", f"{_C}.{name}") for name in _BLOCK for form in ("", ".Create")),
    *(Misuse("hardcoded-key", f"{_C}.{name}.Key", _KEYED, (Test(0, "constant"),), cwe="CWE-321") for name in _BLOCK),
    *(Misuse("hardcoded-key", f"{_C}.{name}.IV", "an initialisation vector that is written into the code",
             (Test(0, "constant"),), cwe="CWE-329") for name in _BLOCK),
    *(Misuse("hardcoded-key", f"{_C}.{name}.{method}", _KEYED, (Test(0, "constant"),), cwe="CWE-321")
      for name in _BLOCK for method in ("CreateEncryptor", "CreateDecryptor")),
    *(Misuse("hardcoded-key", f"{_C}.{name}", _KEYED, (Test(0, "constant"),), cwe="CWE-321")
      for name in ("HMACSHA256", "HMACSHA512", "HMACSHA384", "AesGcm")),
    Misuse("hardcoded-key", "Microsoft.IdentityModel.Tokens.SymmetricSecurityKey", _KEYED, (Test(0, "constant"),),
           cwe="CWE-321"),
    # Random numbers.
    Misuse("weak-randomness", "System.Random", "numbers that can be predicted, used for a secret", cwe="CWE-338",
           confidence="low"),
    *(Misuse("weak-randomness", f"System.Random.Shared.{name}", "numbers that can be predicted, used for a secret",
             cwe="CWE-338", confidence="low") for name in ("Next", "NextInt64", "NextBytes", "NextDouble")),
    # Certificates.
    *(Misuse("tls-off", f"{owner}.{name}", _TRUSTS, (Test(0, "is", _ANY),), cwe="CWE-295")
      for owner in _HANDLERS for name in _CALLBACKS),
    *(Misuse("tls-off", owner, _TRUSTS, (Test(name, "is", _ANY),), cwe="CWE-295")
      for owner in _HANDLERS for name in _CALLBACKS),
    *(Makes(owner, owner) for owner in _HANDLERS[:2]),
    # Tokens.
    *(Misuse("token-unverified", f"{_JWT}.{name}", _UNREAD, cwe="CWE-347", confidence="medium")
      for name in ("ReadJwtToken", "ReadToken")),
    Misuse("token-unverified", "Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler.ReadJsonWebToken", _UNREAD,
           cwe="CWE-347", confidence="medium"),
    Misuse("token-unverified", "System.IdentityModel.Tokens.Jwt.JwtSecurityToken", _UNREAD,
           (Test(0, "present"), Test(1, "absent"), Test("claims", "absent"), Test("issuer", "absent")), cwe="CWE-347",
           confidence="medium"),
    *(Misuse("token-unverified", path, _UNCHECKED, (Test(place, "is", (False,)),), cwe="CWE-347",
             confidence="medium" if name in {"ValidateLifetime", "RequireSignedTokens", "ValidateIssuerSigningKey"}
             else "low")
      for name in ("ValidateLifetime", "RequireSignedTokens", "ValidateIssuerSigningKey", "RequireExpirationTime",
                   "ValidateAudience", "ValidateIssuer")
      for path, place in ((_TOKENS, name), (f"{_TOKENS}.{name}", 0))),
    Makes(_TOKENS, _TOKENS), Makes(_JWT, _JWT),
    # Secrets, and what is written to logs.
    *(Source(f"{owner}.{name}", what, "secret") for owner, names, what in _SECRETS for name in names),
    *(Makes(owner, owner) for owner, _, _ in _SECRETS),
    Makes("Google.Cloud.SecretManager.V1.SecretManagerServiceClient.Create",
          "Google.Cloud.SecretManager.V1.SecretManagerServiceClient"),
    Makes("Amazon.Lambda.Core.ILambdaContext.Logger", "Amazon.Lambda.Core.ILambdaLogger"),
    *(Makes(f"Microsoft.Extensions.Logging.{name}", "Microsoft.Extensions.Logging.ILogger")
      for name in ("ILoggerFactory.CreateLogger", "LoggerFactory.CreateLogger")),
    Makes("Microsoft.Azure.Functions.Worker.FunctionContext.GetLogger", "Microsoft.Extensions.Logging.ILogger"),
    *(Sink("log", name, ("*",), confidence="low", cwe="CWE-117") for name in _LOGS),
    *(Sink("sensitive-log", name, ("*",), confidence="medium", cwe="CWE-532") for name in _LOGS),
)  # fmt: skip
