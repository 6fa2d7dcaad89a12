/* While people are corrected, each row shows the line as it will be printed. */
"use strict";

const section = document.getElementById("people");
const people = [...section.querySelectorAll(".person")];

const typed = (person, name) => person.querySelector(`[name="${name}"]`).value.trim().replace(/\s+/g, " ");

/* The rule of tribune/signatures/lines.py: as it was printed, until role or organisation is edited. */
function rest(person) {
  const fields = ["role", "organisation"].map((name) => person.querySelector(`[name="${name}"]`));
  if (person.dataset.printed && fields.every((field) => field.value === field.defaultValue)) {
    return `, ${person.dataset.printed}`;
  }
  const [role, organisation] = ["role", "organisation"].map((name) => typed(person, name));
  return (role && `, ${role}`) + (organisation && ` (${organisation})`);
}

const isAsSuch = (person) => person.querySelector('[name="as_organisation"]').checked;

/* What people must have in common to stand on one line. */
function shared(person) {
  return isAsSuch(person) ? `${typed(person, "organisation")}|${typed(person, "role")}` : rest(person);
}

function asSuch(person, names) {
  const role = typed(person, "role") && `, ${typed(person, "role")}`;
  return `${typed(person, "organisation")}, ${representedBy(names, section.dataset.locale)}${role}`;
}

function joined(names) {
  const last = names.pop();
  return (names.length ? names.join(", ") + section.dataset.and : "") + last;
}

function printLines() {
  const lines = new Map();
  for (const person of people) {
    const isLeftOut = person.querySelector('[name="leave_out"]').checked;
    person.classList.toggle("left-out", isLeftOut);
    const key = isLeftOut ? person.id : [typed(person, "line"), isAsSuch(person), shared(person)].join("|");
    lines.set(key, [...(lines.get(key) ?? []), person]);
  }
  for (const group of lines.values()) {
    const names = group.map((person) => `${typed(person, "given_name")} ${typed(person, "family_name")}`.trim());
    const text = isAsSuch(group[0]) ? asSuch(group[0], names) : joined(names) + rest(group[0]);
    for (const person of group) person.querySelector(".as-read").textContent = text;
  }
}

section.addEventListener("input", printLines);
window.addEventListener("pageshow", printLines); // the browser may have filled the fields in again
document.getElementById("errors")?.focus();

/* Nothing on this page is saved, and a browser does not come back to it: who leaves it unawares is asked. */
const main = section.closest("main");
let corrected = location.pathname.endsWith("/review"); // shown again, with what was corrected before
let sent = false; // by a button of this page; whoever stops waiting for the answer is still here, and is asked next time
section.closest("form").addEventListener("input", () => (corrected = true));
main.addEventListener("submit", (event) => (sent = !event.defaultPrevented));
window.addEventListener("beforeunload", (event) => {
  if (corrected && !sent) event.preventDefault();
  sent = false;
});
