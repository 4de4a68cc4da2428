"""A branch runs its week in one chat: by clicking and typing, as two people in two windows."""

from __future__ import annotations

import time

PHONE = {"width": 375, "height": 812}
CALL = "下周三下午三点在301会议室开支部党员大会，讨论年度工作计划"


def test_a_branch_runs_its_week(window, pictures):
    li, wang = window("李慧"), window("王晓明", PHONE)

    # a meeting is called by a sentence, and changed at the card
    li.enter("支部助手")
    li.say(CALL)
    li.sees("应到17人，其中有表决权15人")
    li.say("改到三点半")
    li.sees("3月11日 周三 15:30 301会议室")
    li.page.screenshot(path=pictures / "call.png")
    wang.enter("研发群")
    li.press("确认")
    began = time.monotonic()
    wang.sees("在301会议室召开支部党员大会")
    assert time.monotonic() - began < 3, "a second window shows it at once"
    li.sees("已建立，正在通知研发群和16位党员")

    # a member answers by a button, another one by a word; the secretary sees who has not
    wang.press("收到")
    wang.page.screenshot(path=pictures / "phone.png")
    feng = window("冯媛")
    feng.enter("支部助手")
    feng.sees("来不了就回“请假”和原因")
    feng.say("请假 孩子发烧")
    feng.sees("请假已转给李慧")
    li.sees("冯媛请假：3月11日 支部党员大会，孩子发烧，记事假。")
    li.press("同意")
    feng.sees("李慧同意你3月11日的请假")
    li.say("谁还没回")
    li.sees("已回复3人：能到2，请假1")

    # the themed party day comes round by itself, a question is asked every working day
    li.say("每月第一个周五下午两点半主题党日，地点党员活动室")
    li.sees("主题党日这样定吗")
    li.press("确认")
    li.say("每天早上八点推送每日一题")
    li.sees("每日一题这样推送吗")
    li.press("确认")
    wang.enter("研发群")
    li.go_to("2026-03-06T08:00")
    wang.sees("每日一题 3月6日")
    wang.press("A")
    wang.enter("支部助手")
    wang.sees("依据：《中国共产党")

    # reminded, checked in, counted
    li.go_to("2026-03-11T15:16")
    wang.enter("研发群")
    wang.sees("30分钟后（15:30）在301会议室开支部党员大会。")
    wang.sees("已签到0/17，其中有表决权0/15")
    wang.say("签到")
    wang.sees("已签到1/17，其中有表决权1/15")
    li.enter("研发群")
    li.press("签到")
    li.sees("已签到2/17，其中有表决权2/15")
    li.page.screenshot(path=pictures / "checkin.png")
    li.enter("支部助手")
    li.say("谁还没到")
    li.sees("已签到2，请假1，还差14人")
    li.say("结束签到")
    li.sees("应到17，实到2，请假1，缺席14，到会率11.8%")
    wang.sees("签到结束：应到17，实到2，到会率11.8%。")
    li.say("这周有什么会")
    li.sees("3月11日 周三 15:30 支部党员大会")
    li.page.screenshot(path=pictures / "page.png")

    # the next party day is announced on its own
    li.enter("研发群")
    li.go_to("2026-03-31T09:01")
    li.sees("4月3日 周五 14:30")
    li.page.screenshot(path=pictures / "themeday.png")
