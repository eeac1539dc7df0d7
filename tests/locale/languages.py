"""What the tests know of each language: how its pages look, and a sentence of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from signing.workflow.ports import NoticeKind


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
    subjects: dict[NoticeKind, str]
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
    subjects={
        NoticeKind.INVITATION: "Human Rights in China : votre nom sous cette lettre ?",
        NoticeKind.CODE: "Votre code pour : Joint letter",
        NoticeKind.RECEIPT: "Reçu : Human Rights in China approuve « Joint letter",
        NoticeKind.NEW_VERSION: "Le texte a changé, merci de le relire",
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
    subjects={
        NoticeKind.INVITATION: "هل يُدرج اسم منظمة Human Rights in China تحت هذه الرسالة؟",
        NoticeKind.CODE: "رمزكم من أجل: Joint letter",
        NoticeKind.RECEIPT: "إيصال: منظمة Human Rights in China توافق على «Joint letter",
        NoticeKind.NEW_VERSION: "تغيّر النص، يُرجى النظر من جديد",
    },
    sender="رسائل مشتركة، localhost",
)
LANGUAGES = (FRENCH, ARABIC)


def plain(words: str) -> str:
    """`words` without what keeps names and numbers apart, with ordinary blanks."""
    bare = words.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f")))
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())
