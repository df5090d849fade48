// Shows a page of this site in a frame as wide as a phone.
(() => {
  "use strict";
  const at = new URL(new URLSearchParams(location.search).get("page") || "/", location.origin);
  if (at.origin !== location.origin) return;
  const frame = document.querySelector("iframe");
  frame.src = at.pathname + at.search;
  const back = document.getElementById("back");
  back.href = frame.src;
  frame.addEventListener("load", () => { back.href = frame.contentWindow.location.pathname; });
})();
