/* How far a file is: asks its manifest every two seconds, and shows the page anew when it began and when it ended. */
"use strict";
const shown = () => document.querySelector("[data-look]");
// Not by loading the page again: the browser would give up the file that is just beginning.
const renew = async () => {
  const page = await (await fetch(location.href, { cache: "no-store" })).text();
  document.querySelector("main").replaceWith(new DOMParser().parseFromString(page, "text/html").querySelector("main"));
};
const ask = async () => {
  const bytes = document.querySelector("[data-bytes]");
  const answer = await fetch(shown().dataset.look, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.ok) {
    const told = await answer.json();
    if (!bytes || told.state !== "running") await renew();
    else if (told.bytes !== null) bytes.textContent = told.bytes.toLocaleString(document.documentElement.lang);
  }
  if (shown()) setTimeout(ask, 2000);
};
if (document.querySelector("[data-bytes]")) { if (shown()) setTimeout(ask, 2000); }
else if (shown()) shown().addEventListener("click", () => setTimeout(ask, 1000));
