import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { MattermostRefusal } from "@openclaw-mattermost/testbed";
import type { Attack, Ground } from "../ground.ts";
import { type Outcome, outcome } from "../table.ts";

/** Addresses that an admin must not be talked into: none of a gateway, or in the clear over the open network. */
const REFUSED = [
  "http://203.0.113.7",
  "http://169.254.169.254/latest/meta-data",
  "http://[::ffff:169.254.169.254]",
  "http://[::ffff:203.0.113.7]:80",
  "http://[fe80::1]",
  "http://[fe80::1%25eth0]",
  "http://0.0.0.0:8065",
  "http://[::]:8065",
  "http://[2001:db8::1]",
  "http://user:secret@127.0.0.1",
  "https://gateway.example.com?x=1",
  "https://gateway.example.com/#x",
  "file:///etc/passwd",
  "gopher://127.0.0.1:6379/_x",
  "javascript:alert(1)",
  "//127.0.0.1",
  "http://",
  `https://${"a".repeat(600)}.example`,
];

async function refusedUrls({ stack }: Ground): Promise<Outcome> {
  let accepted = 0;
  for (const url of REFUSED) {
    const path = `/api/v1/admin/links/${stack.bot.id}/confirm`;
    try {
      await stack.adminUser.plugin(stack.pluginId, "POST", path, { url });
      accepted += 1;
    } catch (error) {
      if (!(error instanceof MattermostRefusal) || error.status !== 422) throw error;
    }
  }
  return outcome(REFUSED.length, accepted, 0);
}

/** Names and spellings that pass as a text are judged by the address that is dialled. */
async function dialled({ stack }: Ground): Promise<Outcome> {
  const confirm = (url: string) =>
    stack.adminUser.plugin(stack.pluginId, "POST", `/api/v1/admin/links/${stack.bot.id}/confirm`, { url });
  const test = () =>
    stack.adminUser.plugin<{ ok: boolean; hops: { message: string }[] }>(
      stack.pluginId,
      "POST",
      `/api/v1/admin/links/${stack.bot.id}/test`,
      {},
    );
  const inside: IncomingMessage[] = [];
  const target = createServer((request, response) => {
    inside.push(request);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
  const away = `http://127.0.0.1:${String((target.address() as AddressInfo).port)}/inside`;
  const redirecting = createServer((_request, response) => {
    response.writeHead(307, { location: away }).end();
  }).listen(0, "127.0.0.1");
  await once(redirecting, "listening");
  const urls = [
    `http://127.0.0.1:${String((redirecting.address() as AddressInfo).port)}`,
    "https://169.254.169.254",
    "https://0.0.0.0:8065",
    "https://[::ffff:169.254.169.254]",
    "http://0xa9.0xfe.0xa9.0xfe",
    "http://2852039166",
  ];
  let accepted = 0;
  try {
    for (const url of urls) {
      await confirm(url);
      if ((await test()).ok) accepted += 1;
    }
  } finally {
    await confirm("");
    target.close();
    redirecting.close();
  }
  await pause(500);
  await stack.until("deliveries work again", async () => (await test()).ok);
  return outcome(
    urls.length,
    accepted + inside.length,
    0,
    `${String(inside.length)} requests where the redirect pointed`,
  );
}

export const ADDRESSES: readonly Attack[] = [
  {
    attacker: "admin's typo, or a proposed gateway URL that points inside",
    defence: "https anywhere, http only to private addresses, no user, no query",
    run: refusedUrls,
  },
  {
    attacker: "a gateway that redirects; names, numbers and IPv4-mapped forms of link-local addresses",
    defence: "redirects are not followed; the dialled address is judged",
    run: dialled,
  },
];
