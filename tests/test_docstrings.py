"""Every example in a docstring runs and says the truth."""

import doctest
import importlib
import pkgutil

import pytest

import lifecircle

MODULES = [
    "lifecircle",
    *(
        module.name
        for module in pkgutil.walk_packages(lifecircle.__path__, "lifecircle.")
        if not module.name.endswith(".__main__")
    ),
]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
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
