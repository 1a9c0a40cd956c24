"""Work that outlasts the call that asked for it.

A `Kind` says what is to be done: a function in a module, which runs in a child process and gives
its memory back when it ends, or a quick step in the server itself. `Queue` remembers the jobs,
`Supervisor` runs them, and `child` is what a child process does. A job that was cut short, by a
crash or a kill, runs again from its beginning.

The seam for new work is a function

    def train(arguments: dict, work: Work) -> dict: ...

which takes and returns what JSON can hold, reports with `work.progress(0.4, "fold 2 of 5")`, writes
files to `work.folder`, and refuses with `JobError("a reason a learner understands")`; and a `Kind`
that names it and says what its beginning, end and failure change in the registry.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.aws.jobs.kinds import Kind
    from lab_kit.aws.jobs.queue import Job, Queue
    from lab_kit.aws.jobs.supervisor import Supervisor
    from lab_kit.aws.jobs.work import JobError, Work

__all__ = ["Job", "JobError", "Kind", "Queue", "Supervisor", "Work"]

# A child process needs two of these and should start quickly.
__getattr__ = lazily(
    __name__,
    {
        "Job": "queue",
        "JobError": "work",
        "Kind": "kinds",
        "Queue": "queue",
        "Supervisor": "supervisor",
        "Work": "work",
    },
)
