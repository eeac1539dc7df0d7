// The coordinator's keys and signatures in this browser (EVIDENCE 2.13, 2.15, 4.3). What is signed is first compared
// with what the page shows: every file is fetched and hashed here, and the bytes that passed are the bytes signed.

import {
  Refused, available, createPasskey, deviceKey, find, forget, passkeysAvailable, sha256, toBase64, toHex, utf8,
} from "./signing-keys.js";
import { agree, checkedStatement, membersAre, parsed, signatureOver } from "./statement-signing.js";

// A statement waits a day for a coordinator's key at the most.
const WAITS = 24 * 60 * 60 * 1000;
const COMMON = ["by", "head", "letter", "nonce", "time"];
const storeName = (account) => `coordinator ${account}`;

// What the page says

function say(scope, code) {
  const status = scope.querySelector("[data-status]");
  const words = document.querySelector(`#words [data-code="${code}"]`) ?? document.querySelector("#words [data-code]");
  status.textContent = words.textContent;
  status.dataset.state = code;
  status.hidden = false;
}

function shown(name) {
  const element = document.querySelector(`[data-shown="${name}"]`);
  if (!element) throw new Refused("differs", name);
  return element.dataset.value ?? element.textContent.trim();
}

function allShown(name) {
  return [...document.querySelectorAll(`[data-shown="${name}"]`)].map(
    (element) => element.dataset.value ?? element.textContent.trim(),
  );
}

// Comparing

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Refused("not-fetched", address);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Every file the statement is about, by name: its bytes, each found to be the one that is shown and named. */
async function filesOf(subject) {
  const files = new Map();
  const links = [...document.querySelectorAll("[data-file]")];
  agree("files", subject.map((each) => each.name).sort(), links.map((link) => link.dataset.file).sort());
  for (const link of links) {
    const bytes = await fetched(link.href);
    const digest = toHex(await sha256(bytes));
    agree(link.dataset.file, digest, link.dataset.sha256);
    agree(link.dataset.file, subject.find((each) => each.name === link.dataset.file).digest, { sha256: digest });
    files.set(link.dataset.file, bytes);
  }
  return files;
}

const CHECKS = {
  async letter(statement, host) {
    const said = statement.predicate;
    membersAre(said, [
      ...COMMON, "attestor", "binders", "coordinators", "min_level", "prev", "rp", "ssh_namespace", "title", "version",
    ]);
    agree("version", String(said.version), shown("version"));
    agree("title", said.title, shown("title"));
    agree("min_level", String(said.min_level), shown("min_level"));
    agree("binders", [...said.binders].sort(), shown("binders").split(" ").sort());
    agree("coordinators", said.coordinators.map((each) => each.key), allShown("coordinator"));
    agree("attestor", said.attestor.key, shown("attestor"));
    for (const each of [said.attestor, ...said.coordinators]) membersAre(each, ["key", "public_key", "scheme"]);
    agree("rp", said.rp, { id: host, origins: [location.origin] });
    agree("ssh_namespace", said.ssh_namespace, `assent@${host}`);
    await filesOf(statement.subject);
  },

  async close(statement) {
    const said = statement.predicate;
    membersAre(said, [
      ...COMMON, "collation", "confidential", "document_date", "edition", "listed", "release", "version",
    ]);
    for (const name of ["version", "edition", "listed", "confidential", "document_date"]) {
      agree(name, String(said[name]), shown(name));
    }
    const files = await filesOf(statement.subject);
    const names = parsed(files.get("signatories.json"));
    agree("names", names.map((each) => each.listed_as), allShown("name"));
    agree("groups", [...new Set(names.map((each) => each.group))].filter(Boolean), allShown("group"));
    agree("listed", String(names.length), shown("listed"));
  },

  async key(statement) {
    const said = statement.predicate;
    const since = shown("compromised_since");
    membersAre(said, [
      ...COMMON, "action", "key", "public_key", "scheme", "signatory", "until", ...(since ? ["compromised_since"] : []),
    ]);
    agree("action", said.action, shown("action"));
    agree("organisation", said.signatory.listed_as ?? said.signatory.commitment, shown("organisation"));
    agree("key", said.key, shown("key"));
    agree("scheme", said.scheme, shown("scheme"));
    agree("compromised_since", said.compromised_since ?? "", since);
    agree("until", said.until ?? "", shown("until"));
    const digest = toHex(await sha256(utf8(said.public_key)));
    agree("public_key", digest, shown("key_sha256"));
    agree("subject", statement.subject, [{ digest: { sha256: digest }, name: "key" }]);
  },
};

/** The payload, when it says what the page shows and nothing else. */
async function checkedPayload(form) {
  const { kind, by, origin, host, payload: address } = form.dataset;
  const payload = await fetched(address);
  const statement = checkedStatement(payload, kind, origin, by, WAITS);
  await CHECKS[kind](statement, host);
  return payload;
}

// Signing

async function keyFor(form) {
  const { scheme, by, credential, account } = form.dataset;
  if (scheme === "webauthn") {
    if (!passkeysAvailable()) throw new Refused("no-scripts-keys");
    return { scheme, key: by, credentialId: credential };
  }
  const kept = available() ? await find(storeName(account)) : undefined;
  if (kept?.key !== by) throw new Refused("key-elsewhere");
  return kept;
}

async function prepareToSign(form) {
  const button = form.querySelector("[data-press]");
  try {
    const payload = await checkedPayload(form);
    const key = await keyFor(form);
    say(form, "checked");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const signature = await signatureOver(payload, key, form.dataset.host);
        form.elements.signature.value = toBase64(signature);
        form.submit();
      } catch (error) {
        button.disabled = false;
        say(form, error.code ?? "failed");
      }
    });
    button.disabled = false;
  } catch (error) {
    say(form, error.code ?? "failed");
  }
}

// Making keys

async function makeBrowserKey(form) {
  const name = storeName(form.dataset.account);
  const kept = await find(name);
  // A key that is not on the page was retired, or never registered: nothing more is signed with it.
  if (kept && !document.querySelector(`[data-live="${kept.key}"]`)) await forget(name);
  else if (kept) throw new Refused("key-there-already");
  const made = await deviceKey(name);
  form.elements.scheme.value = made.scheme;
  form.elements.public_key.value = made.publicKey;
}

async function makePasskey(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST", credentials: "same-origin", body: new URLSearchParams({ csrf_token: form.elements.csrf_token.value }),
  });
  if (!answer.ok) throw new Refused("not-fetched");
  const made = await createPasskey(await answer.json());
  form.elements.registration.value = JSON.stringify(made.registration);
}

function prepareToMake(form, possible, make) {
  const button = form.querySelector("[data-press]");
  if (!possible) {
    say(form, "no-scripts-keys");
    return;
  }
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await make(form);
      form.submit();
    } catch (error) {
      button.disabled = false;
      say(form, error.code ?? "failed");
    }
  });
}

/** Say beside each key whether it lives in this browser. */
async function markOwn(account) {
  const kept = available() ? await find(storeName(account)) : undefined;
  for (const mark of document.querySelectorAll("[data-here]")) mark.hidden = mark.dataset.here !== kept?.key;
}

for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
const account = document.querySelector("[data-account]")?.dataset.account;
if (account) markOwn(account).catch(() => {});
for (const form of document.querySelectorAll("form[data-sign]")) prepareToSign(form);
for (const form of document.querySelectorAll("form[data-make=browser]")) prepareToMake(form, available(), makeBrowserKey);
for (const form of document.querySelectorAll("form[data-make=passkey]")) prepareToMake(form, passkeysAvailable(), makePasskey);
