"""Invents organisations with plausible names: the same count and seed give the same names, another seed hardly any.

Words that real lists repeat (centre, droits, networks) come from a stock; places and people are put together from
syllables, so that a long list holds thousands of different words, as real ones do. Names have 12 to 80 characters.
"""

import random

from signing.evidence.signatory import Signatory

_KINDS = (
    "Action Alliance Asociación Association Center Centre Coalition Collectif Comité Commission Committee "
    "Confédération Council Federación Federation Fondation Forum Foundation Fundación Fundacja Gesellschaft Initiative "
    "Institut Institute League Liga Ligue Mouvement Movement Nadace Network Observatoire Observatory Organisation "
    "Platform Project Red Réseau Society Stiftung Stowarzyszenie Társaság Trust Union Verein Vereniging Watch"
)
_CAUSES = (
    "Accountability|Advocates|Asylum|Child Rights|Clean Water|Climate Justice|Democracy|Derechos Humanos|Development|"
    "Digital Rights|Diritti|Disability|Droits de l’Homme|Education|Environmental Law|Equality|Free Speech|Health|"
    "Housing|Human Rights|Indigenous Peoples|International Justice|Journalists|Labour Rights|Lawyers|Legal Aid|"
    "Libertés Civiles|Médias Libres|Menschenrechte|Migrants|Minority Rights|Open Government|Peace & Reconciliation|"
    "Persécutés|Press Freedom|Prawa Człowieka|Prisoners|Privacy|Public Policy|Refugees|Rule of Law|Rural Women|"
    "Social Change|Solidarité|Students|Sürdürülebilir Kalkınma|Trade Unions|Transparency|Victims|Women|Youth"
)
_JOINTS = ("for", "of", "pour", "de", "por los", "für", "dla", "and", "–", "on", "against", "des")
_SYLLABLES = (
    "ba be bo bre ča če da de dor du el fa fi ga ghi gra há ho ie ja jo ka kē ki ko kra la le li ló lu ma mé mi mo mu "
    "na ne ni nø nu ol pa pe po pra ra re ri ro rū sa šé si so sta su ta te ti to tra tü ul va ve vi vo wa wi xo ya yu "
    "za ze zi zo"
)
_ENDS = ("", "", "", "n", "r", "s", "l", "m", "nd", "ń", "ç", "burg", "stan", "ville", "ó")
_TAILS = ("", "", "", "", " International", " e.V.", " (Europe)", " of {}", ", {}", " in {}", " – {}")


def organisations(count: int, seed: int) -> list[Signatory]:
    """That many different organisations, sorted by name; a third has an acronym beside its name or in it."""
    chance = random.Random(seed)
    names: dict[str, Signatory] = {}
    while len(names) < count:
        name = _name(chance)
        if not 12 <= len(name) <= 80 or name in names:
            continue
        acronym = None
        if chance.random() < 0.35:
            acronym = "".join(word[0] for word in name.split() if word[0].isupper())
            if len(acronym) < 2:
                acronym = None
            elif chance.random() < 0.5 and len(name) < 72:
                name, acronym = f"{name} ({acronym})", None
        names[name] = Signatory(acronym, name, None, name, "Kim Example", "Director", None)
    return [names[name] for name in sorted(names)]


def _name(chance: random.Random) -> str:
    kind, joint = chance.choice(_KINDS.split()), chance.choice(_JOINTS)
    cause, other = chance.sample(_CAUSES.split("|"), 2)
    forms = (
        f"{_proper(chance)} {kind} {joint} {cause}",
        f"{kind} {joint} {cause}",
        f"{cause} {kind} {_proper(chance)}",
        f"{kind} {joint} {cause} and {other}",
        f"{_proper(chance)} {cause}",
    )
    return chance.choice(forms) + chance.choice(_TAILS).format(_proper(chance))


def _proper(chance: random.Random) -> str:
    syllables = (chance.choice(_SYLLABLES.split()) for _ in range(chance.randint(2, 3)))
    return ("".join(syllables) + chance.choice(_ENDS)).capitalize()
