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
      else note.stopped = true;
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
    keep(note.slot, { text: note.field.value, version: version(note).value });
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

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (/^\s*<!doctype/i.test(detail.serverResponse)) detail.shouldSwap = false; // a whole page: an error's
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
    take(note, { mine, theirs, both: `${theirs}\n\n${mine}` }[choice]);
    note.field.focus();
  });

  form.addEventListener("submit", (event) => {
    if (!notes.some((note) => isUnsaved(note) && !note.stopped)) return forget("agreements");
    event.preventDefault();
    waitingToSubmit = event.submitter;
    notes.forEach(save);
  });
  forgetAtSignOut(() => notes.some(isUnsaved));

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

  // What was kept when the page was last left.
  for (const note of notes) {
    const before = kept(note.slot);
    if (panel(note)) { note.saved = stored(note); note.stopped = true; }
    else if (before && before.text !== note.field.value) {
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
