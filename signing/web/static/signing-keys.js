// Keys that live in this browser, and what they sign (EVIDENCE 2.1, 2.13, 2.15, 4.4). An ES module without a build
// step and without imports; the pages that need it load it when somebody presses, never before.
//
// A device key is made here, cannot be exported, and stays in IndexedDB under a name that the page chooses. A passkey
// stays with its authenticator; only its public half and handle are noted here.

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

const DATABASE = "signing-keys";
const STORE = "keys";

/** A refusal with a code that the page has words for. */
export class Refused extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

// Bytes and texts

export const utf8 = (text) => new TextEncoder().encode(text);

export function text(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function toBase64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

export function toBase64url(bytes) {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Standard base64 with padding, in its only spelling; anything else is refused. */
export function fromBase64(spelled) {
  if (typeof spelled !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(spelled) || spelled.length % 4) {
    throw new Refused("base64");
  }
  const bytes = Uint8Array.from(atob(spelled), (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== spelled) throw new Refused("base64");
  return bytes;
}

/** base64url without padding, in its only spelling. */
export function fromBase64url(spelled) {
  if (typeof spelled !== "string" || !/^[A-Za-z0-9_-]*$/.test(spelled) || spelled.length % 4 === 1) {
    throw new Refused("base64");
  }
  const padded = spelled.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (spelled.length % 4)) % 4);
  return fromBase64(padded);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** RFC 8785 for what our statements hold: texts, whole numbers, booleans, null, arrays, objects. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Refused("not-canonical");
  return JSON.stringify(value);
}

/** DSSE's pre-authentication encoding: the bytes that every scheme signs. */
export function pae(payload, type = PAYLOAD_TYPE) {
  const kind = utf8(type);
  return concat(utf8(`DSSEv1 ${kind.length} `), kind, utf8(` ${payload.length} `), payload);
}

/** The signed statement as it will stand in the log, byte for byte. */
export function envelope(payload, keyid, signature) {
  return utf8(canonical({
    payload: toBase64(payload),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid, sig: toBase64(signature) }],
  }));
}

// Public keys

export function toPem(spki) {
  const lines = toBase64(spki).match(/.{1,64}/g);
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
}

export async function nameOf(spki) {
  return `spki:${toHex(await sha256(spki))}`;
}

// The store

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "name" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Refused("store-blocked"));
  });
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error ?? asked.error);
    });
  } finally {
    database.close();
  }
}

/** The key that is kept under this name, or undefined. */
export function find(name) {
  return inStore("readonly", (store) => store.get(name));
}

export function forget(name) {
  return inStore("readwrite", (store) => store.delete(name));
}

/** Keep a key; where another tab was quicker, its key is given back and this one is dropped. */
async function keep(record) {
  try {
    await inStore("readwrite", (store) => store.add(record));
  } catch (error) {
    if (error?.name !== "ConstraintError") throw error;
  }
  return find(record.name);
}

// Device keys

