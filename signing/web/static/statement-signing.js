// What every page of a contact does with a statement that the service has composed: compare, refuse aloud, sign what
// was compared (EVIDENCE 4.1, 4.3). Nothing is signed that this file has not read to the last member.

import {
  Refused, canonical, createPasskey, find, fromBase64, notePasskey, pae, same, signWith, text, toBase64, utf8,
} from "./signing-keys.js";

const CLOCKS_APART = 10 * 60 * 1000;

/** A page of the server's that is to be shown in place of this one. */
export class PageInstead extends Error {
  constructor(html) {
    super("page");
    this.html = html;
  }
}

export async function posted(address, fields) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body: fields, credentials: "same-origin", redirect: "error" });
  } catch {
    throw new Refused("no-answer");
  }
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json") && answer.ok) return answer.json();
  if (answer.status === 404) throw new Refused("link-first");
  // Of a failure of ours no page is shown: what was typed stays where it is, to be sent once more.
  if (type.startsWith("text/html") && answer.status < 500) throw new PageInstead(await answer.text());
  throw new Refused("no-answer", String(answer.status));
}

export function agree(what, said, wanted) {
  if (canonical(said ?? null) !== canonical(wanted ?? null)) throw new Refused("differs", what);
}

export function membersAre(value, names) {
  agree("shape", value !== null && typeof value === "object" ? Object.keys(value).sort() : null, [...names].sort());
}

/** JSON in its only spelling. */
export function parsed(bytes) {
  let value;
  try {
    value = JSON.parse(text(bytes));
  } catch {
    throw new Refused("differs", "shape");
  }
  if (!same(utf8(canonical(value)), bytes)) throw new Refused("differs", "shape");
  return value;
}

/** A statement of this kind about this letter, to be signed by this key, composed just now (or so long ago as it may
 * have waited); its predicate's own members are for the caller to compare. */
export function checkedStatement(payload, kind, origin, key, waited = 0) {
  const statement = parsed(payload);
  membersAre(statement, ["_type", "predicate", "predicateType", "subject"]);
  const { predicate } = statement;
  agree("shape", statement._type, "https://in-toto.io/Statement/v1");
  agree("shape", statement.predicateType, `https://${origin.split("/")[0]}/${kind}/v1`);
  agree("letter", predicate.letter, origin);
  agree("key", predicate.by, key);
  const age = Date.now() - Date.parse(predicate.time);
  if (!(age >= -CLOCKS_APART && age <= CLOCKS_APART + waited)) throw new Refused("clock", predicate.time);
  return statement;
}

/** The passkey kept under this name; where there is none, one is made now with what the server asks of it. */
export async function passkey(name, address, form) {
  const kept = await find(name);
  if (kept) return kept;
  const made = await createPasskey(await posted(address, new FormData(form)));
  const fields = new FormData(form);
  fields.set("registration", JSON.stringify(made.registration));
  const { proof } = await posted(`${address}/registered`, fields);
  return notePasskey(name, { ...made, proof });
}

export const signatureOver = (payload, key, rp) => signWith(key, pae(payload), rp);

/** Send the signature of a composed statement; the address to go to next comes back. */
export async function submitted(address, fields, composed, signature) {
  fields.set("prepared", composed.prepared);
  fields.set("signature", toBase64(signature));
  return (await posted(address, fields)).receipt;
}

export const payloadOf = (composed) => fromBase64(composed.payload);
