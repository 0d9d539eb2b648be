// What is pressed between asking for a conversation and seeing it is meant for that one, not for the one still shown. It
// waits, and then does what it would have done had the conversation been there at once: presses its controls, or is
// written where its page writes. Where the conversation does not come, nothing is pressed. Only walking on does not wait.
const WALKS = ["j", "k", "?"]
const coming = new Set() // requests
let early = []

const written = (element) => customElements.get("key-map").written(element)

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.push || ctx.sourceElement.matches('[data-shows="talk"]')) coming.add(ctx)
})

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!coming.delete(ctx) || coming.size) return
  const presses = early
  early = []
  if (ctx.response?.status < 400) presses.forEach(press)
})

document.addEventListener("keydown", (event) => {
  if (!coming.size || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return
  const walks = !early.length && (WALKS.includes(event.key) || event.key === " ")
  if (walks || written(event.target) || document.querySelector("dialog[open]")) return
  event.preventDefault()
  event.stopPropagation()
  early.push(event)
}, true)

function press({ key, code, shiftKey }) {
  const at = document.activeElement
  const event = new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true })
  if (at.dispatchEvent(event) && written(at)) document.execCommand("insertText", false, key)
}
