// Progressive enhancement: buttons that copy a field.

for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  if (field === null || navigator.clipboard === undefined) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    } catch {
      // Without permission, select the text so that people can copy it themselves.
      field.focus();
      field.select();
    }
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}
