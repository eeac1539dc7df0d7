"""What the tests know of each language: how its pages look, and a sentence of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from signing.workflow.ports import NoticeKind

# Mails that one kind of notice sends with other words.
SEALED, DECLINED, NOTED, REVOKED = "a confidential answer", "a decline", "a key was noted", "a key was revoked"


@dataclass(frozen=True)
class Spoken:
    """Words as a contact sees them; names in them are not isolated here."""

    tag: str
    direction: str
    question: str
    deadline: str
    choose: str
    wrong_code: str
    approved: str
    closed: str
    old_link: str
    unknown_link: str
    own_key: str
    to_sign: str
    keys: str
    key_waits: str
    level: str
    carried: str
    differs: str
    subjects: dict[str, str]
    sender: str


FRENCH = Spoken(
    "fr", "ltr",
    question="Human Rights in China : signez-vous cette lettre ?",
    deadline="dimanche 22 mars 2026 à 09:30 (UTC)",
    choose="Choisissez votre réponse.",
    wrong_code="Ce n’est pas le dernier code demandé dans ce navigateur.",
    approved="Merci. Human Rights in China a approuvé la lettre.",
    closed="Cette lettre n’accepte plus de réponses.",
    old_link="Ce lien n’ouvre plus la lettre",
    unknown_link="Nous ne pouvons pas ouvrir ce lien",
    own_key="Signer avec votre propre clé",
    to_sign="Là où se trouve le fichier, lancez ceci avec votre clé :",
    keys="Human Rights in China : vos clés",
    key_waits="Lisez ces mots à la coordination quand elle vous appelle",
    level="signée par une clé dans votre navigateur, ou plus forte encore.",
    carried="Votre approbation de la version 1 vaut aussi pour ce texte",
    differs="Le texte de la lettre diffère.",
    subjects={
        NoticeKind.INVITATION: "Human Rights in China : votre nom sous cette lettre ?",
        NoticeKind.CODE: "Votre code pour : Joint letter",
        NoticeKind.RECEIPT: "Reçu : Human Rights in China approuve « Joint letter",
        NoticeKind.NEW_VERSION: "Le texte a changé, merci de le relire",
        NoticeKind.CARRIED: "Votre approbation tient : Joint letter",
        NoticeKind.KEY_VOUCHED: "Votre clé est confirmée, merci d’approuver maintenant : Joint letter",
        SEALED: "Reçu de votre réponse : Joint letter",
        DECLINED: "Reçu de votre réponse : Joint letter",
        NOTED: "Clé enregistrée pour : Joint letter",
        REVOKED: "Clé révoquée pour : Joint letter",
    },
    sender="Lettres communes, localhost",
)
ARABIC = Spoken(
    "ar", "rtl",
    question="هل توقّع منظمة Human Rights in China هذه الرسالة؟",
    deadline="الأحد 22 مارس 2026، 09:30 (UTC)",
    choose="اختاروا ردّكم.",
    wrong_code="ليس هذا آخر رمز طُلب من هذا المتصفّح.",
    approved="شكرًا لكم. وافقت منظمة Human Rights in China على الرسالة.",
    closed="أُغلق باب الردّ على هذه الرسالة.",
    old_link="لم يعد هذا الرابط يفتح الرسالة",
    unknown_link="لا نستطيع فتح هذا الرابط",
    own_key="التوقيع بمفتاح خاصّ بكم",
    to_sign="في مكان الملف نفّذوا هذا الأمر بمفتاحكم:",
    keys="مفاتيح منظمة Human Rights in China",
    key_waits="اقرؤوا هذه الكلمات لفريق التنسيق حين يتصل بكم",
    level="تطلب هذه الرسالة ردًّا موقَّعًا بمفتاح في متصفّحكم، أو بما هو أقوى.",
    carried="تسري موافقتكم على النسخة 1 على هذا النص أيضًا",
    differs="نص الرسالة مختلف.",
    subjects={
        NoticeKind.INVITATION: "هل يُدرج اسم منظمة Human Rights in China تحت هذه الرسالة؟",
        NoticeKind.CODE: "رمزكم من أجل: Joint letter",
        NoticeKind.RECEIPT: "إيصال: منظمة Human Rights in China توافق على «Joint letter",
        NoticeKind.NEW_VERSION: "تغيّر النص، يُرجى النظر من جديد",
        NoticeKind.CARRIED: "موافقتكم قائمة: Joint letter",
        NoticeKind.KEY_VOUCHED: "تأكّد مفتاحكم، يُرجى الموافقة الآن: Joint letter",
        SEALED: "إيصال ردّكم: Joint letter",
        DECLINED: "إيصال ردّكم: Joint letter",
        NOTED: "سُجّل مفتاح من أجل: Joint letter",
        REVOKED: "أُبطل مفتاح من أجل: Joint letter",
    },
    sender="رسائل مشتركة، localhost",
)
LANGUAGES = (FRENCH, ARABIC)


def plain(words: str) -> str:
    """`words` without what keeps names and numbers apart, with ordinary blanks."""
    bare = words.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f")))
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())
