/** Uploads a bundle and enables the plugin: `deploy.ts <file.tar.gz>`. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { connect, DeployError, orSayWhy, RefusedError } from "./mattermost.ts";
import { fromRoot, readManifest } from "./repository.ts";

async function deploy(file: string): Promise<void> {
  const { id, version } = readManifest();
  const server = await connect(process.env);
  const form = new FormData();
  form.set("plugin", new Blob([readFileSync(fromRoot(file))]), basename(file));
  form.set("force", "true");
  try {
    await server.call("POST", "/plugins", form);
  } catch (cause) {
    if (!(cause instanceof RefusedError)) throw cause;
    const hint = "Uploads need PluginSettings.EnableUploads and a FileSettings.MaxFileSize above the bundle's size.";
    throw new DeployError(`${cause.message}\n${hint}`, { cause });
  }
  await server.call("POST", `/plugins/${id}/enable`);
  console.log(`${id} ${version} is enabled on ${server.url}`);
}

const [file = ""] = process.argv.slice(2);
if (!file) throw new Error("usage: deploy.ts <file.tar.gz>");
await orSayWhy(() => deploy(file));
