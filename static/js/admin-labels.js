// Django labels the fields of a table by its heading only, and a box that looks things up not at all: a screen reader is
// told here what each is for.
let labelled = 0

function idOf(element) {
  return (element.id ||= `label-${++labelled}`)
}

function label(field) {
  const cell = field.closest(".tabular td")
  const words = cell ? cell.closest("table").tHead.rows[0].cells[cell.cellIndex] : field.labels?.[0]
  if (!words) return
  if (!field.labels?.length) field.setAttribute("aria-labelledby", idOf(words))
  const box = field.nextElementSibling?.querySelector?.(".select2-selection")
  const value = box?.querySelector(".select2-selection__rendered")
  value?.setAttribute("aria-labelledby", idOf(words))
  box?.setAttribute("aria-labelledby", value ? `${idOf(words)} ${idOf(value)}` : idOf(words))
}

function labelAll(root) {
  root.querySelectorAll(".tabular td :is(input:not([type=hidden]), select, textarea), select.admin-autocomplete").forEach(label)
}

// Once Django has made its boxes, also those of a row that is added.
window.django?.jQuery?.(() => labelAll(document))
document.addEventListener("formset:added", (event) => setTimeout(() => labelAll(event.target.parentElement)))
