/* A text pasted from a word processor or a page keeps its paragraphs, headings, lists, emphasis and links, as marks. */
"use strict";

const BLOCK =
  "body, p, div, li, dt, dd, td, th, h1, h2, h3, h4, h5, h6, blockquote, section, article, header, footer, figcaption";
const HEADING = "h1, h2, h3, h4, h5, h6, [role=heading][aria-level]";
const ITEM_SHOWN = "[data-style*='mso-list:Ignore']"; // the bullet or the number, as Word shows it
const LEFT_OUT = `script, title, del, .MsoCommentReference, [data-style*='mso-element:comment'], ${ITEM_SHOWN}`;
const AS_TYPED = "pre, [data-style*='white-space: pre;']"; // by an editor of code: its lines are no paragraphs
const DEEPER = "    ";
const RAISED = "sup, [data-style*='vertical-align:super'], [data-style*='vertical-align: super']";
const RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/* Its styles are read, not applied: the policy of this page would complain of each. */
function pageOf(html) {
  const unstyled = html
    .replace(/<style.*?<\/style>/gis, "")
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle=/i, " data-style="));
  return new DOMParser().parseFromString(unstyled, "text/html");
}

/* Word has no lists, but paragraphs behind what it shows before them. */
function markItems(page) {
  for (const item of page.querySelectorAll("[data-style*='mso-list:l']")) {
    const [number] = item.querySelector(ITEM_SHOWN)?.textContent.match(/\d+\./) ?? ["-"];
    const [, depth] = item.dataset.style.match(/level(\d)/) ?? [];
    item.dataset.mark = `${DEEPER.repeat((depth ?? 1) - 1)}${number} `;
  }
}

