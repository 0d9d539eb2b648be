/** Music for whoever waits: a few soft chords, made here, so that it plays even when nobody can be reached. */
const CHORDS = [[262, 330, 392, 494], [220, 262, 330, 392], [175, 220, 262, 330], [196, 247, 294, 349]]; // Hz: Cmaj7 Am7 Fmaj7 G7
const NOTE = 0.34; // seconds

class HoldMusic {
  constructor(audio) {
    this.audio = audio;
    this.volume = new GainNode(audio, { gain: 0 });
    this.volume.connect(audio.destination);
    this.step = 0;
  }

  get playing() { return Boolean(this.timer); }

  play(on) {
    if (on === this.playing) return;
    const { audio, volume } = this;
    volume.gain.setTargetAtTime(on ? 0.12 : 0, audio.currentTime, on ? 0.3 : 0.02);
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => this.score(), 300) : null;
    this.next = audio.currentTime + 0.05;
    if (on) this.score();
  }

  /** A little ahead of time, for timers are late. */
  score() {
    while (this.next < this.audio.currentTime + 1.5) {
      const chord = CHORDS[Math.floor(this.step / 8) % CHORDS.length];
      const order = [0, 1, 2, 3, 2, 1, 2, 3];
      this.note(chord[order[this.step % 8]], this.next);
      this.next += NOTE;
      this.step += 1;
    }
  }

  note(frequency, at) {
    const tone = new OscillatorNode(this.audio, { frequency, type: "sine" });
    const shape = new GainNode(this.audio, { gain: 0 });
    shape.gain.setTargetAtTime(1, at, 0.03);
    shape.gain.setTargetAtTime(0, at + 0.12, 0.25);
    tone.connect(shape).connect(this.volume);
    tone.start(at);
    tone.stop(at + 1.6);
  }
}
