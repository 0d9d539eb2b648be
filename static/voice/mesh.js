/** One page's share of a call: a connection to each page the server names, and on each of them what the server says. */
// Nothing is decided here: the plan (`call` frame) says whose voice is sent to whom. What is not sent is not muted but
// absent: without a source no packet leaves. The track is changed, never the connection, so nothing is negotiated again.
const AWAY_CHECK = 400; // ms between two looks at whether anything still arrives
const TELL_AGAIN = 4000; // ms

class VoiceMesh extends EventTarget {
  constructor({ microphone, send, plays }) {
    super();
    Object.assign(this, { microphone, send, plays, peers: new Map(), early: [], plan: null, ended: false });
    this.audio = new AudioContext();
    this.audio.resume();
    this.own = this.audio.createMediaStreamSource(new MediaStream([microphone]));
  }

  /** Do as the plan says; what was said before it came is heard now. */
  obey(plan) {
    if (this.ended) return;
    this.plan = plan;
    const wanted = new Map(plan.peers.map((peer) => [peer.peer, peer]));
    for (const [id, peer] of this.peers) if (wanted.get(id)?.page !== peer.page) this.drop(peer);
    for (const [id, told] of wanted) {
      const peer = this.peers.get(id) || this.meet(told, plan.ice);
      Object.assign(peer, { name: told.name, role: told.role, sends: told.send, hear: told.hear });
      peer.element.muted = !told.hear;
      if (told.away !== peer.away) this.watch(peer, told.away);
    }
    for (const peer of this.peers.values()) this.gate(peer);
    const early = this.early;
    this.early = [];
    early.forEach((signal) => this.heard(signal));
    this.changed();
  }

  /** Say nothing from now on, whatever the plan allows: whoever mutes themselves does not wait for the server. */
  silence(on) {
    this.silent = on;
    for (const peer of this.peers.values()) this.gate(peer);
    this.changed();
  }

  meet({ peer: id, page, initiates }, iceServers) {
    const pc = new RTCPeerConnection({ iceServers });
    const peer = { id, page, pc, polite: !initiates, offering: false, away: false, gone: false, work: Promise.resolve() };
    peer.element = Object.assign(new Audio(), { autoplay: true });
    this.plays?.(peer.element); // on the loudspeaker of their choice
    this.peers.set(id, peer);
    pc.onnegotiationneeded = async () => {
      try {
        peer.offering = true;
        await pc.setLocalDescription();
        this.say(peer, { sdp: pc.localDescription });
      } catch (error) {
        if (pc.signalingState !== "closed") throw error;
      } finally {
        peer.offering = false;
      }
    };
    pc.onicecandidate = ({ candidate }) => candidate && this.say(peer, { ice: candidate });
    pc.onconnectionstatechange = () => this.connection(peer);
    pc.ontrack = ({ track, transceiver }) => {
      peer.line = transceiver;
      transceiver.direction = "sendrecv";
      peer.stream = new MediaStream([track]);
      peer.element.srcObject = peer.stream; // Chromium feeds the audio graph only while an element plays the stream
      peer.element.play().catch(() => this.dispatchEvent(new Event("blocked")));
      peer.node = this.audio.createMediaStreamSource(peer.stream);
      for (const other of this.peers.values()) this.gate(other); // whoever hears them through us
      this.changed();
    };
    if (initiates) peer.line = pc.addTransceiver("audio", { direction: "sendrecv" });
    return peer;
  }

  say(peer, said) {
    this.send({ type: "call.signal", to: peer.id, page: peer.page, ...said });
  }

  /** What another page says; of one we have not been told of yet, once we have. */
  heard(signal) {
    const peer = this.peers.get(signal.from);
    if (!peer || peer.page < signal.page) {
      if (this.early.length < 100) this.early.push(signal);
    } else if (peer.page === signal.page && signal.to === this.plan.page) {
      peer.work = peer.work.then(() => this.take(peer, signal)).catch((error) => peer.pc.signalingState === "closed" || console.warn(error));
    }
  }

  /** Perfect negotiation, as the WebRTC specification has it. */
  async take(peer, { sdp, ice }) {
    const { pc } = peer;
    if (sdp) {
      const clash = sdp.type === "offer" && (peer.offering || pc.signalingState !== "stable");
      peer.ignores = clash && !peer.polite;
      if (peer.ignores) return;
      await pc.setRemoteDescription(sdp);
      if (sdp.type !== "offer") return;
      await pc.setLocalDescription();
      this.say(peer, { sdp: pc.localDescription });
    } else if (ice) {
      try {
        await pc.addIceCandidate(ice);
      } catch (error) {
        if (!peer.ignores) throw error;
      }
    }
  }

