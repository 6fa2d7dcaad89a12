/* While an organiser writes: what is typed is kept, and shown as readers will see it. */
"use strict";

const form = document.querySelector("form.write");
const kept = document.getElementById("kept");
const aloud = document.getElementById("aloud");
const silent = document.getElementById("silent");
const door = document.getElementById("log-in-again");
const look = document.getElementById("look");
const { copy, draft, preview, saved } = form.dataset;
const SOON = 400, PAUSE = 2000, AGAIN = 5000; // milliseconds
const TAB = ["pen", "left", "draft"]; // what tells tabs apart
const BESIDE = [...TAB, "revision", "base", "reason", "kind"]; // no words of the letter
const LONG = 15000; // characters, of up to four bytes; a browser sends no more than 64 kB for a page that is left

let edits = 0; // so far
let unsent = false; // something typed has not reached the site
let trouble = false; // the last time it was sent, it did not arrive
let out = false; // because the log-in has ended
let gone = false; // with its letter, or with one's place in the team or one's role there
let elsewhere = false; // another tab keeps something else: one of the buttons asks which
let leaving = false;
let keptAt = form.elements.draft.value; // when the site kept what it has of this
let keptWords; // that told so
let sending, looking, sendTimer, lookTimer;

/* Read out, unless it has been said: this comes again at every pause. */
function say(words, loggedOut = false, isNews = words !== kept.textContent) {
  aloud.textContent = isNews ? words : "";
  silent.textContent = isNews ? "" : words;
  door.hidden = !loggedOut;
}

function post(address, more) {
  return fetch(address, { method: "POST", body: new FormData(form), redirect: "manual", ...more });
}

/* The log-in ended, or was renewed in another tab: this page then needs the token of the new one. */
async function renew(signal) {
  const answer = await fetch(draft, { redirect: "manual", signal });
  out = answer.type === "opaqueredirect"; // to the door
  gone = [403, 404].includes(answer.status);
  if (!answer.ok) return false;
  const { csrf_token: token } = await answer.json();
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  return true;
}

async function keep() {
  clearTimeout(sendTimer);
  sending?.abort();
  sending = new AbortController();
  const { signal } = sending;
  const before = edits;
  const send = () => post(draft, { headers: { Accept: "application/json" }, signal });
  try {
    let answer = trouble && !(await renew(signal)) ? null : await send();
    if (answer && !answer.ok && ![413, 422].includes(answer.status) && (await renew(signal))) answer = await send();
    if (answer?.ok) {
      const { said, saved_at: savedAt } = await answer.json();
      say(said, false, kept.textContent !== keptWords); // only the minute would be new
      keptWords = said;
      keptAt = savedAt;
      unsent = edits !== before;
      follow(form.elements.pen.value); // for what is kept now has the pen of this page
      dropCopy();
      if (trouble) {
        trouble = false;
        show();
      }
    } else if (answer?.status === 422) {
      elsewhere = true;
      trouble = false;
      say((await answer.json()).said);
    } else if (answer?.status === 413) {
      say(kept.dataset.long);
    } else if (gone) {
      say(kept.dataset.gone);
    } else {
      tryAgain(out ? kept.dataset.ended : kept.dataset.busy, out);
    }
  } catch (error) {
    if (error.name !== "AbortError") tryAgain(kept.dataset.lost);
  }
}

function tryAgain(words, loggedOut = false) {
  trouble = true;
  keepCopy();
  say(words, loggedOut);
  sendTimer = setTimeout(keep, AGAIN);
}

function typed() {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token");
}

function wordsOf(fields) {
  return JSON.stringify(fields.filter(([name]) => !BESIDE.includes(name)));
}

/* In this browser, which may have no room, or allow none, even to look: the page itself still holds what was typed. */
function here(act) {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}

/* For as long as the site has not got it. */
function keepCopy(more) {
  const text = JSON.stringify({ ...more, fields: typed() });
  here((storage) => storage.setItem(copy, text));
  return text.length;
}

/* What this pen has kept may be written over and thrown away here; of a page that was left, however late it comes. */
function follow(pen) {
  for (const field of document.querySelectorAll("input[name=left]")) field.value = pen;
}

function dropCopy() {
  here((storage) => storage.removeItem(copy));
}

function restoreCopy() {
  const text = here((storage) => storage.getItem(copy));
  if (!text) return;
  dropCopy();
  const { submitted, sentAfter, fields } = JSON.parse(text);
  const values = new Map(fields);
  const wasKept = sentAfter !== undefined && sentAfter !== form.elements.draft.value;
  const wasSaved = submitted && values.get("pen") === saved; // by another pen it was somebody else, or another tab
  if (wasKept || wasSaved || wordsOf(fields) === wordsOf(typed())) return;
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf_token") continue;
    if (sentAfter !== undefined && TAB.includes(field.name)) continue; // that request may be late
    if (field.type === "checkbox") field.checked = values.has(field.name);
    else if (field.type === "radio") field.checked = values.get(field.name) === field.value;
    else field.value = values.get(field.name) ?? field.value;
  }
  if (sentAfter !== undefined) follow(values.get("pen"));
  unsent = true;
  keepCopy();
  say(kept.dataset.restored);
  sendTimer = setTimeout(keep, PAUSE);
}

async function show() {
  if (trouble) return; // once it is over, it shows
  looking?.abort();
  looking = new AbortController();
  try {
    const answer = await post(preview, { signal: looking.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const link of page.querySelectorAll("article a")) link.target = "_blank";
    page.querySelector("article h1").setAttribute("aria-level", "2"); // this page has a title of its own
    look.replaceChildren(page.querySelector("article"));
  } catch {
    // an older one that a newer one stopped; or no connection, which the draft tells
  }
}

form.addEventListener("input", () => {
  edits += 1;
  unsent = true;
  clearTimeout(lookTimer);
  lookTimer = setTimeout(show, SOON);
  clearTimeout(sendTimer);
  if (!elsewhere) sendTimer = setTimeout(keep, PAUSE);
});

form.addEventListener("submit", (event) => {
  const address = event.submitter?.getAttribute("formaction");
  if (address === draft && !elsewhere) {
    event.preventDefault();
    say(""); // who asks is answered, if with the same words
    keep();
  } else if (address === draft) {
    leaving = true;
    dropCopy();
  } else if (!address) {
    leaving = true;
    clearTimeout(sendTimer);
    sending?.abort();
    keepCopy({ submitted: true });
  }
});

document.getElementById("unsaved")?.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(sendTimer);
  sending?.abort();
  dropCopy();
});

window.addEventListener("focus", () => trouble && unsent && keep());
window.addEventListener("pageshow", () => (leaving = false));
window.addEventListener("pagehide", () => {
  if (!unsent || leaving) return;
  const length = keepCopy();
  if (trouble || elsewhere || length > LONG) return; // the copy brings it back
  keepCopy({ sentAfter: keptAt }); // the page that one comes back to may be made before it arrives, or it never does
  post(draft, { keepalive: true, headers: { Accept: "application/json" } });
});

restoreCopy();
const errors = document.getElementById("errors");
if (errors) {
  errors.focus();
  unsent = true; // what was refused is nowhere but here
  sendTimer = setTimeout(keep, PAUSE);
}
show();
