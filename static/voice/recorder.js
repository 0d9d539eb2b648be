/** What an agent's page records: the agent on the left, everybody the customer hears or is on the right. */
// The server says of whom (`record` in the plan). A second at a time is sent and kept there, so a page that dies takes
// a second with it. While there is nobody to record, on hold or while paused, nothing is recorded and no time passes.
const SLICE = 1000; // ms
const PATIENCE = 2000; // ms until a piece that was not taken is sent again

class CallRecorder extends EventTarget {
  constructor(mesh, { url, page, token }) {
    super();
    Object.assign(this, { mesh, url, page, token, queue: [], number: 0, joined: new Map() });
    const { audio } = mesh;
    this.out = new MediaStreamAudioDestinationNode(audio, { channelCount: 2 });
    const both = audio.createChannelMerger(2);
    both.connect(this.out);
    [this.left, this.right] = [0, 1].map((side) => {
      const gain = new GainNode(audio, { channelCount: 1, channelCountMode: "explicit" });
      gain.connect(both, 0, side);
      return gain;
    });
  }

  /** These voices from now on; none: nothing. */
  follow(voices) {
    const { plan: { me }, silent } = this.mesh;
    const nodes = new Map();
    for (const id of voices || []) {
      const node = id === me ? this.mesh.own : this.mesh.peers.get(id)?.node;
      if (node && !(id === me && silent)) nodes.set(node, id === me ? this.left : this.right);
    }
    for (const [node, side] of this.joined) if (!nodes.has(node)) part(node, side);
    for (const [node, side] of nodes) if (!this.joined.has(node)) node.connect(side);
    this.joined = nodes;
    if (voices?.length) this.record();
    else if (this.recorder?.state === "recording") this.recorder.pause();
  }

  record() {
    if (!this.recorder) {
      this.recorder = new MediaRecorder(this.out.stream, { mimeType: "audio/webm;codecs=opus", audioBitsPerSecond: 48000 });
      this.recorder.ondataavailable = ({ data }) => {
        if (!data.size) return;
        this.queue.push({ data, number: this.number++ });
        this.pump();
      };
      this.recorder.start(SLICE);
    } else if (this.recorder.state === "paused") this.recorder.resume();
  }

  /** In order, one at a time, each until it is kept. */
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    while (this.queue.length) {
      const { data, number } = this.queue[0];
      const status = await this.post(number, data);
      if (status === 201 || status === 200) this.queue.shift();
      else if (status >= 400 && status < 500) this.queue.length = 0; // over for the server
      else await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      this.dispatchEvent(new CustomEvent("kept", { detail: { status, behind: this.queue.length } }));
    }
    this.pumping = false;
  }

  async post(number, body) {
    const reply = await fetch(`${this.url}?page=${this.page}&number=${number}`, { method: "POST", body, headers: { "X-CSRFToken": this.token, "Content-Type": "audio/webm" } }).catch(() => null);
    return reply ? reply.status : 0;
  }

  stop() {
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }
}
