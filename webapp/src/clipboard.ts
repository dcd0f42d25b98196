/** Puts a text on the clipboard, also where the browser lends it to nobody, as it does without HTTPS. Rejects if it cannot. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyFromField(text)) throw new Error("The browser copies nothing.");
  }
}

/** As if somebody had selected the text and copied it. */
function copyFromField(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.cssText = "position: fixed; top: 0; opacity: 0;";
  document.body.append(field);
  field.select();
  try {
    // Nothing else copies without HTTPS.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand("copy");
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
