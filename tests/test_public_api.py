"""What a planner may type: complete, sorted, documented, typed."""

import ast
import inspect
import re
import textwrap

import pytest

import lifecircle as lc

CALLABLES = {name: getattr(lc, name) for name in lc.__all__ if callable(getattr(lc, name, None))}
ERRORS = {
    name
    for name, value in CALLABLES.items()
    if inspect.isclass(value) and issubclass(value, Exception | Warning)
}


def described():
    """Every public function and class, and the public methods of the classes."""
    for name, value in CALLABLES.items():
        yield name, value
        if inspect.isclass(value) and name not in ERRORS:
            for attribute, method in vars(value).items():
                if attribute.startswith("_"):
                    continue
                plain = getattr(method, "__func__", method)
                if inspect.isfunction(plain):
                    yield f"{name}.{attribute}", plain


DESCRIBED = dict(described())
FUNCTIONS = {name: value for name, value in DESCRIBED.items() if inspect.isfunction(value)}


def sections(text):
    """Headings of a numpydoc text, in order."""
    return re.findall(r"^([A-Z][A-Za-z ]+)\n-{3,}$", inspect.cleandoc(text), flags=re.MULTILINE)


def parameters(function):
    return [name for name in inspect.signature(function).parameters if name not in {"self", "cls"}]


def raises_itself(function):
    """Whether a raise stands in the function's own body."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    return any(isinstance(node, ast.Raise) for node in ast.walk(tree))


def test_the_list_of_public_names_is_sorted_and_complete():
    assert list(lc.__all__) == sorted(set(lc.__all__))
    for name in lc.__all__:
        assert getattr(lc, name) is not None
    assert set(lc.__all__) <= set(dir(lc))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'isochrone'"):
        lc.isochrone  # noqa: B018


def test_names_that_the_blueprint_promises_are_there():
    promised = {
        "AddCrossing",
        "AddFacility",
        "CloseFacility",
        "Comparison",
        "ConnectStreets",
        "ExtendCapacity",
        "MoveFacility",
        "OpenGate",
        "RemoveWall",
        "Scenario",
        "apply_scenario",
        "compare",
        "read_scenario",
        "write_comparison",
        "write_scenario",
        "WalkNetwork",
        "Walker",
        "TravelTimes",
        "Study",
        "Evaluation",
        "cases",
        "load_demo",
        "read_units",
        "read_facilities",
        "read_residents",
        "read_walk_network",
        "fetch_walk_network",
        "travel_times",
        "isochrones",
        "coverage",
        "evaluate",
        "map_evaluation",
        "map_isochrones",
        "write_map",
        "ADULT",
        "ELDERLY",
        "FRAIL",
        "CHILD",
        "STROLLER",
        "WHEELCHAIR",
        "LifecircleError",
        "LifecircleWarning",
    }
    assert promised <= set(lc.__all__)


def test_every_error_of_the_tree_is_public():
    from lifecircle import errors

    defined = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__
    }
    assert defined <= set(lc.__all__)
    for name in defined - {"LifecircleWarning"}:
        assert issubclass(getattr(lc, name), lc.LifecircleError)


@pytest.mark.parametrize("name", DESCRIBED)
def test_it_says_in_one_line_what_it_is(name):
    text = inspect.getdoc(DESCRIBED[name])
    assert text, "no docstring"
    first = text.splitlines()[0]
    assert first.endswith((".", "?", "!")), first
    assert len(first) <= 96


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_describes_each_parameter_and_no_other(name):
    function = FUNCTIONS[name]
    text = inspect.getdoc(function)
    taken = parameters(function)
    assert ("Parameters" in sections(text)) == bool(taken)
    if not taken:
        return
    block = re.split(r"^Parameters\n-+$", text, flags=re.MULTILINE)[1]
    block = re.split(r"^[A-Z][A-Za-z ]+\n-{3,}$", block, flags=re.MULTILINE)[0]
    named = [
        word.strip().lstrip("*")
        for line in block.splitlines()
        if line and not line.startswith(" ")
        for word in line.split(":")[0].split(",")
    ]
    assert sorted(named) == sorted(taken)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_says_what_comes_back_what_is_raised_and_shows_an_example(name):
    function = FUNCTIONS[name]
    found = sections(inspect.getdoc(function))
    if inspect.signature(function).return_annotation not in {None, "None"}:
        assert "Returns" in found
    if raises_itself(function):
        assert "Raises" in found
    assert "Examples" in found
    order = ["Parameters", "Returns", "Raises", "Notes", "Examples"]
    known = [section for section in found if section in order]
    assert known == sorted(known, key=order.index)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_and_the_result_have_a_type(name):
    signature = inspect.signature(FUNCTIONS[name])
    untyped = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.name not in {"self", "cls"} and parameter.annotation is inspect.Parameter.empty
    ]
    assert untyped == []
    assert signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", FUNCTIONS)
def test_subject_and_partner_come_first_and_the_rest_by_name(name):
    kinds = [
        parameter.kind
        for parameter in inspect.signature(FUNCTIONS[name]).parameters.values()
        if parameter.name not in {"self", "cls"}
    ]
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert len(kinds) <= 7
    assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) <= 3


@pytest.mark.parametrize("name", [name for name in CALLABLES if inspect.isclass(CALLABLES[name])])
def test_a_class_describes_what_it_holds(name):
    kind = CALLABLES[name]
    fields = [
        field.name
        for field in getattr(kind, "__dataclass_fields__", {}).values()
        if field.init and not field.name.startswith("_")
    ]
    if not fields:
        return
    text = inspect.getdoc(kind)
    block = re.split(r"^(?:Parameters|Attributes)\n-+$", text, flags=re.MULTILINE)
    described = " ".join(block[1:])
    missing = [field for field in fields if not re.search(rf"\b{field}\b", described)]
    assert missing == []
