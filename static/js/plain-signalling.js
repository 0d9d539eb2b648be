// Under `make demo` alone, before Twilio's SDK: the SDK only ever dials wss://, and the demo's telephone network, which is
// on this machine, has no certificate that a browser would believe. This one address is dialled without; no other is.
const { host } = document.currentScript.dataset
const Real = globalThis.WebSocket

globalThis.WebSocket = class extends Real {
  constructor(url, ...more) {
    super(String(url) === `wss://${host}/signal` ? `ws://${host}/signal` : url, ...more)
  }
}
