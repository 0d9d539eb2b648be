/** One conversation: what was said, what is still to be sent, and where it stands. Knows nothing of the screen. */
class Talk {
  constructor({ base, entry, store, customer, language, changed }) {
    Object.assign(this, { root: `${base}visit/${entry}/`, store, customer, language, changed });
    this.empty();
    this.state = null;
    this.uploads = []; // lines with files; a file can not be kept over a reload
    this.line = new Line(`${base.replace(/^http/, "ws")}ws/visit/${entry}/`, {
      greet: () => ({ type: "hello", token: this.token, interaction: this.interaction, after: this.last }),
      heard: (frame) => this.heard(frame),
      changed: () => {
        this.inFlight = null;
        this.asked = this.last; // by the greeting
        this.askedAt = Date.now();
        this.pump();
        this.changed();
      },
      refused: () => this.forget(),
    });
    const known = customer ? customer.id : null;
    if (store.get("customer") !== known) store.clear(); // signed in, out, or as someone else
    store.set("customer", known);
    store.onChange((name) => this.stored(name));
    setInterval(() => this.pump(), 5000);
  }

  empty() {
    Object.assign(this, { messages: [], last: 0, held: new Map(), agentRead: 0 });
  }

  get token() { return this.store.get("token"); }
  get started() { return Boolean(this.token && this.store.get("live")); }
  get over() { return Boolean(this.state && this.state.state === "closed"); }
  get read() { return this.store.get("read") || 0; }
  get unread() { return this.messages.filter((message) => message.kind === "outbound" && message.seq > this.read).length; }

  /** Every line on its way: kept ones and uploads, oldest first. */
  get pending() {
    const said = new Set(this.messages.map((message) => message.client_id));
    return [...this.store.unsent(), ...this.uploads].filter((line) => !said.has(line.client_id)).sort((a, b) => a.at - b.at);
  }

  resume() {
    if (this.started) this.line.open();
  }

  /** Begin, or go on with, the conversation. The token comes first, so that trying again is never a second visitor. */
  async start(details) {
    const who = { customer: this.customer && { id: this.customer.id, name: this.customer.name, email: this.customer.email } };
    if (this.customer) who.signature = this.customer.signature;
    if (!this.token) this.store.set("token", (await this.post("visitors/", who)).token);
    const started = await this.post("sessions/", { ...details, ...who, token: this.token, language: this.language });
    this.store.set("token", started.token);
    this.store.set("live", true);
    this.heard(started.state);
    this.line.open();
  }

  async post(path, data) {
    let reply;
    try {
      reply = await fetch(this.root + path, {
        method: "POST", credentials: "omit", body: JSON.stringify(data),
        headers: { "Content-Type": "application/json", "Accept-Language": this.language },
      });
    } catch {
      throw { code: "network" };
    }
    const body = await reply.json().catch(() => ({ code: "server" }));
    if (reply.ok) return body;
    if (body.code === "token") this.forget();
    throw body;
  }

  say(text, files = []) {
    const line = { client_id: newId(), text, at: Date.now(), tab: tabName, interaction: this.interaction };
    if (files.length) this.uploads.push({ ...line, files, progress: 0 });
    else this.store.keep(line);
    this.pump();
    this.changed();
  }

  /** Send what waits, one at a time, so that lines arrive in the order they were written. */
  pump() {
    if (!this.line.up || this.over || (this.inFlight && Date.now() - this.inFlight.since < 12000)) return;
    if (this.inFlight) this.line.wake(); // no receipt: is anybody there?
    const next = this.pending.find((line) => !line.failed && (line.tab === tabName || Date.now() - line.at > 15000));
    if (!next) return;
    this.inFlight = { client_id: next.client_id, since: Date.now() + (next.files ? 600000 : 0) };
    if (next.files) this.upload(next);
    else this.line.send({ type: "say", text: next.text, client_id: next.client_id });
  }

