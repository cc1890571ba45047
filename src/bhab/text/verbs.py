"""How Bengali verbs inflect, in the standard colloquial form, for tense and person.

Persons: 1 (ami), 2 (tumi), 3 (se, a name), h (tini, apni: with honour). Verbs do not inflect for number.
Tenses: pres, cont, perf, past, pcont, plu, hab, fut, imp, npast (did not); without person: ppl, inf, cond, vn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

PERSONS = ("1", "2", "3", "h")
PRESENT = ("ি", "ো", "ে", "েন")
ENDINGS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "cont": ("ছি", "ছ", "ছে", "ছেন"),
        "past": ("লাম", "লে", "ল", "লেন"),
        "pcont": ("ছিলাম", "ছিলে", "ছিল", "ছিলেন"),
        "hab": ("তাম", "তে", "ত", "তেন"),
        "fut": ("ব", "বে", "বে", "বেন"),
    }
)


@dataclass(frozen=True, slots=True)
class Verb:
    """The stems all forms of a verb are made from."""

    pres: tuple[str, str, str, str]  # by PERSONS
    cont: str
    past: str
    fut: str
    hab: str
    ppl: str  # perfective participle: having done
    noun: str
    polite: str  # imperative to apni

    def form(self, tense: str, person: str) -> str:
        """Return the form for a tense and one of PERSONS; participles and the like have none."""
        at = PERSONS.index(person)
        fixed = {"ppl": self.ppl, "inf": self.hab + "তে", "cond": self.past + "লে", "vn": self.noun}
        if tense in fixed:
            return fixed[tense]
        if tense == "pres":
            return self.pres[at]
        if tense == "npast":
            return self.pres[at] + "নি"
        if tense == "imp":
            return self.polite if person == "h" else self.pres[1]
        stems = {"perf": self.ppl, "plu": self.ppl, "cont": self.cont, "pcont": self.cont}
        stem = stems.get(tense) or {"past": self.past, "fut": self.fut, "hab": self.hab}[tense]
        return stem + ENDINGS[{"perf": "cont", "plu": "pcont"}.get(tense, tense)][at]


def _consonant(low: str, high: str, ppl: str) -> Verb:
    stems = (low, high, high, high)
    pres = tuple(stem + end for stem, end in zip(stems, PRESENT, strict=True))
    return Verb((pres[0], pres[1], pres[2], pres[3]), low, low, low, low, ppl, high + "া", low + "ুন")


def _causative(stem: str, ppl: str) -> Verb:
    pres = (stem + "ই", stem + "ও", stem + "য়", stem + "ন")
    return Verb(pres, stem + "চ্", stem, stem, stem, ppl, stem + "নো", stem + "ন")


# One vowel in all forms.
SAME = "কর বল চল পড় ধর মর সর চড় ভর গড় লড় বস নড় জম কম জ্বল ঝর হাঁট দেখ খেল ফেল বেচ ঠেল"
# Long a, which rises to e in the participle.
RISING = "থাক রাখ ডাক হাস কাঁদ পার জান ভাব কাট মার আন নাচ জাগ ভাঙ বাঁচ মান টান ঢাক নাম হার ছাড় কাঁপ লাগ বাড় ফাট আঁক বাজ সাজ থাম রাঁধ বাঁধ ঢাল পাল জ্বাল মাখ"
# Low stem in i and u, high stem in e and o.
MIXED = (
    "লিখ:লেখ কিন:কেন শিখ:শেখ ছিঁড়:ছেঁড় ফির:ফের জিত:জেত ভিজ:ভেজ মিশ:মেশ চিন:চেন গিল:গেল শুন:শোন বুঝ:বোঝ খুঁজ:খোঁজ ভুল:ভোল"
    " তুল:তোল খুল:খোল ঘুর:ঘোর উঠ:ওঠ ছুট:ছোট ডুব:ডোব পুড়:পোড় ফুট:ফোট গুন:গোন মুছ:মোছ বুন:বোন"
)
CAUSATIVE = (
    "দেখা:দেখিয়ে শোনা:শুনিয়ে ঘুমা:ঘুমিয়ে জানা:জানিয়ে পাঠা:পাঠিয়ে দাঁড়া:দাঁড়িয়ে হারা:হারিয়ে চালা:চালিয়ে তাকা:তাকিয়ে লুকা:লুকিয়ে"
    " সাজা:সাজিয়ে বানা:বানিয়ে শেখা:শিখিয়ে বোঝা:বুঝিয়ে পৌঁছা:পৌঁছে পালা:পালিয়ে কাটা:কাটিয়ে বাজা:বাজিয়ে ওড়া:উড়িয়ে চেঁচা:চেঁচিয়ে"
    " কামড়া:কামড়ে ধমকা:ধমকে বাড়া:বাড়িয়ে ভেজা:ভিজিয়ে পোড়া:পুড়িয়ে ঠকা:ঠকিয়ে মেশা:মিশিয়ে শুকা:শুকিয়ে বাঁচা:বাঁচিয়ে ফেরা:ফিরিয়ে"
    " সরা:সরিয়ে খাওয়া:খাইয়ে লাগা:লাগিয়ে নামা:নামিয়ে থামা:থামিয়ে জমা:জমিয়ে জ্বালা:জ্বালিয়ে কাঁদা:কাঁদিয়ে হাসা:হাসিয়ে ডোবা:ডুবিয়ে"
    " আটকা:আটকে ছড়া:ছড়িয়ে জড়া:জড়িয়ে তাড়া:তাড়িয়ে গোছা:গুছিয়ে পড়া:পড়িয়ে ঘাবড়া:ঘাবড়ে লাফা:লাফিয়ে বেড়া:বেড়িয়ে মেটা:মিটিয়ে নেভা:নিভিয়ে"
)
IRREGULAR: Mapping[str, Verb] = MappingProxyType(
    {
        "খা": Verb(("খাই", "খাও", "খায়", "খান"), "খাচ্", "খে", "খা", "খে", "খেয়ে", "খাওয়া", "খান"),
        "পা": Verb(("পাই", "পাও", "পায়", "পান"), "পাচ্", "পে", "পা", "পে", "পেয়ে", "পাওয়া", "পান"),
        "যা": Verb(("যাই", "যাও", "যায়", "যান"), "যাচ্", "গে", "যা", "যে", "গিয়ে", "যাওয়া", "যান"),
        "চা": Verb(("চাই", "চাও", "চায়", "চান"), "চাই", "চাই", "চাই", "চাই", "চেয়ে", "চাওয়া", "চান"),
        "গা": Verb(("গাই", "গাও", "গায়", "গান"), "গাই", "গাই", "গাই", "গাই", "গেয়ে", "গাওয়া", "গান"),
        "দি": Verb(("দিই", "দাও", "দেয়", "দেন"), "দিচ্", "দি", "দে", "দি", "দিয়ে", "দেওয়া", "দিন"),
        "নি": Verb(("নিই", "নাও", "নেয়", "নেন"), "নিচ্", "নি", "নে", "নি", "নিয়ে", "নেওয়া", "নিন"),
        "হ": Verb(("হই", "হও", "হয়", "হন"), "হচ্", "হ", "হ", "হ", "হয়ে", "হওয়া", "হোন"),
        "শু": Verb(("শুই", "শোও", "শোয়", "শোন"), "শুচ্", "শু", "শো", "শু", "শুয়ে", "শোয়া", "শোন"),
        "ধু": Verb(("ধুই", "ধোও", "ধোয়", "ধোন"), "ধুচ্", "ধু", "ধো", "ধু", "ধুয়ে", "ধোয়া", "ধোন"),
        "আস": Verb(("আসি", "আসো", "আসে", "আসেন"), "আস", "এ", "আস", "আস", "এসে", "আসা", "আসুন"),
    }
)


@cache
def verbs() -> Mapping[str, Verb]:
    """Return every verb by its root in the low form."""
    found = {root: _consonant(root, root, root + "ে") for root in SAME.split()}
    for root in RISING.split():
        risen = "এ" + root[1:] if root.startswith("আ") else root.replace("া", "ে", 1)
        found[root] = _consonant(root, root, risen + "ে")
    for pair in MIXED.split():
        low, high = pair.split(":")
        found[low] = _consonant(low, high, low + "ে")
    for pair in CAUSATIVE.split():
        stem, ppl = pair.split(":")
        found[stem] = _causative(stem, ppl)
    found["হাঁট"] = _consonant("হাঁট", "হাঁট", "হেঁটে")
    return {**found, **IRREGULAR}
