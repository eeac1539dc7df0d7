// The decision page's first script: small, and the page is whole without it. It tells the deadline in the reader's own
// time, shows how an answer can be signed, and takes over the press, so that a lost connection loses nothing typed.
// What signs and sends is loaded when somebody touches the form, not before.

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

/** A form of an answer: says what became of a press, and lets one press at a time through. */
class AnswerForm {
  constructor(form) {
    this.form = form;
    const sending = () => import("./decision-sending.js");
    for (const touch of ["focusin", "pointerdown"]) {
      form.addEventListener(touch, () => sending().catch(() => {}), { once: true });
    }
    form.addEventListener("submit", async (event) => {
      // What leads elsewhere, with what was typed, is a page like any other.
      const { submitter } = event;
      if (submitter?.hasAttribute("formaction") && !submitter.hasAttribute("data-code")) return;
      event.preventDefault();
      if (form.ariaBusy === "true") return;
      this.busy(true);
      try {
        show(await (await sending().catch(() => { throw { code: "no-answer" }; })).send(this, submitter));
      } catch (error) {
        this.busy(false);
        this.tell(error);
      }
    });
  }

  get decision() {
    return this.form.elements.decision.value;
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

  get saveFirst() {
    return Boolean(this.form.elements.save?.checked);
  }

  /** Whether the key kept here for this way speaks for the organisation already. */
  async knows(way) {
    const name = { device: this.storeName, passkey: `passkey:${this.storeName}` }[way];
    const key = name && able() ? await kept(name) : undefined;
    return Boolean(key && (this.form.dataset.keys ?? "").split(" ").includes(key.key));
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

/** The long form: offers the ways to sign, and asks for no code where this device's key is known. */
class LongForm extends AnswerForm {
  constructor(form) {
    super(form);
    this.withCode = form.querySelector("[data-with-code]");
    this.withoutCode = document.getElementById("signing-without-code").content.firstElementChild;
    if (able()) this.offerWays();
    form.addEventListener("change", () => this.look());
    this.showLineAsTyped();
    this.look();
  }

  offerWays() {
    this.form.querySelector("[data-plain]")?.remove();
    const ways = document.getElementById("signing-ways").content.cloneNode(true);
    if (!globalThis.PublicKeyCredential) ways.querySelector("[data-way=passkey]")?.remove();
    this.form.querySelector("[data-ways]").append(ways);
    const radios = [...this.form.querySelectorAll("[name=way]")];
    if (radios.length) (radios.find((each) => each.value === this.form.dataset.way) ?? radios[0]).checked = true;
  }

  /** The line of the list follows what is typed of it, a moment later. */
  showLineAsTyped() {
    const line = this.form.querySelector("[data-line-shown]");
    let soon;
    line?.closest("fieldset").addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(async () => {
        const { drawn } = await import("./decision-sending.js");
        drawn(line, this.form).catch(() => {});
      }, 400);
    });
  }

  get way() {
    // Nobody's key signs a refusal: who refused is nobody's business.
    return this.decision === "decline" ? "service" : (this.form.querySelector("[name=way]:checked")?.value ?? "service");
  }

  async wayOfPress() {
    return this.way;
  }

  /** What Enter presses: the step that is next. */
  enter(knows) {
    const button = document.querySelector("[data-default]");
    const code = this.withCode.querySelector("[data-code]");
    const asksForCode = !knows && !this.form.elements.code;
    button.toggleAttribute("data-code", asksForCode);
    if (asksForCode) button.setAttribute("formaction", code.getAttribute("formaction"));
    else button.removeAttribute("formaction");
  }

  /** Bring the page in line with what is chosen; only looks, never sends. */
  async look() {
    const knows = await this.knows(this.way);
    const chosen = this.form.querySelector("[name=way]:checked");
    if (chosen) this.form.querySelector("[data-way-name]").textContent = chosen.closest("[data-way]").dataset.name;
    const save = this.form.querySelector("[data-save]");
    if (save) save.hidden = this.way === "service";
    this.enter(knows);
    this.withCode.hidden = knows;
    if (knows) this.withCode.before(this.withoutCode);
    else this.withoutCode.remove();
    this.form.dataset.ready = `${this.way} ${knows ? "known" : "code"}`;
  }
}

/** The one button of whoever has signed before: with the key that is kept here, else on to the code. */
class QuickForm extends AnswerForm {
  constructor(form, long) {
    super(form);
    Object.assign(form.dataset, long.dataset);
  }

  async wayOfPress() {
    for (const way of ["device", "passkey"]) {
      if (await this.knows(way)) return way;
    }
    return "service";
  }
}

/** Put the main part of a page the server answered with in place of ours, and begin again there. */
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  begin();
  const first = document.querySelector("main .summary") ?? document.querySelector("main [autofocus]")
    ?? document.querySelector("main h1");
  if (!first.matches("input")) first.tabIndex = -1;
  first.focus();
}

/** The deadline where the reader is, if it is another time there. */
function tellOwnTime(line) {
  const own = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  });
  const at = new Date(line.dataset.ownTime);
  if (-at.getTimezoneOffset() === Number(line.dataset.offset)) line.textContent = "";
  else line.textContent = line.dataset.words.replace("…", own.format(at));
}

/** A text that the page was too heavy for, when its language is opened. */
function fetchWhenOpened(details) {
  details.addEventListener("toggle", async () => {
    const { filled } = await import("./decision-sending.js");
    filled(details).catch(() => {});
  }, { once: true });
}

function begin() {
  document.querySelectorAll("[data-own-time]").forEach(tellOwnTime);
  document.querySelectorAll("details[data-text]").forEach(fetchWhenOpened);
  const long = document.querySelector("form[data-statement]:not([data-quick])");
  if (!long) return;
  new LongForm(long);
  const quick = document.querySelector("form[data-quick]");
  if (quick) new QuickForm(quick, long);
}

begin();
