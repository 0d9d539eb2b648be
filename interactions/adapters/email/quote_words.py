"""How mail programs introduce a quotation, in the languages people write in. Only short lines are ever matched."""

import re

# "On … Maya wrote:" needs one of these and a date or an address beside it.
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreef|geschreven|écrit|escribió|escribio|scritto|escreveu|skrev|kirjoitti"
    r"|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísala?|írta|scris|написала?|пишет|пише|έγραψε|yazdı|napisao|napisala"
    r"|wrota|rašė|rakstīja|kirjutas|menulis|viết)"
    r"|写道|寫道|のメール|書きました|작성|כתב|كتب|كتابة",
    re.I,
)
# How such a line begins where it is not the sender or a number.
OPENING = re.compile(
    r"(?:on|am|op|le|el|il|em|no dia|den|dne|dnia|w dniu|în|pe|στις|em|a|na|tarihinde|vào|pada|在|于|في|בתאריך)\b"
    r"|[\d‫‪\[(<\"]|(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|нд|по|út|st|čt|pá|so|ne|pon|wt|śr|czw|pt|sob|ndz"
    r"|ma|ti|ke|to|la|su|man|tir|ons|tor|fre|lør|søn|vr|za|zo|wo|di|do)\b",
    re.I,
)
ADDRESS_LAST = re.compile(r"<[^<>]{1,200}@[^<>]{1,200}>[)\u200e\u200f\u202c]*\s*[:：]\W*$")
ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
DATE = re.compile(r"\d{1,4}[.:/ 年년-]|\d{4}|\d[,日일]")
ENDS = re.compile(r"[:：][\s\u202a-\u202e\u200e\u200f\xa0*]*$")
OLD_GMAIL = re.compile(r"\d{4}/\d{1,2}/\d{1,2} .{0,100}<[^<>\s]+@[^<>\s]+>$")

# The headers of a quoted mail as Outlook writes them; `:` may have a space before it, as in French.
FROM = "from|von|van|de|da|od|från|fra|lähettäjä|от|від|kimden|feladó|odesílatel|odosielateľ|από|expéditeur|发件人|寄件者|寄件人|差出人|보낸 사람|보낸사람|מאת|من|nuo|no|saatja|dari"
SENT = "sent|date|gesendet|datum|verzonden|envoyé|envoyé le|date|enviado|enviado el|enviada em|enviado em|data|fecha|inviato|wysłano|skickat|sendt|dato|lähetetty|päivämäärä|отправлено|дата|надіслано|gönderildi|gönderilme|tarih|elküldve|dátum|odesláno|poslané|trimis|στάλθηκε|ημερομηνία|发送时间|日期|发送日期|寄件日期|送信日時|日時|日付|보낸 날짜|날짜|נשלח|תאריך|تاريخ الإرسال"
TO = "to|an|aan|à|a|para|per|do|till|til|vastaanottaja|кому|kime|címzett|komu|către|προς|pour|收件人|宛先|받는 사람|받는사람|אל|إلى|cc|kopie|kopia|kopi|копия|抄送"
SUBJECT = "subject|betreff|onderwerp|objet|asunto|oggetto|assunto|temat|ämne|emne|aihe|тема|konu|tárgy|předmět|predmet|subiect|θέμα|sujet|主题|主旨|件名|제목|נושא|الموضوع"
HEADER = re.compile(
    rf"[*\s]*(?:(?P<sender>{FROM})|(?P<sent>{SENT})|(?P<to>{TO})|(?P<subject>{SUBJECT}))\s?[*\s]*[:：]", re.I
)

# A rule with words in it; the words make it a quotation's.
RULE = re.compile(r"[-_=*# ]{2,}\s*([^\W\d_][^-_=]{2,60}?)[\s.:]*[-_=*# ]{2,}$")
QUOTED_MAIL = re.compile(
    r"original|urspr|oorspronkelijk|origineel|oprindelig|opprinnelig|alkuperäinen|původní|pôvodn|eredeti|исходн|оригинал|orijinal|"
    r"原始|原邮件|元のメッセージ|원본|הודעה מקורית|forward|weitergeleitet|doorgestuurd|transféré|réexpédié|reenviad|inoltrato|"
    r"encaminhad|przekazan|vidarebefordra|videresend|edelleen|přeposlan|továbbított|пересыл|пересланн|iletilen|转发|転送|전달",
    re.I,
)
FORWARD_LINE = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|begin doorgestuurd bericht"
    r"|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato"
    r"|início da mensagem (?:reencaminhada|encaminhada)|vidarebefordrat brev|start på videresendt (?:besked|melding)"
    r"|начало переадресованного сообщения|rozpoczęcie przekazywanej wiadomości)\s*:$",
    re.I,
)
WROTE_RULE = re.compile(r"-{2,}.{0,300}\bwrote\s*-{2,}$", re.I)
OUR_LINE = re.compile(r"\W{0,6}(?:please )?(?:type|write|add) your reply above this line\W{0,6}$", re.I)
UNDERSCORES = re.compile(r"[_\u2014\u2500]{10,}$")

SIGNATURE = re.compile(r"(?:--|—|–|__)\s?$")
SENT_FROM = re.compile(
    r"(?:sent (?:from|with|via|using)|get outlook for|von meinem .{1,40} gesendet|gesendet (?:mit|von|aus|über)"
    r"|diese nachricht wurde von meinem|(?:verstuurd|verzonden) (?:vanaf|vanuit|via|met)|download outlook|outlook voor"
    r"|envoyé (?:de|depuis|à partir|avec)|obtenir outlook|télécharger outlook|enviado (?:desde|do|da|de|a partir|con|com)"
    r"|inviato (?:da|dal|con)|skickat från|sendt fra|wysłan[eoy] (?:z|ze)|lähetetty|odesláno z|odoslané z|отправлено (?:с|из)"
    r"|надіслано з|trimis de pe|küldve|.{1,20}'?[dt][ae]n gönderildi|στάλθηκε από|.{0,20}から送信|[发發寄]自我?的?"
    r"|나의 .{1,20}에서 보냄|נשלח מה).{0,80}$",
    re.I,
)
