// The page of an organisation's keys: marks this device's own, and lets it sign that another key speaks too (EVIDENCE
// 4.2). As with answers, the statement is compared with what was asked for before it is signed.

import {
  PageInstead, agree, checkedStatement, membersAre, passkey, payloadOf, posted, signatureOver, submitted,
} from "./statement-signing.js";
import { Refused, find, fromBase64, sha256, toHex, utf8 } from "./signing-keys.js";

const place = document.getElementById("add")?.dataset;

/** The keys of this device that speak here: its own, or one kept for a confidential answer, and passkeys. */
async function signer() {
  const { letterId, organisation, keys } = place;
  const live = new Set(keys.split(" "));
  const names = [`org:${organisation}`, `confidential:${letterId}:${organisation}`];
  for (const name of names.flatMap((each) => [each, `passkey:${each}`])) {
    const kept = await find(name);
    if (kept && live.has(kept.key)) return kept;
  }
  return undefined;
}

function sshLine(line) {
  const [kind, blob] = line.trim().split(/\s+/);
  if (!/^(sk-)?(ssh-ed25519|ecdsa-sha2-nistp256)/.test(kind ?? "") || !blob) throw new Refused("not-ssh");
  fromBase64(blob);
  return `${kind} ${blob}`;
}

async function offered(form) {
  const fields = new FormData(form);
  fields.set("script", "1");
  if (form.dataset.add === "passkey") {
    const made = await passkey(`passkey:org:${place.organisation}`, place.passkey, form);
    fields.set("scheme", "webauthn");
    fields.set("proof", made.proof);
    return { fields, key: made.key, publicKey: made.publicKey, until: null };
  }
  const line = sshLine(fields.get("script_key"));
  const day = fields.get("script_until");
  fields.set("public_key", line);
  fields.set("until", day);
  return { fields, line, until: day ? `${day}T23:59:59Z` : null };
}

async function check(payload, key, wanted) {
  const { predicate, subject } = checkedStatement(payload, "key", place.origin, key.key);
  membersAre(predicate, [
    "action", "by", "head", "key", "letter", "nonce", "public_key", "scheme", "signatory", "time", "until",
  ]);
  agree("answer", predicate.action, "bind");
  agree("until", predicate.until, wanted.until);
  if (wanted.key) agree("bound", [predicate.key, predicate.public_key], [wanted.key, wanted.publicKey]);
  else agree("bound", sshLine(predicate.public_key), wanted.line);
  agree("bound", subject, [{ digest: { sha256: toHex(await sha256(utf8(predicate.public_key))) }, name: "key" }]);
  const who = predicate.signatory;
  if (who.commitment) agree("organisation", who.commitment, place.sealed);
  else agree("organisation", who.org, place.organisation);
}

async function add(form, key) {
  const wanted = await offered(form);
  wanted.fields.set("signer", key.key);
  const composed = await posted(place.statement, wanted.fields);
  const payload = payloadOf(composed);
  await check(payload, key, wanted);
  const signature = await signatureOver(payload, key, place.rp);
  return submitted(place.signed, new FormData(form), composed, signature);
}

/** What went wrong, in the page's own words. */
function tell(error) {
  const list = document.getElementById("signing-words").content;
  const word = (code) => list.querySelector(`[data-code="${CSS.escape(code)}"]`)?.textContent;
  const lines = [word(error.code ?? "failed") ?? word("failed")];
  if (error instanceof PageInstead) {
    const page = new DOMParser().parseFromString(error.html, "text/html");
    lines[0] = page.querySelector(".summary ul")?.textContent.trim() || page.querySelector("h1").textContent;
  }
  if (error.code === "differs") lines.push(word(`differs-${error.detail}`) ?? word("differs-shape"), word("nothing-signed"));
  if (error.code === "clock") lines.push(error.detail, word("nothing-signed"));
  const alarm = document.querySelector("[data-alarm]");
  alarm.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  alarm.dataset.code = error.code ?? error.name;
  alarm.hidden = false;
  alarm.focus();
}

async function begin() {
  const key = place ? await signer() : undefined;
  if (!key) return;
  document.querySelector("[data-no-script]")?.remove();
  for (const mark of document.querySelectorAll("[data-key]")) mark.hidden = mark.dataset.key !== key.key;
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  const holds = await find(`passkey:org:${place.organisation}`);
  if (!globalThis.PublicKeyCredential || (holds && place.keys.split(" ").includes(holds.key))) {
    document.querySelector("[data-add=passkey]").parentElement.remove();
  }
  for (const form of document.querySelectorAll("[data-add]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      try {
        location.assign(await add(form, key));
      } catch (error) {
        tell(error);
        form.ariaBusy = "false";
      }
    });
  }
  document.getElementById("add").dataset.ready = "yes";
}

begin();
