"""Answers as mail programs really write them, each with the part its sender wrote: name, text, reply."""

CASES: list[tuple[str, str, str]] = []

REPLY = {
    "en": "Thanks, that works.\n\nWhen does it arrive?",
    "nl": "Bedankt, dat werkt.\n\nWanneer komt het?",
    "de": "Danke, das klappt.\n\nWann kommt es an?",
    "fr": "Merci, ça marche.\n\nQuand est-ce que ça arrive ?",
    "es": "Gracias, funciona.\n\n¿Cuándo llega?",
    "it": "Grazie, funziona.\n\nQuando arriva?",
    "pt": "Obrigado, funciona.\n\nQuando chega?",
    "pl": "Dzięki, działa.\n\nKiedy dotrze?",
    "sv": "Tack, det funkar.\n\nNär kommer det?",
    "da": "Tak, det virker.\n\nHvornår kommer den?",
    "no": "Takk, det virker.\n\nNår kommer den?",
    "fi": "Kiitos, toimii.\n\nMilloin se saapuu?",
    "cs": "Díky, funguje to.\n\nKdy to dorazí?",
    "hu": "Köszönöm, működik.\n\nMikor érkezik?",
    "ro": "Mulțumesc, merge.\n\nCând ajunge?",
    "ru": "Спасибо, работает.\n\nКогда придёт?",
    "uk": "Дякую, працює.\n\nКоли прийде?",
    "el": "Ευχαριστώ, δουλεύει.\n\nΠότε φτάνει;",
    "tr": "Teşekkürler, çalışıyor.\n\nNe zaman gelir?",
    "ja": "ありがとうございます。\n\nいつ届きますか。",
    "zh": "谢谢，可以了。\n\n什么时候到？",
    "ko": "감사합니다.\n\n언제 도착하나요?",
    "he": "תודה, זה עובד.\n\nמתי זה מגיע?",
    "ar": "شكرا، يعمل.\n\nمتى يصل؟",
}

