// The pages work without this script; it makes them quicker and saves what was typed.
"use strict";

// Two minutes before the session ends a line says so; without this script what was typed is kept all the same.
(() => {
  const told = document.getElementById("session-end");
  const left = Number(document.body.dataset.sessionLeft);
  if (!told || !left) { return; }
  let timer = 0;
  const wait = (seconds) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { told.hidden = false; }, Math.max(0, (seconds - 120) * 1000));
  };
  wait(left);
  told.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.status === 204) { told.hidden = true; wait(15 * 60); } else { window.location.reload(); }
  });
})();
