// What a person has typed and the server does not have yet, kept in this browser under their own name. It
// may be full, or forbidden to keep anything: then nothing is kept, and the page works all the same.
"use strict";
function keptInBrowser(person, place) {
  const PREFIX = "varvet:", DAYS = 7;
  const own = (name) => `${PREFIX}${person}:${place}:${name}`;
  const attempt = (what) => { try { return what(); } catch { return null; } };
  const forgetAll = (mayGo) => attempt(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && mayGo(key)) localStorage.removeItem(key);
  });
  const age = (key) => attempt(() => Date.now() - JSON.parse(localStorage.getItem(key)).at) ?? Infinity;
  forgetAll((key) => !(age(key) < DAYS * 24 * 3600 * 1000));
  return {
    keep: (name, value) => attempt(() => localStorage.setItem(own(name), JSON.stringify({ ...value, at: Date.now() }))),
    get: (name) => attempt(() => JSON.parse(localStorage.getItem(own(name)))),
    forget: (name) => attempt(() => localStorage.removeItem(own(name))),
    names: () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(own(""))).map((key) => key.slice(own("").length))) ?? [],
    // Signing out leaves nothing behind on a computer that others use, and says so when something would be lost.
    forgetAtSignOut: (isUnsaved) => {
      for (const signOut of document.querySelectorAll('form[action$="/logga-ut"]')) {
        signOut.addEventListener("submit", (event) => {
          if (isUnsaved() && !confirm("Allt du skrev är inte sparat än. Vill du logga ut ändå?")) event.preventDefault();
          else forgetAll(() => true);
        });
      }
    },
  };
}
