import type { ReactNode } from "react";
import type { Host } from "./store.ts";
import type { AnyComponent, HostStore, Registered, Thunk, WebSocketMessage } from "./types.ts";

type Handler = (message: WebSocketMessage) => void;
type CommandHook = (
  message: string,
  args: { channel_id: string; team_id: string; root_id: string },
) => Promise<CommandVerdict> | CommandVerdict;
type CommandVerdict = { message?: string; args?: object } | { error: { message: string } };

/** What plugins hooked into, for the page to call. */
export interface Hooks {
  handlers: Map<string, Handler>;
  reconnects: Map<string, () => void>;
  commands: CommandHook[];
  translations: Map<string, (locale: string) => Record<string, string>>;
}

export const createHooks = (): Hooks => ({
  handlers: new Map(),
  reconnects: new Map(),
  commands: [],
  translations: new Map(),
});

let next = 0;
const newId = () => `registered-${String(++next)}`;

/** Arguments one by one, or as one object with their names. */
function named(args: readonly unknown[], names: readonly string[]): Record<string, unknown> {
  const [first] = args;
  const isObject =
    args.length === 1 && typeof first === "object" && first !== null && names.some((name) => name in first);
  if (isObject) return first as Record<string, unknown>;
  return Object.fromEntries(names.map((name, at) => [name, args[at]]));
}

/** Actions that show, hide and toggle a right-hand sidebar of a plugin. */
export function rhsActions(pluggableId: string) {
  const show = { type: "UPDATE_RHS_STATE", state: "plugin", pluggableId };
  const hide = { type: "UPDATE_RHS_STATE", state: null, pluggableId: "" };
  const toggle: Thunk = (dispatch, getState) =>
    dispatch(getState().views.rhs.pluggableId === pluggableId ? hide : show);
  return { id: pluggableId, showRHSPlugin: show, hideRHSPlugin: hide, toggleRHSPlugin: toggle };
}

/** Mattermost's registry for one plugin, as far as it is needed; what is not here is not there, so that guards are tested. */
export function createRegistry(pluginId: string, host: Host, hooks: Hooks) {
  const { store } = host;
  const add = (name: string, data: Partial<Registered>): string => {
    const id = newId();
    store.dispatch({ type: "RECEIVED_PLUGIN_COMPONENT", name, data: { id, pluginId, ...data } });
    return id;
  };
  const adding =
    (name: string, names: readonly string[]) =>
    (...args: unknown[]): string =>
      add(name, named(args, names));

  return {
    id: pluginId,
    supports: { globalAppBar: true, globalRhs: true },
    registerRootComponent: adding("Root", ["component"]),
    registerGlobalComponent: adding("Global", ["component"]),
    registerPostDropdownMenuAction: adding("PostDropdownMenu", ["text", "action", "filter"]),
    registerPostMessageAttachmentComponent: adding("PostMessageAttachment", ["component"]),
    registerPostActionComponent: adding("PostAction", ["component"]),
    registerChannelHeaderButtonAction(...args: unknown[]): string {
      const { icon, action, dropdownText, tooltipText } = named(args, [
        "icon",
        "action",
        "dropdownText",
        "tooltipText",
      ]);
      return add("ChannelHeaderButton", {
        icon: icon as ReactNode,
        action: action as () => void,
        text: String(tooltipText ?? dropdownText),
      });
    },
    registerAppBarComponent(...args: unknown[]) {
      const names = ["iconUrl", "action", "tooltipText", "supportedProductIds", "rhsComponent", "rhsTitle"];
      const given = named(args, names);
      const text = String(given["tooltipText"]);
      const iconUrl = given["iconUrl"] as string;
      if (!given["rhsComponent"]) return add("AppBar", { iconUrl, text, action: given["action"] as () => void });
      const rhs = rhsActions(
        add("RightHandSidebarComponent", {
          component: given["rhsComponent"] as AnyComponent,
          title: given["rhsTitle"] as ReactNode,
        }),
      );
      const action = () => store.dispatch(rhs.toggleRHSPlugin);
      return { id: add("AppBar", { iconUrl, text, action, rhsComponentId: rhs.id }), rhsComponent: rhs };
    },
    registerRightHandSidebarComponent(...args: unknown[]) {
      return rhsActions(add("RightHandSidebarComponent", named(args, ["component", "title"])));
    },
    registerPostTypeComponent(...args: unknown[]): string {
      const id = newId();
      const data = { id, pluginId, ...named(args, ["type", "component"]) };
      store.dispatch({ type: "RECEIVED_PLUGIN_POST_COMPONENT", data });
      return id;
    },
    unregisterPostTypeComponent: (id: string) => store.dispatch({ type: "REMOVED_PLUGIN_COMPONENT", id }),
    unregisterComponent: (id: string) => store.dispatch({ type: "REMOVED_PLUGIN_COMPONENT", id }),
    registerReducer: (reducer: (state: unknown, action: { type: string }) => unknown) =>
      host.addReducer(pluginId, reducer),
    registerTranslations(getTranslations: (locale: string) => Record<string, string>) {
      getTranslations("en");
      hooks.translations.set(pluginId, getTranslations);
    },
    registerWebSocketEventHandler: (event: string, handler: Handler) => {
      hooks.handlers.set(event, handler);
    },
    unregisterWebSocketEventHandler: (event: string) => {
      hooks.handlers.delete(event);
    },
    registerReconnectHandler: (handler: () => void) => {
      hooks.reconnects.set(pluginId, handler);
    },
    unregisterReconnectHandler: () => {
      hooks.reconnects.delete(pluginId);
    },
    registerSlashCommandWillBePostedHook: (hook: CommandHook) => {
      hooks.commands.push(hook);
    },
    registerAdminConsoleCustomSetting(...args: unknown[]) {
      const { key, component, options } = named(args, ["key", "component", "options"]);
      const { showTitle = false } = (options ?? {}) as { showTitle?: boolean };
      const data = { key, pluginId, component, showTitle };
      store.dispatch({ type: "RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT", data });
    },
  };
}

export type Registry = ReturnType<typeof createRegistry>;

/** Runs the hooks of a typed command; undefined if a plugin has swallowed it. */
export async function passCommandHooks(
  hooks: Hooks,
  message: string,
  args: { channel_id: string; team_id: string; root_id: string },
): Promise<string | undefined> {
  let typed = message;
  for (const hook of hooks.commands) {
    const verdict = await hook(typed, args);
    if ("error" in verdict) throw new Error(verdict.error.message);
    if (verdict.message === undefined) return undefined;
    typed = verdict.message;
  }
  return typed;
}

export interface WebPlugin {
  initialize: (registry: Registry, store: HostStore) => void;
  uninitialize?: () => void;
}
