/* The form shows the line as it will be printed, and the bar at the bottom leaves while the form is on screen. */
"use strict";

const form = document.querySelector("form.sign");
const preview = document.getElementById("preview");

/* The first letter; none such as ʻ, which stands before it. Georgian has capitals for whole words alone. */
function initial(name) {
  return name.match(/(?!\p{Lm})\p{L}/u)?.[0].replace(/\P{Script=Georgian}/u, (letter) => letter.toUpperCase());
}

/* The rule of tribune/signatures/lines.py: Given Family, role (organisation). What is printed in bold, and what after it. */
function parts(line) {
  const typed = (name) => (form.elements[name]?.value ?? "").trim().replace(/\s+/g, " ");
  const name = `${typed("given_name")} ${typed("family_name")}`.trim();
  const role = typed("role") && `, ${typed("role")}`;
  if ("initials" in line.dataset) {
    const first = [typed("given_name"), typed("family_name")].map(initial);
    return [first.filter(Boolean).map((letter) => `${letter}.`).join(" "), ""];
  }
  if (form.elements.as_organisation?.checked) {
    return [typed("organisation") || "…", `, ${representedBy([name], line.lang)}${role}`];
  }
  const organisation = typed("organisation") && ` (${typed("organisation")})`;
  const printed = typed("affiliation") && `, ${typed("affiliation")}`; // instead of the two, where a form asks for it
  return [name, printed || role + organisation];
}

function printLine() {
  const line = preview.querySelector(".line");
  const [bold, rest] = parts(line);
  const name = document.createElement("b");
  name.className = "name";
  name.textContent = bold;
  line.replaceChildren(name, rest);
  const isSpokenFor = form.elements.capacity?.value === "organisation" && !form.elements.as_organisation?.checked;
  const capacity = preview.querySelector(".capacity"); // there is none beside initials
  if (capacity) capacity.hidden = !(rest && isSpokenFor); // as Line.on_behalf
  preview.hidden = !bold;
  // Read out with the button, once, rather than at every key.
  const button = form.querySelector("button");
  if (bold) button.setAttribute("aria-describedby", preview.id);
  else button.removeAttribute("aria-describedby");
}

if (preview) {
  form.addEventListener("input", printLine);
  window.addEventListener("pageshow", printLine); // the browser may have filled the fields in again
}

/* For the next page, which says where the mail went; see mailed.js. Where a form comes next instead, nothing was sent. */
function keepAddress(address) {
  try {
    sessionStorage.removeItem("tribune-mailed");
    if (address) sessionStorage.setItem("tribune-mailed", address);
  } catch {} // this browser keeps nothing
}

if (form?.matches("[data-proof]")) {
  keepAddress("");
  form.addEventListener("submit", () => keepAddress(form.elements.email.value.trim()));
}

document.getElementById("errors")?.focus();

const bar = document.querySelector(".bar");
if (bar) {
  const watch = new IntersectionObserver(([sign]) => (bar.hidden = sign.isIntersecting));
  watch.observe(document.querySelector(".form"));
}
