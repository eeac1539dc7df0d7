// Signs an answer with a key of this device or a passkey, after checking the statement against what the page shows
// (EVIDENCE 4.1, 4.3). Loaded when the person presses, not before. What was checked are the bytes that are signed.

import { difference, wordsOfFile, wordsOfSheet } from "./letter-words.js";
import {
  agree, checkedStatement, membersAre, parsed, passkey, payloadOf, posted, signatureOver, submitted,
} from "./statement-signing.js";
import {
  Refused, deviceKey, envelope, find, forget, fromBase64, offerFile, sha256, text, toHex,
} from "./signing-keys.js";

const MEMBERS = ["by", "decision", "head", "letter", "nonce", "prev", "signatory", "time", "version"];
const NAMED = ["acronym", "listed_as", "native_name", "org", "person", "role", "sort_name"];

const tidy = (value) => (value ?? "").normalize("NFC").split(/\s+/).filter(Boolean).join(" ") || null;

async function checkWords(subject, form) {
  const sheets = [...document.querySelectorAll("article.sheet:not(.redline)")];
  const version = form.elements.version.value;
  const names = sheets.map((sheet) => `${version}.${sheet.lang}.md`);
  agree("words", subject.map((each) => each.name), [...names].sort());
  for (const [at, sheet] of sheets.entries()) {
    const answer = await fetch(`${form.dataset.words}/${names[at]}`, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Refused("no-answer", names[at]);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const digest = toHex(await sha256(bytes));
    agree("words", subject.find((each) => each.name === names[at]), { digest: { sha256: digest }, name: names[at] });
    const signed = wordsOfFile(text(bytes));
    const shown = wordsOfSheet(sheet);
    if (signed === null || shown !== signed) {
      throw new Refused("differs", `words: ${sheet.lang} ${difference(shown ?? "", signed ?? "")}`);
    }
  }
}

/** Who the statement says answers: in the open, or in the opening of its commitment. */
async function said(signatory, hidden, opening) {
  if (!hidden) return signatory;
  membersAre(signatory, ["commitment"]);
  const bytes = fromBase64(opening ?? "");
  agree("organisation", signatory.commitment, `sha256:${toHex(await sha256(bytes))}`);
  const { salt, ...names } = parsed(bytes);
  agree("organisation", typeof salt, "string");
  return names;
}

async function checkSignatory(signatory, form, hidden, opening) {
  const typed = (name) => tidy(form.elements[name]?.value);
  const who = await said(signatory, hidden, opening);
  membersAre(who, NAMED);
  agree("organisation", who.org, form.dataset.organisation);
  // What was sealed first stays sealed; the page shows its commitment, and the names are the contact's own file.
  if (hidden && form.dataset.sealed) {
    agree("organisation", signatory.commitment, form.dataset.sealed);
    return;
  }
  agree("person", who.person, typed("person"));
  agree("role", who.role, typed("role"));
  // Whoever withdraws is not asked again how to be listed; the approval's own names stand.
  if (form.elements.decision.value !== "approve") return;
  for (const name of ["listed_as", "acronym", "native_name", "sort_name"]) agree(name, who[name], typed(name));
}

/** Refuses to go on unless the statement says exactly what the page shows and the person typed. */
async function check(payload, key, form, hidden, opening) {
  const { predicate, subject } = checkedStatement(payload, "assent", form.dataset.origin, key.key);
  const accepts = form.elements.accepts?.checked && form.elements.decision.value === "approve";
  membersAre(predicate, accepts ? [...MEMBERS, "accepts"] : MEMBERS);
  agree("answer", predicate.decision, form.elements.decision.value);
  agree("answer", predicate.version, Number(form.elements.version.value));
  if (accepts) agree("answer", predicate.accepts, ["typography"]);
  agree("head", `${predicate.head.size}:${predicate.head.root}`, form.elements.head.value);
  await checkSignatory(predicate.signatory, form, hidden, opening);
  await checkWords(subject, form);
}

/** The key to sign with, made now where there is none; one that was revoked makes room for another. */
async function keyFor(way, name, form) {
  const kept = await find(way === "device" ? name : `passkey:${name}`);
  if (kept && form.dataset.revoked.split(" ").includes(kept.key)) await forget(kept.name);
  return way === "device" ? deviceKey(name) : passkey(`passkey:${name}`, form.dataset.passkey, form);
}

/** From the press to the receipt's address. Nothing is signed before every check has passed. */
export async function answer(form, way, { name, hidden, saveFirst }) {
  const key = await keyFor(way, name, form);
  const fields = new FormData(form);
  fields.set("scheme", key.scheme);
  fields.set("public_key", key.publicKey);
  if (key.proof) fields.set("proof", key.proof);
  const composed = await posted(form.dataset.statement, fields);
  if (composed.receipt) return composed.receipt;
  const payload = payloadOf(composed);
  await check(payload, key, form, hidden, composed.opening);
  const signature = await signatureOver(payload, key, form.dataset.rp);
  if (saveFirst) offerFile(envelope(payload, key.key, signature), `${form.dataset.letterId}.dsse.json`);
  return submitted(form.dataset.signed, fields, composed, signature);
}
