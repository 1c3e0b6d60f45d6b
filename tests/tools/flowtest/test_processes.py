"""Processes that try cases give back what the system lent them."""

import subprocess
import sys

SUITE = """
import gc, os
def abs_of(number, **_): return abs(number)
from sgeflow.tools.flowtest import suite

if __name__ == "__main__":
    gc.disable()  # nothing but their end collects what they leave
    suite._try_by_name = abs_of
    print(*suite.run_tests(range(-8, 0), suite.SuiteOptions(jobs=2)))
    print(flush=True)
    os._exit(0)  # as the command ends
"""


def test_processes_that_have_ended_leave_no_semaphore_behind_a_command_that_ends_at_once(tmp_path):
    script = tmp_path / "suite.py"
    script.write_text(SUITE)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("8 7 6 5 4 3 2 1", "")