  upload(line) {
    const form = new FormData();
    form.append("text", line.text);
    form.append("client_id", line.client_id);
    line.files.forEach((file) => form.append("files", file));
    const request = new XMLHttpRequest();
    request.open("POST", `${this.root}messages/`);
    request.setRequestHeader("X-Visitor-Token", this.token);
    request.setRequestHeader("Accept-Language", this.language);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      line.progress = loaded / total;
      this.changed();
    };
    request.onloadend = () => {
      const reply = request.response || { code: request.status ? "server" : "network" };
      if (request.status === 201) this.heard(reply);
      else this.failed({ ...reply, client_id: line.client_id });
    };
    request.send(form);
  }

  failed({ code, text, client_id: clientId }) {
    const line = this.pending.find((one) => one.client_id === clientId);
    if (this.inFlight && this.inFlight.client_id === clientId) this.inFlight = null;
    if (!line) return;
    if (["flood", "server", "network"].includes(code)) {
      this.inFlight = { client_id: clientId, since: Date.now() - 9000 }; // the same line again in 3 s, before any later one
      setTimeout(() => this.pump(), 3100);
    } else {
      line.failed = text || code;
      if (!line.files) this.store.keep(line);
      this.pump();
    }
    this.changed();
  }

  again(line) {
    line.failed = undefined;
    line.tab = tabName;
    if (!line.files) this.store.keep(line);
    this.pump();
    this.changed();
  }

  drop({ client_id: clientId }) {
    this.uploads = this.uploads.filter((line) => line.client_id !== clientId);
    this.store.forget(clientId);
    this.changed();
  }

  heard(frame) {
    if (frame.type === "state") this.placed(frame);
    else if (frame.type === "message") this.said(frame);
    else if (frame.type === "typing") this.typing(frame.who);
    else if (frame.type === "error") this.refused(frame);
    this.agentRead = Math.max(this.agentRead, frame.agent_read || 0); // what two processes push may come in any order
    if (frame.type !== "pong") this.changed();
  }

  refused(error) {
    const clientId = error.client_id || (this.inFlight && error.code === "flood" && this.inFlight.client_id);
    if (clientId) return this.failed({ ...error, client_id: clientId });
    this.trouble = error.text;
    clearTimeout(this.calm);
    this.calm = setTimeout(() => {
      this.trouble = null;
      this.changed();
    }, 6000);
  }

  placed(state) {
    if (state.state === "none") return this.renew();
    if (this.interaction && state.interaction !== this.interaction) {
      this.empty();
      this.store.set("read", 0);
      this.line.send({ type: "resume", after: 0 });
    }
    const missed = this.state && state.last > this.last;
    this.state = state;
    this.interaction = state.interaction;
    if (missed) this.ask();
    this.store.set("live", true);
    if (this.over) this.typist = null;
    this.pump();
  }

  said(message) {
    if (message.seq <= this.last) return;
    if (message.prev > this.last) {
      this.held.set(message.prev, message); // a hole: this one waits for what comes before it
      return this.ask();
    }
    this.messages.push(message);
    this.last = message.seq;
    this.asked = null;
    if (message.kind === "outbound") {
      this.typist = null;
      clearTimeout(this.receipt);
      this.receipt = setTimeout(() => message.seq > this.read && this.line.send({ type: "received", seq: message.seq }), 400);
    }
    if (message.client_id) {
      this.drop(message);
      if (this.inFlight && this.inFlight.client_id === message.client_id) this.inFlight = null;
      this.pump();
    }
    const next = this.held.get(message.seq);
    this.held.delete(message.seq);
    if (next) this.said(next);
  }

  /** Ask, once, for what is missing. */
  ask() {
    if (this.asked === this.last && Date.now() - this.askedAt < 3000) return;
    this.askedAt = Date.now();
    this.line.send({ type: "resume", after: (this.asked = this.last) });
  }

  typing(who) {
    this.typist = who;
    clearTimeout(this.hush);
    this.hush = setTimeout(() => {
      this.typist = null;
      this.changed();
    }, 6000);
  }

  writes() {
    if (Date.now() - (this.wrote || 0) < 2500) return;
    this.wrote = Date.now();
    this.line.send({ type: "typing" });
  }

  /** The visitor has everything up to here in view. */
  seen() {
    const newest = this.messages.reduce((seq, message) => (message.kind === "outbound" ? message.seq : seq), 0);
    if (newest <= this.read) return;
    this.store.set("read", newest);
    this.line.send({ type: "read", seq: newest });
    this.changed();
  }

  later() { this.line.send({ type: "later" }); }
  end() { this.line.send({ type: "end" }); }
  rate(stars, comment) { this.line.send({ type: "rate", stars, comment }); }

  async transcript() {
    const reply = await fetch(`${this.root}transcript/`, { credentials: "omit", headers: { "X-Visitor-Token": this.token } });
    if (reply.ok) return reply.blob();
    throw { code: "server" };
  }

  /** Ready for the next conversation of the same visitor. */
  renew() {
    const unsaid = this.pending.map((line) => line.text).join("\n");
    if (unsaid) this.store.set("draft", unsaid);
    this.pending.forEach((line) => this.drop(line));
    this.store.set("live", null);
    this.line.close();
    this.state = null;
    this.changed();
  }

  /** The server no longer knows this visitor. */
  forget() {
    this.line.close();
    this.store.set("token", null);
    this.empty();
    this.interaction = undefined;
    this.store.set("read", null);
    this.renew();
  }

  /** Another tab of this visitor did something. */
  stored(name) {
    if (name === "token" || name === "live" || name === "") {
      if (this.started) this.line.open();
      else {
        this.line.close();
        this.state = null;
      }
    }
    this.changed();
  }
}
