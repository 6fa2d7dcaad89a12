/* Keeps the number of signatures of an open page up to date, gently: not while nobody looks, less and less while it fails.
   Nothing is announced: who listens to the page is not interrupted by a number. Nothing changes for whoever has asked their
   device for stillness: what moves by itself beside a text must be possible to stop. */
"use strict";

{
  const from = document.querySelector("[data-count-from]");
  const EVERY = 20_000; // milliseconds, more or less, so that a crowd does not ask in one voice
  const RARELY = 600_000;
  let wait = EVERY;

  async function ask() {
    if (!document.hidden) {
      try {
        const answer = await fetch(from.dataset.countFrom, { cache: "no-cache" }); // or it may go back to a copy of before
        if (!answer.ok) throw new Error(answer.status);
        const said = await answer.json();
        for (const shown of document.querySelectorAll("[data-count]")) shown.textContent = said[shown.dataset.count];
        wait = EVERY;
      } catch {
        wait = Math.min(wait * 2, RARELY);
      }
    }
    later();
  }

  function later() {
    setTimeout(ask, wait * (0.75 + Math.random() / 2));
  }

  if (from && !matchMedia("(prefers-reduced-motion: reduce)").matches) later();
}
