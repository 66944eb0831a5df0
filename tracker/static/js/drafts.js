// Drafts: what stands in a form is sent to the server a moment after it was typed, and kept in this browser
// (kept.js) until the server has it. What could not be sent is sent when the page is next opened.
"use strict";
(async () => {
  const PAUSE = 1000, LONGEST = 3000, AGAIN = 3000, KEEP = 250, PATIENCE = 8000, BEFORE_SENDING = 2000;
  const TROUBLE = "Utkastet är inte sparat än – försöker igen";
  const OWN = ["csrf_token", "utkast", "utkast_fran", "utkast_sida"];
  const forms = await Promise.all([...document.querySelectorAll("form[data-draft]")].map(draft));
  forms[0].forgetAtSignOut(() => forms.some((form) => form.isUnsaved()));

  async function draft(form) {
    const { draft: url, draftKey, draftWho: who, draftForm: kind, draftPlace: place } = form.dataset;
    const token = form.elements.utkast.value, continues = form.elements.utkast_fran.value;
    const word = form.querySelector("[data-draft-word]"), aloud = form.querySelector("[data-draft-said]");
    const typed = () => {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string" && !OWN.includes(name)) body.append(name, value);
      return body.toString();
    };
    const unsent = "draftUnsent" in form.dataset, first = typed();
    // Which fields say something else than when the page was opened: the draft is known by one of them.
    const opened = new FormData(form), title = pageName();
    const changed = () => {
      const now = new FormData(form);
      return [...new Set(now.keys())].filter((name) => String(now.getAll(name)) !== String(opened.getAll(name)));
    };
    let saved = unsent ? null : first;
    let number = Number(form.dataset.draftNumber), since = 0, at = 0, next = 0, keeping = 0, asked = 0, busy = null, sending = null;
    let signedOut = false, troubled = false, told = false;
    const { keep, get: kept, forget, names, forgetAtSignOut } = await keptInBrowser(who, `${kind}:${place}`);
    const isUnsaved = () => typed() !== saved;

    function say(text, ...more) {
      word.replaceChildren(text, ...more);
    }
    // A screen reader hears the first time it is saved, and when something goes wrong and right again.
    function tell(text) {
      aloud.textContent = text;
      setTimeout(() => { aloud.textContent = ""; }, 5000); // it stands above already, for who reads the page
    }

    // Each message has a higher number than the one before: one that comes late overwrites nothing.
    function message(body) {
      const message = new URLSearchParams(body);
      const about = { form: kind, place, address: form.elements.utkast_sida.value, number: ++number, continues, who, title };
      for (const [name, value] of Object.entries(about)) message.append(`draft-${name}`, value);
      for (const name of changed()) message.append("draft-changed", name);
      return message.toString();
    }

    async function post(to, body, leaving = false) {
      try {
        const answer = await fetch(to, {
          method: "POST", body, redirect: "error", keepalive: leaving && body.length < 60000, signal: AbortSignal.timeout(PATIENCE),
          headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": form.elements.csrf_token.value },
        });
        const known = answer.headers.get("Content-Type") === "application/json";
        return [answer.status, known ? await answer.json() : {}];
      } catch {
        return [0, {}];
      }
    }

    function save(leaving = false) {
      if (busy || signedOut || !isUnsaved()) return busy;
      const body = typed();
      const nothing = body === first && !continues && !unsent ? "&draft-nothing=1" : "";
      busy = post(url, message(body) + nothing, leaving).then(([status, answer]) => {
        busy = null;
        answered(status, answer, body);
      });
      return busy;
    }

    function answered(status, { said, newest }, body) {
      if (newest > number) {
        number = newest; // the page that this form was sent from had come further: once more
      } else if (status === 200 || status === 422) {
        saved = body;
        since = 0;
        if (isUnsaved()) since = Date.now();
        else forget(token);
        say(said);
        if (status === 422 || troubled || !told) tell(said);
        told = true;
        troubled = false;
      } else if ([400, 401, 403, 409].includes(status)) {
        signedOut = true;
        if (said) return void (say(said), tell(said));
        const link = document.createElement("a");
        link.href = `/logga-in?next=${encodeURIComponent(form.elements.utkast_sida.value)}`;
        link.target = "_blank";
        link.textContent = "Logga in igen i en ny flik";
        say("Utkastet är inte sparat än: du är utloggad, eller inloggad på ett annat sätt än när sidan öppnades. ", link, ", så sparas det. Texten ligger kvar här så länge.");
        tell(word.textContent);
      } else {
        next = Date.now() + AGAIN;
        say(TROUBLE);
        if (!troubled) tell(TROUBLE);
        troubled = true;
      }
    }

    // Signed in again in another tab as the same person, or back at the same organizer: the forms of this page can be
    // sent once more.
    async function comeBack() {
      try {
        const answer = await fetch(`${draftKey}?who=${encodeURIComponent(who)}`, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
        const { said, csrf_token: key } = await answer.json();
        if (!answer.ok && said !== word.textContent) {
          say(said);
          tell(said);
        }
        if (!answer.ok) return;
        for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = key;
        signedOut = false;
        troubled = true;
        save();
      } catch { /* still signed out, as somebody else, or the server is away */ }
    }

    function keepHere() {
      clearTimeout(keeping);
      keeping = 0;
      if (isUnsaved()) keep(token, { url, body: message(typed()) });
    }

    form.addEventListener("input", () => {
      at = Date.now();
      since ||= at;
      keeping ||= setTimeout(keepHere, KEEP);
    });
    const leave = () => { keepHere(); save(true); };
    document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
    addEventListener("pagehide", leave);
    addEventListener("online", () => { next = 0; });
    setInterval(() => {
      const now = Date.now();
      if (signedOut && !document.hidden && now - asked >= AGAIN) {
        asked = now;
        comeBack();
      } else if (now >= next && (now - at >= PAUSE || (since && now - since >= LONGEST))) save();
    }, 500);

    // The form itself is sent when the draft is: else the draft could come after it, and be taken for newer.
    form.addEventListener("submit", async (event) => {
      if (sending === "now" || (!sending && !busy && !isUnsaved())) return;
      event.preventDefault();
      if (sending) return;
      sending = "soon";
      keepHere();
      const wait = new Promise((done) => { setTimeout(done, BEFORE_SENDING); });
      await Promise.race([wait, (async () => { await busy; await save(); })()]);
      sending = null;
      if (navigator.onLine === false) {
        say("Det går inte att spara utan nät. Det du skrev ligger kvar här; försök igen när du har nät.");
        tell(word.textContent);
        return;
      }
      sending = "now";
      form.requestSubmit(event.submitter);
      sending = null;
    });

    // What was typed here before and never came to the server.
    (async () => {
      let came = false;
      for (const name of names()) {
        const before = kept(name);
        const [status] = before ? await post(before.url, before.body) : [400];
        if (status === 200 || status === 422) came = true;
        if (status === 200 || status === 422 || !before) forget(name);
      }
      // The page then shows what there is to choose between.
      if (came && typed() === first && !unsent) location.reload();
    })();
    return { isUnsaved, forgetAtSignOut };
  }

  // The heading, and where in the product the page is: the unit and the läsår that it does not name itself.
  function pageName() {
    const heading = document.querySelector("h1").textContent;
    const way = [...document.querySelectorAll(".ds-breadcrumbs li")].slice(1, -1).map((item) => item.textContent.trim());
    const more = way.filter((name) => !heading.includes(name)).join(", ");
    return more ? `${heading} – ${more}` : heading;
  }
})();
