/** An entry of an allow-list, or a user id, as it is compared. */
export function normalizeUserEntry(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/^mattermost:/, "")
    .replace(/^user:/, "");
}
