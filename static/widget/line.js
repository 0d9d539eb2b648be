const LIVELY = 45000;

/** The live connection: opens, listens for silence, comes back by itself with back-off and jitter. */
class Line {
  constructor(url, { greet, heard, changed, refused }) {
    Object.assign(this, { url, greet, heard, changed, refused, up: false, tries: 0, wanted: false });
    addEventListener("online", () => this.wanted && this.open());
    addEventListener("offline", () => this.socket && this.lose());
    addEventListener("pageshow", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
  }

  open() {
    this.wanted = true;
    clearTimeout(this.again);
    if (this.socket) return;
    const socket = (this.socket = new WebSocket(this.url));
    this.listenFor(10000); // a connection that never opens must not be waited for
    socket.onopen = () => this.socket === socket && socket.send(JSON.stringify(this.greet()));
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.listenFor(LIVELY);
      if (!this.up) {
        this.up = true;
        this.tries = 0;
        this.beat = setInterval(() => this.send({ type: "ping" }), 20000);
        this.changed();
      }
      this.heard(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.socket === socket && this.lose(code);
  }

  send(frame) {
    if (this.up && this.socket.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  /** After sleep the socket may look open and be dead: ask, and do not wait long for the answer. */
  wake() {
    if (!this.wanted) return;
    if (!this.socket) return this.open();
    this.send({ type: "ping" });
    this.listenFor(5000);
  }

  listenFor(ms) {
    clearTimeout(this.silence);
    // A hidden tab's timers may run once a minute only: its silence is none of the line's.
    this.silence = setTimeout(() => (document.hidden && ms === LIVELY ? this.listenFor(130000) : this.lose()), ms);
  }

  lose(code) {
    const socket = this.socket;
    this.socket = null;
    this.up = false;
    clearTimeout(this.silence);
    clearInterval(this.beat);
    if (socket) socket.onclose = socket.onmessage = null;
    if (socket && socket.readyState < 2) socket.close();
    if (code >= 4401 && code <= 4404) {
      this.wanted = false;
      this.refused(code);
    } else if (this.wanted) {
      const least = code === 4408 ? 5000 : 400; // thrown out for flooding: come back slower
      const delay = Math.min(5000, least * 2 ** this.tries++);
      this.again = setTimeout(() => this.open(), delay * (0.5 + Math.random() / 2));
    }
    this.changed();
  }

  close() {
    this.wanted = false;
    clearTimeout(this.again);
    if (this.socket) this.lose();
  }
}
