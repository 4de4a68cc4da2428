"""What people are in a branch: their standing as members and their posts; the Chinese words stand in the texts."""

from __future__ import annotations

from enum import StrEnum


class MemberStatus(StrEnum):
    """A person's standing; its Chinese name stands in the texts under `member_status.`.

    正式党员, 预备党员, 发展对象, 入党积极分子.
    """

    FULL = "full"
    PROBATIONARY = "probationary"
    CANDIDATE = "candidate"
    ACTIVIST = "activist"

    @property
    def is_member(self) -> bool:
        """Full and probationary members are members of the Party; those being prepared are not."""
        return self in {MemberStatus.FULL, MemberStatus.PROBATIONARY}


class Post(StrEnum):
    """A person's post in the branch; its Chinese name stands in the texts under `post.`.

    书记, 副书记, 组织委员, 宣传委员, 纪检委员, 党小组组长; MEMBER is nobody's name: no post.
    """

    SECRETARY = "secretary"
    DEPUTY = "deputy"
    ORGANIZATION = "organization"
    PUBLICITY = "publicity"
    DISCIPLINE = "discipline"
    GROUP_LEADER = "group_leader"
    MEMBER = ""

    @property
    def is_commissioner(self) -> bool:
        """Whether only a branch with a committee has this post."""
        return self in {Post.ORGANIZATION, Post.PUBLICITY, Post.DISCIPLINE}

    @property
    def is_committee(self) -> bool:
        """Whether its holder sits in the committee, where there is one."""
        return self in {Post.SECRETARY, Post.DEPUTY} or self.is_commissioner
