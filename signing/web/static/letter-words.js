// Whether the words on the page are the words of the file that is signed (EVIDENCE 4.3, "The file .md"). Imports
// nothing. Both sides are brought down to the same thing: the characters in their order, without white space and
// without what only marks up. Markdown is not rendered here: it is taken apart as our own writer spells it.

const FILE = /^---\n([^\n]*)\n---\n\n([\s\S]*)\n$/;
const DROPPED = /[\s*_`[\]<>\\]+/gu;
const ESCAPE = /\\([!-/:-@[-`{-~])|&(#[xX]?[0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const LINK_TARGET = /\]\((?:<[^>\n]*>|(?:[^()\s]|\([^()\s]*\))*)\)/g;
const MARKERS = /^\s*(?:(?:>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$))\s*)*(?:#{1,6}(?=\s|$))?/;
const NOTE = /^\[\^([^\]\s]+)\]:\s*/;
const MARK = /\[\^([^\]\s]+)\]/g;

// What a sheet of ours is made of; anything else could hide words or show others.
const TAGS = new Set([
  "A", "ARTICLE", "B", "BLOCKQUOTE", "BR", "DIV", "EM", "H2", "H3", "H4", "H5", "H6", "LI", "OL", "P", "STRONG",
  "SUP", "TIME", "UL",
]);
const ATTRIBUTES = new Set(["aria-label", "class", "datetime", "dir", "href", "id", "lang", "rel", "start", "target"]);
const CLASSES = new Set([
  "addressee", "block", "closing", "dateline", "footnotes", "letter-title", "mark", "pencil", "reference", "salutation",
  "sheet", "words",
]);

const bare = (words) => words.normalize("NFC").replace(DROPPED, "");

function decoded(entity) {
  const holder = document.createElement("textarea");
  holder.innerHTML = entity;
  return holder.value;
}

/** The words of the file, in the order in which a page shows them. */
export function wordsOfFile(file) {
  const parts = FILE.exec(file);
  if (!parts) return null;
  const header = JSON.parse(parts[1]);
  const { body, notes } = wordsOfBody(parts[2]);
  return bare([
    ...header.addressees.flat(), header.place ? `${header.place},` : "", header.date_line, header.reference ?? "",
    header.salutation ?? "", header.title,
  ].join(" ")) + body + bare(header.closing ?? "") + notes;
}

function wordsOfBody(markdown) {
  // What was escaped is set aside, so that it is not taken for markup; no letter holds these control characters.
  const aside = [];
  const put = (character) => `\u0001${String.fromCodePoint(0xf0000 + aside.push(character) - 1)}`;
  const back = (words) => bare(words).replace(/\u0001(.)/gu, (_, mark) => bare(aside[mark.codePointAt(0) - 0xf0000]));
  const lines = markdown
    .replace(ESCAPE, (whole, sign) => put(sign ?? decoded(whole)))
    .replace(LINK_TARGET, "")
    .split("\n");
  const body = [];
  const notes = new Map();
  let note = null;
  for (const line of lines) {
    const opens = NOTE.exec(line);
    if (opens) note = opens[1];
    else if (note !== null && line.trim() && !line.startsWith("    ")) note = null;
    if (note === null) body.push(line.replace(MARKERS, ""));
    else notes.set(note, `${notes.get(note) ?? ""} ${line.replace(NOTE, "")}`);
  }
  const text = body.join("\n");
  const order = new Set(Array.from(text.matchAll(MARK), (mark) => mark[1]));
  return {
    body: back(text.replace(MARK, "")),
    notes: [...order].map((label) => back(notes.get(label) ?? "")).join(""),
  };
}

/** The words that a sheet shows, or null when it is made of something that a letter is not made of. */
export function wordsOfSheet(sheet) {
  for (const element of [sheet, ...sheet.querySelectorAll("*")]) {
    const known = TAGS.has(element.tagName)
      && [...element.attributes].every((each) => ATTRIBUTES.has(each.name))
      && [...element.classList].every((each) => CLASSES.has(each));
    if (!known) return null;
  }
  const copy = sheet.cloneNode(true);
  for (const mark of copy.querySelectorAll('sup.mark, .footnotes a[href^="#mark-"]')) mark.remove();
  return bare(copy.textContent);
}

/** Where the two first part, as a few characters for people; empty when they are the same. */
export function difference(shown, signed) {
  if (shown === signed) return "";
  let at = 0;
  while (at < shown.length && shown[at] === signed[at]) at += 1;
  return (shown.slice(Math.max(0, at - 12), at + 24) || signed.slice(0, 24)).trim();
}
