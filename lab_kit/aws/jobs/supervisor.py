"""Runs the jobs that are due: quick steps itself, the others in child processes."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import psutil

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database
from lab_kit.aws.jobs.kinds import Kind
from lab_kit.aws.jobs.process import Process, fresh
from lab_kit.aws.jobs.queue import (
    CANCELLED,
    CANCELLING,
    DONE,
    FAILED,
    IN_PROGRESS,
    PENDING,
    UNFINISHED,
    Job,
    Queue,
)
from lab_kit.aws.jobs.work import JobError
from lab_kit.machine import end_family

MOST_ATTEMPTS = 3
"""A job that was cut short so often is given up: perhaps it is what brings the machine down."""
_BEAT_SECONDS = 0.05
_REST_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Supervisor:
    """Runs jobs in a thread of its own between `start` and `stop`; or in steps, with `step`.

    Args:
        database: Where jobs and what they change lie.
        queue: The jobs.
        clock: What time it is.
        kinds: What there is to do.
        folder: Where each child process gets a folder of its own.
        slots: How many child processes may run at a time.
        watch: Called at every step: it may ask for what is due by itself, and says whether it did.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        clock: Clock,
        kinds: Iterable[Kind],
        folder: Path,
        *,
        slots: int = 1,
        watch: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._queue = queue
        self._clock = clock
        self._kinds = {kind.name: kind for kind in kinds}
        self._folder = folder
        self._slots = slots
        self._watch = watch
        self._running: dict[str, Process] = {}
        self._ending = False
        self._news = threading.Event()
        database.listen(self._news.set)
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Take up what an earlier server left unfinished, and run jobs from now on."""
        for job in self._queue.in_state(IN_PROGRESS, CANCELLING):
            if job.pid is not None and _is_child(job.pid):
                end_family(job.pid)
            if job.state == IN_PROGRESS:
                self._back_to_the_queue(job, attempts=job.attempts)
        self._sweep()
        self._thread.start()

    def stop(self) -> None:
        """Run no more jobs. Those that were running wait for the next start, as if never begun."""
        self._ending = True
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()
        for job_id, process in self._running.items():
            process.stop()
            process.clear(keep_log=False)
            job = self._queue.get(job_id)
            if job.state == IN_PROGRESS:
                self._back_to_the_queue(job, attempts=job.attempts - 1)
        self._running.clear()

    @property
    def busy(self) -> bool:
        """Whether any job is not finished."""
        return bool(self._queue.in_state(*UNFINISHED))

    def step(self) -> bool:
        """Do what can be done now; says whether anything was."""
        self._news.clear()
        did = [self._watch(), self._end_cancelled(), self._end_finished(), self._begin_due()]
        return any(did)

    def _run(self) -> None:
        while not self._ending:
            try:
                if self.step():
                    continue
            except Exception:  # a full disk, for one; the job is tried again
                _log.exception("a step of the jobs failed")
                time.sleep(_REST_SECONDS)
            if not self._ending:  # said since the step began, it was cleared with the news
                self._news.wait(_BEAT_SECONDS if self._running else self._until_due())

    def _sweep(self) -> None:
        """Remove folders of jobs that ended just before a kill; those of failed ones hold a log."""
        failed = {job.id for job in self._queue.in_state(FAILED)}
        for folder in self._folder.glob("*"):
            if folder.name not in failed:
                shutil.rmtree(folder, ignore_errors=True)

    def _back_to_the_queue(self, job: Job, attempts: int) -> None:
        self._queue.set(job.id, state=PENDING, attempts=attempts, progress=None, doing="", pid=None)

    def _until_due(self) -> float:
        waiting = self._queue.in_state(PENDING)
        if not waiting:
            return 60.0
        return max(min(job.due for job in waiting) - time.time(), _BEAT_SECONDS)

    def _end_cancelled(self) -> bool:
        cancelled = self._queue.in_state(CANCELLING)
        for job in cancelled:
            process = self._running.pop(job.id, None)
            if process is not None:
                process.stop()
                process.clear(keep_log=False)
            with self._database.transaction():
                self._kind(job).cancel(job)
                self._close(job, CANCELLED)
        return bool(cancelled)

    def _end_finished(self) -> bool:
        news = False
        for job_id, process in list(self._running.items()):
            if not process.finished():
                news |= self._note(job_id, process)
                continue
            job = self._queue.get(job_id)
            if job.state == IN_PROGRESS:  # else it was cancelled meanwhile
                outcome = process.outcome()
                if "failure" in outcome:
                    self._failed(job, outcome["failure"])
                else:
                    self._finished(job, outcome["result"] or {}, process.output)
                process.clear(keep_log=self._queue.get(job_id).state == FAILED)
                del self._running[job_id]
                news = True
        return news

    def _note(self, job_id: str, process: Process) -> bool:
        said = process.progress()
        if said is None:
            return False
        job = self._queue.get(job_id)
        if (job.progress, job.doing) == (said["progress"], said["doing"]):
            return False
        self._queue.set(job_id, progress=said["progress"], doing=said["doing"])
        return True

    def _begin_due(self) -> bool:
        begun = False
        for job in self._queue.in_state(PENDING):
            kind = self._kind(job)
            if job.due > time.time() or (kind.function and len(self._running) >= self._slots):
                continue
            begun = True
            if job.attempts >= MOST_ATTEMPTS:
                self._failed(job, f"The job was cut short {job.attempts} times and was given up.")
            else:
                self._begin(kind, job)
        return begun

    def _begin(self, kind: Kind, job: Job) -> None:
        folder = self._folder / job.id
        try:
            with self._database.transaction():
                if self._queue.get(job.id).state != PENDING:
                    return  # it was cancelled between the look and now
                more = kind.begin(job, fresh(folder) if kind.function else folder) or {}
                self._queue.set(
                    job.id,
                    state=IN_PROGRESS,
                    attempts=job.attempts + 1,
                    started=self._clock.time(),
                )
        except JobError as error:
            self._failed(job, str(error))
            return
        if kind.function is None:
            self._finished(job, {}, folder)
            return
        try:
            process = Process(folder, kind.function, {**job.arguments, **more}, kind.memory)
        except OSError as error:
            self._failed(job, f"Its process could not be started: {error.strerror or error}")
            return
        self._running[job.id] = process
        self._queue.set(job.id, pid=process.pid)

    def _finished(self, job: Job, result: dict[str, Any], output: Path) -> None:
        try:
            self._kind(job).publish(job, result, output)
            with self._database.transaction():
                self._kind(job).finish(job, result, output)
                self._close(job, DONE, progress=1.0)
        except JobError as error:
            self._failed(job, str(error))
        except Exception as error:
            _log.exception("job %s (%s) could not be finished", job.id, job.kind)
            said = " ".join(str(error).split())
            self._failed(job, f"Its result could not be kept: {type(error).__name__}: {said}")

    def _failed(self, job: Job, reason: str) -> None:
        with self._database.transaction():
            self._kind(job).fail(job, reason)
            self._close(job, FAILED, reason=reason)

    def _kind(self, job: Job) -> Kind:
        """What a job is; another version of the kit may have asked for what this one cannot."""
        return self._kinds.get(job.kind) or Kind(job.kind, begin=_refuse_unknown)

    def _close(self, job: Job, state: str, **changes: Any) -> None:
        self._queue.set(job.id, state=state, ended=self._clock.time(), pid=None, **changes)


def _refuse_unknown(job: Job, _: Path) -> NoReturn:
    raise JobError(f"This version of the kit does not know how to do it: {job.kind}.")


def _is_child(pid: int) -> bool:
    """Whether the process of that number, which may be anybody's by now, is a child of ours."""
    try:
        return "lab_kit.aws.jobs.child" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
