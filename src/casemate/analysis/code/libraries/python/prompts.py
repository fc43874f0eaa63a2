"""Text that instructs a language model: an attacker's words beside the program's own instructions.

Sources: OWASP Top 10 for LLM Applications, LLM01; API references of OpenAI, Anthropic, Amazon Bedrock (`InvokeModel`,
`Converse`), LangChain, LiteLLM, Google Generative AI. A model that is asked what the user wants to ask is no finding:
what counts is data in the system prompt, or in a text with instructions around it.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Sink

MODELS: tuple[Model, ...] = (
    *(Makes(f"openai.{name}", "openai.OpenAI") for name in ("OpenAI", "AsyncOpenAI", "AzureOpenAI")),
    *(
        Sink(
            "prompt",
            f"{owner}.{name}",
            ("messages", "prompt", "input", "instructions"),
            confidence="low",
            cwe="CWE-1427",
        )
        for owner in ("openai.OpenAI", "openai")
        for name in (
            "chat.completions.create",
            "completions.create",
            "responses.create",
            "ChatCompletion.create",
            "Completion.create",
        )
    ),
    *(
        Makes(f"anthropic.{name}", "anthropic.Anthropic")
        for name in ("Anthropic", "AsyncAnthropic", "AnthropicBedrock")
    ),
    Sink("prompt", "anthropic.Anthropic.messages.create", ("system",), confidence="low", cwe="CWE-1427"),
    Sink("prompt", "anthropic.Anthropic.messages.create", ("messages",), part="text", confidence="low", cwe="CWE-1427"),
    Sink("prompt", "anthropic.Anthropic.completions.create", ("prompt",), confidence="low", cwe="CWE-1427"),
    *(
        Sink(
            "prompt", f"boto3.bedrock-runtime.{name}", ("body", "messages", "system"), confidence="low", cwe="CWE-1427"
        )
        for name in ("invoke_model", "invoke_model_with_response_stream", "converse", "converse_stream")
    ),
    Sink("prompt", "boto3.bedrock-agent-runtime.invoke_agent", ("inputText",), confidence="low", cwe="CWE-1427"),
    *(
        Sink("prompt", f"langchain.{name}", (0, "template"), part="text", confidence="low", cwe="CWE-1427")
        for name in (
            "prompts.PromptTemplate.from_template",
            "prompts.PromptTemplate",
            "PromptTemplate",
            "PromptTemplate.from_template",
        )
    ),
    *(
        Sink("prompt", f"langchain_core.prompts.{name}", (0, "template"), part="text", confidence="low", cwe="CWE-1427")
        for name in (
            "PromptTemplate",
            "PromptTemplate.from_template",
            "ChatPromptTemplate.from_template",
            "ChatPromptTemplate.from_messages",
        )
    ),
    Sink("prompt", "litellm.completion", ("messages",), confidence="low", cwe="CWE-1427"),
    *(
        Makes(name, "google.generativeai.GenerativeModel")
        for name in ("google.generativeai.GenerativeModel", "vertexai.generative_models.GenerativeModel")
    ),
    Sink("prompt", "google.generativeai.GenerativeModel.generate_content", (0,), confidence="low", cwe="CWE-1427"),
    # Tools of agents that run what the model writes.
    *(
        Sink("code", f"langchain{name}", (0,), cwe="CWE-94")
        for name in (
            "_experimental.utilities.PythonREPL.run",
            ".utilities.PythonREPL.run",
            "_experimental.tools.PythonREPLTool.run",
        )
    ),
)
