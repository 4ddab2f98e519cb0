"""The packaged sample, evaluated once for all tests that only look at it."""

from functools import cache

import lifecircle as lc
from lifecircle.assessment.evaluation import evaluate
from lifecircle.assessment.health_check import health_check

SAMPLE = lc.load_demo()


@cache
def sample_evaluation() -> lc.Evaluation:
    return evaluate(SAMPLE)


@cache
def sample_check() -> lc.HealthCheck:
    return health_check(sample_evaluation())
