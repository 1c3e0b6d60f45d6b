"""The files by which a Cozy stack starts sgeflow: a konnector, a script and its settings."""

from pathlib import Path

from sgeflow.adapters.atomic_write import unwritable
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

_SKELETON = Path(__file__).resolve().parents[2] / "skeleton" / "cozy"
_PLACES = {  # by path: the files that the stack installs, and those beside them
    "konnector/manifest.konnector": 0o644,
    "konnector/on_delete_account": 0o644,
    "sgeflow-konnector.env": 0o600,
    "sgeflow-konnector.sh": 0o755,
}


def write_files(folder: Path) -> tuple[Path, ...]:
    """Write the installation files into a folder, all or none.

    Raises:
        UsageError: one of the files exists. TechnicalError: the folder cannot be written to.
    """
    paths = {folder / name: mode for name, mode in _PLACES.items()}
    if taken := next((path for path in paths if path.exists()), None):
        message = say("{path} already exists; nothing was written", path=taken)
        raise UsageError.of(Id.USAGE, message, note=say("name another folder"))
    for path, mode in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((_SKELETON / path.name).read_bytes())
            path.chmod(mode)
        except OSError as error:
            raise unwritable(path, error.strerror or type(error).__name__) from None
    return tuple(paths)