ATTRIBUTIONS = [
    ("gmail en", "en", "On Fri, Jan 5, 2024 at 10:00 AM Maya de Wit <maya@shop.example> wrote:"),
    ("gmail en wrapped", "en", "On Fri, Jan 5, 2024 at 10:00 AM Maya de Wit from the Shop\n<maya@shop.example> wrote:"),
    ("apple en", "en", "On 5 Jan 2024, at 10:00, Maya de Wit <maya@shop.example> wrote:"),
    ("thunderbird en", "en", "On 05/01/2024 10:00, Maya de Wit wrote:"),
    ("yahoo en", "en", "On Friday, January 5, 2024, 10:00:00 AM GMT+1, Maya de Wit <maya@shop.example> wrote: "),
    ("notes en", "en", "Maya de Wit/Amsterdam/Shop wrote on 05/01/2024 10:00:00:"),
    ("mutt en", "en", "Maya de Wit <maya@shop.example> writes:"),
    ("gmail nl", "nl", "Op vr 5 jan 2024 om 10:00 schreef Maya de Wit <maya@shop.example>:"),
    ("apple nl", "nl", "> Op 5 jan 2024, om 10:00 heeft Maya de Wit <maya@shop.example> het volgende geschreven:"),
    ("thunderbird nl", "nl", "Op 05-01-2024 om 10:00 schreef Maya de Wit:"),
    ("gmail de", "de", "Am Fr., 5. Jan. 2024 um 10:00 Uhr schrieb Maya de Wit <maya@shop.example>:"),
    ("apple de", "de", "Am 05.01.2024 um 10:00 schrieb Maya de Wit <maya@shop.example>:"),
    ("thunderbird de", "de", "Am 05.01.24 um 10:00 schrieb Maya de Wit:"),
    ("gmail fr", "fr", "Le ven. 5 janv. 2024 à 10:00, Maya de Wit <maya@shop.example> a écrit :"),
    ("apple fr", "fr", "Le 5 janv. 2024 à 10:00, Maya de Wit <maya@shop.example> a écrit :"),
    ("gmail fr wrapped", "fr", "Le ven. 5 janv. 2024 à 10:00, Maya de Wit <maya@shop.example> a\nécrit :"),
    ("gmail es", "es", "El vie, 5 ene 2024 a las 10:00, Maya de Wit (<maya@shop.example>) escribió:"),
    ("apple es", "es", "El 5 ene 2024, a las 10:00, Maya de Wit <maya@shop.example> escribió:"),
    ("gmail it", "it", "Il giorno ven 5 gen 2024 alle ore 10:00 Maya de Wit <maya@shop.example> ha scritto:"),
    ("gmail pt", "pt", "Em sex., 5 de jan. de 2024 às 10:00, Maya de Wit <maya@shop.example> escreveu:"),
    ("gmail pt-pt", "pt", "Maya de Wit <maya@shop.example> escreveu (sexta, 5/01/2024 à(s) 10:00):"),
    ("gmail pl", "pl", "pt., 5 sty 2024 o 10:00 Maya de Wit <maya@shop.example> napisał(a):"),
    ("thunderbird pl", "pl", "W dniu 05.01.2024 o 10:00, Maya de Wit pisze:"),
    ("gmail sv", "sv", "Den fre 5 jan. 2024 kl 10:00 skrev Maya de Wit <maya@shop.example>:"),
    ("gmail da", "da", "Den fre. 5. jan. 2024 kl. 10.00 skrev Maya de Wit <maya@shop.example>:"),
    ("gmail no", "no", "fre. 5. jan. 2024 kl. 10:00 skrev Maya de Wit <maya@shop.example>:"),
    ("gmail fi", "fi", "pe 5. tammik. 2024 klo 10.00 Maya de Wit (maya@shop.example) kirjoitti:"),
    ("gmail cs", "cs", "pá 5. 1. 2024 v 10:00 odesílatel Maya de Wit <maya@shop.example> napsal:"),
    ("thunderbird cs", "cs", "Dne 05. 01. 24 v 10:00 Maya de Wit napsal(a):"),
    ("gmail hu", "hu", "Maya de Wit <maya@shop.example> ezt írta (időpont: 2024. jan. 5., P, 10:00):"),
    ("gmail ro", "ro", "În vin., 5 ian. 2024 la 10:00, Maya de Wit <maya@shop.example> a scris:"),
    ("gmail ru", "ru", "пт, 5 янв. 2024 г. в 10:00, Maya de Wit <maya@shop.example>:"),
    ("mail.ru", "ru", "Пятница, 5 января 2024, 10:00 +03:00 от Maya de Wit <maya@shop.example>:"),
    ("thunderbird ru", "ru", "05.01.2024 10:00, Maya de Wit пишет:"),
    ("gmail uk", "uk", "пт, 5 січ. 2024 р. о 10:00 Maya de Wit <maya@shop.example> пише:"),
    ("gmail el", "el", "Στις Παρ 5 Ιαν 2024 στις 10:00 π.μ., ο/η Maya de Wit <maya@shop.example> έγραψε:"),
    ("gmail tr", "tr", "Maya de Wit <maya@shop.example>, 5 Oca 2024 Cum, 10:00 tarihinde şunu yazdı:"),
    ("gmail ja", "ja", "2024年1月5日(金) 10:00 Maya de Wit <maya@shop.example>:"),
    ("apple ja", "ja", "2024/01/05 10:00、Maya de Wit <maya@shop.example>のメール:"),
    ("gmail zh", "zh", "Maya de Wit <maya@shop.example> 于2024年1月5日周五 10:00写道："),
    ("apple zh", "zh", "> 在 2024年1月5日，10:00，Maya de Wit <maya@shop.example> 写道："),
    ("gmail ko", "ko", "2024년 1월 5일 (금) 오전 10:00, Maya de Wit <maya@shop.example>님이 작성:"),
    ("gmail he", "he", "‫בתאריך יום ו׳, 5 בינו׳ 2024 ב-10:00 מאת ‪Maya de Wit‬‏ <‪maya@shop.example‬‏>:‬"),
    ("gmail ar", "ar", "في الجمعة، 5 يناير 2024 في 10:00 ص تمت كتابة ما يلي بواسطة Maya de Wit <maya@shop.example>:"),
]
for name, language, line in ATTRIBUTIONS:
    quoted = "> Hello,\n>\n> Your parcel is on its way.\n> > Where is it?"
    CASES.append((name, f"{REPLY[language]}\n\n{line}\n\n{quoted}\n", REPLY[language]))

