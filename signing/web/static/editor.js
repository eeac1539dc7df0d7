// The editor's script: saves what is written a moment after each change and shows how it looks. The page is whole
// without it, and it takes the cursor from nobody.

const PAUSE = 900;
const RETRY = 8000;
const PRESENCE = 20000;
const MOST = 1_900_000;

const form = document.querySelector("form[data-keep]");
const preview = document.querySelector("[data-preview]");
const saved = form.querySelector("[data-saved]");
const words = form.querySelector("template[data-words]").content;

let timer;
let dirty = false;
let busy = false;
let stopped = false;

function say(code) {
  tell(words.querySelector(`[data-code="${code}"]`).textContent, code);
}

function tell(text, state) {
  saved.dataset.state = state;
  if (saved.textContent !== text) saved.textContent = text;
}

function soon(pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(keep, pause);
}

async function keep() {
  if (!dirty || stopped) return;
  if (busy) return soon();
  const data = new FormData(form);
  if (new URLSearchParams(data).toString().length > MOST) return say("large");
  busy = true;
  dirty = false;
  if (saved.dataset.state !== "saved") say("saving");
  let again = 0;
  try {
    const answer = await fetch(form.dataset.keep, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) show(page.querySelector("[data-revision]"));
    else again = refused(answer.status, page);
  } catch {
    say("failed");
    again = RETRY;
  }
  busy = false;
  if (again) dirty = true;
  if (dirty && !stopped) soon(again || PAUSE);
}

function refused(status, page) {
  if (status === 409) {
    stopped = true;
    dirty = true;
    tell(page.body.textContent.trim(), "newer");
    return 0;
  }
  const code = { 401: "signed-out", 403: "may-not", 404: "may-not", 413: "large" }[status];
  if (code) say(code);
  else if (status === 422) tell(page.body.textContent.trim().slice(0, 300), "failed");
  else say("failed");
  return RETRY;
}

function show(kept) {
  form.elements.revision.value = kept.dataset.revision;
  if (!dirty) tell(kept.querySelector("[data-part=saved]").textContent, "saved");
  const open = [...preview.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
  const at = preview.scrollTop;
  const before = preview.querySelector("[data-looks]");
  preview.replaceChildren(...kept.querySelector("[data-part=preview]").childNodes);
  if (before && !preview.querySelector("[data-looks]")) {
    // So long as a line is broken, the letter stays in sight as it was.
    before.classList.add("stale");
    preview.append(before);
  }
  for (const each of preview.querySelectorAll("details > summary")) {
    each.parentElement.open = open.includes(each.textContent);
  }
  preview.scrollTop = at;
}

/** One more empty box below the addressees when the last one is written in. */
function oneMore(area) {
  const blocks = area.closest("[data-blocks]");
  const all = blocks.querySelectorAll("textarea");
  if (area !== all[all.length - 1] || !area.value.trim()) return;
  const field = area.closest(".field").cloneNode(true);
  field.classList.remove("has-error");
  field.querySelector(".error")?.remove();
  const copy = field.querySelector("textarea");
  copy.id = copy.name = `${blocks.dataset.blocks}-${all.length}`;
  copy.setAttribute("aria-label", area.getAttribute("aria-label").replace(/\d+$/, all.length + 1));
  copy.removeAttribute("aria-invalid");
  copy.setAttribute("aria-describedby", `${blocks.dataset.blocks}-hint`);
  copy.value = "";
  blocks.append(field);
}

async function here() {
  if (document.visibilityState !== "visible") return;
  const data = new FormData();
  for (const name of ["csrf_token", "language"]) data.set(name, form.elements[name].value);
  try {
    const answer = await fetch(form.dataset.here, { method: "POST", body: data });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const others = document.querySelector("[data-others]");
    if (others.textContent.trim() !== page.body.textContent.trim()) others.replaceChildren(...page.body.childNodes);
  } catch {
    // Who else is here is told the next time.
  }
}

form.addEventListener("input", (event) => {
  dirty = true;
  if (event.target.closest("[data-blocks]")) oneMore(event.target);
  soon();
});
document.addEventListener("click", (event) => {
  const at = Number(event.target.closest?.("[data-line]")?.dataset.line);
  if (!at) return;
  event.preventDefault();
  const { body } = form.elements;
  const lines = body.value.split("\n");
  const start = lines.slice(0, at - 1).join("\n").length + (at > 1 ? 1 : 0);
  body.focus();
  body.setSelectionRange(start, start + (lines[at - 1] ?? "").length);
});
form.addEventListener("submit", () => {
  stopped = true;
  dirty = false;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep();
  else here();
});
addEventListener("beforeunload", (event) => {
  if (dirty || busy) event.preventDefault();
});
addEventListener("pageshow", (event) => {
  // A page that was gone back to is older than what was saved from it.
  if (event.persisted) location.reload();
});
here();
setInterval(here, PRESENCE);
