import { OWN_BOT, PASSWORD, TEAM } from "./stack.ts";

/** What the closing lines are about. */
export interface DemoPlace {
  readonly url: string;
  readonly username: string;
  readonly botToken: string;
  readonly adapter: string;
  /** Whether another web client than the test bed's page is served. */
  readonly hasOwnClient: boolean;
  readonly logs: string;
}

/** How to go on from here, for whoever started the demo. */
export function afterwards(place: DemoPlace): string[] {
  const page = place.hasOwnClient
    ? ""
    : " It is a page of the test bed; CLIENT=<folder> make demo serves Mattermost's client.";
  const look = `Open ${place.url}/${TEAM} in a browser.${page}`;
  return [
    "",
    `Mattermost:  ${place.url}   team ${TEAM}, bot @${OWN_BOT}`,
    `Log in as:   ${place.username} / ${PASSWORD}   or admin / ${PASSWORD} (system administrator)`,
    look,
    `Logs:        ${place.logs}`,
    "",
    "The same on a gateway of your own:",
    `  openclaw plugins install npm-pack:${place.adapter} --force --accept-capabilities`,
    `  openclaw channels add --channel mattermost --bot-token ${place.botToken} --http-url ${place.url}`,
    "  openclaw config set channels.mattermost.network.dangerouslyAllowPrivateNetwork true   # only as this server is local",
    "  openclaw config set session.dmScope per-channel-peer",
    "",
  ];
}
