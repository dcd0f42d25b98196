import {
  closeDispatcher,
  createPinnedDispatcher,
  resolvePinnedHostnameWithPolicy,
  SsrFBlockedError,
  ssrfPolicyFromPrivateNetworkOptIn,
} from "openclaw/plugin-sdk/ssrf-runtime";
import { MattermostError, messageOf } from "../errors.ts";

/** An open connection. Nothing is called any more after `close`. */
export interface Socket {
  send: (text: string) => void;
  close: () => void;
}
export interface SocketHandlers {
  onOpen: () => void;
  onText: (text: string) => void;
  /** Once, however it ended. */
  onClose: (reason: string) => void;
}
/** Begins to connect. Throws `MattermostError` if the address must not be used. */
export type OpenSocket = (url: string, handlers: SocketHandlers) => Promise<Socket>;

/** Node's own options for its WebSocket; the type that TypeScript has is the browser's. */
type NodeWebSocket = new (url: string, options: { dispatcher: unknown }) => WebSocket;

/**
 * WebSockets under the same guard against private addresses as `createHttp`: the name is resolved once, judged, and
 * the connection goes to the address that was judged.
 */
export function createOpenSocket(allowPrivateNetwork: boolean): OpenSocket {
  const policy = ssrfPolicyFromPrivateNetworkOptIn(allowPrivateNetwork);
  return async (url, handlers) => {
    const dispatcher = await guarded(new URL(url).hostname, policy);
    const socket = new (WebSocket as unknown as NodeWebSocket)(url, { dispatcher });
    let closed = false;
    let reason = "";
    const end = (why: string): void => {
      if (closed) return;
      closed = true;
      void closeDispatcher(dispatcher);
      handlers.onClose(why);
    };
    socket.addEventListener("open", () => {
      if (!closed) handlers.onOpen();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!closed && typeof data === "string") handlers.onText(data);
    });
    socket.addEventListener("error", (event) => {
      reason = event.message;
    });
    socket.addEventListener("close", ({ code }) => {
      end(reason || `The connection was closed (${String(code)}).`);
    });
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => {
        closed = true;
        socket.close();
        void closeDispatcher(dispatcher);
      },
    };
  };
}

async function guarded(host: string, policy: ReturnType<typeof ssrfPolicyFromPrivateNetworkOptIn>) {
  try {
    // URLs write IPv6 addresses in brackets.
    const name = host.replace(/^\[|\]$/g, "");
    const pinned = await resolvePinnedHostnameWithPolicy(name, policy ? { policy } : {});
    return createPinnedDispatcher(pinned, undefined, policy);
  } catch (error) {
    if (error instanceof SsrFBlockedError)
      throw new MattermostError(
        "address_refused",
        "The server has a private address. Set network.dangerouslyAllowPrivateNetwork to true to allow it.",
        { cause: error },
      );
    throw new MattermostError("network", `Mattermost cannot be reached: ${messageOf(error)}`, { cause: error });
  }
}
