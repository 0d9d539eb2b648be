// Django names the fields of a table in its heading only, and a box that looks things up not at all: whoever hears the page
// is told here what each is for.
let named = 0

function idOf(element) {
  return (element.id ||= `name-${++named}`)
}

function name(field) {
  const cell = field.closest(".tabular td")
  const label = cell ? cell.closest("table").tHead.rows[0].cells[cell.cellIndex] : field.labels?.[0]
  if (!label) return
  if (!field.labels?.length) field.setAttribute("aria-labelledby", idOf(label))
  const box = field.nextElementSibling?.querySelector?.(".select2-selection")
  const value = box?.querySelector(".select2-selection__rendered")
  value?.setAttribute("aria-labelledby", idOf(label))
  box?.setAttribute("aria-labelledby", value ? `${idOf(label)} ${idOf(value)}` : idOf(label))
}

function nameAll(root) {
  for (const field of root.querySelectorAll(":is(.tabular td :is(input:not([type=hidden]), select, textarea), select.admin-autocomplete)")) name(field)
}

// Once Django has made its boxes, also those of a row that is added.
window.django?.jQuery?.(() => nameAll(document))
document.addEventListener("formset:added", (event) => setTimeout(() => nameAll(event.target.parentElement)))
