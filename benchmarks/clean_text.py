"""Claim: clean, words and encode take a fifteenth of bnlp's time, and the normaliser a tenth of bnunicodenormalizer's.

Peers in the same run, on one core, each timed as the best of several rounds: bnlp's BasicTokenizer after its CleanText
(with what `clean` does too: NFC, addresses, mail and emoji away; and as it comes), and bnunicodenormalizer on the
distinct words of the sentences. Where that one and `normalize` differ, the difference is put in the first class of
CLASSES that explains it; the classes are rows of docs/bengali.md.

    make bench DATA=DIR

or, with bnunicodenormalizer at hand,

    python benchmarks/clean_text.py --texts TEXTS.jsonl --date 2026-01-31

TEXTS.jsonl has a sentence in the field `text` of each line.
"""

import argparse
import gc
import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bnunicodenormalizer import Normalizer
from machine import machine

from bhab.store import write_json
from bhab.text.clean import clean
from bhab.text.keywords import without_download
from bhab.text.normal import normalize
from bhab.text.vocabulary import Vocabulary, build
from bhab.text.words import words

RESULTS = Path(__file__).parent / "results" / "clean_text.json"
ROUNDS = 9
PEER_ROUNDS = 3
SIZE = 7000
COMPOSED = str.maketrans({"\u09dc": "\u09a1\u09bc", "\u09dd": "\u09a2\u09bc", "\u09df": "\u09af\u09bc"})

# Why the peer differs: what of the word tells, and the row of the table in docs/bengali.md.
CLASSES = {
    "no Bengali in it: the peer gives nothing": lambda word, ours, peer: peer == "",
    "Latin letters, digits and marks: the peer drops them": lambda word, ours, peer: bool(
        re.search(r"[^\u0980-\u09ff\u200c\u200d]", ours)
    ),
    "hasanta at the end of a word: the peer drops it": lambda word, ours, peer: ours.rstrip("\u09cd") == peer,
    "the peer spells e with ya-phala as a, and adds an aa-kar": lambda word, ours, peer: bool(
        re.search("[\u0985\u098f]\u09cd\u09af", word)
    ),
    "Assamese wa: ra here, ba there": lambda word, ours, peer: "\u09f1" in word,
    "the peer parts a conjunct it does not know": lambda word, ours, peer: (
        ours.replace("\u09cd", "") == peer.replace("\u09cd", "")
    ),
    "a joiner with a hasanta: the peer drops both": lambda word, ours, peer: "\u200c" in word or "\u200d" in word,
    "a sign typed before its letter: moved here, dropped there": lambda word, ours, peer: bool(
        re.search("^[\u09bf\u09c7\u09c8]|[\u09be-\u09cc][\u09bf\u09c7\u09c8]", word)
    ),
    "anusvara before a sign: nga here, exchanged there": lambda word, ours, peer: bool(
        re.search("\u0982[\u09be-\u09cc]", word)
    ),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--date", required=True)
    args = parser.parse_args(argv)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with args.texts.open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    spoken = [words(clean(text)) for text in texts]
    vocabulary = build(spoken, SIZE, 1)
    results = {
        "date": args.date,
        "machine": machine() | {"used": 1},
        "sentences": sentence_figures(texts, vocabulary),
        "normaliser": word_figures(sorted({word for text in texts for word in text.split()})),
    }
    print(json.dumps(results, indent=2))
    write_json(results, RESULTS)


def sentence_figures(texts: Sequence[str], vocabulary: Vocabulary) -> dict[str, object]:
    """Return what the sentences cost each tool, in turns, and the ratios."""
    with without_download():
        from bnlp import BasicTokenizer, CleanText
    tokenizer = BasicTokenizer()
    alike = CleanText(
        unicode_norm_form="NFC", remove_url=True, remove_email=True, remove_emoji=True, replace_with_url=" "
    )
    as_it_comes = CleanText()
    work = {
        "bhab": lambda: [words(clean(text)) for text in texts],
        "bhab, with ids": lambda: [vocabulary.encode(words(clean(text))) for text in texts],
        "bnlp, the same work": lambda: [tokenizer.tokenize(alike(text)) for text in texts],
        "bnlp, as it comes": lambda: [tokenizer.tokenize(as_it_comes(text)) for text in texts],
    }
    cost = turns(work)
    ratios = {f"ratio to {name}": round(cost[name] / cost["bhab"], 1) for name in work if name.startswith("bnlp")}
    return {"n": len(texts), "seconds": {name: round(s, 3) for name, s in cost.items()}} | ratios


def word_figures(printed: Sequence[str]) -> dict[str, object]:
    """Return what distinct words cost each normaliser, how often they agree, and why not where they differ."""
    peer = Normalizer(allow_english=True)
    cost = turns(
        {
            "bhab": lambda: [normalize(word) for word in printed],
            "bnunicodenormalizer": lambda: [peer(word)["normalized"] for word in printed],
        }
    )
    differing = Counter[str]()
    for word in printed:
        ours, theirs = normalize(word), (peer(word)["normalized"] or "").translate(COMPOSED)
        if ours != theirs:
            differing[next((name for name, tells in CLASSES.items() if tells(word, ours, theirs)), "other")] += 1
    outside = len(printed) - sum(n for name, n in differing.items() if name != "other")
    return {
        "n": len(printed),
        "seconds": {name: round(s, 3) for name, s in cost.items()},
        "ratio": round(cost["bnunicodenormalizer"] / cost["bhab"], 1),
        "differing_by_policy": {name: differing[name] for name in CLASSES},
        "outside_policy": outside,
        "agreeing_outside_policy": round(1 - differing["other"] / outside, 5),
    }


def turns(work: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least processor time of each, in seconds, measured in turns: what else runs slows all alike."""
    gc.disable()  # as timeit does: what a collection costs depends on what else is loaded
    cost = dict.fromkeys(work, float("inf"))
    for number in range(ROUNDS):
        for name, do in work.items():
            if not name.startswith("bhab") and number >= PEER_ROUNDS:
                continue
            start = time.process_time()
            do()
            cost[name] = min(cost[name], time.process_time() - start)
        gc.collect()
    return cost


if __name__ == "__main__":
    main()
