"""The steps of a queue on its page: they only widen, and what they ask less of is chosen among what is asked."""

from datetime import timedelta

import pytest

from interactions.models import Step, StepSkill
from tests.cast import make_queue, make_skill, make_team
from tests.interactions.admin.forms import address, errors, fields, more

pytestmark = pytest.mark.django_db


@pytest.fixture
def dutch(db):
    """A queue that asks for Dutch 4 and Technical 2."""
    return make_queue("Dutch", skills={"Dutch": 4, "Technical": 2})


def asked(name: str) -> str:
    return f"skill_{make_skill(name).pk}"


def test_a_step_lowers_a_skill_and_adds_a_team(office, dutch, team):
    data = more(fields(office, address(dutch)), "steps", position=1, after=30, **{asked("Dutch"): 2})
    data = more(data, "steps", position=2, after=60, add_team=team.pk, **{asked("Technical"): 0})
    assert office.post(address(dutch), data).status_code == 302
    first, second = Step.objects.order_by("position")
    assert (first.after, second.after, second.add_team) == (timedelta(seconds=30), timedelta(seconds=60), team)
    assert list(first.skills.values_list("skill__name", "level")) == [("Dutch", 2)]
    assert list(second.skills.values_list("skill__name", "level")) == [("Technical", 0)]


def test_only_lower_levels_can_be_chosen(office, dutch):
    page = office.get(address(dutch)).context["inline_admin_formsets"]
    (steps,) = [inline.formset for inline in page if inline.formset.prefix == "steps"]
    choices = [value for value, _label in steps.empty_form.fields[asked("Dutch")].choices]
    assert choices == ["", 3, 2, 1, 0]


def test_a_step_changes_and_a_skill_is_asked_as_before_again(office, dutch):
    step = Step.objects.create(queue=dutch, position=1, after=timedelta(seconds=30), informal=True)
    StepSkill.objects.create(step=step, skill=make_skill("Dutch"), level=2)
    data = fields(office, address(dutch))
    assert data[f"steps-0-{asked('Dutch')}"] == 2
    assert office.post(address(dutch), data | {f"steps-0-{asked('Dutch')}": ""}).status_code == 302
    assert not StepSkill.objects.exists()
    step.refresh_from_db()
    assert step.informal


def test_two_steps_change_places(office, dutch):
    for position in (1, 2):
        Step.objects.create(
            queue=dutch, position=position, after=timedelta(seconds=30 * position), add_team=make_team(f"T{position}")
        )
    data = fields(office, address(dutch)) | {"steps-0-position": 2, "steps-1-position": 1}
    data |= {"steps-0-after": 60, "steps-1-after": 30}
    assert office.post(address(dutch), data).status_code == 302
    assert list(Step.objects.order_by("position").values_list("add_team__name", flat=True)) == ["T2", "T1"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"position": 1, "after": 30}], "This step asks nobody more"),
        ([{"position": 1, "informal": "on"}], "Say when the step is reached."),
        (
            [{"position": 1, "after": 30, "informal": "on"}, {"position": 2, "after": 30, "Dutch": 3}],
            "Later than the step before it: after more than 30 seconds.",
        ),
        (
            [{"position": 1, "after": 30, "Dutch": 2}, {"position": 2, "after": 60, "Dutch": 3}],
            "A step only asks less: Dutch has been asked at 2 already.",
        ),
        ([{"position": 1, "after": 30, "add_queue": "itself"}], "The queue asks its own people already."),
        ([{"position": 1, "after": 30, "Dutch": 4}], "Select a valid choice"),
        ([{"position": 1, "after": 9, "informal": "on"}] * 2, "Please correct the duplicate values"),
    ],
)
def test_a_step_that_narrows_or_adds_nothing_is_refused(office, dutch, rows, says):
    data = fields(office, address(dutch))
    for row in rows:
        known = {asked(name) if name == "Dutch" else name: value for name, value in row.items()}
        if "add_queue" in known:
            known["add_queue"] = dutch.pk
        data = more(data, "steps", **known)
    assert says in " ".join(errors(office.post(address(dutch), data)))
    assert not Step.objects.exists()


def test_a_skill_the_queue_asks_no_more_cannot_be_lowered(office, dutch):
    step = Step.objects.create(queue=dutch, position=1, after=timedelta(seconds=30))
    StepSkill.objects.create(step=step, skill=make_skill("Dutch"), level=2)
    data = fields(office, address(dutch))
    rows = [name for name, value in data.items() if name.endswith("-skill") and value == make_skill("Dutch").pk]
    row = rows[0].removesuffix("-skill")
    refused = office.post(address(dutch), data | {f"{row}-DELETE": "on"})
    assert "The queue does not ask for Dutch, so there is nothing to lower." in " ".join(errors(refused))
    refused = office.post(address(dutch), data | {f"{row}-level": 2})
    assert "A step only asks less: Dutch has been asked at 2 already." in " ".join(errors(refused))
    gone = data | {f"{row}-DELETE": "on", "steps-0-DELETE": "on"}
    assert office.post(address(dutch), gone).status_code == 302
    assert not Step.objects.exists()
