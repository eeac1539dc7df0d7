"""Names of organisations in their own letters, at least one for every script the document sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name, the ISO 15924 code of its script and the BCP 47 tag of its language."""

    script: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.language}-{self.script}"


NAMES = (
    Name("Latn", "vi", "Hội Nhà báo Độc lập Việt Nam"),
    Name("Latn", "pl", "Helsińska Fundacja Praw Człowieka „Łódź”"),
    Name("Latn", "ha", "Ƙungiyar Ɗaliban Najeriya"),
    Name("Latn", "lkt", "Lakȟól’iyapi Ómničiye, m̂ n̈ p̣"),
    Name("Grek", "el", "Ελληνική Ένωση για τα Δικαιώματα του Ανθρώπου"),
    Name("Grek", "grc", "Ἡ ἐν Ἀθήναις Ἀρχαιολογικὴ Ἑταιρεία ᾧ"),
    Name("Cyrl", "kk", "Қазақстандық адам құқықтары бюросы"),
    Name("Cyrl", "tg", "Бюрои ҳуқуқи инсон ва риояи қонуният, Ҷ Ӣ"),
    Name("Cyrl", "uk", "Українська Гельсінська спілка з прав людини"),
    Name("Cyrl", "ab", "Аԥсны агәыҭԥшраҵә"),
    Name("Arab", "ar", "مركز القاهرة لدراسات حقوق الإنسان"),
    Name("Arab", "ug", "دۇنيا ئۇيغۇر قۇرۇلتىيى"),
    Name("Arab", "fa", "بنیاد عبدالرحمن برومند، ۱۳۷۹"),
    Name("Arab", "ur", "انسانی حقوق کمیشن پاکستان"),
    Name("Hebr", "he", "בצלם – מרכז המידע לזכויות האדם"),
    Name("Deva", "hi", "राष्ट्रीय मानव अधिकार संरक्षण समिति"),
    Name("Deva", "ne", "अनौपचारिक क्षेत्र सेवा केन्द्र"),
    Name("Tibt", "bo", "བོད་ཀྱི་འགྲོ་བ་མིའི་ཐོབ་ཐང་དང་མང་གཙོ་འཕེལ་རྒྱས་ལྟེ་གནས་ཁང་།"),
    Name("Hani", "zh-Hans", "中国维权律师关注组"),
    Name("Hani", "zh-Hant", "台灣人權促進會・香港記者協會"),
    Name("Jpan", "ja", "アムネスティ・インターナショナル日本"),
    Name("Jpan", "ja", "特定非営利活動法人ヒューマンライツ・ナウ"),
    Name("Kore", "ko", "국제앰네스티 한국지부"),
    Name("Thai", "th", "ศูนย์ทนายความเพื่อสิทธิมนุษยชน"),
    Name("Laoo", "lo", "ຂະບວນການລາວເພື່ອສິດທິມະນຸດ"),
    Name("Khmr", "km", "សមាគមការពារសិទ្ធិមនុស្ស និងអភិវឌ្ឍន៍"),
    Name("Mymr", "my", "နိုင်ငံရေးအကျဉ်းသားများ ကူညီစောင့်ရှောက်ရေးအသင်း"),
    Name("Ethi", "am", "የኢትዮጵያ ሰብዓዊ መብቶች ጉባኤ"),
    Name("Armn", "hy", "Հելսինկյան քաղաքացիական ասամբլեա"),
    Name("Geor", "ka", "საქართველოს ახალგაზრდა იურისტთა ასოციაცია"),
    Name("Beng", "bn", "আইন ও সালিশ কেন্দ্র, মানবাধিকার সংস্কৃতি"),
    Name("Taml", "ta", "மக்கள் கண்காணிப்பகம், கொழும்பு"),
    Name("Telu", "te", "పౌరహక్కుల సంఘం, ఆంధ్రప్రదేశ్"),
    Name("Knda", "kn", "ಕರ್ನಾಟಕ ಮಾನವ ಹಕ್ಕುಗಳ ಸಂಸ್ಥೆ"),
    Name("Mlym", "ml", "മനുഷ്യാവകാശ സംരക്ഷണ കേന്ദ്രം"),
    Name("Gujr", "gu", "નવસર્જન ટ્રસ્ટ, ગુજરાત"),
    Name("Guru", "pa", "ਖਾਲੜਾ ਮਿਸ਼ਨ ਆਰਗੇਨਾਈਜ਼ੇਸ਼ਨ"),
    Name("Sinh", "si", "නිදහස් මාධ්‍ය ව්‍යාපාරය, ශ්‍රී ලංකා"),
    Name("Mong", "mn-Mong", "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠤᠯ"),
    Name("Cans", "iu", "ᐃᓄᐃᑦ ᑕᐱᕇᑦ ᑲᓇᑕᒥ"),
    Name("Tfng", "tzm", "ⴰⴳⵔⴰⵡ ⴰⵎⴰⴹⵍⴰⵏ ⴰⵎⴰⵣⵉⵖ"),
    Name("Thaa", "dv", "ދިވެހިރާއްޖޭގެ ޓްރާންސްޕެރެންސީ"),
    Name("Syrc", "syr", "ܚܘܝܕܐ ܐܬܘܪܝܐ ܬܒܝܠܝܐ"),
)
"""Some are made up of words that names hold, where no organisation writes all the hard letters of its script."""

BOTH_WAYS = (
    Name("Arab", "ar", "Gulf Centre for Human Rights (مركز الخليج لحقوق الإنسان) – GCHR"),
    Name("Arab", "fa", "بنیاد برومند (Boroumand 1379) ۱۳۷۹"),
    Name("Hebr", "he", "Adalah (עדאלה) 1996"),
)
"""Lines of both directions, in a letter that runs from left to right."""
