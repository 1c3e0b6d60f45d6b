"""`sgeflow schema`: write JSON Schemas of this catalogue for editors."""

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say, say_count

KIND = options.argument(
    metavar="[KIND]",
    help="operation, flow, environment, homologation, test, faults or types; by default all.",
    autocompletion=completion.schemas,
)
FOLDER = options.file_to_write(
    "-o", "--folder", metavar="DIR", help="Output folder; default: .sgeflow/schemas."
)
MODELINES = options.option(
    "--modelines", help="Name the schemas in the first line of each document of the project."
)


app = options.command_app()


@app.register("schema", quiet=True)
def schema(
    context: typer.Context,
    kind: Annotated[str, KIND] = "",
    folder: Annotated[Path | None, FOLDER] = None,
    modelines: Annotated[bool, MODELINES] = False,
    project: options.Project = None,
) -> None:
    """Write JSON Schemas of this catalogue, for editors.

    Editors use them to complete and explain operations, parameters, codes and flows. With a KIND
    and without -o, prints one schema. Write the schemas again after a change of the catalogue.
    """
    from sgeflow.adapters.atomic_write import link_note
    from sgeflow.adapters.project_files import show_path
    from sgeflow.core.language.mistakes.suggest import closest
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.editor import write

    terminal, workspace = terminal_of(context), open_catalog(project)
    schemas = write.catalogue(workspace)
    if kind and kind not in schemas:
        raise UsageError.of(
            Id.USAGE,
            say('there is no {what} "{name}"', what=say("schema"), name=kind),
            allowed=tuple(schemas),
            allowed_label=say("schemas"),
            suggestion=closest(kind, schemas),
        )
    if kind and folder is None and not modelines:
        terminal.result(write.text(schemas[kind]))
        return
    place = folder or (workspace.project.folder or Path.cwd()) / write.OWN
    chosen = {kind: schemas[kind]} if kind else schemas
    for note in filter(None, (link_note(place / name) for name in write.files(chosen))):
        terminal.aside(note)
    write.write(place, chosen)
    marked = write.mark(workspace, place) if modelines else []
    if not terminal.quiet:
        terminal.aside(
            say_count(
                "{count} schema in {place}",
                "{count} schemas in {place}",
                count=len(chosen),
                place=show_path(place),
            )
        )
        for name in marked:
            terminal.aside(say("→ {name}", name=name))