BARE = {  # from HTML: nothing marks the lines of the quotation
    "gmail en": 0, "gmail nl": 7, "gmail de": 10, "gmail fr": 13, "gmail es": 16, "gmail it": 18, "gmail pt": 19,
    "gmail pl": 21, "gmail sv": 23, "gmail ja": 37,
}  # fmt: skip
for name, number in BARE.items():
    language, line = ATTRIBUTIONS[number][1:]
    CASES.append((f"{name} unmarked", f"{REPLY[language]}\n\n{line}\nHello,\n\nIt is on its way.", REPLY[language]))

HEADERS = [
    (
        "outlook en",
        "en",
        "From: Maya de Wit <maya@shop.example>\nSent: Friday, 5 January 2024 10:00\nTo: Lee\nSubject: RE: Parcel",
    ),
    (
        "outlook bold",
        "en",
        "*From:* Maya de Wit <maya@shop.example>\n*Sent:* Friday, 5 January 2024 10:00\n*To:* Lee\n*Subject:* Parcel",
    ),
    (
        "outlook web",
        "en",
        "________________________________\nFrom: Maya de Wit <maya@shop.example>\nSent: Friday, January 5, 2024\nTo: Lee\nSubject: Parcel",
    ),
    (
        "outlook original",
        "en",
        "-----Original Message-----\nFrom: Maya de Wit\nSent: Friday, January 5, 2024\nTo: Lee\nSubject: Parcel",
    ),
    (
        "outlook nl",
        "nl",
        "Van: Maya de Wit <maya@shop.example>\nVerzonden: vrijdag 5 januari 2024 10:00\nAan: Lee\nOnderwerp: RE: Pakket",
    ),
    (
        "outlook nl original",
        "nl",
        "-----Oorspronkelijk bericht-----\nVan: Maya de Wit\nVerzonden: vrijdag 5 januari 2024\nAan: Lee\nOnderwerp: Pakket",
    ),
    (
        "outlook de",
        "de",
        "Von: Maya de Wit <maya@shop.example>\nGesendet: Freitag, 5. Januar 2024 10:00\nAn: Lee\nBetreff: AW: Paket",
    ),
    (
        "outlook de original",
        "de",
        "-----Ursprüngliche Nachricht-----\nVon: Maya de Wit\nGesendet: Freitag, 5. Januar 2024\nAn: Lee\nBetreff: Paket",
    ),
    (
        "gmx de",
        "de",
        'Gesendet: Freitag, 05. Januar 2024 um 10:00 Uhr\nVon: "Maya de Wit" <maya@shop.example>\nAn: Lee\nBetreff: Paket',
    ),
    (
        "outlook fr",
        "fr",
        "De : Maya de Wit <maya@shop.example>\nEnvoyé : vendredi 5 janvier 2024 10:00\nÀ : Lee\nObjet : RE: Colis",
    ),
    (
        "orange fr",
        "fr",
        '> Message du 05/01/24 10:00\n> De : "Maya de Wit" <maya@shop.example>\n> A : lee@home.example\n> Objet : Colis',
    ),
    (
        "outlook es",
        "es",
        "De: Maya de Wit <maya@shop.example>\nEnviado: viernes, 5 de enero de 2024 10:00\nPara: Lee\nAsunto: RE: Paquete",
    ),
    (
        "outlook it",
        "it",
        "Da: Maya de Wit <maya@shop.example>\nInviato: venerdì 5 gennaio 2024 10:00\nA: Lee\nOggetto: R: Pacco",
    ),
    (
        "outlook pt",
        "pt",
        "De: Maya de Wit <maya@shop.example>\nEnviado: sexta-feira, 5 de janeiro de 2024 10:00\nPara: Lee\nAssunto: Encomenda",
    ),
    (
        "outlook pl",
        "pl",
        "Od: Maya de Wit <maya@shop.example>\nWysłano: piątek, 5 stycznia 2024 10:00\nDo: Lee\nTemat: Paczka",
    ),
    (
        "outlook sv",
        "sv",
        "Från: Maya de Wit <maya@shop.example>\nSkickat: den 5 januari 2024 10:00\nTill: Lee\nÄmne: Paket",
    ),
    ("outlook da", "da", "Fra: Maya de Wit <maya@shop.example>\nSendt: 5. januar 2024 10:00\nTil: Lee\nEmne: Pakke"),
    (
        "outlook fi",
        "fi",
        "Lähettäjä: Maya de Wit <maya@shop.example>\nLähetetty: perjantai 5. tammikuuta 2024\nVastaanottaja: Lee\nAihe: Paketti",
    ),
    (
        "outlook cs",
        "cs",
        "Od: Maya de Wit <maya@shop.example>\nOdesláno: pátek 5. ledna 2024 10:00\nKomu: Lee\nPředmět: Balík",
    ),
    (
        "outlook ru",
        "ru",
        "От: Maya de Wit <maya@shop.example>\nОтправлено: 5 января 2024 г. 10:00\nКому: Lee\nТема: Посылка",
    ),
    (
        "outlook tr",
        "tr",
        "Kimden: Maya de Wit <maya@shop.example>\nGönderildi: 5 Ocak 2024 Cuma 10:00\nKime: Lee\nKonu: Paket",
    ),
    (
        "outlook zh",
        "zh",
        "发件人: Maya de Wit <maya@shop.example>\n发送时间: 2024年1月5日 10:00\n收件人: Lee\n主题: 包裹",
    ),
    (
        "qq zh",
        "zh",
        '------------------ 原始邮件 ------------------\n发件人: "Maya" <maya@shop.example>;\n发送时间: 2024年1月5日(星期五) 上午10:00\n收件人: "Lee";\n主题: 包裹',
    ),
    (
        "outlook ja",
        "ja",
        "差出人: Maya de Wit <maya@shop.example>\n送信日時: 2024年1月5日 10:00\n宛先: Lee\n件名: 荷物",
    ),
    (
        "outlook ko",
        "ko",
        "보낸 사람: Maya de Wit <maya@shop.example>\n보낸 날짜: 2024년 1월 5일 금요일\n받는 사람: Lee\n제목: 소포",
    ),
]
for name, language, block in HEADERS:
    CASES.append((name, f"{REPLY[language]}\n\n{block}\n\nHello,\n\nYour parcel is on its way.", REPLY[language]))

