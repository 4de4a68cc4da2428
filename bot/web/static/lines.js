// What this window knows: chats, their messages, what is on the way, which buttons were pressed.

const KEPT = 300;
const PLACE = "zhibu.pressed";

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? [];
  } catch {
    return [];
  }
}

const pressed = new Set(remembered());

export const chats = new Map();
/** Messages by chat: `{messages, more}`, oldest first; a chat that was never opened has none. */
export const lines = new Map();
/** What was said and pressed and is not yet confirmed, by its own id, in order. */
export const pending = new Map();

const mark = (account, message, press) => `${account} ${message} ${press}`;

/** Remember that a person pressed a button. */
export function notePressed(account, message, press) {
  pressed.add(mark(account, message, press));
  try {
    localStorage.setItem(PLACE, JSON.stringify([...pressed].slice(-KEPT)));
  } catch {
    // A browser that keeps nothing forgets pressed buttons when the page is loaded again.
  }
}

/** How a button stands for a person: free, busy or pressed. */
export function standing(account, message, choice) {
  for (const { account: whose, frame } of pending.values()) {
    const same = frame.type === "press" && frame.message === message.id && frame.press === choice.press;
    if (same && whose === account) return "busy";
  }
  return pressed.has(mark(account, message.id, choice.press)) ? "pressed" : "free";
}

/** Put a message where it belongs by its number; true if it was not known. */
export function keep(chatId, message) {
  const known = lines.get(chatId);
  if (!known) return true;
  const at = known.messages.findIndex((one) => one.id === message.id);
  if (at >= 0) known.messages[at] = message;
  else known.messages.push(message);
  return at < 0;
}

/** What a person has said in a chat and is not yet confirmed and not yet among its messages. */
export function unconfirmed(chatId, account) {
  const keys = new Set((lines.get(chatId)?.messages ?? []).map((message) => message.key));
  return [...pending.values()]
    .filter((one) => one.frame.chat === chatId && one.account === account && one.line && !keys.has(one.frame.id))
    .map((one) => one.line);
}
