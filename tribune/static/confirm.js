/* In the browser that signed, the page presses its own button, once; loaded nowhere else. */
"use strict";

const form = document.querySelector("form.confirm");

/* A page that comes back from the browser's memory has pressed already. */
window.addEventListener("load", () => setTimeout(() => form.requestSubmit(), 600), { once: true });
form.addEventListener("submit", () => (form.querySelector("button").disabled = true), { once: true });
