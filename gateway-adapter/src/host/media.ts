import { toInboundMediaFacts } from "openclaw/plugin-sdk/channel-inbound";
import { loadWebMediaRaw } from "openclaw/plugin-sdk/web-media";
import type { PluginRuntime } from "./runtime.ts";

export { toInboundMediaFacts };

/** What OpenClaw lets a send read of the gateway's own files. */
export interface MediaAccess {
  localRoots?: readonly string[];
  readFile?: (path: string) => Promise<Buffer>;
  workspaceDir?: string;
}

export interface LoadedMedia {
  name: string;
  content: Buffer;
  contentType: string;
}

/** Reads a file that the agent wants to send, from an address or an allowed path, by OpenClaw's own rules for both. */
export async function loadMedia(url: string, maxBytes: number, access: MediaAccess = {}): Promise<LoadedMedia> {
  const { localRoots, readFile, workspaceDir } = access;
  const media = await loadWebMediaRaw(url, {
    maxBytes,
    ...(localRoots ? { localRoots } : {}),
    ...(workspaceDir ? { workspaceDir } : {}),
    ...(readFile ? { readFile, hostReadCapability: true } : {}),
  });
  return {
    name: media.fileName || "file",
    content: media.buffer,
    contentType: media.contentType ?? "application/octet-stream",
  };
}

/** Keeps a file of a post where the agent's tools find it. */
export async function saveInbound(
  runtime: PluginRuntime,
  file: { name: string; content: Buffer; contentType: string },
  maxBytes: number,
): Promise<{ path: string; contentType: string }> {
  const { content, contentType, name } = file;
  const saved = await runtime.channel.media.saveMediaBuffer(content, contentType, "inbound", maxBytes, name);
  return { path: saved.path, contentType: saved.contentType ?? contentType };
}
