/** OpenClaw's own commands, skills and models, as its channels offer them. */
export {
  findCommandByNativeName,
  listNativeCommandSpecsForConfig,
  listSkillCommandsForAgents,
  resolveCommandArgChoices,
} from "openclaw/plugin-sdk/command-auth-native";
export { buildModelsProviderData } from "openclaw/plugin-sdk/models-provider-runtime";
