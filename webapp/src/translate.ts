import de from "../i18n/de.json" with { type: "json" };
import en from "../i18n/en.json" with { type: "json" };

export type TextKey = keyof typeof en;
export type Texts = Record<TextKey, string>;

const LANGUAGES: Record<string, Texts> = { en, de };

/** The texts of a locale; `de-AT` gets German, an unknown language English. */
export function textsFor(locale: string): Texts {
  return LANGUAGES[locale.toLowerCase().split("-")[0] ?? ""] ?? en;
}

/** Gives the text of a key, with `{name}` replaced by the value of that name. */
export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

export function translator(locale: string): Translate {
  const texts = textsFor(locale);
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}
