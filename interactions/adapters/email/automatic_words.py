"""How mail servers and absent people's programs call themselves and their mails, in many languages."""

import re

DAEMON = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|mail\.?delivery|postmaster|mdaemon|bounces?|bounced|mail-?administrator|post_office"
    r"|mail_?delivery_?subsystem|bdaemon|uucp|mmdf|sysadmin-mail|root-mailer|amavis|scanner|notifier)(?:[-+._].*)?",
    re.I,
)
UNDELIVERED = re.compile(
    r"undeliver|returned mail|return(?:ed)? to sender|failure notice|deliver\w* (?:status|failure|failed|problem|error|has failed|report)"
    r"|mail (?:delivery|system error|could not)|not delivered|non.?deliver|could not (?:be )?(?:deliver|send)|message status"
    r"|unzustellbar|nicht zugestellt|onbestelbaar|niet bezorgd|non remis|échec de la remise|no se (?:ha podido|puede) entregar"
    r"|mancata consegna|não (?:foi )?entregue|недоставлен|не доставлен|配信不能|退信",
    re.I,
)
ANSWERED = re.compile(
    r"(?:re:\s*|aw:\s*)?(?:\[?(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer|responder)|out of (?:the )?office|autoreply)\b"
    r"|auto: |automatische (?:antwort|reactie)|automatisch antwoord|abwesenheits|außer haus|afwezig(?:heid)?\b"
    r"|niet aanwezig|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|risposta automatica"
    r"|resposta automática|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|odpowiedź automatyczna"
    r"|automatická odpov|automatikus válasz|автоответ|автоматический ответ|otomatik yanıt|自動返信|自动回复|自動回覆|자동 회신)",
    re.I,
)
FORWARDED = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|tr|rv|antw|odp)\s*:", re.I)
