"""Who a published name means: ways of measuring likeness, held against names that people have decided.

`python -m benchmarks.matching` prints one line for each way. `labelled.csv` holds names of companies as councils and
notices publish them, each with the supplier that is meant, or with nobody. A name that the directory knows is taken
out of it before it is asked for, so a way has to find the supplier by its other names. A way answers with its first
suggestion if that is alike enough; from how much on is settled on one half of the names and measured on the other.

Ways whose library is not installed are left out: scikit-learn, jellyfish, recordlinkage and name_matching are needed
here only.
"""

from __future__ import annotations

import csv
import time
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from riskgraph.data.directory import directory
from riskgraph.data.spelling import closed_up, company_key
from riskgraph.importers.likeness import Likeness
from riskgraph.importers.values import clean_supplier

LABELLED = Path(__file__).with_name("labelled.csv")
Suggestion = tuple[str, float]  # id, and how alike from 0 to 1
Known = Mapping[str, str]  # key of a name -> id
Way = Callable[[Known], Callable[[str], Suggestion]]


class Figures(NamedTuple):
    """What a way answered."""

    right: int
    wrong: int  # another supplier, or a supplier where nobody is meant
    missed: int  # nobody where a supplier is meant
    first: int  # the right one comes first, whether or not it is alike enough

    @property
    def precision(self) -> float:
        """Of its answers, the share that is right."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Of the names that mean a supplier, the share that it found."""
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        """The two together."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def labelled() -> list[tuple[str, str]]:
    """Each published name, as the importer would look it up, and the supplier that is meant ("" for nobody)."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(company_key(clean_supplier(row["name"])[0] or row["name"]), row["id"]) for row in rows]


def answers(way: Way, names: Sequence[tuple[str, str]]) -> list[Suggestion]:
    """What a way suggests first for each name."""
    known = dict(directory().keys)
    whole = way(known)
    found = []
    for key, id_ in names:
        taken_out = {other for other, theirs in known.items() if theirs == id_ and closed_up(other) == closed_up(key)}
        near = way({other: theirs for other, theirs in known.items() if other not in taken_out}) if taken_out else whole
        found.append(near(key))
    return found


def counted(names: Sequence[tuple[str, str]], found: Sequence[Suggestion], least: float) -> Figures:
    """The figures of a way that answers from a likeness on."""
    right = wrong = missed = first = 0
    for (_, id_), (answer, score) in zip(names, found, strict=True):
        said = answer if score >= least else ""
        right += bool(id_) and said == id_
        wrong += bool(said) and said != id_
        missed += bool(id_) and said != id_
        first += bool(id_) and answer == id_
    return Figures(right, wrong, missed, first)


def measured(names: Sequence[tuple[str, str]], found: Sequence[Suggestion]) -> Figures:
    """The figures of both halves, each with the likeness that is best for the other."""
    halves: tuple[list[int], list[int]] = ([], [])
    for place, (key, _) in enumerate(names):
        halves[zlib.crc32(key.encode()) % 2].append(place)
    total = Figures(0, 0, 0, 0)
    for mine, other in (halves, halves[::-1]):
        of = [names[i] for i in other], [found[i] for i in other]
        least = max((score for _, score in of[1]), key=lambda score: (counted(*of, score).f1, score))
        one = counted([names[i] for i in mine], [found[i] for i in mine], least)
        total = Figures(*(a + b for a, b in zip(total, one, strict=True)))
    return total


def rarity(known: Known) -> Callable[[str], Suggestion]:
    """Ours: words weighed by how few known names have them."""
    likeness = Likeness({key: (id_, id_) for key, id_ in known.items()})
    return lambda key: next(((one.id, one.score) for one in likeness.near(key, 1)), ("", 0.0))


def token_sort(known: Known) -> Callable[[str], Suggestion]:
    """RapidFuzz on sorted words: what `data match` did before."""
    from rapidfuzz import fuzz

    return _by_scorer(known, fuzz.token_sort_ratio)


