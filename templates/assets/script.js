// Remembers the answer to the notice. Every page can be read without this script.
// What is kept is the notice's own text, so that a changed notice is shown again.
(() => {
  const notice = document.querySelector(".notice");
  const button = notice.querySelector("button");
  const text = notice.textContent.trim();
  const kept = (change) => {
    try { return change(localStorage); } catch { return null; } // storage may be forbidden
  };
  if (kept((storage) => storage.getItem("notice")) === text) {
    notice.hidden = true;
    return;
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    kept((storage) => storage.setItem("notice", text));
    notice.hidden = true;
  });
})();
