/**
 * The server's address as people write it, made usable: spaces, a trailing slash and a trailing `/api/v4` are
 * forgiven; a subpath stays. Undefined for what is no http(s) address.
 */
export function normalizeBaseUrl(raw: string | undefined): string | undefined {
  const text = raw?.trim();
  if (!text) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username || url.password) return undefined;
  const path = url.pathname.replace(/(?:\/+api\/v4)*\/*$/i, "");
  return `${url.origin}${path}`;
}
