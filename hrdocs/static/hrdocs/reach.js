// What the admin's library leaves to the mouse and to the eye is put within reach of keyboards and screen readers here:
// boxes in which links are found by typing get the name of their field, what can be clicked can be reached and pressed,
// and the pictures that are written as words (“dock_to_right”) are not read out.
(() => {
  "use strict";
  let count = 0;

  function labelOf(select) {
    const label = select.labels?.[0];
    if (label) {
      label.id ||= `named-${++count}`;
      return { id: label.id, text: label.textContent.trim() };
    }
    return { text: select.getAttribute("aria-label") || select.closest("[data-label]")?.dataset.label || select.title || select.name };
  }

  function give(element, { id, text }, own) {
    if (id) element.setAttribute("aria-labelledby", [id, own].filter(Boolean).join(" "));
    else element.setAttribute("aria-label", text);
    if (!id) element.removeAttribute("aria-labelledby");
  }

  function name(container) {
    const select = container.previousElementSibling;
    if (!select?.matches("select")) return;
    const label = labelOf(select), shown = container.querySelector(".select2-selection__rendered");
    const box = container.querySelector("[role=combobox]"), typed = container.querySelector(".select2-search__field");
    if (box) give(box, label, shown?.id);
    if (shown?.matches("[role=textbox]")) give(shown, label);
    if (typed) typed.setAttribute("aria-label", label.text);
  }

  // Entries in a table of rows are named by the heads of its columns.
  const IN_ROWS = "[data-label] :is(input:not([type=hidden]), select, textarea)";

  function head(entry) {
    const words = entry.closest("[data-label]").dataset.label;
    if (words && !entry.labels?.length && !entry.hasAttribute("aria-label")) entry.setAttribute("aria-label", words);
  }

  // What answers to a click alone: not links and buttons, which can be pressed, nor the shade behind an open list.
  const CLICKED = "[x-on\\:click]:not(a[href], button, input, select, textarea, summary, option, tr, tbody, #changelist-filter-close)";

  function reach(element) {
    if (element.hasAttribute("tabindex")) return;
    const words = document.querySelector(".hrdocs-skip")?.dataset ?? {};
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    const read = element.cloneNode(true);
    read.querySelectorAll(".material-symbols-outlined").forEach((icon) => icon.remove());
    const picture = element.matches(".material-symbols-outlined") || !read.textContent.trim();
    const menu = element.getAttribute("x-on:click").includes("sidebar");
    if (picture && !element.title) element.setAttribute("aria-label", (menu ? words.menu : words.button) ?? "");
  }

  function silence(icon) { // a picture is not read out; what it alone stands for gets a name
    icon.setAttribute("aria-hidden", "true");
    const holder = icon.closest("a, button");
    if (!holder || holder.getAttribute("aria-label") || holder.textContent.trim() !== icon.textContent.trim()) return;
    const words = document.querySelector(".hrdocs-skip")?.dataset ?? {};
    holder.setAttribute("aria-label", holder.title || (holder.pathname === "/admin/" ? words.home : words.button) || "");
  }

  function press(event) {
    if (!["Enter", " "].includes(event.key) || !event.target.matches?.(CLICKED)) return;
    event.preventDefault();
    event.target.click();
  }

  // The library leads “t” to its search of the menu, also from a list in which an entry is found by its letters.
  function ownLetters(event) {
    if (event.key.length === 1 && !event.altKey && !event.ctrlKey && event.target.matches?.("select, [role=combobox]")) event.stopPropagation();
  }

  document.addEventListener("keydown", press);
  for (const kind of ["keydown", "keyup", "keypress"]) document.addEventListener(kind, ownLetters);
  document.addEventListener("DOMContentLoaded", () => {
    const content = document.getElementById("content");
    content?.setAttribute("role", "main");
    content?.setAttribute("tabindex", "-1");
    document.querySelectorAll(CLICKED).forEach(reach);
    document.querySelectorAll(".material-symbols-outlined:not([role])").forEach(silence);
    const all = (root) => {
      root.querySelectorAll?.(IN_ROWS).forEach(head);
      root.querySelectorAll?.("select + .select2-container").forEach(name);
    };
    new MutationObserver((changes) => {
      for (const change of changes) for (const added of change.addedNodes) {
        if (added.nodeType !== Node.ELEMENT_NODE) continue;
        if (added.matches(".select2-container")) name(added);
        all(added);
      }
    }).observe(document.body, { childList: true, subtree: true });
    all(document);
    window.django?.jQuery?.(document).on("select2:open", (event) => { // the field that opens below the box
      const typed = document.querySelector(".select2-dropdown .select2-search__field");
      typed?.setAttribute("aria-label", labelOf(event.target).text);
      typed?.focus();
    });
  });
})();
