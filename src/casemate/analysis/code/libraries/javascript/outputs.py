"""Logs, mails, prompts, and cloud calls with a resource that an attacker chooses.

Sources: Node.js documentation, "Console"; references of winston, pino, bunyan, log4js, Powertools Logger (JSON: line
breaks are escaped), nodemailer ("Message configuration"), openai, @anthropic-ai/sdk, LangChain.js; AWS SDK for
JavaScript v3.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Passes, Sink

_LEVELS = ("log", "info", "warn", "error", "debug", "trace", "fatal", "verbose", "silly", "http")
_LOGGERS = (
    ("winston.createLogger", "winston.Logger"),
    ("winston.Logger", "winston.Logger"),
    ("log4js.getLogger", "log4js.Logger"),
    ("loglevel.getLogger", "loglevel.Logger"),
    ("npmlog", "npmlog.Logger"),
    ("signale.Signale", "signale.Logger"),
)
_STRUCTURED = (
    ("pino", "pino.Logger"),
    ("bunyan.createLogger", "bunyan.Logger"),
    ("@aws-lambda-powertools/logger.Logger", "powertools.Logger"),
    ("lambda-log", "lambda-log.Logger"),
)
_TEXT_LOGS = (
    "console",
    "winston",
    "winston.Logger",
    "log4js.Logger",
    "loglevel",
    "loglevel.Logger",
    "npmlog.Logger",
    "signale.Logger",
    "signale",
)
_CHOSEN = (
    ("lambda", "Invoke", "FunctionName"),
    ("lambda", "InvokeAsync", "FunctionName"),
    ("sts", "AssumeRole", "RoleArn"),
    ("sns", "Publish", "TopicArn"),
    ("sqs", "SendMessage", "QueueUrl"),
    ("sfn", "StartExecution", "stateMachineArn"),
    ("stepfunctions", "StartExecution", "stateMachineArn"),
    ("s3", "GetObject", "Bucket"),
    ("s3", "PutObject", "Bucket"),
    ("s3", "DeleteObject", "Bucket"),
    ("dynamodb", "GetItem", "TableName"),
    ("dynamodb", "Query", "TableName"),
    ("dynamodb", "Scan", "TableName"),
    ("dynamodb", "PutItem", "TableName"),
    ("dynamodb", "DeleteItem", "TableName"),
    ("secretsmanager", "GetSecretValue", "SecretId"),
    ("ssm", "GetParameter", "Name"),
    ("kms", "Decrypt", "KeyId"),
    ("iam", "AttachRolePolicy", "PolicyArn"),
    ("iam", "AttachUserPolicy", "PolicyArn"),
    ("iam", "PutRolePolicy", "RoleName"),
)

MODELS: tuple[Model, ...] = (
    *(Makes(made, type_) for made, type_ in (*_LOGGERS, *_STRUCTURED)),
    *(
        Sink("log", f"{logger}.{level}", ("*",), part="any", confidence="low", cwe="CWE-117")
        for logger in _TEXT_LOGS
        for level in _LEVELS
    ),
    *(
        Sink("sensitive-log", f"{logger}.{level}", ("*",), part="any", confidence="medium", cwe="CWE-532")
        for logger in (*_TEXT_LOGS, *(type_ for _made, type_ in _STRUCTURED))
        for level in _LEVELS
    ),
    *(Passes(f"{logger}.{level}") for logger in _TEXT_LOGS for level in _LEVELS),
    # Mails.
    *(Makes(name, "nodemailer.Transport") for name in ("nodemailer.createTransport", "nodemailer.createTestAccount")),
    Sink("xss", "nodemailer.Transport.sendMail", ("0.html",), cwe="CWE-79"),
    Sink("header", "nodemailer.Transport.sendMail", ("0.headers", "0.envelope"), confidence="medium", cwe="CWE-93"),
    *(Sink("xss", name, ("0.html",), cwe="CWE-79") for name in ("@sendgrid/mail.send", "resend.Resend.emails.send")),
    Makes("resend.Resend", "resend.Resend"),
    Sink("xss", "aws.ses.SendEmail", ("Message.Body.Html.Data",), cwe="CWE-79"),
    # Prompts.
    Makes("openai", "openai.Client"),
    Makes("openai.OpenAI", "openai.Client"),
    Makes("openai.OpenAIApi", "openai.Client"),
    Makes("openai.AzureOpenAI", "openai.Client"),
    Makes("@anthropic-ai/sdk", "anthropic.Client"),
    Makes("@anthropic-ai/sdk.Anthropic", "anthropic.Client"),
    *(
        Sink(
            "prompt",
            f"openai.Client.{name}",
            ("0.messages", "0.prompt", "0.input", "0.instructions"),
            confidence="low",
            cwe="CWE-1427",
        )
        for name in (
            "chat.completions.create",
            "completions.create",
            "responses.create",
            "createChatCompletion",
            "createCompletion",
        )
    ),
    *(
        Sink(
            "prompt",
            f"anthropic.Client.{name}",
            ("0.messages", "0.system", "0.prompt"),
            confidence="low",
            cwe="CWE-1427",
        )
        for name in ("messages.create", "messages.stream", "completions.create")
    ),
    *(
        Sink(
            "prompt",
            f"aws.{service}.{name}",
            ("body", "messages", "system", "inputText", "input"),
            confidence="low",
            cwe="CWE-1427",
        )
        for service in ("bedrock-runtime", "bedrockruntime", "bedrock-agent-runtime")
        for name in ("InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream", "InvokeAgent")
    ),
    *(
        Sink("prompt", f"{name}.invoke", (0,), confidence="low", cwe="CWE-1427")
        for name in (
            "@langchain/openai.ChatOpenAI",
            "@langchain/aws.ChatBedrockConverse",
            "@langchain/anthropic.ChatAnthropic",
        )
    ),
    # Resources.
    *(
        Sink(
            "chosen-resource",
            f"aws.{service}.{operation}",
            (argument,),
            part="whole",
            confidence="medium",
            cwe="CWE-639",
        )
        for service, operation, argument in _CHOSEN
    ),
)
