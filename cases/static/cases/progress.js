// How far the work on a file is; when it is done, the page is shown anew with what was found.
(() => {
  "use strict";
  const EVERY = 1000; // milliseconds
  const line = document.querySelector("[data-progress]");
  if (!line) return;
  const state = line.querySelector("b");

  async function ask() {
    try {
      const answer = await fetch(line.dataset.progress);
      if (answer.redirected || !answer.ok) return;
      const said = await answer.json();
      if (!said.under_way) { location.reload(); return; }
      const told = `${said.step}${said.rows ? ` ${said.rows} ${line.dataset.rows}` : ""}`;
      if (line.textContent.trim() !== told) {
        state.textContent = said.step;
        while (state.nextSibling) state.nextSibling.remove();
        if (said.rows) line.append(` ${said.rows} ${line.dataset.rows}`);
      }
    } catch { /* no connection: the work goes on without this page, which asks again */ }
    setTimeout(ask, EVERY);
  }
  setTimeout(ask, EVERY);
})();
