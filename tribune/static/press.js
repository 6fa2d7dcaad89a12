/* Shows the list anew as it is chosen, and copies it as it stands: with its paragraphs, and as plain text. */
"use strict";

const choices = document.querySelector("form.take");
let asked = 0;

choices.addEventListener("change", async (event) => {
  if (event.target.name === "purpose" || !choices.reportValidity()) return;
  const number = ++asked;
  const address = new URL(choices.action);
  address.search = new URLSearchParams(new FormData(choices));
  const answer = await fetch(address).catch(() => null);
  if (number !== asked) return; // something else was chosen meanwhile
  if (!answer?.ok || answer.redirected) return choices.querySelector("button.primary").click();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("made").replaceWith(page.getElementById("made"));
  document.getElementById("anew").textContent = document.getElementById("list").textContent;
  history.replaceState(null, "", address);
  offer();
});

/* The button is for browsers that let a page copy. */
function offer() {
  const button = document.getElementById("copy");
  if (button && navigator.clipboard) button.hidden = false;
}

async function write() {
  const text = document.getElementById("text").value;
  if (!window.ClipboardItem) return navigator.clipboard.writeText(text);
  const kinds = { "text/plain": text, "text/html": document.getElementById("sheet").innerHTML.trim() };
  const blobs = Object.entries(kinds).map(([type, words]) => [type, new Blob([words], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

document.addEventListener("click", async (event) => {
  if (event.target.id !== "copy") return;
  const { done, failed } = event.target.dataset;
  const said = document.getElementById("copied");
  said.textContent = "";
  try {
    await write();
    said.textContent = done;
  } catch {
    said.textContent = failed;
    document.getElementById("text").select();
  }
});

offer();
