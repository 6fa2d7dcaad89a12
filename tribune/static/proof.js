/* Where many have just signed from one network, the reader's computer works a moment before it sends the form. */
"use strict";

{
  const form = document.querySelector("form.sign[data-proof]");
  const checking = document.getElementById("checking");
  const MOST = 1000; // derivations: beyond any challenge of ours
  const PATIENCE = 5000; // milliseconds for the challenge to come
  const NOTICED = 300; // milliseconds after which one wonders

  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (found) => Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");

  /* As ALTCHA has it: the number whose derived key begins as asked. */
  async function solve({ nonce, salt, cost, keyLength, keyPrefix }) {
    const start = bytes(nonce);
    const password = new Uint8Array(start.length + 4);
    password.set(start);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    for (let counter = 0; counter < MOST; counter++) {
      new DataView(password.buffer).setUint32(start.length, counter);
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const derivedKey = hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
      if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
    }
    throw new Error("not found");
  }

  async function prove() {
    const say = () => (checking.textContent = form.dataset.checking);
    const waiting = setTimeout(say, NOTICED); // most have nothing to prove, and learn it at once
    const signal = AbortSignal.timeout?.(PATIENCE); // browsers of before 2022 wait for as long as it takes
    const answer = await fetch(form.dataset.proof, { cache: "no-store", signal }).finally(() => clearTimeout(waiting));
    if (answer.status !== 200) return;
    say();
    const challenge = await answer.json();
    form.elements.proof.value = btoa(JSON.stringify({ challenge, solution: await solve(challenge.parameters) }));
  }

  /* Whatever fails here, the form is sent: without a proof its mail leaves a little later. */
  if (form && window.crypto?.subtle) {
    // Made here: of one that comes with the page, Firefox keeps the value over a reload, and a proof is good once.
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "proof" }));
    const button = form.querySelector("button");
    const release = () => {
      button.removeAttribute("aria-disabled");
      checking.textContent = "";
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      await prove().catch(() => {});
      form.submit();
      setTimeout(release, PATIENCE); // where no page comes, and the reader stops waiting, nothing tells us
    });
    window.addEventListener("pageshow", release);
  }
}
