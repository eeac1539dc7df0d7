// What becomes of a press on the decision page: the answer is signed here or sent as it is. Loaded when somebody
// touches a form. A connection that is lost leaves the page as it stands, and the same press may come again: the
// service records an answer once.

/** The page with the next step; on to the receipt where the answer is recorded. */
export async function send(page, submitter) {
  const way = submitter?.hasAttribute("formaction") ? "service" : await page.wayOfPress();
  if (way === "service") return sent(page.form, submitter);
  await Promise.all([...document.querySelectorAll("details[data-text]")].map(filled));
  const { answer } = await import("./assent-signing.js");
  try {
    const { storeName: name, hidden, saveFirst } = page;
    return gone(await answer(page.form, way, { name, hidden, saveFirst }));
  } catch (error) {
    if (error.html === undefined) throw error;
    return error.html;
  }
}

/** Nothing comes after this page: the next one is on its way. */
function gone(address) {
  location.assign(address);
  return new Promise(() => {});
}

async function sent(form, submitter) {
  let answer;
  let page;
  try {
    const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
    answer = await fetch(address, { method: "POST", body: new FormData(form, submitter), credentials: "same-origin" });
    page = await answer.text();
  } catch {
    throw { code: "no-answer" };
  }
  if (answer.redirected && answer.ok) return gone(answer.url);
  // Its cookie is gone or its link was replaced: what was typed waits here until the link is open again beside it.
  if (answer.status === 404) throw { code: "link-first" };
  if (answer.status >= 500 || !(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) throw { code: "no-answer" };
  return page;
}

/** Put the text of this language in its place, if it is not there yet. */
export async function filled(details) {
  const { text } = details.dataset;
  if (!text) return;
  const answer = await fetch(text, { credentials: "same-origin" });
  const sheet = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article.sheet");
  if (!answer.ok || !sheet) throw { code: "no-answer" };
  delete details.dataset.text;
  details.querySelector("[data-instead]").replaceWith(document.adoptNode(sheet));
}

/** The line of the list as it is typed now, where an older question has not overtaken it. */
export async function drawn(line, form) {
  const asked = new FormData(form);
  line.dataset.asked = String(Number(line.dataset.asked ?? 0) + 1);
  const turn = line.dataset.asked;
  const answer = await fetch(form.dataset.line, { method: "POST", body: asked, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || line.dataset.asked !== turn) return;
  line.replaceChildren(...[...page.body.children].map((each) => document.adoptNode(each)));
}
