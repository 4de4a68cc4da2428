"""The kinds of meeting, as the understanding contract names them."""

from __future__ import annotations

from enum import StrEnum


class MeetingType(StrEnum):
    """A kind of meeting; its Chinese name stands in the texts under `meeting_type.`."""

    MEMBER = "member_meeting"
    COMMITTEE = "committee_meeting"
    GROUP = "group_meeting"
    LECTURE = "party_lecture"
    THEME_DAY = "theme_day"
    ORG_LIFE = "org_life_meeting"
    DEMOCRATIC_LIFE = "democratic_life_meeting"
    REVIEW = "democratic_review"
    OTHER = "other"
