"""What kind of leave a reason is: personal (事假), sick (病假) or official (公假)."""

from __future__ import annotations

import re
from typing import Literal

OFFICIAL = re.compile(
    r"出差|公差|公务|公假|值班|值守|开庭|培训|驻场|外派|上级|局里|单位.{0,4}(?:安排|任务)|执勤|出勤|加班|客户现场"
)
FAMILY = re.compile(
    r"孩子|儿子|女儿|小孩|宝宝|老人|父亲|母亲|爸|妈|爷爷|奶奶|外公|外婆|老婆|爱人|丈夫|妻子|家里|家人|陪"
)
SICK = re.compile(r"病|发烧|感冒|住院|手术|医院|看医生|复查|体检|不舒服|头疼|头痛|肚子|腰|骨折|牙|产假|孕")


def kind_of(reason: str) -> Literal["personal", "sick", "official"]:
    """Sort a reason into a kind of leave; someone else's illness is a personal matter."""
    if OFFICIAL.search(reason):
        return "official"
    if SICK.search(reason) and not FAMILY.search(reason):
        return "sick"
    return "personal"
