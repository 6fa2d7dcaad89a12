/* A page that presses its own button, once, so many milliseconds after it is there: until nothing of a batch is left to
   do, and to confirm in the browser that signed. Loaded nowhere else. */
"use strict";

const form = document.querySelector("form[data-after]");
const button = form.querySelector("button");

/* A page that comes back from the browser's memory has pressed already. */
window.addEventListener("load", () => setTimeout(() => button.click(), form.dataset.after), { once: true });
form.addEventListener("submit", () => (button.disabled = true), { once: true });
