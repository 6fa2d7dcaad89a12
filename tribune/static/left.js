/* What was typed about a letter and never reached the site is kept in this browser. Where one writes that letter no more,
   no page of it brings it back: it goes with the letter when one deletes it oneself, and else is shown here. */
"use strict";

{
  const left = document.getElementById("left");
  const { me, deleted, there } = left.dataset;
  const WORDS = ["title", "standfirst", "authors", "addressee", "text", "reason"];

  function tell(key) {
    const fields = new Map(JSON.parse(localStorage.getItem(key)).fields);
    left.querySelector("textarea").value = WORDS.map((name) => fields.get(name)).filter(Boolean).join("\n\n");
    left.querySelector("button").addEventListener("click", () => {
      localStorage.removeItem(key);
      left.hidden = true;
    });
    left.hidden = false;
  }

  try {
    const mine = Object.keys(localStorage).filter((key) => key.startsWith("tribune-") && key.endsWith(`-${me}`));
    localStorage.removeItem(`tribune-${deleted}-${me}`);
    const gone = mine.filter((key) => localStorage.getItem(key) && !there.split(" ").includes(key.split("-")[1]));
    if (gone.length) tell(gone[0]); // the others, once this one is forgotten
  } catch {
    // this browser keeps nothing
  }
}
