/* Proposes organisations that the list of this letter already names, so that one is written one way. */
"use strict";

{
  const field = document.querySelector("input[data-suggestions]");
  const list = document.createElement("datalist");
  const SOON = 250; // milliseconds
  let waiting;

  async function propose() {
    const typed = field.value;
    try {
      const answer = await fetch(`${field.dataset.suggestions}?q=${encodeURIComponent(typed)}`);
      const names = answer.ok ? await answer.json() : [];
      if (field.value !== typed) return; // something else was typed meanwhile, and is asked for
      list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    } catch {
      list.replaceChildren(); // without a connection, people type on
    }
  }

  if (field) {
    list.id = "organisations";
    field.after(list);
    field.setAttribute("list", list.id);
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(propose, SOON);
    });
  }
}
