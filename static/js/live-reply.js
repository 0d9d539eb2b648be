// form[data-live="41"]: what is said in a live chat goes up the desk's line, which is open already and needs no sign-in.
// What the line cannot say, or does not answer, goes as the request it would have been, which also tells why: by its
// client id it is the same line.
const PATIENCE = 3000

let connection
let number = 0
const asked = new Map()

function plain(form) {
  return form.get("kind") === "reply" && ![...form.values()].some((value) => value.size)
}

function ask(interaction, form) {
  const socket = connection?.socket
  if (socket?.readyState !== WebSocket.OPEN) return ""
  return new Promise((answer) => {
    const mine = ++number
    asked.set(mine, answer)
    setTimeout(() => settle(mine, ""), PATIENCE)
    const { text, client_id } = Object.fromEntries(form)
    socket.send(JSON.stringify({ type: "say", number: mine, interaction: Number(interaction), text, client_id }))
  })
}

function settle(which, html) {
  asked.get(which)?.(html)
  asked.delete(which)
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { live } = ctx.sourceElement.dataset
  if (!live || !plain(ctx.request.body)) return
  ctx.fetch = async (action, request) => {
    const html = await ask(live, request.body)
    return html ? new Response(html, { headers: { "Content-Type": "text/html" } }) : fetch(action, request)
  }
})
document.addEventListener("htmx:ws:before:connection", (event) => (connection = event.detail.connection))
document.addEventListener("htmx:ws:close", () => asked.forEach((_answer, which) => settle(which, "")))
document.addEventListener("htmx:ws:before:message:incoming", ({ detail: { message } }) => {
  if (!message.data.startsWith('{"type": "said"')) return
  const said = JSON.parse(message.data)
  settle(said.number, said.html)
})
