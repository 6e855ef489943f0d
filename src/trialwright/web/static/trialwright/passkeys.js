// A passkey that does not answer is told on the page.
"use strict";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("passkey-fault");
  if (told) { told.hidden = false; }
});