SENT_FROM = [
    "Sent from my iPhone",
    "Sent from Mail for Windows",
    "Sent from my Galaxy",
    "Get Outlook for iOS<https://aka.ms/x>",
    "Sent from Yahoo Mail on Android",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanaf mijn Galaxy",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Gesendet von Mail für Windows",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon mobile",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Wysłane z iPhone'a",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhoneから送信",
    "发自我的iPhone",
]
for line in SENT_FROM:
    CASES.append(
        (
            f"signature {line}",
            f"Yes please.\n\n{line}\n\nOn 5 Jan 2024, at 10:00, Maya <maya@shop.example> wrote:\n\n> Shall I?\n",
            "Yes please.",
        )
    )

CASES += [
    (
        "no quote",
        "Hello,\n\nWhere is my parcel?\n\nKind regards,\nLee",
        "Hello,\n\nWhere is my parcel?\n\nKind regards,\nLee",
    ),
    ("signature", "Hello,\n\nWhere is it?\n\n-- \nLee Park\n+31 6 1234", "Hello,\n\nWhere is it?"),
    ("signature without blank", "Hello,\n\nWhere is it?\n\n--\nLee Park", "Hello,\n\nWhere is it?"),
    (
        "below",
        "On 5 Jan 2024, at 10:00, Maya <maya@shop.example> wrote:\n\n> Shall I send it?\n\nYes please.\n\n-- \nLee",
        "Yes please.",
    ),
    (
        "between",
        "On 5 Jan 2024, Maya <maya@shop.example> wrote:\n> Which size?\n\nLarge.\n\n> Which colour?\n\nBlue.\n",
        "Large.\n\nBlue.",
    ),
    ("quote only", "> Shall I send it?\n> Maya", "> Shall I send it?\n> Maya"),
    (
        "forward only",
        "---------- Forwarded message ---------\nFrom: Bank <bank@bank.example>\nDate: Fri, Jan 5, 2024\nSubject: Card\nTo: Lee\n\nYour card.",
        "---------- Forwarded message ---------\nFrom: Bank <bank@bank.example>\nDate: Fri, Jan 5, 2024\nSubject: Card\nTo: Lee\n\nYour card.",
    ),
    (
        "forward",
        "Is this real?\n\n---------- Forwarded message ---------\nFrom: Bank <bank@bank.example>\nDate: Fri, Jan 5, 2024\nSubject: Card\nTo: Lee\n\nYour card.",
        "Is this real?",
    ),
    (
        "apple forward",
        "Is this real?\n\nBegin forwarded message:\n\nFrom: Bank <bank@bank.example>\nSubject: Card\nDate: 5 January 2024\nTo: Lee\n\nYour card.",
        "Is this real?",
    ),
    ("list", "I need:\n- one box\n- two bags\n\nThanks", "I need:\n- one box\n- two bags\n\nThanks"),
    ("colon", "My address is:\n\nDam 1\n1012 Amsterdam", "My address is:\n\nDam 1\n1012 Amsterdam"),
    (
        "on in a sentence",
        "On Friday I wrote to you about 5 parcels.\nNobody answered.",
        "On Friday I wrote to you about 5 parcels.\nNobody answered.",
    ),
    (
        "she wrote",
        'Your colleague wrote me:\n"it will come on 5 January"\n\nIt did not.',
        'Your colleague wrote me:\n"it will come on 5 January"\n\nIt did not.',
    ),
    ("greater than", "The price is > 100 euro\nand weight is < 5 kg", "The price is > 100 euro\nand weight is < 5 kg"),
    ("order form", "Name: Lee\nOrder: 1234\nProblem: it is broken", "Name: Lee\nOrder: 1234\nProblem: it is broken"),
    (
        "to and from",
        "I travel\nFrom: Amsterdam\nTo: Berlin\nwith one bag",
        "I travel\nFrom: Amsterdam\nTo: Berlin\nwith one bag",
    ),
    (
        "two levels",
        "Fine.\n\nOn 6 Jan 2024, at 9:00, Maya <maya@shop.example> wrote:\n\n> Ok?\n>\n> On 5 Jan 2024, at 10:00, Lee wrote:\n>\n>> Hm.\n",
        "Fine.",
    ),
    ("zoho", "Fine.\n\n---- On Fri, 05 Jan 2024 10:00:00 +0100 Maya <maya@shop.example> wrote ----\n\nOk?", "Fine."),
    (
        "proton",
        "Fine.\n\nSent with Proton Mail secure email.\n\nOn Friday, January 5th, 2024 at 10:00 AM, Maya <maya@shop.example> wrote:\n\n> Ok?",
        "Fine.",
    ),
    ("old gmail", "Fine.\n\n2013/11/1 Maya de Wit <maya@shop.example>\n\n> Ok?", "Fine."),
    (
        "our own line",
        "Fine.\n\n##- Please type your reply above this line -##\n\nYour request has been updated.",
        "Fine.",
    ),
    (
        "windows line ends",
        "Fine.\r\n\r\nOn 5 Jan 2024, at 10:00, Maya <maya@shop.example> wrote:\r\n> Ok?\r\n",
        "Fine.",
    ),
    (
        "list footer",
        "Fine.\n\n_______________________________________________\nAll mailing list\nAll@lists.example",
        "Fine.",
    ),
    (
        "three lines",
        "Fine.\n\nOn Fri, Jan 5, 2024 at 10:00 AM\nMaya de Wit of the Shop in the Long Street\n<maya@shop.example> wrote:\n\n> Ok?",
        "Fine.",
    ),
    ("a line drawn above", "Fine.\n\n-----\nFrom: Maya\nSent: Friday\nTo: Lee\nSubject: Ok\n\nOk?", "Fine."),
    ("unfinished", "On Monday: fine.\nOn Tuesday: not.", "On Monday: fine.\nOn Tuesday: not."),
]
