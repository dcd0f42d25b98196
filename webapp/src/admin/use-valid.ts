import { useEffect } from "react";
import type { SaveAction, SettingProps } from "./setting.ts";

/** Keeps System Console from saving while something is wrong, and says what. */
export function useValid(
  props: Pick<SettingProps, "registerSaveAction" | "unRegisterSaveAction">,
  wrong: string,
): void {
  const { registerSaveAction, unRegisterSaveAction } = props;
  useEffect(() => {
    const action: SaveAction = async () => (wrong ? { error: { message: wrong } } : {});
    registerSaveAction(action);
    return () => unRegisterSaveAction(action);
  }, [registerSaveAction, unRegisterSaveAction, wrong]);
}
