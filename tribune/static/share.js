/* Hands the address of the letter to an app of the phone or, where the browser cannot, to the clipboard: where the reader
   sends it, nobody here learns. */
"use strict";

{
  const button = document.getElementById("share");
  const shared = document.getElementById("shared");

  async function copy() {
    try {
      await navigator.clipboard.writeText(shared.textContent);
      document.getElementById("copied").textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(shared); // to be copied by hand
    }
  }

  button.hidden = !navigator.share && !navigator.clipboard;
  if (navigator.share) button.textContent = button.dataset.share;
  button.addEventListener("click", () => {
    if (!navigator.share) return copy();
    return navigator.share({ title: button.dataset.title, url: shared.textContent }).catch(() => {}); // closed again
  });
}
