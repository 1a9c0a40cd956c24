import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lab_kit.aws.jobs import JobError, Kind, Supervisor
from tests.aws.conftest import ROOT

pytestmark = pytest.mark.usefixtures("findable")
LONG = 30


@pytest.fixture
def run(ground):
    """Run one job of a kind to its end, and say what became of it."""
    notes = []

    def begin(job, room):
        notes.append("begun")
        (room / "input.txt").write_text("read me", encoding="utf-8")
        return {"added": str(room)}

    def finish(job, result, output):
        files = sorted(path.name for path in output.iterdir())
        notes.append(("finished", result, files))

    def to_its_end(function, memory=700, **arguments):
        kind = Kind(
            "test",
            function and f"tests.aws.work:{function}",
            begin=begin,
            finish=finish,
            fail=lambda job, reason: notes.append(("failed", reason)),
            cancel=lambda job: notes.append("cancelled"),
            memory=memory,
        )
        supervisor = supervise(ground, kind)
        job = ground.queue.add("test", "arn", arguments)
        step_until(supervisor, lambda: not supervisor.busy)
        return ground.queue.get(job), notes[-1]

    return to_its_end


def supervise(ground, *kinds, slots=1):
    folder = ground.folder / "jobs"
    return Supervisor(ground.database, ground.queue, ground.clock, kinds, folder, slots=slots)


def step_until(supervisor, done):
    end = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < end, "it takes too long"
        if not supervisor.step():
            time.sleep(0.01)


def test_a_job_runs_in_a_child_process_and_its_result_comes_back(ground, run):
    job, note = run("double", number=21)
    assert note == ("finished", {"twice": 42}, ["made.txt"])
    assert (job.state, job.progress, job.attempts) == ("DONE", 1.0, 1)
    assert job.started <= job.ended
    assert not (ground.folder / "jobs" / job.id).exists()


def test_a_refusal_is_the_reason_as_it_was_worded(run):
    job, note = run("refuse")
    assert (job.state, job.reason) == ("FAILED", "There are fewer than 25 users.")
    assert note == ("failed", job.reason)


def test_an_exception_is_named_and_its_trace_is_kept(ground, run):
    job, _ = run("divide_by_zero", number=0)
    assert job.state == "FAILED"
    assert job.reason.startswith("ZeroDivisionError: division by zero")
    log = ground.folder / "jobs" / job.id / "log.txt"
    assert str(log) in job.reason
    assert "divide_by_zero" in log.read_text(encoding="utf-8")
    assert [path.name for path in log.parent.iterdir()] == ["log.txt"]


def test_a_child_that_dies_unheard_has_failed(run):
    job, _ = run("die")
    assert job.state == "FAILED"
    assert "ended with code 9 before it was done" in job.reason


def test_a_child_that_holds_too_much_memory_is_stopped(run):
    begun = time.monotonic()
    job, _ = run("hold", memory=100, mib=200)
    assert job.state == "FAILED"
    assert "needed more than 100 MiB of memory" in job.reason
    assert time.monotonic() - begun < LONG


def test_a_step_without_a_function_runs_in_the_server(ground):
    done = []
    kind = Kind("step", finish=lambda job, result, output: done.append(job.subject))
    supervisor = supervise(ground, kind)
    ground.queue.add("step", "first")
    ground.queue.add("step", "later", due=time.time() + 3600)
    step_until(supervisor, lambda: done)
    assert not supervisor.step()
    assert done == ["first"]
    ground.queue.hurry("later")
    supervisor.step()
    assert done == ["first", "later"]


def test_what_begin_refuses_never_runs(ground):
    def refuse(job, room):
        raise JobError("There is no such file.")

    reasons = []
    kind = Kind(
        "test", "tests.aws.work:double", begin=refuse, fail=lambda _, why: reasons.append(why)
    )
    supervisor = supervise(ground, kind)
    ground.queue.add("test", "arn", {"number": 1})
    supervisor.step()
    assert reasons == ["There is no such file."]
    assert not supervisor.busy


def waiting(ground, tmp_path, name):
    """A job that waits for a file, and that file."""
    begun, until = tmp_path / f"{name}.begun", tmp_path / f"{name}.until"
    job = ground.queue.add("wait", name, {"begun": str(begun), "until": str(until)})
    return job, begun, until


WAIT = Kind("wait", "tests.aws.work:wait")


def test_progress_is_seen_while_a_job_runs_and_cancelling_ends_its_process(ground, tmp_path):
    ended = []
    kind = Kind("wait", "tests.aws.work:wait", cancel=lambda job: ended.append(job.subject))
    supervisor = supervise(ground, kind)
    job, begun, _ = waiting(ground, tmp_path, "one")
    step_until(supervisor, lambda: ground.queue.get(job).doing == "waiting")
    assert ground.queue.get(job).progress == 0.25
    child = int(begun.read_text(encoding="utf-8"))
    ground.queue.cancel(job)
    step_until(supervisor, lambda: ended)
    assert ground.queue.get(job).state == "CANCELLED"
    assert not psutil.pid_exists(child)
    ground.queue.cancel(job)  # too late, and nothing happens
    assert ground.queue.get(job).state == "CANCELLED"


def test_no_more_children_run_than_there_are_slots_and_the_first_come_first(ground, tmp_path):
    supervisor = supervise(ground, WAIT, slots=2)
    jobs = [waiting(ground, tmp_path, name) for name in ("a", "b", "c")]
    step_until(supervisor, lambda: jobs[0][1].exists() and jobs[1][1].exists())
    states = [ground.queue.get(job).state for job, _, _ in jobs]
    assert states == ["IN_PROGRESS", "IN_PROGRESS", "PENDING"]
    jobs[1][2].touch()
    step_until(supervisor, lambda: jobs[2][1].exists())
    supervisor.stop()
    left = ground.queue.get(jobs[0][0])  # to be taken up at the next start, as if never begun
    assert (left.state, left.attempts, left.pid) == ("PENDING", 0, None)


SERVER = """
import sys
from pathlib import Path
from lab_kit.aws.ground import Ground
from tests.aws.test_jobs import WAIT, supervise
ground = Ground.under(Path(sys.argv[1]))
supervise(ground, WAIT).start()
sys.stdin.read()
"""


def test_a_job_cut_short_by_a_kill_runs_again_from_its_beginning(ground, tmp_path):
    job, begun, until = waiting(ground, tmp_path, "one")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(ground.folder)], cwd=ROOT, stdin=subprocess.PIPE
    )
    wait_for(begun.exists)
    wait_for(lambda: begun.read_text(encoding="utf-8"))
    first = psutil.Process(int(begun.read_text(encoding="utf-8")))
    server.kill()
    server.wait()
    wait_for(lambda: not first.is_running())  # nobody waits for it, so it ends by itself
    begun.unlink()
    until.touch()
    supervisor = supervise(ground, WAIT)
    supervisor.start()
    wait_for(lambda: not supervisor.busy)
    supervisor.stop()
    server.stdin.close()
    done = ground.queue.get(job)
    assert (done.state, done.attempts) == ("DONE", 2)
    assert begun.exists()


def test_a_job_that_was_cut_short_three_times_is_given_up(ground):
    supervisor = supervise(ground, WAIT)
    job = ground.queue.add("wait", "arn", {})
    ground.queue.set(job, attempts=3)
    supervisor.step()
    assert ground.queue.get(job).state == "FAILED"
    assert ground.queue.get(job).reason == "The job was cut short 3 times and was given up."


def test_a_job_of_another_version_of_the_kit_fails_and_holds_up_nobody(ground):
    done = []
    supervisor = supervise(ground, Kind("step", finish=lambda job, *_: done.append(job.subject)))
    strange = ground.queue.add("from the future", "arn")
    ground.queue.add("step", "other")
    step_until(supervisor, lambda: done)
    assert ground.queue.get(strange).state == "FAILED"
    assert "does not know how to do it: from the future" in ground.queue.get(strange).reason


def test_a_cancellation_survives_a_kill(ground):
    ended = []
    kind = Kind("wait", "tests.aws.work:wait", cancel=lambda job: ended.append(job.id))
    job = ground.queue.add("wait", "arn", {})
    ground.queue.set(job, state="IN_PROGRESS")
    ground.queue.cancel(job)
    supervisor = supervise(ground, kind)
    supervisor.start()
    wait_for(lambda: ended)
    supervisor.stop()
    assert ground.queue.get(job).state == "CANCELLED"


def wait_for(done):
    end = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def test_what_a_kill_left_of_a_job_that_had_ended_is_removed(ground, run):
    refused, _ = run("refuse")
    for name in ("done long ago", refused.id):
        (ground.folder / "jobs" / name).mkdir(exist_ok=True)
    supervisor = supervise(ground, WAIT)
    supervisor.start()
    supervisor.stop()
    left = ground.folder / "jobs" / refused.id
    assert [path.name for path in left.parent.iterdir()] == [refused.id]
    assert (left / "log.txt").exists()


def test_a_child_does_not_take_files_of_its_folder_for_packages(ground, monkeypatch, run):
    trap = Path(ground.folder / "jobs")
    trap.mkdir(parents=True)
    (trap / "json.py").write_text("raise SystemExit(7)", encoding="utf-8")
    assert run("double", number=1)[0].state == "DONE"
