const MEGABYTE = 1_000_000;

/** A size for people: `7.4 MB`, `12.3 kB`. */
export function sizeInWords(bytes: number): string {
  return bytes >= MEGABYTE ? `${(bytes / MEGABYTE).toFixed(1)} MB` : `${(bytes / 1000).toFixed(1)} kB`;
}
