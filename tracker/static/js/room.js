// The room: every text is saved a moment after it was typed (htmx sends it and puts the answer below
// it). What is not saved yet is kept in this browser (kept.js), and sent again until the server has it.
"use strict";
(async () => {
  const room = document.querySelector("[data-room]");
  if (!room) return;
  const form = room.closest("form");
  const PAUSE = 1000, LONGEST = 3000, AGAIN = 3000, NEWS = 5000;
  const TROUBLE = "Inte sparat än – försöker igen";

  const notes = [...room.querySelectorAll("textarea[data-note]")].map((field) => (
    { field, slot: field.dataset.note, saved: field.value, sent: null, unheard: [], since: 0, typed: 0, next: 0, stopped: false }
  ));
  const state = (note) => document.getElementById(`lage-${note.slot}`);
  const version = (note) => state(note).querySelector("input[type=hidden]");
  const panel = (note) => state(note).querySelector("[data-conflict]");
  const stored = (note) => panel(note).querySelector("[data-stored]").textContent;
  const isUnsaved = (note) => note.field.value !== note.saved;
  const say = (note, ...words) => state(note).querySelector("[data-word]").replaceChildren(...words);
  const agreements = () => document.getElementById("overenskommelser");
  const wholeRoom = document.querySelector("[data-room-word]");
  let waitingToSubmit = null;
  const { keep, get: kept, forget, forgetAtSignOut } = await keptInBrowser(room.dataset.person, room.dataset.room);

  function save(note) {
    if (note.sent !== null || note.stopped || !isUnsaved(note)) return;
    note.sent = note.field.value;
    say(note, "Sparas …");
    htmx.trigger(note.field, "save");
  }

  function answered(note, status) {
    const sent = note.sent;
    note.sent = null;
    if (status === 0 || status >= 500) {
      note.unheard.push(sent.trim()); // it may have been saved although nobody answered
      note.next = Date.now() + AGAIN;
      say(note, TROUBLE);
      wholeRoom.textContent = TROUBLE;
      return;
    }
    wholeRoom.textContent = "";
    if (status === 200) {
      note.saved = sent;
      note.unheard = [];
      note.since = 0;
      if (isUnsaved(note)) typed(note);
      else forget(note.slot);
    } else if (status === 409 && panel(note)) {
      if (note.unheard.includes(stored(note))) take(note, note.field.value);
      else stop(note);
    } else {
      note.stopped = true;
      if (status === 422) return;
      const again = document.createElement("a");
      again.href = location.pathname;
      again.textContent = "Ladda om sidan";
      say(note, "Inte sparat än. ", again, ", så sparas det du skrev.");
    }
    if (waitingToSubmit && !notes.some((each) => isUnsaved(each) && !each.stopped)) form.requestSubmit(waitingToSubmit);
  }

  // Two texts: nothing is saved until one is chosen. Mine is kept as one that builds on nothing that is
  // stored (version 0), so that it meets the other again, and never replaces it, when the page is back.
  function stop(note) {
    note.stopped = true;
    keepText(note);
  }

  function keepText(note) {
    keep(note.slot, { text: note.field.value, version: panel(note) ? 0 : version(note).value });
  }

  // Two texts in one. Lines and sentences that both begin or end with stand once, around what each has of its
  // own; two texts that share none stand whole, one after the other.
  function both(theirs, mine) {
    const [a, b] = [theirs, mine].map((text) => text.match(/\S.*?(?:[.!?](?=\s+\p{Lu})|(?=\n)|$)\s*/gu) ?? []);
    const same = (n, m) => a.at(n)?.trim() === b.at(m)?.trim();
    let head = 0, tail = 0;
    while (head < Math.min(a.length, b.length) && same(head, head)) head += 1;
    while (tail < Math.min(a.length, b.length) - head && same(-1 - tail, -1 - tail)) tail += 1;
    if (head + tail === 0) return [theirs, mine].filter(Boolean).join("\n\n");
    const middle = [a, b].map((pieces) => pieces.slice(head, pieces.length - tail).join("").trim()).filter(Boolean);
    const before = (a.length > head ? a : b).slice(0, head).join("");
    const after = tail ? "\n" + a.slice(-tail).join("") : "";
    return (before + middle.join("\n") + after).trimEnd();
  }

  // Choose between two texts: from here on, `text` builds on the one that is stored.
  function take(note, text) {
    version(note).value = panel(note).dataset.version;
    note.saved = stored(note);
    note.unheard = [];
    note.stopped = false;
    note.field.value = text;
    panel(note).remove();
    if (!isUnsaved(note)) return void (forget(note.slot), say(note));
    typed(note);
    save(note);
  }

  function typed(note) {
    note.typed = Date.now();
    note.since ||= note.typed;
    if (!panel(note)) note.stopped = false;
    if (!note.stopped && note.sent === null && note.next < note.typed) say(note, "Sparas …");
    keepText(note);
  }

  room.addEventListener("input", ({ target }) => {
    const note = notes.find(({ field }) => field === target);
    if (note) typed(note);
    else if (agreements().contains(target)) keep("agreements", { fields: { ...kept("agreements")?.fields, [target.name]: target.value } });
  });
  room.addEventListener("focusout", ({ target }) => notes.filter(({ field }) => field === target).forEach(save));
  document.addEventListener("visibilitychange", () => document.hidden && notes.forEach(save));
  setInterval(() => {
    const now = Date.now();
    for (const note of notes) if (now >= note.next && (now - note.typed >= PAUSE || now - note.since >= LONGEST)) save(note);
  }, 500);

  // Of several agreements some may have been saved: what a field no longer shows is not to come back in it.
  function stillTyped() {
    const fields = Object.entries(kept("agreements")?.fields ?? {}).filter(([name, value]) => form.elements[name]?.value.trim() === value.trim());
    if (fields.length) keep("agreements", { fields: Object.fromEntries(fields) });
    else forget("agreements");
  }

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (/^\s*<!doctype/i.test(detail.serverResponse)) detail.shouldSwap = false; // a whole page: an error's
  });
  document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
    if ([409, 422].includes(detail.xhr.status) && agreements().contains(detail.elt)) stillTyped();
    if (detail.xhr.status === 422 && agreements().contains(detail.elt)) agreements().querySelector("[aria-invalid=true]")?.focus();
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const note = notes.find(({ field }) => field === detail.elt);
    if (note) answered(note, detail.xhr.status);
    else if (detail.xhr.status === 200) forget("agreements");
    if (!note) wholeRoom.textContent = [200, 409, 422].includes(detail.xhr.status) ? "" : "Överenskommelsen är inte sparad än. Försök igen om en stund.";
  });

  room.addEventListener("click", ({ target }) => {
    const choice = target.closest("[data-choose]")?.dataset.choose;
    const note = choice && notes.find((each) => state(each).contains(target));
    if (!note) return;
    const mine = note.field.value, theirs = stored(note);
    take(note, { mine, theirs, both: both(theirs, mine) }[choice]);
    note.field.focus();
  });

  form.addEventListener("submit", (event) => {
    if (!notes.some((note) => isUnsaved(note) && !note.stopped)) return forget("agreements");
    event.preventDefault();
    waitingToSubmit = event.submitter;
    notes.forEach(save);
  });
  forgetAtSignOut(() => notes.some(isUnsaved));

  // Leaving is asked about while two texts stand against each other; sending the form, or signing out, is not.
  let isSending = false;
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented) isSending = target === form || target.action.endsWith("/logga-ut");
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && notes.some((note) => panel(note) && isUnsaved(note))) event.preventDefault();
  });

  // What the other side writes, shown where nothing unsaved stands in the way.
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${room.dataset.news}?agreements=${encodeURIComponent(agreements().dataset.agreements)}`);
      const news = await answer.json();
      for (const note of notes) {
        const newer = news.notes[note.slot];
        if (!newer || isUnsaved(note) || note.sent !== null || note.stopped || newer.version <= Number(version(note).value)) continue;
        const caret = note.field.selectionStart;
        note.saved = note.field.value = newer.text;
        version(note).value = newer.version;
        if (note.field === document.activeElement) note.field.setSelectionRange(caret, caret);
        say(note, newer.state);
      }
      if (news.agreements && !kept("agreements") && !agreements().contains(document.activeElement)) {
        agreements().outerHTML = news.agreements;
        htmx.process(agreements());
      }
    } catch { /* the server is away, or asks for sign-in: saving says so */ }
  }, NEWS);

  // What was kept when the page was last left. The last words may have been stored, and the answer lost, before
  // they were kept: a text that goes on where the kept one ends has all of it.
  function isIn(note, before) {
    return before.version !== version(note).value && note.field.value.startsWith(before.text.trimEnd());
  }
  for (const note of notes) {
    const before = kept(note.slot);
    if (panel(note)) { note.saved = stored(note); stop(note); }
    else if (before && !isIn(note, before) && before.text !== note.field.value) {
      note.field.value = before.text;
      version(note).value = before.version;
      say(note, "Sparas …");
    } else forget(note.slot);
  }
  for (const [name, value] of Object.entries(kept("agreements")?.fields ?? {})) {
    if (form.elements[name]) form.elements[name].value = value;
    form.elements[name]?.closest("details")?.setAttribute("open", "");
  }
  for (const each of document.querySelectorAll(".script-only")) each.hidden = false;
})();
