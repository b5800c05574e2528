"""What people give to the Python door, held against what a function says it takes."""

from __future__ import annotations

import builtins
import functools
import inspect
import math
import numbers
import sys
import types
import typing
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

from riskgraph.errors import MissingFile, RiskGraphError

__all__ = ["check", "checked"]

P = ParamSpec("P")
R = TypeVar("R")
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function that refuses what it does not take, and says what it takes instead.

    Parameters
    ----------
    function
        Any whose parameters say their types.

    Returns
    -------
    callable
        The same function. It raises a `RiskGraphError` for arguments of other names or types, and for what the disk
        refuses; what goes wrong in it beyond that is a fault of its own, and is raised as it is.

    Examples
    --------
    >>> @checked
    ... def half(number: float, *, names: Collection[str] = ()) -> float:
    ...     return number / 2
    >>> half(3)
    1.5
    >>> half("3")
    Traceback (most recent call last):
    ...
    riskgraph.errors.RiskGraphError: number cannot be '3'.
    Give a number.
    >>> half(3, name=["a"])
    Traceback (most recent call last):
    ...
    riskgraph.errors.RiskGraphError: half takes no 'name'.
    Did you mean names?
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        check(function, *args, **kwargs)
        try:
            return function(*args, **kwargs)
        except OSError as error:
            where = f"{_shown(str(error.filename))}: " if error.filename else ""
            message = f"{where}{error.strerror or error}."
            raise MissingFile(message, "Check the path, your rights and the disk.") from error
        except UnicodeError as error:
            raise RiskGraphError(f"A text cannot be read or written: {error}.", "Save it as UTF-8.") from error

    return call


def check(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Refuse what a function does not take, without calling it.

    Raises
    ------
    RiskGraphError
        If an argument has another name or type.
    """
    signature, hints = _taken(function)
    _names(function.__name__, signature, kwargs)
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        taken = ", ".join(signature.parameters)
        raise RiskGraphError(f"{function.__name__}: {error}.", f"It takes: {taken}.") from None
    for name, value in given.items():
        kind = signature.parameters[name].kind
        many = {name: value}
        if kind is inspect.Parameter.VAR_KEYWORD:
            many = value
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            many = {f"{name} {number}": one for number, one in enumerate(value, 1)}
        for what, one in many.items():
            if not _fits(one, hints.get(name, Any)):
                raise RiskGraphError(f"{what} cannot be {_shown(one)}.", f"Give {_said(hints[name])}.")


def _names(function: str, signature: inspect.Signature, given: Mapping[str, Any]) -> None:
    parameters = signature.parameters.values()
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
        return
    known = [p.name for p in parameters if p.kind is not inspect.Parameter.POSITIONAL_ONLY]
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            fix = f"Did you mean {close[0]}?" if close else f"It takes: {', '.join(known)}."
            raise RiskGraphError(f"{function} takes no {name!r}.", fix)


class _Scope(dict[str, Any]):
    """The names of a module; one that is imported for types only stands for anything."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, Any)


@functools.cache
def _taken(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    """What a function takes; keywords that are spelled out in a `TypedDict` count as parameters."""
    function = inspect.unwrap(function)
    hints = _hints(function)
    parameters = []
    for parameter in inspect.signature(function).parameters.values():
        if (
            parameter.kind is inspect.Parameter.VAR_KEYWORD
            and typing.get_origin(hints[parameter.name]) is typing.Unpack
        ):
            words = _hints(typing.get_args(hints.pop(parameter.name))[0])
            hints |= words
            parameters += [inspect.Parameter(word, inspect.Parameter.KEYWORD_ONLY, default=None) for word in words]
        else:
            parameters.append(parameter)
    return inspect.Signature(parameters), hints


def _hints(what: Any) -> dict[str, Any]:
    return typing.get_type_hints(what, localns=_Scope(vars(sys.modules[what.__module__])))


def _fits(value: object, hint: Any) -> bool:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return True
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, one) for one in inside)
    if origin is typing.Literal:
        return any(type(value) is type(one) and value == one for one in inside)
    if hint is None or hint is type(None):
        return value is None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _fits(key, inside[0]) and _fits(one, inside[1]) for key, one in value.items()
        )
    if isinstance(origin, type) and issubclass(origin, Collection):
        if isinstance(value, str):  # one of several
            return origin is not tuple and _fits(value, inside[0])
        return (
            isinstance(value, Collection)
            and not isinstance(value, bytes | Mapping)
            and all(_fits(one, inside[0]) for one in value)
        )
    if origin is Callable or hint is Callable:
        return callable(value)
    if hint is int:
        return not isinstance(value, bool) and isinstance(value, numbers.Integral)
    if hint is float:
        return not isinstance(value, bool) and isinstance(value, numbers.Real) and not math.isnan(value)
    return not isinstance(hint, type) or isinstance(value, hint)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _said(hint: Any) -> str:
    """What a type takes, in words."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(_said(one) for one in inside if one is not type(None)))
    if origin is typing.Literal:
        return "one of: " + ", ".join(map(str, inside))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a mapping to {_said(inside[1])}"
    if isinstance(origin, type) and issubclass(origin, Collection):
        return f"a list of {_said(inside[0]).removeprefix('a ')}s" if inside else "a list"
    name: str = getattr(hint, "__name__", str(hint))
    return _WORDS.get(hint, f"a {name}")
