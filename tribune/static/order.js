/* Lines are dragged with the mouse to where they should stand, and saved as they are dropped. The buttons stay. */
"use strict";

const list = document.querySelector(".order");
const form = document.getElementById("dragged");
const said = document.getElementById("said");

if (list) {
  let line = null; // which one is dragged
  let before = []; // the order it was taken from

  const number = () => list.start + [...list.children].indexOf(line);

  document.getElementById("drag").hidden = false;
  for (const item of list.children) item.draggable = true;
  for (const link of list.querySelectorAll("a")) link.draggable = false;

  list.addEventListener("dragstart", (event) => {
    line = event.target.closest?.("li");
    if (!line) return;
    before = [...list.children];
    line.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });

  list.addEventListener("dragover", (event) => {
    if (!line) return;
    event.preventDefault();
    const over = event.target.closest?.("li");
    if (!over || over === line) return;
    const box = over.getBoundingClientRect();
    if (event.clientY > box.top + box.height / 2) over.after(line);
    else over.before(line);
  });

  list.addEventListener("drop", (event) => event.preventDefault());

  list.addEventListener("dragend", (event) => {
    if (!line) return;
    line.classList.remove("dragged");
    if (event.dataTransfer.dropEffect === "none") {
      list.replaceChildren(...before); // given up with Escape, or dropped elsewhere
    } else if ([...list.children].some((item, index) => item !== before[index])) {
      said.textContent = said.dataset.words.replace("[number]", number());
      form.elements.order.value = [...list.children].map((item) => item.dataset.name).join(" ");
      form.elements.moved.value = line.dataset.name;
      form.submit();
    }
    line = null;
  });
}
