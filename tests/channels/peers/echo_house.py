"""The smallest house that keeps its promise: a message counts once, and its repeat gets the stored answer."""

from dataclasses import replace

from bot.channels.degrade import Words, fit, numbered
from vocabulary.messages import Button

TWO_CHOICES = (Button("A", "pick:a"), Button("B", "pick:b"))


class EchoHouse:
    """Echoes; `choose` offers two buttons, `long` says much; what was pressed is echoed as its payload."""

    def __init__(self, door):
        self.door = door
        self.heard = []
        self.stored = {}
        self.offered = {}

    async def __call__(self, incoming):
        if incoming.message_id in self.stored:
            return self.stored[incoming.message_id] if self.door.answers_at_once else ()
        self.heard.append(incoming)
        words = self._words(incoming)
        shown = fit(words, self.door.can, lambda number, label: f"{number}) {label}")
        self.offered[incoming.account] = numbered(words, self.door.can)
        can = self.door.can
        is_sent = (incoming.pressed and can.buttons) or (_has_buttons(shown) and not can.card_at_once)
        in_hand = 1 if self.door.answers_at_once and not is_sent else 0
        self.stored[incoming.message_id] = shown[:in_hand]
        for message in shown[in_hand:]:
            await self.door.send(incoming.chat, replace(message, answers=incoming.message_id))
        return shown[:in_hand]

    def _words(self, incoming):
        if incoming.pressed:
            return Words(f"pressed {incoming.pressed}")
        if incoming.text == "choose":
            return Words("which?", TWO_CHOICES)
        if incoming.text == "long":
            return Words("这是一句话，说得不短不长。" * 900)
        offered = self.offered.get(incoming.account, ())
        if incoming.text.isdecimal() and int(incoming.text) <= len(offered):
            return Words(f"pressed {offered[int(incoming.text) - 1]}")
        return Words(f"echo {incoming.text}")


def _has_buttons(shown):
    return any(message.buttons for message in shown)
