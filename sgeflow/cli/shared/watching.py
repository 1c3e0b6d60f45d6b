"""`--watch`: run a command again after each save, until Ctrl-C."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sgeflow.cli.shared.options import option
from sgeflow.core.checking.document import FOLDERS
from sgeflow.errors import Exit, Id, Problem, SgeflowError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

_TESTS = "tests"
_STROKE = 10  # milliseconds without a change, after which a save counts as complete
_DEBOUNCE = 50  # milliseconds; no editor takes longer to write a file
_LOOK = 100  # milliseconds between two checks for Ctrl-C

WATCH = option("--watch", "-w", help="Repeat after each save, until Ctrl-C.")


def answer_saves(
    terminal: Terminal, project: Path | None, paths: Sequence[Path], act: Callable[[], Exit]
) -> Exit:
    """Run a command now and after each save, until Ctrl-C.

    Raises:
        UsageError: the library that watches folders is missing, or there is nothing to watch.
    """
    try:
        from watchfiles import watch
    except ImportError:
        from sgeflow.adapters.extras import install_command

        message = say("--watch needs the extra `watch`")
        do = (("do", install_command("watch")),)
        raise UsageError.of(Id.USAGE, message, details=do) from None
    places = _places(project, paths)
    code: Exit | None = None
    try:
        for changes in watch(
            *places,
            watch_filter=_is_document,
            debounce=_DEBOUNCE,
            step=_STROKE,
            rust_timeout=_LOOK,  # the first turn needs no save
            yield_on_timeout=True,
        ):
            saved = sorted({Path(name) for _, name in changes})
            if saved:
                terminal.aside(_heading(saved))
            if saved or code is None:
                code = _answer(terminal, act)
    except KeyboardInterrupt:
        pass
    return Exit.OK  # ended by Ctrl-C


def _answer(terminal: Terminal, act: Callable[[], Exit]) -> Exit:
    """Run the command once and print its errors; the watch goes on."""
    from sgeflow.adapters.http.interrupts import RUN_END
    from sgeflow.terminal.problems import problems_text

    try:
        return act()
    except SgeflowError as error:
        terminal.aside(problems_text(error.problems, terminal.width, terminal.paint_aside))
        return error.exit
    finally:
        RUN_END.begin()  # from here on Ctrl-C ends the watch, not a run


def _places(project: Path | None, paths: Sequence[Path]) -> list[Path]:
    """Return the folders of documents and tests that exist, and the given paths."""
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
