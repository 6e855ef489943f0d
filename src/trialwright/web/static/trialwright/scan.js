// The camera as a scanner, where the browser knows bar codes. Without it the field takes what a scanner types.
"use strict";
(async () => {
  const button = document.getElementById("camera"), viewer = document.getElementById("viewer"), field = document.getElementById("scan");
  if (!button || !field || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const known = await BarcodeDetector.getSupportedFormats();
  const wanted = ["data_matrix", "code_128", "qr_code"].filter((format) => known.includes(format));
  if (!wanted.length) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const detector = new BarcodeDetector({ formats: wanted });
    viewer.srcObject = stream; viewer.hidden = false; button.hidden = true; await viewer.play();
    const look = async () => {
      const found = await detector.detect(viewer).catch(() => []);
      if (!found.length) return requestAnimationFrame(look);
      stream.getTracks().forEach((track) => track.stop());
      field.value = found[0].rawValue; field.form.elements.device.value = "camera"; field.form.submit();
    };
    look();
  });
})();
