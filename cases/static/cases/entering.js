// The screen for a source and everything it says: add and duplicate statements, from the keyboard too.
(() => {
  "use strict";
  const form = document.getElementById("entering");
  const blocks = document.getElementById("blocks");
  const KEPT = ["locator_kind", "locator", "text_part", "read_as"]; // what the next statement of a source mostly shares
  const all = () => [...blocks.querySelectorAll("[data-block]")];
  const last = () => all().at(-1);
  const part = (field, block) => (field.name || "").slice(`b${block.dataset.block}-`.length);
  const fieldsOf = (block) => [...block.querySelectorAll("input[name], select[name], textarea[name]")]
    .filter((field) => field.type !== "hidden" && !("kind" in field.dataset));

  function blockOf(kind, number, before) {
    const pattern = document.querySelector(`template[data-pattern="${kind}"]`);
    const holder = document.createElement("div");
    holder.innerHTML = pattern.innerHTML.replaceAll("__prefix__", number);
    const block = holder.firstElementChild;
    blocks.insertBefore(block, before);
    return block;
  }

  // Values are set before the fields that are found by typing are brought to life.
  function copy(from, to, wanted) {
    const given = new Map(fieldsOf(from).map((field) => [part(field, from), field]));
    for (const field of fieldsOf(to)) {
      const name = part(field, to);
      const old = given.get(name);
      if (!old || !wanted(name)) continue;
      if (field.tagName === "SELECT") {
        for (const option of old.selectedOptions) {
          const same = [...field.options].find((each) => each.value === option.value);
          if (same) same.selected = true;
          else if (option.value) field.append(new Option(option.text, option.value, true, true));
        }
      } else if (field.type === "checkbox") field.checked = old.checked;
      else field.value = old.value;
    }
  }

  function begin(block) {
    block.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: "" } }));
    chooseAbout(block);
  }

  function add(wanted, kind) {
    const from = last();
    const number = Math.max(0, ...all().map((block) => Number(block.dataset.block))) + 1;
    const block = blockOf(kind || (from ? from.querySelector("[data-kind]").value : "estimate"), number, null);
    if (from) copy(from, block, wanted);
    begin(block);
    focusFirst(block);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function focusFirst(block) {
    block.scrollIntoView({ block: "start" });
    block.querySelector("[data-kind]").focus();
  }

  // Of all that a statement of this kind can be about, only the chosen one is shown.
  function chooseAbout(block, moved) {
    const which = block.querySelector("[data-about-which]");
    const chooser = which.querySelector("select");
    const fields = [...block.querySelectorAll("[data-about] [data-field]")];
    const filled = fields.filter((field) => field.querySelector("select").value);
    which.hidden = false;
    if (!moved && filled.length) chooser.value = filled[0].querySelector("select").id;
    for (const field of fields) {
      const select = field.querySelector("select");
      field.hidden = select.id !== chooser.value && (moved || filled.length < 2);
      if (moved && field.hidden && select.value) {
        select.value = "";
        window.django.jQuery(select).trigger("change");
      }
    }
  }

  function changeKind(block, kind) {
    const changed = blockOf(kind, block.dataset.block, block);
    copy(block, changed, () => true);
    block.remove();
    begin(changed);
    changed.querySelector("[data-kind]").focus();
  }

  const carryOver = (name) => KEPT.includes(name) || name.startsWith("about_");
  const addNext = () => add(carryOver);
  const duplicate = () => add(() => true);

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const act = { KeyN: addNext, KeyD: duplicate }[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) addNext();
    else if (event.target.closest("[data-duplicate]")) duplicate();
    else if (event.target.closest("[data-remove]")) {
      event.target.closest("[data-block]").remove();
      form.dispatchEvent(new Event("input", { bubbles: true }));
      (last()?.querySelector("[data-kind]") || form.querySelector("[data-add]")).focus();
    }
  });
  form.addEventListener("change", (event) => {
    const block = event.target.closest("[data-block]");
    if (block && "kind" in event.target.dataset) changeKind(block, event.target.value);
    else if (event.target.closest("[data-about-which]")) chooseAbout(block, true);
  });

  all().forEach((block) => chooseAbout(block));
  document.getElementById("problems")?.focus();
})();
