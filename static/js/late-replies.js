// Nothing older is drawn over what is newer. A reply with the list of work that was on its way while something was pushed,
// or a verb answered, may have been read before that happened: the screen is then asked for once more. What a verb answers
// is drawn all the same, unless another conversation was opened since; a mere refresh is not, for somebody may be writing
// in what is new. Which conversation is open is up to what was asked for last. A refresh that fails is asked for again.
// The phone is pushed after every move of a call: the one in a reply is left out if another was pushed meanwhile.
const THROWN_AWAY = 2 // refreshes in a row at most, or a busy desk would never be drawn
const AGAIN = 2000 // ms
const PHONE = /<hx-partial hx-target="#phones"[^]*?<\/hx-partial>/
let changedAt = 0
let phoneAt = 0
let movedAt = 0 // when was asked for what is open, or will be
let thrownAway = 0
let timer

const here = () => location.pathname + location.search
const refreshes = (ctx) => ctx.sourceElement.matches("desk-panes")
const outdated = (ctx) => changedAt > ctx.readAt && ctx.text?.includes('hx-target="#work"')
const moves = (ctx) => ctx.hx.location || ctx.text.includes('hx-target="#talk"')

function askAgain(wait) {
  clearTimeout(timer)
  timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent("stale")), wait * (0.5 + Math.random()))
}

document.addEventListener("htmx:ws:before:message:incoming", ({ detail: { message } }) => {
  if (message.data.startsWith("<")) changedAt = performance.now()
  if (PHONE.test(message.data)) phoneAt = performance.now()
})

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => { ctx.askedAt = performance.now() })

// All below is told at the document where the element that asked has left the page by then.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.readAt = performance.now() // at the earliest; later than it was asked where it waited for the one before
  if (refreshes(ctx)) ctx.request.action = here() // something else may have been opened meanwhile
  if (ctx.push) movedAt = Math.max(movedAt, ctx.askedAt)
  if (ctx.swap === "none") ctx.target = document.querySelector("desk-panes") // nothing is drawn for one that has left the page
})

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail
  ctx.late = outdated(ctx)
  if (phoneAt > ctx.readAt) ctx.text = ctx.text.replace(PHONE, "")
  if (refreshes(ctx)) {
    const elsewhere = ctx.request.action !== here()
    ctx.late ||= elsewhere
    thrownAway = elsewhere || (ctx.late && thrownAway < THROWN_AWAY) ? thrownAway + 1 : 0
    if (thrownAway) event.preventDefault()
  } else if (moves(ctx) && ctx.askedAt < movedAt) {
    ctx.late = true
    event.preventDefault()
  } else if (ctx.text.includes("<hx-partial")) {
    ctx.readAt = changedAt = performance.now()
    if (moves(ctx)) movedAt = ctx.askedAt
  }
})

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.late || outdated(ctx)) askAgain(0)
  else if (ctx.sourceElement.matches("desk-panes, message-list") && !(ctx.response?.status < 500)) askAgain(AGAIN)
})
