// <theme-switch>: as the system says, light or dark; kept in a cookie so the first paint is right.
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const theme = event.target.closest("[data-theme-value]")?.dataset.themeValue
      if (theme === undefined) return
      document.documentElement.dataset.theme = theme
      document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`
      this.#mark(theme)
    })
    this.#mark(document.documentElement.dataset.theme ?? "")
  }

  #mark(theme) {
    for (const button of this.querySelectorAll("[data-theme-value]")) {
      button.setAttribute("aria-checked", String(button.dataset.themeValue === theme))
    }
  }
}

customElements.define("theme-switch", ThemeSwitch)
