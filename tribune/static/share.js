/* Hands the address on the page to an app of the phone or, where the browser cannot, to the clipboard: where it is sent,
   nobody here learns. */
"use strict";

{
  const button = document.getElementById("share");
  const shared = document.getElementById("shared");
  const said = document.getElementById("copied");

  async function copy() {
    said.textContent = ""; // else it is not read aloud at the second press
    try {
      await navigator.clipboard.writeText(shared.textContent);
      said.textContent = button.dataset.done;
    } catch {
      said.textContent = button.dataset.failed;
      getSelection().selectAllChildren(shared);
    }
  }

  /* Browsers inside other apps offer to share, and then some refuse. */
  async function share() {
    try {
      await navigator.share({ title: button.dataset.title, url: shared.textContent });
    } catch (error) {
      if (error.name !== "AbortError") await copy(); // else closed again
    }
  }

  button.hidden = !navigator.share && !navigator.clipboard;
  if (navigator.share) button.textContent = button.dataset.share;
  button.addEventListener("click", navigator.share ? share : copy);
}
