"""Every example in a docstring runs and says the truth."""

import doctest
import importlib
import pkgutil

import pytest

import lifecircle
from sample import SAMPLE, sample_evaluation

MODULES = [
    "lifecircle",
    *(
        module.name
        for module in pkgutil.walk_packages(lifecircle.__path__, "lifecircle.")
        if not module.name.endswith(".__main__")
    ),
]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def evaluate(study, **options):
    """The sample, which most examples evaluate, is evaluated once for all of them."""
    if study is SAMPLE and not options:
        return sample_evaluation()
    return lifecircle.assessment.evaluation.evaluate(study, **options)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lifecircle, "load_demo", lambda: SAMPLE)
    monkeypatch.setattr(lifecircle, "evaluate", evaluate)
    module = importlib.import_module(name)
    failures = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for test in doctest.DocTestFinder().find(module):
        runner.run(test, out=failures.append)
    assert not runner.summarize(verbose=False).failed, "".join(failures)


def test_there_are_examples_to_run():
    finder = doctest.DocTestFinder()
    count = sum(
        len(test.examples)
        for name in MODULES
        for test in finder.find(importlib.import_module(name))
    )
    assert count > 100
