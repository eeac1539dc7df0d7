// Looks every few seconds whether anything about the letter has changed, and puts the changed parts in place without
// disturbing whoever is at work: what is focused, ticked, opened or scrolled to stays so.
const board = document.querySelector("[data-dashboard]");
const EVERY = 10_000;
let tag = "";

function kept(part) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  return {
    ticked: new Set([...part.querySelectorAll("input:checked")].map((each) => each.value)),
    opened: [...part.querySelectorAll("details")].map((each) => each.open),
    focus: active && (active.id ? `#${CSS.escape(active.id)}` : active.href ? `a[href="${CSS.escape(active.getAttribute("href"))}"]` : null),
  };
}

function put(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const state = kept(part);
  part.replaceChildren(...fresh.childNodes);
  for (const input of part.querySelectorAll("input[type=checkbox]")) input.checked = state.ticked.has(input.value);
  part.querySelectorAll("details").forEach((each, at) => { each.open = state.opened[at] ?? false; });
  if (state.focus) part.querySelector(state.focus)?.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(board.dataset.dashboard, { headers: tag ? { "If-None-Match": `"${tag}"` } : {}, cache: "no-store", redirect: "error" });
  if (answer.status !== 200) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of board.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other) put(part, other);
  }
  tag = (answer.headers.get("ETag") ?? "").replace(/^W\/|"/g, "");
}

const again = () => look().catch(() => {});
setInterval(again, EVERY);
document.addEventListener("visibilitychange", again);
board.querySelector("[data-refresh]").addEventListener("click", (event) => { event.preventDefault(); again(); });
board.querySelector("[data-live-words]").hidden = false;
board.querySelector(".without-scripts")?.remove();
for (const select of board.querySelectorAll(".filters select")) select.addEventListener("change", () => select.form.requestSubmit());
