// Passkeys that sign in to an account, and sign nothing else: entering with one, and registering one.

import { createPasskey, passkeysAvailable, signWithPasskey } from "./signing-keys.js";

async function asked(form) {
  const fields = new FormData();
  fields.set("csrf_token", form.elements.csrf_token.value);
  const answer = await fetch(form.dataset.options, { method: "POST", body: fields });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

async function enter(form) {
  const { allow, challenge, rp } = await asked(form);
  const { credentialId, ...response } = await signWithPasskey(allow, challenge, rp);
  form.elements.assertion.value = JSON.stringify({
    id: credentialId, rawId: credentialId, type: "public-key", response, clientExtensionResults: {},
  });
}

async function register(form) {
  const made = await createPasskey({ ...await asked(form), resident: "required" });
  form.elements.registration.value = JSON.stringify(made.registration);
}

const WAYS = { enter, register };

if (passkeysAvailable()) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const button = form.querySelector("button"), status = form.querySelector("[data-status]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      status.hidden = true;
      try {
        await WAYS[form.dataset.passkey](form);
        form.submit();
      } catch {
        status.hidden = false;
        button.disabled = false;
      }
    });
  }
}
