"""Where somebody works: as printed where that says enough, else as a question about the workplace is answered."""

from collections.abc import Mapping
from functools import lru_cache

from services.eligibility import readings
from services.eligibility.evidence import AS_RESULT, Evidence, Look, best
from services.eligibility.kleene import Result
from services.eligibility.questions import Question, Topic
from services.eligibility.wording import declared
from shared.catalog.conditions import WorksIn
from shared.regions import Place, workplace_in_seoul

_ANSWERED: Mapping[str, Result] = {"yes": "met", "no": "not_met", "cannot_tell": "cannot_tell"}
_TOPIC: Mapping[str, Topic] = {"seoul": "workplace_in_seoul"}


def works_in(look: Look) -> Evidence:
    """Give the best evidence of the employments that hold on the as-of date."""
    sent, case, test = look.sent, look.case, look.test
    jobs = readings.jobs(sent.certificate, case.as_of)
    if jobs is None:
        disputed = readings.disputed(sent.certificate, ("employments",))
        return Evidence("cannot_tell", "sources_disagree" if disputed else "value_absent", sent, paths=disputed)
    held = [_job(look, job) for job in jobs if job.current != "not_met"]
    if held:
        return best(held)
    paths = tuple(path for job in jobs for path in job.paths)
    if case.submitter.declared_work in test.outside_insurance:
        words = {"work": declared(case.submitter.declared_work)}
        return Evidence("cannot_tell", "outside_insurance", sent, words=words, paths=paths)
    return Evidence("not_met", "no_current_row", sent, words={"as_of": case.as_of}, paths=paths)


def job_question(test: WorksIn, job: readings.Job) -> Question | None:
    """Give the question that `job` rests on; None where what is printed decides, or nothing is there to ask about."""
    if job.current != "met" or not job.workplace or job.disputed or _place(job) != "unknown":
        return None
    return _question(_TOPIC[test.region], job.workplace, job.number)


def _place(job: readings.Job) -> Place:
    if not job.address and not job.district_code:
        return "unknown"
    return _workplace_in_seoul(job.workplace, job.address, job.district_code)


# Many work for one firm, of which these take longer to tell than all else about it.
_workplace_in_seoul = lru_cache(maxsize=10_000)(workplace_in_seoul)


@lru_cache(maxsize=10_000)
def _question(topic: Topic, name: str, number: str | None) -> Question:
    return Question(topic=topic, name=name, number=number)


def _job(look: Look, job: readings.Job) -> Evidence:
    sent, answers = look.sent, look.case.answers
    words: dict[str, object] = {"workplace": job.workplace, "observed": job.address}
    if job.disputed:
        return Evidence("cannot_tell", "sources_disagree", sent, job.workplace, words, job.disputed)
    if job.current == "cannot_tell":
        return Evidence("cannot_tell", "dates_unclear", sent, job.workplace, words, job=job)
    if not job.workplace and not job.address:
        return Evidence("cannot_tell", "value_absent", sent, job=job)
    place = _place(job)
    if place != "unknown" or not job.workplace:
        why = "workplace_unknown" if place == "unknown" else "workplace_address"
        return Evidence(AS_RESULT[place], why, sent, job.address or job.workplace, words, job=job)
    question = _question(_TOPIC[look.test.region], job.workplace, job.number)
    answer = answers.get(question)
    if answer is None:
        return Evidence("cannot_tell", "workplace_unknown", sent, job.workplace, words, (), (question,), job)
    words |= {"source": answer.source, "on": answer.on, "by": answer.by}
    return Evidence(_ANSWERED[answer.value], f"answered_{answer.value}", sent, job.workplace, words, job=job)
