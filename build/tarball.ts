import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface TarEntry {
  /** Path in the archive, with `/`. */
  name: string;
  content: Buffer;
  executable: boolean;
}

/** Byte of the gzip header that names the operating system; 255 is "unknown". */
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/** A `.tar.gz` that is the same byte for byte whenever its entries are: sorted, without owners, times or machine. */
export async function tarball(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content, executable } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    archive.entry({ name, mode: executable ? 0o755 : 0o644, mtime: new Date(0) }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const packed = gzipSync(Buffer.concat(chunks), { level: 9 });
  packed[GZIP_OS_OFFSET] = GZIP_OS_UNKNOWN;
  return packed;
}
