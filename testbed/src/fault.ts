/** What goes wrong on a connection between two parts. */
export type Fault =
  | { readonly kind: "none" }
  /** So many of a client's connections, or of the pieces that it sends, cost it the connection: before a piece arrives, or before its answer does. */
  | { readonly kind: "resets"; readonly share: number; readonly of: "connections" | "pieces" }
  /** Nothing passes, and nobody is told. What was sent arrives when it is over, as TCP does it. */
  | { readonly kind: "black hole" }
  /** Every piece takes so many milliseconds longer, each way. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Nobody listens. */
  | { readonly kind: "refused" }
  /** Another HTTP server stands there, and says the same to everybody. */
  | {
      readonly kind: "stranger";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };
