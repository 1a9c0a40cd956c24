"""What this machine can give, and how to take it back."""

from pathlib import Path


def free_memory(control_group: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes this process may still take: the machine's, or less where a container has a limit.

    Args:
        control_group: Where Linux shows the limits of a container (cgroup v2,
            https://docs.kernel.org/admin-guide/cgroup-v2.html).
    """
    import psutil

    available = psutil.virtual_memory().available
    try:
        limit = (control_group / "memory.max").read_text(encoding="ascii").strip()
        used = (control_group / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return available
    return available if limit == "max" else min(available, max(int(limit) - int(used), 0))


def end_family(pid: int, seconds: float = 10) -> None:
    """Kill a process and every process it started; it may be gone already.

    Args:
        pid: Its number.
        seconds: How long to wait until they are gone.
    """
    import psutil

    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=seconds)
