// What is typed into a form of the desk is kept on the server every few seconds, until it is saved.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const form = document.querySelector("form.warn-unsaved-form, form[data-autosave]");
  const note = document.getElementById("kept");
  if (!form || !note || new URLSearchParams(location.search).has("_popup")) return;
  const WAIT = 700; // milliseconds: what did not change for so long is kept

  let page = form.elements.typed_on;
  if (!page) {
    page = Object.assign(document.createElement("input"), { type: "hidden", name: "typed_on" });
    page.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    form.append(page);
  }
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || form.elements.csrfmiddlewaretoken.value;
  const entries = () => [...new FormData(form)].filter(([name, text]) => typeof text === "string" && name !== "csrfmiddlewaretoken");
  const standing = () => JSON.stringify(entries());
  let kept = standing();
  let seen = kept;
  let leaving = false;
  let asking = false; // whether somebody is there: a second click meanwhile sends nothing

  function say(words, grave) {
    note.textContent = words;
    note.classList.toggle("hrdocs-error", grave);
  }

  // "kept", "out" where the session ended, "offline", or "failed".
  async function keep(closing) {
    const text = standing();
    try {
      const answer = await fetch("/admin/unsaved/", {
        method: "POST", redirect: "manual", keepalive: Boolean(closing) && text.length < 60000,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: `{"address": ${JSON.stringify(location.pathname)}, "page": ${JSON.stringify(page.value)}, "entries": ${text}}`,
      });
      if (answer.type === "opaqueredirect") return "out";
      if (!answer.ok) return "failed";
    } catch { return "offline"; }
    kept = text;
    return "kept";
  }

  async function keepAndSay() {
    const how = await keep();
    if (leaving) return;
    if (how === "kept") say(`${note.dataset.kept} ${new Date().toISOString().slice(11, 16)} UTC`, false);
    else if (note.dataset[how]) say(note.dataset[how], true);
  }

  setInterval(() => {
    const now = standing();
    if (!leaving && now !== kept && now === seen) keepAndSay();
    seen = now;
  }, WAIT);
  document.addEventListener("visibilitychange", () => {
    if (!leaving && document.visibilityState === "hidden" && standing() !== kept) keep(true);
  });
  window.addEventListener("pagehide", () => { if (!leaving && standing() !== kept) keep(true); });

  // Before anything is sent: is somebody there to take it?
  form.addEventListener("submit", async (event) => {
    if (asking) { event.preventDefault(); return; }
    if (leaving || event.submitter?.hasAttribute("formaction")) { leaving = true; return; }
    event.preventDefault();
    leaving = asking = true;
    const how = await keep();
    asking = false;
    if (note.dataset[how] && how !== "kept") {
      leaving = false;
      say(note.dataset[how], true);
      return;
    }
    form.elements.csrfmiddlewaretoken.value = token(); // it changes when somebody signs in again
    form.requestSubmit(event.submitter);
  });
});
