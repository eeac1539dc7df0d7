// Signs an answer with a key of this device or a passkey, after checking the statement against what the page shows
// (EVIDENCE 4.1, 4.3). Loaded when the person presses, not before. What was checked are the bytes that are signed.

import { difference, wordsOfFile, wordsOfSheet } from "./letter-words.js";
import {
  Refused, canonical, createPasskey, deviceKey, envelope, find, fromBase64, notePasskey, offerFile, pae,
  same, sha256, signWith, text, toBase64, toHex, utf8,
} from "./signing-keys.js";

const CLOCKS_APART = 10 * 60 * 1000;
const MEMBERS = ["by", "decision", "head", "letter", "nonce", "prev", "signatory", "time", "version"];
const NAMED = ["acronym", "listed_as", "native_name", "org", "person", "role", "sort_name"];

/** A page of the server's that is to be shown in place of this one. */
export class PageInstead extends Error {
  constructor(html) {
    super("page");
    this.html = html;
  }
}

async function posted(address, fields) {
  const answer = await fetch(address, { method: "POST", body: fields, credentials: "same-origin", redirect: "error" });
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json") && answer.ok) return answer.json();
  if (type.startsWith("text/html")) throw new PageInstead(await answer.text());
  throw new Refused("no-answer", String(answer.status));
}

/** The key of the chosen way; a passkey that is not there yet is made now, with what the server asks of it. */
async function keyFor(way, name, form) {
  if (way === "device") return deviceKey(name);
  const kept = await find(`passkey:${name}`);
  if (kept) return kept;
  const made = await createPasskey(await posted(form.dataset.passkey, new FormData(form)));
  const fields = new FormData(form);
  fields.set("registration", JSON.stringify(made.registration));
  const { proof } = await posted(`${form.dataset.passkey}/registered`, fields);
  return notePasskey(`passkey:${name}`, { ...made, proof });
}

// Checking

function agree(what, said, wanted) {
  if (canonical(said ?? null) !== canonical(wanted ?? null)) throw new Refused("differs", what);
}

const tidy = (value) => (value ?? "").normalize("NFC").split(/\s+/).filter(Boolean).join(" ") || null;

function membersAre(value, names) {
  agree("shape", value !== null && typeof value === "object" ? Object.keys(value).sort() : null, [...names].sort());
}

function parsed(bytes) {
  const value = JSON.parse(text(bytes));
  if (!same(utf8(canonical(value)), bytes)) throw new Refused("differs", "shape");
  return value;
}

async function checkWords(subject, form) {
  const sheets = [...document.querySelectorAll("article.sheet")];
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
  const statement = parsed(payload);
  membersAre(statement, ["_type", "predicate", "predicateType", "subject"]);
  const { predicate } = statement;
  const accepts = form.elements.accepts?.checked && form.elements.decision.value === "approve";
  membersAre(predicate, accepts ? [...MEMBERS, "accepts"] : MEMBERS);
  const [host] = form.dataset.origin.split("/");
  agree("shape", statement._type, "https://in-toto.io/Statement/v1");
  agree("shape", statement.predicateType, `https://${host}/assent/v1`);
  agree("letter", predicate.letter, form.dataset.origin);
  agree("key", predicate.by, key.key);
  agree("answer", predicate.decision, form.elements.decision.value);
  agree("answer", predicate.version, Number(form.elements.version.value));
  if (accepts) agree("answer", predicate.accepts, ["typography"]);
  agree("head", `${predicate.head.size}:${predicate.head.root}`, form.elements.head.value);
  if (!(Math.abs(Date.parse(predicate.time) - Date.now()) <= CLOCKS_APART)) throw new Refused("clock", predicate.time);
  await checkSignatory(predicate.signatory, form, hidden, opening);
  await checkWords(statement.subject, form);
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
  const payload = fromBase64(composed.payload);
  await check(payload, key, form, hidden, composed.opening);
  const signature = await signWith(key, pae(payload), form.dataset.rp);
  if (saveFirst) offerFile(envelope(payload, key.key, signature), `${form.dataset.letterId}.dsse.json`);
  fields.set("prepared", composed.prepared);
  fields.set("signature", toBase64(signature));
  return (await posted(form.dataset.signed, fields)).receipt;
}
