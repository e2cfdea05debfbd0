// Says in the page's own words when a passkey was not made or not used; the rest is the library's.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.getElementById("passkey-trouble");
  trouble.textContent = trouble.dataset.said;
});
