import type { HostState, Theme } from "./types.ts";

/** Mattermost's default theme, Denim. */
const DENIM: Theme = {
  type: "Denim",
  sidebarBg: "#1e325c",
  sidebarText: "#ffffff",
  sidebarUnreadText: "#ffffff",
  sidebarTextHoverBg: "#28427b",
  sidebarTextActiveBorder: "#5d89ea",
  sidebarTextActiveColor: "#ffffff",
  sidebarHeaderBg: "#192a4d",
  sidebarHeaderTextColor: "#ffffff",
  sidebarTeamBarBg: "#162545",
  onlineIndicator: "#3db887",
  awayIndicator: "#ffbc1f",
  dndIndicator: "#d24b4e",
  mentionBg: "#ffffff",
  mentionBj: "#ffffff",
  mentionColor: "#1e325c",
  centerChannelBg: "#ffffff",
  centerChannelColor: "#3f4350",
  newMessageSeparator: "#cc8f00",
  linkColor: "#386fe5",
  buttonBg: "#1c58d9",
  buttonColor: "#ffffff",
  errorTextColor: "#d24b4e",
  mentionHighlightBg: "#ffd470",
  mentionHighlightLink: "#1b1d22",
  codeTheme: "github",
};

/** The theme that the user has chosen; Denim until then. */
export function themeOf(state: HostState): Theme {
  const { myPreferences } = state.entities.preferences;
  const chosen = myPreferences[`theme--${state.entities.teams.currentTeamId}`] ?? myPreferences["theme--"];
  return chosen ? { ...DENIM, ...(JSON.parse(chosen.value) as Theme) } : DENIM;
}

const kebab = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function rgb(hex: string): string {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255].join(", ");
}

/** Sets Mattermost's CSS variables, such as `--center-channel-color` and `--center-channel-color-rgb`. */
export function applyTheme(theme: Theme): void {
  const { style } = document.documentElement;
  for (const [key, value] of Object.entries(theme)) {
    if (!value.startsWith("#")) continue;
    style.setProperty(`--${kebab(key)}`, value);
    style.setProperty(`--${kebab(key)}-rgb`, rgb(value));
  }
  style.setProperty("--error-text", theme["errorTextColor"] ?? "");
}
