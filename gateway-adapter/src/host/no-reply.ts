/**
 * Whether this is what OpenClaw says of a run that ended without an answer. It says so, too, of a request that it has put into its
 * queue, where the run before ended at that moment; the answer comes all the same.
 */
export const saysNoReply = (text: string | undefined): boolean =>
  text?.startsWith("⚠️ OpenClaw couldn't produce or deliver a reply.") === true;
