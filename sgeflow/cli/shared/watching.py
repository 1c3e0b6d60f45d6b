"""`--watch`: a command that answers again after each save, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sgeflow.cli.shared.options import option
from sgeflow.core.checking.document import FOLDERS
from sgeflow.errors import Exit, Id, Problem, SgeflowError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

_TESTS = "tests"
_STROKE = 10  # milliseconds without a change, after which a save is whole
_DEBOUNCE = 50  # milliseconds; longer an editor writes at no file
_LOOK = 100  # milliseconds between two looks at whether the command shall end

WATCH = option("--watch", "-w", help="Answer again after each save, until Ctrl-C.")

Act = Callable[[Collection[Path]], Exit]
"""The command; it is given the files that were saved, none the first time."""


def answer_saves(terminal: Terminal, project: Path | None, paths: Sequence[Path], act: Act) -> Exit:
    """Do what a command does now and after each save, until Ctrl-C.

    Raises:
        UsageError: the library that looks at folders is not there, or nothing is to be looked at.
    """
    try:
        from watchfiles import watch
    except ImportError:
        from sgeflow.adapters.extras import install_command

        message = say("--watch needs the extra `watch`")
        do = (("do", install_command("watch")),)
        raise UsageError(Problem(id=Id.USAGE, message=message, details=do)) from None
    places = _places(project, paths)
    code: Exit | None = None
    try:
        for changes in watch(
            *places,
            watch_filter=_is_document,
            debounce=_DEBOUNCE,
            step=_STROKE,
            rust_timeout=_LOOK,  # the first time nothing was saved, and whatever comes is seen
            yield_on_timeout=True,
        ):
            saved = sorted({Path(name) for _, name in changes})
            if saved:
                terminal.aside(_heading(saved))
            if saved or code is None:
                code = _answer(terminal, act, saved)
    except KeyboardInterrupt:
        pass
    return Exit.OK  # a person ended it


def _answer(terminal: Terminal, act: Act, saved: Collection[Path]) -> Exit:
    """One answer; what keeps the command from one is told, and mended by the next save."""
    from sgeflow.adapters.http.interrupts import ENDS
    from sgeflow.terminal.problems import problems_text

    try:
        return act(saved)
    except SgeflowError as error:
        terminal.aside(problems_text(error.problems, terminal.width, terminal.paint_aside))
        return error.exit
    finally:
        ENDS.clear()  # what ran has ended, and Ctrl-C is meant for the watch


def _places(project: Path | None, paths: Sequence[Path]) -> list[Path]:
    """The folders of documents and tests of a project, or of the current folder, and some paths."""
    from sgeflow.adapters.project_files import find_project

    folder = find_project(project).folder or Path.cwd()
    known = [folder / name for name in (*FOLDERS, _TESTS)]
    places = [one for one in (*known, *paths) if one.exists()]
    if not places:
        message = say("there is nothing to watch in {folder}", folder=folder)
        absent = [str(path) for path in paths]
        note = say("there is no file or folder {path}", path=absent[0]) if absent else ""
        folders = tuple(f"{name}/" for name in (*FOLDERS, _TESTS))
        problem = Problem(
            id=Id.USAGE, message=message, note=note, allowed=folders, allowed_label="watched"
        )
        raise UsageError(problem)
    return places


def _is_document(_: object, name: str) -> bool:
    from sgeflow.adapters.project_files import ENDINGS

    path = Path(name)
    return path.suffix in ENDINGS and not path.name.startswith(".")


def _heading(saved: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in saved)
    return f"\n{translate(say('saved: {names}', names=names))}"
