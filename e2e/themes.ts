import { type MattermostClient, type Page, until } from "@openclaw-mattermost/testbed";

/** What differs from the page's light theme; the keys are Mattermost's. */
const THEMES = {
  denim: {},
  onyx: {
    type: "Onyx",
    sidebarBg: "#202228",
    sidebarTeamBarBg: "#292c33",
    sidebarHeaderBg: "#24272d",
    sidebarTextActiveBorder: "#4a7ce8",
    centerChannelBg: "#191b1f",
    centerChannelColor: "#e3e4e8",
    linkColor: "#5d89ea",
    buttonBg: "#4a7ce8",
    errorTextColor: "#da6c6e",
  },
};

/** Chooses a theme as a user does, and waits until the page wears it. */
export async function useTheme(page: Page, user: MattermostClient, name: keyof typeof THEMES): Promise<void> {
  const preference = { user_id: user.me.id, category: "theme", name: "", value: JSON.stringify(THEMES[name]) };
  const background = name === "onyx" ? "#191b1f" : "#ffffff";
  await until(
    async () => {
      // Told to pages by WebSocket: one that has just been loaded may not hear it yet.
      await user.rest.call("PUT", `/api/v4/users/${user.me.id}/preferences`, [preference]);
      const worn = () => document.documentElement.style.getPropertyValue("--center-channel-bg");
      return (await page.evaluate(worn)) === background;
    },
    { what: `the page wears ${name}`, deadlineMs: 30_000 },
  );
}
