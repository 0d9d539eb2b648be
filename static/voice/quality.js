/** How good a line sounds, from what was measured of it every two seconds. Nothing here touches the page. */
// The thresholds are those of Twilio's SDK, so that both kinds of call are told alike.
const LIMITS = { rtt: 400, jitter: 30, loss: 1, mos: -3 }; // ms, ms, per cent; the lowest mean opinion score

class LineQuality {
  static LEVELS = ["good", "fair", "poor", "bad"];

  constructor() {
    this.samples = [];
    this.warnings = new Set();
  }

  /** `sample`: {rtt, jitter} in ms, {loss} in per cent. The level changes late and goes back later. */
  take(sample) {
    this.samples = [...this.samples, { ...sample, mos: -LineQuality.mos(sample) }].slice(-7);
    const last = this.samples.slice(-5);
    for (const [what, limit] of Object.entries(LIMITS)) {
      const eased = what === "mos" ? limit - 0.3 : limit * 0.75;
      if (last.filter((one) => one[what] > limit).length >= 3) this.warnings.add(what);
      else if (last.length === 5 && last.every((one) => one[what] <= eased)) this.warnings.delete(what);
    }
    const lost = this.samples.reduce((sum, { loss }) => sum + loss, 0) / this.samples.length;
    if (this.samples.length === 7 && lost > 3) this.warnings.add("loss");
    return this.level;
  }

  get level() {
    if (this.warnings.has("mos")) return "bad";
    return LineQuality.LEVELS[Math.min(2, this.warnings.size)];
  }

  /** The E-model of ITU-T G.107, as simplified by everybody who shows it: 1 (nobody understands) to 4.4. */
  static mos({ rtt, jitter, loss }) {
    const late = rtt / 2 + 2 * jitter + 10;
    const r = Math.max(0, 93.2 - (late < 160 ? late / 40 : (late - 120) / 10) - 2.5 * loss);
    return Math.min(4.5, 1 + 0.035 * r + 0.000007 * r * (r - 60) * (100 - r));
  }
}

/** What a connection says of itself, since it was asked last. */
class LineProbe {
  constructor(pc) {
    this.pc = pc;
    this.before = { lost: 0, received: 0 };
  }

  async sample() {
    const now = { lost: 0, received: 0, jitter: 0, rtt: 0 };
    for (const report of (await this.pc.getStats()).values()) {
      if (report.type === "inbound-rtp") {
        now.lost += report.packetsLost ?? 0;
        now.received += report.packetsReceived ?? 0;
        now.jitter = Math.max(now.jitter, 1000 * (report.jitter ?? 0));
      } else if (report.type === "candidate-pair" && report.nominated) now.rtt = 1000 * (report.currentRoundTripTime ?? 0);
    }
    const lost = Math.max(0, now.lost - this.before.lost);
    const all = lost + Math.max(0, now.received - this.before.received);
    this.before = now;
    return { rtt: now.rtt, jitter: now.jitter, loss: all ? (100 * lost) / all : 0 };
  }
}
