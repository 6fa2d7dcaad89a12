/* A batch goes on by itself: the page presses its own button until nothing is left to do. */
"use strict";

const form = document.querySelector("form.goes-on");

window.addEventListener("load", () => setTimeout(() => form.requestSubmit(), 100), { once: true });
form.addEventListener("submit", () => (form.querySelector("button").disabled = true), { once: true });
