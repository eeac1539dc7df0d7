"""What the tests know of each language: how its pages look, and a sentence of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import east_asian_width

from signing.workflow.mail_ports import NoticeKind

# Mails that one kind of notice sends with other words.
SEALED, DECLINED, NOTED, REVOKED = "a confidential answer", "a decline", "a key was noted", "a key was revoked"
ABANDONED = "a letter was given up"


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
    dead_link: str
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
    dead_link="Ce lien n’ouvre pas de lettre",
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
        NoticeKind.REMINDER: "Rappel : The Organisation 2 n’a pas encore répondu. Joint letter",
        NoticeKind.FRESH_LINK: "Le lien que vous avez demandé : Joint letter",
        NoticeKind.HANDED_OVER: "Relais passé : Joint letter",
        NoticeKind.REVIEWED: "Rafa Reviewer donne son accord, à vous maintenant : Joint letter",
        NoticeKind.REMARK_ANSWERED: "La coordination vous a répondu : Joint letter",
        NoticeKind.DEADLINE: "Vous avez jusqu’au",
        NoticeKind.CLOSED: "Lettre close et signée : Joint letter",
        ABANDONED: "Lettre abandonnée : Joint letter",
        NoticeKind.PUBLISHED: "Lettre publiée : Joint letter",
        NoticeKind.DELIVERY: "Lettre commune : Joint letter",
        NoticeKind.TRIAL: "votre nom sous cette lettre ?",
    },
    sender="Lettres communes, localhost",
)
ARABIC = Spoken(
    "ar", "rtl",
    question="هل توقّع منظمة Human Rights in China هذه الرسالة؟",
    deadline="الأحد 22 مارس 2026، 09:30 (بتوقيت UTC)",
    choose="اختاروا ردّكم.",
    wrong_code="ليس هذا آخر رمز طُلب من هذا المتصفّح.",
    approved="شكرًا لكم. وافقت منظمة Human Rights in China على الرسالة.",
    closed="أُغلق باب الردّ على هذه الرسالة.",
    dead_link="هذا الرابط لا يفتح رسالة",
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
        NoticeKind.REMINDER: "تذكير: لم تردّ منظمة The Organisation 2 بعد. Joint letter",
        NoticeKind.FRESH_LINK: "الرابط الذي طلبتموه: Joint letter",
        NoticeKind.HANDED_OVER: "أُحيل الأمر: Joint letter",
        NoticeKind.REVIEWED: "صدر القبول من Rafa Reviewer، والدور الآن لكم: Joint letter",
        NoticeKind.REMARK_ANSWERED: "أجابكم فريق التنسيق: Joint letter",
        NoticeKind.DEADLINE: "مهلة الردّ حتى",
        NoticeKind.CLOSED: "أُغلقت الرسالة ووُقّعت: Joint letter",
        ABANDONED: "أُلغيت الرسالة: Joint letter",
        NoticeKind.PUBLISHED: "نُشرت الرسالة: Joint letter",
        NoticeKind.DELIVERY: "رسالة مشتركة: Joint letter",
        NoticeKind.TRIAL: "هل يُدرج اسم منظمة",
    },
    sender="رسائل مشتركة، localhost",
)
SPANISH = Spoken(
    "es", "ltr",
    question="¿Firmará Human Rights in China esta carta?",
    deadline="domingo 22 de marzo de 2026, 09:30 (UTC)",
    choose="Elija su respuesta.",
    wrong_code="Ese no es el último código que enviamos a este navegador.",
    approved="Muchas gracias. Human Rights in China ha aprobado la carta.",
    closed="Esta carta ya no admite respuestas.",
    dead_link="Este enlace no abre ninguna carta",
    own_key="Firmar con una clave propia",
    to_sign="Donde esté el archivo, ejecute esto con su clave:",
    keys="Claves de Human Rights in China",
    key_waits="Lea estas palabras a la coordinación cuando le llame",
    level="firmada con una clave de su navegador, o más segura.",
    carried="Su aprobación de la versión 1 vale también para este texto",
    differs="El texto de la carta es distinto.",
    subjects={
        NoticeKind.INVITATION: "¿Puede figurar Human Rights in China al pie de esta carta?",
        NoticeKind.CODE: "Su código para: Joint letter",
        NoticeKind.RECEIPT: "Comprobante: Human Rights in China aprueba «Joint letter",
        NoticeKind.NEW_VERSION: "El texto ha cambiado, léalo de nuevo, por favor",
        NoticeKind.CARRIED: "Su aprobación se mantiene: Joint letter",
        NoticeKind.KEY_VOUCHED: "Su clave está confirmada, apruebe ahora, por favor: Joint letter",
        SEALED: "Comprobante de su respuesta: Joint letter",
        DECLINED: "Comprobante de su respuesta: Joint letter",
        NOTED: "Se ha anotado una clave para: Joint letter",
        REVOKED: "Se ha revocado una clave para: Joint letter",
        NoticeKind.REMINDER: "Recordatorio: The Organisation 2 aún no ha respondido. Joint letter",
        NoticeKind.FRESH_LINK: "El enlace que pidió: Joint letter",
        NoticeKind.HANDED_OVER: "Tarea traspasada: Joint letter",
        NoticeKind.REVIEWED: "Rafa Reviewer da su conformidad, ahora le toca a usted: Joint letter",
        NoticeKind.REMARK_ANSWERED: "La coordinación le ha respondido: Joint letter",
        NoticeKind.DEADLINE: "Tiene hasta el",
        NoticeKind.CLOSED: "Carta cerrada y firmada: Joint letter",
        ABANDONED: "Carta abandonada: Joint letter",
        NoticeKind.PUBLISHED: "Carta publicada: Joint letter",
        NoticeKind.DELIVERY: "Carta conjunta: Joint letter",
        NoticeKind.TRIAL: "al pie de esta carta?",
    },
    sender="Cartas conjuntas, localhost",
)
CHINESE = Spoken(
    "zh", "ltr",
    question="Human Rights in China：贵组织是否签署这封信？",
    deadline="2026年3月22日星期日 09:30（UTC）",
    choose="请选择您的答复。",
    wrong_code="这不是我们最近发给这个浏览器的验证码。",
    approved="谢谢！贵组织（Human Rights in China）已同意这封信。",
    closed="这封信已停止接收答复。",
    dead_link="这个链接不能打开信件",
    own_key="用您自己的密钥签名",
    to_sign="在文件所在的位置，用您的密钥运行：",
    keys="贵组织（Human Rights in China）的密钥",
    key_waits="协调人来电时，请向对方读出这些词",
    level="这封信要求答复用浏览器中的密钥签名，或用更强的方式。",
    carried="您对第 1 版的同意也适用于这份文本",
    differs="信件的文本不同。",
    subjects={
        NoticeKind.INVITATION: "Human Rights in China：贵组织是否愿意在这封信上署名？",
        NoticeKind.CODE: "您的验证码：Joint letter",
        NoticeKind.RECEIPT: "回执：贵组织（Human Rights in China）同意《Joint letter",
        NoticeKind.NEW_VERSION: "文本已更改，请重新阅读",
        NoticeKind.CARRIED: "你们的同意仍然有效：Joint letter",
        NoticeKind.KEY_VOUCHED: "您的密钥已确认，请现在表示同意：Joint letter",
        SEALED: "答复回执：Joint letter",
        DECLINED: "答复回执：Joint letter",
        NOTED: "已登记密钥：Joint letter",
        REVOKED: "已吊销密钥：Joint letter",
        NoticeKind.REMINDER: "提醒：贵组织（The Organisation 2）尚未答复。Joint letter",
        NoticeKind.FRESH_LINK: "您索取的链接：Joint letter",
        NoticeKind.HANDED_OVER: "已移交：Joint letter",
        NoticeKind.REVIEWED: "您的同事（Rafa Reviewer）已认可，现在轮到您：Joint letter",
        NoticeKind.REMARK_ANSWERED: "协调人已回复您：Joint letter",
        NoticeKind.DEADLINE: "答复截止时间：",
        NoticeKind.CLOSED: "已截止并签名：Joint letter",
        ABANDONED: "已取消：Joint letter",
        NoticeKind.PUBLISHED: "已公布：Joint letter",
        NoticeKind.DELIVERY: "联名信：Joint letter",
        NoticeKind.TRIAL: "贵组织是否愿意在这封信上署名？",
    },
    sender="联名信，localhost",
)
LANGUAGES = (FRENCH, SPANISH, ARABIC, CHINESE)


def plain(words: str) -> str:
    """`words` without what keeps names and numbers apart, with ordinary blanks."""
    bare = words.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f")))
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def columns(line: str) -> int:
    """How wide a terminal shows `line`: Chinese characters take two columns each."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)
