// Beside the name of a record: what is entered already and looks alike. It never stands in the way.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const WAIT = 400; // milliseconds without a key
  const field = (id) => (id ? document.getElementById(id) : null);

  for (const panel of document.querySelectorAll("[data-alike]")) {
    const asked = panel.dataset;
    const names = asked.names.split(" ").map(field).filter(Boolean);
    const further = Object.fromEntries(["place", "date", "same"].map((key) => [key, field(asked[key])]));
    if (!names.length) continue;
    names.at(-1).closest(".form-row, .hrdocs-line, fieldset")?.after(panel);
    let waiting = 0;
    let last = "";

    async function ask() {
      const query = new URLSearchParams({ name: names.map((each) => each.value).join(" "), except: asked.except });
      for (const [key, each] of Object.entries(further)) query.set(key, each?.value || "");
      if (String(query) === last) return;
      last = String(query);
      try {
        const answer = await fetch(`${asked.alike}?${query}`, { redirect: "manual" });
        if (answer.ok && String(query) === last) show((await answer.json()).alike);
      } catch { /* no connection: it helps, and is not needed */ }
    }

    function show(found) {
      panel.replaceChildren();
      if (!found.length) return;
      const list = document.createElement("ul");
      for (const each of found) {
        const line = document.createElement("li");
        const link = Object.assign(document.createElement("a"), { href: each.address, target: "_blank", textContent: each.name, dir: "auto" });
        const note = Object.assign(document.createElement("span"), { className: "hrdocs-muted", textContent: ` ${each.state} · ${each.uid}` });
        line.append(link, note);
        list.append(line);
      }
      panel.append(asked.words, list);
    }

    const later = () => { clearTimeout(waiting); waiting = setTimeout(ask, WAIT); };
    for (const each of [...names, ...Object.values(further)]) each?.addEventListener("input", later);
    if (further.place && window.django?.jQuery) window.django.jQuery(further.place).on("change", later);
  }
});