const SCHEMES = {
  ed25519: { make: { name: "Ed25519" }, use: { name: "Ed25519" } },
  p256: { make: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
};

/** Whether this browser can make and keep keys at all: not without HTTPS, not in some private windows. */
export function available() {
  return Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
}

async function generated() {
  try {
    return ["ed25519", await crypto.subtle.generateKey(SCHEMES.ed25519.make, false, ["sign", "verify"])];
  } catch (error) {
    if (error?.name !== "NotSupportedError") throw error;
    return ["p256", await crypto.subtle.generateKey(SCHEMES.p256.make, false, ["sign", "verify"])];
  }
}

/** This device's key under this name, made now if there is none: `{name, scheme, key, publicKey, privateKey}`. */
export async function deviceKey(name) {
  const kept = await find(name);
  if (kept) return kept;
  const [scheme, pair] = await generated();
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  return keep({ name, scheme, key: await nameOf(spki), publicKey: toPem(spki), privateKey: pair.privateKey });
}

/** The `sig` bytes of the key's scheme over these bytes (EVIDENCE 4.4). */
export async function sign(record, bytes) {
  const signature = new Uint8Array(await crypto.subtle.sign(SCHEMES[record.scheme].use, record.privateKey, bytes));
  return record.scheme === "p256" ? derOf(signature) : signature;
}

/** WebCrypto's r||s as the DER that is stored and that openssl reads. */
export function derOf(raw) {
  const half = raw.length / 2;
  const numbers = [raw.subarray(0, half), raw.subarray(half)].map((number) => {
    let at = 0;
    while (at < number.length - 1 && number[at] === 0) at += 1;
    const bare = number.subarray(at);
    const body = bare[0] & 0x80 ? concat(new Uint8Array(1), bare) : bare;
    return concat(Uint8Array.of(0x02, body.length), body);
  });
  const body = concat(...numbers);
  return concat(Uint8Array.of(0x30, body.length), body);
}

// Passkeys

export function passkeysAvailable() {
  return Boolean(globalThis.PublicKeyCredential && navigator.credentials && globalThis.crypto?.subtle);
}

const ALGORITHMS = [-7, -8, -257]; // ES256, EdDSA, RS256

function handles(credentialIds) {
  return credentialIds.map((id) => ({ type: "public-key", id: fromBase64url(id) }));
}

async function asking(work) {
  try {
    return await work();
  } catch (error) {
    // The browser says no more than this, so that pages learn nothing about who has which passkey.
    if (error?.name === "NotAllowedError" || error?.name === "AbortError") throw new Refused("passkey-not-given");
    if (error?.name === "InvalidStateError") throw new Refused("passkey-there-already");
    throw error;
  }
}

/**
 * Make a passkey. `challenge` and `user.id` are base64url, as is everything that comes back:
 * `{scheme, key, publicKey, credentialId, registration}`, the last as WebAuthn's own JSON.
 */
export async function createPasskey({ rp, user, challenge, exclude = [], resident = "preferred" }) {
  const credential = await asking(() => navigator.credentials.create({
    publicKey: {
      rp,
      user: { ...user, id: fromBase64url(user.id) },
      challenge: fromBase64url(challenge),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: handles(exclude),
      authenticatorSelection: { residentKey: resident, userVerification: "required" },
      attestation: "none",
    },
  }));
  const response = credential.response;
  const der = response.getPublicKey();
  if (!der) throw new Refused("passkey-unknown-kind");
  const spki = new Uint8Array(der);
  const credentialId = toBase64url(new Uint8Array(credential.rawId));
  return {
    scheme: "webauthn",
    key: await nameOf(spki),
    publicKey: toPem(spki),
    credentialId,
    registration: {
      id: credential.id,
      rawId: credentialId,
      type: credential.type,
      response: {
        clientDataJSON: toBase64url(new Uint8Array(response.clientDataJSON)),
        attestationObject: toBase64url(new Uint8Array(response.attestationObject)),
      },
      clientExtensionResults: {},
    },
  };
}

/**
 * Note a passkey's public half, so that this browser knows its name the next time; returns what is kept. `proof` is
 * whatever the server gave for the registration.
 */
export async function notePasskey(name, { key, publicKey, credentialId, proof = "" }) {
  const record = { name, scheme: "webauthn", key, publicKey, credentialId, proof };
  await inStore("readwrite", (store) => store.put(record));
  return find(name);
}

/** Ask for a gesture over this challenge: `{credentialId, authenticatorData, clientDataJSON, signature}`. */
export async function signWithPasskey(credentialIds, challenge, rpId) {
  const credential = await asking(() => navigator.credentials.get({
    publicKey: {
      challenge: typeof challenge === "string" ? fromBase64url(challenge) : challenge,
      rpId,
      allowCredentials: handles(credentialIds),
      userVerification: "required",
    },
  }));
  const part = (name) => toBase64url(new Uint8Array(credential.response[name]));
  return {
    credentialId: toBase64url(new Uint8Array(credential.rawId)),
    authenticatorData: part("authenticatorData"),
    clientDataJSON: part("clientDataJSON"),
    signature: part("signature"),
  };
}

/** The `sig` bytes of an assertion: its three parts as canonical JSON. */
export function assertionBytes({ authenticatorData, clientDataJSON, signature }) {
  return utf8(canonical({ authenticatorData, clientDataJSON, signature }));
}

/** Sign these bytes with whichever key this is; the `sig` bytes of its scheme come back. */
export async function signWith(record, bytes, rpId) {
  if (record.scheme !== "webauthn") return sign(record, bytes);
  const challenge = await sha256(bytes);
  return assertionBytes(await signWithPasskey([record.credentialId], challenge, rpId));
}

/** Offer bytes as a file to be kept; the browser asks nobody. */
export function offerFile(bytes, name, type = "application/json") {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
