// What a person has typed and the server does not have yet, kept in this browser under their own name. In
// IndexedDB, which has it on disk at once: localStorage is written some time later, and less and less often. It
// may be full, or forbidden to keep anything: then nothing is kept, and the page works all the same.
"use strict";
async function keptInBrowser(person, place) {
  const STORE = "kept", DAYS = 7, own = `${person}:${place}:`;
  const result = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  let database = null;
  function open() {
    const opening = indexedDB.open("varvet", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return result(opening);
  }
  async function inStore(what) {
    try {
      database ||= open();
      const opened = await database;
      opened.onversionchange = () => opened.close();
      return await what(opened.transaction(STORE, "readwrite").objectStore(STORE));
    } catch {
      database = null; // closed by a sign-out in another tab, perhaps: the next one opens it anew
      return null;
    }
  }

  // Read once: what this page keeps afterwards it knows.
  const known = new Map();
  await inStore(async (store) => {
    const [keys, values] = await Promise.all([result(store.getAllKeys()), result(store.getAll())]);
    keys.forEach((key, n) => {
      if (!(Date.now() - values[n].at < DAYS * 24 * 3600 * 1000)) store.delete(key);
      else if (key.startsWith(own)) known.set(key.slice(own.length), values[n]);
    });
  });
  const forgetEverything = () => inStore((store) => result(store.clear()));
  return {
    get: (name) => known.get(name) ?? null,
    names: () => [...known.keys()],
    keep: (name, value) => {
      known.set(name, { ...value, at: Date.now() });
      inStore((store) => result(store.put(known.get(name), own + name)));
    },
    forget: (name) => {
      if (known.delete(name)) inStore((store) => result(store.delete(own + name)));
    },
    // Signing out leaves nothing behind on a computer that others use, and says so when something would be lost.
    forgetAtSignOut: (isUnsaved) => {
      for (const signOut of document.querySelectorAll('form[action$="/logga-ut"]')) {
        signOut.addEventListener("submit", (event) => {
          if (isUnsaved() && !confirm("Allt du skrev är inte sparat än. Vill du logga ut ändå?")) event.preventDefault();
          else forgetEverything();
        });
      }
    },
  };
}
