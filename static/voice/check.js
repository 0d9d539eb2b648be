/** Whether a call could be taken in this page now. Each part answers with its trouble, or "": see PhoneCheck.Trouble. */
const PATIENCE_OF_CHECK = 4000; // ms
const LISTENS_FOR = 1500; // ms; a microphone that works is never wholly silent, whoever is not speaking
const TOO_SLOW = 1000; // ms there and back, the middle one of three

class PhoneTrial {
  constructor({ devices, socket, servers }) {
    Object.assign(this, { devices, socket, servers, roundTrip: null, microphone: "" });
  }

  /** Tries all parts and tells each as it is known. */
  async run(told = () => {}) {
    const troubles = {};
    const parts = [["microphone", this.hears()], ["network", this.reaches()], ["sockets", this.answers()]];
    const known = async ([part, trial]) => told(part, (troubles[part] = await trial));
    await Promise.all(parts.map(known));
    await known(["output", this.plays()]); // a page that listens may also play
    return Object.values(troubles).filter(Boolean);
  }

  async hears() {
    let track;
    try {
      track = await this.devices.open(false);
    } catch (error) {
      return { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "no_microphone", OverconstrainedError: "no_microphone" }[error.name] ?? "busy";
    }
    this.microphone = track.label;
    const audio = new AudioContext();
    try {
      audio.resume();
      const meter = new LoudnessMeter(audio, audio.createMediaStreamSource(new MediaStream([track])));
      return (await PhoneTrial.until(() => meter.level > 0, LISTENS_FOR)) || audio.state !== "running" ? "" : "silent";
    } finally {
      track.stop();
      audio.close();
    }
  }

  async plays() {
    if (!("setSinkId" in AudioContext.prototype)) return ""; // such a browser names no outputs
    const outputs = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audiooutput");
    return outputs.length ? "" : "no_output";
  }

  /** A way out for sound: any address to be reached at, and the relay where there is one. */
  async reaches() {
    const servers = await this.servers().catch(() => null);
    if (!servers) return "no_network";
    const relayed = servers.some(({ credential }) => credential);
    const pc = new RTCPeerConnection({ iceServers: servers });
    const found = new Set();
    pc.onicecandidate = ({ candidate }) => candidate?.type && found.add(candidate.type);
    try {
      pc.createDataChannel("check");
      await pc.setLocalDescription();
      await PhoneTrial.until(() => (relayed ? found.has("relay") : found.size), PATIENCE_OF_CHECK);
      return found.size ? (relayed && !found.has("relay") ? "no_relay" : "") : "no_network";
    } finally {
      pc.close();
    }
  }

  /** The live connection, and how long the server takes to answer on it. */
  answers() {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.socket);
      const times = [];
      let asked;
      const over = (trouble) => {
        clearTimeout(timer);
        socket.onclose = null;
        socket.close(1000);
        resolve(trouble);
      };
      const timer = setTimeout(() => over(times.length ? "slow" : "no_socket"), PATIENCE_OF_CHECK);
      const ask = () => ((asked = performance.now()), socket.send('{"type": "ping"}'));
      socket.onopen = ask;
      socket.onclose = () => over("no_socket");
      socket.onmessage = () => {
        times.push(performance.now() - asked);
        if (times.length < 3) return ask();
        this.roundTrip = Math.round(times.sort((a, b) => a - b)[1]);
        over(this.roundTrip > TOO_SLOW ? "slow" : "");
      };
    });
  }

  static async until(reached, patience) {
    for (const ends = performance.now() + patience; performance.now() < ends && !reached(); ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return Boolean(reached());
  }
}