  /** Give the connection what this listener may hear, or nothing at all. */
  // What was given last, not what the sender has: a plan may be taken back before the browser has carried it out.
  gate(peer) {
    if (!peer.line) return;
    const track = this.trackFor(peer);
    if (peer.given === track) return;
    peer.given = track;
    peer.line.sender.replaceTrack(track).catch(() => {}); // closed meanwhile
  }

  trackFor(peer) {
    const sends = (peer.sends || []).filter((id) => id !== this.plan.me || !this.silent);
    if (!sends.length) return this.mix(peer, []) && null;
    if (sends.length === 1 && sends[0] === this.plan.me) return this.mix(peer, []) && this.microphone;
    const nodes = sends.map((id) => (id === this.plan.me ? this.own : this.peers.get(id)?.node)).filter(Boolean);
    this.mix(peer, nodes);
    return peer.mixed.stream.getAudioTracks()[0];
  }

  /** Join these to what the listener gets, part the others. */
  mix(peer, nodes) {
    peer.mixed ||= this.audio.createMediaStreamDestination();
    const before = peer.mixedOf || [];
    before.filter((node) => !nodes.includes(node)).forEach((node) => part(node, peer.mixed));
    nodes.filter((node) => !before.includes(node)).forEach((node) => node.connect(peer.mixed));
    peer.mixedOf = nodes;
    return true;
  }

  connection(peer) {
    const { connectionState: state } = peer.pc;
    if (state === "failed") {
      this.send({ type: "call.lost", peer: peer.id });
      if (!peer.polite) peer.pc.restartIce();
    }
    peer.gone = ["failed", "disconnected"].includes(state) || (peer.away && peer.gone);
    this.changed();
  }

  /** Its page cannot be reached by the server. Sound may still come: only we can know, so we look and tell. */
  watch(peer, away) {
    peer.away = away;
    clearInterval(peer.watching);
    if (!away) {
      peer.gone = false;
      return;
    }
    let before = null;
    let told = 0;
    const look = async () => {
      const now = await arrived(peer.pc);
      if (before !== null) {
        const silent = now === before;
        if (silent !== peer.gone) {
          peer.gone = silent;
          this.changed();
        }
        if (!silent && Date.now() - told > TELL_AGAIN) {
          told = Date.now();
          this.send({ type: "call.alive", peer: peer.id });
        }
      }
      before = now;
    };
    look();
    peer.watching = setInterval(look, AWAY_CHECK);
  }

  /** Nobody this page could hear is really there, though somebody should be. */
  get deserted() {
    const talking = [...this.peers.values()].filter(({ role }) => role !== "supervisor");
    return talking.length > 0 && talking.every(({ gone }) => gone);
  }

  get connected() {
    return [...this.peers.values()].some(({ pc }) => pc.connectionState === "connected");
  }

  drop(peer) {
    clearInterval(peer.watching);
    this.peers.delete(peer.id);
    this.mix(peer, []);
    for (const other of this.peers.values()) if (other.mixedOf?.includes(peer.node)) this.mix(other, other.mixedOf.filter((node) => node !== peer.node));
    peer.node?.disconnect();
    peer.element.srcObject = null;
    peer.pc.close();
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  /** Another microphone from now on, without a word to the others. */
  use(microphone) {
    this.own.disconnect();
    this.microphone.stop();
    this.microphone = microphone;
    this.own = this.audio.createMediaStreamSource(new MediaStream([microphone]));
    for (const peer of this.peers.values()) {
      peer.mixedOf = [];
      this.gate(peer);
    }
    this.changed();
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    for (const peer of [...this.peers.values()]) this.drop(peer);
    this.microphone.stop();
    this.audio.close();
  }
}

/** Of somebody whose page is gone all sound is parted already. */
const part = (from, to) => {
  try {
    from.disconnect(to);
  } catch { /* nothing to part */ }
};

const arrived = async (pc) => {
  let bytes = 0;
  for (const report of (await pc.getStats()).values()) if (report.type === "inbound-rtp") bytes += report.bytesReceived;
  return bytes;
};

/** How loud it is right now, 0 to 1. */
class LoudnessMeter {
  constructor(audio, node) {
    this.analyser = audio.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(1024);
    node.connect(this.analyser);
  }

  get level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }
}

/** The microphone, asked for politely; throws what the browser says. */
const openMicrophone = async (deviceId) => {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(deviceId && { deviceId: { exact: deviceId } }) },
  });
  return stream.getAudioTracks()[0];
};
