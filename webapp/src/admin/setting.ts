import type { ReactNode } from "react";

/** What System Console gives a custom setting. `value` is undefined until it was saved once. */
export interface SettingProps {
  id: string;
  label: string;
  helpText: ReactNode;
  value: unknown;
  disabled: boolean;
  onChange: (id: string, value: unknown) => void;
  /** An action runs before settings are saved; its error keeps them from being saved. */
  registerSaveAction: (action: SaveAction) => void;
  unRegisterSaveAction: (action: SaveAction) => void;
}
export type SaveAction = () => Promise<{ error?: { message: string } }>;
