import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { PluginRuntime } from "./runtime.ts";

const gatewayFileSchema = z.object({ gatewayId: z.uuid() });

/** Where this plugin keeps its files, in OpenClaw's state folder. */
export function stateFolder(runtime: PluginRuntime, env: NodeJS.ProcessEnv): string {
  return join(runtime.state.resolveStateDir(env), CHANNEL_FOLDER);
}
const CHANNEL_FOLDER = "mattermost";

/** The inbox of an account. Account ids are names of people's choosing, so they are encoded. */
export function inboxFile(folder: string, accountId: string): string {
  return join(folder, `inbox-${encodeURIComponent(accountId)}.sqlite`);
}

/** Who waits for the approval of a pairing. */
export function approvalsFile(folder: string, accountId: string): string {
  return join(folder, `approvals-${encodeURIComponent(accountId)}.json`);
}

/** How far an account's events are known to its WebSocket. */
export function socketFile(folder: string, accountId: string): string {
  return join(folder, `socket-${encodeURIComponent(accountId)}.json`);
}

/** What an account remembers beside its inbox. */
export function notesFile(folder: string, accountId: string): string {
  return join(folder, `notes-${encodeURIComponent(accountId)}.sqlite`);
}

/** This gateway's id, made once and kept: the audience of every signed delivery. */
export function gatewayId(folder: string): string {
  const file = join(folder, "gateway.json");
  try {
    return gatewayFileSchema.parse(JSON.parse(readFileSync(file, "utf8"))).gatewayId;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new Error(`The gateway's id cannot be read from ${file}. Remove the file to get a new id.`, {
        cause: error,
      });
    }
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  writeFileSync(file, `${JSON.stringify({ gatewayId: id })}\n`, { mode: 0o600, flag: "wx" });
  return id;
}
