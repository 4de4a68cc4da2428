"""The page in a real browser: two people, two windows, two sizes, keys and a pointer."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from vocabulary.messages import Button, Chat, Shown

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
LI, ZHOU, WANG, HE = "李慧", "周建国", "王晓明", "何平"

CARD = """要召开这个会议吗？
支部党员大会 3月11日 周三 15:30 301会议室
议题：讨论年度工作计划
主持：李慧 记录：待定
应到17人，其中有表决权15人。如要表决：至少8人到会，至少8票同意（《支部工作条例》第11条）"""
NOTICE = """各位同志：
3月11日 周三 15:30 在301会议室召开支部党员大会，讨论年度工作计划。来不了的请提前请假。
召集人：李慧"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no browser: /usr/bin/chromium is missing")

CONTRAST = """() => {
  const straight = v => v <= 10.3 ? v / 3294.6 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * straight(r) + .7152 * straight(g) + .0722 * straight(b);
  const read = colour => colour.match(/[\\d.]+/g).map(Number);
  const back = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = read(getComputedStyle(at).backgroundColor);
      if (a > .9) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (!own || box.width < 2 || style.visibility === "hidden" || element.closest("[disabled], .skip")) continue;
    const [one, other] = [light(read(style.color)), light(back(element))].sort((a, b) => b - a);
    const ratio = (one + .05) / (other + .05);
    if (ratio < 4.5) faults.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return faults;
}"""
NAMELESS = """() => [...document.querySelectorAll("button, input, textarea, a, [role=log], [role=listbox]")]
  .filter(one => one.offsetParent && !one.textContent.trim() && !one.getAttribute("aria-label") && !one.labels?.length
    && !one.querySelector("img[alt]") && !one.hasAttribute("aria-hidden"))
  .map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def sit(browser):
    """Open a window of its own as someone; faults of the page fail the test."""
    faults, contexts = [], []

    def open_page(web, account, size=WIDE, **options):
        context = browser.new_context(viewport=size, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
        page.add_init_script(f"sessionStorage.getItem('zhibu.me') || sessionStorage.setItem('zhibu.me', '{account}')")
        page.goto(f"http://127.0.0.1:{web.port}/")
        page.wait_for_function("name => document.getElementById('me-name').textContent === name", arg=account)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def enter(page, chat):
    page.click(f".chat:has(.chat-title:text-is('{chat}'))")
    page.wait_for_function("chat => document.getElementById('chat-title').textContent === chat", arg=chat)


def say(page, text):
    page.fill("#words", text)
    page.press("#words", "Enter")


def last(page, text):
    return page.wait_for_selector(f".line:last-child .bubble:has-text('{text}')")


def fill_with_life(web):
    """Give the development group and 李慧 something to look at."""
    li, dev = Chat("web", f"p:{LI}", "private"), Chat("web", "g:dev", "group")
    web.say_as(LI, "下周三下午三点在301会议室开支部党员大会，讨论年度工作计划", key="life1")
    buttons = (Button("确认", "yes"), Button("修改", "edit"), Button("取消", "no"))
    web.run(web.door.send(li, Shown(CARD, buttons)))
    web.run(web.door.send(li, Shown("会议记录草稿好了。", file_name="支部党员大会.docx", file_data=b"x" * 23_456)))
    web.run(web.door.send(dev, Shown(NOTICE, (Button("收到", "ok"), Button("请假", "leave")))))
    web.clock.set(web.clock.now() + timedelta(minutes=20))
    web.say_as(ZHOU, "收到", "g:dev", key="life2")
    web.say_as(WANG, "材料在 https://example.org/plan 这里，大家先看一下", "g:dev", key="life3")
    web.say_as(LI, "卡片", "g:dev", key="life4")


def test_two_people_in_two_windows(web, sit):
    li, wang = sit(web, LI), sit(web, WANG)
    enter(li, "研发群")
    enter(wang, "研发群")
    li.fill("#words", "卡片")
    began = time.monotonic()
    li.press("#words", "Enter")
    last(wang, "已签到0/17")
    assert time.monotonic() - began < 1
    assert wang.inner_text(".line:nth-last-child(2) .name") == LI
    wang.click(".choice:has-text('签到')")
    wang.wait_for_selector(".choice[aria-pressed=true]:not([disabled])")
    last(li, "已签到1/17")
    last(wang, "已签到1/17")
    assert li.locator(".line").count() == 2
    assert li.get_attribute(".choice", "aria-pressed") == "false"
    assert li.locator(".waits, .failed").count() == 0


def test_enter_sends_shift_enter_breaks_the_line_and_an_input_method_is_left_alone(web, sit):
    page = sit(web, LI)
    enter(page, "支部助手")
    words = page.locator("#words")
    words.fill("第一行")
    words.press("Shift+Enter")
    words.press_sequentially("第二行")
    words.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    words.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    assert words.input_value() == "第一行\n第二行"
    words.press("Enter")
    last(page, "听到：第一行")
    assert [incoming.text for incoming in web.house.heard] == ["第一行\n第二行"]
    words.press("Enter")
    assert words.input_value() == ""
    assert len(web.house.heard) == 1


def test_unread_counts_come_and_go(web, sit):
    li, second = sit(web, LI), sit(web, LI)
    enter(li, "支部助手")
    enter(second, "支部助手")
    for n in range(3):
        web.say_as(ZHOU, f"第{n}条", "g:dev", key=f"k{n}")
    badge = ".chat:has-text('研发群') .badge"
    li.wait_for_function("() => document.querySelector('[data-chat=\"g:dev\"] .badge').textContent === '3'")
    assert "第2条" in li.inner_text(".chat:has-text('研发群') .chat-last")
    assert li.title() == "(3) 支部助手"
    enter(li, "研发群")
    assert li.locator(badge).is_hidden()
    second.wait_for_selector(badge, state="hidden")
    assert second.title() == "支部助手"


def test_one_becomes_another_person_by_keys_alone(web, sit):
    page = sit(web, LI)
    page.focus("#me-button")
    page.keyboard.press("Enter")
    page.keyboard.type("市场")
    assert page.locator("[role=option]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector(".chat:has-text('市场群')")
    assert page.inner_text("#me-button").split("\n")[:2] == [HE, "市场党支部 书记"]
    assert page.evaluate("document.activeElement.id") in {"me-button", "words"}
    page.reload()
    page.wait_for_function("() => document.getElementById('me-name').textContent === '何平'")
    page.focus("#me-button")
    page.keyboard.press("Enter")
    page.keyboard.type("没有")
    assert "没有" in page.inner_text("#people-none")
    page.keyboard.press("Escape")
    assert page.locator("#people").is_hidden()


def test_the_bot_is_mentioned_by_a_button_in_groups_only(web, sit):
    page = sit(web, LI)
    enter(page, "支部助手")
    assert page.locator("#mention").is_hidden()
    enter(page, "研发群")
    page.fill("#words", "开始签到")
    page.click("#mention")
    page.keyboard.press("Enter")
    last(page, "听到：@支部助手 开始签到")
    assert web.house.heard[0].addressed


def test_what_people_write_is_never_html(web, sit):
    page = sit(web, LI)
    enter(page, "支部助手")
    say(page, "<img src=x onerror=\"document.title='broken'\"><b>粗</b> ]]> javascript:alert(1)")
    last(page, "听到：<img src=x")
    assert page.locator(".bubble b, .bubble img").count() == 0
    assert page.title() == "支部助手"


def test_a_file_is_sent_and_fetched(web, sit, tmp_path):
    page = sit(web, LI)
    enter(page, "研发群")
    page.set_input_files("#file", {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": b"abc" * 500})
    page.wait_for_selector("a.file:has-text('名单.xlsx')")
    with page.expect_download() as fetched:
        page.click("a.file")
    assert fetched.value.suggested_filename == "名单.xlsx"
    assert Path(fetched.value.path()).read_bytes() == b"abc" * 500
    assert page.locator(".line").count() == 1


def test_the_sample_clock_is_moved_by_its_buttons(web, sit):
    page = sit(web, LI)
    assert page.inner_text("#clock-now") == "3月5日 周四 10:20"
    page.click("#clock-hour")
    page.wait_for_function("() => document.getElementById('clock-now').textContent === '3月5日 周四 11:20'")
    web.branch.due = [web.clock.now() + timedelta(hours=2)]
    page.click("#clock-next")
    page.wait_for_selector(".chat:has-text('到点：05 05:20')")
    page.fill("#clock-to", "2026-03-11T15:00")
    page.click("#clock-form button")
    page.wait_for_function("() => document.getElementById('clock-now').textContent === '3月11日 周三 15:00'")
    page.click("#clock-next")
    page.wait_for_selector("#toast.is-shown:has-text('后面没有安排好的事')")


def test_a_lost_connection_is_said_and_what_was_missed_is_fetched(own_line, serve, sit):
    with serve(own_line) as web:
        page = sit(web, LI)
        enter(page, "支部助手")
        own_line.switch_off()
        page.wait_for_selector("#connection:not([hidden])")
        assert "正在重连" in page.inner_text("#connection")
        say(page, "断线时写的")
        page.wait_for_selector(".waits")
        own_line.switch_on()
        web.run(web.say("断线时说的", f"p:{LI}"))
        last(page, "听到：断线时写的")
        page.wait_for_selector(".bubble:has-text('断线时说的')")
        page.wait_for_selector("#connection", state="hidden")
        page.wait_for_selector(".waits", state="detached")
        assert [incoming.text for incoming in web.house.heard] == ["断线时写的"]


def test_a_failed_message_can_be_sent_again(web, sit):
    page = sit(web, LI)
    enter(page, "支部助手")
    web.store.broken = OSError("disk full")
    say(page, "请假 孩子发烧")
    page.wait_for_selector("#toast.is-shown:has-text('编号A001')")
    web.store.broken = None
    page.click(".failed button")
    last(page, "听到：请假 孩子发烧")
    assert page.locator(".failed, .waits").count() == 0
    assert page.locator(".line").count() == 2


def test_older_messages_are_fetched_on_demand(web, sit):
    for n in range(70):
        web.run(web.store.append("g:dev", ZHOU, Shown(f"第{n}条"), web.clock.now(), name=ZHOU))
    page = sit(web, LI)
    enter(page, "研发群")
    last(page, "第69条")
    assert page.locator(".line").count() == 50
    page.click(".older")
    page.wait_for_function("() => document.querySelectorAll('.line').length === 70")
    assert page.locator(".older").count() == 0
    web.run(web.say("新的一条"))
    page.wait_for_selector("#below:has-text('1条新消息')")
    page.click("#below")
    assert page.locator("#below").is_hidden()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "375"])
def test_the_page_is_right_at_both_sizes(web, sit, size, tmp_path):
    fill_with_life(web)
    page = sit(web, LI, size, reduced_motion="reduce")
    phone = size is PHONE
    if phone:
        assert page.locator("#pane").is_hidden()
        page.screenshot(path=tmp_path / "375-list.png")
    for chat in ("支部助手", "研发群"):
        enter(page, chat)
        page.wait_for_selector(".card")
        page.screenshot(path=tmp_path / f"{size['width']}-{chat}.png")
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert page.evaluate("document.getElementById('log').scrollWidth <= document.getElementById('log').clientWidth")
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(NAMELESS) == []
        assert page.locator(".line:last-child").bounding_box()["y"] < page.locator("#say").bounding_box()["y"]
        if phone:
            assert page.locator("#chats").is_hidden()
            page.click("#back")
            page.wait_for_selector("#chats")
            assert page.locator("#pane").is_hidden()
    page.click("#me-button")
    assert page.evaluate(CONTRAST) == []
    page.screenshot(path=tmp_path / f"{size['width']}-people.png")
    if phone:
        page.keyboard.press("Escape")
        enter(page, "研发群")
        page.go_back()
        page.wait_for_selector("#chats")


def test_the_focus_goes_through_the_page_in_order(web, sit):
    fill_with_life(web)
    page = sit(web, LI)
    enter(page, "研发群")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("(at => at.id || at.className || at.tagName)(document.activeElement)"))
    wanted = [
        "skip",
        "clock-hour",
        "clock-next",
        "clock-to",
        "me-button",
        "chat",
        "log",
        "choice",
        "mention",
        "attach",
        "words",
    ]
    places = [seen.index(name) for name in wanted]
    assert places == sorted(places)
