"""Gaps and questions: of the scope that is asked, as of the day that is asked, in words that can be mailed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskgraph.analysis.answer import Answer
from riskgraph.api import load

SEEDS = load("seeds")


def test_gaps_are_those_of_the_service_areas_that_are_asked() -> None:
    rows = SEEDS.gaps(areas=["revenues-benefits"]).rows
    assert 0 < rows < SEEDS.gaps().rows
    assert SEEDS.gaps(areas=["housing"]).rows == 0


def test_gaps_are_those_of_the_day_that_is_asked() -> None:
    assert SEEDS.gaps(as_of="2015-01-01").rows < SEEDS.gaps().rows


def test_questions_are_those_of_the_scope_that_is_asked() -> None:
    every, some = SEEDS.ask(), SEEDS.ask(areas=["finance-erp"])
    assert 0 < some.questions < every.questions
    assert SEEDS.ask("oracle").questions == 1 and SEEDS.ask("oracle", areas=["housing"]).questions == 0


def test_fixes_count_what_a_what_if_counts_in_the_same_scope() -> None:
    supposed = SEEDS.whatif("lose", "capita", band="likely", regions=["South East"])
    assert SEEDS.fixes("capita", regions=["South East"]).was == supposed.pairs[0].count(supposed.pairs[0].after) == 3


@pytest.mark.parametrize(
    "answer",
    [
        lambda: SEEDS.ask("oracle"),
        lambda: SEEDS.ask_ranked("oracle"),
        lambda: load("uk").gate("housing-in-the-cloud"),
    ],
    ids=["ask", "ranked", "gate"],
)
def test_python_says_a_question_in_the_words_of_the_command_line(answer: Callable[[], Answer]) -> None:
    questions = answer().to_frame("questions")["question"].tolist()
    assert questions and all(isinstance(question, str) and len(question) > 20 for question in questions)


def test_python_says_a_change_in_the_words_of_the_command_line() -> None:
    assert SEEDS.fixes("rbkc shared it", budget=1).to_frame()["says"].str.contains(": move from RBKC").all()
