/* How far a file is: asks its manifest every two seconds, and shows the page anew when it began and when it ended. */
"use strict";
const look = document.querySelector("[data-look]");
if (look) {
  const bytes = document.querySelector("[data-bytes]");
  const ask = async () => {
    const answer = await fetch(look.dataset.look, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.ok) {
      const told = await answer.json();
      if (!bytes || told.state !== "running") return location.reload();
      if (told.bytes !== null) bytes.textContent = told.bytes.toLocaleString(document.documentElement.lang);
    }
    setTimeout(ask, 2000);
  };
  if (bytes) setTimeout(ask, 2000);
  else look.addEventListener("click", () => setTimeout(ask, 500));
}
