"""One invented letter in languages that are set in other ways: Arabic from the right, Chinese without spaces."""

from __future__ import annotations

from signing.domain.letter_text import LetterText

_ARABIC = """\
نحن المنظمات الموقّعة أدناه نكتب إليكم بشأن **المياه النظيفة** و*القواعد العادلة*، كما فعلنا في عام 2019[^a]. وقد \
نشرت منظمة Human Rights Watch تقريرًا من 48 صفحة، متاحًا على [موقعها الإلكتروني](https://river.example/report)، \
يُبيّن أن 1,250 أسرة في 17 قرية لا تحصل على ماء صالح للشرب. وجاء في التقرير أن «النهر لا يملكه أحد».

## ما نطلبه

نطلب من الحكومة ثلاثة أمور:

1. نشر الأرقام:
   - أرقام النهر الأعلى، حيث يؤخذ الماء قبل أن يقيسه أحد، وحيث لا يُسمح لأحد بأن ينظر أو يسأل أو يصوّر؛
   - أرقام النهر الأسفل، وفق توصيات UN-Water (2018).
2. لقاء ممثلي القرى قبل 1 مايو 2031.

   ونحن مستعدون للسفر إلى العاصمة في أي يوم تختارونه، بصحبة من عاشوا على ضفتي النهر طوال حياتهم.
3. الردّ كتابةً.

> «النهر الذي يشرب منه الجميع لا يحرسه أحد.»
>
> Every **bank** belongs to the river.

إننا نؤمن بأن الحوار ممكن، وبأن الأرقام حين تُنشر تُطمئن أكثر مما تُخيف. ولذلك نضع خبرتنا في خدمة الوزارة، ونرجو \
أن تكون هذه الرسالة بداية عمل مشترك.

[^a]: الرسالة الأولى، *River Journal*، 2019.
"""

_CHINESE = """\
我们以下署名的组织就**清洁水源**与公平规则致信阁下。2019年，我们曾发表[第一封公开信](https://river.example/2019)[^a]，\
Human Rights Watch 亦于同年发布了长达48页的报告，指出17个村庄的1,250户家庭无法获得安全的饮用水。“河流不属于任何一岸”，\
一位村民这样告诉我们；我们相信，公开数据比隐瞒数据更能让人安心，对话也依然是可能的。

## 我们的要求

我们请求政府：

1. 公布上游与下游的数据；
2. 在2031年5月1日之前会见村民代表；
3. 以书面形式答复。

[^a]: 第一封公开信，《河流杂志》，2019年。
"""

_FRENCH = """\
Les organisations soussignées vous écrivent au sujet de l’eau\u00a0: «\u00a0la rivière n’appartient à personne\u202f», \
disait-on déjà en 2019[^a]. L’enquête de [Human Rights Watch](https://river.example/enquete) l’a montré\u202f: \
1\u202f250 familles n’ont pas d’eau potable.

- Publier les chiffres\u202f;
- rencontrer les villages avant le 1er\u00a0mai 2031.

[^a]: Première lettre, *Journal des rivières*, 2019.
"""


def arabic_letter() -> LetterText:
    """From right to left, with Latin names, numbers, a link, a nested list and an English quotation in it."""
    return LetterText(
        title="رسالة مفتوحة: النهر ملك ضفتيه معًا، وليس ملكًا لمصنع واحد",
        date="2031-03-04",
        date_line="4 مارس 2031",
        language="ar",
        addressees=(("السيدة سلمى حدّاد", "وزيرة المياه", "1 شارع الضفة"), ("نسخة إلى: Mr Bo Example, MP.",)),
        body=_ARABIC,
        salutation="سعادة الوزيرة،",
        closing="وتفضّلوا بقبول فائق الاحترام،",
        place="مدينة النهر",
        reference="المرجع W/31-7",
    )


def chinese_letter() -> LetterText:
    """Without spaces between words."""
    return LetterText(
        title="公开信：河流属于两岸，不属于任何一座工厂",
        date="2031-03-04",
        date_line="2031年3月4日",
        language="zh",
        addressees=(("水利部部长", "李明先生"), ("抄送：河畔市市长",)),
        body=_CHINESE,
        salutation="尊敬的部长：",
        closing="此致敬礼",
        place="河畔市",
    )


def french_letter() -> LetterText:
    """With the spaces of French punctuation."""
    return LetterText(
        title="Lettre ouverte pour une rivière qui appartient à ses deux rives",
        date="2031-03-04",
        date_line="le 4 mars 2031",
        language="fr",
        addressees=(("Madame Ada Exemple", "Ministre de l’Eau"), ("Copie à : Monsieur Bo Exemple",)),
        body=_FRENCH,
        salutation="Madame la Ministre,",
        closing="Veuillez agréer, Madame la Ministre, nos salutations distinguées.",
        place="Ville-sur-Rive",
    )
