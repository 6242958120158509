"""How a task stands when the clock and the workshop are both asked."""

from dataclasses import replace

from adapters.rodin.simulator import life
from adapters.rodin.simulator.life import JobStatus, Status
from adapters.rodin.simulator.stage import Stage
from adapters.rodin.simulator.tasks import Task
from adapters.rodin.simulator.workshop import BuildState


def statuses(stage: Stage, task: Task) -> tuple[JobStatus, ...]:
    """The jobs of a task as /status shows them: all Failed when its model could not be made."""
    planned = stage.state.statuses(task)
    if stage.workshop.state(task.order.spec) is not BuildState.FAILED:
        return planned
    return tuple(replace(job, status=Status.FAILED, queue_length=None) for job in planned)


def word(stage: Stage, task: Task) -> str:
    """One word for the ledger: waiting, generating, done, failed or purged."""
    if stage.state.is_purged(task):
        return "purged"
    jobs = statuses(stage, task)
    if life.is_over(jobs):
        return "done" if life.has_result(jobs) else "failed"
    return "waiting" if all(job.status is Status.WAITING for job in jobs) else "generating"