/* A number that only stands higher would be one with the year or the unit before it: 20121, m2. */
function markNumbers(page) {
  for (const note of page.querySelectorAll("a[href*='#']")) {
    const words = note.textContent.trim();
    const around = page.createRange();
    around.setStart(note.closest(BLOCK), 0);
    around.setEndBefore(note);
    const before = `${around}`.trimStart();
    const isAtWord = /[^\s'’]$/.test(before) || note.closest(RAISED) || note.querySelector(RAISED);
    if (/^[↑↩^]/.test(words)) note.remove(); // from the note back to the text
    else if (/^\[.{1,9}\]$/.test(words) || (/^\d{1,3}$/.test(words) && /[[(]$/.test(before))) note.replaceWith(words);
    else if (/^\d{1,3}$/.test(words) && (!before || isAtWord)) note.replaceWith(`[${words}]${before ? "" : " "}`);
  }
  for (const raised of page.querySelectorAll(`:is(${RAISED}):not(:has(a)), :is(${RAISED}) a`)) {
    if (!/^\s*[-−]?\d[\d\s,;–-]*$/.test(raised.textContent)) continue;
    raised.textContent = raised.textContent.replace(/^\s*[-−]/, "⁻").replace(/\d/g, (digit) => RAISED_DIGITS[digit]);
  }
}

function depthOf(element) {
  const list = element.parentElement.closest("ol, ul");
  return list ? 1 + depthOf(list) : 0;
}

/* `begun`: items of which a block was seen, and of each list how many. */
function markOf(block, begun) {
  const item = block.closest("li, [data-mark]");
  if (!item) return block.closest("blockquote") ? "> " : "";
  const list = item.parentElement;
  const depth = Math.max(depthOf(item), 1); // a part of a list may come without it
  const mark = item.dataset.mark;
  if (begun.has(item)) return mark?.replace(/\S+ $/, DEEPER) ?? DEEPER.repeat(depth);
  const place = begun.get(list) ?? 0;
  begun.set(item).set(list, place + 1);
  return mark ?? `${DEEPER.repeat(depth - 1)}${list.matches("ol") ? `${list.start + place}.` : "-"} `;
}

/* By the nearest element around that says so: Google Docs has all its text in a <b> that is not bold. Word writes
   mso-bidi-font-weight:normal on what is: that is about Arabic and Hebrew. */
function isSet(node, tags, property) {
  for (let around = node.parentElement; around; around = around.parentElement) {
    const [, value] = around.dataset.style?.match(property) ?? [];
    if (value) return /bold|[6-9]00|italic/.test(value);
    if (around.matches(tags)) return true;
  }
  return false;
}

const codeOf = (sign) => (sign === "(" ? "%28" : sign === ")" ? "%29" : encodeURIComponent(sign));

function pieceOf(node) {
  const isBold = isSet(node, "b, strong", /(?:^|[;\s])font-weight:\s*(\w+)/) && !node.parentElement.closest(HEADING);
  const isItalic = isSet(node, "i, em", /(?:^|[;\s])font-style:\s*(\w+)/);
  const href = node.parentElement.closest("a")?.getAttribute("href") ?? "";
  return {
    text: node.data.replace(/[ \t\r\n]+/g, " "),
    stars: "*".repeat(2 * isBold + isItalic),
    href: /^(https?:|mailto:)./i.test(href) && href.replace(/[\s()<>]/g, codeOf),
  };
}

/* Marks stand at words, not at the spaces around them; within a word they would be read as asterisks of its own. */
function textOf(pieces) {
  const written = pieces.map(({ text, stars, href }, place) => {
    const [, start, words, end] = text.match(/^(\s*)(.*?)(\s*)$/s);
    if (!words) return text;
    const before = start || (pieces[place - 1]?.text ?? "");
    const after = end || (pieces[place + 1]?.text ?? "");
    const marks = /[\p{L}\p{N}]$/u.test(before) || /^[\p{L}\p{N}]/u.test(after) ? "" : stars;
    return start + marks + (href ? `[${words}](${href})` : words) + marks + end;
  });
  return written.join("").replace(/ {2,}/g, " ").trim();
}

function blocksOf(page) {
  const blocks = [];
  const begun = new Map();
  const walker = page.createTreeWalker(page.body);
  for (let node = walker.nextNode(), from; node; node = walker.nextNode()) {
    if (node.nodeName === "BR") from = null;
    if (node.nodeType !== Node.TEXT_NODE) continue;
    const block = node.parentElement.closest(BLOCK);
    const isBlank = !node.data.trim();
    if (block !== from && isBlank) continue;
    if (block !== from) {
      const heading = block.closest(HEADING);
      const level = Number(heading?.getAttribute("aria-level") ?? heading?.tagName[1] ?? 0);
      blocks.push({ level, mark: level ? "" : markOf(block, begun), pieces: [] });
    }
    from = block;
    const { pieces } = blocks.at(-1);
    const piece = pieceOf(node);
    const last = pieces.at(-1);
    if (last && (isBlank || (last.stars === piece.stars && last.href === piece.href))) last.text += piece.text;
    else pieces.push(piece);
  }
  return blocks;
}

function markdownOf(html) {
  const page = pageOf(html);
  if (page.querySelector(AS_TYPED)) return "";
  markItems(page);
  markNumbers(page);
  for (const element of page.querySelectorAll(LEFT_OUT)) element.remove();
  const blocks = blocksOf(page);
  const highest = Math.min(...blocks.map(({ level }) => level || 6));
  const isItem = (mark) => /[-.] $/.test(mark);
  return blocks
    .map(({ level, mark, pieces }, place) => {
      const isNext = place && isItem(mark) && isItem(blocks[place - 1].mark);
      const gap = isNext ? "\n" : place ? "\n\n" : "";
      return gap + (level ? `${"#".repeat(Math.min(level - highest + 2, 6))} ` : mark) + textOf(pieces);
    })
    .join("");
}

document.getElementById("text").addEventListener("paste", (event) => {
  const markdown = markdownOf(event.clipboardData.getData("text/html"));
  if (!markdown || markdown === event.clipboardData.getData("text/plain").trim()) return;
  event.preventDefault();
  const before = event.target.value.slice(0, event.target.selectionStart);
  const gap = /[^\n]$/.test(before) && /^(#+|>|-|\d+\.) /.test(markdown) ? "\n\n" : ""; // a mark is none within a line
  document.execCommand("insertText", false, gap + markdown); // which Ctrl+Z takes back
});
