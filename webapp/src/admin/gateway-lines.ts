const PLAIN = /^[\w./:@%+~-]+$/;

function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** File name of the packed adapter that belongs to this plugin. */
export function adapterFile(version: string): string {
  return `openclaw-mattermost-adapter-${version}.tgz`;
}

export interface GatewayFacts {
  version: string;
  token: string;
  siteUrl: string;
}

/** The lines to paste on the gateway host, in the folder that holds the packed adapter. */
export function gatewayLines({ version, token, siteUrl }: GatewayFacts): string[] {
  return [
    `openclaw plugins install npm-pack:./${adapterFile(version)} --force --accept-capabilities`,
    `openclaw channels add --channel mattermost --bot-token ${shellWord(token)} --http-url ${shellWord(siteUrl)}`,
  ];
}
