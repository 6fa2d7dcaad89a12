/* The browser's part of a passkey: asks the device, sends what it answers. Nothing secret comes through here. */
"use strict";

{
  const supported = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

  class Refused extends Error {} // in a sentence of the site

  async function ask(form, path, body) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.dataset.token },
      body: JSON.stringify(body),
    });
    if (answer.redirected) {
      location.assign(answer.url); // where one logs in, or shows again who one is
      await new Promise(() => {}); // this page goes
    }
    const said = await answer.json().catch(() => ({})); // a page, which tells of an error
    if (!answer.ok) throw new Refused(said.sentence ?? form.dataset.refused);
    return said;
  }

  async function make(form) {
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(await ask(form, form.dataset.options, {}));
    const made = await navigator.credentials.create({ publicKey: options });
    return ask(form, form.action, { answer: made.toJSON(), name: form.elements.name.value });
  }

  async function use(form) {
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(await ask(form, form.dataset.options, {}));
    const found = await navigator.credentials.get({ publicKey: options });
    return ask(form, form.action, { answer: found.toJSON() });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!supported) continue; // the form stays hidden: the mailed link is the way in
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const status = form.querySelector('[role="status"]');
      try {
        const said = await (form.dataset.passkey === "make" ? make(form) : use(form));
        location.assign(said.next);
      } catch (error) {
        // All else is the device or the person saying no, or the network; its own words are for developers.
        status.textContent = error instanceof Refused ? error.message : form.dataset.refused;
      }
    });
  }
}
