// The one kept connection: it comes back by itself, and notices when it has died silently.

const FIRST_WAIT = 300;
const LONGEST_WAIT = 8000;
const QUIET = 20000;
const PATIENCE = 8000;
const SIGNED_OUT = 4401;

export class Connection {
  #socket = null;
  #wait = FIRST_WAIT;
  #timers = [];
  #retry = 0;

  /** `onframe(frame)` for every frame, `onchange("open" | "lost" | "signed_out")`. */
  constructor(onframe, onchange) {
    this.onframe = onframe;
    this.onchange = onchange;
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#wait = FIRST_WAIT;
      this.onchange("open");
      this.#listen();
    });
    socket.addEventListener("message", (event) => {
      if (socket !== this.#socket) return;
      this.#listen();
      this.onframe(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => socket === this.#socket && this.#closed(event.code));
  }

  /** Send a frame; false where there is no connection. */
  send(frame) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #closed(code) {
    this.#timers.forEach(clearTimeout);
    if (code === SIGNED_OUT) {
      this.onchange("signed_out");
      return;
    }
    this.onchange("lost");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.open(), this.#wait * (0.8 + Math.random() * 0.4));
    this.#wait = Math.min(this.#wait * 1.7, LONGEST_WAIT);
  }

  // After a quiet while ask for a sign of life; without one, give the connection up.
  #listen() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [
      setTimeout(() => this.send({ type: "ping" }), QUIET),
      setTimeout(() => this.#giveUp(), QUIET + PATIENCE),
    ];
  }

  #giveUp() {
    const dead = this.#socket;
    this.#socket = null;
    dead.close();
    this.#closed(0);
  }

  #hurry() {
    this.#wait = FIRST_WAIT;
    if (this.#socket && this.#socket.readyState === WebSocket.CLOSED) {
      clearTimeout(this.#retry);
      this.open();
    }
  }
}