def weighted_ratio(known: Known) -> Callable[[str], Suggestion]:
    """RapidFuzz, the best of its ratios."""
    from rapidfuzz import fuzz

    return _by_scorer(known, fuzz.WRatio)


def _by_scorer(known: Known, scorer: Callable[..., float]) -> Callable[[str], Suggestion]:
    from rapidfuzz import process

    def near(key: str) -> Suggestion:
        hit = process.extractOne(key, list(known), scorer=scorer)
        return (known[hit[0]], hit[1] / 100) if hit else ("", 0.0)

    return near


def jaro_winkler(known: Known) -> Callable[[str], Suggestion]:
    """Jellyfish, Jaro-Winkler on whole names."""
    jaro_winkler_similarity = import_module("jellyfish").jaro_winkler_similarity

    def near(key: str) -> Suggestion:
        best = max(known, key=lambda other: (jaro_winkler_similarity(key, other), other))
        return known[best], jaro_winkler_similarity(key, best)

    return near


def character_ngrams(known: Known) -> Callable[[str], Suggestion]:
    """scikit-learn, TF-IDF of three letters in a row."""
    return _tfidf(
        known, import_module("sklearn.feature_extraction.text").TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))
    )


def tfidf_words(known: Known) -> Callable[[str], Suggestion]:
    """scikit-learn, TF-IDF of words."""
    return _tfidf(known, import_module("sklearn.feature_extraction.text").TfidfVectorizer(analyzer=str.split))


def _tfidf(known: Known, vectors: Any) -> Callable[[str], Suggestion]:
    keys = list(known)
    matrix = vectors.fit_transform(keys)

    def near(key: str) -> Suggestion:
        scores = (matrix @ vectors.transform([key]).T).toarray().ravel()
        best = int(scores.argmax())
        return known[keys[best]], float(scores[best])

    return near


def record_linkage(known: Known) -> Callable[[str], Suggestion]:
    """The Python Record Linkage Toolkit: q-grams and Jaro-Winkler of the pair, the mean of both."""
    import pandas as pd

    recordlinkage = import_module("recordlinkage")
    keys = list(known)
    right = pd.DataFrame({"name": keys})

    def near(key: str) -> Suggestion:
        left = pd.DataFrame({"name": [key]})
        pairs = pd.MultiIndex.from_product([left.index, right.index])
        compare = recordlinkage.Compare()
        compare.string("name", "name", method="qgram")
        compare.string("name", "name", method="jarowinkler")
        scores = compare.compute(pairs, left, right).mean(axis=1).to_numpy()
        best = int(scores.argmax())
        return known[keys[best]], float(scores[best])

    return near


WAYS: tuple[tuple[str, Way, str], ...] = (
    ("rarity weights (ours)", rarity, "riskgraph"),
    ("RapidFuzz token_sort_ratio (before)", token_sort, "rapidfuzz"),
    ("RapidFuzz WRatio", weighted_ratio, "rapidfuzz"),
    ("jellyfish Jaro-Winkler", jaro_winkler, "jellyfish"),
    ("scikit-learn TF-IDF of words", tfidf_words, "sklearn"),
    ("scikit-learn TF-IDF of 3 letters", character_ngrams, "sklearn"),
    ("recordlinkage q-grams and Jaro-Winkler", record_linkage, "recordlinkage"),
)


def main() -> None:
    """Print a line for each way whose library is installed."""
    warnings.simplefilter("ignore")
    names = labelled()
    means = sum(1 for _, id_ in names if id_)
    print(f"{len(names)} names, {means} of a known supplier")
    for name, way, library in WAYS:
        if find_spec(library) is None:
            print(f"{name}: not installed")
            continue
        start = time.perf_counter()
        one = measured(names, answers(way, names))
        print(
            f"{name}: precision {one.precision:.1%}, recall {one.recall:.1%}, F1 {one.f1:.1%}, "
            f"right one first {one.first / means:.1%} ({time.perf_counter() - start:.0f} s)"
        )


if __name__ == "__main__":
    main()
