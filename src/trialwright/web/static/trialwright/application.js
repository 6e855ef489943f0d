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
// The history of a value beside it, when it is pointed at or has the focus; Escape puts it away (WCAG 1.4.13).
(() => {
  let shown = null, waiting = null;
  const away = () => {
    clearTimeout(waiting);
    if (!shown) return;
    shown.link.removeAttribute("aria-describedby");
    shown.box.remove();
    shown = null;
  };
  const show = async (link) => {
    if (shown && shown.link === link) return;
    away();
    const answer = await fetch(`${link.getAttribute("href")}brief/`, { headers: { "X-Requested-With": "brief" } });
    if (!answer.ok || !(link.matches(":hover") || document.activeElement === link)) return;
    away();
    const box = document.createElement("div");
    box.className = "brief";
    box.id = "brief";
    box.setAttribute("role", "tooltip");
    box.innerHTML = await answer.text();
    document.body.append(box);
    const at = link.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8)) + scrollX}px`;
    box.style.top = `${at.bottom + scrollY + 4}px`;
    link.setAttribute("aria-describedby", "brief");
    shown = { link, box };
  };
  const over = (target) => target instanceof Element ? target.closest("a.hist") : null;
  document.addEventListener("pointerover", (event) => {
    const link = over(event.target);
    if (link) { clearTimeout(waiting); waiting = setTimeout(() => show(link), 250); return; }
    if (shown && !shown.box.contains(event.target) && document.activeElement !== shown.link) {
      clearTimeout(waiting);
      waiting = setTimeout(away, 250);
    } else if (shown && shown.box.contains(event.target)) clearTimeout(waiting);
  });
  document.addEventListener("focusin", (event) => { const link = over(event.target); if (link) show(link); else if (shown && !shown.box.contains(event.target)) away(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") away(); });
})();
