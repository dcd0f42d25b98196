export * from "./answer.ts";
export * from "./event.ts";
export * from "./hello.ts";
export * from "./limits.ts";
export * from "./token.ts";
