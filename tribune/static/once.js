/* On a slow line the second press of a double click takes the place of the first, whose answer is lost: it finds a link
   that is spent, or something that is gone. So what was pressed is sent once. */
"use strict";

{
  const MEANT = 5000; // milliseconds after which another press is meant: no page came, and the reader stopped waiting
  for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = -MEANT;
    form.addEventListener("submit", (event) => {
      if (event.timeStamp - sent < MEANT) event.preventDefault();
      else sent = event.timeStamp;
    });
  }
}
