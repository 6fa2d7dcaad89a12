/* Names the address that was just typed: the page is the same for everybody, and whoever mistyped it waits in vain. */
"use strict";

try {
  const address = sessionStorage.getItem("tribune-mailed");
  sessionStorage.removeItem("tribune-mailed"); // told once: somebody else may sit here next
  if (address) {
    const said = document.createElement("b");
    said.textContent = address;
    const mailed = document.getElementById("mailed");
    mailed.append(" ", said);
    mailed.hidden = false;
  }
} catch {} // this browser keeps nothing
