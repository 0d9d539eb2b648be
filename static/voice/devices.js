/** Which microphone, loudspeaker and bell this person uses in this browser; nothing chosen: what the system says. */
class PhoneDevices extends EventTarget {
  static KINDS = { microphone: "audioinput", speaker: "audiooutput", bell: "audiooutput" };

  constructor(person) {
    super();
    this.person = person;
  }

  chosen(kind) {
    return localStorage.getItem(`phone:${this.person}:${kind}`) ?? "";
  }

  choose(kind, id) {
    if (id) localStorage.setItem(`phone:${this.person}:${kind}`, id);
    else localStorage.removeItem(`phone:${this.person}:${kind}`);
    this.dispatchEvent(new CustomEvent("chosen", { detail: kind }));
  }

  /** What there is of a kind. Before the microphone was allowed a browser names nothing. */
  async all(kind) {
    const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return found.filter((one) => one.kind === PhoneDevices.KINDS[kind] && one.deviceId && one.deviceId !== "default");
  }

  /** The one chosen; when it is not plugged in, whichever there is. */
  async open(processed = true) {
    const cleaned = { echoCancellation: processed, noiseSuppression: processed, autoGainControl: processed };
    const ask = async (deviceId) => (await navigator.mediaDevices.getUserMedia({ audio: { ...cleaned, ...deviceId } })).getAudioTracks()[0];
    const exact = this.chosen("microphone");
    try {
      return await ask(exact && { deviceId: { exact } });
    } catch (error) {
      if (!exact || !["OverconstrainedError", "NotFoundError", "NotReadableError"].includes(error.name)) throw error;
      return ask();
    }
  }

  /** Have an element or an audio graph play where the person wants to hear it. */
  async route(sink, kind) {
    await sink.setSinkId?.(this.chosen(kind)).catch(() => sink.setSinkId(""));
  }
}

const phoneDevices = new PhoneDevices(document.querySelector("phone-check")?.getAttribute("person") ?? "");
