/* The form shows the line as it will be printed, and the bar at the bottom leaves while the form is on screen. */
"use strict";

const form = document.querySelector("form.sign");
const preview = document.getElementById("preview");

/* The rule of tribune/signatures/lines.py: Given Family, role (organisation). */
function printLine() {
  const typed = (name) => (form.elements[name]?.value ?? "").trim().replace(/\s+/g, " ");
  const name = document.createElement("b");
  name.className = "name";
  name.textContent = `${typed("given_name")} ${typed("family_name")}`.trim();
  if ("initials" in preview.querySelector(".line").dataset) {
    const first = [typed("given_name"), typed("family_name")].map((text) => text.match(/\p{L}/u)?.[0].toUpperCase());
    name.textContent = first.filter(Boolean).map((letter) => `${letter}.`).join(" ");
    preview.querySelector(".line").replaceChildren(name);
    preview.hidden = !name.textContent;
    return;
  }
  if (form.elements.as_organisation?.checked) {
    const rest = `, ${representedBy([name.textContent], preview.querySelector(".line").lang)}`;
    name.textContent = typed("organisation") || "…";
    preview.querySelector(".line").replaceChildren(name, rest + (typed("role") && `, ${typed("role")}`));
    preview.hidden = false;
    return;
  }
  const role = typed("role") && `, ${typed("role")}`;
  const organisation = typed("organisation") && ` (${typed("organisation")})`;
  const printed = typed("affiliation") && `, ${typed("affiliation")}`; // instead of the two, where a form asks for it
  preview.querySelector(".line").replaceChildren(name, printed || role + organisation);
  preview.hidden = !name.textContent;
}

if (preview) {
  form.addEventListener("input", printLine);
  window.addEventListener("pageshow", printLine); // the browser may have filled the fields in again
  // Read out with the button, once, rather than at every key.
  form.querySelector("button").setAttribute("aria-describedby", preview.id);
}

document.getElementById("errors")?.focus();

const bar = document.querySelector(".bar");
if (bar) {
  const watch = new IntersectionObserver(([sign]) => (bar.hidden = sign.isIntersecting));
  watch.observe(document.getElementById("sign"));
}
