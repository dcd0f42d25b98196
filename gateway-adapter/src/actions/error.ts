/** What keeps an action from being done, as far as the agent or its asker can do something about it. */
export type ActionErrorCode =
  /** The config has it switched off. */
  | "off"
  /** Nobody is known on whose behalf it would be done. */
  | "no_asker"
  /** The asker is not in that channel, or shares no team with that person. */
  | "not_allowed"
  /** Somebody else wrote the post. */
  | "not_own"
  /** The post is in another channel than the one that was named. */
  | "wrong_channel"
  | "not_found"
  | "input";

/** Said to the agent as it is. */
export class ActionError extends Error {
  override readonly name = "ActionError";
  readonly code: ActionErrorCode;

  constructor(code: ActionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
