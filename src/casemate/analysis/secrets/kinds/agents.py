"""Inference, agents and speech: providers that came after the large model makers.

Source: each provider's page on API keys (Zhipu "API keys", Baidu "Qianfan API key", Volcengine "Access key", E2B,
Inngest, Trigger.dev, Helicone, Browserbase, Friendli, RunPod, Retell, Runway, Cursor, Modal, Mem0).
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import service, token

KINDS = (
    token("friendli-token", "Friendli token", "flp_{base62:40-50}"),
    token("e2b-key", "E2B key", "e2b_{hex:40}"),
    token(
        "helicone-key",
        "Helicone key",
        "sk-helicone-{lower:7}-{lower:7}-{lower:7}-{lower:7}",
        "sk-helicone-{word:20-40}",
    ),
    token("browserbase-key", "Browserbase key", "bb_live_{word:20-40}"),
    token("runpod-key", "RunPod key", "rpa_{upper:40}{lower:6}", "rpa_{base62:40-50}"),
    token("runway-key", "Runway key", "key_{hex:128}"),
    token("cursor-key", "Cursor key", "crsr_{hex:64}", "key_{hex:64}"),
    token("retell-key", "Retell AI key", "key_{hex:28}"),
    token("inngest-key", "Inngest key", "signkey-{prod|test|branch}-{hex:64}", "signkey-{prod|test|branch}-{hex:32}"),
    token("trigger-dev-key", "Trigger.dev key", "tr_{prod|dev|stg|preview|pat}_{base62:20-44}"),
    token("mem0-key", "Mem0 key", "m0-{base62:40}"),
    token("modal-token", "Modal token", "a{k|s}-{base62:22}", bits=5.2),
    token("you-com-key", "You.com key", "ydc-sk-{hex:16}-{base62:32}-{hex:8}", "ydc-sk-{word:40-90}"),
    token("upstage-key", "Upstage key", "up_{base62:32}"),
    token("coze-token", "Coze token", "pat_{base62:64}", "sat_{base62:64}"),
    token("aikido-token", "Aikido token", "AIK_CI_{base62:40-80}", "AIK_RUNTIME_{word:20-90}"),
    token("kimi-key", "Kimi key", "sk-kimi-{base62:40-80}"),
    token("cartesia-key", "Cartesia key", "sk_car_{word:20-44}"),
    token("mintlify-key", "Mintlify key", "mint_{base62:20-40}", "mint_dsc_{base62:20-40}"),
    token("baidu-key", "Baidu AI Cloud key", "bce-v3/ALTAK-{base62:21}/{hex:40}", edge="open"),
    token("volcengine-key", "Volcengine access key", "AKLT{base62:40-46}"),
    service(
        "ai-service-key",
        "key of a model or speech service",
        "ai21 baseten cloudsight deepseek dashscope exaai elevenlabs fireworksai friendli hyperbolic ideogram "
        "jinaai kimi klingai lambdalabs lepton livekit llamacloud lumalabs minimaxai mistralai moonshot novita "
        "nscale octoai ollama openpipe openrouter parallelai perplexity predibase replicate retellai runpod runwayml "
        "sambanova serperdev serper serpapi siliconflow speechmatics stabilityai tavily togetherai ultravox vapi "
        "vastai voyageai writerai xinference youcom zhipu zhipuai anthropic openai gladia revai hume cartesia "
        "playht resembleai murf heygen synthesia dify coze langflow flowise voicegain witai langchain greptile "
        "deepl helicone portkey braintrust arize galileo traceloop agentops mem0 letta zepai chroma lancedb",
        "{hex:32}",
        "{hex:40}",
        "{hex:64}",
        "{base62:32}",
        "{base62:40}",
        "{base62:48}",
        "{base62:64}",
        "{lower:32}",
        "{uuid}",
        "sk-{hex:32}",
        "{hex:32}.{base62:16}",
        "{word:20-64}",
        alone=False,
    ),
)
