// The decision page's first script: small, and the page is whole without it. It shows how an answer can be signed,
// asks for no code where this device's key is known, and takes over the press. Everything else is loaded then.

const DATABASE = "signing-keys";

/** The kept key's public part, without making a store where there is none. */
function kept(name) {
  return new Promise((resolve) => {
    let asked;
    try {
      asked = indexedDB.open(DATABASE, 1);
    } catch {
      resolve(undefined);
      return;
    }
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = () => resolve(undefined);
    asked.onsuccess = () => {
      const found = asked.result.transaction("keys").objectStore("keys").get(name);
      found.onsuccess = () => resolve(found.result);
      found.onerror = () => resolve(undefined);
      asked.result.close();
    };
  });
}

/** What the page says in its own language; the words are the server's. */
function words(code) {
  const list = document.getElementById("signing-words").content;
  const found = list.querySelector(`[data-code="${CSS.escape(code)}"]`)
    ?? list.querySelector(code.startsWith("differs-") ? "[data-code=differs-shape]" : "[data-code=failed]");
  return found.textContent;
}

function able() {
  return Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && globalThis.isSecureContext);
}

class DecisionPage {
  constructor(form) {
    this.form = form;
    this.known = new Set((form.dataset.keys ?? "").split(" ").filter(Boolean));
    this.withCode = form.querySelector("[data-with-code]");
    this.withoutCode = document.getElementById("signing-without-code").content.firstElementChild;
    form.querySelector("[data-plain]")?.remove();
    const ways = document.getElementById("signing-ways").content.cloneNode(true);
    if (!globalThis.PublicKeyCredential) ways.querySelector("[data-way=passkey]")?.remove();
    form.querySelector("[data-ways]").append(ways);
    const radios = [...form.querySelectorAll("[name=way]")];
    if (radios.length) (radios.find((each) => each.value === form.dataset.way) ?? radios[0]).checked = true;
    form.addEventListener("change", () => this.look());
    form.addEventListener("submit", (event) => this.press(event));
    this.look();
  }

  get decision() {
    return this.form.elements.decision.value;
  }

  get way() {
    // Nobody's key signs a refusal: who refused is nobody's business.
    return this.decision === "decline" ? "service" : (this.form.querySelector("[name=way]:checked")?.value ?? "service");
  }

  /** Whether the answer stands under a commitment; a withdrawal stands where the approval stood. */
  get hidden() {
    return this.decision === "withdraw"
      ? this.form.dataset.confidential === "yes"
      : Boolean(this.form.elements.confidential?.checked);
  }

  get storeName() {
    const { letterId, organisation } = this.form.dataset;
    return this.hidden ? `confidential:${letterId}:${organisation}` : `org:${organisation}`;
  }

  /** Bring the page in line with what is chosen; only looks, never sends. */
  async look() {
    const name = { device: this.storeName, passkey: `passkey:${this.storeName}` }[this.way];
    const key = name ? await kept(name) : undefined;
    const knows = Boolean(key && this.known.has(key.key));
    const chosen = this.form.querySelector("[name=way]:checked");
    if (chosen) this.form.querySelector("[data-way-name]").textContent = chosen.closest("[data-way]").dataset.name;
    const save = this.form.querySelector("[data-save]");
    if (save) save.hidden = this.way === "service";
    this.withCode.hidden = knows;
    if (knows) this.withCode.before(this.withoutCode);
    else this.withoutCode.remove();
    this.form.dataset.ready = `${this.way} ${knows ? "known" : "code"}`;
  }

  async press(event) {
    if (event.submitter?.hasAttribute("formaction") || this.way === "service") return;
    event.preventDefault();
    if (this.form.ariaBusy === "true") return;
    this.busy(true);
    try {
      const { answer } = await import("./assent-signing.js");
      const saveFirst = this.form.elements.save.checked;
      location.assign(await answer(this.form, this.way, { name: this.storeName, hidden: this.hidden, saveFirst }));
    } catch (error) {
      this.busy(false);
      if (error.html !== undefined) show(error.html);
      else this.tell(error);
    }
  }

  busy(yes) {
    this.form.ariaBusy = String(yes);
    this.form.querySelector("[data-signing]").textContent = yes ? words("working") : "";
    if (yes) this.form.querySelector("[data-alarm]").hidden = true;
  }

  tell(error) {
    const alarm = this.form.querySelector("[data-alarm]");
    const lines = [words(error.code ?? "failed")];
    if (error.code === "differs") lines.push(words(`differs-${error.detail.split(":")[0]}`));
    // After the name of what differs stands where it does: the language, and the letter's words there.
    const where = error.code === "clock" ? error.detail : error.detail?.split(": ").slice(1).join(": ");
    if (where) lines.push(where);
    if (error.code === "differs" || error.code === "clock") lines.push(words("nothing-signed"));
    alarm.replaceChildren(...lines.map((line) => (
      Object.assign(document.createElement("p"), { textContent: line, dir: "auto" })
    )));
    alarm.hidden = false;
    alarm.dataset.code = error.code ?? error.name;
    alarm.focus();
  }
}

/** Put the main part of a page the server answered with in place of ours, and begin again there. */
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  begin();
  const first = document.querySelector("main .summary") ?? document.querySelector("main h1");
  first.tabIndex = -1;
  first.focus();
}

function begin() {
  const form = document.querySelector("form[data-statement]");
  if (form && able()) new DecisionPage(form);
}

begin();
