// Beside each date field of the desk: how what is typed there is understood, before it is saved.
(() => {
  "use strict";
  const WAIT = 300; // milliseconds without a key, so that half a word is not asked for
  const waiting = new WeakMap();

  function echoOf(field) {
    const id = `${field.id}_understood`;
    let echo = document.getElementById(id);
    if (!echo) {
      echo = document.createElement("p");
      echo.id = id;
      echo.className = "hrdocs-understood";
      echo.setAttribute("role", "status");
      echo.dir = "auto";
      field.insertAdjacentElement("afterend", echo);
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${id}`.trim());
    }
    return echo;
  }

  async function ask(field) {
    const text = field.value.trim();
    let said = {};
    if (text) {
      try {
        const answer = await fetch(`/admin/understood/?text=${encodeURIComponent(text)}`);
        if (answer.redirected || !answer.ok) return;
        said = await answer.json();
      } catch { return; } // no connection: the form itself asks again when it is saved
    }
    if (field.value.trim() !== text) return;
    const echo = echoOf(field);
    echo.textContent = said.problem || said.words || "";
    echo.classList.toggle("hrdocs-error", Boolean(said.problem));
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("[data-typed-date]")) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(ask, WAIT, field));
  });
  document.addEventListener("DOMContentLoaded", () => { // words stand there where a form was refused or had back
    for (const field of document.querySelectorAll("[data-typed-date]")) if (/[^0-9X?~%,.[\]{}\/-]/.test(field.value)) ask(field);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-typed-date]") && event.target.value) ask(event.target);
  });
})();
