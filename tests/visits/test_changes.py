"""Differences between two visits."""

from server.visits.changes import differences


def test_equal_answers_have_no_differences_whatever_the_order_in_a_list():
    before = {"policy_gap": ["dibao", "temp"], "water_state": "ok"}
    assert differences(before, {"water_state": "ok", "policy_gap": ["temp", "dibao"]}) == []


def test_a_changed_answer_tells_both_sides():
    found = differences({"water_state": "ok"}, {"water_state": "polluted"})
    assert found == [{"question": "water_state", "item": None, "before": "ok", "after": "polluted"}]


def test_a_question_asked_for_the_first_time_has_nothing_before():
    found = differences({}, {"water_fix": "can"})
    assert found == [{"question": "water_fix", "item": None, "before": None, "after": "can"}]


def test_loops_are_compared_member_by_member():
    before = {"ill": [{"who": "a", "ill_selfpay": "100.00"}, {"who": "b", "ill_selfpay": "5.00"}]}
    after = {"ill": [{"who": "b", "ill_selfpay": "5.00"}, {"who": "a", "ill_selfpay": "900.00"}]}
    assert differences(before, after) == [
        {"question": "ill_selfpay", "item": "a", "before": "100.00", "after": "900.00"}
    ]


def test_a_member_new_in_a_loop_shows_every_answer():
    found = differences({"ill": []}, {"ill": [{"who": "a", "ill_type": "serious"}]})
    assert found == [{"question": "ill_type", "item": "a", "before": None, "after": "serious"}]


def test_a_refused_visit_differs_only_in_consent():
    found = differences({"consent": "yes", "water_state": "ok", "ill": []}, {"consent": "no"})
    assert [change["question"] for change in found] == ["consent"]


def test_edits_of_the_member_list_are_news_each_time():
    edit = [{"op": "remove", "member_id": "a"}]
    found = differences({"roster_edit": edit}, {"roster_edit": edit})
    assert found == [{"question": "roster_edit", "item": None, "before": None, "after": edit}]
