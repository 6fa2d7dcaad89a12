/* On a slow line the second press of a double click takes the place of the first, whose answer is lost: it finds a link
   that is spent, or something that is gone. So what was pressed is sent once. */
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => form.addEventListener("submit", (again) => again.preventDefault()), { once: true });
}
