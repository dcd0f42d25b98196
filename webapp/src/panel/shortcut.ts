type Key = Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat" | "getModifierState">;

/** Ctrl+Alt+O, on a Mac Option+Command+O. AltGr, which some keyboards write letters with, is not meant. */
export function isShortcut(event: Key): boolean {
  const { code, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
  const isCommand = ctrlKey !== metaKey;
  return code === "KeyO" && isCommand && altKey && !shiftKey && !repeat && !event.getModifierState("AltGraph");
}

/** How the shortcut is written on the keyboards that a browser names. */
export function shortcutHint(userAgent: string): string {
  return /mac|iphone|ipad/i.test(userAgent) ? "⌥⌘O" : "Ctrl+Alt+O";
}
